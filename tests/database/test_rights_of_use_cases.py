"""Each use case asks for its right itself, whatever page or command calls it."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from enlist import services
from enlist.core.errors import EnlistError, NotAllowed, NotFound
from enlist.core.rights import TEAM, Grant, Right, grant
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.approval import import_hold
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.imports.preview import Wanted
from enlist.store.models import Import, Person
from tests.database.imports import HEAD, imported, staged

from . import school as cast
from .test_rights import BY_IMPORT

pytestmark = pytest.mark.django_db(transaction=True)

UseCase = Callable[..., Any]
# Each use case with `needs` in front of it.
ASKS: dict[Right, set[str]] = {
    Right.IMPORT: {
        "draft_new", "headers_forget", "headers_list", "import_hand_over", "import_plan", "import_read", "import_stage",
        "invitation_announcement", "invitation_preview", "invitation_test", "many_draft", "many_request", "many_stage",
        "preset_named", "preset_remove", "preset_save", "presets_saved", "template_of",
    },
    Right.SEE_IMPORTS: {"activity_list", "importers_list", "imports_by_day", "imports_list", "jobs_list"},
    Right.APPROVE: {
        "active_limits_change", "approval_ahead", "import_approve", "import_approve_later", "import_drop",
        "limits_change", "person_delete", "person_erasable", "person_erase",
    },
    Right.CHANGE_SETUP: {
        "column_field_add", "course_group_add", "field_move", "option_remove", "option_replace", "plan_option",
        "problem_option_add",
    },
    Right.SEE_SETUP: {
        "active_limits_list", "addresses_are_shared", "checklist", "clause_fields", "condition_show", "conditions_list",
        "course_names", "course_roles", "courses_to_give", "design_show", "fields_list", "group_conditions",
        "group_courses", "limits_list", "limits_show", "options_used", "retention_show", "roles_list", "terms_show",
    },
    Right.SEE_PEOPLE: {
        "group_names", "invitation_show", "invitations_list", "link_list", "people_export", "people_of", "person_count",
        "person_everybody", "person_facts", "person_history", "person_imports", "person_list", "person_mails",
        "person_show", "role_list", "sign_in_facts",
    },
    Right.CHANGE_PEOPLE: {"person_add", "person_set"},
    Right.CHANGE_LINKS: {
        "link_add", "link_remove", "merge_between", "merge_compare", "people_mark", "plan_merge", "role_add",
        "role_remove",
    },
    Right.GIVE_LINKS: {"cards_make", "invitation_link", "people_invite", "people_invited", "people_passwords"},
    Right.CHANGE_CONDITIONS: {
        "condition_remove", "condition_save", "draft_rules", "group_conditions_set", "group_courses_set", "plan_rules",
        "rules_apply",
    },
    Right.CHANGE_TEAM: {"team_add", "team_change", "team_invite", "team_list", "team_password"},
    Right.CHANGE_ORGANIZATION: {
        "addresses_share", "demo_add", "design_change", "expire", "job_put", "organization_rename",
        "retention_change", "terms_change",
    },
}  # fmt: skip
# Of those that depend on whose import it is: the ones that only show it, and the ones about the caller's own news.
SHOWS = {
    "draft_again", "import_download", "import_invited", "import_repeatable", "import_rows", "import_selected",
    "import_show", "import_values",
}  # fmt: skip
NEWS = {"notice_see", "notices_list"}
# They take a plan, not a number.
BY_PLAN = {"import_apply", "import_hold"}
# What they look at before they ask.
GIVEN: dict[str, Any] = {
    "draft": SimpleNamespace(number=1, rows=1),
    "number": 1, "kind": "csv", "limit": 1, "problem": ("", "city", ""), "reading": {}, "start": 0, "wanted": Wanted(),
    "what": "rows",
}  # fmt: skip


def use_cases() -> dict[str, Any]:
    """Every function of the services, by name."""
    modules = [import_module(found.name) for found in pkgutil.walk_packages(services.__path__, "enlist.services.")]
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
    }


ALL = use_cases()


def refused(use_case: UseCase, *arguments: Any, **named: Any) -> object:
    """The right that was missing, None if none was."""
    try:
        result = use_case(*arguments, **named)
        if inspect.isgenerator(result):
            list(result)
    except NotAllowed as error:
        return error.fields["right"]
    except (EnlistError, TypeError, ValueError, AttributeError):
        # They got in, with arguments that make no sense there.
        return None
    return None


def member(scope: Scope, role: str) -> Scope:
    return Scope(scope.organization, cast.person(scope.organization, username=role, site_role=role))


@pytest.fixture
def school() -> Scope:
    """A school with ann, created by import 1 of the machine."""
    scope = Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org")
    return scope


def test_every_guarded_use_case_is_in_the_table() -> None:
    guarded = {name for name, function in ALL.items() if function.__code__.co_name == "asked"}

    assert guarded == {name for names in ASKS.values() for name in names}


@pytest.mark.parametrize("role", [*TEAM, "learner", "instructor"])
def test_a_use_case_asks_for_its_right(role: str) -> None:
    school = Scope(cast.organization(), MACHINE)
    cast.role(school.organization)
    scope = member(school, role)
    told = {(name, right): refused(ALL[name], scope) for right, names in ASKS.items() for name in names}

    may = {right: role in TEAM and grant(role, right=right) is Grant.YES for right in Right}
    assert told == {(name, right): None if may[right] else right for name, right in told}


def test_a_use_case_finds_nothing_for_a_stranger() -> None:
    school, college = cast.organization(), Scope(cast.organization("college"), MACHINE)
    stranger = Scope(school, member(college, "owner").asks)

    for names in ASKS.values():
        for name in names:
            with pytest.raises(NotFound):
                ALL[name](stranger)


def arguments(use_case: UseCase) -> dict[str, Any]:
    needed = [each for each in inspect.signature(use_case).parameters.values() if each.default is each.empty]
    return {each.name: GIVEN.get(each.name) for each in needed if each.name != "scope"}


def asked_about_an_import(scope: Scope) -> dict[str, object]:
    """The right that each use case about import 1 found missing."""
    return {name: refused(ALL[name], scope, **arguments(ALL[name])) for name in BY_IMPORT - NEWS - BY_PLAN}


def test_the_imports_of_others_take_a_right(school: Scope) -> None:
    shows = dict.fromkeys(SHOWS, Right.SEE_IMPORTS)
    touches = dict.fromkeys(BY_IMPORT - SHOWS - NEWS - BY_PLAN, Right.UNDO_IMPORTS)

    assert asked_about_an_import(member(school, "learner")) == shows | touches
    assert asked_about_an_import(member(school, "viewer")) == dict.fromkeys(shows) | touches
    assert asked_about_an_import(member(school, "manager")) == dict.fromkeys(shows) | touches
    assert set(asked_about_an_import(member(school, "admin")).values()) == {None}


def test_an_own_import_takes_the_right_to_import(school: Scope) -> None:
    manager, learner = member(school, "manager"), member(school, "learner")
    Import.objects.filter(number=1).update(started_by=manager.actor)
    assert set(asked_about_an_import(manager).values()) == {None}

    Import.objects.filter(number=1).update(started_by=learner.actor)
    assert set(asked_about_an_import(learner).values()) == {Right.IMPORT}


def test_a_plan_of_others_takes_the_right_to_their_imports(school: Scope) -> None:
    undo, plan = import_undo_plan(school, number=1), staged(school, f"{HEAD}\nbob,Bob,Ray,bob@x.org")
    manager, learner = member(school, "manager"), member(school, "learner")

    assert refused(import_hold, manager, plan=undo) == Right.UNDO_IMPORTS
    assert refused(import_apply, manager, plan=plan) == Right.UNDO_IMPORTS
    assert refused(import_apply, learner, plan=plan) == Right.IMPORT
    assert refused(import_apply, manager, plan=plan, approved=True) == Right.APPROVE
    assert not Person.objects.filter(username="bob").exists()
