"""Values that somebody entered manually can survive the next file, by field (EN-14)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from enlist.core.changes import MANUAL_EDITS_SCHEMA
from enlist.core.errors import PolicyError
from enlist.core.flags.flags import sentences
from enlist.core.plan.plan import Plan
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.presets import preset
from enlist.services.imports.plan import import_apply, import_plan, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people.edit import person_add, person_set
from enlist.store.directory.snapshot import dump
from enlist.store.models import ManualEdit, Person
from enlist.store.scope import MACHINE, Scope
from tests.support.laws import told
from tests.support.worlds import directory, person, rows

from . import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("EN-14")]
HEAD = "username,firstname,lastname,email,city\n"
FILE = HEAD + "ann,Ann,Ode,ann@x.org,Rome\nbob,Bob,Ode,bob@x.org,Rome\n"


@pytest.fixture
def scope() -> Scope:
    """A school with ann and bob from a file; somebody moved ann to Perth since."""
    here = Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)
    imported(here, FILE)
    person_set(here, username="ann", values={"city": "Perth"})
    return here


def planned(scope: Scope, file: str, *settings: str, name: str = "sync") -> Plan:
    policy = preset(name).configure(settings)
    request = ImportRequest(source=file.encode(), name="people.csv", preset=name, policy=policy)
    return import_plan(scope, request=request).plan


def imported(scope: Scope, file: str, *settings: str) -> int:
    return import_apply(scope, plan=planned(scope, file, *settings), invite=False).number


def noted(of: Scope) -> list[tuple[str, str]]:
    found = ManualEdit.objects.filter(organization=of.organization).order_by("person__username", "field")
    return list(found.values_list("person__username", "field"))


def city(name: str) -> str:
    return Person.objects.get(username=name).city


def said(plan: Plan) -> list[str]:
    flags = plan.flags()
    return sentences(flags.filter(flags["code"].str.starts_with("edit_"))).to_list()


@pytest.mark.parametrize(
    ("how", "sentence", "after", "left"),
    [
        ("file_wins", "Somebody edited city manually: “Rome” in the file replaces “Perth”.", "Rome", []),
        ("edit_wins", "Somebody edited city manually: “Perth” stays, and “Rome” isn't imported.", "Perth",
         [("ann", "city")]),
        ("ask", "Somebody edited city manually, so this cell waits: keep “Perth”, or take “Rome” from the file.",
         "Perth", [("ann", "city")]),
    ],
)  # fmt: skip
def test_the_setting_decides_about_a_cell_that_differs(
    scope: Scope, how: str, sentence: str, after: str, left: list[tuple[str, str]]
) -> None:
    plan = planned(scope, FILE, f"manual_edits.city={how}")
    import_apply(scope, plan=plan, invite=False)

    assert said(plan) == [sentence]
    assert (city("ann"), noted(scope)) == (after, left)


@pytest.mark.parametrize("name", ["moodle", "easycampus", "sync"])
def test_every_preset_marks_the_cells_that_overwrite_an_edit(scope: Scope, name: str) -> None:
    settings = () if name == "sync" else ("upload_type=update", "update_details=from_file")

    plan = planned(scope, FILE, *settings, name=name)

    assert said(plan) == ["Somebody edited city manually: “Rome” in the file replaces “Perth”."]
    assert plan.head.verbs["drop_edit"] == 1


def test_a_file_with_the_same_value_says_nothing_and_keeps_the_edit(scope: Scope) -> None:
    plan = planned(scope, FILE.replace("ann@x.org,Rome", "ann@x.org,Perth"))

    assert (plan.is_empty, said(plan), noted(scope)) == (True, [], [("ann", "city")])


def test_once_overwritten_the_next_file_says_nothing(scope: Scope) -> None:
    imported(scope, FILE)

    plan = planned(scope, FILE.replace("Rome", "Oslo"), "manual_edits.city=edit_wins")
    import_apply(scope, plan=plan, invite=False)

    assert (said(plan), city("ann")) == ([], "Oslo")


def test_an_undo_brings_the_edit_back(scope: Scope) -> None:
    before = dump(scope.organization)
    number = imported(scope, FILE)

    import_apply(scope, plan=import_undo_plan(scope, number=number))

    assert dump(scope.organization) == before
    assert (city("ann"), noted(scope)) == ("Perth", [("ann", "city")])


def test_other_fields_and_other_people_follow_the_file(scope: Scope) -> None:
    file = FILE.replace("Rome", "Oslo").replace("Ann,Ode", "Anna,Ode")

    imported(scope, file, "manual_edits.city=edit_wins")

    assert (city("ann"), city("bob"), Person.objects.get(username="ann").firstname) == ("Perth", "Oslo", "Anna")


def test_values_of_a_person_who_was_added_manually_are_edits_too(scope: Scope) -> None:
    values = {"firstname": "Cyd", "lastname": "Ng", "email": "cyd@x.org", "city": "Bern"}
    person_add(scope, username="cyd", values=values)

    imported(scope, FILE + "cyd,Cyd,Ng,cyd@x.org,Rome\n", "manual_edits.city=edit_wins")

    assert city("cyd") == "Bern"


def test_an_edit_of_another_organisation_counts_for_nobody_here(scope: Scope) -> None:
    other = Scope(cast.organization("other", settings=cast.UNBRAKED), MACHINE)
    imported(other, FILE)

    plan = planned(other, FILE.replace("Rome", "Oslo"), "manual_edits.city=edit_wins")

    assert (said(plan), plan.head.verbs["update"]) == ([], 2)


@pytest.mark.parametrize("setting", ["manual_edits.username=ask", "manual_edits.city=maybe", "manual_edits.town=ask"])
def test_it_refuses_other_fields_and_words(setting: str) -> None:
    with pytest.raises(PolicyError, match="manual_edits"):
        preset("sync").configure([setting])


@pytest.mark.parametrize("how", ["file_wins", "edit_wins", "ask"])
@pytest.mark.parametrize("slug", ["firstname", "email", "city", "lang", "profile_field_grade"])
def test_both_planners_do_the_same_with_several_rows_of_one_person(how: str, slug: str) -> None:
    known = directory(
        person(1, username="ann", firstname="Ann", email="a@x.org", city="Perth", lang="de", profile_field_grade="1"),
        person(2, username="bob", email="b@x.org", city="Bonn", lang="de", profile_field_grade="1"),
    )
    edits = pl.DataFrame([(1, slug)], schema=MANUAL_EDITS_SCHEMA, orient="row")
    known = known.with_frames({"manual_edit": edits})
    cells = {"firstname": "Anna", "email": "c@x.org", "city": "Rome", "lang": "", "profile_field_grade": "2"}
    lines: list[dict[str, Any]] = [
        {"username": "ann", slug: cells[slug]}, {"username": "ann", slug: None}, {"username": "bob", slug: None},
        {"username": "ann", slug: cells[slug]},
    ]  # fmt: skip
    policy = Policy().replace(
        existing_people="update", update_details="from_file", blank_cell="literal", manual_edits={slug: how}
    )

    part = plan_rows(rows(*lines), known, policy=policy)

    assert told(part) == told(walked(rows(*lines), known, policy=policy))
    kept = how != "file_wins" or slug == "lang"
    assert ("update" in part.frames, "drop_edit" in part.frames) == (not kept, not kept)
