"""Use the pages of a site as a signed-in person, in a process of its own.

`python -m tests.faults.browsing USERNAME ACTION …` does one thing with the only import, or with the one existing person
in its file, and prints the result: see `BULK_ACTIONS`. A user who doesn't exist yet is created as an owner.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.test import Client

NUMBER: Final = 1
PERSON: Final = "nino.melashvili"
SETTINGS: Final = {
    "there": ["upload_type", "update_details"],
    "upload_type": "add_and_update",
    "update_details": "from_file",
}
AS_THEY_ARE: Final = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def hand_in(client: Client) -> str:
    """Hand the file in, and have it planned; the fingerprint that its preview shows."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("roster.csv", Path("roster.csv").read_bytes())
    answer = client.post("/imports/new/", {"preset": "moodle", "key": "autumn", "file": file})
    assert answer.headers["Location"] == f"/imports/{NUMBER}/next/", answer.text
    work()
    client.post(f"/imports/{NUMBER}/settings/", SETTINGS)
    work()
    return preview(client)


def preview(client: Client) -> str:
    """The fingerprint that the preview shows, "" where it shows no plan."""
    found = re.search(r'name="shown" value="(\w+)"', client.get(f"/imports/{NUMBER}/preview/", follow=True).text)
    return found[1] if found else ""


def change(client: Client, city: str) -> str:
    """Change the person manually."""
    from tests.support.forms import send

    answer = send(client, f"/people/{PERSON}/edit/", values={"city": city, "initial-city": "?"})
    return str(answer.status_code)


def type_over(client: Client, city: str) -> str:
    """Change a cell of the import, if that can be changed."""
    asked = {"do": "cells", "cells": [[4, "city", city]]}
    answer = client.post(f"/imports/{NUMBER}/review/edit/", json.dumps(asked), content_type="application/json")
    return str(answer.status_code)


def apply(client: Client, fingerprint: str) -> str:
    """Agree to the plan with this fingerprint."""
    return str(client.post(f"/imports/{NUMBER}/apply/", {"shown": fingerprint}).status_code)


def meddle(client: Client, city: str) -> str:
    """Change the person, and a cell of the import."""
    return f"{change(client, city)} {type_over(client, city)}"


def go_on(client: Client) -> str:
    """Look at the preview, planned again where it is not, and have what it shows carried out."""
    if not (shown := preview(client)):
        client.post(f"/imports/{NUMBER}/plan/")
        work()
        shown = preview(client)
    told = apply(client, shown)
    work()
    return f"{shown} {told}"


def work() -> None:
    """Do what is in the queue."""
    from enlist.services.worker import worker_run

    worker_run(lambda _: None, until_empty=True)


BULK_ACTIONS: Final[dict[str, Callable[..., str]]] = {
    "hand-in": hand_in, "change": change, "apply": apply, "meddle": meddle, "go-on": go_on,
}  # fmt: skip


def signed_in(username: str) -> Client:
    """Who is signed in, an owner of their own making."""
    from django.test import Client

    from enlist.services import access
    from enlist.services.accounts import team
    from enlist.store.models import Account

    scope = access.scope_of(None)
    if not Account.objects.filter(person__username=username).exists():
        names = {"firstname": username, "lastname": "O", "email": f"{username}@northfield.example"}
        team.team_add(scope, username=username, role="owner", names=names)
        team.team_password(scope, username=username, keep=True)
    client = Client()
    client.force_login(Account.objects.get(person__username=username))
    return client


def main() -> None:
    """Do one thing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enlist.project.settings")
    import django

    django.setup()
    from django.test.utils import override_settings, setup_test_environment

    setup_test_environment()
    username, action, *words = sys.argv[1:]
    with override_settings(STORAGES=AS_THEY_ARE, ALLOWED_HOSTS=["testserver"]):
        sys.stdout.write(BULK_ACTIONS[action](signed_in(username), *words))


if __name__ == "__main__":
    main()
