"""The intended differences from Moodle: a rule for each of D1 … D17.

A rule looks at what differs, at the rows that are about it, and at the flags on them; never at a case's name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from enlist.core.clean import fold
from enlist.core.fields.fields import PROFILE_PREFIX
from enlist.core.policy.patterns import expand, references

from .case import Case, Human
from .judge import Difference
from .outcome import Outcome, Row
from .settings import reading_of

LEGACY: Final = frozenset({"ajax", "icq", "url", "skype", "yahoo", "aim", "msn"})
# What Moodle dies of in the middle of a file, or lets pass, and what is an error on its row here.
ROW_ERRORS: Final = (
    "too_long", "username_unclean", "username_taken", "rename_taken", "undecodable", "nul_byte", "profile_taken",
    "username_too_long",
)  # fmt: skip
BOOLEANS: Final = ("boolean_unknown", "action_unclear")
FLAGS_OF_PEOPLE: Final = ("deleted", "suspended", "autosubscribe", "emailstop")
CLOSED: Final = ("country", "lang", "timezone", "auth", "maildisplay", "mailformat", "maildigest", "autosubscribe",
                 "emailstop")  # fmt: skip
# What the second form takes from the importing person.
LENT: Final = frozenset({"city", "country", "lang", "timezone", "institution", "department"})
PLACES: Final = ("country", "lang", "timezone")
UNKNOWN: Final = (
    "country_unknown", "language_unknown", "timezone_unknown", "choice_unknown", "choice_left", "number_bad",
    "date_bad", "boolean_unknown",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """A case and what came of it here."""

    case: Case
    outcome: Outcome

    @cached_property
    def first_error(self) -> int | None:
        """The line of the first row that Moodle would have died of."""
        return next((row.line for row in self.outcome.rows if row.has(*ROW_ERRORS)), None)

    def about(self, name: str) -> list[Row]:
        """The rows about a person: those that found or made them, or name their username, address or both names."""
        there, here = self.case.expected.people.get(name), self.outcome.people.get(name)
        humans = [human for human in (there, here) if human]
        number = self.outcome.ids.get(name)
        return [
            row
            for row in self.outcome.rows
            if (row.person is not None and row.person == number) or any(_names(row, human) for human in humans)
        ]

    def odd(self, *codes: str) -> list[Row]:
        """The rows with one of these flags."""
        return [row for row in self.outcome.rows if row.has(*codes)]


def reason(difference: Difference, *, evidence: Evidence) -> str:
    """The D-number that explains a difference, "" where none does."""
    return next((name for name, rule in RULES if rule(difference, evidence)), "")


def _names(row: Row, human: Human) -> bool:
    if human.deleted:
        return False
    keys = ("username", "email")
    same = [fold(row.cells.get(key, "")) == fold(human.cells[key]) != "" for key in keys]
    both = all(row.cells.get(name, "") == human.cells[name] for name in ("firstname", "lastname"))
    return any(same) or (both and bool(human.cells["lastname"]))


def _template(difference: Difference, evidence: Evidence) -> bool:
    """Moodle's own grammar, §3.3: any sign between + and ~, the last digit counts, %% stays."""
    if difference.what == "documented template":
        return True
    options = evidence.case.options
    # A username made otherwise is somebody else, and so is whatever is made of it.
    names = {"person": ("username",), "username": ("username",)}.get(difference.what, (difference.what,))
    patterns = [options[name] for name in names if name in options]
    if any("u" in references(pattern) for pattern in patterns):
        patterns.append(options.get("username", ""))
    rows = evidence.about(difference.about) or list(evidence.outcome.rows)
    return any(_is_read_otherwise(pattern, row=row) for pattern in patterns for row in rows)


def _is_profile(name: str) -> bool:
    return name.startswith(PROFILE_PREFIX)


def _is_read_otherwise(pattern: str, *, row: Row) -> bool:
    first, last = row.cells.get("firstname", ""), row.cells.get("lastname", "")
    return expand(pattern, first=first, last=last, user="u") != moodle_expand(pattern, first=first, last=last)


def moodle_expand(pattern: str, *, first: str, last: str) -> str:
    """A template as Moodle expands it, its two defects included (§3.3)."""
    names = {"f": first, "l": last, "u": "u"}

    def code(found: re.Match[str]) -> str:
        spelled = {"-": str.lower, "+": str.upper, "~": str.title}.get(found[1] or "", str)(names[found[3]])
        limit = int((found[2] or "0")[-1])
        return spelled[:limit] if limit else spelled

    return re.sub(r"(?<!%)%([+-~])?(\d)*([flu])", code, pattern)


