from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from enlist.store.secrets.key_file import secret_key


def test_it_makes_a_key_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    first = secret_key(path)

    assert secret_key(path) == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_everybody_who_starts_at_once_gets_the_same_whole_key(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(secret_key, [path] * 8))

        assert keys == {path.read_text()}
