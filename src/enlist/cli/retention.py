"""Keeping: how long files and plans are kept, and taking away what is over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.results import give_handed_over
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import agreed, give, give_json, give_table, must_be_able_to_ask, say

if TYPE_CHECKING:
    from enlist.services.retention.backup import Restored
    from enlist.services.retention.expiry import Expired, Removed

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
    from enlist.services.retention import expiry

    is_change = files is not None or plans is not None
    kept = expiry.retention_change(scope, files=files, plans=plans) if is_change else expiry.retention_show(scope)
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

    `enlist retention` tells how long that is. Workers see to it by themselves; without any, let it run every day.
    """
    scope = session_of(context).scope()
    from enlist.services.jobs import queue
    from enlist.services.retention import expiry

    if background and not dry_run:
        give_handed_over(queue.job_put(scope, kind="keeping.expire"), as_json=as_json)
        return
    done = expiry.expire(scope, dry_run=dry_run)
    if as_json:
        give_json({"dry_run": dry_run, **expiry.kept_json(done)})
    else:
        _give(done, dry_run=dry_run)


@app.command("backup")
def make_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The new file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept into one file.

    Others can go on working meanwhile. It does not hold the keys, the file of erasures, sessions or background jobs.
    """
    session_of(context).wire()
    from enlist.services.retention import backup

    done = backup.backup_make(file)
    if as_json:
        give_json(asdict(done))
        return
    give(f"{file}: {done.bytes:,} bytes.")
    say(
        "Keep data_key and erased.jsonl of ENLIST_HOME too, but elsewhere: without them it cannot be restored, and with"
    )
    say("data_key whoever finds it can read the passwords of files that it holds.")


@app.command("restore")
def restore_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file written by `enlist backup`.")],
    erasures: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file of erasures (erased.jsonl), where it is not here.")
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody-erased", help="Nobody was erased since the backup was made.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup of this site, replacing all current data.

    Only a backup made under this site's data_key is restored. People erased since it was made stay erased. Everybody
    is signed out, and background jobs are cancelled.
    """
    must_be_able_to_ask(yes=yes)
    session_of(context).wire()
    from enlist.services.retention import backup

    found = backup.backup_look(file)
    say(f"This replaces all current data by the backup of {found.made_at}.")
    if not agreed("Restore it?", yes=yes):
        say("Nothing was changed.")
        raise typer.Exit(1)
    done = backup.backup_restore(file, asked=backup.Asked(erasures, nobody=nobody))
    if as_json:
        give_json(asdict(done))
    else:
        give("\n".join(_restored(done)))


def _restored(done: Restored) -> Iterator[str]:
    yield f"Restored the backup of {done.made_at}."
    if done.erased_again:
        yield f"People erased again: {done.erased_again:,}."
    if done.dropped:
        yield f"Somebody was erased since, so the files and open plans of {done.dropped:,} imports were left out."
    if done.cancelled:
        yield f"Background jobs cancelled: {done.cancelled:,}."
    yield "Everybody is signed out."


def _give(done: Expired, *, dry_run: bool) -> None:
    if not done.removed and not done.actions and not done.passwords:
        give("Nothing is over time.")
        return
    if done.removed:
        give_table([_line(each) for each in done.removed])
    told = [
        f"{done.bytes:,} bytes",
        f"the values of {done.actions:,} actions by hand" if done.actions else "",
        f"{done.passwords:,} passwords that nobody had" if done.passwords else "",
    ]
    what = ", ".join(filter(None, told))
    give(f"{what} would be removed." if dry_run else f"{what} removed.")


def _line(each: Removed) -> dict[str, object]:
    counted = {"chunks": each.chunks, "bytes": f"{each.bytes:,}", "edits": each.edits}
    return {"import": each.number, "what": each.what, **counted}
