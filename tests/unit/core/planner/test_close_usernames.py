"""A username off by a letter or two is flagged, in both planners, if it is close to that of the same person (NE-04)."""

from typing import Any

import pytest

from enlist.core.flags.flags import sentences
from enlist.core.planner import vectorised
from enlist.core.planner.reference import plan_rows
from enlist.core.presets import preset
from tests.support.worlds import directory, person, rows

POLICY = preset("sync").policy
BOTH = pytest.mark.parametrize("planned", [plan_rows, vectorised.plan_rows], ids=["sequential", "vectorised"])
KNOWN = directory(
    person(1, username="alee", firstname="Ann", lastname="Lée", email="ann@x.org"),
    person(2, username="ann.leeman", firstname="Ann", lastname="Leeman", email="al@x.org"),
    person(3, username="blee", firstname="Bo", lastname="Lee"),
)


def said(planned: Any, username: str, name: str, *, email: str | None = None, **settings: Any) -> list[str]:
    first, _, last = name.partition(" ")
    line = {"username": username, "firstname": first, "lastname": last, "email": email}
    flags = planned(rows(line), KNOWN, policy=POLICY.replace(**settings)).flags
    return sentences(flags.filter(flags.get_column("code") == "username_close")).to_list()


def close(username: str, *, to: str) -> list[str]:
    return [
        f"Nobody has the username “{username}”, and somebody with this name or address has one that is almost the "
        f"same. Did you mean “{to}”?"
    ]


@BOTH
@pytest.mark.spec("NE-04")
@pytest.mark.parametrize(
    ("username", "name", "email", "to"),
    [
        ("alee1", "ANN LEE", None, "alee"),
        ("alee1", "Zoe Oz", "ann@x.org", "alee"),
        ("aele", "Ann Lee", None, "alee"),
        ("ann.leemann", "Ann Leeman", None, "ann.leeman"),
        ("an.lieman", "Ann Leeman", None, "ann.leeman"),
    ],
)
def test_a_username_close_to_that_of_the_same_person_is_suggested(
    planned: Any, username: str, name: str, email: str | None, to: str
) -> None:
    assert said(planned, username, name, email=email) == close(username, to=to)


@BOTH
@pytest.mark.parametrize(
    ("username", "name", "email"),
    [
        pytest.param("alee", "Ann Lee", None, id="the same"),
        pytest.param("ALEE", "Ann Lee", None, id="the same in another case"),
        pytest.param("alee12", "Ann Lee", None, id="two letters of a short one"),
        pytest.param("am.leimann", "Ann Leeman", None, id="more than two letters"),
        pytest.param("alee1", "Zoe Oz", "zoe@x.org", id="another person"),
        pytest.param("alee1", "Bo Lee", None, id="close to somebody else"),
    ],
)
def test_others_are_not(planned: Any, username: str, name: str, email: str | None) -> None:
    assert said(planned, username, name, email=email) == []


@BOTH
def test_it_is_looked_for_where_a_file_is_a_list_of_everybody(planned: Any) -> None:
    assert said(planned, "alee1", "Ann Lee", inactive_listed="leave") == []
