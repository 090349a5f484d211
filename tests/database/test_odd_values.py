"""No value that anybody can send breaks a page: all routes × methods × odd values × roles (statement S16).

The routes are those of the URLconf, and the names of what a page reads are learned from the page itself. Some of all
combinations are tried, others every time with another ENLIST_ODD_SEED; ENLIST_ODD_VALUES says how many (0: all).
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, Final

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from enlist.services.access import Scope
from tests.database import school as cast
from tests.database.routes import APPLIED, DRAFT, Route, plausible, quoted, routes
from tests.database.test_web import _static, school, signed_in

__all__ = ["_static", "school"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static"), pytest.mark.slow]

TRIED: Final = int(os.environ.get("ENLIST_ODD_VALUES", "1000"))
SEED: Final = os.environ.get("ENLIST_ODD_SEED", "1")
GRID: Final = "import-review-edit"
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
BOUNDARY: Final = "odd"
MANY: Final = f"multipart/form-data; boundary={BOUNDARY}"
OWNER: Final = "owner"
ROLES: Final = (OWNER, "manager", "viewer", "learner", "stranger", "")
METHODS: Final = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
ODD: Final[tuple[str | bytes, ...]] = (
    "1" + "0" * 30,
    "#1" + "0" * 30,
    "-1",
    "0",
    "2147483648",
    "#9223372036854775808",
    "9" * 18,
    "9" * 400,
    "9" * 5_000,
    "1e999",
    "-1e-999999999",
    "Infinity",
    "-inf",
    "NaN",
    "sNaN",
    "٣",
    "²",
    "1_000",
    "",
    " ",
    "a\0b",
    "\0",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xc0\x80",
    "\uffff",
    "\u202e\u2028",
    "a\r\nb: c",
    "x" * 300,
    "é" * 6_000,
    "x" * 200_000,
    "[" * 100_000,
    '{"a":' * 5_000,
    "{0.__class__}%(x)s%n{{ 1 }}",
    "../../etc/passwd",
    "'\"><b>",
    "∞",
)
HEADERS: Final = (
    "accept",
    "accept-language",
    "content-type",
    "cookie",
    "host",
    "hx-request",
    "if-modified-since",
    "if-none-match",
    "origin",
    "range",
    "referer",
    "user-agent",
    "x-csrftoken",
    "x-forwarded-for",
    "x-forwarded-proto",
)
ODD_HEADERS: Final = (
    "",
    "9" * 5_000,
    "x" * 20_000,
    'sessionid="\\000"; csrftoken="\\000"; messages="\\000"',
    "text/html; charset=base64",
    "multipart/form-data; boundary=\xff",
    "\xed\xa0\x80",
    "bytes=99999999999999999999-",
    "Fri, 99 Foo 99999 99:99:99 GMT",
    "http://[::1",
)
# The same within JSON: where a value stands, there is one of these.
ODD_JSON: Final = (
    "1" + "0" * 30,
    "-1" + "0" * 30,
    "9" * 5_000,
    "9223372036854775807",
    "2147483648",
    "1e999",
    "-1e999",
    "1.5",
    "Infinity",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    '"\\ud800"',
    '"a\\u0000b"',
    '"' + "9" * 400 + '"',
    '"' + "x" * 200_000 + '"',
    '"٣"',
    "[" * 50_000 + "]" * 50_000,
    '{"a":' * 500 + "1" + "}" * 500,
)
# What the grid of the review sends.
EDITS: Final[tuple[dict[str, Any], ...]] = (
    {"do": "cells", "cells": [[1, "firstname", "Bea"]]},
    {"do": "exclude", "rows": [1], "out": True},
    {"do": "undo"},
    {"do": "redo"},
    {"do": "look", "find": "a", "new": "b", "column": "firstname", "whole": False},
    {"do": "replace", "find": "a", "new": "b", "column": "firstname", "whole": False},
    {"do": "stop"},
    {"do": "header", "header": "firstname", "name": "lastname"},
    {"do": "rename", "header": "firstname", "name": "given"},
)
BODIES: Final = (b"", b"\xff", b"\0", b"[" * 100_000, b"null", b"[]", b'"a"', b"1", b"{}", b'{"do": []}', b"1e999")


@dataclass(frozen=True)
class Asked:
    """A request: its description, and how its address and body are made, since they are large and few are sent."""

    told: str
    route: Route
    method: str
    role: str
    made: Callable[[], tuple[str, bytes]]
    kind: str = FORM
    headers: Mapping[str, str] = field(default_factory=dict)


def visitor(session: str) -> Client:
    """Sign in again: earlier pages may have signed the person out."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written meanwhile is taken back."""
    with transaction.atomic(using="default"), transaction.atomic(using="operations"):
        yield
        for alias in ("default", "operations"):
            transaction.set_rollback(True, using=alias)


