"""The measured steps of Enlist and Django: python -m benchmarks.steps STEP JSON."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from typing import Any, Final

import django
from django.contrib.auth.hashers import make_password
from django.db import connection, connections, models, transaction
from django.db.models import Count

from benchmarks.make_roster import CAMPUSES, COURSES, GROUPS, ROLES
from benchmarks.measure import Stopwatch, serve, tell
from enlist.project.database import database

django.setup()

from enlist.core.presets import preset  # noqa: E402 after the set-up
from enlist.core.report.report import flag_groups  # noqa: E402
from enlist.services.access import scope_of  # noqa: E402
from enlist.services.accounts.passwords import passwords_settle  # noqa: E402
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan  # noqa: E402
from enlist.services.imports.request import ImportRequest  # noqa: E402
from enlist.store.accounts import mails  # noqa: E402
from enlist.store.imports import records  # noqa: E402
from enlist.store.models import (  # noqa: E402
    Course,
    CourseGroup,
    CourseGroupMember,
    Enrolment,
    Mail,
    Organization,
    Person,
    ProfileField,
    Role,
)
from enlist.store.setup.organization import make_tables  # noqa: E402
from enlist.store.transactions import short_transaction  # noqa: E402

# The import for a new term: new people are created, existing ones updated, and a template fills a column.
SETTINGS: Final = (
    "upload_type=add_and_update",
    "update_details=from_file_and_defaults",
    "defaults.url=https://people.example/%-u",
)
# Everybody is new, and taken usernames get a number.
COUNTING: Final = ("upload_type=add_all", "username_from=%-1f%-l", SETTINGS[-1])
# By name: a preset and settings.
USES: Final = {
    "moodle": ("moodle", SETTINGS),
    "counting": ("moodle", COUNTING),
    "sync": ("sync", ("unlisted=deactivate", "invite=never")),
}
# Sorted by foreign keys.
MODELS: Final[tuple[type[models.Model], ...]] = (Person, Enrolment, CourseGroupMember)
AT_ONCE: Final = 1_000
# Accepts every mail and forgets it.
SINK: Final = "aiosmtpd.handlers.Sink"


def school() -> None:
    """Create the tables, and the courses, roles and profile fields of the rosters."""
    make_tables()
    here = Organization.objects.create(slug="school", name="School", shared_email=False)
    roles = [Role(organization=here, shortname=name, archetype=name) for name in ROLES]
    student = Role.objects.bulk_create(roles)[0]
    courses = [Course(organization=here, shortname=name, name=name, default_role=student) for name in COURSES]
    groups = [
        CourseGroup(organization=here, course=course, name=name)
        for course in Course.objects.bulk_create(courses)
        for name in GROUPS
    ]
    CourseGroup.objects.bulk_create(groups)
    ProfileField.objects.create(
        organization=here, shortname="campus", name="Campus", kind="choice", options=list(CAMPUSES), position=1
    )
    ProfileField.objects.create(organization=here, shortname="guardian", name="Guardian", position=2)
    tell(Stopwatch())


def import_file(path: str, use: str = "moodle") -> None:
    """Plan a file, preview the plan, store it, apply it. use: which settings (a key of USES)."""
    watch, scope = _watch(), scope_of(None)
    name, settings = USES[use]
    chosen = preset(name)
    policy = chosen.configure(settings)
    request = ImportRequest(source=Path(path), policy=policy, preset=chosen.name)
    with watch.phase("plan"):
        planned = import_plan(scope, request=request)
    with watch.phase("preview"):
        flag_groups(planned.plan)
    with watch.phase("store"):
        plan = import_stage(scope, planned=planned)
    with watch.phase("apply"):
        done = import_apply(scope, plan=plan)
    tell(
        watch,
        rows=planned.table.height,
        verbs=dict(done.verbs),
        statuses=planned.plan.head.statuses,
        number=done.number,
    )


def passwords(count: int) -> None:
    """Set the passwords of an import with this many new people; importing them isn't measured."""
    watch, scope = _watch(), scope_of(None)
    lines = (f"p{n},P,P{n},p{n}@example.org,Corr3ct-Horse-{n}" for n in range(count))
    text = "\n".join(["username,firstname,lastname,email,password", *lines])
    request = ImportRequest(source=text.encode(), policy=preset("moodle").policy, preset="moodle")
    plan = import_stage(scope, planned=import_plan(scope, request=request))
    number = import_apply(scope, plan=plan).number
    with watch.phase("hash"):
        done = passwords_settle(scope, number=number)
    tell(watch, hashed=done.hashed)


