"""Field cases: files as people have them, each with what a careful administrator expects of its import.

`field_sites.py` tries the cases of a folder on both databases; CONTRIBUTING.md describes the format of a case.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from enlist.core.errors import EnlistError, NotFound
from enlist.core.flags.catalogue import FLAGS
from enlist.core.presets import preset
from enlist.core.rows.fixes import offered
from enlist.core.setup_kinds import COURSES, PROFILE_FIELDS
from enlist.services.access import Scope
from enlist.services.accounts.passwords import passwords_settle
from enlist.services.imports.plan import Planned, import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.people.listing import person_facts
from enlist.services.setup.courses import course_group_add
from enlist.services.setup.records import record_add

BASE: Final = "base.json"
_SETUP: Final = ("courses", "fields", "people")
_CASE: Final = ("title", "preset", "settings", "columns", "setup", "expect")
_READING: Final = ("encoding", "delimiter", "sheet", "rows")
_FLAG: Final = ("line", "column", "level", "value")
_OFFER: Final = ("line", "fix")
_LEVELS: Final = ("error", "warning", "notice")


@dataclass(frozen=True)
class Case:
    """A file to import, how, on what, and what is expected; `fault` says what is wrong with the case itself."""

    name: str
    file: Path
    preset: str = "moodle"
    settings: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    setup: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""

    def request(self) -> ImportRequest:
        """The request of its import."""
        settings = [f"{name}={_typed(value)}" for name, value in self.settings.items()]
        policy = preset(self.preset).configure(settings)
        return ImportRequest(source=self.file, policy=policy, preset=self.preset, columns=self.columns)


def cases_of(folder: Path) -> list[Case]:
    """The cases of a folder, by name."""
    base = _json(folder / BASE) if (folder / BASE).exists() else {}
    return [_case(path, base=base) for path in sorted(folder.glob("*.json")) if path.name != BASE]


def _case(path: Path, *, base: Mapping[str, Any]) -> Case:
    files = [each for each in sorted(path.parent.glob(f"{path.stem}.*")) if each.suffix != ".json"]
    file = files[0] if files else path
    try:
        whole = {**base, **_json(path)}
        _check_keys(whole)
        if len(files) != 1:
            raise ValueError(f"{len(files)} files are called {path.stem}")
    except ValueError as error:
        return Case(path.stem, file, fault=f"The case is wrong: {error}.")
    return Case(path.stem, file, **{name: whole[name] for name in _CASE[1:] if name in whole})


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


def _check_keys(case: Mapping[str, Any]) -> None:
    """Raise ValueError for a key that the format does not have."""
    expect = case.get("expect", {})
    for what, found, known in (
        ("", case, _CASE),
        ("setup.", case.get("setup", {}), _SETUP),
        ("expect.", expect, tuple(_CHECKS)),
        ("reading.", expect.get("reading", {}), _READING),
        *(("flags.", each, _FLAG) for name in ("flags", "no_flags") for each in expect.get(name, ())),
        *(("offers.", each, _OFFER) for each in expect.get("offers", ())),
    ):
        if unknown := [name for name in found if name not in known]:
            raise ValueError(f"unknown key {what}{unknown[0]}")
    levels = {each.get("level", "error") for name in ("flags", "no_flags") for each in expect.get(name, ())}
    if unknown := sorted(levels.difference(_LEVELS)):
        raise ValueError(f"unknown level {unknown[0]}")
    if expect.get("again", "unchanged") != "unchanged":
        raise ValueError(f"unknown value of again: {expect['again']}")


def _typed(value: Any) -> str:
    """A setting as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def set_up(scope: Scope, *, case: Case) -> None:
    """Set up what the case imports into: courses with their groups, profile fields, people."""
    for course, groups in case.setup.get("courses", {}).items():
        record_add(scope, kind=COURSES, values={"shortname": course})
        for group in groups:
            course_group_add(scope, course=course, name=group)
    for name, kind in case.setup.get("fields", {}).items():
        record_add(scope, kind=PROFILE_FIELDS, values={"shortname": name, "name": name, "kind": kind})
    if people := case.setup.get("people"):
        policy = preset("moodle").configure(["upload_type=add_new"])
        request = ImportRequest(source=case.file.with_name(people), policy=policy, preset="moodle")
        import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=request)))


