"""Manual changes of people, groups, courses and fields, at the terminal."""

import json

import pytest

from tests.journeys.conftest import Answer, Site


def test_what_a_file_names_is_added_first(site: Site) -> None:
    site.enlist("init")
    nothing = [site.enlist(noun, "list").err for noun in ("groups", "courses")]
    made = [
        site.enlist("groups", "add", "Year 7", "idnumber=y7"),
        site.enlist("courses", "add", "ART", "name=Art", "days=90"),
        site.enlist("courses", "group", "ART", "Drawing"),
        site.enlist("people", "add", "ann", "firstname=Ann", "lastname=Lee", "email=ann@x.org", "country=Germany"),
    ]
    rows = "username,course1,group1,cohort1\nann,ART,Drawing,y7\n"
    site.enlist("import", site.file("a.csv", text=rows), "--set", "upload_type=update", "--yes")
    ann = json.loads(site.enlist("people", "show", "ann", "--json").out)

    assert nothing == [
        "There are no groups yet. Add one with `enlist groups add NAME`.\n",
        "There are no courses yet. Add one with `enlist courses add SHORTNAME`.\n",
    ]
    assert [answer.code for answer in made] == [0] * 4
    assert made[-1] == Answer(0, "Added ann.\n", "")
    assert (ann["country"], ann["source"]) == ("DE", "manual")
    assert ann["course_groups"] == [{"course": "ART", "group": "Drawing"}]
    assert ann["groups"] == [{"group": "Year 7", "source": "import"}]


def test_they_are_changed_and_taken_away(school: Site) -> None:
    school.enlist("groups", "add", "Choir")
    changed = school.enlist("groups", "set", "Choir", "name=Singers")
    moved = school.enlist("fields", "move", "year", "up")
    named = school.enlist("fields", "set", "house", "name=Home", "--json")
    closed = school.enlist("courses", "set", "ART", "open=no")
    gone = school.enlist("groups", "remove", "Singers")
    kept = school.enlist("courses", "remove", "ART")

    assert changed == Answer(0, "name: Choir → Singers\n", "")
    assert moved.out.startswith("year, house, ")
    assert json.loads(named.out)["cells"] == [{"field": "name", "old": "House", "new": "Home"}]
    assert closed == Answer(0, "open: yes → no\n", "")
    assert gone == Answer(0, "Removed Singers.\n", "")
    assert kept.code == 2
    assert "so it can't be deleted." in kept.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["people", "add", "ann", "firstname=Ann"], "The field lastname can't be blank."),
        (["people", "add", "ann", "Ann"], "“Ann” isn't of the form FIELD=VALUE."),
        (["groups", "set", "Nowhere", "name=X"], "There is no group “Nowhere”."),
        (["courses", "remove", "Nowhere"], "There is no course “Nowhere”."),
        (["fields", "move", "house", "left"], "A field can't be moved “left”."),
        (["fields", "set", "nothing", "name=X"], "There is no profile field “nothing”."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(words: list[str], said: str, school: Site) -> None:
    refused = school.enlist(*words)

    assert (refused.code, refused.out, said in refused.err) == (2, "", True)
