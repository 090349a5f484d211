"""Values from the policy's defaults, cleaned like cells; every text only once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.flags.catalogue import FLAGS, Level
from enlist.core.planner.reference.ledger import Cells
from enlist.core.policy import Policy, patterns
from enlist.core.rows.cleaners import cleaner
from enlist.core.rows.rows import Rows


class DefaultValue(NamedTuple):
    """value: null if nothing is left. notes: lines of `NOTE_SCHEMA`, without those about tidying."""

    value: str | None
    notes: list[dict[str, Any]]


class Defaults:
    """The defaults of a policy, by slug."""

    def __init__(self, rows: Rows, *, policy: Policy, reference: Reference) -> None:
        self._patterns = policy.defaults
        self._cleaners = {slug: cleaner(slug, policy=policy, reference=reference) for slug in policy.defaults}
        self._values: dict[tuple[str, str], DefaultValue] = {}
        # Most rows leave the names as they are: the values for those are cleaned all at once.
        lacking = [name for name in patterns.LETTERS.values() if name not in rows.frame.columns]
        named = rows.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
        for slug, pattern in self._patterns.items():
            self._clean(slug, texts=named.select(_=patterns.expression(pattern)).to_series().unique())

    def value_for(self, slug: str, *, person: Cells) -> DefaultValue:
        """The default of a field for a person's names; empty if there is none."""
        if slug not in self._patterns:
            return DefaultValue(None, [])
        names = {"first": person["firstname"], "last": person["lastname"], "user": person["username"]}
        text = patterns.expand(self._patterns[slug], **names)
        if (slug, text) not in self._values:
            self._clean(slug, texts=pl.Series([text]))
        return self._values[slug, text]

    def _clean(self, slug: str, *, texts: pl.Series) -> None:
        cleaned, notes = self._cleaners[slug](texts), defaultdict[int, list[dict[str, Any]]](list)
        for note in cleaned.notes.iter_rows(named=True):
            # Nobody typed these values, so notes about tidying them don't matter.
            if FLAGS[note["code"]].level is not Level.NOTICE:
                notes[note["at"]].append(note)
        for at, (text, value) in enumerate(zip(texts, cleaned.values, strict=True)):
            self._values[slug, text] = DefaultValue(value or None, notes[at])
