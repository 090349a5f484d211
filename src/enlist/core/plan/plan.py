"""Plan: the exact changes an import would make, as data that can be saved, shown, applied and inverted.

A plan has a head and parts. Parts come from batches of rows that share no key, so they are independent: code that
loops over a plan (apply, preview, undo, report) loops over its parts, and only one needs to be in memory.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE, SEEN_SCHEMA, VERBS, people_of, walks
from enlist.core.errors import PlanError
from enlist.core.flags.flags import FLAG_SCHEMA, no_flags
from enlist.core.table.frames import SUFFIX, from_bytes, to_bytes

from .partial import PartialPlan

STATUSES_SCHEMA: Final = {"row": pl.Int64(), "line": pl.Int64(), "person": pl.Int64(), "row_status": pl.String()}
# The frames of a part that are not verbs.
BESIDE: Final = ("statuses", "flags", "seen", "passwords")
# Where each password comes from: core/planner/people/passwords.py. Plans hold no passwords.
PASSWORDS_SCHEMA: Final = {"person": pl.Int64(), "line": pl.Int64(), "source": pl.String(), "force": pl.Boolean()}
# The fields of a head that are counts.
COUNTED: Final = ("verbs", "statuses", "flags", "passwords", "people")
FORMAT: Final = 1
# The first step of `Plan.steps`: person, field (unique values to set to null because they change).
RELEASE: Final = "release"


@dataclass(frozen=True)
class Part:
    """The plan of one batch of rows.

    frames: verb → frame (`changes/verbs.py`), without empty ones.
    statuses: one line per row (row, line, person or null, status). flags: of `flags.FLAG_SCHEMA`.
    seen: person, version of every existing person that the rows matched, changed or not, sorted by person; in an undo
    also `VERSION_AFTER`. passwords: of PASSWORDS_SCHEMA, by person; one line per password to set.
    """

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    statuses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STATUSES_SCHEMA))
    flags: pl.DataFrame = field(default_factory=no_flags)
    seen: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEEN_SCHEMA))
    passwords: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PASSWORDS_SCHEMA))
    # The bytes it was loaded from, so that storing it again encodes nothing; a part made by `replace` has none.
    _blobs: Mapping[str, bytes] | None = field(default=None, init=False, repr=False, compare=False)

    def counts(self) -> dict[str, Counter[str]]:
        """Counts by verb, status, flag code and source of passwords, and of people by what happens to them."""
        return {
            "verbs": Counter({verb: frame.height for verb, frame in self.frames.items()}),
            "statuses": _tally(self.statuses, column="row_status"),
            "flags": _tally(self.flags, column="code"),
            "passwords": _tally(self.passwords, column="source"),
            "people": self._people(),
        }

    def _people(self) -> Counter[str]:
        """`Head.people`: each person counts once, and not as updated if they become inactive or are removed."""
        nobody = pl.Series("person", [], dtype=pl.Int64)
        gone = [self.frames[verb].get_column("person") for verb in ("deactivate", "remove") if verb in self.frames]
        left = pl.concat([nobody, *gone])
        changed = pl.concat([nobody, *(people_of(frame) for frame in self.frames.values())]).unique()
        known = changed.filter(changed > 0)
        named = self.statuses.filter(pl.col("row_status") != "failed", pl.col("row_status") != "skipped")
        same = named.get_column("person").drop_nulls().unique()
        counts = {
            "created": self.frames["create"].height if "create" in self.frames else 0,
            "updated": known.filter(~known.is_in(left.implode())).len(),
            "deactivated": self.frames["deactivate"].height if "deactivate" in self.frames else 0,
            "unchanged": same.filter((same > 0) & ~same.is_in(known.implode())).len(),
        }
        return +Counter(counts)

    def to_blobs(self) -> dict[str, bytes]:
        """Frames as bytes by name: each verb, and statuses, flags, seen, passwords."""
        if self._blobs is not None:
            return dict(self._blobs)
        named = {**self.frames, **{name: getattr(self, name) for name in BESIDE}}
        return {name: to_bytes(frame) for name, frame in named.items() if not frame.is_empty()}

    @classmethod
    def from_blobs(cls, blobs: Mapping[str, bytes]) -> Part:
        """The part whose `to_blobs` these are. Raises PlanError for other bytes."""
        frames = {name: from_bytes(blob) for name, blob in blobs.items()}
        own = {name: frames.pop(name) for name in BESIDE if name in frames}
        if unknown := sorted(set(frames) - set(VERBS)):
            raise PlanError("plan_verb_unknown", verbs=", ".join(unknown))
        part = cls(frames={verb: frames[verb] for verb in VERBS if verb in frames}, **own)
        object.__setattr__(part, "_blobs", blobs)
        return part


@dataclass(frozen=True)
class Head:
    """What describes a plan as a whole.

    organization: its slug. kind: "import" or "undo"; `undoes` is the number of the import that an undo reverses.
    policy: the Policy as a dict of JSON values. reference_version: the `Reference.version` the plan was made with.
    actor: the importer's id; null for anybody with access to the machine. rank: their role on the site.
    awaiting: how many people need approval, by limit; awaiting_people: how many people the plan that needs it affects.
    In that plan itself these are its own figures.
    people: created, updated, deactivated and unchanged people; existing people with any change are updated, whatever it
    is (NE-24).
    new: by relation, how many negative ids the parts use; without relations that use none.
    hidden: the hidden fields (`fields.HIDDEN_SLUGS`) that its frames have.
    staged: the number of the staged import the plan belongs to (null for a plan of the library).
    """

    organization: str = ""
    kind: str = "import"
    preset: str = ""
    policy: dict[str, Any] = field(default_factory=dict)
    file_name: str = ""
    file_sha256: str = ""
    reference_version: int = 0
    rows: int = 0
    new: dict[str, int] = field(default_factory=dict)
    undoes: int | None = None
    staged: int | None = None
    actor: int | None = None
    rank: str = "owner"
    awaiting: dict[str, int] = field(default_factory=dict)
    awaiting_people: int = 0
    hidden: tuple[str, ...] = ()
    verbs: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    fingerprints: tuple[str, ...] = ()


class LazyParts(Sequence[Part]):
    """Parts that are loaded one at a time; `partial_plan` gives access to a few columns or rows of one."""

    def __init__(
        self, count: int, *, load: Callable[[int], Part], partial_plan: Callable[[int], PartialPlan] | None = None
    ) -> None:
        self._count = count
        self._load = load
        self.partial_plan = partial_plan

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._load(i) for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._load(index % self._count)

    def __iter__(self) -> Iterator[Part]:
        return (self._load(i) for i in range(self._count))


@dataclass(frozen=True)
class Plan:
    """A plan: its head, and its parts in the order they were planned."""

    head: Head
    parts: Sequence[Part]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not any((*self.head.verbs.values(), *self.head.passwords.values()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the head, which includes the parts' fingerprints."""
        return hashlib.sha256(_head_json(self.head)).hexdigest()

    def frame(self, verb: str) -> pl.DataFrame:
        """One verb's frames of all parts (holds them all in memory: for tests and small plans)."""
        frames = [part.frames[verb] for part in self.parts if verb in part.frames]
        return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()

    def steps(self, *, unique: Sequence[str] = ("username", "email")) -> Iterator[tuple[str, pl.DataFrame]]:
        """Verbs and their frames in the order of apply, part by part: follow it to make the changes elsewhere.

        unique: fields whose values people cannot share there. As people may exchange values, steps called “release”
        (person, field) come first: set these fields of these people to null.
        """
        for part in self.parts if "update" in self.head.verbs else ():
            released = _released(part, unique=unique)
            if not released.is_empty():
                yield RELEASE, released
        for verbs in walks(self.head.verbs):
            for part in self.parts:
                yield from ((verb, part.frames[verb]) for verb in verbs if verb in part.frames)

    def statuses(self) -> pl.DataFrame:
        """The statuses of all rows, by row (holds them all in memory)."""
        return pl.concat([pl.DataFrame(schema=STATUSES_SCHEMA), *(p.statuses for p in self.parts)]).sort("row")

    def flags(self) -> pl.DataFrame:
        """All flags, those of the file first, then by row (holds them all in memory)."""
        whole = pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *(p.flags for p in self.parts)])
        return whole.sort("row", nulls_last=False, maintain_order=True)

    def save(self, to: Path | BinaryIO) -> None:
        """Write the plan to one file (zip of a JSON head and Arrow frames)."""
        with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("head.json", _head_json(self.head))
            for number, part in enumerate(self.parts):
                for name, blob in part.to_blobs().items():
                    archive.writestr(f"{number}/{name}{SUFFIX}", blob)

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read a plan written by `save`; parts are loaded when needed.

        Raises PlanError if the file is missing, damaged, of a later format or not a plan.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                head = head_from_json(archive.read("head.json"))
                names = archive.namelist()
        except FileNotFoundError as error:
            raise PlanError("plan_file_missing", path=path) from error
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise PlanError("plan_file_foreign", path=path) from error
        prints = head.fingerprints
        parts = LazyParts(len(prints), load=lambda n: _part_of(path, names=names, number=n, expected=prints[n]))
        return cls(head=head, parts=parts)


