"""Report: a plan as sentences for people, rows for files, JSON for programs; never with a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import polars as pl

from enlist.core.changes import VERBS
from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import FLAGS, NOT_IMPORTED, Level
from enlist.core.flags.flags import FLAG_SCHEMA, sentences
from enlist.core.plan import limits
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Plan
from enlist.core.planner.people.passwords import COLUMN, GENERATE, KNOWN
from enlist.core.presets import PRESETS
from enlist.core.table.printable import lines_text, printable
from enlist.core.table.table import Table

from .changes import Change, changes
from .rules import rule_lines

LINE, PROBLEMS = "enlist_line", "enlist_problems"

_LINES_KEPT: Final = 12
_EXAMPLES: Final = 3
_WIDEST_VALUE: Final = 60
_LEVELS: Final = {Level.ERROR: "Errors", Level.WARNING: "Warnings", Level.NOTICE: "Notices"}
_KIND: Final = ["code", "column", "field"]
_NO_HINTS: Final[Mapping[str, str]] = {}

RESULTS: Final = ("created", "updated", "deactivated")
UNCHANGED: Final = "unchanged"
# The figures of `results` in words.
RESULT_WORDS: Final = {
    "created": "created",
    "updated": "updated",
    "deactivated": "deactivated",
    "failed_rows": "rows with errors",
    UNCHANGED: "unchanged",
}
PASSWORDS: Final = {
    COLUMN: "of new people, from the file",
    GENERATE: "of new people, made now and to be used once",
    KNOWN: "of existing people, replaced by the file's; this cannot be undone",
}


@dataclass(frozen=True)
class FlagGroup:
    """All flags of one kind in one column.

    count: how many. lines: the first lines that have one (12 at most; empty for the file as a whole).
    sentences: of the first distinct ones (3 at most).
    """

    code: str
    level: str
    column: str | None
    field: str | None
    count: int
    lines: tuple[int, ...]
    sentences: tuple[str, ...]
    fix: str


def flag_groups(plan: Plan) -> list[FlagGroup]:
    """The plan's flags by kind and column: errors first, then in the catalogue's order; loads one part at a time."""
    return groups_of(part.flags for part in plan.parts)


def groups_of(flags: Iterable[pl.DataFrame]) -> list[FlagGroup]:
    """Flags, frames of `FLAG_SCHEMA`, by kind and column: errors first, then in the catalogue's order."""
    parts = [_summary(frame) for frame in flags if not frame.is_empty()]
    if not parts:
        return []
    lines = pl.col("lines").explode().drop_nulls().unique().sort().head(_LINES_KEPT)
    merged = (
        pl.concat(parts)
        .group_by(_KIND, maintain_order=True)
        .agg(pl.col("count").sum(), lines, pl.col("examples").explode())
    )
    groups = [_group(row) for row in merged.iter_rows(named=True)]
    codes, levels = list(FLAGS), list(_LEVELS)
    return sorted(groups, key=lambda g: (levels.index(Level(g.level)), codes.index(g.code), g.column or ""))


def failures(table: Table, *, plan: Plan) -> pl.DataFrame:
    """The rows with errors, as in the file, after their line and their problems.

    The columns: `enlist_line` (Int64), `enlist_problems` (String), then the file's own, without secret ones.
    """
    found = [part.flags.filter(pl.col("code").is_in(NOT_IMPORTED), pl.col("row").is_not_null()) for part in plan.parts]
    errors = pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *found])
    # People who request this file read every sentence, so none is left out.
    problems = (
        errors.select("row", _problem(errors).alias(PROBLEMS)).group_by("row").agg(pl.col(PROBLEMS).str.join(" "))
    )
    rows = table.frame.drop(LINE, PROBLEMS, strict=False).insert_column(0, table.lines.alias(LINE))
    numbered = rows.with_row_index("row", offset=table.first_row).with_columns(pl.col("row").cast(pl.Int64))
    return numbered.join(problems, on="row").sort("row").select(LINE, PROBLEMS, pl.exclude("row", LINE, PROBLEMS))


