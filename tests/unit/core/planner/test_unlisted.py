"""Unlisted people: one case for each decision."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from enlist.core.changes import DEPARTURES_SCHEMA
from enlist.core.flags.flags import sentences
from enlist.core.planner import plan, vectorised
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import SCHOOL, cell_flag, directory, person, rows

Cells = dict[str, Any]
NAMES = ("ann", "bob", "cyd", "dee")
PEOPLE: tuple[Cells, ...] = tuple({"username": name, "email": f"{name}@x.org"} for name in NAMES)
POLICY = Policy().replace(unlisted="deactivate", existing_people="update", update_details="from_file")
SCOPE = (None, "absence_scope", None)
DEACTIVATED = (None, "absent_deactivated", None)


def line(username: str, **cells: str | None) -> dict[str, str | None]:
    return {"username": username, "email": f"{username}@x.org", **cells}


def tell(
    *lines: dict[str, str | None],
    flags: Any = None,
    known: tuple[Cells, ...] = PEOPLE,
    circumstances: Circumstances | None = None,
    **settings: object,
) -> tuple[Story, list[str]]:
    """The story, and the sentences about the whole file, without the one about the scope."""
    before = directory(*(person(number, **cells) for number, cells in enumerate(known, start=1)))
    part = plan_rows(
        rows(*lines, flags=flags),
        before,
        policy=POLICY.replace(**settings),
        circumstances=circumstances or Circumstances(),
    )
    of_file = part.flags.filter(pl.col("row").is_null(), pl.col("code") != "absence_scope")
    return story(part, directory=before), sentences(of_file).to_list()


@pytest.mark.spec("NE-05")
def test_unlisted_people_become_inactive() -> None:
    told, said = tell(line("ann"), line("bob"))

    assert told == Story(statuses=["unchanged"] * 2, flags=[SCOPE, DEACTIVATED], deactivated=["cyd", "dee"])
    assert said == ["Active people who are not in the file become inactive: 2."]


@pytest.mark.spec("NE-22")
@pytest.mark.parametrize("planned", [plan_rows, vectorised.plan_rows], ids=["sequential", "vectorised"])
@pytest.mark.parametrize(
    ("settings", "deactivated", "said"),
    [
        ({}, [2, 3, 4, 5], "Active people who are not in the file: 4, of all 5 active people on the platform."),
        ({"home_group": "year7"}, [2, 3, 4, 5],
         "Active people who are not in the file: 4, of all 5 active people on the platform."),
        ({"home_group": "Chess", "unlisted_scope": "group"}, [2, 3],
         "Active people who are not in the file: 2, of the 3 active members of “Chess” and 1 group below it."),
        ({"home_group": "Year 7", "unlisted_scope": "group"}, [3],
         "Active people who are not in the file: 1, of the 2 active members of “Year 7”."),
    ],
)  # fmt: skip
def test_the_scope_is_the_platform_or_a_group_with_those_below(
    planned: Any, settings: dict[str, str], deactivated: list[int], said: str
) -> None:
    """“Year 7” is below “Chess”; ann is in both."""
    people = [person(number, **cells) for number, cells in enumerate((*PEOPLE, {"username": "eve"}), start=1)]
    memberships = [(1, 30, "import"), (1, 31, "manual"), (2, 31, "manual"), (3, 30, "import"), (4, 32, "condition")]
    before = directory(*people, memberships=memberships)

    part = planned(rows({"username": "ann"}), before, policy=POLICY.replace(**settings))

    assert part.frames["deactivate"].get_column("person").to_list() == deactivated
    assert sentences(part.flags.filter(part.flags.get_column("code") == "absence_scope")).to_list() == [said]


@pytest.mark.spec("NE-06")
def test_unlisted_people_stay_as_they_are_by_default() -> None:
    told, said = tell(line("ann"), unlisted="keep")

    assert (told, said) == (Story(statuses=["unchanged"]), [])


def test_inactive_people_are_left_alone() -> None:
    known = ({"username": "ann"}, {"username": "bob", "state": "inactive"})

    told, said = tell(line("ann", email=None), known=known)

    assert (told.deactivated, said) == ([], [])


@pytest.mark.spec("NE-08")
def test_nobody_protected_is_missed() -> None:
    known = (
        {"username": "ann", "site_role": "admin"},
        {"username": "bob", "site_role": "owner"},
        {"username": "cyd", "source": "manual"},
        {"username": "dee", "site_role": "manager"},
        {"username": "eve"},
        {"username": "fay"},
    )

    told, said = tell(line("gus", firstname="G", lastname="S"), known=known,
                      circumstances=Circumstances(actor=5, role="viewer"))  # fmt: skip

    assert told.deactivated == ["fay"]
    assert said == [
        "Active people who are not in the file and stay active: 5 (2 administrators, 1 created manually,"
        " 1 of a higher rank than yours, 1 yourself).",
        "Active people who are not in the file become inactive: 1.",
    ]


def test_the_team_stays_where_the_importer_may_not_change_it() -> None:
    known = (
        {"username": "ann", "site_role": "viewer"},
        {"username": "bob", "site_role": "manager"},
        {"username": "cyd"},
    )
    new = line("gus", firstname="G", lastname="S")

    by_manager, said = tell(new, known=known, circumstances=Circumstances(actor=9, role="manager"))
    by_admin, _ = tell(new, known=known, circumstances=Circumstances(actor=9, role="admin"))

    assert (by_manager.deactivated, by_admin.deactivated) == (["cyd"], ["ann", "bob", "cyd"])
    assert said[0] == "Active people who are not in the file and stay active: 2 (2 of the team)."


def test_unlisted_manual_people_can_be_treated_alike() -> None:
    known = ({"username": "ann"}, {"username": "bob", "source": "manual"})

    told, _ = tell(line("ann", email=None), known=known, unlisted_manual_people="treat_alike")

    assert told.deactivated == ["bob"]


@pytest.mark.spec("NE-11")
@pytest.mark.parametrize(
    ("lines", "settings"),
    [
        ([line("ann"), line("bob", email="ann@x.org")], {}),
        ([line("ann"), line("bob", email="zoe@x.org")], {"match_by": "username,email", "existing_people": "skip",
                                                         "update_details": "none"}),
        ([line("ann", email="bob@x.org"), line("cyd")], {"match_by": "username,email"}),
    ],
    ids=["failed", "skipped", "two people"],
)  # fmt: skip
def test_people_in_failed_and_skipped_rows_count_as_listed(lines: list[Cells], settings: Cells) -> None:
    told, _ = tell(*lines, **settings)

    assert set(told.statuses) != {"unchanged"}
    assert "bob" not in told.deactivated
    assert "dee" in told.deactivated


@pytest.mark.spec("NE-11")
@pytest.mark.parametrize("code", ["username_unclean", "row_long", "quote_runs_on"])
def test_nobody_is_missed_while_a_failed_row_may_mean_anybody(code: str) -> None:
    lost = line("", email="dee@x.org") if code == "username_unclean" else line("zoe")
    flags = cell_flag(1, code=code, slug="username", value="d e e")

    told, said = tell(line("ann"), lost, flags=flags)
    approved, _ = tell(line("ann"), lost, flags=flags, circumstances=Circumstances(approved=True))

    assert (told.deactivated, approved.deactivated) == ([], ["bob", "cyd", "dee"])
    assert said == [
        "Nobody becomes inactive for not being in the file (3 would): who is meant on line 3 cannot be read."
    ]


def test_a_failed_row_with_another_key_names_somebody() -> None:
    flags = cell_flag(1, code="username_unclean", slug="username", value="d e e")

    told, _ = tell(line("ann"), line("", email="dee@x.org"), flags=flags, match_by="username,email")

    assert told.deactivated == ["bob", "cyd"]


@pytest.mark.parametrize(("last", "deactivated"), [(4, 2), (5, 0)])
def test_a_file_of_less_than_half_the_rows_of_the_last_misses_nobody(last: int, deactivated: int) -> None:
    told, said = tell(line("ann"), line("bob"), circumstances=Circumstances(last_rows=last))

    assert len(told.deactivated) == deactivated
    assert deactivated or said == [
        "Nobody becomes inactive for not being in the file (2 would): it has 2 of 5 rows of the last one,"
        " as if its end were missing."
    ]


def test_a_file_without_rows_misses_nobody() -> None:
    told, said = tell(circumstances=Circumstances(approved=True))
    _, unasked = tell()

    assert told.deactivated == []
    assert said == unasked == ["The file names nobody; nobody becomes inactive for not being in it (4 would)."]


def test_an_import_that_stops_at_errors_misses_nobody() -> None:
    told, _ = tell(line("ann"), line("bob", email="ann@x.org"), bad_rows="stop_import")

    assert told.deactivated == []
    assert (None, "import_stopped", None) in told.flags
    assert DEACTIVATED not in told.flags


def test_the_library_plans_departures_too() -> None:
    before = directory(*(person(number, username=name) for number, name in enumerate(NAMES, start=1)))

    whole = plan(rows({"username": "ann"}), before, policy=POLICY, approved=True)

    assert whole.head.verbs == {"deactivate": 3}


@pytest.mark.spec("EN-15")
@pytest.mark.parametrize("planned", [plan_rows, vectorised.plan_rows], ids=["sequential", "vectorised"])
@pytest.mark.parametrize(
    ("today", "marked", "said"),
    [
        ("2027-03-01 00:00:00", [(2, "2027-03-31", "absence"), (3, "2027-03-31", "absence")],
         ["Active people who are not in the file leave on 2027-03-31: 2.",
          "Active people who are not in the file and already have a leaving date: 1.",
          "People who are in the file again and no longer leave: 1."]),
        ("", [],
         ["Nobody becomes inactive for not being in the file before somebody approves it (2 would): "
          "today's date isn't known.", "People who are in the file again and no longer leave: 1."]),
    ],
    ids=["today is known", "today is unknown"],
)  # fmt: skip
def test_with_days_unlisted_people_are_marked_and_listed_ones_stay(
    planned: Any, today: str, marked: list[tuple[int, str, str]], said: list[str]
) -> None:
    people = [person(number, **cells) for number, cells in enumerate(PEOPLE, start=1)]
    dates = [(1, "2099-01-01", "absence"), (4, "2099-01-01", "import")]
    before = directory(*people, reference=replace(SCHOOL, today=today)).with_frames(
        {"departure": pl.DataFrame(dates, schema=DEPARTURES_SCHEMA, orient="row")}
    )

    part = planned(rows({"username": "ann"}), before, policy=POLICY.replace(grace_days=30))

    frames = {verb: frame.rows() for verb, frame in part.frames.items()}
    assert frames == {"unmark_leaving": dates[:1], **({"mark_leaving": marked} if marked else {})}
    assert sentences(part.flags.filter(pl.col("code") != "absence_scope")).to_list() == said