def assemble(
    head: Head, parts: Iterable[Part], *, keep: Callable[[int, Part, dict[str, bytes]], None] | None = None
) -> Plan:
    """A Plan from parts, with counts and fingerprints in its head.

    `keep`, if given, stores each part and its blobs, and none stays in memory; the caller then sets `parts`.
    """
    collected: list[Part] = []
    prints: list[str] = []
    totals = {kind: Counter[str]() for kind in COUNTED}
    for number, part in enumerate(parts):
        blobs = part.to_blobs()
        prints.append(fingerprint(blobs))
        for kind, counter in part.counts().items():
            totals[kind].update(counter)
        if keep is None:
            collected.append(part)
        else:
            keep(number, part, blobs)
    figures: dict[str, Any] = {kind: dict(sorted(totals[kind].items())) for kind in COUNTED}
    figures["verbs"] = _in_order(figures["verbs"])
    return Plan(head=replace(head, fingerprints=tuple(prints), **figures), parts=collected)


def fingerprint(blobs: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) of a part's blobs."""
    return fingerprint_of({name: hashlib.sha256(blob).hexdigest() for name, blob in blobs.items()})


def fingerprint_of(prints: Mapping[str, str]) -> str:
    """The `fingerprint` of blobs, given their SHA-256 (hex)."""
    digest = hashlib.sha256()
    for name in sorted(prints):
        digest.update(name.encode() + bytes.fromhex(prints[name]))
    return digest.hexdigest()


