"""Which imports changed somebody, and how."""

from typing import Any

import pytest

from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.imports import Order, import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.people import person_show
from tests.database.school import course, course_group, organization, person, role

pytestmark = pytest.mark.django_db(transaction=True)

UPDATING = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file"])
HEAD = "username,firstname,lastname,email"


@pytest.fixture
def scope() -> Scope:
    school = organization()
    role(school)
    course_group(course(school, "ART"), "Blue")
    return Scope(school)


def imported(scope: Scope, text: str) -> None:
    planned = import_plan(scope, order=Order(source=text.encode(), policy=UPDATING, preset="moodle"))
    import_apply(scope, plan=import_stage(scope, planned=planned))


def history(scope: Scope, username: str) -> list[tuple[int, str, Any, Any]]:
    found = person_show(scope, username=username)["imports"]
    return [
        (
            each["number"],
            each["kind"],
            [(cell["field"], cell["old"], cell["new"]) for cell in each["cells"]],
            [(tie["verb"], tie["name"]) for tie in each["ties"]],
        )
        for each in found
    ]


@pytest.mark.spec("EN-11")
def test_a_person_knows_every_import_that_changed_them(scope: Scope) -> None:
    person(scope.organization, username="zed", lastname="Zu")
    imported(
        scope,
        f"{HEAD},course1,role1,group1\nann,Ann,Lee,ann@example.org,ART,student,Blue\nbob,Bob,Ray,b@example.org,,,\n",
    )
    imported(scope, "username,city\nann,Bern\nzed,Graz\n")
    imported(scope, "username,city\nbob,Cork\n")
    import_apply(scope, plan=import_undo_plan(scope, number=2))

    created = [
        ("username", "", "ann"),
        ("firstname", "", "Ann"),
        ("lastname", "", "Lee"),
        ("email", "", "ann@example.org"),
    ]
    assert history(scope, "ann") == [
        (4, "updated", [("city", "Bern", "")], []),
        (2, "updated", [("city", "", "Bern")], []),
        (1, "created", created, [("enrol", "ART"), ("join", "ART / Blue")]),
    ]
    assert [(number, kind) for number, kind, _, _ in history(scope, "bob")] == [(3, "updated"), (1, "created")]
    assert [(number, kind) for number, kind, _, _ in history(scope, "zed")] == [(4, "updated"), (2, "updated")]


def test_a_plan_that_was_never_applied_changed_nobody(scope: Scope) -> None:
    person(scope.organization, username="zed", lastname="Zu")
    order = Order(source=b"username,city\nzed,Graz\n", policy=UPDATING, preset="moodle")
    import_stage(scope, planned=import_plan(scope, order=order))

    assert history(scope, "zed") == []
