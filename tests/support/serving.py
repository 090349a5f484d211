"""The served web application with its worker, until it is stopped."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import build_opener

from ports import kept_port

ATTEMPTS = 300


class Site(Protocol):
    """A folder, and the environment that leads `enlist` there."""

    @property
    def folder(self) -> Path:
        """Where it is typed."""

    @property
    def environment(self) -> dict[str, str]:
        """What it is given."""


def free_address() -> str:
    """An address at which nobody listens before the site does."""
    return f"127.0.0.1:{kept_port()}"


@contextmanager
def served(site: Site, *, address: str, is_bare: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """The running site, once it answers; its output is in the file `said` of its folder.

    is_bare: only the server of the pages, as a service starts it, which doesn't set up the site.
    """
    command = [sys.executable, "-m", "enlist", "serve", "--address", address, "--processes", "1"]
    if is_bare:
        collect = [
            sys.executable,
            "-m",
            "django",
            "collectstatic",
            "--no-input",
            "--settings",
            "enlist.project.settings",
        ]
        subprocess.run(collect, cwd=site.folder, env=site.environment, stdout=subprocess.DEVNULL, check=True)
        command = [sys.executable, "-m", "gunicorn", "enlist.project.wsgi:application", "--bind", address]
    with (site.folder / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=site.folder, env=site.environment, stderr=said, stdout=said)
    try:
        assert until(answers=True, address=address), (site.folder / "said").read_text("utf-8")
        yield process
    finally:
        process.terminate()
        process.wait()


def until(*, answers: bool, address: str) -> bool:
    """Whether it answers, or does not answer any more, before long."""
    for _ in range(ATTEMPTS):
        if _answers(address) is answers:
            return True
        time.sleep(0.1)
    return False


def _answers(address: str) -> bool:
    try:
        build_opener().open(f"http://{address}/health/")
    except HTTPError:
        # That something is wrong is an answer.
        return True
    except OSError:
        return False
    return True
