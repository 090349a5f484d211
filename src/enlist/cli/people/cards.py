"""Sign-in cards to print, for people without e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.options import grouped
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text
from enlist.core.table.printable import printable
from enlist.formats.files.new_file import new_file

from .filters import Filters

if TYPE_CHECKING:
    from enlist.services.people.cards import Cards

app = typer.Typer()


@app.command("cards")
@grouped
def write_cards(
    context: typer.Context,
    usernames: Annotated[list[str] | None, typer.Argument(metavar="[USERNAME...]", help="The people.")] = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="A new HTML file, to print in a browser.")],
    everybody: Annotated[bool, typer.Option("--everybody", help="All people.")] = False,
    filters: Filters,
    as_json: AsJson = False,
) -> None:
    """Write sign-in cards for people who can't sign in yet: username, and a link to choose a password, as a QR code.

    Name the people, or filter them as in `enlist people list`. Activation links that they got before stop working. Keep
    the file secret, and delete it when it is printed.
    """
    scope = session_of(context).scope()
    from enlist.services.people.cards import cards_make

    with new_file(output) as file:
        made = cards_make(scope, chosen=filters.chosen(usernames, everybody=everybody))
        file.write(_page(made).encode())
    if as_json:
        without = {"can_sign_in": made.able, "inactive": made.inactive, "not_allowed": made.guarded}
        print_json({"cards": len(made.cards), "file": str(output), "without_card": without})
    else:
        print_text("\n".join(_lines(made, output=output)))


def _page(made: Cards) -> str:
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.template.loader import render_to_string

    style = Path(str(finders.find("enlist/sign-in-cards.css"))).read_text("utf-8")
    shown = {"made": made, "site": settings.SITE_ADDRESS, "style": style}
    return render_to_string("web/people/cards_file.html", shown)


def _lines(made: Cards, *, output: Path) -> Iterator[str]:
    yield f"Wrote {len(made.cards):,} cards to {output}. Links that these people got before stopped working."
    for names, why in (
        (made.able, "they can sign in already"),
        (made.inactive, "they are inactive"),
        (made.guarded, "you can't change their accounts"),
    ):
        if names:
            yield f"No card, because {why}: {', '.join(map(printable, names))}."
