"""Limits: how many people each verb of a plan may affect without approval.

Source: spec/policies.md ("ChangeLimits"); EN-02; R8.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE, VERBS, people_of, relation_of
from enlist.core.policy import ChangeLimits, Limit

from .plan import Part

# The values of `Verb.limit`, in words; `rename` is an update of the username.
WORDS: Final = {
    "deactivate": "deactivated",
    "delete": "removed",
    "leave_group": "taken out of groups",
    "unenrol": "unenrolled",
    "remove_link": "unlinked",
    "rename": "renamed",
    "update": "updated",
}
# Common verbs exceed their limit only above the share and from the number up; for the others one of the two is enough.
_ORDINARY: Final = ("rename", "update")
# A share above 0 always allows this many.
_A_FEW: Final = 2


def touched(part: Part) -> dict[str, pl.Series]:
    """The people (Int64, unique) that a part affects, by limit."""
    by_name: dict[str, list[pl.Series]] = defaultdict(list)
    for verb, frame in part.frames.items():
        if name := VERBS[verb].limit:
            by_name[name].append(people_of(frame))
    found = {name: pl.concat(people).unique() for name, people in by_name.items()}
    update = part.frames.get("update")
    if update is not None and AFTER + "username_key" in update.columns:
        renamed = update.filter(pl.col(BEFORE + "username_key") != pl.col(AFTER + "username_key"))
        found["rename"] = renamed.get_column("person").unique()
    return {name: people for name, people in found.items() if len(people)}


def at_most(verbs: Mapping[str, int]) -> Counter[str]:
    """The most people that a plan with these verbs (`Head.verbs`) can affect, by limit."""
    found: Counter[str] = Counter()
    for verb, count in verbs.items():
        if name := VERBS[verb].limit:
            found[name] += count * len(relation_of(verb).people)
    found["rename"] = verbs.get("update", 0)
    return +found


def measured(parts: Iterable[Part]) -> Counter[str]:
    """How many people a plan affects, by limit; holds one part in memory at a time, and the people's ids."""
    found: dict[str, list[pl.Series]] = defaultdict(list)
    for part in parts:
        for name, people in touched(part).items():
            found[name].append(people)
    # Records between two people may end in two parts, and name a person in both.
    return Counter({name: pl.concat(people).n_unique() for name, people in found.items()})


def over(counts: Mapping[str, int], *, limits: ChangeLimits, active: int) -> dict[str, int]:
    """The exceeded limits, and how many people each would affect.

    active: the number of active people before, of which the limits are shares. A count equal to its limit passes.
    """
    return {
        name: counts[name]
        for name in WORDS
        if counts.get(name, 0) > allowed(name, limit=getattr(limits, name), active=active)
    }


def people_text(count: int) -> str:
    """A number of people in words: `1 person`, `1,204 people`."""
    return "1 person" if count == 1 else f"{count:,} people"


def reason(name: str, *, count: int, limits: ChangeLimits, active: int) -> str:
    """Why a number of people needs approval, in words."""
    most = allowed(name, limit=getattr(limits, name), active=active)
    people = people_text(count)
    return f"{people} would be {WORDS[name]}, at most {most:,} of {active:,} active people may be without approval"


def in_words(awaiting: Mapping[str, int]) -> str:
    """What would happen to how many people: `37 deactivated, 2 renamed`."""
    return ", ".join(f"{awaiting[name]:,} {word}" for name, word in WORDS.items() if awaiting.get(name))


def allowed(name: str, *, limit: Limit, active: int) -> int:
    """The most people that a plan may affect under this limit without approval."""
    # As a float, 0.07 of 100 is a little more than 7.
    share = int(Fraction(str(limit.share)) * active)
    if name in _ORDINARY:
        return max(share, limit.number - 1)
    # In a small school a share would allow nobody, and every single change would need approval.
    return min(max(share, _A_FEW) if limit.share else 0, limit.number)
