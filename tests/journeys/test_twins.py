"""Twins of docs/merge.md, as people type them."""

from pathlib import Path

from tests.journeys.conftest import Site

DOCS = Path(__file__).parents[2] / "docs" / "merge.md"
HEAD = "username,firstname,lastname,email\n"


def test_a_twin_is_named_renamed_and_renamed_back(site: Site) -> None:
    site.enlist("init")
    site.file("first.csv", text=f"{HEAD}alee,Ann,Lee,ann@x.org\n")
    site.enlist("import", "first.csv", "--preset", "sync", "--no-invite", "--yes")
    site.file("list.csv", text=f"{HEAD}lee.ann,Anne,Lee,ann@x.org\n")

    shown = site.enlist("plan", "list.csv", "--preset", "sync")
    two = site.enlist("plan", "list.csv", "--preset", "sync", "--two-people", "lee.ann")
    wrong = site.enlist("plan", "list.csv", "--preset", "sync", "--rename-twin", "alee")
    missing = site.enlist("plan", "list.csv", "--preset", "sync", "--two-people", "lee.anne")
    done = site.enlist(
        "import", "list.csv", "--preset", "sync", "--rename-twin", "alee=lee.ann", "--no-invite", "--yes"
    )
    renamed = site.enlist("people", "show", "lee.ann")
    undone = site.enlist("undo", "2", "--yes")

    line = DOCS.read_text("utf-8").partition("$ enlist plan list.csv --preset sync\n…\n")[2].partition("\n")[0]
    assert line.strip()
    assert line in shown.out.splitlines()
    assert "Nobody has the username" not in two.out
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "Error: “alee” isn't of the form old=new.")
    assert (missing.code, missing.err.splitlines()[-2]) == (2, "Error: No row has the username: lee.anne.")
    assert (done.code, undone.code) == (0, 0)
    assert "firstname: Anne" in renamed.out
    assert site.enlist("people", "show", "alee").code == 0


def test_a_twin_over_the_limits_is_renamed_when_it_is_approved(site: Site) -> None:
    site.enlist("init")
    site.file("first.csv", text=f"{HEAD}alee,Ann,Lee,ann@x.org\n")
    site.enlist("import", "first.csv", "--preset", "sync", "--no-invite", "--yes")
    site.enlist("limits", "--set", "update=0,0")
    site.file("list.csv", text=f"{HEAD}lee.ann,Anne,Lee,ann@x.org\n")

    held = site.enlist(
        "import", "list.csv", "--preset", "sync", "--rename-twin", "alee=lee.ann", "--no-invite", "--yes"
    )
    before = site.enlist("people", "show", "lee.ann").code
    approved = site.enlist("approve", "3", "--confirm", "1")

    assert "1 person: 1 renamed, 1 updated" in held.out
    assert (before, approved.code, site.enlist("people", "show", "lee.ann").code) == (2, 0, 0)
