"""Accounts of the team: only people who may change the team change their username, address, password and status."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from enlist.core.errors import NotAllowed, StalePlan
from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts import team
from enlist.services.accounts.passwords import passwords_hand_out, passwords_settle
from enlist.services.imports.approval import import_approve
from enlist.services.imports.plan import Planned, import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people import bulk, edit, erase
from enlist.services.people.listing import Chosen
from enlist.store.models import Account, Person, Secret

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "operations"])

STRONG, WEAK = "Corr3ct-Horse", "hunter2"
MOODLE = preset("moodle")
UPDATING = ("upload_type=update", "update_details=from_file")
REPLACING = (*UPDATING, "existing_passwords=from_file")
DETAILS_ONLY = "administrators=details_only"


@pytest.fixture(autouse=True)
def cheap(settings: Any) -> None:
    """Hashes that take no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def school() -> Scope:
    """Two of every rank, who sign in, and ann, a learner, who does not."""
    made = cast.organization(settings=cast.UNBRAKED)
    for role in ("owner", "admin", "manager", "viewer"):
        for name in (role, f"{role}2"):
            known = cast.person(made, username=name, email=f"{name}@x.org", site_role=role, idnumber=name)
            key = f"{made.pk}:{name}"
            Account.objects.create(organization=made, person=known, login_key=key, password="old")
    cast.person(made, username="ann", email="ann@x.org", idnumber="ann", source="import")
    return Scope(made, MACHINE)


def acting(school: Scope, username: str) -> Scope:
    return Scope(school.organization, Person.objects.get(username=username))


def planned(scope: Scope, text: str, *settings: str) -> Planned:
    order = ImportRequest(source=text.encode(), policy=MOODLE.configure(settings), preset="moodle")
    return import_plan(scope, request=order)


def staged(scope: Scope, text: str, *settings: str) -> Plan:
    return import_stage(scope, planned=planned(scope, text, *settings))


def imported(scope: Scope, text: str, *settings: str) -> int:
    return import_apply(scope, plan=staged(scope, text, *settings)).number


def said(plan: Plan) -> list[tuple[Any, ...]]:
    return plan.flags().select("line", "field", "code").rows()


def replaced() -> set[str]:
    """Whose password is another one now."""
    return set(Account.objects.exclude(password="old").values_list("person__username", flat=True))


@pytest.mark.parametrize("options", [(), (DETAILS_ONLY,)])
def test_no_password_of_the_team_is_replaced_by_who_may_not_change_it(school: Scope, options: tuple[str, ...]) -> None:
    names = ("manager", "manager2", "viewer2", "ann")
    text = "username,city,password\n" + "".join(f"{name},Bern,{STRONG}\n" for name in names)

    plan = staged(acting(school, "manager"), text, *REPLACING, *options)
    passwords_settle(school, number=import_apply(acting(school, "manager"), plan=plan).number)

    assert said(plan) == [
        (2, "password", "own_detail"),
        (3, "password", "team_detail"),
        (4, "password", "team_detail"),
    ]
    assert replaced() == {"ann"}
    assert set(Person.objects.filter(city="Bern").values_list("username", flat=True)) == set(names)


def test_a_password_finds_nobody_of_the_team_by_another_key(school: Scope) -> None:
    text = f"email,idnumber,password\nmanager2@x.org,manager2,{STRONG}\n,viewer2,{STRONG}\n"

    plan = staged(acting(school, "manager"), text, *REPLACING, "match_by=email,idnumber")

    assert (said(plan), plan.is_empty) == ([(2, "password", "team_detail"), (3, "password", "team_detail")], True)


def test_who_may_change_the_team_replaces_them_but_never_by_weak_ones(school: Scope) -> None:
    text = f"username,password\nmanager,{STRONG}\nmanager2,{WEAK}\nann,{WEAK}\n"

    plan = staged(acting(school, "admin"), text, *REPLACING, "weak_passwords=flag")
    passwords_settle(school, number=import_apply(school, plan=plan).number)

    assert said(plan) == [(3, "password", "password_weak_team"), (4, "password", "password_weak")]
    assert replaced() == {"manager", "ann"}


@pytest.mark.parametrize(("sources", "given"), [("column", {}), ("column,generate", {"generate": 1})])
def test_a_new_account_of_the_team_gets_no_weak_password(school: Scope, sources: str, given: dict[str, int]) -> None:
    text = f"username,firstname,lastname,email,password\nzoe,Zoe,Ash,zoe@x.org,{WEAK}\n"

    plan = staged(acting(school, "owner"), text, "site_role=viewer", f"passwords={sources}")

    assert (said(plan), plan.head.passwords) == ([(2, "password", "password_weak_team")], given)


def test_a_manager_makes_no_account_of_the_team(school: Scope) -> None:
    text = f"username,firstname,lastname,email,password\nzoe,Zoe,Ash,zoe@x.org,{STRONG}\n"

    plan = staged(acting(school, "manager"), text, "site_role=manager")

    assert (said(plan), plan.is_empty) == ([(2, "site_role", "site_role_team")], True)


