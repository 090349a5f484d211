"""How a setting is written: each kind converts text or JSON to a value and back, and lists what is allowed.

A bad value raises ValueError with the reason; `policy.py` adds which setting it was.
"""
# ruff: noqa: D102 - Kind documents each method once

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from enlist.core.fields.fields import ALWAYS_FOLLOW, HIDDEN_SLUGS, PERSON_SLUGS, PROFILE_PREFIX
from enlist.core.policy.choices import Choice
from enlist.core.policy.values import ChangeLimits, Entries, Limit

T = TypeVar("T")
C = TypeVar("C", bound=Choice)

# One name for everybody makes no sense (D14), and the username has its own setting.
ENTRY_FIELDS = (
    *(slug for slug in PERSON_SLUGS if slug not in {"username", "firstname", "lastname"}),
    *(slug for slug in HIDDEN_SLUGS if slug not in ALWAYS_FOLLOW),
)


def nearest(word: str, *, among: Sequence[str]) -> str:
    """“Did you mean …?” with the most similar word, or the empty text."""
    close = get_close_matches(word.lower(), among, n=1)
    return f"Did you mean {close[0]}?" if close else ""


def refusal(value: object, *, allowed: Sequence[str]) -> ValueError:
    """The error for a word outside a closed list."""
    reason = f"“{value}” is not one of: {', '.join(allowed)}."
    return ValueError(f"{reason} {nearest(str(value), among=allowed)}".strip())


class Kind(ABC, Generic[T]):
    """A way to write a setting: its name, and the allowed values with their meanings."""

    name: str
    allowed: tuple[tuple[str, str], ...] = ()

    @abstractmethod
    def load(self, value: object) -> T:
        """The typed value of a JSON value, a text or a typed value; ValueError if it is not allowed."""

    def dump(self, value: T) -> Any:
        """The value as JSON."""
        return value

    def read(self, text: str) -> T:
        """The value of typed text."""
        return self.load(text)

    def write(self, value: T) -> str:
        """The text to type for this value."""
        return str(self.dump(value))

    def read_entry(self, value: T, *, key: str, text: str) -> T:
        """The value with one part set, as in `defaults.city=Perth`."""
        raise ValueError(f"it has no part “{key}”.")


class OneOf(Kind[C]):
    """One word of a closed list."""

    name = "one of"

    def __init__(self, choices: type[C]) -> None:
        self.choices = choices
        self.allowed = tuple((choice.value, choice.meaning) for choice in choices)

    def load(self, value: object) -> C:
        word = str(value).strip().lower()
        for choice in self.choices:
            if choice == word:
                return choice
        raise refusal(value, allowed=list(self.choices))

    def dump(self, value: C) -> str:
        return value.value


class Several(Kind[tuple[C, ...]]):
    """Words of a closed list, in their order of priority."""

    name = "in order, at least one of"

    def __init__(self, choices: type[C]) -> None:
        self.one = OneOf(choices)
        self.allowed = self.one.allowed

    def load(self, value: object) -> tuple[C, ...]:
        words = tuple(self.one.load(word) for word in _texts(value))
        if not words:
            raise ValueError("it needs at least one of: " + ", ".join(self.one.choices) + ".")
        if len(set(words)) < len(words):
            raise ValueError("it names a value twice.")
        return words

    def dump(self, value: tuple[C, ...]) -> list[str]:
        return [word.value for word in value]

    def write(self, value: tuple[C, ...]) -> str:
        return ",".join(value)


class YesNo(Kind[bool]):
    """Yes or no."""

    name = "one of"
    allowed = (("yes", ""), ("no", ""))

    def load(self, value: object) -> bool:
        match str(value).strip().lower():
            case "yes" | "true" | "1":
                return True
            case "no" | "false" | "0":
                return False
        raise refusal(value, allowed=["yes", "no"])

    def write(self, value: bool) -> str:
        return "yes" if value else "no"


class Days(Kind[int]):
    """A number of days, from 0 up to a greatest one."""

    name = "days"

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = ((f"0 … {most}", ""),)

    def load(self, value: object) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= self.most):
            raise ValueError(f"“{value}” isn't a whole number from 0 to {self.most}.")
        return int(text)


