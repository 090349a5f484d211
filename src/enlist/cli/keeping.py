"""Keeping: how long files and plans are kept, and taking away what is over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.showing import give_handed_over
from enlist.cli.terminal import give, give_json, give_table

if TYPE_CHECKING:
    from enlist.services.keeping import Expired, Removed

app = typer.Typer()


@app.command("retention")
def show_retention(
    context: typer.Context,
    files: Annotated[int | None, typer.Option(metavar="DAYS", help="Keep files this long after the upload.")] = None,
    plans: Annotated[int | None, typer.Option(metavar="DAYS", help="Keep plans this long after the apply.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change how long files and plans are kept.

    An import can be undone as long as its plan is kept. A change holds for what is kept already.
    """
    scope = session_of(context).scope()
    from enlist.services import keeping

    is_change = files is not None or plans is not None
    kept = keeping.retention_change(scope, files=files, plans=plans) if is_change else keeping.retention_show(scope)
    if as_json:
        give_json(kept.to_dict())
    else:
        give(f"Files are kept for {kept.files} days, plans for {kept.plans} days.")


@app.command("expire")
def expire(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    background: Annotated[bool, typer.Option("--background", help="Hand it over to a worker.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove the files and plans that are kept no longer.

    `enlist retention` tells how long that is. Let it run every day.
    """
    scope = session_of(context).scope()
    from enlist.services import jobs, keeping

    if background and not dry_run:
        give_handed_over(jobs.job_put(scope, kind="keeping.expire"), as_json=as_json)
        return
    done = keeping.expire(scope, dry_run=dry_run)
    if as_json:
        give_json({"dry_run": dry_run, **keeping.kept_json(done)})
    else:
        _give(done, dry_run=dry_run)


def _give(done: Expired, *, dry_run: bool) -> None:
    if not done.removed and not done.deeds:
        give("Nothing is over time.")
        return
    if done.removed:
        give_table([_line(each) for each in done.removed])
    told = [f"{done.bytes:,} bytes", f"the values of {done.deeds:,} deeds by hand" if done.deeds else ""]
    what = " and ".join(filter(None, told))
    give(f"{what} would be removed." if dry_run else f"{what} removed.")


def _line(each: Removed) -> dict[str, object]:
    counted = {"chunks": each.chunks, "bytes": f"{each.bytes:,}", "edits": each.edits}
    return {"import": each.number, "what": each.what, **counted}
