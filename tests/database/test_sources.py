"""Exports of other systems, with every column of their makers' pages: recognised, imported, and once more unchanged."""

import io

import polars as pl
import pytest

from enlist.core.headers.sources import Source, sources
from enlist.core.presets import preset
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import Planned, import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.store.models import Person
from tests.database.school import UNBRAKED, organization

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "operations"])

NAMES = {"username", "firstname", "lastname", "fullname", "fullname_reversed", "email"}


def values(number: int) -> dict[str, str]:
    """One person's value of each field."""
    last = "Lee" + "abcdefghij"[number // 10] + "abcdefghij"[number % 10]
    return {
        "username": f"ann.{last.lower()}", "firstname": "Ann", "lastname": last, "fullname": f"Ann {last}",
        "fullname_reversed": f"{last}, Ann", "email": f"ann.{last.lower()}@example.org", "idnumber": f"00{number}",
        "phone1": "+49 30 901820", "phone2": "+49 151 5550123", "country": "DE", "lang": "de", "city": "Bonn",
        "timezone": "Europe/Berlin", "url": "https://example.org/ann",
    }  # fmt: skip


def planned(scope: Scope, source: Source, *, number: int) -> Planned:
    """The plan of a file with all its columns and one person."""
    file, person = io.StringIO(), values(number)
    pl.DataFrame([{header: person.get(slug, "") for header, slug in source.headers.items()}]).write_csv(file)
    settings = ["upload_type=add_and_update", "update_details=from_file"]
    if "username" not in source.headers.values():
        settings = ["upload_type=add_new", "username_from=%-f.%-l"]
    if "email" not in source.headers.values():
        settings.append("defaults.email=%u@example.org")
    policy = preset("moodle").configure(settings)
    return import_plan(scope, request=ImportRequest(source=file.getvalue().encode(), policy=policy, preset="moodle"))


def test_every_export_is_recognised_and_imported_and_then_nothing_is_left_to_do() -> None:
    scope = Scope(organization(settings=UNBRAKED), MACHINE)
    found, again = {}, {}
    for number, source in enumerate(sources()):
        first = planned(scope, source, number=number)
        import_apply(scope, plan=import_stage(scope, planned=first))
        wanted = values(number)
        person = Person.objects.get(username=wanted["username"])
        own = {"firstname", "lastname", "email"} | set(source.headers.values()) & wanted.keys() - NAMES
        found[first.headers.profile] = {slug: getattr(person, slug) for slug in own} == {s: wanted[s] for s in own}
        again[source.name] = planned(scope, source, number=number).plan.is_empty

    assert found == again == {source.name: True for source in sources()}
