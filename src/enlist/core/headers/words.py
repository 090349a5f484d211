"""The words that people use as headers, and what each means."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from enlist.core.clean.similarity.near import nearest
from enlist.core.directory.directory import Reference
from enlist.core.errors import HeaderError
from enlist.core.fields.fields import (
    FAMILIES,
    FIELDS,
    FIRST_ALIASES,
    FULL_NAMES,
    PERSON_SLUGS,
    PROFILE_PREFIX,
    STATE,
    WITHOUT_COURSE,
)

from .spelling import in_brackets, parts, without_marks, without_owner
from .vocabulary import vocabulary

# Documented columns of the peer that only make sense there (spec/moodle-upload.md §1.2, §1.3).
NOT_HANDLED: Final = {
    "theme": "theme",
    "mnethostid": "network host",
    "id": "record number",
}
# A row about a person of another host must not count as an ordinary one; these values mean this host.
ANOTHER_HOST: Final = NOT_HANDLED["mnethostid"]
THIS_HOST: Final = ("", "0", "1")
FAMILIES_NOT_HANDLED: Final = {
    "category": "course category",
    "categoryrole": "role in a course category",
}
_WHOLE_NAMES: Final = frozenset(field.slug for field in FULL_NAMES)
_PERSONS: Final = frozenset(PERSON_SLUGS) | _WHOLE_NAMES
_WRITABLE: Final = {slug: field for slug, field in FIELDS.items() if not field.secret}
# N is text made of digits: course01 is not course1 (spec/moodle-upload.md §1.3).
NUMBERED: Final = re.compile(rf"({'|'.join((*FAMILIES, *WITHOUT_COURSE, *FAMILIES_NOT_HANDLED))})([0-9]+)")

_LONGEST_HEADER: Final = 100
_BRACKETS: Final = re.compile(r"\[[^]]*\]|\([^)]*\)|<[^>]*>")
# How similar to a known word a header must be for a guess, and its minimum length.
_ALIKE: Final = 0.79
_SHORTEST_SIMILAR: Final = 5
# A word for courses probably means the first one, but its cells may hold more than a short name.
_FIRST: Final = 0.6
# A word that may mean something else, a name of which only a part is known, and less likely spellings.
_MAYBE: Final = 0.7
_PART: Final = 0.65
_MARKED: Final = 0.02
# Below this, people are asked to look.
SAFE: Final = 0.8
_SHORT: Final = 3
# Folded headers of what other systems store about a password: dates, rules, yes and no.
_ABOUT_PASSWORDS: Final = re.compile(
    "expir|never|notrequired|cannotchange|canchange|mustchange|changerequired|(force|require)d?(password)?change"
    "|changepassword(at|on|next|first)|passwordchanged?(at|on|date|time)|passwordchanged$|last(password)?(set|change|update)"
    "|(bad|reversible)password|password(polic|age|quality|strength|status|hashfunction)"
    "|lauftnie|lauftab|ablauf|mussgeandert|(kennwort|passwort)(beider|andern)|caduc|scaden|verloopt|wijzigenbij"
    "|(changer|modifier|cambiar|alterar).*(prochain|proxim|primer)"
)
_LEFT_OUT: Final = "It holds passwords, which this import doesn't read."


@dataclass(frozen=True)
class ColumnMatch:
    """One header of a file: its slug (None if unused), how likely that is (0 to 1), and why.

    flag: the code of the flag about an unused or guessed column; detail: what its sentence names.
    is_lesson: a choice to remember: the importer made it or accepts the guess, and no known word does.
    """

    header: str
    slug: str | None
    confidence: float
    why: str
    flag: str | None = None
    detail: str | None = None
    is_lesson: bool = False


def fold(header: str) -> str:
    """A header without what people vary (case, accents, blanks, punctuation): letters and digits stay."""
    if header.isascii():
        # Most cells near the top of a file; the rest takes several times as long.
        return "".join(filter(str.isalnum, header.lower()))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", header).casefold())
    # Vowel signs of many scripts are marks, not letters. European accents are marks too, but people often omit them.
    return "".join(letter for letter in text if letter.isalnum() or _is_vowel_sign(letter))


def _is_vowel_sign(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M") and not "\u0300" <= letter <= "\u036f"


def is_secret(header: str) -> bool:
    """Whether a header means a field whose values must never enter a Table, such as a password."""
    name = fold(header)
    words = _secret_words()
    if name in words or header.strip().lower().startswith(PROFILE_PREFIX):
        return name in words
    # “Password (must be changed)” has passwords, “Must change password” has yes and no.
    if _ABOUT_PASSWORDS.search(fold(_BRACKETS.sub(" ", header))):
        return False
    # “Initial passwords” and “Pasword” are passwords too; a short word such as “pass” is part of too many other words.
    long = [word for word in words if len(word) > 6]
    # This runs for every header: importing a better similarity measure takes as long as reading a small file.
    return any(word in name for word in long) or bool(get_close_matches(name, long, cutoff=0.9))


def is_password(header: str) -> bool:
    """Whether a header means exactly “password”, brackets aside; headers that resemble it are ignored."""
    return fold(_BRACKETS.sub(" ", header)) in _secret_words()


@lru_cache(maxsize=4096)
def is_known(header: str) -> bool:
    """Whether a header has a meaning in every organisation, used or not; runs for every cell near a file's top."""
    return len(header) <= _LONGEST_HEADER and _common_words().knows(_without_repetition(header.strip()))


