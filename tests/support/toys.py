"""Relations that Enlist doesn't have, made with the recipe of CONTRIBUTING.md, to test the registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import polars as pl

from enlist.core.changes import RELATIONS, VERBS, By, Does, KeptIn, Kind, Relation, To, Verb, verbs_of

# With an id of its own, and undone as something else than its end: it is cancelled, and keeps its number.
ORDER: Final = Relation(
    "order",
    Kind.MADE,
    KeptIn.PEOPLE,
    schema={"order": pl.Int64(), "person": pl.Int64(), "product": pl.String(), "status": pl.String()},
    key=("order",),
    refs={"person": "person"},
    named=("person", "product"),
    noun="order",
    shown=("product",),
    verbs=(
        Verb(
            "place_order", Does.BEGIN, To("cancel_order", {"status": "cancelled"}), "orders",
            says="orders {name}", unlimited="it gives", tile="join",
        ),
        Verb(
            "cancel_order", Does.CHANGE, By("cancel_order"), "orders cancelled",
            says="no longer orders {name}", limit="leave_group", rank=46, tile="leave", changes=("status",),
        ),
    ),
)  # fmt: skip

# Refers to a record that is held with people.
PARCEL: Final = Relation(
    "parcel",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema={"person": pl.Int64(), "order": pl.Int64()},
    key=("person", "order"),
    refs={"person": "person", "order": "order"},
    noun="parcel",
    shown=("order",),
    verbs=(
        Verb("send", Does.BEGIN, By("call_back"), "parcels", says="is sent {name}", unlimited="it gives", tile="join"),
        Verb(
            "call_back", Does.END, By("send"), "parcels called back",
            says="is not sent {name}", limit="leave_group", rank=47, tile="leave",
        ),
    ),
)  # fmt: skip


@contextmanager
def known(*relations: Relation) -> Iterator[None]:
    """Relations at the end of the registry, for as long as it takes."""
    before = dict(RELATIONS)
    _put({**before, **{relation.name: relation for relation in relations}})
    try:
        yield
    finally:
        _put(before)


def _put(relations: dict[str, Relation]) -> None:
    for table, content in ((RELATIONS, relations), (VERBS, verbs_of(relations.values()))):
        table.clear()
        table.update(content)  # type: ignore[arg-type]