def _boolean(difference: Difference, evidence: Evidence) -> bool:
    """Moodle takes every word for yes, and keeps it as it is; here only words for it are, and others are errors."""
    if difference.what == "count":
        return _is_within(difference, rows=[row for row in evidence.outcome.rows if _wordy(row, evidence=evidence)])
    is_about_one = difference.what == "suspended" or (difference.what == "person" and difference.moodle)
    rows = evidence.about(difference.about) if is_about_one else evidence.outcome.rows
    if difference.what in {"suspended", "person", "deleted"}:
        return any({"deleted", "suspended"} & _wordy(row, evidence=evidence) for row in rows)
    return any(difference.what in _wordy(row, evidence=evidence) for row in evidence.about(difference.about))


def _wordy(row: Row, *, evidence: Evidence) -> set[str]:
    """The fields of a row that are flags and say neither 0 nor 1."""
    own = evidence.case.base.get("profile_fields", [])
    boxes = [PROFILE_PREFIX + field["shortname"] for field in own if field["datatype"] == "checkbox"]
    return {name for name in (*FLAGS_OF_PEOPLE, *boxes) if row.cells.get(name, "") not in {"", "0", "1"}}


def _is_within(difference: Difference, *, rows: Sequence[Row]) -> bool:
    """Whether so many rows can account for the difference of a counter."""
    return abs(int(difference.moodle) - int(difference.enlist)) <= len(rows)


def _stops(difference: Difference, evidence: Evidence) -> bool:
    """Moodle died in the middle, or did half; here it is an error on the row."""
    line = evidence.first_error
    if line is None:
        return False
    if difference.what == "stopped" or (difference.what == "count" and evidence.case.expected.stopped):
        return True
    if difference.what == "count":
        # A row that Moodle counted as an error and went on with counts once more.
        odd = evidence.odd(*ROW_ERRORS)
        return _is_within(difference, rows=[*odd, *odd])
    rows = evidence.about(difference.about) if difference.about else list(evidence.outcome.rows)
    if evidence.case.expected.stopped:
        return all(row.line >= line for row in rows)
    return any(row.has(*ROW_ERRORS) for row in rows)


def _address(difference: Difference, evidence: Evidence) -> bool:
    """Somebody else's address in another case is taken."""
    rows = [row for row in evidence.outcome.rows if row.has("email_taken", "ambiguous_key")]
    known = [user["email"] for user in evidence.case.base.get("users", [])]
    known += [row.cells.get("email", "") for row in evidence.outcome.rows]
    clashing = [row for row in rows if _in_another_case(row.cells.get("email", ""), known=known)]
    if difference.what == "count":
        return difference.about in {"created", "errors", "updated"} and _is_within(difference, rows=clashing)
    return difference.what == "person" and any(row in clashing for row in evidence.about(difference.about))


def _in_another_case(email: str, *, known: list[str]) -> bool:
    return any(other != email and fold(other) == fold(email) for other in known)


def _closed_list(difference: Difference, evidence: Evidence) -> bool:
    """A cell that must name one of a list, and names none here, or is understood although spelt otherwise."""
    if difference.what == "count":
        # Later releases refuse the whole row where a choice is none; here it is that cell's error.
        odd = evidence.odd("choice_unknown") if difference.about in {"created", "errors"} else evidence.odd(*UNKNOWN)
        return difference.about in {"created", "errors", "updated"} and _is_within(difference, rows=odd)
    if difference.what == "person" and not difference.moodle:
        return any(row.has("choice_unknown") for row in evidence.about(difference.about))
    if not (difference.what in CLOSED or _is_profile(difference.what)):
        return False
    rows = evidence.about(difference.about)
    flagged = any(difference.what in fields for row in rows for code in UNKNOWN for fields in [row.flags.get(code, ())])
    said = {row.cells.get(difference.what, "") for row in rows} - {""}
    # Understood although spelt otherwise, or stored as it stands where Moodle has not installed it.
    spelt = difference.enlist not in said
    replaced = difference.what in PLACES and difference.moodle not in said
    return flagged or bool(said and difference.enlist and (spelt or replaced))


