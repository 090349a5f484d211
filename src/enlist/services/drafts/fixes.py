"""Problems of a draft: grouped by kind, and fixed in all cells at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.directory.new_field import OPTIONED
from enlist.core.errors import PolicyError
from enlist.core.flags.catalogue import FLAGS
from enlist.core.flags.flags import FLAG_SCHEMA, sentences
from enlist.core.policy import Policy
from enlist.core.rows.fixes import likeliest, lists_of, offered, possible
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS
from enlist.services.access import Right, Scope, needs
from enlist.services.imports.staged_file import ROW, cells_check, file_names, file_rows
from enlist.services.setup.fields import option_of
from enlist.services.setup.records import record_add, record_change
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import artifacts, edits, records

from .draft import draft_record, draft_to_change
from .replace import SOON, Replacement, replace_do

# Most kinds of problems in one answer.
KINDS: Final = 50
_SUGGESTING: Final = tuple(code for code, kind in FLAGS.items() if kind.suggests or kind.offers)
_LEVELS: Final = ("error", "warning", "notice")
# What a cell names that doesn't exist, and the attributes that get the name.
_UNKNOWN_RECORD: Final = {
    "course_unknown": (COURSES, ("shortname", "name")),
    "course_unknown_row": (COURSES, ("shortname", "name")),
    "cohort_unknown": (GROUPS, ("name", "idnumber")),
}
# The setting that fixes all problems of a kind, whose cells are blank, when it is `yes`.
_SETTINGS: Final = {"username_made_taken": "number_made_usernames"}
# The same for cells of one field, whose kind has a setting by field.
_BY_FIELD: Final = {"edit_asked": "manual_edits"}
# A new username that may be that of an existing person, which the flag's detail names.
TWINS: Final = ("username_close", "username_twin")
_UNKNOWN_OPTION: Final = ("choice_unknown", "choice_unknown_required", "choice_replaced", "choice_left")


@dataclass(frozen=True)
class Problem:
    """The same problem in several rows, in cells of one column with one value.

    rows: how many. likely: the most likely correction. possible: the allowed values, if the list is short. field: the
    profile field that could get this value as an option, "" for none. creates: the kind of record (`SetupKind.name`)
    that could be created with this name, "" for none. setting: the setting that fixes the problem. alike: how many
    cells have a suggestion of the same kind, for the first of several such problems. by_field: the field whose setting
    decides about these cells, "" for none. twin: the username of the person that the row may be about, "" for none;
    pair: what both have (label, the person's, the row's).
    """

    code: str
    level: str
    column: str
    value: str
    rows: int
    sentence: str
    fix: str
    likely: str = ""
    possible: tuple[str, ...] = ()
    field: str = ""
    creates: str = ""
    setting: str = ""
    alike: int = 0
    by_field: str = ""
    twin: str = ""
    row: int = -1
    pair: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Problems:
    """The first kinds of problems. total: how many kinds there are. reference: the values to choose from."""

    kinds: list[Problem]
    total: int
    reference: Reference


def problems_of(
    record: models.Import, *, out: pl.Series, reference: Reference, limit: int, columns: Iterable[str] = ()
) -> Problems:
    """The problems found when a draft was last planned, without the rows `out`: errors first, then the most frequent.

    reference: what the caller has loaded already; lists that the problems and these columns choose from are added.
    """
    flags = row_flags(record).filter(~pl.col("row").is_in(out.implode()), pl.col("code") != "row_excluded")
    kinds = (
        flags.group_by("code", "column", "value", maintain_order=True)
        .agg(pl.col("row").n_unique().alias("rows"), pl.struct(*FLAG_SCHEMA).first().alias("first"))
        .with_columns(level=pl.col("code").replace_strict({c: _LEVELS.index(k.level) for c, k in FLAGS.items()}))
        .sort("level", "rows", descending=[False, True], maintain_order=True)
    )
    first, alike = kinds.head(limit), _alike(flags)
    examples = pl.DataFrame(first.get_column("first").to_list(), schema=FLAG_SCHEMA)
    lists = lists_of([*columns, *examples.get_column("field").drop_nulls()])
    reference = snapshot.with_lists(reference, organization=record.organization, names=lists)
    shown = zip(examples.iter_rows(named=True), first.get_column("rows"), sentences(examples), strict=True)
    problems = [_problem(flag, rows=rows, sentence=sentence, reference=reference) for flag, rows, sentence in shown]
    # One button for all suggestions of a kind is enough.
    problems = [replace(each, alike=alike.pop(each.code, 0) if each.likely else 0) for each in problems]
    return Problems(problems, total=kinds.height, reference=reference)


def problem_fix(scope: Scope, *, number: int, problem: tuple[str, str, str], new: str) -> int | None:
    """Put a value into every cell with this problem (code, column, value) that still has the value; how many.

    None if a worker does it, and then plans the draft. Raises PolicyError as `replace_do`, and for a problem without a
    column.
    """
    code, column, value = problem
    if not column:
        raise PolicyError("problem_without_cell")
    # A flag has the name that its column had when the draft was planned.
    headers = {name: header for header, name in file_names(draft_record(scope, number=number)).items()}
    header = headers.get(column, column)
    wanted = Replacement(value, new, column=header, whole=True, problem=code, called=column)
    return replace_do(scope, number=number, wanted=wanted, plan_too=True)


def problem_setting_set(scope: Scope, *, number: int, code: str, field: str = "", word: str = "yes") -> None:
    """Give the setting that fixes all problems of a kind, or those about a field, this word.

    The draft must be planned again.

    Raises PolicyError for a problem that no setting fixes.
    """
    record = draft_to_change(scope, number=number)
    name = f"{_BY_FIELD[code]}.{field}" if code in _BY_FIELD else _SETTINGS.get(code, "")
    if not name:
        raise PolicyError("problem_without_cell")
    policy = Policy.from_dict(record.policy).parse(name, text=word)
    records.change(record, policy=policy.to_dict(), note=record.note)


def problem_fix_all(scope: Scope, *, number: int, code: str) -> int:
    """Put its own suggestion into every cell with a problem of this kind, as one step; how many.

    At most `SOON` cells at once. Cells that were changed since the draft was last planned stay. Raises PolicyError.
    """
    record = draft_to_change(scope, number=number)
    headers = {name: header for header, name in file_names(record).items()}
    found = _suggested(row_flags(record)).filter(pl.col("code") == code).head(SOON)
    wanted = found.select("row", "value", column=pl.col("column").replace(headers), new="detail")
    wanted = wanted.unique(["row", "column"], keep="first", maintain_order=True)
    cells = _unchanged(record, wanted=wanted)
    cells_check(record, cells=cells)
    if cells.height:
        edits.add(record, cells=cells, by=scope.actor)
    return cells.height


def row_flags(record: models.Import) -> pl.DataFrame:
    """The flags on rows that the last plan of a draft has."""
    found = artifacts.frames_named(record.pk, kind=artifacts.PLAN, name="flags")
    return pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *found]).filter(pl.col("row").is_not_null())


def _suggested(flags: pl.DataFrame) -> pl.DataFrame:
    """The flags with a suggestion for their cell."""
    return flags.filter(pl.col("code").is_in(_SUGGESTING), pl.col("column").is_not_null(), pl.col("detail") != "")


def _alike(flags: pl.DataFrame) -> dict[str, int]:
    """Kind → how many cells have a suggestion, where there are several."""
    return dict(_suggested(flags).group_by("code").len().filter(pl.col("len") > 1).iter_rows())


def _unchanged(record: models.Import, *, wanted: pl.DataFrame) -> pl.DataFrame:
    """Of these cells (row, column, value, new) those that still have their value, as a step (row, column, old, new)."""
    rows = file_rows(record, rows=wanted.get_column("row").unique().sort())
    columns = wanted.get_column("column").unique().to_list()
    now = rows.select(pl.col(ROW).alias("row"), *columns).unpivot(index="row", variable_name="column", value_name="old")
    cells = wanted.join(now, on=["row", "column"], maintain_order="left").filter(pl.col("old") == pl.col("value"))
    return cells.select("row", "column", "old", "new")


@needs(Right.CHANGE_SETUP)
def problem_option_add(scope: Scope, *, number: int, field: str, option: str) -> None:
    """Add the value of cells to the options of their profile field (its short name). The draft must be planned again.

    Raises PolicyError as `record_change`.
    """
    draft_to_change(scope, number=number)
    record_change(scope, kind=PROFILE_FIELDS, key=field, values=option_of(option))


def problem_record_add(scope: Scope, *, number: int, code: str, name: str) -> None:
    """Create the course or group that cells with this problem name. The draft must be planned again.

    Raises NotAllowed; PolicyError as `record_add`, and for a problem that another record doesn't solve.
    """
    draft_to_change(scope, number=number)
    if code not in _UNKNOWN_RECORD:
        raise PolicyError("problem_without_record")
    kind, attributes = _UNKNOWN_RECORD[code]
    record_add(scope, kind=kind, values=dict.fromkeys(attributes, name))


def _problem(flag: dict[str, Any], *, rows: int, sentence: str, reference: Reference) -> Problem:
    kind, slug = FLAGS[flag["code"]], flag["field"] or ""
    choices = possible(slug, reference=reference) if flag["column"] and flag["value"] else ()
    optioned = (each.shortname for each in reference.profile_fields if each.slug == slug and each.kind in OPTIONED)
    return Problem(
        code=kind.code,
        level=kind.level.value,
        column=flag["column"] or "",
        value=flag["value"] or "",
        rows=rows,
        sentence=sentence,
        fix=kind.fix,
        # Different people have different edits, so no value is right for all these cells.
        likely=""
        if kind.code in _BY_FIELD
        else offered(flag) or (likeliest(flag["value"], among=choices) if choices else ""),
        possible=choices,
        by_field=slug if kind.code in _BY_FIELD else "",
        field=next(optioned, "") if kind.code in _UNKNOWN_OPTION else "",
        creates=_UNKNOWN_RECORD[kind.code][0].name if kind.code in _UNKNOWN_RECORD else "",
        setting=_SETTINGS.get(kind.code, ""),
        twin=(flag["detail"] or "") if kind.code in TWINS else "",
        row=flag["row"],
    )
