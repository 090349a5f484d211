"""The commands of the page “Import a file” give the output that the page shows."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import Site

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "import.md"


def blocks() -> list[tuple[str, str]]:
    """Each command of the page and the answer shown under it; a line of three dots leaves lines out."""
    consoles = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    typed = [part for console in consoles for part in console.split("$ ")[1:]]
    return [(command, answer) for command, _, answer in (part.partition("\n") for part in typed)]


@pytest.mark.slow
def test_every_command_of_the_page_gives_its_output(site: Site) -> None:
    shutil.copytree(ROOT / "examples", site.folder / "examples")

    for command, answer in blocks():
        told = site.typed(*shlex.split(command)[1:]).replace(f"{site.folder}/var", "~/.local/share/enlist")

        pattern = "".join(r"(?:.*\n)+?" if line == "…" else re.escape(line) + "\n" for line in answer.splitlines())
        assert re.fullmatch(pattern, told), f"{command}\n{told}"
