"""The background: a worker, and what it was given to do."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.hints import error_text
from enlist.cli.plain import plain
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give_json, give_json_line, give_table, say

if TYPE_CHECKING:
    from enlist.services.imports.orphans import Ended
    from enlist.services.jobs.queue import JobSummary

app = typer.Typer()


@app.command("worker")
def work(
    context: typer.Context,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Leave when nothing is left to do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do what was handed over, until it is told to stop.

    One is enough; several share the work of one PostgreSQL, from any number of machines. SIGTERM or Ctrl-C stops it:
    what it has begun goes back into the queue, or is finished where it was applied already.
    """
    session_of(context).wire()
    from enlist.services import worker
    from enlist.services.jobs.run import LEAVING

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: LEAVING.set())

    def told(ended: Ended) -> None:
        give_json_line(vars(ended)) if as_json else say(_line(ended))

    if not as_json:
        say("Waiting for work.")
    worker.worker_run(told, until_empty=until_empty)


@app.command("jobs")
def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many to list, the last ones first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List what was handed over to workers, and what became of it."""
    scope = session_of(context).scope()
    from enlist.services.jobs import queue

    found = queue.jobs_list(scope, limit=limit)
    if as_json:
        give_json(found)
    elif found:
        give_table([_row(each) for each in found])
    else:
        say("Nothing was handed over yet.")


def _line(ended: Ended) -> str:
    about = f", import {ended.import_number}" if ended.import_number else ""
    return (
        f"Job {ended.job} ({ended.work}{about}): {ended.state}.{f' {error_text(ended.error)}' if ended.error else ''}"
    )


def _row(job: JobSummary) -> dict[str, object]:
    return {
        "job": job.job,
        "kind": job.kind,
        "import": job.import_number or "",
        "state": job.state,
        "phase": job.phase,
        "created_at": plain(job.created_at),
        "error": error_text(job.error) if job.error else "",
    }