class Learner:
    """What pages read of queries and forms: names by route and method."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: set[str] = set()
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            monkeypatch.setattr(QueryDict, name, self._watched(getattr(QueryDict, name)))

    def _watched(self, asked: Any) -> Any:
        def watched(query: QueryDict, name: Any, *more: Any, **named: Any) -> Any:
            if isinstance(name, str):
                self.heard.add(name)
            return asked(query, name, *more, **named)

        return watched

    def names(self, session: str, *, route: Route) -> dict[str, str]:
        """What a route reads and its page has controls for, with what these hold."""
        self.heard.clear()
        found: dict[str, str] = {}
        for number in (APPLIED, DRAFT):
            path = route.path(plausible(number))
            with undone():
                found |= controls(visitor(session).get(path).getvalue().decode("utf-8", "replace"))
            for body in (found, {}):
                with undone():
                    visitor(session).post(path, body)
        return {**dict.fromkeys(sorted(self.heard - {"csrfmiddlewaretoken"}), ""), **found}


def controls(page: str) -> dict[str, str]:
    """The names of a page's controls, and what they hold where that is said; of several with one name the first."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", page):
        name, value = re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], value[1] if value else "")
    return found


def form(values: dict[str, str | bytes]) -> bytes:
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in values.items()).encode()


def multipart(values: dict[str, str | bytes], *, file: str | bytes) -> bytes:
    """A form with a file, whose name is what is odd."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (BOUNDARY.encode(), name.encode(), as_bytes(value))
        for name, value in values.items()
    ]
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n'
    return b"".join(parts) + head % (BOUNDARY.encode(), as_bytes(file)) + b"a,b\r\n--%s--\r\n" % BOUNDARY.encode()


def as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def leaves(value: Any) -> Iterator[tuple[Any, ...]]:
    """The positions of values in JSON."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield ()
    for key, inner in pairs:
        yield from ((key, *rest) for rest in leaves(inner))


def with_odd(value: Any, *, place: tuple[Any, ...], odd: str) -> str:
    """JSON with something odd in a place."""
    if not place:
        return odd
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = "\N{BLACK STAR}"
    return json.dumps(copy, ensure_ascii=False).replace('"\N{BLACK STAR}"', odd)


def at(path: str, body: bytes = b"") -> tuple[str, bytes]:
    return path, body


def requests_of(route: Route, *, names: dict[str, str]) -> Iterator[Asked]:
    """Every request that is tried of a route."""
    for role in ROLES:
        yield from odd_arguments(route, role=role)
        path = route.path(plausible())
        yield from (Asked("a method", route, method, role, partial(at, path)) for method in METHODS)
        for header, odd in product(HEADERS, ODD_HEADERS):
            told = f"{header}: {odd[:20]!r}"
            yield Asked(told, route, "GET", role, partial(at, path), headers={header: odd})
        for body in BODIES:
            for kind in (JSON, MANY):
                yield Asked(f"{kind} {body[:20]!r}", route, "POST", role, partial(at, path, body), kind)
    # Others are let in to less than its owner.
    for number, value in product((APPLIED, DRAFT) if "number" in route.arguments else (DRAFT,), ODD):
        yield from odd_values(route, path=route.path(plausible(number)), names=names, odd=value)
    if route.name == GRID:
        yield from odd_edits(route, path=route.path(plausible()))


def odd_arguments(route: Route, *, role: str) -> Iterator[Asked]:
    for argument, odd, method in product(route.arguments, ODD, ("GET", "POST")):
        path = route.path(plausible() | {argument: odd})
        yield Asked(f"{argument}: {odd[:20]!r}", route, method, role, partial(at, path))


