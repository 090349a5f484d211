"""The column of groups and the home group, in both planners: one case for each decision."""

from typing import Any

import pytest

from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import sentences
from enlist.core.planner import vectorised
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.worlds import cell_flag, directory, person, rows

POLICY = Policy().replace(existing_people="update", update_details="from_file", group_column="mirror")
BOTH = pytest.mark.parametrize("planned", [plan_rows, vectorised.plan_rows], ids=["sequential", "vectorised"])
# Made by an import, made manually, and by conditions.
YEAR7, CHESS, RULES = 30, 31, 32
Cells = dict[str, str | None]


def line(username: str, groups: str | None, **cells: str | None) -> Cells:
    names = {"firstname": "F", "lastname": "L", "email": f"{username}@x.org"}
    return {"username": username, **names, "groups": groups, **cells}


def known(*memberships: tuple[int, int, str], state: str = "active") -> Directory:
    people = (("ann", state), ("bob", "active"))
    cells = [
        person(number, username=name, firstname="F", lastname="L", email=f"{name}@x.org", state=state)
        for number, (name, state) in enumerate(people, start=1)
    ]
    return directory(*cells, memberships=memberships)


def tell(planned: Any, *lines: Cells, before: Directory, flags: Any = None, **settings: Any) -> dict[str, Any]:
    """What the plan does to groups, with the statuses of its rows, and the sentences about groups."""
    part = planned(rows(*lines, flags=flags), before, policy=POLICY.replace(**settings))
    about = part.flags.filter(part.flags.get_column("code").str.starts_with("groups_"))
    made = part.frames["create_group"].select("idnumber", "name").rows() if "create_group" in part.frames else []
    names = {-number: name for number, (_, name) in enumerate(made, start=1)}

    def moved(verb: str) -> list[tuple[Any, ...]]:
        lines = part.frames[verb].rows() if verb in part.frames else []
        return [(who, names.get(group, group), source) for who, group, source in lines]

    found = {"made": made, "joins": moved("join_group"), "leaves": moved("leave_group"),
             "said": sentences(about).to_list()}  # fmt: skip
    return {"statuses": part.statuses.sort("row").get_column("row_status").to_list()} | {
        name: value for name, value in found.items() if value
    }


@BOTH
@pytest.mark.spec("NE-16")
def test_several_groups_of_a_cell_are_joined_and_created(planned: Any) -> None:
    told = tell(planned, line("ann", "Choir\nYear 7"), line("bob", "Choir"), before=known())

    assert told == {
        "statuses": ["grouped", "grouped"],
        "made": [("", "Choir")],
        "joins": [(1, "Choir", "import"), (1, YEAR7, "import"), (2, "Choir", "import")],
    }


@BOTH
@pytest.mark.spec("NE-17")
def test_who_is_named_no_longer_leaves_a_group_that_imports_made(planned: Any) -> None:
    told = tell(planned, line("ann", "Choir"), before=known((1, YEAR7, "import"), (2, YEAR7, "import")))

    assert told == {
        "statuses": ["grouped"],
        "made": [("", "Choir")],
        "joins": [(1, "Choir", "import")],
        "leaves": [(1, YEAR7, "import")],
    }


@BOTH
@pytest.mark.spec("NE-17")
@pytest.mark.parametrize(
    ("groups", "leaves"),
    [pytest.param("", [(1, YEAR7, "import")], id="blank"), pytest.param(None, [], id="no column or a bad cell")],
)
def test_a_blank_cell_means_no_group_and_a_missing_one_nothing(
    planned: Any, groups: str | None, leaves: list[Any]
) -> None:
    told = tell(planned, line("ann", groups), before=known((1, YEAR7, "import")))

    assert told.get("leaves", []) == leaves
    assert told["statuses"] == (["grouped"] if leaves else ["unchanged"])
    assert told.get("said", []) == (["The cell names no group, so the person leaves Year 7."] if leaves else [])