class Text(Kind[str]):
    """Any text, or a pattern if the setting takes one."""

    name = "text"

    def __init__(self, *allowed: tuple[str, str]) -> None:
        self.allowed = allowed

    def load(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("it must be a text.")
        return value


class Names(Kind[tuple[str, ...]]):
    """Any number of names, or a fixed number."""

    name = "names, separated by commas"

    def __init__(self, *, count: int | None = None) -> None:
        self.count = count

    def load(self, value: object) -> tuple[str, ...]:
        names = tuple(_texts(value))
        if self.count is not None and len(names) != self.count:
            raise ValueError(f"it needs {self.count} names, not {len(names)}.")
        return names

    def dump(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def write(self, value: tuple[str, ...]) -> str:
        plain = not any(name.startswith("[") or "," in name for name in value)
        return ",".join(value) if plain else _to_json(list(value))

    def read_entry(self, value: tuple[str, ...], *, key: str, text: str) -> tuple[str, ...]:
        places = [str(place) for place in range(1, (self.count or 0) + 1)]
        if key not in places:
            raise refusal(key, allowed=places) if places else ValueError(f"it has no part “{key}”.")
        place = places.index(key)
        return self.load([*value[:place], text, *value[place + 1 :]])


class FieldEntries(Kind[Entries]):
    """A text or pattern for each of several fields."""

    name = "field=text, or a JSON object"
    allowed: tuple[tuple[str, str], ...] = ((", ".join((*ENTRY_FIELDS, PROFILE_PREFIX + "…")), "fields it may name"),)

    def load(self, value: object) -> Entries:
        if not isinstance(value, Mapping):
            raise ValueError('it must name fields, as in {"city": "Perth"}.')
        if not all(isinstance(text, str) for text in value.values()):
            raise ValueError("every entry must be a text.")
        entries = {_entry_field(str(name)): text for name, text in value.items()}
        if len(entries) < len(value):
            raise ValueError("it names a field twice.")
        return Entries.of(entries)

    def dump(self, value: Entries) -> dict[str, str]:
        return dict(value)

    def read(self, text: str) -> Entries:
        return self.load(_from_json(text) if text.strip() else {})

    def write(self, value: Entries) -> str:
        return _to_json(dict(value)) if value else ""

    def read_entry(self, value: Entries, *, key: str, text: str) -> Entries:
        """The value with one entry set; an empty text removes the entry."""
        entries = {**value, _entry_field(key): text}
        return Entries.of({name: entry for name, entry in entries.items() if entry})


class FieldChoices(FieldEntries):
    """One word of a closed list for each of several fields; fields that aren't named have the first."""

    name = "field=word, or a JSON object"

    def __init__(self, choices: type[Choice]) -> None:
        self.one = OneOf(choices)
        self.fields = tuple(slug for slug in PERSON_SLUGS if slug != "username")
        self.allowed = (
            (", ".join((*self.fields, PROFILE_PREFIX + "…")), "fields it may name"),
            *((choice.value, choice.meaning) for choice in choices),
        )

    def load(self, value: object) -> Entries:
        if not isinstance(value, Mapping):
            raise ValueError('it must name fields, as in {"city": "edit_wins"}.')
        words = {self._field(str(name)): self.one.load(word) for name, word in value.items()}
        if len(words) < len(value):
            raise ValueError("it names a field twice.")
        usual = next(iter(self.one.choices))
        return Entries.of({name: str(word) for name, word in words.items() if word != usual})

    def read_entry(self, value: Entries, *, key: str, text: str) -> Entries:
        """The value with one entry set; an empty text removes the entry."""
        return self.load({**value, self._field(key): text or next(iter(self.one.choices))})

    def _field(self, name: str) -> str:
        name = name.strip()
        if name.lower().startswith(PROFILE_PREFIX) and len(name) > len(PROFILE_PREFIX):
            return PROFILE_PREFIX + name[len(PROFILE_PREFIX) :]
        if name.lower() not in self.fields:
            raise refusal(name, allowed=[*self.fields, PROFILE_PREFIX + "…"])
        return name.lower()


class LimitEntries(Kind[ChangeLimits]):
    """A share and a number for each verb with a limit."""

    name = "verb=share,number, or a JSON object"
    verbs = tuple(field.name for field in fields(ChangeLimits))
    allowed = ((", ".join(verbs), "verbs it may name"), ("0.05,20", "for example: 5 % of the people, and 20 people"))

    def load(self, value: object) -> ChangeLimits:
        if isinstance(value, ChangeLimits):
            return value
        if not isinstance(value, Mapping):
            raise ValueError('it must name verbs, as in {"update": [0.5, 20]}.')
        return replace(ChangeLimits(), **{self._verb(str(verb)): _limit(limit) for verb, limit in value.items()})

    def dump(self, value: ChangeLimits) -> dict[str, list[float]]:
        return {verb: [limit["share"], limit["number"]] for verb, limit in asdict(value).items()}

    def read(self, text: str) -> ChangeLimits:
        return self.load(_from_json(text) if text.strip() else {})

    def write(self, value: ChangeLimits) -> str:
        return _to_json(self.dump(value))

    def read_entry(self, value: ChangeLimits, *, key: str, text: str) -> ChangeLimits:
        return replace(value, **{self._verb(key): _limit(text.split(","))})

    def _verb(self, name: str) -> str:
        if name not in self.verbs:
            raise refusal(name, allowed=self.verbs)
        return name


def _limit(value: object) -> Limit:
    wanted = ValueError("a limit is a share from 0 to 1 and a whole number, as in 0.5,20.")
    if isinstance(value, Limit):
        return value
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise wanted
    try:
        share, number = float(value[0]), int(value[1])
    except (TypeError, ValueError, OverflowError):
        raise wanted from None
    if not 0 <= share <= 1 or number < 0 or str(value[1]).strip() != str(number):
        raise wanted
    return Limit(share=share, number=number)


def _entry_field(name: str) -> str:
    """The field that an entry names; ValueError if entries cannot fill it."""
    name = name.strip()
    if name.lower().startswith(PROFILE_PREFIX) and len(name) > len(PROFILE_PREFIX):
        return PROFILE_PREFIX + name[len(PROFILE_PREFIX) :]
    match name.lower():
        case slug if slug in ENTRY_FIELDS:
            return slug
        case "username":
            raise ValueError("a username is made by the setting username_from.")
        case "site_role":
            raise ValueError("a role on the site is given by the setting site_role.")
        case "password":
            raise ValueError("a password is never kept with an import's settings.")
    raise refusal(name, allowed=[*ENTRY_FIELDS, PROFILE_PREFIX + "…"])


def _texts(value: object) -> list[str]:
    """Texts of a JSON list, of a tuple, or of typed text: a, b or ["a", "b"]."""
    if isinstance(value, str):
        value = _from_json(value) if value.lstrip().startswith("[") else value.split(",")
    if not isinstance(value, Sequence) or not all(isinstance(text, str) for text in value):
        raise ValueError("it must be a list of texts.")
    return [text.strip() for text in value if text.strip()]


def _from_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"“{text}” is not JSON.") from None


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
