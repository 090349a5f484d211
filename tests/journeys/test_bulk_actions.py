"""One command changes many people, after a preview, and can be undone."""

import json

import pytest

from tests.journeys.conftest import Site


def test_people_are_enrolled_by_name_and_taken_out_again(school: Site) -> None:
    before = names(school, "--course", "ART")
    teachers = sorted(names(school, "--role", "instructor") - before)[:3]
    done = school.enlist("people", "many", "enrol", *teachers, "--into", "ART", "--with-role", "teacher", "--yes")
    inside = names(school, "--course", "ART")
    told = school.enlist("activity").out
    school.enlist("undo", "1", "--yes")

    assert (done.code, len(teachers)) == (0, 3)
    assert inside == before | set(teachers)
    assert "many changed\n    Enrol people in ART: import 1.\n" in told
    assert names(school, "--course", "ART") == before


def test_what_is_over_the_limits_needs_approval(school: Site) -> None:
    answer = school.enlist("people", "many", "deactivate", "--role", "instructor", "--yes")

    assert answer.code == 7
    assert names(school, "--role", "instructor", "--state", "inactive") == set()


def names(school: Site, *words: str) -> set[str]:
    """The usernames that the command lists."""
    found = json.loads(school.enlist("people", "list", "--json", "--limit", "500", *words).out)
    return {each["username"] for each in found["people"]}


def test_some_are_exported_as_a_workbook(school: Site) -> None:
    path = school.folder / "some.xlsx"
    answer = school.enlist("people", "export", "--role", "instructor", "-o", str(path))

    assert answer.code == 0
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deactivate"], "It isn't clear which people you mean."),
        (["deactivate", "ann", "--everybody"], "It isn't clear which people you mean."),
        (["deactivate", "ann", "--state", "active"], "It isn't clear which people you mean."),
        (["bless", "--everybody"], "“bless” isn't a bulk action."),
        (["join", "--everybody", "--into", "Nowhere"], "There is no group “Nowhere”."),
        (["enrol", "--everybody", "--into", "Nowhere"], "There is no course “Nowhere”."),
        (["deactivate", "--state", "gone"], "Lists of people have no state “gone”."),
    ],
)
def test_what_is_not_clear_is_refused(words: list[str], said: str, school: Site) -> None:
    refused = school.enlist("people", "many", *words, "--yes")

    assert (refused.code, said in refused.err) == (2, True)
