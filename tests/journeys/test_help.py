import pytest

from tests.journeys.conftest import Site


def test_enlist_shows_its_help_however_it_is_started(site: Site) -> None:
    answer = site.enlist("--help")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Usage: enlist [OPTIONS] COMMAND [ARGS]...\n\n  Bring people into a learning platform")


@pytest.mark.parametrize(
    "words", [["--help"], ["plan", "--help"], ["presets"], ["policy", "moodle"], ["template", "moodle"]]
)
def test_what_needs_no_database_loads_neither_django_nor_polars(words: list[str], site: Site) -> None:
    answer = site.enlist(*words, PYTHONPROFILEIMPORTTIME="1")

    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in answer.err.splitlines()}
    assert answer.code == 0
    assert "typer" in loaded
    assert not loaded & {"django", "polars", "rich", "psycopg"}
