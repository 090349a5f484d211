"""The differences between Moodle and Enlist in a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from enlist.core.clean import fold
from enlist.core.policy.patterns import expand

from .case import COUNTS, Case, Human
from .outcome import Outcome

# Blank means: as the site has it; a site in a case speaks English, and its clock was not recorded.
FOLLOWS_SITE: Final = {"lang": ("", "en"), "auth": ("", "manual"), "timezone": ("", "99", "Europe/London")}
ZERO: Final = frozenset({"maildisplay", "mailformat", "maildigest", "autosubscribe", "emailstop"})


@dataclass(frozen=True)
class Difference:
    """One difference from Moodle; about: the person's username there or here."""

    what: str
    about: str
    moodle: str
    enlist: str

    def told(self) -> str:
        """In a few words."""
        return f"{self.about} {self.what}: {self.moodle!r} there, {self.enlist!r} here".strip()


def differences(case: Case, *, outcome: Outcome) -> list[Difference]:
    """Everything in which the outcome is not what is expected."""
    if case.templates:
        return list(_templates(case))
    expected = case.expected
    is_unready = "not available yet" in outcome.refused
    if outcome.refused and not is_unready and (expected.stopped or not _does_anything(case)):
        found: list[Difference] = []
    elif outcome.refused:
        found = [Difference("refused", "", "", outcome.refused)]
    elif expected.stopped:
        found = [Difference("stopped", "", "stopped", "")]
    else:
        found = [*_counts(case, outcome=outcome), *_selection(case, outcome=outcome)]
    return [*found, *_people(case, outcome=outcome), *_sets(case, outcome=outcome)]


def pairs(case: Case, *, outcome: Outcome) -> list[tuple[Human | None, Human | None]]:
    """Everybody there and here, the same people side by side: by username, else by address, else by name."""
    there, here = dict(case.expected.people), dict(outcome.people)
    found: list[tuple[Human | None, Human | None]] = [
        (there.pop(name), here.pop(name)) for name in [*there] if name in here
    ]
    for alike in (_same_address, _same_name):
        for name, human in [*there.items()]:
            match = next((other for other in here if alike(human, here[other])), None)
            if match is not None and not human.deleted:
                found.append((there.pop(name), here.pop(match)))
    return [*found, *((human, None) for human in there.values()), *((None, human) for human in here.values())]


def _same_address(there: Human, here: Human) -> bool:
    return bool(there.cells["email"]) and fold(there.cells["email"]) == fold(here.cells["email"])


def _same_name(there: Human, here: Human) -> bool:
    return all(there.cells[name] == here.cells[name] for name in ("firstname", "lastname"))


def _does_anything(case: Case) -> bool:
    """Whether a row comes to anything but an error: a file of which none does may be refused as a whole."""
    return any(count for name, count in case.expected.counts.items() if name not in {"errors", "skipped"})


def _templates(case: Case) -> Iterator[Difference]:
    for names, pattern, documented, moodle in case.templates:
        made = expand(pattern, first=names.get("firstname"), last=names.get("lastname"), user=names.get("username"))
        if made != documented:
            yield Difference("template", pattern, documented, made)
        elif made != moodle:
            yield Difference("documented template", pattern, moodle, made)


def _counts(case: Case, *, outcome: Outcome) -> Iterator[Difference]:
    for name in COUNTS:
        there, here = case.expected.counts.get(name, 0), outcome.counts.get(name, 0)
        if name == "updated" and here < there <= here + _invisibly(case, outcome=outcome):
            continue
        if there != here:
            yield Difference("count", name, str(there), str(here))