def argon2(count: int) -> None:
    """Only hash this many passwords, on all processors."""
    watch = _watch()
    with watch.phase("hash"), ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(make_password, (f"Corr3ct-Horse-{n}" for n in range(count))))
    tell(watch)


def invitations(path: str) -> None:
    """Import new people, queue an invitation to each, and let two workers send them to a server that keeps none."""
    scope, watch = scope_of(None), _watch()
    chosen = preset("moodle")
    policy = chosen.configure([*SETTINGS, "invite=never"])
    plan = import_stage(
        scope,
        planned=import_plan(scope, request=ImportRequest(source=Path(path), policy=policy, preset=chosen.name)),
    )
    created = records.created(records.get(scope, number=import_apply(scope, plan=plan).number))
    Organization.objects.update(settings={"mails_per_second": 1_000_000})
    with watch.phase("queue"), short_transaction():
        queued = mails.add_for_new(scope.organization, purpose=mails.INVITATION, people=created, number=1)
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = subprocess.Popen([sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", SINK])
    command = [sys.executable, "-m", "enlist", "worker", "--until-empty"]
    environment = os.environ | {"ENLIST_MAIL": f"smtp://127.0.0.1:{port}"}
    with watch.phase("send"):
        workers = [subprocess.Popen(command, env=environment) for _ in range(2)]
        codes = [worker.wait() for worker in workers]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    sink.terminate()
    sink.wait()
    states = dict(Mail.objects.values_list("state").annotate(Count("pk")))
    if codes != [0, 0] or states.keys() - {"sent", "refused"}:
        raise SystemExit(f"Of {queued:,} mails: {states}; the workers ended with {codes}.")
    tell(watch, **states, peak_of_workers=peak)


def undo(number: int) -> None:
    """Plan the undo of an import and apply it."""
    watch, scope = _watch(), scope_of(None)
    with watch.phase("plan"):
        plan = import_undo_plan(scope, number=number)
    with watch.phase("apply"):
        # As if it had been approved: removing a million people exceeds every limit.
        done = import_apply(scope, plan=plan, approved=True)
    tell(watch, verbs=dict(done.verbs))


def bulk_create(source: str) -> None:
    """Load the rows of another database with Django's bulk_create; reading them isn't measured."""
    watch = _watch()
    connections.settings["source"] = connections.configure_settings(
        {"default": database(os.environ["DATABASE_URL"]), "source": database(source)}
    )["source"]
    with transaction.atomic():
        for model in MODELS:
            for rows in _batches(model):
                with watch.phase("load"):
                    model._default_manager.bulk_create([model(**row) for row in rows], batch_size=AT_ONCE)
        with watch.phase("load"):
            connections["default"].check_constraints()
    tell(watch)


def _watch() -> Stopwatch:
    """A stopwatch for this process and its database connection."""
    if connection.vendor == "sqlite":
        return Stopwatch()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Stopwatch(int(cursor.fetchone()[0]))


def _batches(model: type[models.Model]) -> Iterator[list[dict[str, Any]]]:
    columns = [field.attname for field in model._meta.concrete_fields]
    found = model._default_manager.using("source").order_by("pk").values(*columns).iterator(chunk_size=AT_ONCE)
    rows: list[dict[str, Any]] = []
    for row in found:
        rows.append(row)
        if len(rows) == AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows


if __name__ == "__main__":
    serve(
        {
            "school": school,
            "import": import_file,
            "undo": undo,
            "invitations": invitations,
            "bulk_create": bulk_create,
            "passwords": passwords,
            "argon2": argon2,
        }
    )
