"""Mails of workers: what a killed one was sending, the next one sends; and invitations go out beside the jobs."""

import json
import os
import signal
import subprocess
import sys
import time
from email import message_from_bytes

from tests.journeys.conftest import Site
from tests.support.postbox import Postbox

ADA = ("--firstname", "Ada", "--lastname", "Lee", "--email", "ada@x.org")
LEFT = """
import django
django.setup()
from datetime import timedelta
from django.db.models import F
from enlist.store.operations.models import Job
print(Job.objects.filter(kind="imports.carry_out").update(ended_at=F("ended_at") - timedelta(minutes=3)))
"""

# As if the time had passed after which another worker may take what a dead one took.
DUE = """
import django
django.setup()
from datetime import timedelta
from django.db.models import F
from enlist.store.models import Mail
print(Mail.objects.filter(state="due").update(due_at=F("due_at") - timedelta(minutes=11)))
"""
SETTINGS = {"DJANGO_SETTINGS_MODULE": "enlist.project.settings"}


def worker(site: Site, *, mail: str) -> subprocess.Popen[bytes]:
    """A worker that is not waited for, and whose work is taken over after a second."""
    environment = {**site.environment, "ENLIST_MAIL": mail, "ENLIST_LEASE": "1"}
    command = [sys.executable, "-m", "enlist", "worker"]
    return subprocess.Popen(command, cwd=site.folder, env=environment, stderr=subprocess.DEVNULL)


def until_got(box: Postbox, *, mails: int) -> int:
    """How many mails there are before long: as many, or too few."""
    for _ in range(600):
        if len(box.got) >= mails:
            break
        time.sleep(0.1)
    return len(box.got)


def test_a_notice_survives_the_worker_that_was_killed_while_it_sent_it(site: Site) -> None:
    assert site.enlist("init", "--name", "School").code == 0
    assert site.enlist("team", "add", "ada", "owner", *ADA).code == 0
    file = site.file("new.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@x.org\n")
    assert site.enlist("--as", "ada", "import", file, "--yes", "--background").code == 0
    assert site.enlist("worker", "--until-empty").code == 0
    assert site.python("-c", LEFT, **SETTINGS).out == "1\n"
    box = Postbox()
    box.start()
    try:
        first = worker(site, mail=box.address)
        # The server takes it, and the worker never hears of that.
        box.on_mail = lambda: os.kill(first.pid, signal.SIGKILL)
        assert until_got(box, mails=1) == 1
        assert first.wait() == -signal.SIGKILL
        box.on_mail = lambda: None
        assert site.python("-c", DUE, **SETTINGS).out == "1\n"

        second = worker(site, mail=box.address)
        assert until_got(box, mails=2) == 2
        second.terminate()
        assert second.wait() == 0
        assert site.enlist("worker", "--until-empty", ENLIST_MAIL=box.address, ENLIST_LEASE="1").code == 0
    finally:
        box.stop()
    # With the ID of one mail, so that a person who gets both sees it once.
    mails = [message_from_bytes(each) for each in box.got]
    assert [each["To"] for each in mails] == ["ada@x.org"] * 2
    assert len({each["Message-ID"] for each in mails}) == 1


def test_a_running_worker_sends_invitations_beside_its_jobs(site: Site) -> None:
    assert site.enlist("init", "--name", "School").code == 0
    box = Postbox()
    box.start()
    try:
        running = worker(site, mail=box.address)
        file = site.file("new.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@x.org\n")
        assert site.enlist("import", file, "--yes", ENLIST_MAIL=box.address).code == 0
        assert until_got(box, mails=1) == 1
        running.terminate()
        assert running.wait() == 0
    finally:
        box.stop()
    assert [message_from_bytes(each)["To"] for each in box.got] == ["ann@x.org"]
    assert [each["state"] for each in json.loads(site.enlist("invitations", "list", "--json").out)] == ["sent"]
