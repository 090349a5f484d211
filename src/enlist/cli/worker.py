"""Background jobs: run a worker, and list jobs."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.hints import error_text
from enlist.cli.plain import plain
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_json_line, print_table, say

if TYPE_CHECKING:
    from enlist.services.imports.orphans import Ended
    from enlist.services.jobs.queue import JobSummary

app = typer.Typer()


@app.command("worker")
def work(
    context: typer.Context,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Exit when the queue is empty.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run background jobs and send mails until stopped.

    One worker is enough. Several can share the jobs of one PostgreSQL database, from any number of machines. SIGTERM or
    Ctrl-C stops a worker: its job goes back into the queue, or is finished if its changes were applied already.
    """
    session_of(context).wire()
    from enlist.services import worker
    from enlist.services.jobs.run import LEAVING

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: LEAVING.set())

    def report(ended: Ended) -> None:
        print_json_line(vars(ended)) if as_json else say(_line(ended))

    if not as_json:
        say("Waiting for jobs.")
    worker.worker_run(report, until_empty=until_empty)


@app.command("jobs")
def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List background jobs and their state, newest first."""
    scope = session_of(context).scope()
    from enlist.services.jobs import queue

    found = queue.jobs_list(scope, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_table([_row(each) for each in found])
    else:
        say("There are no background jobs yet.")


def _line(ended: Ended) -> str:
    about = f", import {ended.import_number}" if ended.import_number else ""
    error = f" {error_text(ended.error)}" if ended.error else ""
    return f"Job {ended.job} ({ended.work}{about}): {ended.state}.{error}"


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