@pytest.mark.parametrize(("row", "options"), [("ann,,,,", REPLACING), ("zoe,Zoe,Ash,zoe@x.org,", ())])
def test_a_new_team_member_gets_no_password_from_a_managers_file(
    school: Scope, row: str, options: tuple[str, ...]
) -> None:
    """The file's password is a secret that the manager knows."""
    number = imported(
        acting(school, "manager"), f"username,firstname,lastname,email,password\n{row}{STRONG}\n", *options
    )
    team.team_change(acting(school, "owner"), username=row.partition(",")[0], role="manager")

    done = passwords_settle(school, number=number)

    assert (done.hashed, done.shielded, replaced(), Secret.objects.count()) == (0, 1, set(), 0)


def test_a_new_team_member_gets_no_weak_password(school: Scope) -> None:
    number = imported(school, f"username,password\nann,{WEAK}\n", *REPLACING)
    team.team_change(school, username="ann", role="viewer")

    done = passwords_settle(school, number=number)

    assert (done.hashed, done.shielded, replaced()) == (0, 1, set())


def test_a_password_is_not_set_for_an_importer_who_may_change_the_team_no_more(school: Scope) -> None:
    number = imported(acting(school, "admin"), f"username,password\nmanager2,{STRONG}\nann,{STRONG}\n", *REPLACING)
    team.team_change(school, username="admin", role="manager")

    done = passwords_settle(school, number=number)

    assert (done.hashed, done.shielded, replaced()) == (1, 1, {"ann"})


def test_a_new_team_member_makes_the_plan_stale(school: Scope) -> None:
    plan = staged(acting(school, "manager"), f"username,email,password\nann,new@x.org,{STRONG}\n", *REPLACING)
    team.team_change(school, username="ann", role="viewer")

    with pytest.raises(StalePlan):
        import_apply(acting(school, "manager"), plan=plan)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("username,email\nmanager2,new@x.org\n", UPDATING),
        ("username,suspended\nviewer2,1\n", UPDATING),
        ("oldusername,username\nviewer2,zoe\n", (*UPDATING, "renames=allow")),
        ("username,deleted\nviewer2,1\n", (*UPDATING, "deletes=allow")),
        (f"username,password\nmanager2,{STRONG}\n", REPLACING),
        ("username,firstname,lastname,email\nzoe,Zoe,Ash,zoe@x.org\n", ("site_role=viewer",)),
    ],
)
def test_a_plan_made_with_more_rights_is_not_applied_with_fewer(
    school: Scope, text: str, options: tuple[str, ...]
) -> None:
    """The importer was an administrator when the plan was made, and is a manager when it is to be applied."""
    plan = staged(acting(school, "admin"), text, *options)
    assert not plan.is_empty
    team.team_change(school, username="admin", role="manager")

    with pytest.raises(StalePlan, match="is in the team, and you can't change the team"):
        import_apply(acting(school, "admin"), plan=plan)


def test_an_administrator_applies_what_an_owner_planned(school: Scope) -> None:
    plan = staged(acting(school, "owner"), "username,email\nmanager2,new@x.org\nann,other@x.org\n", *UPDATING)

    assert import_apply(acting(school, "admin"), plan=plan).verbs == {"update": 2}


def test_nobody_of_the_team_is_missed_by_a_managers_file(school: Scope) -> None:
    cast.person(school.organization, username="bob", source="import")
    text = "username\nann\n"

    plan = staged(acting(school, "manager"), text, "upload_type=update", "unlisted=deactivate")
    done = import_apply(acting(school, "manager"), plan=plan)

    assert done.verbs == {"deactivate": 1}
    assert list(Person.objects.filter(state="inactive").values_list("username", flat=True)) == ["bob"]


def test_an_approved_part_is_planned_with_the_importers_rank(school: Scope) -> None:
    school.organization.settings = {"limits": {**cast.UNBRAKED["limits"], "deactivate": [0.05, 20]}}
    school.organization.save()
    for name in ("bob", "cyd"):
        cast.person(school.organization, username=name)
    rows = "".join(f"{name},1\n" for name in ("ann", "bob", "cyd", "viewer2"))
    settings = (*UPDATING, "suspensions=allow")
    by_manager = planned(acting(school, "manager"), f"username,suspended\n{rows}", *settings).awaiting
    waiting = import_apply(acting(school, "admin"), plan=staged(
        acting(school, "admin"), f"username,suspended\n{rows}", *settings
    )).waiting  # fmt: skip
    assert by_manager is not None
    assert (by_manager.head.verbs, waiting) == ({"deactivate": 3}, 2)
    team.team_change(school, username="admin", role="manager")

    done = import_approve(acting(school, "owner"), number=2, confirm=4)

    assert done.verbs == {"deactivate": 3}
    assert Person.objects.get(username="viewer2").state == "active"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("username,email\nann,new@x.org\n", UPDATING),
        ("oldusername,username\nann,anna\n", (*UPDATING, "renames=allow")),
        ("username,suspended\nann,1\n", UPDATING),
        ("username,firstname,lastname,email\nzoe,Zoe,Ash,zoe@x.org\n", ()),
    ],
)
def test_an_undo_changes_no_account_of_a_new_team_member(school: Scope, text: str, options: tuple[str, ...]) -> None:
    number = imported(acting(school, "manager"), text, *options)
    name = {"oldusername": "anna"}.get(text.partition(",")[0], text.splitlines()[1].partition(",")[0])
    team.team_change(school, username=name, role="viewer")
    with pytest.raises(NotAllowed, match=f"This undo would change the account of {name}, who is in the team"):
        import_undo_plan(acting(school, "manager"), number=number)

    undo = import_undo_plan(acting(school, "admin"), number=number)

    assert not undo.is_empty


