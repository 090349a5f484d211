"""Which imports changed a person, and how."""

from typing import Any

import pytest

from enlist.core.errors import NotFound, PlanError, PolicyError
from enlist.core.report.changes import Cell
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.people.edit import person_set
from enlist.services.people.history import ImportedChange, activity_list, import_values, person_history
from enlist.services.people.listing import person_show
from enlist.store import activity
from enlist.store.models import Activity, Artifact, Person
from tests.database.imports import HEAD, imported, staged
from tests.database.school import UNBRAKED, course, course_group, organization, person, profile_field, role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope() -> Scope:
    school = organization(settings=UNBRAKED)
    role(school)
    course_group(course(school, "ART"), "Blue")
    return Scope(school, MACHINE)


def history(scope: Scope, username: str) -> list[tuple[int, str, Any, Any]]:
    found = person_show(scope, username=username).imports or ()
    return [
        (
            each.number,
            each.kind,
            [(cell.field, cell.old, cell.new) for cell in each.cells],
            [(change.verb, change.name) for change in each.record_changes],
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
    staged(scope, "username,city\nzed,Graz\n")

    assert history(scope, "zed") == []


def test_a_history_has_who_when_and_the_line_of_the_file(scope: Scope) -> None:
    chief = person(scope.organization, username="chief", site_role="admin")
    imported(Scope(scope.organization, chief), f"{HEAD}\nann,Ann,Lee,ann@example.org\nbob,Bob,Ray,b@example.org\n")

    (made,) = person_history(scope, username="BOB")

    assert isinstance(made, ImportedChange)
    assert (made.number, made.by, made.what, made.line, made.preset) == (
        1,
        "chief",
        "import",
        3,
        "moodle",
    )
    assert len(made.sha256) == 64


def test_a_history_sorts_imports_and_manual_changes_together(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    person_set(scope, username="ann", values={"city": "Bern"})
    imported(scope, "username,city\nann,Graz\n")

    told = [(each.what, each.cells) for each in person_history(scope, username="ann")][:2]

    assert told == [
        ("import", (Cell("city", "Bern", "Graz"),)),
        ("person_changed", (Cell("city", "", "Bern"),)),
    ]


def test_who_was_removed_has_a_history_still(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    import_apply(scope, plan=import_undo_plan(scope, number=1))

    assert [each.kind for each in person_history(scope, username="ann") if isinstance(each, ImportedChange)] == [
        "removed",
        "created",
    ]


def test_it_asks_which_of_the_removed_is_meant(scope: Scope) -> None:
    one, other = (person(scope.organization, username="ann", username_key=None, state="removed") for _ in range(2))

    with pytest.raises(PolicyError, match=f"“#{one.pk}” .*“#{other.pk}”"):
        person_history(scope, username="ann")
    assert person_history(scope, username=f"#{one.pk}") == []


@pytest.mark.parametrize("username", ["zoe", "", "#0", "#x"])
def test_nobody_has_the_history_of_a_stranger(scope: Scope, username: str) -> None:
    stranger = person(organization("college"), username="zoe")

    for name in (username, f"#{stranger.pk}"):
        with pytest.raises(NotFound):
            person_history(scope, username=name)
        with pytest.raises(NotFound):
            person_set(scope, username=name, values={"city": "Bern"})


def test_a_manual_change_is_checked_applied_and_logged_at_once(scope: Scope) -> None:
    chief = person(scope.organization, username="chief", site_role="admin")
    house = profile_field(scope.organization, "house", kind="choice", options=["Oak", "Elm"])
    ada = person(scope.organization, username="ada", city="Bern", profile={str(house.pk): "Elm"})

    cells = person_set(
        Scope(scope.organization, chief),
        username="ADA",
        values={"city": "", "country": "germany", "email": "ADA@example.org", "profile_field_house": "oak"},
    )

    now = Person.objects.get(pk=ada.pk)
    assert (now.city, now.country, now.email_key, now.email_claim) == ("", "DE", "ada@example.org", "ada@example.org")
    assert (now.profile, now.version != 1) == ({str(house.pk): "Oak"}, True)
    assert {cell.field: (cell.old, cell.new) for cell in cells} == {
        "city": ("Bern", ""),
        "country": ("", "DE"),
        "email": ("", now.email),
        "profile_field_house": ("Elm", "Oak"),
    }
    (told,) = activity_list(scope)
    assert (told.what, told.by, told.person) == ("person_changed", "chief", "ada")
    assert told.cells == cells


def test_nothing_is_written_where_all_is_so_already(scope: Scope) -> None:
    ada = person(scope.organization, username="ada", city="Bern")

    assert person_set(scope, username="ada", values={"city": " Bern ", "state": "active"}) == ()
    assert (Person.objects.get(pk=ada.pk).version, Activity.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"shoe": "42"}, "“shoe” isn't a field that you can edit."),
        ({"password": "x"}, "“password” isn't a field that you can edit."),
        ({"site_role": "owner"}, "“site_role” isn't a field that you can edit."),
        ({"lastname": " "}, "The field lastname can't be blank."),
        ({"state": "removed"}, "“removed” isn't a status of a person."),
        ({"email": "bob@example.org"}, "The email “bob@example.org” already belongs to bob."),
        ({"username": "Bob"}, "The field username can't have this value"),
        ({"username": "bob"}, "The username “bob” already belongs to bob."),
        ({"country": "Narnia"}, "The field country can't have this value"),
        ({"city": "x" * 121}, "The field city can't have this value"),
        ({"profile_field_house": "Fir"}, "The field profile_field_house can't have this value"),
        ({"profile_field_house": ""}, "The field profile_field_house can't be blank."),
    ],
)
def test_it_refuses_what_a_person_cannot_have(scope: Scope, values: dict[str, str], sentence: str) -> None:
    profile_field(scope.organization, "house", kind="choice", options=["Oak"], required=True)
    person(scope.organization, username="ada", lastname="Byron")
    person(scope.organization, username="bob", email="bob@example.org")

    with pytest.raises(PolicyError) as refused:
        person_set(scope, username="ada", values=values)

    assert refused.value.message.startswith(sentence)
    assert Activity.objects.count() == 0


def test_an_undo_keeps_manual_changes(scope: Scope) -> None:
    person(scope.organization, username="zed", city="Rome", country="IT")
    imported(scope, "username,city,country\nzed,Graz,AT\n")
    person_set(scope, username="zed", values={"city": "Linz"})

    undo = import_undo_plan(scope, number=1)

    assert undo.flags().get_column("code").to_list() == ["kept_changed_since"]
    import_apply(scope, plan=undo)
    now = Person.objects.get(username="zed")
    assert (now.city, now.country) == ("Linz", "IT")


def test_it_has_every_value_of_an_import(scope: Scope) -> None:
    person(scope.organization, username="zed", city="Rome", lastname="Zu")
    imported(
        scope,
        "username,firstname,lastname,email,city,course1,role1,group1\n"
        "ann,Ann,Lee,ann@example.org,,ART,student,Blue\nzed,,Zu,,Graz,ART,student,\n",
    )

    frames = list(import_values(scope, number=1))

    assert [row for frame in frames for row in frame.rows()] == [
        (2, "ann", "created", "username", "", "ann"),
        (2, "ann", "created", "firstname", "", "Ann"),
        (2, "ann", "created", "lastname", "", "Lee"),
        (2, "ann", "created", "email", "", "ann@example.org"),
        (2, "ann", "enrol", "enrolment", "", "ART / student / active"),
        (2, "ann", "join", "course_group", "", "ART / Blue"),
        (3, "zed", "updated", "city", "Rome", "Graz"),
        (3, "zed", "enrol", "enrolment", "", "ART / student / active"),
    ]


def test_nobody_reads_the_values_of_another_organisation(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    person_set(scope, username="ann", values={"city": "Bern"})
    college = Scope(organization("college"), MACHINE)

    with pytest.raises(NotFound):
        list(import_values(college, number=1))
    assert activity_list(college) == []


def test_expired_values_are_marked(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    Artifact.objects.all().delete()

    with pytest.raises(PlanError, match="isn't kept any more"):
        list(import_values(scope, number=1))


def test_an_unknown_action_is_not_logged(scope: Scope) -> None:
    with pytest.raises(ValueError, match="tea"):
        activity.log(scope, action="tea")
