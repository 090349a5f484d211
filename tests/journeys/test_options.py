"""The commands of docs/options.md give the output that the page shows."""

import re
import shlex
from pathlib import Path

from tests.journeys.conftest import Site

DOCS = Path(__file__).parents[2] / "docs" / "options.md"


def test_every_command_of_the_page_gives_its_output(site: Site) -> None:
    site.enlist("init")
    options = ("--kind", "choice", "--option", "Oak", "--option", "Elm")
    site.enlist("fields", "add", "house", *options)
    people = "".join(f"{name},{name},Lee,{name}@x.org,{house}\n" for name, house in (
        ("ann", "Oak"), ("bob", "Elm"), ("cyd", "Oak"),
    ))  # fmt: skip
    site.file("list.csv", text=f"username,firstname,lastname,email,profile_field_house\n{people}")
    site.enlist("import", "list.csv", "--yes")
    site.enlist("limits", "--set", "update=1,100")
    site.enlist("conditions", "add", "Oaks", "profile_field_house is Oak", "--yes")
    consoles = re.findall(r"```console\n(.*?)```", DOCS.read_text("utf-8"), re.S)
    typed = [part.partition("\n") for console in consoles for part in console.split("$ ")[1:]]

    assert len(typed) == 4
    for command, _, answer in typed:
        told = site.typed(*shlex.split(command)[1:])

        pattern = "".join(r"(?:.*\n)+?" if line == "…" else re.escape(line) + "\n" for line in answer.splitlines())
        assert re.fullmatch(pattern, told), f"{command}\n{told}"


def test_a_blank_new_name_clears_nothing(site: Site) -> None:
    site.enlist("init")
    site.enlist("fields", "add", "house", "--kind", "choice", "--option", "Oak", "--option", "Elm")

    refused = site.enlist("fields", "rename-option", "house", "Oak", " ", "--yes")
    unknown = site.enlist("fields", "rename-option", "hose", "Oak", "Ash", "--yes")

    assert refused.err == (
        "Error: The new name of the option “Oak” is blank.\n"
        "To remove the value from everybody, use `enlist fields clear-option`.\n"
    )
    assert unknown.err.endswith("`enlist fields list` lists them.\n")
