"""Strings that break programs go from a file to the database and back, or are refused with a reason (C6)."""

import csv
import io
import unicodedata

import pytest

from enlist.core.presets import preset
from enlist.formats import write
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.people import listing
from enlist.store.models import Person
from tests.support.corpora import corpus_json
from tests.support.workbooks import made

from . import school

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = ["username", "firstname", "lastname", "email", "description"]
UPDATING = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file"])
# What is said of a value that is stored otherwise than it was written.
TOLD = {"invisible_removed", "blanks_folded", "nul_byte", "undecodable", "too_long"}


def rows(strings: list[str]) -> list[list[str]]:
    return [HEADER, *([f"u{n}", "Ann", "Lee", f"u{n}@example.org", string] for n, string in enumerate(strings))]


def delimited(strings: list[str], *, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows(strings))
    return text.getvalue().encode()


FORMS = {
    "csv": lambda strings: delimited(strings, delimiter=","),
    "tsv": lambda strings: delimited(strings, delimiter="\t"),
    "xlsx": lambda strings: made(rows(strings), strings_to_formulas=False, strings_to_urls=False),
}


def order(source: bytes) -> ImportRequest:
    return ImportRequest(source=source, policy=UPDATING, preset="moodle")


def as_seen(string: str) -> str:
    """The text without what nobody sees: blanks around it, which of two ways its letters are composed, line ends."""
    lines = "\n".join(string.replace("\r\n", "\n").replace("\r", "\n").splitlines())
    return unicodedata.normalize("NFC", lines).strip()


@pytest.mark.parametrize("form", FORMS)
def test_naughty_strings_go_in_out_and_in_again(form: str) -> None:
    strings = corpus_json("blns/package/resources/blns.json")
    scope = Scope(school.organization(), MACHINE)

    planned = import_plan(scope, request=order(FORMS[form](strings)))
    import_apply(scope, plan=import_stage(scope, planned=planned))
    stored = dict(Person.objects.values_list("username", "description"))
    told = {
        row: code
        for part in planned.plan.parts
        for row, code in part.flags.select("row", "code").iter_rows()
        if code in TOLD
    }

    changed = [n for n, string in enumerate(strings) if stored.get(f"u{n}") not in (string, as_seen(string))]
    assert len(strings) == 485
    assert [strings[n] for n in changed if n not in told] == []

    again = import_plan(scope, request=order(write(listing.people_export(scope).frame)))
    assert again.plan.is_empty
