"""A mail server on the loopback that accepts mails, refuses them, or is down."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from enlist.project.mail import mail as mail_settings

OK = "250 OK"


class Postbox(Controller):
    """Has its port from the first moment on, and listens there once it is started: nobody else gets it in between.

    got: what it took. answers: what it says to the next mails instead of taking them. refused: what it says to a
    recipient, by the name before the @. on_mail: called before it takes one.
    """

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.answers: list[str] = []
        self.refused = {"nobody": "550 no such mailbox"}
        self.asked: list[str] = []
        self.on_mail: Callable[[], None] = lambda: None
        self.door = socket.socket()
        self.door.bind(("127.0.0.1", 0))
        super().__init__(self, hostname="127.0.0.1", port=self.door.getsockname()[1])

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """To, Message-ID and plain text of each mail that it took."""
        mails = [message_from_bytes(each, policy=policy.default) for each in self.got]
        parts = [(each, each.get_body(("plain",))) for each in mails]
        return [(str(each["To"]), str(each["Message-ID"]), part.get_content()) for each, part in parts if part]

    @property
    def address(self) -> str:
        """As ENLIST_MAIL names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.door)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.append(address)
        if answer := self.refused.get(address.partition("@")[0]):
            return answer
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.to_thread(self.on_mail)
        if self.answers:
            return self.answers.pop(0)
        self.got.append(envelope.content)
        return OK


@contextmanager
def postbox_for(settings: Any) -> Iterator[Postbox]:
    """A mail server that the settings name, not started yet."""
    box = Postbox()
    for name, value in mail_settings(box.address, outbox=Path("unused")).items():
        setattr(settings, name, value)
    try:
        yield box
    finally:
        if box.server:
            box.stop()
        else:
            box.loop.close()
        box.door.close()