def usual_slug(header: str) -> str | None:
    """The field that a header means in every organisation, or None."""
    return _common_words().meaning(header).slug


def numbered(names: Iterable[str], *, family: str) -> list[str]:
    """The columns of a numbered family, in their order."""
    return [name for name in names if (found := NUMBERED.fullmatch(name)) and found[1] == family]


class Words:
    """All names that have a meaning in one organisation."""

    def __init__(self, reference: Reference) -> None:
        self._profile = set(reference.profile_slugs)
        # Later ones win: an organisation's own words over synonyms, and names of fields over both.
        self._names = _names_not_handled() | _synonyms() | _profile_names(reference) | _field_names()

    def meaning(self, header: str) -> ColumnMatch:
        """What a header means by itself."""
        text = _without_repetition(header.strip())
        if is_secret(text):
            return ColumnMatch(header, None, 1.0, _LEFT_OUT, "secret_not_handled")
        # Profile fields match exactly, or else in lower case, and no more loosely (§1.1.1).
        if text.lower().startswith(PROFILE_PREFIX):
            found = self._exact(text) or self._exact(text.lower(), confidence=0.95)
        else:
            found = self._ours(text)
        return replace(found or _state(text) or self._unknown(text), header=header)

    def knows(self, text: str) -> bool:
        """Whether a header has a meaning, used or not, without looking for similar words."""
        name = fold(text)
        is_profile = text.lower().startswith(PROFILE_PREFIX)
        is_other = name in _first_aliases() or name in _secret_words() or bool(NUMBERED.fullmatch(name))
        found = None if is_profile or is_other else self._ours(text)
        # “Student” is often a role, so it doesn't make a line a header.
        is_ours = found is not None and (found.flag != "header_guessed" or found.slug == "username")
        return is_profile or is_other or is_ours

    def target(self, field: str, *, header: str) -> ColumnMatch:
        """The field that a person chose for a header. Raises HeaderError if no import can write it."""
        found = self.meaning(field)
        if found.slug is None:
            near = f" The nearest is “{found.detail}”." if found.flag == "column_ignored" and found.detail else ""
            fields = ", ".join([*_WRITABLE, "courseN", "roleN", "typeN", "groupN", *sorted(self._profile)])
            reason = f"{found.why}{near}"
            raise HeaderError("field_unknown", column=header, field=field, reason=reason, fields=fields)
        return replace(found, header=header, confidence=1.0, why="You mapped it.")

    def nearest(self, header: str) -> str | None:
        """The most similar valid name, None if there is none."""
        names = self._by_name()
        names |= {name: f"{family}N" for family in FAMILIES for name in (family, f"{family}n", f"{family}id")}
        names |= {fold(slug): slug for slug in self._profile}
        found = nearest(fold(header), among=names)
        return found[1] if found else None

    def similar(self, header: str) -> ColumnMatch | None:
        """The field with a name similar to this header (EN-07); None if there is none, or two."""
        name = fold(header)
        if first := _first_aliases().get(name):
            return ColumnMatch(
                header, first, _FIRST, "It is a common name without a number.", "header_guessed", is_lesson=True
            )
        # Profile fields match no more loosely (§1.1.1), and another number isn't a typing error.
        if header.strip().lower().startswith(PROFILE_PREFIX) or len(name) < _SHORTEST_SIMILAR:
            return None
        digits = _digits(name)
        names = {key: slug for key, slug in self._by_name().items() if _digits(key) == digits}
        found = nearest(name, among=names, cutoff=_ALIKE)
        if found is None:
            return None
        key, slug, likeness = found
        why = f"It is similar to “{key}”, another name for it."
        return ColumnMatch(header, slug, round(0.9 * likeness, 2), why, "header_guessed", is_lesson=True)

    def writes(self, slug: str) -> bool:
        """Whether an import can write this field."""
        return self._exact(slug) is not None and not NOT_HANDLED.get(slug)

    def _ours(self, text: str) -> ColumnMatch | None:
        """What a header means as a name, as a translation with the name behind it, or without its decorations."""
        return self._plain(text) or self._in_brackets(text) or self._decorated(text)

    def _plain(self, text: str) -> ColumnMatch | None:
        text = text.replace("#", " number ")
        name = fold(text)
        if text.isascii() and name in _short_with_accents():
            return self._exact(text)
        return self._exact(text) or self._exact(name, confidence=0.95) or self._names.get(name)

    def _in_brackets(self, text: str) -> ColumnMatch | None:
        """A header with a numbered or profile field's own name after a translation, such as “Kurs (course1)”."""
        names = [name for name in in_brackets(text) if NUMBERED.fullmatch(name) or name in self._profile]
        return self._exact(names[0], confidence=0.95) if len(names) == 1 else None

    def _decorated(self, text: str) -> ColumnMatch | None:
        """What a header means without its marks, owner or translation."""
        bare = without_marks(text)
        if bare != text and (found := self._plain(bare)):
            return replace(found, confidence=max(found.confidence - _MARKED, 0))
        owned = without_owner(bare)
        found = self._plain(owned.name) if owned else None
        if owned and found and found.slug and found.slug in (owned.fields or _PERSONS):
            return _likely(
                found.slug, confidence=min(owned.confidence, found.confidence), why=f"It contains “{owned.name}”."
            )
        return self._of_parts(bare)

    def _of_parts(self, text: str) -> ColumnMatch | None:
        """The one field that all parts of a header mean, such as “Vorname/First name”; a guess if one is unknown."""
        guess: ColumnMatch | None = None
        for names in parts(text):
            known = [found for name in names if (found := self._plain(name)) and found.confidence > _MAYBE]
            slugs = {found.slug for found in known}
            # “Name (Last, First)” begins with the family name.
            slug = max(filter(None, slugs), default=None) if len(slugs) == 1 or slugs <= _WHOLE_NAMES else None
            if slug not in FIELDS:
                continue
            if len(known) == len(names):
                return _used(slug, confidence=0.88, why=f"All its parts mean {FIELDS[slug].label}.")
            if len(known) == len(names) - 1 and slug in _PERSONS and " ".join(names) not in text:
                guess = guess or _likely(slug, confidence=_PART, why=f"A part of it means {FIELDS[slug].label}.")
        return guess

    def _by_name(self) -> dict[str, str]:
        return {name: column.slug for name, column in self._names.items() if column.slug}

    def _exact(self, text: str, *, confidence: float = 1.0) -> ColumnMatch | None:
        member = NUMBERED.fullmatch(text)
        if member and member[1] in {*FAMILIES, *WITHOUT_COURSE}:
            return _used(text, confidence=confidence, why=f"It is a numbered {member[1]} column.")
        if member:
            return _not_handled(FAMILIES_NOT_HANDLED[member[1]])
        if text in self._profile or text in _WRITABLE:
            return _used(text, confidence=confidence, why="It is the field's name.")
        return None

    def _unknown(self, text: str) -> ColumnMatch:
        return _unused("column_ignored", why="No field has this name.", detail=self.nearest(text))


