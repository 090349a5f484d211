"""The figures of the web application: python -m benchmarks.web [--rows 1000000].

In a folder of its own, or on the server of DATABASE_URL: a directory of so many people is imported; the roster of a
term later is handed in, planned, and looked at as a browser does. Times are the server's alone: request in, answer out.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

PAGES = 20
# What each figure shall be at most, in milliseconds.
WANTED = {
    "grid page": 100,
    "filter by problem": 300,
    "cell edit with its check": 150,
    "people": 100,
    "people, searched": 100,
    "person": 100,
}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as home:
        os.environ["ENLIST_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "enlist.project.settings"
        for name, seconds in _measured(rows).items():
            wanted = WANTED.get(name)
            told = f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"
            print(f"{name:<32} {told:>12}" + (f"   (at most {wanted} ms)" if wanted else ""), flush=True)


def _measured(rows: int) -> dict[str, float]:
    from benchmarks.make_roster import Roster, written
    from benchmarks.steps import SETTINGS, import_file, school

    school()
    import_file(str(written(Roster(rows, "clean"))))
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    draft = Draft(written(Roster(rows, "changed")), settings=SETTINGS)
    return {**draft.made(), **draft.looked_at(rows)}


class Draft:
    """A roster handed in by the owner of the school, and the pages about it."""

    def __init__(self, path: Path, *, settings: tuple[str, ...]) -> None:
        from django.test import Client

        from enlist.services.access import Scope, scope_of
        from enlist.services.team import team_add
        from enlist.store.accounts import set_password
        from enlist.store.models import Account, Person
        from enlist.store.secrets import new_password

        scope = scope_of(None)
        names = {"firstname": "Olu", "lastname": "Owner", "email": "owner@x.example"}
        team_add(scope, username="owner", role="owner", names=names)
        owner = Person.objects.get(username="owner")
        set_password(owner, password=new_password(), must_change=False)
        self.scope, self.path, self.settings, self.number = Scope(scope.organization, owner), path, settings, 0
        self.client = Client()
        self.client.force_login(Account.objects.get(person=owner))

    def made(self) -> dict[str, float]:
        """Seconds to hand the file in, and to plan it."""
        from enlist.services import drafts
        from enlist.services.drafts import Upload
        from enlist.services.worker import worker_run

        def upload() -> None:
            with self.path.open("rb") as file:
                upload = Upload(file=file, name=self.path.name, preset="moodle", key="bench")
                self.number = drafts.draft_new(self.scope, upload=upload)

        def plan() -> None:
            drafts.draft_settings_set(self.scope, number=self.number, settings=self.settings)
            drafts.draft_plan(self.scope, number=self.number)
            worker_run(lambda _: None, until_empty=True)

        return {"file in": _seconds(upload), "plan, by a worker": _seconds(plan)}

    def looked_at(self, rows: int) -> dict[str, float]:
        """The median seconds of each page."""
        dice, here = Random(7), f"/imports/{self.number}/review/"  # noqa: S311 - nothing secret

        def page() -> None:
            self._get(f"{here}rows/?size=100&page={dice.randrange(rows // 100) + 1}")

        def edit() -> None:
            row = dice.randrange(rows)
            change = {"do": "cells", "cells": [[row, "city", f"Town {row}"]]}
            self._fine(self.client.post(f"{here}edit/", json.dumps(change), content_type="application/json"))
            self._get(f"{here}rows/?size=100&page={row // 100 + 1}")

        asked: dict[str, Callable[[], Any]] = {
            "grid page, the first of a process": page,
            "grid page": page,
            "filter by problem": lambda: self._get(f"{here}rows/?size=100&show=problems"),
            "review": lambda: self._get(here),
            "preview": lambda: self._get(f"/imports/{self.number}/preview/"),
            "cell edit with its check": edit,
            "people": lambda: self._get("/people/"),
            "people, searched": lambda: self._get(f"/people/?begins=u{dice.randrange(9)}"),
            "person": lambda: self._get("/people/owner/"),
        }
        return {
            name: statistics.median(_seconds(ask) for _ in range(1 if "first" in name else PAGES))
            for name, ask in asked.items()
        }

    def _get(self, path: str) -> None:
        self._fine(self.client.get(path))

    def _fine(self, answer: Any) -> None:
        if answer.status_code != 200:
            raise SystemExit(f"benchmarks.web: {answer.request['PATH_INFO']} answers {answer.status_code}.")


def _seconds(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
