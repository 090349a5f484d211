"""Headers: what columns of earlier files were said to be."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table

app = typer.Typer()


@app.command("headers")
def show_headers(
    context: typer.Context,
    forget: Annotated[str | None, typer.Option(metavar="HEADER", help="Forget what this header means.")] = None,
    forget_all: Annotated[bool, typer.Option("--forget-all", help="Forget all of them.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the headers that are remembered, or forget some.

    An import remembers what --map says of a column, and a guess that it was made with: the next file with such a header
    is understood by itself.
    """
    scope = session_of(context).scope()
    from enlist.services.setup import remembered_headers

    if forget is not None or forget_all:
        count = remembered_headers.headers_forget(scope, header=None if forget_all else forget)
        if as_json:
            give_json({"forgotten": count})
        else:
            give(f"Forgotten: {count:,}.")
        return
    known = remembered_headers.headers_list(scope)
    if as_json:
        give_json(known)
    elif known:
        give_table([vars(each) for each in known])
    else:
        give("No header is remembered.")
