"""`enlist serve`: the web server and its workers under one command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Final

import typer

from enlist.cli.session import session_of
from enlist.cli.terminal import say
from enlist.core.errors import EnlistError, PolicyError

app = typer.Typer()

# Seconds that a process gets to stop: a worker returns its job to the queue in that time.
STOP_TIMEOUT: Final = 30
POLL_INTERVAL: Final = 0.2


@app.command()
def serve(
    context: typer.Context,
    address: Annotated[str, typer.Option(help="The address to listen on, as HOST:PORT.")] = "127.0.0.1:8000",
    workers: Annotated[int, typer.Option(min=0, help="How many workers run background jobs.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="How many processes answer requests.")] = 2,
) -> None:
    """Run the web application and its background jobs until stopped."""
    _check_address(address)
    session_of(context).wire()
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    web = [
        *(sys.executable, "-m", "gunicorn", "enlist.project.wsgi:application", "--bind", address),
        *("--workers", str(processes), "--threads", "4", "--worker-class", "gthread", "--no-control-socket"),
        *("--access-logfile", "/dev/null", "--log-level", "warning", "--graceful-timeout", str(STOP_TIMEOUT)),
    ]
    say(f"Enlist is running at http://{address} (press Ctrl-C to stop).")
    _say_set_up(address)
    raise typer.Exit(_run_all([web, *([sys.executable, "-m", "enlist", "worker"] for _ in range(workers))]))


def _say_set_up(address: str) -> None:
    """Without an owner, show the address at which the first one sets the site up."""
    from django.conf import settings
    from django.db import DatabaseError, connections

    from enlist.services.setup.first_run import set_up_token_new

    token = None
    # Without its database, the server runs and its pages say what is wrong.
    with suppress(DatabaseError, EnlistError):
        token = set_up_token_new()
    connections.close_all()
    if token:
        # Behind a proxy, browsers know the site by its own name.
        site = f"https://{settings.ALLOWED_HOSTS[0]}" if settings.HTTPS else f"http://{address}"
        say(f"Set it up at {site}/set-up/{token}/ (works once, within an hour).")


def _check_address(address: str) -> None:
    """Raise PolicyError if no server can listen there."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        raise PolicyError("address_refused", address=address)
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        with socket.create_server((host.strip("[]"), int(port)), family=family):
            return
    except OverflowError:
        raise PolicyError("port_unknown", port=port) from None
    except OSError as error:
        raise PolicyError("address_in_use", address=address, reason=os.strerror(error.errno or 0)) from None


def _run_all(commands: Sequence[Sequence[str]]) -> int:
    """Run all until one exits or a signal arrives, then stop the others. Returns 0 after a signal, else 1."""
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    # In sessions of their own: only this process receives Ctrl-C, and stops them in order.
    running = [subprocess.Popen(command, start_new_session=True) for command in commands]
    try:
        while not signals and all(process.poll() is None for process in running):
            time.sleep(POLL_INTERVAL)
        for process in running:
            if process.poll() is not None and not signals:
                say(f"Error: {process.args!r} exited unexpectedly; stopping the others.")
        return 0 if signals else 1
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
