"""Profile fields of every kind, hidden fields and system roles: planned, shown, stored, exported, undone."""

from typing import Any

import pytest

from enlist.core.errors import PlanError, PolicyError
from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.formats import write
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.selection import import_selected
from enlist.services.people.edit import person_set
from enlist.services.people.listing import people_export, person_show
from enlist.store.models import Person, ProfileUniqueValue
from tests.database.school import UNBRAKED, organization, profile_field, role

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "operations"])

HEAD = "username,firstname,lastname,email"
ANN, BOB = "ann,Ann,Lee,ann@example.org", "bob,Bob,Ray,bob@example.org"
UPDATING = ("upload_type=add_and_update", "update_details=from_file")


@pytest.fixture
def scope() -> Scope:
    of = organization(settings=UNBRAKED)
    role(of, "manager", on_site=True)
    role(of, "auditor", on_site=True)
    return Scope(of, MACHINE)


def staged(scope: Scope, text: str, *settings: str) -> Plan:
    order = ImportRequest(source=text.encode(), policy=preset("moodle").configure(settings), preset="moodle")
    return import_stage(scope, planned=import_plan(scope, request=order))


def imported(scope: Scope, text: str, *settings: str) -> int:
    return import_apply(scope, plan=staged(scope, text, *settings)).number


def undone(scope: Scope, number: int) -> None:
    import_apply(scope, plan=import_undo_plan(scope, number=number), approved=True)


def profiles() -> dict[str, dict[str, Any]]:
    return {person.username: person.profile for person in Person.objects.exclude(state="removed")}


def unique_values() -> dict[str, str]:
    return dict(ProfileUniqueValue.objects.values_list("person__username", "value"))


@pytest.mark.spec("EC-05")
def test_a_field_of_every_kind_is_checked_and_stored(scope: Scope) -> None:
    kinds = {
        "motto": ("text", "be kind", "be kind"),
        "house": ("choice", "red", "Red"),
        "clubs": ("choices", "judo; Chess", "Chess;Judo"),
        "optin": ("boolean", "yes", "1"),
        "born": ("date", "31.1.2010", "2010-01-31"),
        "height": ("number", "1,50", "1.5"),
    }
    options = {"house": ["Red", "Blue"], "clubs": ["Chess", "Judo"]}
    ids = {
        name: str(profile_field(scope.organization, name, kind=kind, options=options.get(name, []), position=place).pk)
        for place, (name, (kind, _, _)) in enumerate(kinds.items())
    }
    head = ",".join([HEAD, *(f"profile_field_{name}" for name in kinds)])
    good = ",".join([ANN, *(f'"{cell}"' for _, cell, _ in kinds.values())])
    bad = f"{BOB},,green,golf,perhaps,soon,tall"

    plan = staged(scope, f"{head}\n{good}\n{bad}\n")
    number = import_apply(scope, plan=plan).number

    told = plan.flags().filter(line=3).select("field", "code").rows()
    assert told == [
        ("profile_field_house", "choice_unknown"),
        ("profile_field_clubs", "choice_unknown"),
        ("profile_field_optin", "boolean_unknown"),
        ("profile_field_born", "date_bad"),
        ("profile_field_height", "number_bad"),
    ]
    assert profiles() == {"ann": {ids[name]: stored for name, (_, _, stored) in kinds.items()}, "bob": {}}
    again = import_plan(
        scope,
        request=ImportRequest(
            source=write(people_export(scope).frame), policy=preset("moodle").configure(UPDATING), preset="moodle"
        ),
    )
    assert again.plan.is_empty
    undone(scope, number)
    assert profiles() == {}


def test_a_required_field_fails_new_people_without_it_and_nobody_else(scope: Scope) -> None:
    profile_field(scope.organization, "house", kind="choice", options=["Red"], required=True)
    imported(scope, f"{HEAD},profile_field_house\n{ANN},Red\n")

    plan = staged(scope, f"{HEAD},profile_field_house\n{ANN},\n{BOB},\n", *UPDATING)

    assert plan.statuses().select("line", "row_status").rows() == [(2, "unchanged"), (3, "failed")]
    assert plan.flags().select("line", "code").rows() == [(3, "profile_missing")]