def odd_values(route: Route, *, path: str, names: dict[str, str], odd: str | bytes) -> Iterator[Asked]:
    def query(name: str) -> tuple[str, bytes]:
        return f"{path}?{quoted(name)}={quoted(odd)}", b""

    def plain(name: str) -> tuple[str, bytes]:
        return path, form({**names, name: odd})

    def many(name: str) -> tuple[str, bytes]:
        return path, multipart({**names, name: odd}, file="a.csv")

    def file(_name: str) -> tuple[str, bytes]:
        return path, multipart({**names}, file=odd)

    def named(_name: str) -> tuple[str, bytes]:
        return path, form({**names, "initial-": odd}) + b"&" + quoted(odd).encode() + b"=1"

    told = f"{odd[:20]!r} in {path}"
    for name in names:
        yield Asked(f"{name}={told}", route, "GET", OWNER, partial(query, name))
        yield Asked(f"{name}={told}", route, "POST", OWNER, partial(plain, name))
        yield Asked(f"many {name}={told}", route, "POST", OWNER, partial(many, name), MANY)
    yield Asked(f"a file {told}", route, "POST", OWNER, partial(file, ""), MANY)
    yield Asked(f"a name {told}", route, "POST", OWNER, partial(named, ""))


def odd_edits(route: Route, *, path: str) -> Iterator[Asked]:
    def edited(edit: dict[str, Any], place: tuple[Any, ...], odd: str) -> tuple[str, bytes]:
        return path, with_odd(edit, place=place, odd=odd).encode()

    for edit in EDITS:
        for place, odd in product(leaves(edit), ODD_JSON):
            told = f"{edit['do']} {place} {odd[:20]}"
            yield Asked(told, route, "POST", OWNER, partial(edited, edit, place, odd), JSON)


@pytest.fixture
def sessions(school: Scope) -> dict[str, str]:
    """The session of somebody of each role, and none."""
    assert school.actor
    here, there = school.organization, cast.organization("college")
    people = {"owner": school.actor, "stranger": cast.person(there, username="stan", site_role="owner")}
    people |= {role: cast.person(here, username=role, site_role=role) for role in ("manager", "viewer", "learner")}
    found = {role: signed_in(person) for role, person in people.items()} | {"": Client()}
    return {role: client.cookies["sessionid"].value if role else "" for role, client in found.items()}


def sampled(everything: list[Asked]) -> list[Asked]:
    """A sample: routes with more cases get more, but every route gets some."""
    chance = random.Random(SEED)
    by_route: dict[str, list[Asked]] = {}
    for asked in everything:
        by_route.setdefault(asked.route.name, []).append(asked)
    if not TRIED:
        return everything
    share = TRIED / sum(math.sqrt(len(found)) for found in by_route.values())
    counts = {name: min(round(share * math.sqrt(len(found))) + 1, len(found)) for name, found in by_route.items()}
    return [asked for name, found in by_route.items() for asked in chance.sample(found, counts[name])]


def test_nothing_that_is_sent_breaks_a_page(sessions: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        learner = Learner(patched)
        names = {route: learner.names(sessions[OWNER], route=route) for route in routes()}
    everything = [asked for route in routes() for asked in requests_of(route, names=names[route])]
    raised: list[str] = []
    got_request_exception.connect(note := lambda **_: raised.append(last_line()), weak=False)
    broken: list[str] = []
    codes: Counter[int] = Counter()
    try:
        for asked in sampled(everything):
            raised.clear()
            address, body = asked.made()
            with undone():
                answer = visitor(sessions[asked.role]).generic(
                    asked.method, address, body, asked.kind, headers=dict(asked.headers)
                )
            codes[answer.status_code] += 1
            if answer.status_code >= 500:
                broken.append(f"{asked.method} {asked.route.name} as {asked.role}: {asked.told}: {' '.join(raised)}")
    finally:
        got_request_exception.disconnect(note)

    assert broken == []
    # They get as far as to the pages, too.
    assert {200, 302, 400, 403, 404, 405, 422} <= codes.keys()


def last_line() -> str:
    """What was raised, in a line."""
    error = sys.exc_info()[1]
    where = traceback.extract_tb(error.__traceback__) if error else []
    ours = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in where if "enlist/" in frame.filename]
    return f"{type(error).__name__}: {str(error)[:100]} ({' '.join(ours[-3:])})"
