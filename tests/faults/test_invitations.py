"""Killed at any point while it sends mails, a worker leaves each person one message of a kind, and loses none (I3)."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.trial import FINE, IMPORT, Place, sample, tried_all, wanted
from tests.support.postbox import Postbox

STATES = "SELECT DISTINCT state, problem, sealed FROM store_mail"
INVITED = {f"{name}@northfield.example" for name in ("ann.lee", "bob.ray", "solomiya.melnyk")}


@contextmanager
def mail_server() -> Iterator[Postbox]:
    box = Postbox()
    box.start()
    try:
        yield box
    finally:
        box.stop()


@pytest.mark.slow
def test_everybody_gets_one_message_of_a_kind_wherever_its_worker_is_killed(school: Place) -> None:
    place = school.copy("sending")
    with mail_server() as box:
        assert place.enlist(*IMPORT, ENLIST_MAIL=box.address).code == FINE
        sender = place.start(
            module="tests.faults.sending",
            stdin=subprocess.PIPE,
            ENLIST_MAIL=box.address,
            DJANGO_SETTINGS_MODULE="enlist.project.settings",
        )

        def asked(fault: str) -> int:
            box.got.clear()
            assert sender.stdin
            sender.stdin.write(f"{fault}\n")
            sender.stdin.flush()
            assert sender.stdout
            return int(sender.stdout.readline())

        def trial(point: int) -> list[str]:
            ended = asked(f"kill:{point}")
            alive = [] if ended == -9 else [f"ended with {ended}"]
            differ = [] if set(box.texts) == undisturbed else [f"got: {sorted(box.texts)}"]
            states = [] if place.rows(STATES) == [("sent", "", "")] else [f"states: {place.rows(STATES)}"]
            return [*alive, *differ, *states]

        points, undisturbed = asked("count"), set(box.texts)
        some = sample(points, count=wanted(daily=20 if school.server else 40, part=0.1 if school.server else 0.12))
        failed = tried_all(some, trial=trial, at_once=1)
        _, err = sender.communicate()

    assert (failed, err, sender.returncode) == ({}, "", 0)
    assert {to for to, *_ in undisturbed} > {*INVITED, "new@northfield.example"}
    assert len(undisturbed) == len(INVITED) + 4
    assert place.complaints() == []