def test_a_locked_field_is_written_by_files(scope: Scope) -> None:
    field = profile_field(scope.organization, "staff", locked=True)

    imported(scope, f"{HEAD},profile_field_staff\n{ANN},S1\n")

    assert profiles() == {"ann": {str(field.pk): "S1"}}


def test_a_unique_value_is_one_persons_until_it_is_given_up(scope: Scope) -> None:
    profile_field(scope.organization, "code", unique=True)
    head = f"{HEAD},profile_field_code"
    first = imported(scope, f"{head}\n{ANN},X1\n{BOB},X2\n")
    assert unique_values() == {"ann": "X1", "bob": "X2"}
    taken = staged(scope, f"{head}\nann,Ann,Lee,ann@example.org,X2\ncara,Cara,Cole,c@example.org,X1\n", *UPDATING)
    assert taken.head.statuses == {"failed": 2}

    swap = imported(scope, f"{head}\n{ANN},X3\n{BOB},X1\nann,Ann,Lee,ann@example.org,X2\n", *UPDATING)

    assert unique_values() == {"ann": "X2", "bob": "X1"}
    undone(scope, swap)
    assert unique_values() == {"ann": "X1", "bob": "X2"}
    undone(scope, first)
    assert unique_values() == {}


def test_a_deleted_person_is_restored_by_every_undo(scope: Scope) -> None:
    profile_field(scope.organization, "code", unique=True)
    imported(scope, f"{HEAD},profile_field_code\n{ANN},X1\n")
    before = profiles()
    gone = imported(scope, "username,deleted\nann,1\n", "upload_type=update", "deletes=allow")
    assert unique_values() == {}

    back = import_apply(scope, plan=import_undo_plan(scope, number=gone), approved=True).number
    undone(scope, back)
    assert (profiles(), unique_values()) == ({}, {})
    undone(scope, gone)

    assert (profiles(), unique_values()) == (before, {"ann": "X1"})


def test_a_unique_value_stays_where_somebody_took_the_old_one_since(scope: Scope) -> None:
    profile_field(scope.organization, "code", unique=True)
    head = f"{HEAD},profile_field_code"
    imported(scope, f"{head}\n{ANN},X1\n")
    moved = imported(scope, f"{head}\n{ANN},X9\n", *UPDATING)
    imported(scope, f"{head}\n{BOB},X1\n")

    plan = import_undo_plan(scope, number=moved)

    assert plan.flags().select("field", "code").rows() == [("profile_field_code", "kept_taken")]
    assert plan.is_empty


def test_a_unique_value_cannot_be_entered_for_two_people(scope: Scope) -> None:
    profile_field(scope.organization, "code", unique=True)
    imported(scope, f"{HEAD},profile_field_code\n{ANN},X1\n{BOB},\n")

    with pytest.raises(PolicyError, match="already belongs to ann"):
        person_set(scope, username="bob", values={"profile_field_code": "X1"})

    person_set(scope, username="bob", values={"profile_field_code": "X2"})
    assert unique_values() == {"ann": "X1", "bob": "X2"}


def test_a_unique_field_has_no_value_for_everybody(scope: Scope) -> None:
    profile_field(scope.organization, "code", unique=True)

    with pytest.raises(PolicyError, match="can't have one value for everybody"):
        staged(scope, f"{HEAD}\n{ANN}\n", "defaults.profile_field_code=X1")