@dataclass(frozen=True)
class Outcome:
    """The result of a case: its plan, or why the file was refused; and what is found afterwards."""

    scope: Scope
    planned: Planned | None = None
    refusal: str = ""
    passwords: int = 0
    again: Planned | None = None

    @property
    def flags(self) -> pl.DataFrame:
        """All flags of the plan."""
        assert self.planned
        return pl.concat([part.flags for part in self.planned.plan.parts])


def failures(scope: Scope, *, case: Case) -> list[str]:
    """What is not as the case expects, a sentence each; the set-up is done."""
    if case.fault:
        return [case.fault]
    try:
        outcome = _outcome(scope, case=case)
    except Exception as error:
        return [f"Enlist did not foresee this: {type(error).__name__}: {error}"]
    if outcome.refusal and "refused" not in case.expect:
        return [f"The file was refused: {outcome.refusal}"]
    return [each for name, wanted in case.expect.items() for each in _CHECKS[name](outcome, wanted)]


def _outcome(scope: Scope, *, case: Case) -> Outcome:
    try:
        planned = import_plan(scope, request=case.request())
    except EnlistError as error:
        return Outcome(scope, refusal=error.message)
    number = import_apply(scope, plan=import_stage(scope, planned=planned)).number
    hashed = passwords_settle(scope, number=number).hashed if "passwords_set" in case.expect else 0
    again = import_plan(scope, request=case.request()) if "again" in case.expect else None
    return Outcome(scope, planned, passwords=hashed, again=again)


def _refused(outcome: Outcome, wanted: str) -> Iterator[str]:
    if not outcome.refusal:
        yield f"The file was not refused (“{wanted}”)."
    elif wanted.casefold() not in outcome.refusal.casefold():
        yield f"The refusal doesn't say “{wanted}”: {outcome.refusal}"


def _planned(check: Callable[[Outcome, Any], Iterator[str]]) -> Callable[[Outcome, Any], Iterator[str]]:
    """A check that needs a plan."""

    def checked(outcome: Outcome, wanted: Any) -> Iterator[str]:
        return check(outcome, wanted) if outcome.planned else iter(())

    return checked


@_planned
def _source(outcome: Outcome, wanted: str) -> Iterator[str]:
    assert outcome.planned
    found = str(getattr(outcome.planned.headers, "profile", None) or "")
    if wanted.casefold() not in found.casefold():
        yield f"source: “{found}” instead of “{wanted}”"