def failing_cells(table: Table, *, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with errors, as in the file, and the problems of their cells.

    Columns of the first: `row` (Int64) and the file's own, without secret ones; of the second: row, column (the header;
    null for the row as a whole), sentence.
    """
    found = [part.flags.filter(pl.col("code").is_in(NOT_IMPORTED), pl.col("row").is_not_null()) for part in plan.parts]
    errors = pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *found])
    fixes = pl.Series([FLAGS[code].fix for code in errors.get_column("code")], dtype=pl.String)
    problems = errors.select("row", "column", sentence=(sentences(errors) + " " + fixes).str.strip_chars_end())
    numbered = table.frame.with_row_index("row", offset=table.first_row).with_columns(pl.col("row").cast(pl.Int64))
    return numbered.filter(pl.col("row").is_in(errors.get_column("row").implode())), problems


def text(plan: Plan, *, labels: Labels | None = None, limit: int = 10, hints: Mapping[str, str] = _NO_HINTS) -> str:
    """The preview of a plan: counts per status and verb, the first `limit` people as before → after, flags by kind.

    hints: how to fix a flag, by its code, in the words of an interface.
    """
    labels = labels or Labels()
    first = changes(plan, limit=limit, labels=labels)
    groups = [replace(group, fix=hints.get(group.code, group.fix)) for group in flag_groups(plan)]
    sections = [
        [_title(plan)],
        list(_results(plan)),
        list(_counts("Rows", words={row_status: row_status for row_status in STATUSES}, counts=plan.head.statuses)),
        list(_counts("Changes", words={v.name: v.sentence for v in VERBS.values()}, counts=plan.head.verbs)),
        list(_rules(rule_lines(plan, labels=labels))),
        list(_counts("Passwords", words=PASSWORDS, counts=plan.head.passwords)),
        list(_waiting(plan)),
        list(_first_changes(first, limit=limit, labels=labels)),
        *(list(_problems(level, groups=groups)) for level in _LEVELS),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def as_json(plan: Plan, *, labels: Labels | None = None, limit: int = 10) -> dict[str, Any]:
    """The preview of a plan as JSON values, with stable keys.

    organization, kind, undoes, preset, policy, file {name, sha256}, rows, statuses {status: n}, changes {verb: n},
    passwords {source: n}, results {created, updated, deactivated, failed_rows, unchanged: n} of presets that count
    people, else {},
    first_changes [{person, name, line, kind, cells [{field, old, new}],
                   record_changes [{verb, name, role, status, start, end}]}],
    awaiting {changes {limit: people}, people},
    flags [{code, level, column, field, count, lines, sentences, fix}], empty, fingerprint.
    """
    head = plan.head
    return {
        "organization": head.organization,
        "kind": head.kind,
        "undoes": head.undoes,
        "preset": head.preset,
        "policy": head.policy,
        "file": {"name": head.file_name, "sha256": head.file_sha256},
        "rows": head.rows,
        "statuses": head.statuses,
        "changes": head.verbs,
        "passwords": head.passwords,
        "results": results(plan),
        "first_changes": [asdict(change) for change in changes(plan, limit=limit, labels=labels)],
        "awaiting": {"changes": head.awaiting, "people": head.awaiting_people},
        "flags": [asdict(group) for group in flag_groups(plan)],
        "empty": plan.is_empty,
        "fingerprint": plan.fingerprint,
    }


def results(plan: Plan) -> dict[str, int]:
    """The figures of a plan whose preset counts people (NE-24): created, updated, deactivated, failed rows, unchanged.

    Existing people with any change are updated, those who are reactivated or renamed included. Empty for other presets.
    """
    head = plan.head
    if head.preset not in PRESETS or not PRESETS[head.preset].counts_people or head.kind != "import":
        return {}
    counted_people = {name: head.people.get(name, 0) for name in RESULTS}
    return {**counted_people, "failed_rows": head.statuses.get("failed", 0), UNCHANGED: head.people.get(UNCHANGED, 0)}


def counted(number: int, *, one: str, many: str = "") -> str:
    """A number with its noun: `1 row`, `1,204 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _title(plan: Plan) -> str:
    head = plan.head
    failed = head.statuses.get("failed", 0)
    nothing = " Nothing to do."
    if failed:
        nothing = " Nothing can be applied." if failed == head.rows else " What can be applied changes nothing."
    if head.kind in ("change", "scheduled"):
        return f"{printable(head.file_name)}.{' Nothing to do.' if plan.is_empty else ''}"
    what = f"{printable(head.file_name)}: {counted(head.rows, one='row')}, preset {head.preset}."
    if head.kind == "undo":
        what = f"Undo of import {head.undoes}, {printable(head.file_name)}."
    return what + (nothing if plan.is_empty and not head.awaiting else "")


def _results(plan: Plan) -> Iterator[str]:
    if found := results(plan):
        widest = max(len(f"{number:,}") for number in found.values())
        yield "People"
        yield from (f"  {number:>{widest},}  {RESULT_WORDS[name]}" for name, number in found.items())


def _rules(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "Groups"
        yield from (f"  {printable(line)}" for line in lines)


def _waiting(plan: Plan) -> Iterator[str]:
    head = plan.head
    if head.awaiting:
        yield "Waits for an administrator's approval"
        yield f"  {counted(head.awaiting_people, one='person', many='people')}: {limits.in_words(head.awaiting)}"


def _counts(title: str, *, words: Mapping[str, str], counts: Mapping[str, int]) -> Iterator[str]:
    counted_words = {words[name]: counts[name] for name in words if counts.get(name)}
    if counted_words:
        widest = max(len(f"{number:,}") for number in counted_words.values())
        yield title
        yield from (f"  {number:>{widest},}  {word}" for word, number in counted_words.items())


def _first_changes(found: Sequence[Change], *, limit: int, labels: Labels) -> Iterator[str]:
    if found:
        yield "The first people to change" if len(found) == limit else "The people to change"
    for change in found:
        where = "" if change.line is None else f"line {change.line}  "
        yield f"  {where}{printable(change.name)}  {change.kind}".rstrip()
        if change.kind not in ("created", "restored"):
            cells = [(labels.field_label(c.field), _displayed(c.old), _displayed(c.new)) for c in change.cells]
            yield from (f"      {label}: {old} → {new}" for label, old, new in cells)
        elif change.cells:
            yield "      " + " · ".join(f"{labels.field_label(c.field)}: {_displayed(c.new)}" for c in change.cells)
        yield from (f"      {printable(record_change.sentence())}" for record_change in change.record_changes)


def _problems(level: Level, *, groups: Sequence[FlagGroup]) -> Iterator[str]:
    mine = [group for group in groups if group.level == level]
    if mine:
        yield f"{_LEVELS[level]} ({sum(group.count for group in mine):,})"
    for group in mine:
        where = [lines_text(group.lines, count=group.count), f"column “{group.column}”" if group.column else ""]
        yield f"  {group.count:,} × " + printable(", ".join(w for w in where if w) or "the file")
        yield from (f"      {printable(sentence)}" for sentence in group.sentences)
        if group.fix:
            yield f"      Fix: {group.fix}"


def _displayed(value: str) -> str:
    return printable(value, widest=_WIDEST_VALUE) if value else "(blank)"


def _summary(flags: pl.DataFrame) -> pl.DataFrame:
    distinct = pl.struct(*FLAG_SCHEMA).filter(pl.struct("value", "detail").is_first_distinct()).head(_EXAMPLES)
    return flags.group_by(_KIND, maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col("line").drop_nulls().unique().sort().head(_LINES_KEPT).alias("lines"),
        distinct.alias("examples"),
    )


def _group(row: Mapping[str, Any]) -> FlagGroup:
    kind = FLAGS[row["code"]]
    texts = sentences(pl.DataFrame(row["examples"][:_EXAMPLES], schema=FLAG_SCHEMA)).to_list()
    return FlagGroup(
        code=kind.code,
        level=kind.level.value,
        column=row["column"],
        field=row["field"],
        count=row["count"],
        lines=tuple(row["lines"]),
        sentences=tuple(dict.fromkeys(texts)),
        fix=kind.fix,
    )


def _problem(errors: pl.DataFrame) -> pl.Series:
    where = [f"{column}: " if column else "" for column in errors.get_column("column")]
    fixes = [FLAGS[code].fix for code in errors.get_column("code")]
    texts = [f"{a}{b} {c}".strip() for a, b, c in zip(where, sentences(errors), fixes, strict=True)]
    return pl.Series(texts, dtype=pl.String)