def test_a_new_value_becomes_an_option_if_the_settings_allow_it(scope: Scope) -> None:
    house = profile_field(scope.organization, "house", kind="choice", options=["Red"])
    clubs = profile_field(scope.organization, "clubs", kind="choices", options=["Chess"])
    text = f"{HEAD},profile_field_house,profile_field_clubs\n{ANN},Blue,Judo;Chess\n{BOB},blue,Choir\ncara,,,,Pink,\n"

    plan = staged(scope, text, "unknown_choice=add_option")
    assert plan.frame("add_option").rows() == [(house.pk, "Blue"), (clubs.pk, "Choir"), (clubs.pk, "Judo")]
    assert plan.flags().filter(code="choice_added").select("line", "value").rows() == [
        (2, "Blue"), (2, "Judo"), (3, "Blue"), (3, "Choir"), (4, "Pink"),
    ]  # fmt: skip
    done = import_apply(scope, plan=plan)

    house.refresh_from_db()
    clubs.refresh_from_db()
    assert (house.options, clubs.options) == (["Red", "Blue"], ["Chess", "Choir", "Judo"])
    assert profiles()["ann"] == {str(house.pk): "Blue", str(clubs.pk): "Chess;Judo"}
    undo = import_undo_plan(scope, number=done.number)
    assert undo.flags().select("code", "value").rows() == [("options_stay", "Blue, Choir, Judo")]


@pytest.mark.spec("EC-25", "EC-03")
@pytest.mark.parametrize("name", ["moodle", "easycampus"])
def test_legacy_columns_are_kept_and_exported_again(scope: Scope, name: str) -> None:
    text = f'{HEAD},url,ajax,icq,emailstop,interests,sysrole1\n{ANN},http://x.org,1,4711,yes,"cats, dogs",manager\n'
    policy = preset(name).configure(())
    plan = import_stage(
        scope,
        planned=import_plan(scope, request=ImportRequest(source=text.encode(), policy=policy, preset=name)),
    )
    done = import_apply(scope, plan=plan)

    exported = people_export(scope)

    shown = person_show(scope, username="ann").hidden
    assert (shown["icq"], shown["interests"], shown["sysroles"]) == ("4711", "cats,dogs", "manager")
    (line,) = exported.frame.to_dicts()
    kept = {"url": "http://x.org", "ajax": "1", "icq": "4711", "emailstop": "1", "interests": "cats,dogs"}
    assert {slug: line[slug] for slug in (*kept, "sysrole1")} == {**kept, "sysrole1": "manager"}
    undone(scope, done.number)
    assert profiles() == {}


def test_interests_and_system_roles_go_back(scope: Scope) -> None:
    imported(scope, f"{HEAD},interests,sysrole1\n{ANN},cats,manager\n")
    before = profiles()

    number = imported(scope, "username,interests,sysrole1,sysrole2\nann,dogs,-manager,auditor\n", "upload_type=update")

    assert profiles() == {"ann": {"interests": "dogs", "sysroles": "auditor"}}
    undone(scope, number)
    assert profiles() == before


@pytest.mark.parametrize(
    ("choice", "meant"),
    [("none", ()), ("new", ("new",)), ("updated", ("ann",)), ("all", ("ann", "bob", "new"))],
)
def test_an_import_selects_the_people_of_its_setting(scope: Scope, choice: str, meant: tuple[str, ...]) -> None:
    """spec/moodle-upload.md §2.10."""
    imported(scope, f"{HEAD}\n{ANN}\n{BOB}\ncara,Cara,Cole,c@example.org\n")
    file = f"{HEAD},deleted\nann,Anna,Lee,ann@example.org,\n{BOB},\nnew,New,One,n@example.org,\nx,,,,\ncara,,,,1\n"

    number = imported(scope, file, *UPDATING, "deletes=allow", f"select_for_bulk={choice}")

    assert import_selected(scope, number=number).usernames == meant


def test_an_import_that_was_taken_back_selects_nobody(scope: Scope) -> None:
    number = imported(scope, f"{HEAD}\n{ANN}\n", "select_for_bulk=all")
    undone(scope, number)

    with pytest.raises(PlanError, match="Import 1 is undone"):
        import_selected(scope, number=number)