@_planned
def _reading(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[str]:
    assert outcome.planned
    table = outcome.planned.table
    found = {"delimiter": table.source.delimiter, "sheet": table.source.sheet, "rows": table.height}
    found["encoding"] = _encoding(table.source.encoding)
    for name, value in wanted.items():
        expected = _encoding(value) if name == "encoding" else value
        if found[name] != expected:
            yield f"reading {name}: {found[name]!r} instead of {expected!r}"


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


@_planned
def _columns(outcome: Outcome, wanted: Mapping[str, str | None]) -> Iterator[str]:
    assert outcome.planned
    found: dict[str, str | None] = {column.header: column.slug for column in outcome.planned.headers.columns}
    found |= dict.fromkeys(outcome.planned.table.secrets, "password")
    for header, slug in wanted.items():
        if found.get(header, "(no such column)") != slug:
            yield f"column “{header}”: {found.get(header, '(no such column)')} instead of {slug}"


def _people(outcome: Outcome, wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for username, values in wanted.items():
        found = _person(outcome.scope, username=username)
        if found is None:
            yield f"{username} is not there"
            continue
        for name, value in values.items():
            expected = sorted(value) if isinstance(value, list) else "inactive" if value == "left" else value
            if found.get(name, "") != expected:
                yield f"{username}.{name}: {found.get(name, '')!r} instead of {expected!r}"


def _person(scope: Scope, *, username: str) -> dict[str, Any] | None:
    """A person's values by the names that cases use; None if there is none."""
    try:
        facts = person_facts(scope, username=username)
    except NotFound:
        return None
    return {
        **facts.fields,
        "site_role": facts.site_role,
        "state": facts.state,
        "source": facts.source,
        **facts.hidden,
        **{f"profile_field_{name}": value for name, value in facts.profile.items()},
        "courses": sorted({each.course for each in facts.courses}),
        "groups": sorted(f"{each.course}/{each.group}" for each in facts.course_groups),
        "cohorts": sorted(each.group for each in facts.groups),
    }


def _absent(outcome: Outcome, wanted: list[str]) -> Iterator[str]:
    yield from (f"{name} is there" for name in wanted if _person(outcome.scope, username=name))


def _not_active(outcome: Outcome, wanted: list[str]) -> Iterator[str]:
    people = {name: _person(outcome.scope, username=name) for name in wanted}
    yield from (f"{name} is active" for name, person in people.items() if person and person["state"] == "active")


@_planned
def _statuses(outcome: Outcome, wanted: Mapping[str, str]) -> Iterator[str]:
    assert outcome.planned
    lines = pl.concat([part.statuses for part in outcome.planned.plan.parts]).select("line", "row_status")
    found = dict(lines.iter_rows())
    for line, row_status in wanted.items():
        if found.get(int(line), "no row") != row_status:
            yield f"line {line}: {found.get(int(line), 'no row')} instead of {row_status}"


@_planned
def _flags(outcome: Outcome, wanted: list[dict[str, Any]]) -> Iterator[str]:
    yield from (f"not flagged: {_written(each)}" for each in wanted if not _like(outcome, {"line": 0, **each}))


@_planned
def _no_flags(outcome: Outcome, wanted: list[dict[str, Any]]) -> Iterator[str]:
    for each in wanted:
        if found := _like(outcome, each):
            yield f"flagged: {_written(each)} ({', '.join(found)})"


def _like(outcome: Outcome, flag: Mapping[str, Any]) -> list[str]:
    """The codes of the flags like this one; line 0 is the file, and without a line it is any."""
    found = outcome.flags.with_columns(
        level=pl.col("code").replace_strict({code: kind.level.value for code, kind in FLAGS.items()}),
        line=pl.when(pl.col("row").is_null()).then(0).otherwise("line"),
    )
    for name, value in flag.items():
        found = found.filter(pl.col(name) == value)
    return found.get_column("code").unique(maintain_order=True).to_list()


@_planned
def _offers(outcome: Outcome, wanted: list[dict[str, Any]]) -> Iterator[str]:
    fixes = {(flag["line"], offered(flag)) for flag in outcome.flags.iter_rows(named=True)}
    for each in wanted:
        if (each["line"], each["fix"]) not in fixes:
            yield f"not offered: {_written(each)}"


def _passwords_set(outcome: Outcome, wanted: int) -> Iterator[str]:
    if outcome.passwords != wanted:
        yield f"{outcome.passwords} passwords set instead of {wanted}"


def _again(outcome: Outcome, _: str) -> Iterator[str]:
    if outcome.again and not outcome.again.plan.is_empty:
        yield f"the same file once more plans {dict(outcome.again.plan.head.verbs)}"


def _written(each: Mapping[str, Any]) -> str:
    return json.dumps(each, ensure_ascii=False)


_CHECKS: Final[dict[str, Callable[[Outcome, Any], Iterator[str]]]] = {
    "refused": _refused,
    "source": _source,
    "reading": _reading,
    "columns": _columns,
    "people": _people,
    "absent": _absent,
    "not_active": _not_active,
    "statuses": _statuses,
    "flags": _flags,
    "no_flags": _no_flags,
    "offers": _offers,
    "passwords_set": _passwords_set,
    "again": _again,
}
