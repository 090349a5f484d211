"""History: which imports changed a person, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

import polars as pl
from django.db.models import Q, QuerySet

from enlist.core.changes import VERBS, is_about
from enlist.core.plan.plan import Part
from enlist.store.models import Artifact, Import, Person

from .artifacts import PLAN, people_in, rows_of
from .records import created, ids_of

DONE: Final = ("applied", "undone")
STATUSES: Final = "statuses"
PASSWORDS: Final = "passwords"


@dataclass(frozen=True)
class Touched:
    """The people an import created (ids from first to last) and the others it changed (sorted Int64)."""

    first: int
    last: int
    others: pl.Series

    @property
    def count(self) -> int:
        """How many there are, including people removed since."""
        return self.last - self.first + 1 + len(self.others)

    def among(self, people: pl.Series) -> pl.Series:
        """Those of these people (Int64) that it created or changed, in their order, without a scan of all others."""
        mine = people.is_between(self.first, self.last)
        if not self.others.is_empty():
            places = self.others.search_sorted(people).clip(upper_bound=len(self.others) - 1)
            mine |= self.others.gather(places) == people
        return people.filter(mine)


def touched(record: Import) -> Touched:
    """The people an import created or changed; nobody if it wasn't applied. Its plan must not have expired."""
    head = record.plan_head if record.state in DONE else {}
    others = _others(record.pk, prints=tuple(head.get("fingerprints", ())))
    new = created(record) if head else range(0)
    return Touched(new.start, new.stop - 1, others)


@lru_cache(maxsize=4)
def _others(of_import: int, *, prints: tuple[str, ...]) -> pl.Series:
    """The existing people that a plan with these fingerprints changes; cached, since a plan never changes."""
    artifacts = Artifact.objects.filter(of_import=of_import, kind=PLAN, name__in=VERBS, max_person__gt=0).defer("data")
    found = [people_in(artifact) for artifact in artifacts] if prints else []
    people = pl.concat([pl.Series("person", [], dtype=pl.Int64), *found])
    return people.filter(people > 0).unique().sort()


def of_person(person: Person) -> Iterator[tuple[Import, Part]]:
    """The imports that changed a person, newest first, each with their part of its plan, with real ids.

    Reads about one chunk per import and verb, because artifacts have the lowest and highest person id in them.
    """
    for record, artifacts in groupby(_about(person), key=lambda artifact: artifact.of_import):
        frames: dict[str, pl.DataFrame] = {}
        for artifact in artifacts:
            some = rows_of(artifact, people=(person.pk, number_in(record, person=person)))
            real = ids_of(record).realise(some)
            mine = real.filter(is_about(pl.Series([person.pk]), columns=real.columns))
            if not mine.is_empty():
                frames[artifact.name] = pl.concat([frames[artifact.name], mine]) if artifact.name in frames else mine
        own = {name: frames.pop(name) for name in (STATUSES, PASSWORDS) if name in frames}
        if frames or PASSWORDS in own:
            yield record, Part(frames=frames, **own)


def covering(person: Person) -> Q:
    """The artifacts that may contain a person, by the lowest and highest id in them."""
    condition = Q(min_person__lte=person.pk, max_person__gte=person.pk)
    creator = _creator(person)
    if creator:
        number = number_in(creator, person=person)
        condition |= Q(of_import=creator, min_person__lte=number, max_person__gte=number)
    return condition


def number_in(record: Import, *, person: Person) -> int:
    """The negative number of a person in the plan of the import that created them; positive for other imports."""
    return int(record.first.get("person", 0)) - 1 - person.pk


def _about(person: Person) -> QuerySet[Artifact]:
    found = Artifact.objects.filter(
        organization=person.organization_id, kind=PLAN, name__in=(*VERBS, STATUSES, PASSWORDS)
    )
    found = found.filter(covering(person), of_import__state__in=DONE)
    found = found.select_related("of_import__started_by", "of_import__undoes").defer("data")
    return found.order_by("-of_import__number", "part", "name")


def _creator(person: Person) -> Import | None:
    """The import whose block of new ids may contain this person's."""
    makers = Import.objects.filter(organization=person.organization_id, first__person__lte=person.pk)
    return makers.order_by("-first__person").first()