@BOTH
@pytest.mark.spec("NE-20")
def test_only_what_imports_put_into_their_groups_ends(planned: Any) -> None:
    memberships = ((1, CHESS, "import"), (1, RULES, "condition"), (1, YEAR7, "manual"))

    assert tell(planned, line("ann", ""), before=known(*memberships)) == {"statuses": ["unchanged"]}


@BOTH
@pytest.mark.spec("NE-18")
def test_a_manual_group_of_the_same_name_stays_and_a_second_one_is_made(planned: Any) -> None:
    told = tell(planned, line("ann", "Chess"), before=known((2, CHESS, "manual")))

    assert told == {
        "statuses": ["grouped"],
        "made": [("", "Chess")],
        "joins": [(1, "Chess", "import")],
        "said": [
            "The group “Chess” wasn't made by an import, so it doesn't change; "
            "a second group with this name is created."
        ],
    }


@BOTH
def test_rows_of_one_person_name_their_groups_together(planned: Any) -> None:
    told = tell(
        planned,
        line("ann", "Choir"),
        line("ann", "Year 7"),
        line("ann", ""),
        before=known((1, YEAR7, "import")),
    )

    assert told["joins"] == [(1, "Choir", "import")]
    assert "leaves" not in told


@BOTH
@pytest.mark.parametrize(
    ("cells", "settings", "state"),
    [
        pytest.param({"state": "inactive"}, {"suspensions": "allow"}, "active", id="becomes inactive"),
        pytest.param({}, {}, "inactive", id="stays inactive"),
        pytest.param({"email": "bob@x.org"}, {}, "active", id="failed"),
        pytest.param({}, {"existing_people": "skip", "update_details": "none", "group_column": "add"}, "active",
                     id="skipped"),
    ],
)  # fmt: skip
def test_inactive_failed_and_skipped_rows_take_nobody_out(
    planned: Any, cells: Cells, settings: dict[str, Any], state: str
) -> None:
    told = tell(planned, line("ann", "", **cells), before=known((1, YEAR7, "import"), state=state), **settings)

    assert "leaves" not in told


@BOTH
def test_a_row_that_checking_failed_takes_nobody_out(planned: Any) -> None:
    told = tell(planned, line("ann", ""), before=known((1, YEAR7, "import")), flags=cell_flag(0, code="row_long"))

    assert told == {"statuses": ["failed"]}


@BOTH
@pytest.mark.parametrize("setting", ["add", "off"])
def test_without_mirroring_nobody_leaves(planned: Any, setting: str) -> None:
    told = tell(planned, line("ann", ""), before=known((1, YEAR7, "import")), group_column=setting)

    assert told == {"statuses": ["unchanged"]}


@BOTH
@pytest.mark.spec("NE-21")
@pytest.mark.parametrize(
    ("home", "group"), [("Chess", CHESS), ("year7", YEAR7), ("#31", CHESS), ("All groups", None), (" ", None)]
)
def test_only_people_created_by_the_import_join_its_home_group(planned: Any, home: str, group: int | None) -> None:
    told = tell(planned, line("ann", None), line("gus", None), before=known(), home_group=home)

    assert told == {"statuses": ["unchanged", "created"]} | ({"joins": [(-1, group, "import")]} if group else {})


@BOTH
def test_a_new_person_with_two_rows_joins_the_home_group_once(planned: Any) -> None:
    told = tell(planned, line("gus", None), line("gus", "Choir"), before=known(), home_group="Chess")

    assert told["joins"] == [(-1, "Choir", "import"), (-1, CHESS, "import")]


@BOTH
def test_nobody_leaves_the_home_group(planned: Any) -> None:
    """Else the next file would take out people that this one put in."""
    told = tell(planned, line("ann", ""), before=known((1, YEAR7, "import")), home_group="Year 7")

    assert told == {"statuses": ["unchanged"]}
