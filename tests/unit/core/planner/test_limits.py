"""The library's plans respect the limits: changes over one need approval."""

from pathlib import Path

import pytest

from enlist import Directory, Plan, Policy, plan, preview
from enlist.core.flags.flags import sentences
from tests.support.worlds import directory, person, rows

LEAVING = Policy().replace(
    unlisted="deactivate", new_people="skip", existing_people="update", update_details="from_file"
)
UPDATING = LEAVING.replace(unlisted="keep")
DELETING = UPDATING.replace(deletes="allow")


def school_of(size: int) -> Directory:
    return directory(*(person(n, username=f"p{n}", source="import") for n in range(1, size + 1)))


def listed(*numbers: int, **cells: str) -> list[dict[str, str | None]]:
    return [{"username": f"p{n}", **cells} for n in numbers]


def test_199_of_200_are_not_deactivated_without_a_word() -> None:
    before = school_of(200)

    whole = plan(rows(*listed(1)), before, policy=LEAVING)

    assert (whole.is_empty, whole.frame("deactivate").is_empty(), list(whole.steps())) == (True, True, [])
    assert (whole.head.awaiting, whole.head.awaiting_people) == ({"deactivate": 199}, 199)
    assert sentences(whole.flags()).to_list() == [
        "This is over the limits, so nothing is planned: 199 people would be deactivated, at most 10 of 200 active"
        " people may be without approval."
    ]
    assert preview(before, whole).people.equals(before.people)


def test_what_is_approved_is_planned() -> None:
    whole = plan(rows(*listed(1)), school_of(200), policy=LEAVING, approved=True)

    assert (whole.head.verbs, whole.head.awaiting) == ({"deactivate": 199}, {})
    assert [verb for verb, _ in whole.steps()] == ["deactivate"]


@pytest.mark.parametrize(("away", "awaiting"), [(10, 0), (11, 11)])
def test_exactly_at_the_limit_passes(away: int, awaiting: int) -> None:
    whole = plan(rows(*listed(*range(1, 201 - away))), school_of(200), policy=LEAVING)

    assert whole.head.awaiting == ({"deactivate": awaiting} if awaiting else {})
    assert whole.head.verbs == ({} if awaiting else {"deactivate": away})


@pytest.mark.parametrize(
    ("cells", "policy", "kind"),
    [({"city": "Rome"}, UPDATING, "update"), ({"deleted": "1"}, DELETING, "delete")],
)
def test_every_limit_holds(cells: dict[str, str], policy: Policy, kind: str) -> None:
    given = rows(*listed(*range(1, 31), **cells))

    whole = plan(given, school_of(40), policy=policy)

    assert (whole.is_empty, whole.head.awaiting, whole.head.statuses) == (True, {kind: 30}, {"skipped": 30})


def test_the_limits_are_the_policys() -> None:
    wide = LEAVING.parse("limits.deactivate", text="1,1000")

    assert plan(rows(*listed(1)), school_of(200), policy=wide).head.verbs == {"deactivate": 199}


def test_a_stored_plan_lists_its_verbs_in_the_order_of_apply(tmp_path: Path) -> None:
    given = rows({"username": "p1", "deleted": "1"}, {"username": "p2", "city": "Rome"}, *listed(3, suspended="1"),
                 {"username": "new", "firstname": "N", "lastname": "W", "email": "n@x.org"},
                 columns=("username", "deleted", "city", "suspended", "firstname", "lastname", "email"))  # fmt: skip
    policy = DELETING.replace(new_people="create", suspensions="allow")
    plan(given, school_of(40), policy=policy, approved=True).save(tmp_path / "people.plan")

    kept = Plan.load(tmp_path / "people.plan")

    assert list(kept.head.verbs) == ["remove", "update", "deactivate", "create"]
    assert [verb for verb, _ in kept.steps()] == list(kept.head.verbs)
