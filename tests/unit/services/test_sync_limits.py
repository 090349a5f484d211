"""The limits of the preset sync, at their boundaries: absence, cells that say inactive, and groups (R8, EN-13)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from enlist.core.plan.plan import Head
from enlist.core.policy import Policy
from enlist.core.presets import preset
from enlist.services.imports.limits import LimitedPlan, Limits, plan_limited
from tests.support.strategies import World
from tests.support.worlds import directory, person, rows
from tests.unit.services.test_planning import task_of

# Made by an import.
YEAR7 = 30


@dataclass(frozen=True)
class Case:
    """How many people there are, and what the file says of them.

    imported, manual, inactive: people there are; manual and inactive ones aren't in the file. gone: imported ones that
    aren't in it either. off: those whose cell says inactive; leaving: those with a blank cell of groups, from the last
    one on; failed: rows with another's address, from the first leaving one on. nameless: a row without a username.
    members: who is in the group, and how they came into it.
    """

    imported: int
    gone: int = 0
    manual: int = 0
    inactive: int = 0
    off: int = 0
    leaving: int = 0
    failed: int = 0
    nameless: bool = False
    source: str = "import"
    settings: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, list[float]] = field(default_factory=dict)


def limited(case: Case) -> LimitedPlan:
    """The plan of a file about these people."""
    total = case.imported + case.manual + case.inactive
    people: list[dict[str, object]] = []
    for number in range(1, total + 1):
        source = "manual" if case.imported < number <= case.imported + case.manual else "import"
        state = "inactive" if number > case.imported + case.manual else "active"
        name = f"p{number}"
        cells: dict[str, Any] = {"username": name, "firstname": "F", "lastname": name, "email": f"{name}@x.org"}
        people.append(person(number, **cells, source=source, state=state))
    listed = case.imported - case.gone
    first_leaving = listed - case.leaving + 1
    lines = [
        {
            "username": f"p{number}",
            "firstname": "F",
            "lastname": f"p{number}",
            "email": "p1@x.org" if first_leaving <= number < first_leaving + case.failed else f"p{number}@x.org",
            "state": "inactive" if number <= case.off else "active",
            "groups": "" if number >= first_leaving else "Year 7",
        }
        for number in range(1, listed + 1)
    ]
    usual = {"firstname": "Z", "lastname": "Z", "state": "active", "groups": ""}
    lines.append({**usual, "username": "zoe", "email": "zoe@x.org"})
    if case.nameless:
        lines.append({**usual, "username": "", "email": "n@x.org"})
    members = [(number, YEAR7, case.source) for number in range(1, case.imported + 1)]
    policy = preset("sync").policy.replace(**{"unlisted": "deactivate", "same_email": "refuse", **case.settings})
    world = World(rows(*lines), directory(*people, memberships=members), policy)
    allowed = Limits(limits=Policy().replace(limits=case.limits).limits, active=lambda _: case.imported + case.manual)
    return plan_limited(task_of(world, batch=1_000), head=Head(preset="sync", policy=policy.to_dict()), allowed=allowed)


def verbs(plan: LimitedPlan, *, verb: str) -> tuple[int, int]:
    """How many people a verb affects now, and after an approval."""
    waiting = plan.awaiting.head.verbs.get(verb, 0) if plan.awaiting else 0
    return plan.plan.head.verbs.get(verb, 0), waiting


TREAT = {"unlisted_manual_people": "treat_alike"}
DEACTIVATE = [
    # Of few people, two may always leave.
    (Case(0), (0, 0)),
    (Case(1, gone=1), (1, 0)),
    (Case(2, gone=2), (2, 0)),
    (Case(3, gone=2), (2, 0)),
    (Case(3, gone=3), (0, 3)),
    (Case(10, gone=2), (2, 0)),
    (Case(10, gone=3), (0, 3)),
    (Case(59, gone=2), (2, 0)),
    (Case(59, gone=3), (0, 3)),
    # From 60 on, five percent.
    (Case(60), (0, 0)),
    (Case(60, gone=3), (3, 0)),
    (Case(60, gone=4), (0, 4)),
    (Case(399, gone=19), (19, 0)),
    (Case(399, gone=20), (0, 20)),
    # From 400 on, twenty people.
    (Case(400, gone=20), (20, 0)),
    (Case(400, gone=21), (0, 21)),
    (Case(500, gone=20), (20, 0)),
    (Case(500, gone=21), (0, 21)),
    # Manual people are protected, and count among the active ones.
    (Case(40, manual=20), (0, 0)),
    (Case(40, manual=20, gone=3), (3, 0)),
    (Case(40, manual=20, gone=4), (0, 4)),
    (Case(58, manual=2, gone=1, settings=TREAT), (3, 0)),
    (Case(58, manual=2, gone=2, settings=TREAT), (0, 4)),
    (Case(40, manual=20, settings=TREAT), (0, 20)),
    # Inactive people neither leave nor count.
    (Case(59, inactive=40, gone=2), (2, 0)),
    (Case(59, inactive=40, gone=3), (0, 3)),
    # Cells count together with absence; all of it waits.
    (Case(60, off=3), (3, 0)),
    (Case(60, off=4), (0, 4)),
    (Case(60, gone=2, off=1), (3, 0)),
    (Case(60, gone=2, off=2), (0, 4)),
    # Failed rows list their people; one without a name may mean anybody, so absence waits whatever the number.
    (Case(60, gone=3, leaving=2, failed=2), (3, 0)),
    (Case(60, gone=4, leaving=2, failed=2), (0, 4)),
    (Case(60, gone=1, nameless=True), (0, 1)),
    (Case(60, off=3, nameless=True), (3, 0)),
    (Case(60, gone=1, off=2, nameless=True), (2, 1)),
    # The organisation's own limits; a share of 0 lets nobody leave.
    (Case(60, gone=1, limits={"deactivate": [0, 20]}), (0, 1)),
    (Case(60, gone=1, limits={"deactivate": [1, 1]}), (1, 0)),
    (Case(60, gone=2, limits={"deactivate": [1, 1]}), (0, 2)),
    (Case(100, gone=7, limits={"deactivate": [0.07, 20]}), (7, 0)),
    (Case(100, gone=8, limits={"deactivate": [0.07, 20]}), (0, 8)),
    (Case(60, gone=60, limits={"deactivate": [1, 60]}), (60, 0)),
]
LEAVE = [
    (Case(0), (0, 0)),
    (Case(2, leaving=2), (2, 0)),
    (Case(3, leaving=2), (2, 0)),
    (Case(3, leaving=3), (0, 3)),
    (Case(60, leaving=3), (3, 0)),
    (Case(60, leaving=4), (0, 4)),
    (Case(400, leaving=20), (20, 0)),
    (Case(400, leaving=21), (0, 21)),
    # Failed rows and rows of inactive people take nobody out.
    (Case(60, leaving=5, failed=2), (3, 0)),
    (Case(60, leaving=6, failed=2), (0, 4)),
    (Case(60, leaving=60, off=60, limits={"deactivate": [1, 60]}), (0, 0)),
    # People who aren't in the file stay in their groups, as do those who were put into them manually.
    (Case(60, gone=3, leaving=3), (3, 0)),
    (Case(60, leaving=20, source="manual"), (0, 0)),
    (Case(60, leaving=20, settings={"group_column": "add"}), (0, 0)),
    (Case(60, leaving=20, settings={"home_group": "year7"}), (0, 0)),
    # Manual people count among the active ones.
    (Case(40, manual=20, leaving=3), (3, 0)),
    (Case(40, manual=19, leaving=3), (0, 3)),
    (Case(60, leaving=1, limits={"leave_group": [0, 20]}), (0, 1)),
    (Case(60, leaving=60, limits={"leave_group": [1, 60]}), (60, 0)),
]


def test_the_table_is_long_enough() -> None:
    assert len(DEACTIVATE) + len(LEAVE) >= 60


@pytest.mark.parametrize(("case", "expected"), DEACTIVATE, ids=range(len(DEACTIVATE)))
def test_who_becomes_inactive_without_approval(case: Case, expected: tuple[int, int]) -> None:
    assert verbs(limited(case), verb="deactivate") == expected


@pytest.mark.parametrize(("case", "expected"), LEAVE, ids=range(len(LEAVE)))
def test_who_leaves_groups_without_approval(case: Case, expected: tuple[int, int]) -> None:
    assert verbs(limited(case), verb="leave_group") == expected
