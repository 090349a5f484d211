"""Rights: every cell of the table, and strangers, who find nothing."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from enlist import services
from enlist.core.errors import EnlistError, NotAllowed, NotFound, PolicyError
from enlist.core.policy import Policy
from enlist.core.rights import TEAM, Right, grant
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS, SETUP_KINDS, SetupKind
from enlist.services import access
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts import invitations, team
from enlist.services.imports import approval, background, conditions, rules
from enlist.services.imports.plan import (
    import_apply,
    import_plan,
    import_read,
    import_show,
    import_stage,
    import_undo_plan,
    imports_list,
)
from enlist.services.imports.request import ImportRequest
from enlist.services.jobs import queue
from enlist.services.people import cards, edit, erase, history, links, listing
from enlist.services.people.links import LinkEnds
from enlist.services.retention import expiry
from enlist.services.setup.records import (
    record_add,
    record_change,
    record_form,
    record_list,
    record_remove,
    record_show,
)
from enlist.store.models import Activity, Group, Person

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = (*TEAM, "learner", "instructor")
ORDER = ImportRequest(
    source=b"username,city\nann,Rome\n",
    name="people.csv",
    policy=Policy().replace(new_people="skip", existing_people="update", update_details="from_file"),
    preset="moodle",
)
BulkAction = Callable[[Scope], Any]


def applied(scope: Scope) -> int:
    """An import of this scope's actor, applied."""
    return import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=ORDER))).number


@pytest.fixture
def school() -> Scope:
    """A school with a person of every role, ann among the learners; import 1 was typed on the machine."""
    made = cast.organization(settings=cast.UNBRAKED)
    for role in ROLES:
        cast.person(made, username=role, site_role=role)
    cast.person(made, username="ann", source="import")
    cast.profile_field(made, "house")
    for name in ("Band", "Drama"):
        Group.objects.create(organization=made, name=name)
    for name in ("BIO", "MUSIC"):
        cast.course(made, name)
    applied(Scope(made, MACHINE))
    return Scope(made, MACHINE)


def acting(scope: Scope, username: str) -> Scope:
    return access.scope_of(scope.organization.slug, acting=username)


def outcome(action: BulkAction, *, scope: Scope) -> str:
    try:
        action(scope)
    except NotAllowed:
        return "not allowed"
    except NotFound:
        return "not found"
    except EnlistError:
        return "yes"
    return "yes"


# What stands for each right; an error that is about the thing itself means that they got in.
BULK_ACTIONS: dict[Right, tuple[BulkAction, ...]] = {
    Right.IMPORT: (
        lambda scope: import_read(scope, request=ORDER),
        lambda scope: import_plan(scope, request=ORDER),
        lambda scope: background.import_hand_over(scope, request=ORDER),
    ),
    Right.SEE_IMPORTS: (
        lambda scope: imports_list(scope),
        lambda scope: import_show(scope, number=1),
        lambda scope: list(history.import_values(scope, number=1)),
        lambda scope: history.activity_list(scope),
        lambda scope: queue.jobs_list(scope),
    ),
    Right.UNDO_IMPORTS: (
        lambda scope: import_undo_plan(scope, number=1),
        lambda scope: background.import_cancel(scope, number=1),
    ),
    Right.APPROVE: (
        lambda scope: approval.import_approve(scope, number=1, confirm=1),
        lambda scope: approval.import_approve_later(scope, number=1, confirm=1, shown=""),
        lambda scope: approval.import_drop(scope, number=1),
        lambda scope: approval.limits_change(scope, settings=["update=0.5,20"]),
        lambda scope: erase.person_erasable(scope, username="ann"),
        lambda scope: erase.person_erase(scope, username="ann", confirm="no"),
    ),
    Right.SEE_SETUP: (
        approval.limits_show,
        expiry.retention_show,
        lambda scope: record_list(scope, kind=COURSES),
        lambda scope: record_list(scope, kind=GROUPS),
    ),
    Right.SEE_PEOPLE: (
        lambda scope: listing.person_list(scope),
        lambda scope: listing.person_count(scope),
        lambda scope: listing.person_show(scope, username="ann"),
        lambda scope: listing.people_export(scope),
        lambda scope: history.person_history(scope, username="ann"),
    ),
    Right.CHANGE_PEOPLE: (lambda scope: edit.person_set(scope, username="ann", values={"city": "Oslo"}),),
    Right.CHANGE_GROUPS: (
        lambda scope: record_add(scope, kind=GROUPS, values={"name": "Choir"}),
        lambda scope: record_change(scope, kind=GROUPS, key="Band", values={"name": "Brass"}),
        lambda scope: record_remove(scope, kind=GROUPS, key="Drama"),
    ),
    Right.CHANGE_SETUP: (
        lambda scope: record_add(scope, kind=COURSES, values={"shortname": "ART"}),
        lambda scope: record_change(scope, kind=COURSES, key="BIO", values={"days": "9"}),
        lambda scope: record_remove(scope, kind=COURSES, key="MUSIC"),
        lambda scope: record_change(scope, kind=PROFILE_FIELDS, key="house", values={"name": "House"}),
    ),
    Right.CHANGE_LINKS: (
        lambda scope: links.link_add(scope, ends=LinkEnds("ann", "learner", "parent")),
        lambda scope: links.link_remove(scope, ends=LinkEnds("ann", "learner", "parent")),
    ),
    Right.GIVE_LINKS: (
        lambda scope: invitations.invitation_link(scope, username="ann"),
        lambda scope: cards.cards_make(scope, chosen=listing.Chosen(["ann"])),
    ),
    Right.CHANGE_CONDITIONS: (
        lambda scope: conditions.condition_save(scope, key=None, values={"name": "C", "clauses": ("city is Rome",)}),
        lambda scope: rules.plan_rules(scope, change=rules.RuleChange("nothing")),
    ),
    Right.CHANGE_TEAM: (
        team.team_list,
        lambda scope: team.team_change(scope, username="learner", role="viewer"),
        lambda scope: team.team_add(scope, username="instructor", role="viewer"),
    ),
    Right.CHANGE_ORGANIZATION: (
        lambda scope: expiry.retention_change(scope, files=10),
        lambda scope: expiry.expire(scope, dry_run=True),
        lambda scope: queue.job_put(scope, kind="keeping.expire"),
    ),
}