def _shape(difference: Difference, evidence: Evidence) -> bool:
    """Rows of another width, blank headers, one column: Moodle refuses the whole file."""
    if not evidence.case.expected.stopped or evidence.outcome.refused:
        return False
    lines = evidence.case.content.decode("utf-8", "replace").splitlines()
    records = list(csv.reader(lines, delimiter=reading_of(evidence.case).delimiter or ","))
    widths = {len(record) for record in records if record}
    has_blank_header = bool(records) and any(not cell.strip() for cell in records[0])
    return len(widths) > 1 or widths == {1} or has_blank_header


def _letters(difference: Difference, evidence: Evidence) -> bool:
    """Moodle drops bytes that aren't UTF-8; Enlist detects the encoding, and reports it."""
    is_text = difference.what in evidence.case.expected.fields
    there, here = (text.encode("ascii", "ignore") for text in (difference.moodle, difference.enlist))
    return is_text and there == here and "encoding_guessed" in evidence.outcome.file_flags


def _deleted(difference: Difference, evidence: Evidence) -> bool:
    """Moodle keeps a deleted person's row under another name; here the row is kept for undo, out of the directory."""
    if difference.what != "deleted" or difference.enlist:
        return False
    bases = [user for user in evidence.case.base.get("users", []) if difference.about.startswith(user["email"])]
    return any(user["username"] in evidence.outcome.gone for user in bases)


def _weak(difference: Difference, evidence: Evidence) -> bool:
    is_weak = (difference.what, difference.about) == ("count", "weak_passwords")
    return is_weak and _is_within(difference, rows=evidence.odd("password_weak"))


def _prefilled(difference: Difference, evidence: Evidence) -> bool:
    """The second form's inputs are filled from the importing person's own profile, or blank: both count there."""
    case, field = evidence.case, difference.what
    if field in case.options or field in evidence.outcome.headers.values():
        return False
    importer = [user for user in case.base.get("users", []) if user["username"] == "admin"]
    lent = {str(user.get(field, "")) for user in importer} - {""}
    is_wiped = case.options.get("uuupdatetype") == "2" and not difference.moodle
    return (field in LENT and difference.moodle in lent) or (is_wiped and (field in LENT or _is_profile(field)))


def _nameless(difference: Difference, evidence: Evidence) -> bool:
    rows = evidence.odd("firstname_missing", "lastname_missing")
    if difference.what == "count":
        return difference.about in {"created", "errors"} and _is_within(difference, rows=rows)
    return difference.what == "person" and any(row in rows for row in evidence.about(difference.about))


def _made_name(difference: Difference, evidence: Evidence) -> bool:
    """Moodle skips the row as an existing person; here a made name of somebody else is an error."""
    rows = evidence.odd("username_made_taken")
    return (
        difference.what == "count" and difference.about in {"skipped", "errors"} and _is_within(difference, rows=rows)
    )


def _same_key(difference: Difference, evidence: Evidence) -> bool:
    rows = evidence.odd("key_of_several")
    if difference.what == "count":
        return difference.about in {"created", "skipped", "updated", "errors"} and _is_within(difference, rows=rows)
    return difference.what == "person" and any(row in rows for row in evidence.about(difference.about))


def _blank(difference: Difference, evidence: Evidence) -> bool:
    blank = [line for line in evidence.case.content.splitlines() if line and not line.strip(b',;\t "')]
    return difference.what == "count" and difference.about == "errors" and int(difference.moodle) <= len(blank)


def _legacy(difference: Difference, evidence: Evidence) -> bool:
    return evidence.case.expected.stopped and bool(LEGACY & set(evidence.outcome.headers.values()))


Rule = Callable[[Difference, Evidence], bool]
RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("D15", _legacy),
    ("D8", _shape),
    ("D8", _letters),
    ("D9", _deleted),
    ("D1", _template),
    ("D2", _boolean),
    ("D14", _nameless),
    ("D16", _same_key),
    ("D17", _blank),
    ("D4", _made_name),
    ("D5", _address),
    ("D4", _stops),
    ("D7", _closed_list),
    ("D12", _weak),
    ("D13", _prefilled),
)


def explained(found: list[Difference], *, evidence: Evidence) -> Iterator[tuple[Difference, str]]:
    """Every difference with its reason."""
    return ((difference, reason(difference, evidence=evidence)) for difference in found)