def test_an_undo_planned_with_more_rights_is_not_applied_with_fewer(school: Scope) -> None:
    number = imported(acting(school, "admin"), "username,email\nmanager2,new@x.org\n", *UPDATING)
    undo = import_undo_plan(acting(school, "admin"), number=number)
    team.team_change(school, username="admin", role="manager")

    with pytest.raises(StalePlan, match="changes the account of manager2"):
        import_apply(acting(school, "admin"), plan=undo)


def test_many_at_once_are_none_of_the_team(school: Scope) -> None:
    action, chosen = bulk.BulkAction("deactivate"), Chosen(usernames=("ann", "viewer2", "manager2", "manager"))
    scope = acting(school, "manager")

    plan = import_plan(scope, request=bulk.many_request(scope, action=action, chosen=chosen)).plan

    assert plan.head.verbs == {"deactivate": 1}
    assert said(plan) == [
        (3, "state", "team_detail"), (4, "state", "team_detail"), (5, "state", "own_detail"),
    ]  # fmt: skip


@pytest.mark.parametrize("username", ["manager2", "viewer2"])
@pytest.mark.parametrize("values", [{"email": "new@x.org"}, {"username": "zoe"}, {"state": "inactive"}])
def test_no_account_of_the_team_can_be_edited(school: Scope, username: str, values: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match=f"{username} is in the team"):
        edit.person_set(acting(school, "manager"), username=username, values=values)

    assert edit.person_set(acting(school, "manager"), username=username, values={"city": "Bern"})
    assert edit.person_set(acting(school, "admin"), username=username, values=values)


def test_people_can_edit_their_own_address(school: Scope) -> None:
    assert edit.person_set(acting(school, "manager"), username="manager", values={"email": "new@x.org"})


def test_an_administrator_erases_no_other(school: Scope) -> None:
    with pytest.raises(NotAllowed, match="admin2 is in the team with the same role as you"):
        erase.person_erase(acting(school, "admin"), username="admin2", confirm="admin2")

    erase.person_erase(acting(school, "owner"), username="admin2", confirm="admin2")


def test_a_new_team_members_one_time_password_is_not_delivered(school: Scope, tmp_path: Path) -> None:
    rows = "zoe,Zoe,Ash,zoe@x.org\nyan,Yan,Elm,yan@x.org\n"
    number = imported(acting(school, "manager"), f"username,firstname,lastname,email\n{rows}", "passwords=generate")
    Person.objects.filter(username__in=["zoe", "yan"]).update(email="")
    passwords_settle(school, number=number)
    team.team_change(school, username="zoe", role="viewer")

    assert passwords_hand_out(acting(school, "manager"), number=number, to=tmp_path / "out.csv") == 1
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("yan,")


@pytest.mark.parametrize("by", ["owner", "admin", "manager", ""])
def test_nobody_removes_or_turns_off_themselves_or_the_last_owner_by_a_file(school: Scope, by: str) -> None:
    Person.objects.filter(username="owner2").delete()
    scope = acting(school, by) if by else school
    rows = "".join(f"{name},1,,\n{name},,1,\n{name}2,,,{name}\n" for name in ("owner", by) if name)
    options = (*UPDATING, "deletes=allow", "renames=allow", "unlisted=deactivate", DETAILS_ONLY)

    import_apply(scope, plan=staged(scope, f"username,suspended,deleted,oldusername\n{rows}", *options))

    assert Person.objects.filter(username__in={"owner", by} - {""}, state="active").count() == len({"owner", by} - {""})


def test_who_signs_in_is_who_they_were(school: Scope) -> None:
    """The attack as it was found: a manager's file, and then the other manager's name with the manager's password."""
    text = f"username,password\nmanager2,{STRONG}\nann,{STRONG}\n"

    passwords_settle(school, number=imported(acting(school, "manager"), text, *REPLACING))

    assert check_password(STRONG, Account.objects.get(person__username="ann").password)
    assert Account.objects.get(person__username="manager2").password == "old"