def head_to_json(head: Head) -> str:
    """The head as JSON text."""
    return _head_json(head).decode()


def head_from_json(text: bytes | str) -> Head:
    """The head that `head_to_json` wrote. Raises PlanError for another format."""
    try:
        values = json.loads(text)
        if values.pop("format") != FORMAT:
            raise PlanError("plan_of_other_version")
        tuples = {name: tuple(values.get(name, ())) for name in ("fingerprints", "hidden")}
        return Head(**{**values, **tuples, "verbs": _in_order(values.get("verbs", {}))})
    except (ValueError, TypeError, KeyError) as error:
        raise PlanError("plan_head_damaged") from error


def _head_json(head: Head) -> bytes:
    values = {"format": FORMAT, **asdict(head)}
    # Plans that were stored without these counts keep their fingerprint.
    if not head.people:
        del values["people"]
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode()


def _part_of(path: Path, *, names: Sequence[str], number: int, expected: str) -> Part:
    prefix = f"{number}/"
    try:
        with zipfile.ZipFile(path) as archive:
            mine = {name: archive.read(name) for name in names if name.startswith(prefix)}
    except (OSError, zipfile.BadZipFile) as error:
        raise PlanError("plan_file_damaged", path=path) from error
    blobs = {name.removeprefix(prefix).removesuffix(SUFFIX): blob for name, blob in mine.items()}
    if fingerprint(blobs) != expected:
        raise PlanError("plan_file_changed", path=path)
    return Part.from_blobs(blobs)


def _released(part: Part, *, unique: Sequence[str]) -> pl.DataFrame:
    update = part.frames.get("update", pl.DataFrame())
    changes = {name: pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name)) for name in unique}
    found = [
        update.filter(changes[name]).select("person", field=pl.lit(name))
        for name in unique
        if AFTER + name in update.columns
    ]
    return pl.concat([pl.DataFrame(schema={"person": pl.Int64(), "field": pl.String()}), *found])


def _in_order(verbs: Mapping[str, int]) -> dict[str, int]:
    """Counts of verbs in the order of apply."""
    return {verb: verbs[verb] for verb in VERBS if verb in verbs}


def _tally(frame: pl.DataFrame, *, column: str) -> Counter[str]:
    counted = frame.group_by(column).len()
    return Counter(dict(zip(counted.get_column(column).to_list(), counted.get_column("len").to_list(), strict=True)))
