"""Shared by all tiers: a database as in production, and the number of examples for properties."""

import os
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from hypothesis import HealthCheck, settings

from enlist.store.secrets import keys

# Here, because pyproject.toml can't name a folder: tests leave the files of the person who runs them alone.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enlist.project.settings")
os.environ.setdefault("ENLIST_HOME", str(Path(__file__).parents[1] / "var"))
django.setup()
keys.make_key()

settings.register_profile("ci", max_examples=15, derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "deep", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A database for each process of the tests; SQLite in a file: in memory it would have no WAL and one connection."""
    del django_db_modify_db_settings_parallel_suffix
    from django.conf import settings as django_settings

    folder = tmp_path_factory.mktemp("database")
    for alias, database in django_settings.DATABASES.items():
        if database["ENGINE"] == "django.db.backends.sqlite3":
            database.setdefault("TEST", {})["NAME"] = str(folder / f"{alias}.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """A server drops no database that somebody is connected to, be it by the other of our two connections."""
    del django_db_setup
    yield
    from django.db import connections

    connections.close_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses the database uses both."""
    for item in items:
        marked = item.get_closest_marker("django_db")
        if marked:
            item.add_marker(pytest.mark.django_db(**{"databases": "__all__", **marked.kwargs}), append=False)
