"""New usernames of existing people: found by address or name and birthday, and decided, in both planners."""

from typing import Any

import pytest

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.flags.flags import sentences
from enlist.core.plan.plan import Part
from enlist.core.planner import vectorised
from enlist.core.planner.people.close import with_twins
from enlist.core.planner.reference import plan_rows
from enlist.core.presets import preset
from tests.support.worlds import directory, person, rows

POLICY = preset("sync").policy
BOTH = pytest.mark.parametrize("planned", [plan_rows, vectorised.plan_rows], ids=["sequential", "vectorised"])
BORN = ProfileField(id=7, shortname="dob", name="Date of birth", kind="date")
SCHOOL = Reference(profile_fields=(BORN,))
KNOWN = directory(
    person(1, username="alee", firstname="Ann", lastname="Lée", email="ann@x.org", reference=SCHOOL),
    person(2, username="boz", firstname="Bo", lastname="Oz", email="bo@x.org", reference=SCHOOL,
           profile_field_dob="2011-05-03"),
    person(3, username="root", firstname="Ro", lastname="Ot", email="ro@x.org", reference=SCHOOL, site_role="admin"),
    reference=SCHOOL,
)  # fmt: skip


def line(username: str, name: str, *, email: str | None = None, born: str | None = None) -> dict[str, str | None]:
    first, _, last = name.partition(" ")
    return {"username": username, "firstname": first, "lastname": last, "email": email, "profile_field_dob": born}


def part(planned: Any, *lines: dict[str, str | None], twins: dict[str, str], **settings: Any) -> Part:
    made: Part = planned(with_twins(rows(*lines), twins=twins), KNOWN, policy=POLICY.replace(**settings))
    return made


def codes(made: Part) -> list[str]:
    return made.flags.get_column("code").to_list()


@BOTH
@pytest.mark.parametrize(
    ("row", "twin"),
    [
        pytest.param(line("lee.ann", "Anne Lee", email="ANN@x.org"), "alee", id="address"),
        pytest.param(line("oz.bo", "Bó OZ", born="2011-05-03"), "boz", id="name and birthday"),
        pytest.param(line("oz.bo", "Bo Oz", born="2011-05-04"), "", id="another birthday"),
        pytest.param(line("oz.bo", "Bo Oz"), "", id="no birthday"),
        pytest.param(line("lee.ann", "Ann Lee"), "", id="the name alone"),
        pytest.param(line("oz.zo", "Zo Oz", born="2011-05-03"), "", id="the birthday alone"),
        pytest.param(line("alee1", "Ann Lee", email="ann@x.org"), "", id="close, which is another flag"),
    ],
)
def test_a_new_username_of_an_existing_person_is_flagged(planned: Any, row: dict[str, str | None], twin: str) -> None:
    flags = part(planned, row, twins={}).flags
    found = flags.filter(flags.get_column("code") == "username_twin")

    said = f"Nobody has the username “{row['username']}”, and “{twin}” has the same e-mail address, or the same name "
    said += "and birthday."
    assert sentences(found).to_list() == ([said] if twin else [])


@BOTH
def test_a_decided_twin_is_renamed_although_the_preset_renames_nobody(planned: Any) -> None:
    assert POLICY.renames == "refuse"
    row = line("lee.ann", "Anne Lee", email="ann@x.org")

    made = part(planned, row, twins={"LEE.ann": "alee"})

    update = made.frames["update"]
    assert update.select("person", "before:username", "after:username").row(0) == (1, "alee", "lee.ann")
    assert (made.statuses.get_column("row_status").to_list(), "create" in made.frames) == (["renamed"], False)
    assert "username_twin" not in codes(made)


@BOTH
def test_two_people_are_no_longer_flagged(planned: Any) -> None:
    row = line("oz.bo", "Bo Oz", email="other@x.org", born="2011-05-03")

    made = part(planned, row, twins={"oz.bo": ""})

    assert "username_twin" not in codes(made)
    assert made.frames["create"].get_column("username").to_list() == ["oz.bo"]


@BOTH
def test_a_decision_renames_nobody_else_and_no_administrator(planned: Any) -> None:
    made = part(
        planned,
        line("lee.ann", "Anne Lee", email="ann@x.org"),
        line("new.root", "Ro Ot", email="ro@x.org"),
        line("ghost", "Gho St"),
        twins={"new.root": "root", "ghost": "nobody", "lee.ann": "alee"},
    )

    assert made.frames["update"].get_column("person").to_list() == [1]
    assert {"rename_administrator", "rename_unknown"} <= {*codes(made)}
    assert made.statuses.sort("row").get_column("row_status").to_list() == ["renamed", "failed", "failed"]


@BOTH
def test_other_rows_still_rename_nobody(planned: Any) -> None:
    lines = [line("lee.ann", "Anne Lee", email="ann@x.org"), line("bozo", "Bo Oz", email="bo@x.org")]
    olds = [{**each, "oldusername": old} for each, old in zip(lines, ("", "boz"), strict=True)]

    made = part(planned, *olds, twins={"lee.ann": "alee"})

    assert made.statuses.sort("row").get_column("row_status").to_list() == ["renamed", "skipped"]
    assert "rename_refused" in codes(made)
