"""Problems of a draft: grouped by kind, and fixed in all cells at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
from enlist.services.imports.staged_file import file_names
from enlist.services.setup.fields import option_of
from enlist.services.setup.records import record_add, record_change
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import artifacts, records

from .draft import draft_record, draft_to_change
from .replace import Replacement, replace_do

# Most kinds of problems in one answer.
KINDS: Final = 50
_LEVELS: Final = ("error", "warning", "notice")
# What a cell names that doesn't exist, and the attributes that get the name.
_UNKNOWN_RECORD: Final = {
    "course_unknown": (COURSES, ("shortname", "name")),
    "course_unknown_row": (COURSES, ("shortname", "name")),
    "cohort_unknown": (GROUPS, ("name", "idnumber")),
}
# The setting that fixes all problems of a kind, whose cells are blank, when it is `yes`.
_SETTINGS: Final = {"username_made_taken": "number_made_usernames"}
_UNKNOWN_OPTION: Final = ("choice_unknown", "choice_unknown_required", "choice_replaced", "choice_left")


@dataclass(frozen=True)
class Problem:
    """The same problem in several rows, in cells of one column with one value.

    rows: how many. likely: the most likely correction. possible: the allowed values, if the list is short. field: the
    profile field that could get this value as an option, "" for none. creates: the kind of record (`SetupKind.name`)
    that could be created with this name, "" for none. setting: the setting that fixes the problem.
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
    found = artifacts.frames_named(record.pk, kind=artifacts.PLAN, name="flags")
    flags = pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *found]).filter(pl.col("row").is_not_null())
    flags = flags.filter(~pl.col("row").is_in(out.implode()), pl.col("code") != "row_excluded")
    kinds = (
        flags.group_by("code", "column", "value", maintain_order=True)
        .agg(pl.col("row").n_unique().alias("rows"), pl.struct(*FLAG_SCHEMA).first().alias("first"))
        .with_columns(level=pl.col("code").replace_strict({c: _LEVELS.index(k.level) for c, k in FLAGS.items()}))
        .sort("level", "rows", descending=[False, True], maintain_order=True)
    )
    first = kinds.head(limit)
    examples = pl.DataFrame(first.get_column("first").to_list(), schema=FLAG_SCHEMA)
    lists = lists_of([*columns, *examples.get_column("field").drop_nulls()])
    reference = snapshot.with_lists(reference, organization=record.organization, names=lists)
    shown = zip(examples.iter_rows(named=True), first.get_column("rows"), sentences(examples), strict=True)
    return Problems(
        [_problem(flag, rows=rows, sentence=sentence, reference=reference) for flag, rows, sentence in shown],
        total=kinds.height,
        reference=reference,
    )


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


def problem_setting_set(scope: Scope, *, number: int, code: str) -> None:
    """Change the setting that fixes all problems of a kind. The draft must be planned again.

    Raises PolicyError for a problem that no setting fixes.
    """
    record = draft_to_change(scope, number=number)
    if code not in _SETTINGS:
        raise PolicyError("problem_without_cell")
    policy = Policy.from_dict(record.policy).parse(_SETTINGS[code], text="yes")
    records.change(record, policy=policy.to_dict(), note=record.note)


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
        likely=offered(flag) or (likeliest(flag["value"], among=choices) if choices else ""),
        possible=choices,
        field=next(optioned, "") if kind.code in _UNKNOWN_OPTION else "",
        creates=_UNKNOWN_RECORD[kind.code][0].name if kind.code in _UNKNOWN_RECORD else "",
        setting=_SETTINGS.get(kind.code, ""),
    )
