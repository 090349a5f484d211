"""Values of every kind, from a file to the database and back."""

import pytest

from enlist.formats import write
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.people import listing
from enlist.store.models import ProfileField

from . import school
from .imports import UPDATING

pytestmark = pytest.mark.django_db(transaction=True)

FILE = """Login;Name;Mail;Hire date;Region;Country;Page;Photos;Mother tongue;Zone;Mobile no
lud;Ludwig van Beethoven;lud@example.org;3/4/2027;Bayern;Allemagne;example.org/l;Ja;Deutsch;Europe/Berlin;+49 30 901820
ada;Lovelace, Ada;ada@example.org;13/4/2027;ENG;U.K.;https://example.org;non;anglais;europe/london;020 7946 0000
"""
KINDS = {
    "hired": ("Hire date", "date"),
    "region": ("Region", "region"),
    "page": ("Page", "url"),
    "photos": ("Photos", "boolean"),
    "tongue": ("Mother tongue", "language"),
    "zone": ("Zone", "time_zone"),
    "cell": ("Mobile no", "phone"),
}


def order(source: bytes) -> ImportRequest:
    return ImportRequest(source=source, policy=UPDATING, preset="moodle")


@pytest.mark.spec("WL-05", "WL-06", "WL-07")
def test_values_of_every_kind_are_stored_as_they_are_meant_and_come_back() -> None:
    here = school.organization()
    for shortname, (name, kind) in KINDS.items():
        ProfileField.objects.create(organization=here, shortname=shortname, name=name, kind=kind)
    scope = Scope(here, MACHINE)

    import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=order(FILE.encode()))))
    frame = listing.people_export(scope).frame
    wanted = ["username", "firstname", "lastname", "country", *(f"profile_field_{each}" for each in KINDS)]

    assert frame.select(wanted).rows() == [
        ("ada", "Ada", "Lovelace", "GB", "2027-04-13", "GB-ENG", "https://example.org", "0", "en", "Europe/London",
         "020 7946 0000"),
        ("lud", "Ludwig", "van Beethoven", "DE", "2027-04-03", "DE-BY", "https://example.org/l", "1", "de",
         "Europe/Berlin", "+49 30 901820"),
    ]  # fmt: skip
    assert import_plan(scope, request=order(write(frame))).plan.is_empty
