"""Codes of countries and regions (ISO 3166)."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson
from enlist.cli.terminal import print_json, print_table, print_text
from enlist.core.errors import NotFound

app = typer.Typer()


@app.command("codes")
def find_codes(
    name: Annotated[str, typer.Argument(help="A part of a name, in many languages; default: all names.")] = "",
    of: Annotated[str | None, typer.Option("--of", metavar="COUNTRY", help="Search a country's regions.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the codes of countries, or of a country's regions (ISO 3166-1, 3166-2)."""
    from enlist.core.clean.place import codes, country_code

    country = None if of is None else country_code(of)
    if of is not None and country is None:
        raise NotFound("country_unknown", country=of)
    found = codes(name, country=country)
    if as_json:
        print_json(found)
    elif found:
        print_table([{"code": code, "name": each} for code, each in found.items()])
    else:
        print_text("No name matches.")