def _selection(case: Case, *, outcome: Outcome) -> Iterator[Difference]:
    """Moodle selects everybody whatever is chosen; what is chosen is what counts here (§2.10, “Decide”)."""
    if case.expected.bulk is None:
        return
    before = {user["username"]: user for user in case.base.get("users", [])}
    meant = {
        "1": frozenset(name for name in case.expected.bulk if name not in before),
        "2": frozenset(
            name
            for name in case.expected.bulk & before.keys()
            if any(str(before[name].get(slug, "")) != cell for slug, cell in case.expected.people[name].cells.items())
        ),
    }.get(case.options.get("uubulk", "0"), case.expected.bulk)
    if meant != outcome.selected:
        yield Difference("selected", "", _listed(meant), _listed(outcome.selected))


def _invisibly(case: Case, *, outcome: Outcome) -> int:
    """Rows that Moodle counts as updated though nothing anybody sees changes.

    It writes every profile field of whom it updates, and where defaults apply a description that is null is made blank
    (§1.4, §2.1); a value that it throws away counts as well.
    """
    same = {there.username for there, here in pairs(case, outcome=outcome) if there and here}
    ids = {outcome.ids[name] for name in same if name in outcome.ids}
    quiet = ("unchanged", "enrolled", "grouped", "renamed")
    return sum(row.row_status in quiet and row.person in ids and not row.has("updated_too") for row in outcome.rows)


def _people(case: Case, *, outcome: Outcome) -> Iterator[Difference]:
    for there, here in pairs(case, outcome=outcome):
        if there is None or here is None:
            human = there or here
            assert human
            yield Difference("deleted" if human.deleted else "person", human.username, _shown(there), _shown(here))
        else:
            yield from _cells(case, there=there, here=here)


def _shown(human: Human | None) -> str:
    return human.username if human else ""


def _cells(case: Case, *, there: Human, here: Human) -> Iterator[Difference]:
    about = there.username
    for name in case.expected.fields:
        if _alike(there.cells[name], name=name) != _alike(here.cells[name], name=name):
            yield Difference(name, about, there.cells[name], here.cells[name])
    yield from _profile(case, there=there, here=here)
    for what in ("roles", "groups", "cohorts", "system_roles", "suspended"):
        if getattr(there, what) != getattr(here, what):
            yield Difference(what, about, _listed(getattr(there, what)), _listed(getattr(here, what)))
    for course in sorted(there.enrolments.keys() & here.enrolments.keys()):
        old, new = there.enrolments[course], here.enrolments[course]
        is_same_start = old.start in ("", "as in base", new.start)
        if (old.status, old.days) != (new.status, new.days) or not is_same_start:
            yield Difference("enrolment", about, str(old), str(new))


def _profile(case: Case, *, there: Human, here: Human) -> Iterator[Difference]:
    fields = {field["shortname"]: field for field in case.base.get("profile_fields", [])}
    for name in sorted(fields):
        usual = _text(fields[name].get("defaultdata"))
        old, new = (_text(human.profile.get(name)) or usual for human in (there, here))
        if fields[name].get("datatype") == "datetime" and old.lstrip("-").isdigit():
            old = _day(int(old), like=new)
        if old != new:
            yield Difference(f"profile_field_{name}", there.username, old, new)


def _day(seconds: int, *, like: str) -> str:
    """A moment as the day it is somewhere on earth: in which time zone it was stored was not recorded."""
    hours = (dt.timedelta(hours=number) for number in range(-14, 15))
    days = {(dt.datetime.fromtimestamp(seconds, dt.UTC) + each).date().isoformat() for each in hours}
    return like if like in days else min(days)


def _sets(case: Case, *, outcome: Outcome) -> Iterator[Difference]:
    for what in ("cohorts", "groups"):
        there, here = getattr(case.expected, what), getattr(outcome, what)
        if there is not None and there != here:
            yield Difference(f"all {what}", "", _listed(there), _listed(here))


def _listed(value: frozenset[str] | bool) -> str:
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    return "" if text == "0" else text


def _alike(value: str, *, name: str) -> str:
    """A cell as anybody sees it: blanks side by side are one, and what follows the site is what the site has."""
    value = " ".join(value.split())
    if name in FOLLOWS_SITE and value in FOLLOWS_SITE[name]:
        return ""
    return "" if name in ZERO and value == "0" else value