def test_the_table_is_that_of_the_rules() -> None:
    """spec/policies.md, "Who may do what": owner, admin, manager, vendor manager, viewer."""
    table = {right: " ".join(grant(role, right=right).name[0] for role in TEAM) for right in Right}

    assert table == {
        Right.IMPORT: "Y Y Y O N",
        Right.SEE_IMPORTS: "Y Y Y O Y",
        Right.UNDO_IMPORTS: "Y Y N O N",
        Right.APPROVE: "Y Y N N N",
        Right.CHANGE_GROUPS: "Y Y Y N N",
        Right.CHANGE_SETUP: "Y Y N N N",
        Right.SEE_SETUP: "Y Y Y N Y",
        Right.SEE_PEOPLE: "Y Y Y O Y",
        Right.CHANGE_PEOPLE: "Y Y Y O N",
        Right.CHANGE_LINKS: "Y Y N N N",
        Right.GIVE_LINKS: "Y Y N N N",
        Right.CHANGE_CONDITIONS: "Y Y N N N",
        Right.CHANGE_TEAM: "Y Y N N N",
        Right.CHANGE_ORGANIZATION: "Y N N N N",
    }
    assert set(BULK_ACTIONS) == set(Right)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", BULK_ACTIONS)
def test_a_role_can_do_what_the_table_allows(school: Scope, right: Right, role: str) -> None:
    """What concerns the vendor's own is refused as long as there are no vendors."""
    scope = acting(school, role)
    expected = "yes" if role in TEAM and grant(role, right=right).value == "yes" else "not allowed"

    assert {outcome(action, scope=scope) for action in BULK_ACTIONS[right]} == {expected}


@pytest.mark.parametrize("right", BULK_ACTIONS)
def test_a_stranger_finds_nothing(school: Scope, right: Right) -> None:
    """An owner elsewhere, in a scope that nothing should ever have made."""
    college = cast.organization("college")
    stranger = cast.person(college, username="stranger", site_role="owner")
    ours = list(Person.objects.filter(organization=school.organization).values_list("pk", "version"))

    inside = {outcome(action, scope=Scope(school.organization, stranger)) for action in BULK_ACTIONS[right]}

    assert inside == {"not found"}
    assert list(Person.objects.filter(organization=school.organization).values_list("pk", "version")) == ours
    with pytest.raises(NotFound, match="Nobody active has the username “stranger”"):
        acting(school, "stranger")