def _without_repetition(text: str) -> str:
    """A header without repetition: multi-line headers that repeat themselves are one name."""
    words = text.split(" ")
    for times in (2, 3, 4):
        part = words[: len(words) // times]
        if len(words) > 1 and part * times == words:
            return " ".join(part)
    return text


def _likely(slug: str, *, confidence: float, why: str) -> ColumnMatch:
    """A column in use, shown as a guess where it isn't safe."""
    is_guess = confidence < SAFE
    return ColumnMatch("", slug, confidence, why, "header_guessed" if is_guess else None, is_lesson=is_guess)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


@cache
def _secret_words() -> frozenset[str]:
    ours = [word for field in FIELDS.values() if field.secret for word in (field.slug, *field.aliases)]
    return frozenset(map(fold, [*ours, *(word.text for word in vocabulary() if FIELDS[word.slug].secret)]))


@cache
def _short_with_accents() -> frozenset[str]:
    """Short words that only mean a field with their accents: “Họ” is a last name, “Ho” is somebody's."""
    short = {name for word in vocabulary() if not word.text.isascii() and len(name := fold(word.text)) <= _SHORT}
    return frozenset(name for name in short if name.isascii())


@cache
def _first_aliases() -> dict[str, str]:
    """Common header of the first of a numbered family → its field."""
    return {fold(word): slug for slug, words in FIRST_ALIASES.items() for word in words}


@cache
def _common_words() -> Words:
    return Words(Reference())


@cache
def _field_names() -> dict[str, ColumnMatch]:
    return {
        fold(name): _used(field.slug, confidence=0.95, why="It is the field's name.")
        for field in _WRITABLE.values()
        for name in (field.slug, field.label)
    }


def _profile_names(reference: Reference) -> dict[str, ColumnMatch]:
    fields: dict[str, set[str]] = defaultdict(set)
    for field in reference.profile_fields:
        fields[fold(field.shortname)].add(field.slug)
        fields[fold(field.name)].add(field.slug)
    return {name: _profile_name(sorted(slugs)) for name, slugs in fields.items() if name}


def _profile_name(slugs: list[str]) -> ColumnMatch:
    if len(slugs) == 1:
        return _used(slugs[0], confidence=0.85, why="It is the name of a profile field.")
    return _unused("column_ignored", why=f"Several profile fields have this name: {', '.join(slugs)}.", detail=slugs[0])


@cache
def _synonyms() -> dict[str, ColumnMatch]:
    other = {
        fold(word.text): _likely(word.slug, confidence=_MAYBE if word.is_guess else 0.9, why=_recognised(word.slug))
        for word in vocabulary()
        if word.slug in _WRITABLE
    }
    return other | {
        fold(name): _used(field.slug, confidence=0.9, why=_recognised(field.slug))
        for field in _WRITABLE.values()
        for name in field.aliases
    }


def _recognised(slug: str) -> str:
    return f"Recognised as “{FIELDS[slug].label}”."


@cache
def _names_not_handled() -> dict[str, ColumnMatch]:
    return {name: _not_handled(meaning) for name, meaning in NOT_HANDLED.items()}


def _used(slug: str, *, confidence: float, why: str) -> ColumnMatch:
    return ColumnMatch("", slug, confidence, why)


def _unused(flag: str, *, why: str, detail: str | None) -> ColumnMatch:
    return ColumnMatch("", None, 0.0 if flag == "column_ignored" else 1.0, why, flag, detail)


def _state(text: str) -> ColumnMatch | None:
    """What a header about the state of accounts means; their words are in `account_states`."""
    from .account_states import reading

    return _used(STATE.slug, confidence=0.9, why=f"Recognised as “{STATE.label}”.") if reading(text) else None


def _not_handled(meaning: str) -> ColumnMatch:
    return _unused(
        "column_not_handled",
        why=f"It is recognised ({meaning}) but belongs to another platform.",
        detail=meaning,
    )
