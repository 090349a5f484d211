"""Headers whose mapping is remembered from earlier files."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_table, print_text

app = typer.Typer()


@app.command("headers")
def show_headers(
    context: typer.Context,
    forget: Annotated[str | None, typer.Option(metavar="HEADER", help="Forget the mapping of this header.")] = None,
    forget_all: Annotated[bool, typer.Option("--forget-all", help="Forget the mapping of every header.")] = False,
    as_json: AsJson = False,
) -> None:
    """List or forget remembered headers.

    An import remembers how its columns were mapped, with --map or by a guess, and maps the same headers of later files.
    """
    scope = session_of(context).scope()
    from enlist.services.setup import remembered_headers

    if forget is not None or forget_all:
        count = remembered_headers.headers_forget(scope, header=None if forget_all else forget)
        if as_json:
            print_json({"forgotten": count})
        else:
            print_text(f"Headers forgotten: {count:,}.")
        return
    found = remembered_headers.headers_list(scope)
    if as_json:
        print_json(found)
    elif found:
        print_table([vars(each) for each in found])
    else:
        print_text("No headers are remembered.")