def test_an_import_elsewhere_is_not_found(school: Scope) -> None:
    college = Scope(cast.organization("college"), MACHINE)
    asked: tuple[BulkAction, ...] = (
        lambda scope: import_show(scope, number=1),
        lambda scope: import_undo_plan(scope, number=1),
        lambda scope: background.import_cancel(scope, number=1),
        lambda scope: approval.import_approve(scope, number=1, confirm=1),
        lambda scope: list(history.import_values(scope, number=1)),
        lambda scope: listing.person_show(scope, username="ann"),
        lambda scope: edit.person_set(scope, username="ann", values={"city": "Oslo"}),
        lambda scope: erase.person_erase(scope, username="ann", confirm="ann"),
        lambda scope: team.team_change(scope, username="ann", role="viewer"),
    )

    assert {outcome(action, scope=college) for action in asked} == {"not found"}


def test_a_manager_takes_back_their_own_imports_and_no_others(school: Scope) -> None:
    manager = acting(school, "manager")
    other = ImportRequest(**{**vars(ORDER), "source": b"username,city\nann,Bonn\n"})
    planned = import_plan(manager, request=other)
    own = import_apply(manager, plan=import_stage(manager, planned=planned)).number

    undone = import_apply(manager, plan=import_undo_plan(manager, number=own))

    assert undone.verbs == {"update": 1}
    with pytest.raises(NotAllowed, match="doesn't allow you to undo the imports of others"):
        import_undo_plan(manager, number=1)


@pytest.mark.parametrize(("role", "by", "said"), [
    ("admin", "ann", "yourself"), ("owner", "admin", "somebody with a higher role"), ("owner", "", "the last owner"),
])  # fmt: skip
def test_an_undo_changes_no_protected_person(role: str, by: str, said: str) -> None:
    school = Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)
    cast.person(school.organization, username="admin", site_role="admin")
    file = b"username,firstname,lastname,email\nann,Ann,Lee,ann@x.org\n"
    order = ImportRequest(source=file, name="people.csv", policy=Policy(), preset="moodle")
    number = import_apply(school, plan=import_plan(school, request=order).plan).number
    Person.objects.filter(username="ann").update(site_role=role)
    scope = acting(school, by) if by else school

    with pytest.raises(NotAllowed, match=f"This undo would delete {said}"):
        import_undo_plan(scope, number=number)


def test_nobody_approves_by_applying(school: Scope) -> None:
    plan = import_plan(acting(school, "manager"), request=ORDER).plan

    with pytest.raises(NotAllowed):
        import_apply(acting(school, "manager"), plan=plan, approved=True)


def test_rights_end_with_the_role_and_the_account(school: Scope) -> None:
    admin = acting(school, "admin")
    Person.objects.filter(username="viewer").update(state="inactive")

    with pytest.raises(NotFound):
        acting(school, "viewer")
    assert admin.actor is not None
    admin.actor.state = "inactive"
    assert outcome(team.team_list, scope=admin) == "not found"


@pytest.mark.parametrize(
    ("by", "username", "role", "expected"),
    [
        ("owner", "admin", "owner", "yes"),
        ("owner", "manager", None, "yes"),
        ("admin", "manager", "viewer", "yes"),
        ("admin", "learner", "manager", "yes"),
        ("admin", "learner", "admin", "not allowed"),
        ("admin", "learner", "owner", "not allowed"),
        ("admin", "owner", "viewer", "not allowed"),
        ("admin", "admin", "manager", "not allowed"),
        ("manager", "viewer", None, "not allowed"),
    ],
)
def test_an_admin_changes_the_team_below_their_own_rank(
    school: Scope, by: str, username: str, role: str | None, expected: str
) -> None:
    before = Person.objects.get(username=username).site_role

    said = outcome(lambda scope: team.team_change(scope, username=username, role=role), scope=acting(school, by))

    assert said == expected
    assert Person.objects.get(username=username).site_role == ((role or "learner") if expected == "yes" else before)
    assert Activity.objects.count() == (1 if expected == "yes" else 0)


def test_the_last_owner_stays_one(school: Scope) -> None:
    with pytest.raises(PolicyError, match="owner is the last owner"):
        team.team_change(school, username="owner", role="admin")

    team.team_add(
        school, username="second", role="owner", names={"firstname": "S", "lastname": "O", "email": "s@x.org"}
    )
    team.team_change(school, username="owner", role="admin")

    assert [each.username for each in team.team_list(school) if each.role == "owner"] == ["second"]


