"""The commands of the page “Update people from a complete list” give the output that the page shows."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import Site

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sync.md"


@pytest.mark.slow
@pytest.mark.spec("NE-05", "NE-14", "NE-17", "NE-24", "EN-10", "EN-14", "EN-15")
def test_every_command_of_the_page_gives_its_output(site: Site) -> None:
    shutil.copytree(ROOT / "examples", site.folder / "examples")
    site.enlist("init")
    consoles = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    typed = [part.partition("\n") for console in consoles for part in console.split("$ ")[1:]]

    for command, _, answer in typed:
        told = site.typed(*shlex.split(command)[1:])

        # Days in the near future depend on today.
        escaped = (
            re.sub(r"2027\\-\d\d\\-\d\d", r"\\d{4}-\\d\\d-\\d\\d", re.escape(line)) for line in answer.splitlines()
        )
        pattern = "".join(r"(?:.*\n)+?" if line == "…" else line + "\n" for line in escaped)
        assert re.fullmatch(pattern, told), f"{command}\n{told}"
