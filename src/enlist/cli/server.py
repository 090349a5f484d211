"""Serving: the web server and its workers under one command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from enlist.cli.session import session_of
from enlist.cli.terminal import say
from enlist.core.errors import PolicyError

app = typer.Typer()

# Seconds that a process has to end in when it is asked to; a worker gives its job back in that time.
PATIENCE: Final = 30
LOOK: Final = 0.2


@app.command()
def serve(
    context: typer.Context,
    address: Annotated[str, typer.Option(help="Where to listen: HOST:PORT.")] = "127.0.0.1:8000",
    workers: Annotated[int, typer.Option(min=0, help="How many workers do what takes longer.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="How many processes answer requests.")] = 2,
) -> None:
    """Serve the web application and do its work in the background, until Ctrl-C."""
    _must_be_free(address)
    session_of(context).wire()
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    web = [
        *(sys.executable, "-m", "gunicorn", "enlist.project.wsgi:application", "--bind", address),
        *("--workers", str(processes), "--threads", "4", "--worker-class", "gthread", "--no-control-socket"),
        *("--access-logfile", "/dev/null", "--log-level", "warning", "--graceful-timeout", str(PATIENCE)),
    ]
    say(f"Enlist is running at http://{address} (press Ctrl-C to stop).")
    raise typer.Exit(_tended([web, *([sys.executable, "-m", "enlist", "worker"] for _ in range(workers))]))


def _must_be_free(address: str) -> None:
    """Raise PolicyError where nobody can listen there."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        raise PolicyError("address_refused", address=address)
    try:
        with socket.create_server((host.strip("[]"), int(port)), family=_family(host)):
            return
    except OverflowError:
        raise PolicyError("port_unknown", port=port) from None
    except OSError as error:
        raise PolicyError("address_in_use", address=address, reason=os.strerror(error.errno or 0)) from None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if host.startswith("[") else socket.AF_INET


def _tended(commands: Sequence[Sequence[str]]) -> int:
    """Run all until one ends or we are asked to end, then end them all. 0 where we were asked."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.append(number))
    # In groups of their own: Ctrl-C reaches us alone, and we end them in order.
    running = [subprocess.Popen(command, start_new_session=True) for command in commands]
    try:
        while not asked and all(process.poll() is None for process in running):
            time.sleep(LOOK)
        for process in running:
            if process.poll() is not None and not asked:
                say(f"Error: {process.args!r} ended by itself; the others are ended too.")
        return 0 if asked else 1
    finally:
        for process in running:
            process.terminate()
        for process in running:
            _ended(process)


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
