"""Names of places and languages in every language stay as written, or changes are reported (C9)."""

import gettext
import unicodedata
from pathlib import Path

import polars as pl
import pycountry

from enlist.core.clean import text

from .cleaning import told


def test_names_in_every_language_are_kept_or_reported() -> None:
    standards = {"iso3166-1": pycountry.countries, "iso639-3": pycountry.languages}
    names = {
        catalogue.gettext(each.name)
        for folder in sorted(Path(pycountry.LOCALES_DIR).iterdir())
        for standard, known in standards.items()
        if (folder / "LC_MESSAGES" / f"{standard}.mo").exists()
        for catalogue in [gettext.translation(standard, pycountry.LOCALES_DIR, languages=[folder.name])]
        for each in list(known)[:250]
    }
    cells = pl.Series("cells", sorted(names), dtype=pl.String)
    values, notes = told(text(cells))

    told_of = {place for place, *_ in notes}
    changed = [n for n, (was, now) in enumerate(zip(cells, values, strict=True)) if was != now]
    silently = [n for n in changed if n not in told_of and unicodedata.normalize("NFC", cells[n]).strip() != values[n]]
    assert len(names) > 15_000
    assert [cells[n] for n in silently] == []
    assert {code for _, code, *_ in notes} <= {"blanks_folded", "invisible_removed"}
    assert len(told_of) < 0.01 * len(names)
