"""Killed at any point while it sends invitations, a worker leaves each person one message, and loses nobody (I3)."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes

import psycopg
import pytest

from tests.faults.trial import FILES, FINE, IMPORT, WORK, Place, sample, tried_all, wanted
from tests.support.postbox import Postbox

# As if the time had passed after which another worker may take what a dead one took.
DUE = "UPDATE store_mail SET due_at = '2026-01-01 00:00:00+00:00' WHERE state = 'due'"
STATES = "SELECT DISTINCT state FROM store_mail"
INVITED = {f"{name}@northfield.example" for name in ("ann.lee", "bob.ray", "solomiya.melnyk")}


@contextmanager
def mail_server() -> Iterator[Postbox]:
    box = Postbox()
    box.start()
    try:
        yield box
    finally:
        box.stop()


def make_due(place: Place) -> None:
    if place.server:
        with psycopg.connect(place.server.address(place.database)) as server:
            server.execute(DUE.encode())
    else:
        with closing(sqlite3.connect(place.folder / "var" / FILES[0])) as file, file:
            file.execute(DUE)


def got(box: Postbox) -> dict[str, set[tuple[str, str]]]:
    """By address: the Message-IDs and links of what it got."""
    found: dict[str, set[tuple[str, str]]] = {}
    for sent in box.got:
        (link,) = {*re.findall(rb"/choose-password/([\w=-]+)/", sent.replace(b"=\r\n", b""))}
        message = message_from_bytes(sent)
        found.setdefault(message["To"], set()).add((message["Message-ID"], link.decode()))
    return found


@pytest.mark.slow
def test_everybody_gets_one_invitation_wherever_its_worker_is_killed(school: Place) -> None:
    queued = school.copy("queued")
    # Nothing is sent yet: only a worker uses this address.
    assert queued.enlist(*IMPORT, ENLIST_MAIL="smtp://127.0.0.1:9").code == FINE
    counted = queued.copy("counted")
    with mail_server() as box:
        points = len(counted.points(*WORK, ENLIST_MAIL=box.address))
        undisturbed = got(box)

    def trial(point: int) -> list[str]:
        place = queued.copy(f"sending-{point}")
        with mail_server() as box:
            place.hit(f"kill:{point}", *WORK, ENLIST_MAIL=box.address)
            make_due(place)
            again = place.enlist(*WORK, ENLIST_MAIL=box.address)
            found = got(box)
        missing = [f"got: {sorted(found)}"] if found.keys() != undisturbed.keys() else []
        several = [f"to {address}: {sent}" for address, sent in found.items() if len(sent) > 1]
        states = [] if place.rows(STATES) == [("sent",)] else [f"states: {place.rows(STATES)}"]
        return [*missing, *several, *states, *place.complaints(), *([str(again)] if again.code else [])]

    assert undisturbed.keys() == INVITED
    some = sample(points, count=wanted(daily=4 if school.server else 12, part=0.1 if school.server else 0.12))
    assert tried_all(some, trial=trial) == {}
