"""The limits: how many people a plan touches by each verb that hurts, and which of them are too many to go unasked.

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

# What `Verb.limit` may say; `rename` is an update of the username.
WORDS: Final = {
    "deactivate": "deactivated",
    "delete": "removed",
    "leave_group": "taken out of groups",
    "unenrol": "unenrolled",
    "remove_link": "unlinked",
    "rename": "renamed",
    "update": "updated",
}
# These are ordinary: above the share, but only from the number up. Of all others either is enough.
_ORDINARY: Final = ("rename", "update")
# A share never allows fewer than these, unless it is 0.
_A_FEW: Final = 2


def touched(part: Part) -> dict[str, pl.Series]:
    """The people (Int64, unique) whom a part touches, by the limits' verb."""
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
    """How many people a plan with these verbs (`Head.verbs`) touches at most, by the limits' verb."""
    found: Counter[str] = Counter()
    for verb, count in verbs.items():
        if name := VERBS[verb].limit:
            found[name] += count * len(relation_of(verb).people)
    found["rename"] = verbs.get("update", 0)
    return +found


def measured(parts: Iterable[Part]) -> Counter[str]:
    """How many people a plan touches, by the limits' verb; one part in memory at a time, and whom it touches."""
    found: dict[str, list[pl.Series]] = defaultdict(list)
    for part in parts:
        for name, people in touched(part).items():
            found[name].append(people)
    # Something between two people may end in two parts, and name somebody in both.
    return Counter({name: pl.concat(people).n_unique() for name, people in found.items()})


def over(counts: Mapping[str, int], *, limits: ChangeLimits, active: int) -> dict[str, int]:
    """The verbs that touch too many people, and how many.

    active: how many people were active before, of whom the limits are shares. Exactly at a limit passes.
    """
    return {
        name: counts[name]
        for name in WORDS
        if counts.get(name, 0) > allowed(name, limit=getattr(limits, name), active=active)
    }


def people_text(count: int) -> str:
    """How many people: `1 person`, `1,204 people`."""
    return "1 person" if count == 1 else f"{count:,} people"


def reason(name: str, *, count: int, limits: ChangeLimits, active: int) -> str:
    """Why so many people of one verb wait, in words."""
    most = allowed(name, limit=getattr(limits, name), active=active)
    people = people_text(count)
    return f"{people} would be {WORDS[name]}, at most {most:,} of {active:,} active people may be without approval"


def in_words(awaiting: Mapping[str, int]) -> str:
    """What would happen to how many: `37 deactivated, 2 renamed`."""
    return ", ".join(f"{awaiting[name]:,} {word}" for name, word in WORDS.items() if awaiting.get(name))


def allowed(name: str, *, limit: Limit, active: int) -> int:
    """The greatest number of people whom a plan may touch by a verb of the limits without being asked."""
    # A float's 0.07 of 100 is a little more than 7.
    share = int(Fraction(str(limit.share)) * active)
    if name in _ORDINARY:
        return max(share, limit.number - 1)
    # A share of few people would be nobody: every single change of a small school would wait.
    return min(max(share, _A_FEW) if limit.share else 0, limit.number)
