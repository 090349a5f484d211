"""The merge of docs/merge.md, as people type it (EN-16)."""

from pathlib import Path

from tests.journeys.conftest import Site

DOCS = Path(__file__).parents[2] / "docs" / "merge.md"


def test_two_people_are_merged_and_the_merge_is_undone(site: Site) -> None:
    site.enlist("init")
    head = "username,firstname,lastname,email,city,cohort1\n"
    people = "ann,Ann,Lee,ann@x.org,,Chess\nanne,Anne,Lee,anne@y.org,Oslo,Chess\n"
    site.file("list.csv", text=head + people)
    site.enlist("import", "list.csv", "--set", "unknown_group=create", "--yes")

    shown = site.enlist("people", "merge", "ann", "anne", "--take", "email", "--dry-run")
    still = site.enlist("people", "show", "anne")
    done = site.enlist("people", "merge", "ann", "anne", "--take", "email", "--yes")
    merged = site.enlist("people", "show", "anne")
    history = site.enlist("history", "ann")
    undone = site.enlist("undo", "2", "--yes")
    after = site.enlist("people", "show", "anne")

    page = DOCS.read_text("utf-8").partition("$ enlist people merge ann anne --take email\n")[2].partition("```")[0]
    assert done.out == page.replace("Apply this? [y/N]: y\n\n", "")
    assert shown.out == page.partition("Apply this?")[0].rstrip() + "\n"
    assert ("merged_into: ann" in merged.out, "merged_into" in still.out + after.out) == (True, False)
    assert "import 1 (list.csv, line 3)  anne" in history.out
    assert "merged with anne" in history.out
    assert (undone.code, "state: active" in after.out) == (0, True)


def test_an_impossible_merge_says_why(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@x.org\n")
    site.enlist("import", "list.csv", "--yes")

    alone = site.enlist("people", "merge", "ann", "ANN", "--yes")
    nobody = site.enlist("people", "merge", "ann", "anne", "--yes")

    assert (alone.code, alone.err) == (2, "Error: ann can't be merged into themselves.\nChoose two people.\n")
    assert (nobody.code, nobody.err.splitlines()[0]) == (2, "Error: Nobody has the username “anne”.")
