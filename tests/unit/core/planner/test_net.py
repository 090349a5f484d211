import polars as pl
from polars.testing import assert_frame_equal

from enlist.core.changes import COURSE_GROUPS_SCHEMA, ENROLMENTS_SCHEMA, MEMBERS_SCHEMA
from enlist.core.planner.net import After, Net, net, seen_by
from tests.support.worlds import SCHOOL, directory, people, person


def lines(result: Net, *, verb: str) -> list[dict[str, object]]:
    return result.frames[verb].to_dicts()


def test_it_finds_nothing_where_nothing_changed() -> None:
    before = directory(person(1), enrolments=[(1, 10, 4, "active")], members=[(1, 20)])

    result = net(before, after=After(before.people, begun=before.frames))

    assert result.frames == {}


def test_it_shows_before_and_after_of_fields_that_change_for_one() -> None:
    before = directory(person(2, city="Rome"), person(1, city="Oslo"), person(3))
    after = people([person(2, city="Rome", profile_field_grade="1"), person(1, city="Bern"), person(3)])

    result = net(before, after=After(after))

    assert list(result.frames) == ["update"]
    assert lines(result, verb="update") == [
        {"person": 1, "version": 100, "before:city": "Oslo", "after:city": "Bern",
         "before:profile_field_grade": None, "after:profile_field_grade": None},
        {"person": 2, "version": 200, "before:city": "Rome", "after:city": "Rome",
         "before:profile_field_grade": None, "after:profile_field_grade": "1"},
    ]  # fmt: skip


def test_it_separates_a_state_from_fields() -> None:
    before = directory(person(1), person(2, state="inactive"), person(3))
    after = people([person(1, state="inactive"), person(2, city="Rome"), person(3)])

    result = net(before, after=After(after))

    assert {verb: frame.rows() for verb, frame in result.frames.items()} == {
        "update": [(2, 200, "", "Rome")],
        "deactivate": [(1, 100)],
        "reactivate": [(2, 200)],
    }


def test_it_numbers_new_people_by_username_after_those_of_earlier_parts() -> None:
    before = directory(person(1))
    new = people([person(-1, username="zoe"), person(-2, username="Amy")])
    enrolments = pl.DataFrame(
        [(person, 10, 4, "active", None, None, "import") for person in (-1, -2, 1)],
        schema=ENROLMENTS_SCHEMA,
        orient="row",
    )

    result = net(before, after=After(new, begun={"enrolment": enrolments}), taken={"person": 5})

    assert result.frames["create"].columns == [name for name in before.people.columns if name != "version"]
    assert result.frames["create"].select("person", "username").rows() == [(-7, "zoe"), (-6, "Amy")]
    assert result.frames["enrol"].rows() == [
        (-7, 10, 4, "active", None, None, "import"),
        (-6, 10, 4, "active", None, None, "import"),
        (1, 10, 4, "active", None, None, "import"),
    ]
    assert result.renumber(pl.Series([-2, None, 1, -1])).to_list() == [-6, None, 1, -7]


def test_it_numbers_new_course_groups_after_those_the_directory_holds_already() -> None:
    taken = pl.DataFrame([(-3, 10, "Green")], schema=COURSE_GROUPS_SCHEMA, orient="row")
    before = directory(person(1), reference=SCHOOL.with_frames({"course_group": taken}))
    groups = pl.DataFrame([(-101, 11, "A"), (-102, 10, "B")], schema=COURSE_GROUPS_SCHEMA, orient="row")
    members = pl.DataFrame([(1, -3), (1, -101), (1, -102)], schema=MEMBERS_SCHEMA, orient="row")

    result = net(before, after=After(before.people, begun={"course_group_membership": members, "course_group": groups}))

    assert result.frames["create_course_group"].rows() == [(-5, 11, "A"), (-4, 10, "B")]
    assert result.frames["join"].rows() == [(1, -5), (1, -4), (1, -3)]


