"""A PostgreSQL server for trials that can be killed and restarted, and a proxy that cuts its connection."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

import with_postgres as private
from ports import kept_port


@dataclass
class Server:
    """A server in a folder; `start` may be called again after its death."""

    folder: Path
    port: int = field(default_factory=kept_port)
    process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make its data."""
        self.binaries, self.owner = private._binaries(self.folder), private._owner()
        private._own(self.folder, self.owner)
        data, log = self.folder / "data", self.folder / "server.log"
        private._initdb(self.binaries, data=data, password="secret", log=log, owner=self.owner)

    def start(self) -> None:
        """Start it, as often as it takes until what a dead one left is gone."""
        # It dies, the machine does not: what was written is there, but written it must be before it is acknowledged.
        settings = ["--fsync=off", "--synchronous_commit=on", "--full_page_writes=off", "--max_connections=200"]
        data, log = self.folder / "data", self.folder / "server.log"
        for _ in range(50):
            self.process = private._postgres(
                self.binaries, data=data, port=self.port, settings=settings, log=log, owner=self.owner
            )
            if self._welcomes():
                return
        raise AssertionError(log.read_text()[-2000:])

    def _welcomes(self) -> bool:
        """Wait until it lets somebody in; False where it ended instead: what a dead one left is in its way."""
        while self.is_up():
            try:
                self.tell("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return True
        return False

    def is_up(self) -> bool:
        """Whether its first process lives."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start it again where it was killed."""
        with suppress(subprocess.TimeoutExpired):
            assert self.process
            self.process.wait(1)
        if not self.is_up():
            self.start()

    def stop(self) -> None:
        """Stop it for good."""
        if self.process and self.is_up():
            self.process.send_signal(signal.SIGINT)
            self.process.wait(private.SECONDS_TO_STOP)

    def address(self, name: str, *, port: int | None = None) -> str:
        """The address of one of its databases, or of the way there by a proxy."""
        return f"postgres://enlist:secret@127.0.0.1:{port or self.port}/{name}"

    def tell(self, statement: str) -> None:
        """Run a statement that needs no database of its own."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A running server; it stops at the end."""
    own = Server(folder)
    own.prepare()
    own.start()
    try:
        yield own
    finally:
        own.stop()


class Proxy:
    """Passes everything on to a port, and cuts the client off right after it sent its N-th COMMIT."""

    def __init__(self, to: int, *, cut: int) -> None:
        self.to, self.cut, self.commits = to, cut, 0
        self._count = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.close()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(("127.0.0.1", self.to))
                threading.Thread(target=self._forth, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), server:
            while told := client.recv(65_536):
                server.sendall(told)
                if self._is_the_one(told):
                    # The server has it; the client never hears of it.
                    client.shutdown(socket.SHUT_RDWR)
                    time.sleep(0.2)
                    return

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError), client:
            while told := server.recv(65_536):
                client.sendall(told)

    def _is_the_one(self, told: bytes) -> bool:
        with self._count:
            self.commits += b"COMMIT\0" in told
            return b"COMMIT\0" in told and self.commits == self.cut
