"""The figures of a plan that counts people (NE-24)."""

from typing import Any

import pytest

from enlist.core.plan.plan import Head, Plan, assemble, head_from_json, head_to_json
from enlist.core.planner.reference import plan_rows
from enlist.core.presets import preset
from enlist.core.report import report
from tests.support.worlds import cell_flag, directory, person, rows

POLICY = preset("sync").policy.replace(unlisted="deactivate")


def planned(*, preset: str = "sync") -> Plan:
    """Somebody of each kind: new, changed, reactivated, in a group, made inactive, absent, unchanged, and errors."""
    known: list[tuple[str, dict[str, Any]]] = [
        ("ann", {"city": "Rome"}),
        ("bob", {"state": "inactive"}),
        ("cyd", {}),
        ("dee", {}),
        ("eve", {}),
        ("fay", {}),
        ("gus", {"source": "manual"}),
        ("hal", {"firstname": "Hal", "email": "hal@x.org"}),
    ]
    people = [person(number, username=name, **cells) for number, (name, cells) in enumerate(known, start=1)]
    lines = [
        {"username": name, "firstname": "Zoe" if name == "zoe" else None, "lastname": "Z" if name == "zoe" else None,
         "email": "zoe@x.org" if name == "zoe" else None, "city": "Oslo" if name == "ann" else None,
         "groups": "Choir" if name == "cyd" else None, "state": "inactive" if name == "dee" else None}
        for name in ("zoe", "ann", "bob", "cyd", "cyd", "dee", "fay", "", "hal")
    ]  # fmt: skip
    flags = cell_flag(7, code="username_missing", slug="username").vstack(cell_flag(8, code="row_long"))
    part = plan_rows(rows(*lines, flags=flags), directory(*people), policy=POLICY)
    return assemble(Head(preset=preset, policy=POLICY.to_dict(), rows=len(lines)), [part])


@pytest.mark.spec("NE-24")
def test_people_are_counted_once_by_what_happens_to_them() -> None:
    """eve is absent, but lines that may mean anybody keep her; cyd has two rows."""
    plan = planned()

    assert report.results(plan) == {
        "created": 1,
        "updated": 3,
        "deactivated": 1,
        "failed_rows": 2,
        "unchanged": 1,
    }
    shown = "People\n  1  created\n  3  updated\n  1  deactivated\n  2  rows with errors\n  1  unchanged\n"
    assert shown in report.text(plan)
    assert report.as_json(plan)["results"] == report.results(plan)


def test_other_presets_count_rows_and_changes_only() -> None:
    assert report.results(planned(preset="moodle")) == {}


def test_a_head_without_these_counts_stays_as_it_was_stored() -> None:
    head = planned().head
    old = head_to_json(head).replace(f', "people": {{{str(head.people)[1:-1]}}}'.replace("'", '"'), "")

    assert "people" in head_to_json(head)
    assert head_to_json(head_from_json(old)) == old


def test_people_who_are_deactivated_count_as_that_alone() -> None:
    before = directory(person(1, username="ann", city="Rome"))
    part = plan_rows(rows({"username": "ann", "city": "Oslo", "state": "inactive"}), before, policy=POLICY)

    assert dict(part.counts()["people"]) == {"deactivated": 1}
    assert part.frames["update"].get_column("person").to_list() == [1]
