"""Undo: the plan that takes an applied plan back, as far as nobody has changed things since.

Cells go back where they still hold what the import put there; others are kept and named. People whom the import made
are removed, or only deactivated where they were changed or have signed in since. Whoever goes back wholly gets the old
version again (`VERSION_AFTER`), so that the import before can be undone as well.

Source: spec/policies.md ("Undo"); architecture.md ("Undo", "Nobody is deleted").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from .applied import Applied
from .changes import (
    AFTER,
    BEFORE,
    COURSE_GROUPS_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    VERBS,
    VERSION_AFTER,
    relation_of,
)
from .directory import Directory, people_schema
from .flags import collect, flag
from .going_back import KEPT_SCHEMA, take_back
from .plan import Part
from .planner.net import After, net
from .preview import after_change

_NOBODY: Final = pl.DataFrame(schema={"person": pl.Int64()})


@dataclass(frozen=True)
class Since:
    """The world since the apply.

    now: the people a part names and whoever has their former usernames and addresses now, with their enrolments and
    memberships, and all other memberships of the course groups that the part made. signed_in: people (Int64) who have
    signed in since they were made. leaving, leaving_groups: memberships (person, and course_group or people_group)
    that other parts of the same undo end. course_groups, groups: those that any part of the plan made or dropped.
    """

    now: Directory
    signed_in: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.Int64()))
    leaving: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERS_SCHEMA))
    leaving_groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERSHIPS_SCHEMA))
    course_groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSE_GROUPS_SCHEMA))
    groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUPS_SCHEMA))


def inverse(part: Part, *, applied: Applied, since: Since) -> Part:
    """The part that undoes `part`; what cannot go back is a flag on the line of the import that changed it.

    Course groups that come back (an undo of an undo has some) have their old ids, by which the import knows them.
    """
    case = _Case(frames=applied.frames(part), fates=applied.realise(part.fates), since=since)
    # Whoever came back by it was there as well: removed, as an import before had left them.
    before = pl.concat([part.seen, case.frame("restore")], how="diagonal").select("person", before="version")
    people = _people(case, changed=applied.versions(part).join(before, on="person", how="left"))
    ends = _ended(case, people=people)
    groups = _groups(case, kind=_course_groups_of(case), leave=ends["leave"])
    cohorts = _groups(case, kind=_people_groups_of(case), leave=ends["leave_group"])
    begun = _begun(case, people=people, groups=groups, cohorts=cohorts)
    frames = {**people.frames, **ends, **groups.frames, **cohorts.frames, **begun}
    return Part(
        frames={verb: frames[verb].sort(VERBS[verb].key) for verb in VERBS if verb in frames and frames[verb].height},
        flags=_flags(case, people=people, groups=groups, cohorts=cohorts),
        seen=people.seen,
    )


@dataclass(frozen=True)
class _Case:
    """The part with real ids, and the world since."""

    frames: dict[str, pl.DataFrame]
    fates: pl.DataFrame
    since: Since

    @property
    def now(self) -> Directory:
        return self.since.now

    def frame(self, verb: str) -> pl.DataFrame:
        """The frame of a verb, empty where the part has none."""
        relation = relation_of(verb)
        is_person = relation.name == "person"
        schema = people_schema(self.now.reference) if is_person else relation.schema_of(VERBS[verb])
        return self.frames.get(verb, pl.DataFrame(schema=schema))


@dataclass(frozen=True)
class _People:
    """What becomes of people: frames of their verbs; who is deactivated in place of removed, kept cells.

    gone: who cannot be changed back, since they are not there; lost: who cannot come back.
    """

    frames: dict[str, pl.DataFrame]
    deactivated: pl.DataFrame
    kept: pl.DataFrame
    gone: pl.DataFrame
    lost: pl.DataFrame
    seen: pl.DataFrame


@dataclass(frozen=True)
class _Groups:
    """Frames that drop and create groups of a kind; groups that are kept.

    numbers: the id, number: those that somebody made anew since, and their ids now. gone: the ids of those that people
    left, and that another undo dropped since.
    """

    frames: dict[str, pl.DataFrame]
    kept: pl.DataFrame
    numbers: pl.DataFrame
    gone: pl.DataFrame


def _people(case: _Case, *, changed: pl.DataFrame) -> _People:
    """`changed`: person, the version the apply gave them, the one `before` (null: it made them)."""
    now = case.now.people
    columns = now.columns
    here = now.join(changed, on="person", suffix="_applied")
    is_untouched = pl.col("version") == pl.col("version_applied")
    is_clean = is_untouched & ~pl.col("person").is_in(case.since.signed_in.implode())
    made = pl.concat([_NOBODY, *(case.frame(verb).select("person") for verb in ("create", "restore"))])
    ours = here.join(made, on="person", how="semi")
    removed, deactivated = ours.filter(is_clean).select(columns), ours.filter(~is_clean).select(columns)
    stays = now.join(removed, on="person", how="anti")
    after, kept = _after(case, people=stays)
    after = after.with_columns(state=_state(case, deactivated=deactivated))
    away = case.frame("remove").join(now, on="person", how="anti").rename({"version": VERSION_AFTER})
    away = away.join(changed.select("person", "version"), on="person")
    restored = _restored(case, away=away, after=after)
    changes = net(replace(case.now, people=stays), after=After(after)).frames
    not_wholly = pl.concat([kept.get_column("person"), deactivated.get_column("person")])
    wholly = is_untouched & ~pl.col("person").is_in(not_wholly.implode())
    return _People(
        frames={**changes, "remove": removed, "restore": restored},
        deactivated=deactivated,
        kept=kept,
        gone=changed.join(now, on="person", how="anti").join(away, on="person", how="anti"),
        lost=away.join(restored, on="person", how="anti"),
        seen=here.sort("person").select("person", "version", pl.when(wholly).then("before").alias(VERSION_AFTER)),
    )


def _after(case: _Case, *, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    if "update" not in case.frames:
        return people, pl.DataFrame(schema=KEPT_SCHEMA)
    return take_back(people, update=case.frames["update"], unique=_unique(case))


def _state(case: _Case, *, deactivated: pl.DataFrame) -> pl.Expr:
    """Everybody's state afterwards: whom the part deactivated is active again, if nobody did that before."""
    off = pl.concat([_NOBODY, *(f.select("person") for f in (deactivated, case.frame("reactivate")))])
    on = case.frame("deactivate").get_column("person")
    return (
        pl.when(pl.col("person").is_in(off.get_column("person").implode())).then(pl.lit("inactive"))
        .when(pl.col("person").is_in(on.implode())).then(pl.lit("active"))
        .otherwise("state")
    )  # fmt: skip


