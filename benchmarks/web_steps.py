"""The measured steps of the web application's server: python -m benchmarks.web_steps STEP JSON."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

import django
from django.conf import settings
from django.db import connection

from benchmarks.measure import Stopwatch, serve, tell

django.setup()
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

from django.test import Client  # noqa: E402 after the set-up

from enlist.services.access import scope_of  # noqa: E402
from enlist.services.accounts.team import team_add  # noqa: E402
from enlist.services.imports.plan import import_show  # noqa: E402
from enlist.services.worker import worker_run  # noqa: E402
from enlist.store.accounts.accounts import set_password  # noqa: E402
from enlist.store.imports.sealed_passwords import new_password  # noqa: E402
from enlist.store.models import Account, Group, Person  # noqa: E402
from enlist.store.setup.organization import make_tables  # noqa: E402

OWNER: Final = "owner"
TIMES: Final = 20
SIZE: Final = 100
# People who are new a term later, as in the other benchmarks.
UPDATING: Final = {
    "there": ["upload_type", "update_details", "defaults.url"],
    "upload_type": "add_and_update",
    "update_details": "from_file_and_defaults",
    "defaults.url": "https://people.example/%-u",
}


REPLACED: Final = {"find": "S1", "new": "T1", "column": "idnumber"}


@dataclass
class Asked:
    """A page's median milliseconds: wall time, and CPU time of this process and the database's."""

    ms: float
    cpu: float


@dataclass
class Visit:
    """A signed-in user, the times of their requests, and their largest page."""

    client: Client = field(default_factory=Client)
    watch: Stopwatch = field(default_factory=lambda: _watch())
    asked: dict[str, Asked] = field(default_factory=dict)
    largest: int = 0
    largest_path: str = ""

    def __post_init__(self) -> None:
        self.client.force_login(_owner())

    def get(self, path: str, **query: Any) -> Any:
        """Get a page. Raises if it fails."""
        answer = self.client.get(f"{path}?{urlencode(query)}" if query else path)
        return self._fine(answer, path=path)

    def post(self, path: str, sent: Any, *, as_json: bool = False) -> Any:
        """Send a form, or data as a script does."""
        if as_json:
            return self._fine(self.client.post(path, json.dumps(sent), content_type="application/json"), path=path)
        return self._fine(self.client.post(path, sent), path=path)

    def time(self, name: str, ask: Callable[[], Any], *, times: int = TIMES) -> None:
        """Repeat the request, and store the median."""
        wall, cpu = [], []
        for turn in range(times):
            phase = f"{name} {turn}"
            with self.watch.phase(phase):
                ask()
            wall.append(self.watch.seconds.pop(phase) * 1_000)
            cpu.append(self.watch.all_cpu.pop(phase) * 1_000)
            self.watch.cpu.pop(phase)
        self.asked[name] = Asked(statistics.median(wall), statistics.median(cpu))

    def tell(self, **more: Any) -> None:
        """Print all results."""
        asked = {name: asdict(each) for name, each in self.asked.items()}
        tell(self.watch, asked=asked, largest=self.largest, largest_path=self.largest_path, **more)

    def _fine(self, answer: Any, *, path: str) -> Any:
        if answer.status_code not in (200, 204, 302):
            raise SystemExit(f"{path} answers {answer.status_code}: {answer.content[:500]!r}")
        if answer.headers.get("Content-Type", "").startswith("text/html") and len(answer.content) > self.largest:
            self.largest, self.largest_path = len(answer.content), path
        return answer


def hand_in(path: str) -> None:
    """A file from its upload to its first page in the grid, read and planned by a worker."""
    visit = Visit()
    with visit.watch.phase("file in"), Path(path).open("rb") as file:
        sent = {"preset": "moodle", "key": f"{path} {os.getpid()}", "file": file}
        here = visit.post("/imports/new/", sent).headers["Location"]
        worker_run(lambda _: None, until_empty=True)
        visit.get(here)
    here = here.removesuffix("next/")
    with visit.watch.phase("plan"):
        visit.post(f"{here}settings/", UPDATING)
        worker_run(lambda _: None, until_empty=True)
    with visit.watch.phase("review"):
        visit.get(f"{here}review/")
        visit.get(f"{here}review/rows/", size=SIZE, page=1)
    visit.tell(number=int(here.split("/")[2]))


def grid(number: int, rows: int) -> None:
    """The grid of a draft: pages, filters, edits; then a step that changes cells in all rows, and the grid after it."""
    visit, dice, here = Visit(), Random(7), f"/imports/{number}/review/"  # noqa: S311 - nothing secret
    pages = rows // SIZE

    def page(**query: Any) -> Any:
        return visit.get(f"{here}rows/", size=SIZE, **({"page": dice.randrange(pages) + 1} | query)).json()

    def change(**asked: Any) -> Any:
        return visit.post(f"{here}edit/", asked, as_json=True).json()["said"]

    def edit() -> None:
        row = dice.randrange(rows)
        change(do="cells", cells=[[row, "city", f"Town {row}"]])
        page(page=row // SIZE + 1)

    def block() -> None:
        first = dice.randrange(rows - 1_000)
        change(do="cells", cells=[[first + n, "department", f"Block {first}"] for n in range(1_000)])

    visit.time("grid page, the first of a process", page, times=1)
    visit.time("grid page", page)
    visit.time("filter by problem", lambda: page(page=1, show="problems"))
    visit.time("grid page of a filter", lambda: page(page=50, show="known"))
    problem = {"code": "country_unknown", "column": "country", "value": "Atlantis"}
    visit.time("rows with one problem", lambda: page(page=1, **problem))
    visit.time("review, problems by kind", lambda: visit.get(here), times=5)
    visit.time("cell edit with its check", edit)
    visit.time("1,000 cells pasted", block, times=5)
    visit.time("undo and redo of an edit", lambda: (change(do="undo"), change(do="redo")), times=5)
    visit.time("find in all rows", lambda: change(do="look", **REPLACED), times=1)
    visit.time("replace in all rows: asked for", lambda: change(do="replace", **REPLACED), times=1)
    visit.time("replace in all rows: done by a worker", lambda: worker_run(lambda _: None, until_empty=True), times=1)
    visit.time("undo and redo of a replacement", lambda: (change(do="undo"), change(do="redo")), times=5)
    visit.time("grid page over a replacement in all rows", page)
    visit.time("edit over a replacement in all rows", edit)
    visit.tell()


def preview(number: int, rows: int) -> None:
    """The preview of a draft with its filters, near the beginning and the end; and its downloads."""
    visit, here = Visit(), f"/imports/{number}/"
    visit.time("preview", lambda: visit.get(f"{here}preview/"))
    for about, start in (("update", 50_000 * rows // 1_000_000), ("failed", 2_000 * rows // 1_000_000)):
        ask = {"show": about, "start": start}
        visit.time(f"preview of {about}, far down", partial(visit.get, f"{here}preview/", **ask), times=5)
    for what in ("rows.csv", "problems.xlsx"):
        visit.time(f"download of {what}", partial(_taken, visit, path=f"{here}{what}"), times=1)
    visit.tell()


# Lists of people with filters.
FILTERS: Final[dict[str, dict[str, str]]] = {
    "people who are inactive": {"state": "inactive"},
    "people added manually": {"source": "manual"},
    "people of a role": {"role": "instructor"},
    "people who never signed in": {"never": "yes"},
    "people an import made": {"import": "1"},
    "people an import made, by e-mail": {"import": "1", "by": "email", "search": "k"},
}


def people(rows: int) -> None:
    """The list of people, searches in it, and a person's page."""
    visit, dice = Visit(), Random(7)  # noqa: S311 - nothing secret
    names = list(Person.objects.order_by("pk").values_list("username", flat=True)[: rows : max(rows // 50, 1)])

    def searched() -> Any:
        return visit.get("/people/", search=dice.choice(names)[: dice.randrange(1, 8)])

    visit.time("people", lambda: visit.get("/people/"))
    visit.time("people by last name, further down", lambda: visit.get("/people/", by="lastname", search="M"))
    visit.time("people, searched", searched)
    visit.time("people, nobody found", lambda: visit.get("/people/", search="qqqq"))
    for what, asked in FILTERS.items():
        visit.time(what, partial(visit.get, "/people/", **asked))
    visit.time("person", lambda: visit.get(f"/people/{dice.choice(names)}/"))
    visit.time("an open page asks for notices", lambda: visit.get("/notices/"))
    for name in ("imports", "groups", "courses", "profile-fields", "team", "activity"):
        visit.time(name, partial(visit.get, f"/{name}/"), times=5)
    visit.tell()


def crowd(rows: int) -> None:
    """Lists that are slow to find: groups whose members come last, the last few who never signed in; a deletion."""
    visit = Visit()
    for name, share in (("Last", 0.006), ("Half", 0.5)):
        _group(name, count=int(rows * share))
    _sign_in_all_but(20, rows=rows)
    visit.time("members of a group who come last", lambda: visit.get("/people/", group="Last"))
    visit.time("members of a group of half of all, who come last", lambda: visit.get("/people/", group="Half"))
    visit.time("people who never signed in, and are few", lambda: visit.get("/people/", never="yes"))
    visit.time("groups, with how full they are", lambda: visit.get("/groups/"), times=5)
    last = list(Person.objects.filter(source="import").order_by("-pk")[:3])
    Person.objects.filter(pk__in=[person.pk for person in last]).update(state="inactive")
    gone = iter([person.username for person in last])
    visit.time("person permanently deleted", lambda: _deleted(visit, username=next(gone)), times=len(last))
    visit.tell()


def changed(number: int) -> None:
    """The list of people that an import changed, which is applied first."""
    visit = Visit()
    _, plan = import_show(scope_of(None), number=number)
    if plan is None:
        raise SystemExit(f"Import {number} has no plan.")
    visit.post(f"/imports/{number}/apply/", {"shown": plan.fingerprint})
    worker_run(lambda _: None, until_empty=True)
    visit.time("people an import changed, the first of a process", lambda: _changed(visit, number=number), times=1)
    visit.time("people an import changed", lambda: _changed(visit, number=number))
    visit.tell()


def owner() -> None:
    """Create this version's tables and an owner, and print the owner's password."""
    make_tables()
    scope = scope_of(None)
    if not Person.objects.filter(username=OWNER).exists():
        names = {"firstname": "Olu", "lastname": "Owner", "email": "owner@x.example"}
        team_add(scope, username=OWNER, role="owner", names=names)
    someone, password = Person.objects.get(username=OWNER), new_password()
    set_password(someone, password=password, must_change=False)
    tell(Stopwatch(), password=password)


def _changed(visit: Visit, *, number: int) -> Any:
    return visit.get("/people/", **{"import": number})


def _deleted(visit: Visit, *, username: str) -> Any:
    return visit.post(f"/people/{username}/delete/", {"confirm": username})


def _group(name: str, *, count: int) -> None:
    """A group of the last people by username."""
    group = Group.objects.create(organization=scope_of(None).organization, name=name)
    last = "SELECT id, organization_id FROM store_person WHERE username_key > '' ORDER BY username_key DESC LIMIT %s"
    _execute(
        "INSERT INTO store_groupmembership (organization_id, group_id, person_id, source)"
        f" SELECT p.organization_id, %s, p.id, 'manual' FROM ({last}) p ORDER BY p.id",
        params=[group.pk, count],
    )


def _sign_in_all_but(few: int, *, rows: int) -> None:
    """Let everybody except the last by username have signed in once."""
    first = "SELECT * FROM store_person WHERE username_key > '' ORDER BY username_key LIMIT %s"
    _execute(
        "INSERT INTO store_account (organization_id, person_id, login_key, password, last_login)"
        " SELECT p.organization_id, p.id, p.organization_id || ':' || p.username_key, '!', CURRENT_TIMESTAMP"
        f" FROM ({first}) p WHERE NOT EXISTS (SELECT 1 FROM store_account a WHERE a.person_id = p.id) ORDER BY p.id",
        params=[rows - few],
    )


def _execute(statement: str, *, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        cursor.execute("ANALYZE")


def _owner() -> Account:
    return Account.objects.get(person__username=OWNER)


def _taken(visit: Visit, *, path: str) -> int:
    """The length of a download, without keeping it in memory."""
    return sum(map(len, visit.get(path)))


def _watch() -> Stopwatch:
    if connection.vendor == "sqlite":
        return Stopwatch()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Stopwatch(int(cursor.fetchone()[0]))


if __name__ == "__main__":
    steps = (owner, hand_in, grid, preview, people, crowd, changed)
    serve({each.__name__: each for each in steps})
