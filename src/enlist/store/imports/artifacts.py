"""Artifacts: staged tables and plans, as chunks of Arrow frames. Each is written once, in a short transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from enlist.core.changes import people_columns, people_of, targets
from enlist.core.errors import PlanError
from enlist.core.plan.partial import PartialPlan, rows_about
from enlist.core.plan.plan import BESIDE, LazyParts, Part, Plan, fingerprint, fingerprint_of, head_from_json
from enlist.core.table.frames import columns_from_bytes, from_bytes, rows_from_bytes, to_bytes
from enlist.store.engine import engine
from enlist.store.models import Artifact, Import
from enlist.store.transactions import short_transaction

PLAN: Final = "plan"
STAGED: Final = "staged"
# The uploaded file, sealed (`uploads`).
SOURCE: Final = "source"


@dataclass(frozen=True)
class Place:
    """Where a chunk belongs: its import, its kind ("plan", "staged", …), and its number, from 0."""

    of_import: Import
    kind: str
    part: int


@dataclass(frozen=True)
class PlanKeeper:
    """For `assemble(…, keep=…)`: stores each part as artifacts of the import as soon as it is made."""

    of_import: Import

    def __call__(self, number: int, part: Part, blobs: Mapping[str, bytes]) -> None:
        """Store one part."""
        named = {**part.frames, **{name: getattr(part, name) for name in BESIDE}}
        _keep(Place(self.of_import, PLAN, number), blobs=blobs, frames={name: named[name] for name in blobs})


def plan_of(of_import: Import) -> Plan:
    """The import's plan, whose parts are loaded on demand.

    Raises PlanError if there is none; parts raise PlanError if they are damaged or have expired.
    """
    if not of_import.plan_head:
        raise PlanError("import_without_plan", number=of_import.number)
    head = head_from_json(json.dumps(of_import.plan_head))
    return Plan(head=head, parts=plan_parts(of_import, prints=head.fingerprints))


def plan_parts(of_import: Import, *, prints: tuple[str, ...]) -> LazyParts:
    """The parts of a plan with these fingerprints, loaded one at a time. Each raises PlanError as in `plan_of`."""

    def load(number: int) -> Part:
        blobs = _blobs(Place(of_import, PLAN, number))
        if fingerprint(blobs) != prints[number]:
            code = "plan_part_damaged" if blobs else "plan_part_expired"
            raise PlanError(code, part=number + 1, number=of_import.number)
        return Part.from_blobs(blobs)

    def partial_plan(number: int) -> PartialPlan:
        here = Artifact.objects.filter(of_import=of_import, kind=PLAN, part=number)
        names = tuple(here.values_list("name", flat=True))
        return PartialPlan(names, load=lambda name: blob_of(Place(of_import, PLAN, number), name=name))

    return LazyParts(len(prints), load=load, partial_plan=partial_plan)


def keep_frames(place: Place, *, frames: Mapping[str, pl.DataFrame]) -> None:
    """Store the frames of a chunk by name."""
    _keep(place, blobs={name: to_bytes(frame) for name, frame in frames.items()}, frames=frames)


def load_frames(place: Place) -> dict[str, pl.DataFrame]:
    """The frames of a chunk by name. Raises PlanError if there are none, or if they are damaged."""
    blobs = _blobs(place)
    if not blobs:
        raise PlanError("import_part_missing", number=place.of_import.number)
    return {name: from_bytes(blob) for name, blob in blobs.items()}


def load_rows(place: Place, *, name: str, rows: pl.Series) -> pl.DataFrame:
    """Rows of a frame by their positions (sorted integers, from 0). Raises PlanError as `load_frames` does."""
    return rows_from_bytes(blob_of(place, name=name), rows=rows)


def load_columns(place: Place, *, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Columns of a frame; only these are decompressed. Raises PlanError as `load_frames` does."""
    return columns_from_bytes(blob_of(place, name=name), columns=columns)


def frames_named(of_import: int, *, kind: str, name: str) -> list[pl.DataFrame]:
    """The frame with this name from every chunk that has it, in the chunks' order."""
    return list(frames_by_part(of_import, kind=kind, name=name).values())


def frames_by_part(
    of_import: int, *, kind: str, name: str, parts: Sequence[int] | None = None
) -> dict[int, pl.DataFrame]:
    """The same by the chunks' numbers; parts: only these chunks."""
    some = "" if parts is None else f" AND part IN ({', '.join(map(str, parts)) or 'NULL'})"
    found = engine().blobs(
        f"SELECT part, data FROM store_artifact WHERE import_id = %s AND kind = %s AND name = %s{some}",
        params=[of_import, kind, name],
    )
    return {part: from_bytes(blob) for part, blob in sorted(found)}


