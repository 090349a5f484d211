"""The older article's rules: strict usernames, people without an address, types of enrolment."""

import pytest

from enlist.core.directory.directory import Directory
from enlist.core.headers.match import match_headers
from enlist.core.plan.preview import logical, preview
from enlist.core.planner import plan
from enlist.core.presets import preset
from enlist.core.rows.check import check
from enlist.formats import read
from tests.support.worlds import directory, person


def imported(file: str, *settings: str, before: Directory) -> Directory:
    policy = preset("easycampus").configure(settings)
    table = read(file.encode(), name="people.csv")
    headers = match_headers(table, reference=before.reference)
    rows = check(table, headers, policy=policy, reference=before.reference)
    return preview(before, plan(rows, before, policy=policy, approved=True))


@pytest.mark.spec("EC-24", "EC-10")
def test_people_need_no_address_and_type_3_is_the_third_role() -> None:
    file = "username,firstname,lastname,course1,type1\njonest,Tom,Jones,ART,3\n"

    after = logical(imported(file, "type_roles.3=assistant", before=directory()))

    assert after["people"]["jonest"]["email"] == ""
    assert after["enrolment"] == [("jonest", "ART", "assistant", "active", None, None, "import")]


@pytest.mark.spec("EC-24", "EC-06", "EC-08")
def test_one_file_adds_and_deletes() -> None:
    file = "username,firstname,lastname,deleted\njonest,Tom,Jones,0\nreznort,,,1\n"

    after = imported(
        file, "upload_type=add_and_update", "deletes=allow", before=directory(person(1, username="reznort"))
    )

    assert sorted(logical(after)["people"]) == ["jonest"]


@pytest.mark.spec("EC-18")
def test_usernames_keep_letters_digits_dash_and_dot() -> None:
    file = "firstname,lastname,email\nJohn Jr.,Doe,jd@example.org\n"

    after = imported(file, "username_from=%-f_%-l", before=directory())

    assert sorted(logical(after)["people"]) == ["johnjr.doe"]


@pytest.mark.spec("EC-20", "EC-21")
@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ((), ["jdoe"]),
        (("new_username_duplicates=skip",), ["jdoe"]),
        (("new_username_duplicates=append_counter",), ["jdoe", "jdoe2"]),
    ],
)
def test_a_username_that_is_taken_is_skipped_unless_it_gets_a_number(
    settings: tuple[str, ...], there: list[str]
) -> None:
    file = "username,firstname,lastname,email\njdoe,Jane,Doe,b@x.org\n"

    after = imported(file, *settings, before=directory(person(1, username="jdoe")))

    assert sorted(logical(after)["people"]) == there


@pytest.mark.spec("EC-04")
def test_a_blank_cell_takes_the_default() -> None:
    file = "username,firstname,lastname,city\nann,Ann,Lee,\nbob,Bob,Ray,Oslo\n"

    after = logical(imported(file, "defaults.city=Perth", before=directory()))

    assert {name: told["city"] for name, told in after["people"].items()} == {"ann": "Perth", "bob": "Oslo"}


@pytest.mark.spec("EC-20")
def test_a_counter_makes_usernames_unique() -> None:
    file = "firstname,lastname,email\nJohn,Doe,a@x.org\nJane,Doe,b@x.org\nJenny,Doe,c@x.org\nJoe,Doe,d@x.org\n"

    after = imported(
        file, "upload_type=add_all", "username_from=%-1f%-l", before=directory(person(1, username="jdoe3"))
    )

    assert sorted(logical(after)["people"]) == ["jdoe", "jdoe2", "jdoe3", "jdoe4", "jdoe5"]