def test_it_adds_no_enrolment_and_no_membership_that_is_there() -> None:
    before = directory(person(1), enrolments=[(1, 10, 4, "active")], members=[(1, 20)])
    enrolments = pl.DataFrame([(1, 10, 4, "active", None, None, "import"), (1, 11, 4, "active", None, None, "import")],
                              schema=ENROLMENTS_SCHEMA, orient="row")  # fmt: skip
    members = pl.DataFrame([(1, 20), (1, 22)], schema=MEMBERS_SCHEMA, orient="row")

    begun = {"enrolment": enrolments, "course_group_membership": members}
    result = net(before, after=After(before.people, begun=begun))

    expected = {
        "enrol": pl.DataFrame([(1, 11, 4, "active", None, None, "import")], schema=ENROLMENTS_SCHEMA, orient="row"),
        "join": pl.DataFrame([(1, 22)], schema=MEMBERS_SCHEMA, orient="row"),
    }
    assert list(result.frames) == list(expected)
    for verb, frame in expected.items():
        assert_frame_equal(result.frames[verb], frame)


def test_who_is_removed_takes_their_records_along() -> None:
    before = directory(
        person(1), person(2), enrolments=[(1, 10, 4, "active"), (2, 10, 4, "active")], members=[(1, 20), (2, 20)]
    )
    leaving = pl.DataFrame({"person": [1, 9], "course_group": [20, 20]})
    removed = pl.Series("person", [1], dtype=pl.Int64)

    result = net(before, after=After(before.people, ended={"course_group_membership": leaving}, removed=removed))

    assert {verb: frame.rows() for verb, frame in result.frames.items()} == {
        "leave": [(1, 20)],
        "unenrol": [(1, 10, 4, "active", None, None, "import")],
        "remove": before.people.filter(person=1).rows(),
    }


def test_a_record_ends_by_its_key() -> None:
    before = directory(person(1), enrolments=[(1, 10, 4, "active"), (1, 10, 3, "active"), (1, 11, 4, "active")])
    ended = pl.DataFrame({"person": [1, 1], "course": [10, 12], "role": [4, 4]})

    result = net(before, after=After(before.people, ended={"enrolment": ended}))

    assert list(result.frames) == ["unenrol"]
    assert result.frames["unenrol"].rows() == [(1, 10, 4, "active", None, None, "import")]


def test_it_shows_before_and_after_of_an_enrolment_that_changes() -> None:
    before = directory(person(1), enrolments=[(1, 10, 4, "active"), (1, 11, 4, "active")])
    status = pl.when(pl.col("course") == 11).then(pl.lit("suspended")).otherwise("status")
    after = before.enrolments.with_columns(status=status)

    result = net(before, after=After(before.people, begun={"enrolment": after}))

    assert list(result.frames) == ["change_enrolment"]
    names = ("person", "course", "before:status", "after:status", "before:start", "after:start")
    images = {name: result.frames["change_enrolment"].get_column(name).to_list() for name in names}
    assert images == {
        "person": [1], "course": [11], "before:status": ["active"], "after:status": ["suspended"],
        "before:start": [None], "after:start": [None],
    }  # fmt: skip


def test_people_created_and_removed_by_the_same_rows_get_no_number() -> None:
    new = people([person(-2, username="amy")])
    removed = pl.Series("person", [-1], dtype=pl.Int64)

    result = net(directory(person(1)), after=After(new, removed=removed))

    assert list(result.frames) == ["create"]
    assert result.renumber(pl.Series([-1, -2, None, 1], dtype=pl.Int64)).to_list() == [None, -1, None, 1]


def test_a_part_has_seen_the_people_of_its_rows_and_changes() -> None:
    before = directory(person(1), person(2), person(3), person(4))
    members = pl.DataFrame([(2, 20), (-1, 20)], schema=MEMBERS_SCHEMA, orient="row")

    seen = seen_by({"join": members}, rows=pl.Series([4]), directory=before)

    assert seen.rows() == [(2, 200), (4, 400)]
