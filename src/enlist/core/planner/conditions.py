"""Conditions: who is in a group because of their values (NE-19).

After every plan, everybody who changed and qualifies is a member of the groups that use a condition. If all conditions
of a group have automatic removal, nobody who doesn't qualify is a member by a condition. So an undo, which restores an
earlier directory, has nothing to add. Memberships that exist for another reason stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from enlist.core.changes import MEMBERSHIPS_SCHEMA, RELATIONS, is_about, relation_of
from enlist.core.directory.conditions import fields_of, qualifies
from enlist.core.directory.directory import Directory, Reference

if TYPE_CHECKING:
    from .net import After

# The relations whose records others follow from.
RULES: Final = ("condition", "group_condition", "group_course")
# The verbs by which people may join or leave groups or courses who don't change themselves.
RULE_VERBS: Final = frozenset({"change_condition", "use_condition", "stop_condition", "give_course", "take_course"})
_KEY: Final = ["person", "people_group"]


def by_conditions(before: Directory, *, after: After) -> After:
    """The directory after the changes, with the memberships that follow from conditions."""
    then = before.reference
    now = reference_after(then, after=after)
    if then.frame("group_condition").is_empty() and now.frame("group_condition").is_empty():
        return after
    people = _evaluated(before, after=after, now=now)
    wanted = _wanted(people, reference=now)
    among = people.get_column("person").implode()
    have = before.memberships.filter(pl.col("person").is_in(among))
    begun = after.begun.get("group_membership", have.clear())
    strict = _strict(now)
    is_strange = (pl.col("source") == "condition") & pl.col("people_group").is_in(strict.implode())
    strange = begun.filter(is_strange & pl.col("person").is_in(among)).join(wanted, on=_KEY, how="anti")
    begun = begun.join(strange, on=_KEY, how="anti", maintain_order="left")
    joining = wanted.join(have, on=_KEY, how="anti").join(begun, on=_KEY, how="anti")
    ended = after.ended.get("group_membership", have.clear()).select(_KEY).join(wanted, on=_KEY, how="anti")
    leavable = pl.concat([strict, _left(then, now=now)]).unique()
    held = have.filter((pl.col("source") == "condition") & pl.col("people_group").is_in(leavable.implode()))
    leaving = held.select(_KEY).join(wanted, on=_KEY, how="anti")
    made = joining.select(*_KEY, source=pl.lit("condition")).select(list(MEMBERSHIPS_SCHEMA))
    return replace(
        after,
        begun={**after.begun, "group_membership": pl.concat([begun.select(list(MEMBERSHIPS_SCHEMA)), made])},
        ended={**after.ended, "group_membership": pl.concat([ended, leaving]).unique()},
    )


def changes_rules(verbs: Iterable[str]) -> bool:
    """Whether any of these verbs changes rules."""
    return any(relation_of(verb).name in RULES for verb in verbs)


def reference_after(reference: Reference, *, after: After) -> Reference:
    """The conditions and courses of groups after the changes."""
    if after.reference is not None:
        return after.reference
    frames: dict[str, pl.DataFrame] = {}
    for name in RULES:
        begun, ended = after.begun.get(name), after.ended.get(name)
        if begun is not None or ended is not None:
            frames[name] = with_changes(reference.frame(name), name=name, begun=begun, ended=ended)
    return reference.with_frames(frames) if frames else reference


def with_changes(
    have: pl.DataFrame, *, name: str, begun: pl.DataFrame | None, ended: pl.DataFrame | None
) -> pl.DataFrame:
    """The records of a relation after some ended and others were created or changed."""
    key = RELATIONS[name].key
    for gone in (ended, begun):
        if gone is not None:
            have = have.join(gone, on=key, how="anti", maintain_order="left")
    return have if begun is None else pl.concat([have, begun.select(have.columns)])


def _evaluated(before: Directory, *, after: After, now: Reference) -> pl.DataFrame:
    """The people whose memberships may follow from the changes, as they are afterwards."""
    fields = fields_of(now)
    known = before.people.select("person", pl.col(fields).name.prefix("was:"))
    both = after.people.join(known, on="person", how="left", maintain_order="left")
    is_new = ~pl.col("person").is_in(before.people.get_column("person").implode())
    differs = (pl.col(name).ne_missing(pl.col("was:" + name)) for name in fields)
    changed = both.filter(is_new | pl.any_horizontal(pl.lit(value=False), *differs)).get_column("person")
    frames = [frames[name] for frames in (after.begun, after.ended) if (name := "group_membership") in frames]
    moved = pl.concat([changed, after.looked_at, *(frame.get_column("person") for frame in frames)])
    same = before.people.join(after.people, on="person", how="anti")
    people = pl.concat([after.people, same.select(after.people.columns)])
    return people.filter(pl.col("person").is_in(moved.implode())).filter(~is_about(after.removed, columns=["person"]))


def _wanted(people: pl.DataFrame, *, reference: Reference) -> pl.DataFrame:
    """person, people_group: the groups of which a condition holds for these people."""
    used = reference.frame("group_condition")
    conditions = reference.frame("condition").join(used, on="condition", how="semi")
    met = [
        people.filter(qualifies(line, reference=reference)).select("person", condition=pl.lit(line["condition"]))
        for line in conditions.iter_rows(named=True)
    ]
    nobody = pl.DataFrame(schema={"person": pl.Int64, "condition": pl.Int64})
    return pl.concat([nobody, *met], how="vertical_relaxed").join(used, on="condition").select(_KEY).unique()


def _strict(reference: Reference) -> pl.Series:
    """The groups of which all conditions have automatic removal."""
    switches = reference.frame("group_condition").join(reference.frame("condition"), on="condition")
    return switches.group_by("people_group").agg(pl.col("removal").all()).filter("removal").get_column("people_group")


def _left(then: Reference, *, now: Reference) -> pl.Series:
    """The groups that lose a condition, if automatic removal was on for all they had."""
    used = then.frame("group_condition")
    ended = used.join(now.frame("group_condition"), on=used.columns, how="anti")
    was = _strict(then)
    return was.filter(was.is_in(ended.get_column("people_group").implode()))
