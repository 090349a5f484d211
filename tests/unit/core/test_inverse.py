"""What an undo restores, and what it keeps: one case for each decision."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from enlist.core.changes import VERBS, VERSION_AFTER, relation_of
from enlist.core.directory.directory import Directory
from enlist.core.plan.applied import Applied
from enlist.core.plan.plan import Part
from enlist.core.plan.preview import logical, preview_part
from enlist.core.planner.reference import plan_rows
from enlist.core.planner.undo.inverse import CurrentState, inverse
from enlist.core.policy import Policy
from tests.support.worlds import SCHOOL, directory, person, rows

Cells = dict[str, Any]
ANNA: Cells = {"username": "anna", "firstname": "Anna", "lastname": "Ode", "email": "anna@x.org", "city": "Oslo"}
CARA: Cells = {"username": "cara", "firstname": "Cara", "lastname": "Cole", "email": "cara@x.org", "city": "Rome"}
APPLIED = Applied(stamp=7, first={"person": 50, "course_group": 60})
UNDONE = Applied(stamp=8, first={"person": 70, "course_group": 80})
POLICY = Policy().replace(existing_people="update", update_details="from_file", unknown_course_group="create")


def imported(*lines: Cells, before: Directory) -> tuple[Part, Directory]:
    """A part, and the directory after its apply."""
    part = plan_rows(rows(*lines), before, policy=POLICY)
    return part, preview_part(before, part=part, applied=APPLIED)


def undo(part: Part, *, now: Directory, **since: Any) -> tuple[Part, Directory]:
    """The undo, and the directory after it."""
    back = inverse(part, applied=APPLIED, current=CurrentState(now, **since))
    return back, preview_part(now, part=back, applied=UNDONE)


def meddled(now: Directory, *, person: int, **cells: str) -> Directory:
    """A person is edited."""
    changes = [pl.lit(cell).alias(slug) for slug, cell in cells.items()]
    is_theirs = pl.col("person") == person
    changed = now.people.filter(is_theirs).with_columns(*changes, version=pl.lit(999, pl.Int64()))
    return replace(now, people=pl.concat([now.people.filter(~is_theirs), changed]))


def flags(part: Part) -> list[tuple[Any, ...]]:
    return part.flags.select("line", "code", "field", "value", "detail").rows()


def world() -> Directory:
    return directory(person(1, **ANNA), enrolments=[(1, 11, 3, "active")], members=[(1, 22)])


@pytest.fixture
def lines() -> list[Cells]:
    place = {"course1": "ART", "group1": "Green"}
    return [{**ANNA, "city": "Bern", **place}, {**CARA, **place}, {**ANNA, "email": "ode@x.org", **place}]


@pytest.mark.spec("EN-03")
def test_it_takes_everything_back_where_nobody_changed_anything(lines: list[Cells]) -> None:
    before = world()
    part, now = imported(*lines, before=before)

    back, after = undo(part, now=now)

    assert {verb: frame.height for verb, frame in back.frames.items()} == {
        "leave": 2, "unenrol": 2, "remove": 1, "drop_course_group": 1, "update": 1,
    }  # fmt: skip
    assert flags(back) == []
    assert after.people.rows() == before.people.rows()
    assert logical(after) == logical(before)


def test_it_gives_people_their_old_version_back(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())

    back, after = undo(part, now=now)

    assert back.seen.select("person", "version", VERSION_AFTER).rows() == [(1, 7, 100), (50, 7, None)]
    assert after.people.select("person", "version").rows() == [(1, 100)]


def test_it_restores_the_old_version_if_it_only_ends_an_enrolment() -> None:
    before = directory(person(1, **ANNA))
    part, now = imported({"username": "anna", "course1": "ART"}, before=before)

    back, after = undo(part, now=now)

    assert list(back.frames) == ["unenrol"]
    assert now.people.get_column("version").to_list() == [7]
    assert after.people.rows() == before.people.rows()


@pytest.mark.spec("EN-03")
def test_it_keeps_and_names_a_cell_that_somebody_changed_since() -> None:
    part, now = imported({**ANNA, "city": "Bern", "lastname": "Oak"}, before=world())

    back, after = undo(part, now=meddled(now, person=1, city="Kiev", department="Lab"))

    assert flags(back) == [(2, "kept_changed_since", "city", "anna", "Oslo")]
    assert after.people.select("lastname", "city", "department", "version").rows() == [("Ode", "Kiev", "Lab", 8)]


def test_a_cell_that_somebody_took_back_already_is_no_matter() -> None:
    part, now = imported({**ANNA, "city": "Bern"}, before=world())

    back, _ = undo(part, now=meddled(now, person=1, city="Oslo"))

    assert (back.frames, flags(back)) == ({}, [])


@pytest.mark.parametrize("how", ["changed", "signed in"])
def test_it_only_deactivates_a_person_who_was_changed_or_has_signed_in_since(how: str, lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())
    now = meddled(now, person=50, city="Kiev") if how == "changed" else now
    signed_in = pl.Series([50] if how == "signed in" else [], dtype=pl.Int64())

    back, after = undo(part, now=now, signed_in=signed_in)

    assert flags(back) == [
        (None, "course_group_kept", None, "Green", "ART"),
        (3, "kept_person_changed", None, "cara", None),
    ]
    states = dict(after.people.select("username", "state").iter_rows())
    assert states == {"anna": "active", "cara": "inactive"}
    assert logical(after)["course_group_membership"] == [("anna", "BIO / Red"), ("cara", "ART / Green")]


def test_it_turns_people_back_who_are_as_it_left_them() -> None:
    before = directory(person(1, **ANNA, state="inactive"), person(2, username="bob"), person(3, username="cy"))
    turned = Part(
        frames={
            "deactivate": before.people.filter(pl.col("person") > 1).select("person", "version"),
            "reactivate": before.people.filter(pl.col("person") == 1).select("person", "version"),
        },
        seen=before.people.select("person", "version"),
    )
    now = meddled(preview_part(before, part=turned, applied=APPLIED), person=3, state="active")

    back, after = undo(turned, now=now)

    assert {verb: frame.rows() for verb, frame in back.frames.items()} == {
        "deactivate": [(1, 7)],
        "reactivate": [(2, 7)],
    }
    assert flags(back) == []
    assert after.people.select("username", "state", "version").sort("username").rows() == [
        ("anna", "inactive", 100), ("bob", "active", 200), ("cy", "active", 999),
    ]  # fmt: skip


def test_it_keeps_an_address_whose_former_one_somebody_else_has_now() -> None:
    part, now = imported({**ANNA, "email": "new@x.org", "city": "Bern"}, before=world())
    taken = person(2, username="bob", email="anna@x.org")
    now = replace(now, people=pl.concat([now.people, pl.DataFrame([taken], schema=now.people.schema)]))

    back, after = undo(part, now=now)

    assert flags(back) == [(2, "kept_taken", "email", "anna", "anna@x.org")]
    assert after.people.select("username", "email", "email_key", "city").rows() == [
        ("bob", "anna@x.org", "anna@x.org", ""),
        ("anna", "new@x.org", "new@x.org", "Oslo"),
    ]


def test_it_gives_an_address_back_where_addresses_are_shared() -> None:
    before = replace(world(), reference=replace(SCHOOL, shared_email=True))
    part, now = imported({**ANNA, "email": "new@x.org"}, before=before)
    taken = person(2, username="bob", email="anna@x.org")
    now = replace(now, people=pl.concat([now.people, pl.DataFrame([taken], schema=now.people.schema)]))

    back, after = undo(part, now=now)

    assert flags(back) == []
    assert sorted(after.people.get_column("email")) == ["anna@x.org", "anna@x.org"]


def test_two_who_swapped_addresses_swap_back() -> None:
    before = directory(person(1, **ANNA), person(2, **CARA))
    lines = [{**ANNA, "email": "z@x.org"}, {**CARA, "email": "anna@x.org"}, {**ANNA, "email": "cara@x.org"}]
    part, now = imported(*lines, before=before)

    _, after = undo(part, now=now)

    assert now.people.get_column("email").to_list() == ["cara@x.org", "anna@x.org"]
    assert after.people.sort("person").rows() == before.people.rows()


def test_it_keeps_an_enrolment_whose_status_somebody_changed_since() -> None:
    part, now = imported({"username": "anna", "course1": "ART"}, before=directory(person(1, **ANNA)))
    now = meddled(now, person=1).with_frames({"enrolment": now.enrolments.with_columns(status=pl.lit("suspended"))})

    back, after = undo(part, now=now)

    assert (back.frames, flags(back)) == ({}, [(2, "kept_changed_since", "enrolment", "anna", None)])
    assert after.enrolments.rows() == [(1, 10, 4, "suspended", None, None, "import")]


def test_it_drops_a_course_group_that_other_parts_of_the_undo_empty(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())
    more = pl.concat([now.members, pl.DataFrame({"person": [9], "course_group": [60]})])

    others = now.with_frames({"course_group_membership": more})
    kept, _ = undo(part, now=others)
    dropped, _ = undo(part, now=others, leaving={"course_group_membership": more.filter(pl.col("person") == 9)})

    assert flags(kept) == [(None, "course_group_kept", None, "Green", "ART")]
    assert "drop_course_group" not in kept.frames
    assert dropped.frames["drop_course_group"].rows() == [(60, 10, "Green")]


def test_it_keeps_a_course_group_that_was_renamed_since(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())
    groups = now.reference.course_groups.with_columns(name=pl.col("name").replace("Green", "Lime"))

    back, _ = undo(part, now=now.with_frames({"course_group": groups}))

    assert flags(back) == [(None, "course_group_kept", None, "Lime", "ART")]


def test_missing_people_are_named_by_line(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())

    back, after = undo(part, now=now.of(pl.Series([50])))

    assert flags(back) == [(2, "gone_since", None, None, None)]
    assert after.people.is_empty()


@pytest.mark.spec("EN-03")
def test_an_undo_can_be_undone(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())
    back, after = undo(part, now=now)

    again = inverse(back, applied=UNDONE, current=CurrentState(after))
    restored = preview_part(after, part=again, applied=Applied(stamp=9, first={"person": 90, "course_group": 95}))

    assert list(again.frames) == ["create_course_group", "update", "restore", "enrol", "join"]
    assert again.flags.is_empty()
    assert restored.people.sort("person").rows() == now.people.sort("person").rows()
    assert logical(restored) == logical(now)


def test_a_person_who_lost_the_username_is_not_restored(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())
    back, after = undo(part, now=now)
    new = pl.DataFrame([person(2, username="CARA")], schema=after.people.schema)

    again = inverse(back, applied=UNDONE, current=CurrentState(replace(after, people=pl.concat([after.people, new]))))

    assert again.flags.select("code", "value").rows() == [("not_restored", "cara")]
    assert "restore" not in again.frames
    assert again.frames["join"].rows() == [(1, 60)]


def test_a_missing_address_keeps_nobody_away() -> None:
    """Many people have none."""
    before = directory(person(1, **ANNA), person(2, **{**CARA, "email": ""}))
    removed = part_of(before, remove=before.people.filter(person=2))
    now = preview_part(before, part=removed, applied=APPLIED)

    back, after = undo(removed, now=meddled(now, person=1, email="", email_key=""))

    assert (list(back.frames), flags(back)) == (["restore"], [])
    assert sorted(after.people.get_column("username")) == ["anna", "cara"]


def part_of(before: Directory, **frames: pl.DataFrame) -> Part:
    return Part(frames=frames, seen=before.people.select("person", "version"))


def without_group(now: Directory, group: int, *, instead: int | None = None) -> Directory:
    """Somebody dropped a course group, and may have created another of its name."""
    groups = now.reference.course_groups
    others = groups.filter(pl.col("course_group") != group)
    again = groups.filter(course_group=group if instead else 0).with_columns(course_group=pl.lit(instead, pl.Int64()))
    return now.with_frames({"course_group": pl.concat([others, again])})


@pytest.fixture
def left() -> tuple[Part, Directory]:
    """Anna was taken out of course group 22, and the directory after it."""
    before = world()
    part = part_of(before, leave=before.members)
    return part, preview_part(before, part=part, applied=APPLIED)


def test_nobody_gets_back_into_a_course_group_that_is_gone(left: tuple[Part, Directory]) -> None:
    part, now = left

    back, _ = undo(part, now=without_group(now, 22))

    assert (back.frames, flags(back)) == ({}, [(None, "group_gone", "course group", "anna", None)])


def test_people_get_into_the_course_group_that_replaced_theirs(left: tuple[Part, Directory]) -> None:
    part, now = left
    known = {"course_group": now.reference.course_groups}

    back, _ = undo(part, now=without_group(now, 22, instead=99), known=known)

    assert ({verb: frame.rows() for verb, frame in back.frames.items()}, flags(back)) == ({"join": [(1, 99)]}, [])


def test_whoever_joined_again_stays_a_member_once(left: tuple[Part, Directory]) -> None:
    part, now = left

    back, _ = undo(part, now=now.with_frames({"course_group_membership": world().members}))

    assert (back.frames, flags(back)) == ({}, [])


def test_an_enrolment_that_somebody_began_again_stays_as_it_is() -> None:
    before = world()
    part = part_of(before, unenrol=before.enrolments)
    now = preview_part(before, part=part, applied=APPLIED)
    again = before.enrolments.with_columns(status=pl.lit("suspended"))

    back, after = undo(part, now=now.with_frames({"enrolment": again}))

    assert (back.frames, flags(back)) == ({}, [(None, "kept_changed_since", "enrolment", "anna", None)])
    assert after.enrolments.rows() == again.rows()


def changed_enrolment() -> tuple[Part, Directory]:
    before = world()
    frame = before.enrolments.rename({name: f"before:{name}" for name in ("status", "start", "end")})
    after = {
        "after:status": pl.lit("suspended"),
        "after:start": pl.lit("2027-01-01 00:00:00"),
        "after:end": pl.lit(None, pl.String),
    }
    shape = VERBS["change_enrolment"]
    schema = relation_of(shape.name).schema_of(shape)
    part = part_of(before, change_enrolment=frame.with_columns(**after).select(*schema).cast(pl.Schema(schema)))
    return part, preview_part(before, part=part, applied=APPLIED)


def test_a_changed_enrolment_changes_back() -> None:
    part, now = changed_enrolment()

    back, after = undo(part, now=now)

    assert now.enrolments.rows() == [(1, 11, 3, "suspended", "2027-01-01 00:00:00", None, "import")]
    assert (list(back.frames), flags(back)) == (["change_enrolment"], [])
    assert after.enrolments.rows() == world().enrolments.rows()


def test_an_enrolment_that_somebody_changed_since_does_not_change_back() -> None:
    part, now = changed_enrolment()

    back, _ = undo(part, now=now.with_frames({"enrolment": now.enrolments.with_columns(status=pl.lit("active"))}))

    assert (back.frames, flags(back)) == ({}, [(None, "kept_changed_since", "enrolment", "anna", None)])


def test_people_who_changed_or_signed_in_are_kept_with_all_their_records(lines: list[Cells]) -> None:
    part, now = imported(*lines, before=world())

    back, after = undo(part, now=now, signed_in=pl.Series([50], dtype=pl.Int64()))

    assert [line for line in after.enrolments.rows() if line[0] == 50] == [
        line for line in now.enrolments.rows() if line[0] == 50
    ]
    assert after.people.filter(person=50).get_column("version").to_list() == [UNDONE.stamp]
    assert back.seen.select("person", VERSION_AFTER).rows() == [(1, 100), (50, None)]