def test_people_of_a_higher_rank_cannot_be_edited(school: Scope) -> None:
    for role, name, expected in (("manager", "owner", "not allowed"), ("admin", "manager", "yes")):
        action: BulkAction = lambda scope, name=name: edit.person_set(scope, username=name, values={"city": "Oslo"})  # type: ignore[misc]  # noqa: E731
        assert outcome(action, scope=acting(school, role)) == expected


# These are not use cases: use cases call them after checking rights.
INNER = {
    "task_of", "planned_keep", "limits_of", "job_here", "job_finish_here", "school_open", "person_of", "plan_labels",
    "plan_undo", "passwords_hand_over", "check_undo", "plan_people", "reference_labels",
    "check_accounts", "guarded_roles", "words_of", "upload_check", "filter_of", "work_of",
    "check_approval", "check_role", "rank_by_now", "job_permit", "earlier_recall",
    "settings_effects", "column_values", "compared_parts", "records_change", "person_plan", "person_change",
    "plan_departures",
}  # fmt: skip
# They ask `may_touch`, since it depends on whose import it is.
BY_IMPORT = {
    "import_apply", "import_undo_plan", "import_show", "import_values", "import_cancel", "import_hold",
    "passwords_check", "passwords_settle", "passwords_see_through", "passwords_hand_out",
    "import_rows", "import_download", "import_selected",
    "draft_record", "draft_to_change", "draft_show", "draft_reread", "draft_look",
    "draft_columns_set", "draft_plan", "draft_settings_set", "draft_apply", "draft_undo",
    "review_show", "review_page", "cells_set", "rows_exclude", "edit_undo", "edit_redo",
    "replace_show", "replace_do", "draft_stop", "draft_reading",
    "header_rename", "last_by_others", "dates_orders", "review_news", "cells_by_others", "draft_column_set",
    "problem_fix", "problem_fix_all", "problem_setting_set", "problem_exclude", "repeated_exclude",
    "problem_record_add", "problem_twin",
    "pattern_examples", "problems_counted", "notices_list", "notice_see",
    "draft_next", "draft_columns_confirm", "draft_plan_if_complete", "column_values_set", "import_rename",
    "import_repeatable", "draft_again", "import_invite", "import_invited",
}  # fmt: skip
# They are about the person who asks, and nobody else.
OWN = {
    "own_courses", "own_details", "own_data", "own_child_account", "own_child_password_set", "own_details_set",
    "own_learner", "own_learners", "own_links", "own_address_of_link", "own_address_confirm",
}  # fmt: skip
# They ask for the right that the description of the kind names, or that of the change without a file.
BY_KIND = {
    "record_list", "record_show", "record_form", "record_add", "record_change", "record_remove",
    "change_plan", "change_new", "change_apply", "draft_change",
}  # fmt: skip


@pytest.mark.parametrize("kind", SETUP_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_set_up_asks_for_the_rights_of_its_kind(school: Scope, kind: SetupKind, role: str) -> None:
    scope, stranger = acting(school, role), Scope(cast.organization("college"), acting(school, role).asks)
    seen: tuple[BulkAction, ...] = (
        lambda who: record_list(who, kind=kind),
        lambda who: record_show(who, kind=kind, key="Band"),
        lambda who: record_form(who, kind=kind, key=None),
    )
    changed: tuple[BulkAction, ...] = (
        lambda who: record_add(who, kind=kind, values={kind.called: "?"}),
        lambda who: record_change(who, kind=kind, key="Band", values={}),
        lambda who: record_remove(who, kind=kind, key="nothing"),
    )
    for right, actions in ((kind.see, seen), (kind.change, changed)):
        may = role in TEAM and grant(role, right=right).value == "yes"
        for action in actions:
            told = outcome(action, scope=scope)
            assert told in (("yes", "not found") if may else ("not allowed",))
            assert outcome(action, scope=stranger) == "not found"


def test_no_use_case_forgets_to_ask() -> None:
    bare = set()
    for found in pkgutil.walk_packages(services.__path__, "enlist.services."):
        module = import_module(found.name)
        if found.name == "enlist.services.access":
            continue
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_ours = function.__module__ == module.__name__ and not name.startswith("_")
            if is_ours and "scope" in inspect.signature(function).parameters and not hasattr(function, "__wrapped__"):
                bare.add(name)

    assert bare - INNER == BY_IMPORT | BY_KIND | OWN
