"""Retention of files and plans; backup and restore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.apply import Yes
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import check_can_ask, confirm, print_json, print_table, print_text, say

if TYPE_CHECKING:
    from enlist.services.retention.backup import Restored
    from enlist.services.retention.expiry import Expired, Removed

app = typer.Typer()


@app.command("retention")
def show_retention(
    context: typer.Context,
    files: Annotated[int | None, typer.Option(metavar="DAYS", help="Keep files for this long after upload.")] = None,
    plans: Annotated[int | None, typer.Option(metavar="DAYS", help="Keep plans for this long after applying.")] = None,
    links: Annotated[int | None, typer.Option(metavar="DAYS", help="Let activation links work for this long.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change how long files and plans are kept, and how long activation links work.

    An import can be undone as long as its plan is kept. A change also affects existing files, plans and links.
    """
    scope = session_of(context).scope()
    from enlist.services.retention import expiry

    new = {"files": files, "plans": plans, "links": links}
    is_change = any(days is not None for days in new.values())
    kept = expiry.retention_change(scope, **new) if is_change else expiry.retention_show(scope)
    if as_json:
        print_json(kept.to_dict())
    else:
        print_text(f"Files are kept for {kept.files} days, plans for {kept.plans} days.")
        print_text(f"Activation links work for {kept.links} days.")


@app.command("expire")
def expire(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed, and remove nothing.")] = False,
    background: Annotated[bool, typer.Option("--background", help="Let a worker do it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove expired files and plans.

    `enlist retention` shows how long they are kept. Workers remove them automatically; without a worker, run this
    command every day.
    """
    scope = session_of(context).scope()
    from enlist.services.jobs import queue
    from enlist.services.retention import expiry

    if background and not dry_run:
        job = queue.job_put(scope, kind="keeping.expire")
        print_json(job) if as_json else print_text(f"Queued job {job.job}: see `enlist worker`, `enlist jobs`.")
        return
    done = expiry.expire(scope, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **asdict(done)})
    else:
        _print_expired(done, dry_run=dry_run)


@app.command("backup")
def make_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The new file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write all data into one file.

    Enlist can be used meanwhile. The backup doesn't contain keys, the file of erasures, sessions or background jobs.
    """
    session_of(context).wire()
    from enlist.services.retention import backup

    done = backup.backup_make(file)
    if as_json:
        print_json(asdict(done))
        return
    print_text(f"{file}: {done.bytes:,} bytes.")
    say("Keep data_key and erased.jsonl of ENLIST_HOME too: a backup can't be restored without them.")
    say("Store them apart from the backup: with data_key, anybody can read the passwords of the files in it.")


@app.command("restore")
def restore_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file written by `enlist backup`.")],
    erasures: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file of erasures (erased.jsonl), if it isn't on this site.")
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody-erased", help="Confirm that nobody was erased since the backup.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup of this site, replacing all current data.

    The backup must have been made with this site's data_key. People erased since then stay erased. Everybody is signed
    out, and background jobs are cancelled.
    """
    check_can_ask(yes=yes)
    session_of(context).wire()
    from enlist.services.retention import backup

    found = backup.backup_look(file)
    say(f"This replaces all current data with the backup of {found.made_at}.")
    if not confirm("Restore it?", yes=yes):
        say("Nothing was changed.")
        raise typer.Exit(1)
    done = backup.backup_restore(file, asked=backup.Asked(erasures, nobody=nobody))
    if as_json:
        print_json(asdict(done))
    else:
        print_text("\n".join(_restored(done)))


def _restored(done: Restored) -> Iterator[str]:
    yield f"Restored the backup of {done.made_at}."
    if done.erased_again:
        yield f"People erased again: {done.erased_again:,}."
    if done.dropped:
        yield f"People were erased since, so the files and open plans of {done.dropped:,} imports were left out."
    if done.cancelled:
        yield f"Background jobs cancelled: {done.cancelled:,}."
    yield "Everybody is signed out."


def _print_expired(done: Expired, *, dry_run: bool) -> None:
    if not done.imports and not done.actions and not done.passwords:
        print_text("Nothing has expired.")
        return
    if done.imports:
        print_table([_line(each) for each in done.imports])
    parts = [
        f"{done.bytes:,} bytes",
        f"the values of {done.actions:,} manual changes" if done.actions else "",
        f"{done.passwords:,} passwords that were never handed out" if done.passwords else "",
    ]
    print_text(f"{'Would remove' if dry_run else 'Removed'}: {', '.join(filter(None, parts))}.")


def _line(each: Removed) -> dict[str, object]:
    counted = {"chunks": each.chunks, "bytes": f"{each.bytes:,}", "edits": each.edits}
    return {"import": each.number, "what": each.what, **counted}
