"""Profile fields are set up, and filled by files."""

import json

import pytest

from tests.journeys.conftest import Answer, Site

FILE = "username,firstname,lastname,email,profile_field_house,profile_field_badge\n"


def test_a_field_is_added_and_files_fill_it(site: Site) -> None:
    site.enlist("init")
    first = site.enlist("fields", "list")

    added = site.enlist(
        "fields", "add", "house", "--name", "House", "--kind", "choice", "--option", "Oak", "--option", "Elm"
    )
    site.enlist("fields", "add", "badge", "--unique", "--required")
    rows = "ann,Ann,Lee,ann@x.org,oak,7\nbob,Bob,Ray,bob@x.org,Ash,7\ncem,Cem,Kaya,cem@x.org,Elm,\n"
    done = site.enlist("import", site.file("a.csv", text=FILE + rows), "--yes", "--json")

    assert (first.out, first.err) == (
        "",
        "There are no profile fields yet. Add one with `enlist fields add SHORTNAME`.\n",
    )
    assert added == Answer(0, "Added house. Files can now have a column profile_field_house.\n", "")
    assert [each["shortname"] for each in json.loads(site.enlist("fields", "list", "--json").out)] == ["house", "badge"]
    assert json.loads(site.enlist("people", "show", "ann", "--json").out)["profile"] == {"house": "Oak", "badge": "7"}
    assert json.loads(done.out)["outcome"]["verbs"]["create"] == 1
    assert "field added\n    house.\n" in site.enlist("activity").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Bad Name"], "“Bad Name” can't be the name of a profile field."),
        (["house"], "There is already a profile field house."),
        (["hobby", "--kind", "numbers"], "“numbers” isn't a kind of profile field."),
        (["hobby", "--kind", "choice"], "A field of the kind choice needs options."),
        (["hobby", "--option", "1"], "A field of the kind text has no options."),
        (["hobby", "--kind", "choice", "--option", "a", "--option", "A"], "No two options may be the same"),
        (["hobby", "--kind", "choices", "--option", "a;b"], "can't contain ; or |"),
        (["hobby", "--kind", "choice", "--option", "a", "--default", "b"], "The default “b” isn't one of the options."),
        (["hobby", "--unique", "--default", "b"], "A unique field can't have a default"),
    ],
)
def test_what_cannot_be_a_field_is_refused_with_a_sentence(words: list[str], said: str, school: Site) -> None:
    refused = school.enlist("fields", "add", *words)

    assert (refused.code, refused.out, said in refused.err) == (2, "", True)
