import pytest

from enlist.project.database import SQLITE_PRAGMAS, database, databases


def test_an_sqlite_address_gets_the_options_that_make_it_safe_to_share() -> None:
    settings = database("sqlite:////srv/enlist/people.sqlite3")

    assert (settings["ENGINE"], settings["NAME"]) == ("django.db.backends.sqlite3", "/srv/enlist/people.sqlite3")
    assert settings["OPTIONS"] == {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}


def test_a_postgres_address_is_taken_apart() -> None:
    settings = database("postgres://ann:p%40ss@db.example.org:5433/people")

    parts = [settings[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["django.db.backends.postgresql", "ann", "p@ss", "db.example.org", 5433, "people"]


def test_the_operations_have_their_own_file_but_share_a_server_database() -> None:
    beside, same = databases("sqlite:////srv/people.sqlite3"), databases("postgres://ann@db/people")

    assert [each["NAME"] for each in beside.values()] == ["/srv/people.sqlite3", "/srv/people-operations.sqlite3"]
    assert [each["NAME"] for each in same.values()] == ["people", "people"]


@pytest.mark.parametrize("address", ["", "people", "nosuch://ann@db/people"])
def test_it_refuses_what_is_no_databases_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"database|scheme|URL"):
        database(address)
