"""Courses of groups on the command line: the page “Give courses to groups”, and what its commands refuse."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.journeys.conftest import Site

PAGE = (Path(__file__).parents[2] / "docs" / "group-courses.md").read_text("utf-8")


@pytest.mark.spec("NE-27")
def test_every_command_of_the_page_gives_its_output(site: Site) -> None:
    for name, text in zip(("may.csv", "june.csv"), re.findall(r"```csv\n(.*?)```", PAGE, re.S), strict=True):
        site.file(name, text=text)
    site.enlist("init")
    consoles = re.findall(r"```console\n(.*?)```", PAGE, re.S)
    typed = [part.partition("\n") for console in consoles for part in console.split("$ ")[1:]]

    for command, _, answer in typed:
        told = site.typed(*shlex.split(command)[1:])

        pattern = "".join(r"(?:.*\n)+?" if line == "…" else re.escape(line) + "\n" for line in answer.splitlines())
        assert re.fullmatch(pattern, told), f"{command}\n{told}"


def test_courses_are_taken_from_a_group_and_unknown_ones_refused(site: Site) -> None:
    site.enlist("init")
    site.enlist("groups", "add", "Choir")
    site.enlist("courses", "add", "music")

    unknown = site.enlist("groups", "courses", "Choir", "musik", "--yes")
    asked = site.enlist("groups", "courses", "Choir", "music")
    both = site.enlist("groups", "courses", "Choir", "music", "--none")
    site.enlist("groups", "courses", "Choir", "music", "--yes")
    listed = site.enlist("groups", "courses", "Choir", "--json")
    taken = site.enlist("groups", "courses", "Choir", "--none", "--yes", "--json")
    none = site.enlist("groups", "courses", "Choir")

    assert unknown.err.startswith("Error: There is no course “musik”.")
    assert (asked.code, both.code) == (2, 2)
    assert json.loads(listed.out) == ["music"]
    assert json.loads(taken.out)["plan"]["changes"] == {"take_course": 1}
    assert none.err == "Choir gives no courses. Let it give one with `enlist groups courses Choir COURSE`.\n"
