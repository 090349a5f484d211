"""A recorded case: a file, Moodle's options, the site before, and Moodle's result."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
# The counters of §5.9, under one name each.
COUNTS: Final = (
    "created", "updated", "deleted", "delete_errors", "renamed", "rename_errors", "skipped", "errors", "weak_passwords",
)  # fmt: skip
# What a recording says of everybody; what else there is was not looked at.
RECORDED: Final = (
    "username", "firstname", "lastname", "email", "idnumber", "city", "country", "lang", "auth", "institution",
    "department",
)  # fmt: skip
DERIVED: Final = (
    *RECORDED, "timezone", "phone1", "phone2", "address", "description", "maildisplay", "mailformat", "maildigest",
    "autosubscribe", "emailstop", "interests",
)  # fmt: skip


@dataclass(frozen=True)
class EnrolmentState:
    """An enrolment: status, the day it starts ("" not recorded, "today", an ISO date) and how many days it lasts."""

    status: str
    start: str
    days: int | None


@dataclass(frozen=True)
class Human:
    """A person as a case tells them: cells by name, profile values, and what they are in."""

    cells: Mapping[str, str]
    profile: Mapping[str, str] = field(default_factory=dict)
    enrolments: Mapping[str, EnrolmentState] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()
    system_roles: frozenset[str] = frozenset()
    suspended: bool = False
    deleted: bool = False

    @property
    def username(self) -> str:
        """What the person is called."""
        return self.cells["username"]


@dataclass(frozen=True)
class Expected:
    """What Moodle came to.

    fields: the cells that were looked at. people: by username. cohorts (ID number=name) and course groups
    (course:group) are null where they were not looked at, and so is bulk: the usernames selected afterwards.
    """

    stopped: bool
    counts: Mapping[str, int]
    people: Mapping[str, Human]
    fields: tuple[str, ...]
    cohorts: frozenset[str] | None
    groups: frozenset[str] | None
    bulk: frozenset[str] | None = None


@dataclass(frozen=True)
class Case:
    """One case. templates: of a case about templates alone: (names, pattern, what is documented, what Moodle makes)."""

    name: str
    content: bytes
    options: Mapping[str, str]
    config: Mapping[str, str]
    base: Mapping[str, Any]
    expected: Expected
    templates: tuple[tuple[Mapping[str, str], str, str, str], ...] = ()


def load(path: Path) -> list[Case]:
    """The cases of a file, of either shape."""
    told = json.loads(path.read_text("utf-8"))
    return [_recorded(each, beside=path.parent) if "observed" in each else _derived(each) for each in told]


def _recorded(told: Mapping[str, Any], *, beside: Path) -> Case:
    name = told.get("base") or "base_users.json"
    place = beside / name
    base = json.loads((place if place.exists() else DATA / name).read_text("utf-8"))
    pairs = [option.removeprefix("--").partition("=") for option in told["options"]]
    config = dict(text.partition("=")[::2] for text in told["config"])
    observed = told["observed"]
    return Case(
        name=told["name"],
        content=_content(told),
        options={name: value for name, _, value in pairs},
        config=config,
        base=base,
        expected=Expected(
            stopped=observed["stopped"],
            counts={name.lower().replace(" ", "_"): n for name, n in observed["counts"].items()},
            people=_whole(base["users"], changed=observed["changed_users"]),
            fields=RECORDED,
            cohorts=frozenset(f"{each['idnumber']}={each['name']}" for each in observed["cohorts"]),
            groups=frozenset(each.replace(": ", ":", 1) for each in observed["groups"]),
        ),
    )


def _derived(told: Mapping[str, Any]) -> Case:
    expect, base = told.get("expect", {}), told.get("base") or {}
    stats = expect.get("stats") or {}
    if "aborted" in expect:
        stats = {}
    return Case(
        name=told["name"],
        content=_content(told),
        options={name: str(value) for name, value in (told.get("options") or {}).items()},
        config={name: str(value) for name, value in base.get("config", {}).items()},
        base=base,
        expected=Expected(
            stopped="aborted" in expect,
            counts=stats,
            people={name: _human_derived(name, told=user) for name, user in (expect.get("users") or {}).items()},
            fields=DERIVED,
            cohorts=frozenset(expect["cohorts"]) if "cohorts" in expect else None,
            groups=frozenset(expect["groups"]) if "groups" in expect else None,
            bulk=frozenset(expect["bulk"]) if "bulk" in expect else None,
        ),
        templates=tuple(_templates(expect)) if str(told.get("kind", "")).startswith("unit") else (),
    )


def _content(told: Mapping[str, Any]) -> bytes:
    if told.get("csv_base64"):
        return base64.b64decode(told["csv_base64"])
    return (told.get("csv") or "").encode()


def _whole(base: list[dict[str, Any]], *, changed: list[dict[str, Any]]) -> dict[str, Human]:
    """Everybody afterwards: those who changed, and those of the base who did not."""
    left = list(base)
    for user in changed:
        if user["was"] != "new":
            left.remove(_before(user, among=left))
    return {user["username"]: human_recorded(user) for user in [*left, *changed]}


def _before(user: Mapping[str, Any], *, among: list[dict[str, Any]]) -> dict[str, Any]:
    """Who a changed person was: by the address, else the address in the username of the deleted, else the username."""
    by_address = [old for old in among if old["email"] == user.get("email")]
    deleted = [old for old in among if user.get("deleted") and user["username"].startswith(old["email"])]
    by_name = [old for old in among if old["username"] == user["username"]]
    return (by_address or deleted or by_name)[0]


def human_recorded(user: Mapping[str, Any]) -> Human:
    """A person in the words of a recording."""
    record_changes = user.get("enrolments") or []
    return Human(
        cells={name: str(user.get(name, "")) for name in RECORDED},
        profile=user.get("profile") or {},
        enrolments={
            record_change["course"]: EnrolmentState(
                status="suspended" if record_change["status"] else "active",
                start="",
                days=None if record_change["duration_days"] is None else int(record_change["duration_days"]),
            )
            for record_change in record_changes
        },
        roles=frozenset(
            f"{record_change['course']}:{role}" for record_change in record_changes for role in record_change["roles"]
        ),
        groups=frozenset(
            f"{record_change['course']}:{group}"
            for record_change in record_changes
            for group in record_change["groups"] or []
        ),
        cohorts=frozenset(each.partition("|")[0] for each in user.get("cohorts") or []),
        system_roles=frozenset(user.get("system_roles") or []),
        suspended=bool(user.get("suspended")),
        deleted=bool(user.get("deleted")),
    )


def _human_derived(username: str, *, told: Mapping[str, Any]) -> Human:
    interests = ",".join(sorted(told.get("interests", [])))
    cells = {name: str(told.get(name, "")) for name in DERIVED}
    return Human(
        cells={**cells, "username": username, "interests": interests},
        profile=told.get("profile") or {},
        enrolments={record_change["course"]: _seat(record_change) for record_change in told.get("enrolments", [])},
        roles=frozenset(told.get("courseroles", [])),
        groups=frozenset(told.get("groups", [])),
        cohorts=frozenset(told.get("cohorts", [])),
        system_roles=frozenset(told.get("system_roles", told.get("sysroles", []))),
        suspended=str(told.get("suspended", "0")) == "1",
        deleted=str(told.get("deleted", "0")) == "1",
    )


def _seat(record_change: Mapping[str, Any]) -> EnrolmentState:
    end = record_change["end"]
    days = int(end.split()[2]) if end.startswith("start + ") else None
    return EnrolmentState(status=record_change["status"], start=record_change["start"].partition("T")[0], days=days)


def _templates(expect: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, str], str, str, str]]:
    user = expect.get("user", {})
    for pattern, made in expect.get("same", []):
        yield user, pattern, made, made
    for each in expect.get("differs", []):
        yield user, each["template"], each["documented"], each["moodle"]
    for person in expect.get("cases", []):
        for pattern, made in person["results"]:
            yield person, pattern, made, made
