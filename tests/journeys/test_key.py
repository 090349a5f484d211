"""A site has one key: a missing key is never replaced."""

from pathlib import Path

from tests.journeys.conftest import Answer, Site

PEOPLE = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n"


def missing(home: Path) -> Answer:
    """What every command says then."""
    return Answer(
        5,
        "",
        f"Error: The key of this site is missing: there is none in {home}/data_key, and none in ENLIST_KEY.\n"
        "Put the data_key of the site there, or set ENLIST_HOME to the folder where it is.\n",
    )


def test_a_missing_key_is_reported_and_no_other_is_created(site: Site) -> None:
    site.enlist("init")
    site.enlist("import", site.file("people.csv", text=PEOPLE), "--yes")
    home = site.folder / "var"
    (home / "data_key").rename(site.folder / "kept")

    for words in (("people", "list"), ("init",), ("worker", "--until-empty"), ("backup", "all.backup")):
        said = site.enlist(*words)
        assert (said.code, said.err.removeprefix("Waiting for jobs.\n")) == (5, missing(home).err), words
    assert not (home / "data_key").exists()
    assert not (site.folder / "all.backup").exists()
    by_name = site.enlist("people", "list", "--json", ENLIST_KEY=(site.folder / "kept").read_text())
    (site.folder / "kept").rename(home / "data_key")

    assert (by_name.code, site.enlist("people", "list", "--json").out) == (0, by_name.out)
    assert '"ann"' in by_name.out


def test_an_empty_key_is_none(site: Site) -> None:
    site.enlist("init")
    (site.folder / "var" / "data_key").write_text("")

    assert site.enlist("people", "list") == missing(site.folder / "var")


def test_another_folder_beside_the_same_database_gets_no_key_of_its_own(site: Site) -> None:
    site.enlist("init")
    address = site.database or f"sqlite:///{site.folder}/var/enlist.sqlite3"

    said = site.enlist("init", DATABASE_URL=address, ENLIST_HOME="elsewhere")

    assert said == missing(site.folder / "elsewhere")
    assert not (site.folder / "elsewhere" / "data_key").exists()