def replace_artifact(artifact: Artifact, *, frame: pl.DataFrame) -> None:
    """Replace an artifact's frame, or delete it if the new one is empty. Call it in a transaction, before `seal`."""
    place = Place(artifact.of_import, artifact.kind, artifact.part)
    Artifact.objects.filter(pk=artifact.pk).delete()
    if not frame.is_empty():
        row = _row(place, name=artifact.name, blob=to_bytes(frame), frame=frame)
        engine().insert_blob("store_artifact", row=row)


def seal(of_import: Import, *, parts: Iterable[int]) -> None:
    """Update the fingerprints of these parts in the plan's head."""
    prints = list(of_import.plan_head["fingerprints"])
    for part in parts:
        found = Artifact.objects.filter(of_import=of_import, kind=PLAN, part=part)
        prints[part] = fingerprint_of(dict(found.values_list("name", "fingerprint")))
    of_import.plan_head = {**of_import.plan_head, "fingerprints": prints}
    of_import.save(update_fields=["plan_head"])


def frame_of(artifact: Artifact) -> pl.DataFrame:
    """The frame of an artifact. Raises PlanError if it is damaged or gone."""
    found = engine().blobs("SELECT data FROM store_artifact WHERE id = %s", params=[artifact.pk])
    if not found:
        raise PlanError("plan_frame_expired", name=artifact.name, part=artifact.part + 1)
    return from_bytes(found[0][0])


def people_in(artifact: Artifact) -> pl.Series:
    """The people that an artifact's rows are about. Raises PlanError as `frame_of` does."""
    blob = blob_of(Place(artifact.of_import, artifact.kind, artifact.part), name=artifact.name)
    return people_of(columns_from_bytes(blob, columns=people_columns(targets())))


def rows_of(artifact: Artifact, *, people: Iterable[int]) -> pl.DataFrame:
    """The rows of an artifact that are about these people. Raises PlanError as `frame_of` does."""
    blob = blob_of(Place(artifact.of_import, artifact.kind, artifact.part), name=artifact.name)
    return rows_about(blob, people=pl.Series(list(people), dtype=pl.Int64))


def drop(of_import: Import, *, kind: str) -> None:
    """Delete the artifacts of a kind that a failed attempt left."""
    with short_transaction():
        Artifact.objects.filter(of_import=of_import, kind=kind).delete()


def count_parts(of_import: Import, *, kind: str) -> int:
    """How many chunks of a kind the import has."""
    return Artifact.objects.filter(of_import=of_import, kind=kind).values("part").distinct().count()


def count_rows(of_import: Import, *, kind: str, name: str) -> list[int]:
    """How many rows each chunk's frame of a name has, in the chunks' order (one query)."""
    found = Artifact.objects.filter(of_import=of_import, kind=kind, name=name).order_by("part")
    return list(found.values_list("rows", flat=True))


def _keep(place: Place, *, blobs: Mapping[str, bytes], frames: Mapping[str, pl.DataFrame]) -> None:
    at = engine()
    with short_transaction():
        for name, blob in blobs.items():
            at.insert_blob("store_artifact", row=_row(place, name=name, blob=blob, frame=frames[name]))


def _row(place: Place, *, name: str, blob: bytes, frame: pl.DataFrame) -> dict[str, Any]:
    people = people_of(frame)
    return {
        "organization_id": place.of_import.organization_id,
        "import_id": place.of_import.pk,
        "kind": place.kind,
        "part": place.part,
        "name": name,
        "data": blob,
        "rows": frame.height,
        "min_person": people.min(),
        "max_person": people.max(),
        "fingerprint": hashlib.sha256(blob).hexdigest(),
    }


def blob_of(place: Place, *, name: str) -> bytes:
    """The bytes of one frame. Raises PlanError if it is gone."""
    found = engine().blobs(
        "SELECT data FROM store_artifact WHERE import_id = %s AND kind = %s AND part = %s AND name = %s",
        params=[place.of_import.pk, place.kind, place.part, name],
    )
    if not found:
        raise PlanError("plan_frame_expired", name=name, part=place.part + 1)
    return bytes(found[0][0])


def _blobs(place: Place) -> dict[str, bytes]:
    """The bytes of a chunk's frames by name, checked against their fingerprints."""
    found = engine().blobs(
        "SELECT name, fingerprint, data FROM store_artifact WHERE import_id = %s AND kind = %s AND part = %s",
        params=[place.of_import.pk, place.kind, place.part],
    )
    for name, print_, blob in found:
        if hashlib.sha256(blob).hexdigest() != print_:
            raise PlanError("import_frame_damaged", name=name, part=place.part + 1, number=place.of_import.number)
    return {name: blob for name, _, blob in found}