def _unique(case: _Case) -> list[str]:
    addresses = [] if case.now.reference.shared_email else ["email_key"]
    return ["username_key", *addresses, *case.now.reference.unique_slugs]


def _restored(case: _Case, *, away: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Who comes back: nobody whose keys have gone to others."""
    taken = [pl.col(key).is_in(after.get_column(key).implode()) & (pl.col(key) != "") for key in _unique(case)]
    return away.filter(~pl.any_horizontal(taken).fill_null(value=False))


def _ended(case: _Case, *, people: _People) -> dict[str, pl.DataFrame]:
    """Enrolments and memberships of the import that are there as it made them; those of who stays inactive stay."""
    enrolled = case.frame("enrol").join(people.deactivated, on="person", how="anti")
    joined = _anew(case, kind=_course_groups_of(case), verb="join").join(people.deactivated, on="person", how="anti")
    gathered = _anew(case, kind=_people_groups_of(case), verb="join_group")
    gathered = gathered.join(people.deactivated, on="person", how="anti")
    return {
        "unenrol": case.now.enrolments.join(enrolled, on=enrolled.columns, how="semi", nulls_equal=True),
        "leave": case.now.members.join(joined, on=joined.columns, how="semi"),
        "leave_group": case.now.memberships.join(gathered, on=gathered.columns, how="semi"),
    }


def _begun(case: _Case, *, people: _People, groups: _Groups, cohorts: _Groups) -> dict[str, pl.DataFrame]:
    """Enrolments and memberships that the part ended, of people who are there, in groups that are."""
    there = _there(case, people=people)
    ended = case.frame("unenrol").join(there, on="person", how="semi")
    back = case.frame("leave").join(there, on="person", how="semi").join(groups.gone, on="course_group", how="anti")
    gathered = case.frame("leave_group").join(there, on="person", how="semi")
    gathered = gathered.join(cohorts.gone, on="people_group", how="anti")
    number = pl.col("course_group").replace(*groups.numbers.get_columns())
    cohort = pl.col("people_group").replace(*cohorts.numbers.get_columns())
    return {
        "enrol": ended.join(case.now.enrolments, on=VERBS["enrol"].key, how="anti"),
        "change_enrolment": _changed_back(case),
        "join_group": gathered.with_columns(cohort).join(case.now.memberships, on=VERBS["join_group"].key, how="anti"),
        "join": back.with_columns(number).join(case.now.members, on=VERBS["join"].key, how="anti"),
    }


def _there(case: _Case, *, people: _People) -> pl.DataFrame:
    """Who is there after the undo."""
    return pl.concat([frame.select("person") for frame in (case.now.people, people.frames["restore"])])


def _changed_back(case: _Case) -> pl.DataFrame:
    """Enrolments that the part changed, and that are still as it left them, as they were before."""
    frame = case.frame("change_enrolment")
    if frame.is_empty():
        return frame
    as_made = after_change(frame)
    same = case.now.enrolments.join(as_made, on=as_made.columns, how="semi", nulls_equal=True)
    back = frame.join(same, on=VERBS["enrol"].key, how="semi")
    return back.rename({name: _other_side(name) for name in back.columns if ":" in name}).select(frame.columns)


def _other_side(column: str) -> str:
    return AFTER + column.removeprefix(BEFORE) if column.startswith(BEFORE) else BEFORE + column.removeprefix(AFTER)


@dataclass(frozen=True)
class _Kind:
    """A kind of groups: its verbs, the column of its ids, the columns that say which is which, what there is.

    known: those that the plan made or dropped. left: memberships that the part ended.
    """

    create: str
    drop: str
    id: str
    same: tuple[str, ...]
    there: pl.DataFrame
    known: pl.DataFrame
    left: pl.DataFrame
    members: pl.DataFrame
    leaving: pl.DataFrame


def _course_groups_of(case: _Case) -> _Kind:
    return _Kind(
        create="create_course_group",
        drop="drop_course_group",
        id="course_group",
        same=("course", "name"),
        there=case.now.reference.course_groups,
        known=_known(case, verbs=("create_course_group", "drop_course_group"), others=case.since.course_groups),
        left=case.frame("leave"),
        members=case.now.members,
        leaving=case.since.leaving,
    )


def _people_groups_of(case: _Case) -> _Kind:
    return _Kind(
        create="create_group",
        drop="drop_group",
        id="people_group",
        same=("idnumber",),
        there=case.now.reference.groups,
        known=_known(case, verbs=("create_group", "drop_group"), others=case.since.groups),
        left=case.frame("leave_group"),
        members=case.now.memberships,
        leaving=case.since.leaving_groups,
    )


def _known(case: _Case, *, verbs: tuple[str, str], others: pl.DataFrame) -> pl.DataFrame:
    """The groups that a plan made or dropped: by this part, and by others."""
    return pl.concat([*(case.frame(verb).select(*relation_of(verb).schema) for verb in verbs), others]).unique()


def _anew(case: _Case, *, kind: _Kind, verb: str) -> pl.DataFrame:
    """Memberships that the part began; of a group that others made anew since, in that one."""
    return case.frame(verb).with_columns(pl.col(kind.id).replace(*_made_anew(kind).get_columns()))


def _made_anew(kind: _Kind) -> pl.DataFrame:
    """Groups of the plan that are not there, but others of their name are: their id, and the `number` of those."""
    gone = kind.known.join(kind.there, on=kind.id, how="anti")
    named = kind.there.filter(pl.col(kind.same[-1]) != "").select(*kind.same, number=kind.id)
    return gone.join(named, on=kind.same).select(kind.id, "number")


def _groups(case: _Case, *, kind: _Kind, leave: pl.DataFrame) -> _Groups:
    key = ["person", kind.id]
    stay = kind.members.join(pl.concat([frame.select(key) for frame in (leave, kind.leaving)]), on=key, how="anti")
    made = case.frame(kind.create)
    is_used = pl.col(kind.id).is_in(stay.get_column(kind.id).implode())
    dropped = kind.there.join(made, on=made.columns, how="semi").filter(~is_used)
    gone = case.frame(kind.drop).join(kind.there, on=kind.id, how="anti")
    found = _made_anew(kind)
    there = pl.concat([frame.select(kind.id) for frame in (kind.there, kind.known)])
    return _Groups(
        frames={kind.drop: dropped, kind.create: gone.join(found, on=kind.id, how="anti").select(made.columns)},
        kept=kind.there.join(made, on=kind.id, how="semi").join(dropped, on=kind.id, how="anti"),
        numbers=found,
        gone=kind.left.select(kind.id).unique().join(there, on=kind.id, how="anti"),
    )


def _flags(case: _Case, *, people: _People, groups: _Groups, cohorts: _Groups) -> pl.DataFrame:
    key = list(VERBS["enrol"].key)
    ours = case.frame("enrol").join(people.deactivated, on="person", how="anti")
    ended = case.frame("unenrol").select(*ENROLMENTS_SCHEMA)
    made = pl.concat([ours.select(*ENROLMENTS_SCHEMA), ended, after_change(case.frame("change_enrolment"))])
    here = case.now.enrolments.join(made, on=key, how="semi")
    changed = here.join(made, on=here.columns, how="anti", nulls_equal=True)
    told = [
        people.kept,
        changed.select("person", field=pl.lit("enrolment"), code=pl.lit("kept_changed_since")),
        people.deactivated.select("person", code=pl.lit("kept_person_changed")),
        people.gone.select("person", code=pl.lit("gone_since")),
        people.lost.select("person", code=pl.lit("not_restored")),
        *_not_rejoined(case, people=people, groups=groups, cohorts=cohorts),
    ]
    named = (case.now.people, people.lost, people.frames["restore"])
    names = pl.concat([frame.select("person", value="username") for frame in named])
    lines = case.fates.drop_nulls("person").group_by("person").agg(pl.col("row").min(), pl.col("line").min())
    courses = case.now.reference.courses.select("course", detail="shortname")
    kept = groups.kept.join(courses, on="course").select(
        pl.lit("course_group_kept").alias("code"), "detail", value="name"
    )
    said = pl.concat(told, how="diagonal").join(names, on="person", how="left").join(lines, on="person", how="left")
    gathered = cohorts.kept.select(pl.lit("group_kept").alias("code"), value="name")
    return collect(_options(case), kept, gathered, said.sort("row", "person"))


def _options(case: _Case) -> pl.DataFrame:
    """Options that were added stay: others may have chosen them since, and nobody is hurt."""
    added = case.frames.get("add_option")
    return collect() if added is None else flag("options_stay", value=", ".join(added.get_column("option")))


def _not_rejoined(case: _Case, *, people: _People, groups: _Groups, cohorts: _Groups) -> list[pl.DataFrame]:
    """Flags of people who would come back into a group that is gone."""
    there = _there(case, people=people)
    left = {
        "course group": case.frame("leave").join(groups.gone, on="course_group", how="semi"),
        "cohort": case.frame("leave_group").join(cohorts.gone, on="people_group", how="semi"),
    }
    return [
        frame.join(there, on="person", how="semi").select("person", field=pl.lit(kind), code=pl.lit("group_gone"))
        for kind, frame in left.items()
    ]
