import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_package_holds_every_file_of_the_source_and_no_other(tmp_path: Path) -> None:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = [name for name in told.split("\0") if name and (ROOT / name).exists()]
    for name in tracked:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name, follow_symlinks=False)

    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", "wheels", "."], cwd=tmp_path, check=True)

    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packed = [name for name in names if not name.split("/")[0].endswith(".dist-info")]
    source = [name.removeprefix("src/") for name in tracked if name.startswith("src/") and (ROOT / name).is_file()]
    docs = [f"enlist/web/{name}" for name in tracked if name.startswith("docs/")]
    assert sorted(packed) == sorted([*source, *docs])
