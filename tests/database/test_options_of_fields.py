"""Options of profile fields: used by whom, renamed for everybody, cleared and removed."""

from typing import Any

import pytest

from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.core.plan.preview import preview
from enlist.core.policy import ChangeLimits, Limit
from enlist.services.access import Scope
from enlist.services.imports.approval import import_approve
from enlist.services.imports.changes import change_apply
from enlist.services.imports.commit import Done
from enlist.services.imports.options import option_remove, option_replace, options_used, plan_option
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.scope import MACHINE
from enlist.store.setup import limits
from tests.support.laws import whole

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope() -> Scope:
    """A school with two choices, people who have some, and a group by condition."""
    here = cast.organization(settings=cast.UNBRAKED)
    house = cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm"])
    clubs = cast.profile_field(here, "clubs", kind="choices", options=["Chess", "Choir", "Chess Club"])
    for name, values in {
        "ann": ("Oak", "Chess;Choir"), "bob": ("Elm", "Chess Club"), "cyd": ("Oak", "Choir"), "dee": ("", ""),
    }.items():  # fmt: skip
        profile = {str(key.pk): value for key, value in zip((house, clubs), values, strict=True) if value}
        cast.person(here, username=name, email=f"{name}@x.org", profile=profile)
    condition = models.Condition.objects.create(
        organization=here, name="Oaks", clauses='[["profile_field_house", "is", "Oak"]]', removal=True
    )
    group = models.Group.objects.create(organization=here, name="Oak house")
    models.GroupCondition.objects.create(organization=here, group=group, condition=condition)
    for name in ("ann", "cyd"):
        person = models.Person.objects.get(username=name)
        models.GroupMembership.objects.create(organization=here, person=person, group=group, source="condition")
    return Scope(here, MACHINE)


def directory(scope: Scope) -> dict[str, Any]:
    return whole(snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization)))


def replaced(scope: Scope, shortname: str, old: str, new: str) -> Done:
    """Replace an option, and hold apply to what the preview shows."""
    change = option_replace(scope, shortname=shortname, old=old, new=new)
    before = snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization))
    plan = plan_option(scope, change=change)
    done = change_apply(scope, change=change, plan=plan)
    if not done.waiting:
        ids = records.ids_of(records.get(scope, number=done.number))
        assert directory(scope) == whole(preview(before, plan, applied=ids))
    return done


def used(scope: Scope, shortname: str) -> dict[str, tuple[int, list[str]]]:
    return {each.option: (each.people, each.conditions) for each in options_used(scope, shortname=shortname)}


def test_a_renamed_option_is_followed_by_people_and_conditions_and_undone(scope: Scope) -> None:
    before = directory(scope)
    assert used(scope, "house") == {"Oak": (2, ["Oaks"]), "Elm": (1, [])}

    done = replaced(scope, "house", "Oak", "Ash")

    assert done.verbs == {"add_option": 1, "change_condition": 1, "update": 2}
    assert used(scope, "house") == {"Oak": (0, []), "Elm": (1, []), "Ash": (2, ["Oaks"])}
    members = models.GroupMembership.objects.order_by("person__username").values_list("person__username", flat=True)
    assert list(members) == ["ann", "cyd"]
    import_apply(scope, plan=import_undo_plan(scope, number=done.number))
    assert directory(scope) == before
    assert used(scope, "house")["Oak"] == (2, ["Oaks"])


def test_of_several_options_only_the_whole_one_is_replaced(scope: Scope) -> None:
    replaced(scope, "clubs", "Chess", "Choir")

    assert {name: people for name, (people, _) in used(scope, "clubs").items()} == {
        "Chess": 0, "Choir": 2, "Chess Club": 1,
    }  # fmt: skip


def test_an_unused_option_is_removed_and_others_say_who_uses_them(scope: Scope) -> None:
    refused = {}
    for shortname, option in (("house", "Oak"), ("house", "Elm"), ("house", "Yew")):
        with pytest.raises((PolicyError, NotFound)) as error:
            option_remove(scope, shortname=shortname, option=option)
        refused[option] = error.value.code
    with pytest.raises(PolicyError, match="Oaks"):
        option_replace(scope, shortname="house", old="Oak", new="")
    replaced(scope, "house", "Elm", "")

    option_remove(scope, shortname="house", option="Elm")

    assert refused == {"Oak": "option_in_condition", "Elm": "option_in_use", "Yew": "option_unknown"}
    assert [*used(scope, "house")] == ["Oak"]
    with pytest.raises(PolicyError, match="only option"):
        option_remove(scope, shortname="house", option="Oak")


@pytest.mark.parametrize(("most", "waits"), [(2, False), (1, True)])
def test_a_rename_counts_under_the_limit_of_updates(most: int, waits: bool, scope: Scope) -> None:
    limits.change_limits(scope, limits=ChangeLimits(update=Limit(share=0, number=most + 1)))

    done = replaced(scope, "house", "Oak", "Ash")

    assert (bool(done.waiting), used(scope, "house").get("Ash", (0, []))[0]) == (waits, 0 if waits else 2)
    if waits:
        import_approve(scope, number=done.number, confirm=done.waiting_people)
        assert used(scope, "house")["Ash"] == (2, ["Oaks"])


def test_managers_and_strangers_change_no_options(scope: Scope) -> None:
    manager = Scope(scope.organization, cast.person(scope.organization, username="mo", site_role="manager"))
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="owner", site_role="owner"))
    change = option_replace(scope, shortname="house", old="Oak", new="Ash")

    for who, kind in ((manager, NotAllowed), (stranger, NotFound)):
        with pytest.raises(kind):
            option_replace(who, shortname="house", old="Oak", new="Ash")
        with pytest.raises(kind):
            plan_option(who, change=change)
        with pytest.raises(kind):
            option_remove(who, shortname="house", option="Elm")
