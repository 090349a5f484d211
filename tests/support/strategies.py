"""Small, difficult worlds for properties: a directory, a roster about it, and a policy.

Values come from short lists, so that rows meet: the same person stands several times, keys are swapped, freed and
passed on, name two people or several, and what the rows refer to is often not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import polars as pl
from hypothesis import strategies as st

from enlist.core.changes import (
    CONDITIONS_SCHEMA,
    DEPARTURES_SCHEMA,
    GROUP_CONDITIONS_SCHEMA,
    GROUP_COURSES_SCHEMA,
    LINKS_SCHEMA,
    MANUAL_EDITS_SCHEMA,
    PERSON_ROLES_SCHEMA,
    RELATIONS,
)
from enlist.core.directory.directory import Directory, Reference
from enlist.core.flags.flags import collect
from enlist.core.planner.conditions import with_changes
from enlist.core.planner.consequences import consequences
from enlist.core.planner.net import After
from enlist.core.policy import Policy
from enlist.core.rows.rows import Rows
from tests.support.worlds import CODE, GRADE, HOUSE, SCHOOL, cell_flag, directory, person, rows

KNOWN = ("ann", "Bob", "cyd", "dee", "eve")
NEW = ("ANN", "bob", "gus", "hal")
EMAILS = ("a@x.org", "b@x.org", "c@x.org", "B@x.org", "d@x.org", "bo@x.org")
IDNUMBERS = ("1", "2", "3")
# Values of cells by column; blanks are added.
CELLS: Mapping[str, tuple[str, ...]] = {
    "username": KNOWN + NEW,
    "username_made": ("1",),
    "firstname": ("Ann", "Bo", "Cy"),
    "lastname": ("Ode", "Li", "Ng"),
    "email": EMAILS,
    "idnumber": IDNUMBERS,
    "city": ("Rome", "Oslo"),
    "country": ("DE", "FR"),
    "lang": ("de", "fr"),
    "site_role": ("learner", "manager", "parent"),
    "profile_field_grade": ("1", "2"),
    "profile_field_house": ("Red", "Blue"),
    "profile_field_code": ("X1", "X2", "X3"),
    "deleted": ("0", "0", "0", "1"),
    "suspended": ("0", "1"),
    "state": ("active", "inactive", "left", "?on hold"),
    "oldusername": KNOWN + NEW,
    "auth": ("manual", "ldap", "nosuch"),
    "icq": ("10", "20"),
    "interests": ("cats", "Birds,cats"),
    "sysrole1": ("auditor", "creator", "-auditor", "5", "-6", "student", "99", "-"),
    "sysrole2": ("-creator", "auditor", "-5"),
    "course1": ("ART", "BIO", "NONE"),
    "role1": ("teacher", "4", "03", "auditor", "dean", "99"),
    "type1": ("1", "3", "4"),
    "group1": ("Red", "Green", "21", "7", "999"),
    "enrolperiod1": ("5", "endless"),
    "enroltimestart1": ("2027-05-01 00:00:00", "2026-01-01 08:00:00"),
    "enrolstatus1": ("active", "suspended"),
    "enrolstatus2": ("suspended",),
    "enrolperiod2": ("7",),
    "cohort1": ("year7", "year8", "31", "99", "rules"),
    # Made by an import, made manually, new, and by conditions; "" means no group.
    "groups": ("Year 7", "Chess", "Choir", "Choir\nYear 7", "By rules", ""),
    # After today; "" means no leaving date.
    "leaves_on": ("2099-04-01", "2099-06-12", ""),
    "course2": ("ART", "CHEM"),
    "group2": ("Green", "Blue"),
}
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "email": ("%u@y.org", "%u@x.org", "a@x.org", "%-f@x.org", "%f %l@x.org"),
    "idnumber": ("%u", "2"),
    "city": ("Bonn", "%l"),
    "country": ("%f",),
    "department": ("%-1f%-l %u",),
    "phone1": ("%f%l%u 123456789012345",),
    "lang": ("en",),
    "auth": ("ldap",),
    "icq": ("%u",),
    "profile_field_grade": ("3",),
    "profile_field_house": ("%f",),
}
_SETTINGS: Mapping[str, tuple[Any, ...]] = {
    "match_by": tuple(order for size in (1, 2, 3) for order in permutations(("username", "email", "idnumber"), size)),
    "new_people": ("create", "create", "create", "skip"),
    "existing_people": ("update", "update", "update", "skip", "counter"),
    "update_details": ("none", "from_file", "from_file", "from_file_and_defaults", "fill_missing"),
    "blank_cell": ("missing", "missing", "literal"),
    "renames": ("allow", "allow", "refuse"),
    "deletes": ("allow", "allow", "refuse"),
    "suspensions": ("allow", "allow", "refuse"),
    "number_made_usernames": (False, True),
    "same_email": ("refuse", "warn", "allow"),
    "passwords": (("activation_link",),) * 4 + (("column",),),
    "missing_email": ("refuse", "refuse", "warn"),
    "administrators": ("protect", "details_only"),
    "site_role": ("learner", "column", "manager"),
    "unlisted": ("keep", "keep", "deactivate"),
    "unlisted_manual_people": ("protect", "treat_alike"),
    "grace_days": (0, 0, 31),
    "leaving_dates": ("apply", "apply", "ignore"),
    "inactive_listed": ("leave", "reactivate"),
    "bad_rows": ("skip_row",) * 5 + ("stop_import",),
    "unknown_course": ("error_on_cell", "error_on_cell", "error_on_row"),
    "unknown_course_group": ("create", "error_on_cell"),
    "enrolment_dates": ("keep", "from_file", "from_file", "reset"),
    "unknown_group": ("create", "error_on_cell"),
    "group_column": ("off", "mirror", "mirror", "add"),
    "unlisted_scope": ("platform", "group"),
    "home_group": ("", "", "All groups", "Chess", "year7"),
    "type_roles": (("student", "teacher", "assistant"), ("student", "teacher", "nobody")),
}  # fmt: skip


# Errors of a cell alone, and where they stand.
_REFUSED: Mapping[str, str] = {
    "choice_unknown": "profile_field_grade",
    "choice_left": "profile_field_grade",
    "country_unknown": "country",
    "email_bad_update": "email",
}
# Fields that somebody may have edited manually.
_EDITED = ("firstname", "email", "city", "lang", "profile_field_grade", "profile_field_code")
# The hidden fields that these worlds know.
HIDDEN = ("auth", "icq", "interests", "sysroles")
# A password as the rows of a file have it, which is not weak.
PASSWORDS = ("Given-1!", "Given-1!", None)
# Without these hardly a row does anything.
_USUAL_COLUMNS = ("username", "email", "firstname", "lastname")
_DISTINCT = {
    "username": ("ANN", "bob", "cyd", "gus", "hal"),
    "email": ("a@x.org", "B@x.org", "d@x.org"),
    "idnumber": "123",
}

# Clauses of conditions about what rows change.
CLAUSES = (
    ("city", "is", "rome"), ("city", "is not", "Oslo"), ("state", "is", "active"), ("profile_field_grade", "is", "1"),
    ("idnumber", "is blank", ""), ("lastname", "contains", "i"),
)  # fmt: skip

_DEEDS = ("renames", "deletes", "suspensions")
# Where everything meets: fewer values of these.
_FEW = ("username", "oldusername", "email", "cohort1", "course1", "group1")
# Who is there, and who wants to be, where names are counted: one stem, one without letters, leading zeros.
_COUNTED = {"Bob": "ann2", "bob": "ann2", "cyd": "ann4", "dee": "7", "eve": "ann007", "c@x.org": "ann2@x.org"}
_ADDRESSES = (*EMAILS[:2], *(f"e{number}@x.org" for number in range(9)), None, None, None)
_WANTED = ("ann", "ANN", "ann", "ann2", "ann3", "bob", "bob", "7", "007", "ann007", "x" * 100, "x" * 100)


@dataclass(frozen=True)
class World:
    """All that a planner is given."""

    rows: Rows
    directory: Directory
    policy: Policy

    def _repr_pretty_(self, printer: Any, cycle: object) -> None:
        """Show in a failing example what can be read."""
        reference, usual = self.directory.reference, Policy().to_dict()
        shown = {
            "policy": {name: value for name, value in self.policy.to_dict().items() if value != usual[name]},
            "shared_email": reference.shared_email,
            "grade": reference.profile_fields[0],
            "people": [_filled(line) for line in self.directory.people.iter_rows(named=True)],
            "enrolments": self.directory.enrolments.rows(),
            "members": self.directory.members.rows(),
            "groups": reference.course_groups.rows(),
            "memberships": self.directory.memberships.rows(),
            "departures": self.directory.frame("departure").rows(),
            "rules": [reference.frame(name).rows() for name in ("condition", "group_condition", "group_course")],
            "rows": [_filled(line) for line in self.rows.frame.iter_rows(named=True)],
            "flags": self.rows.flags.select("row", "field", "code").rows(),
        }
        printer.text("World(\n" + "".join(f"  {name}: {value}\n" for name, value in shown.items()) + ")")


@st.composite
def policies(draw: st.DrawFn, *, fixed: Mapping[str, Any] | None = None) -> Policy:
    """Policies over all values that are carried out, without contradictions; some settings can be fixed."""
    settings = {name: draw(st.sampled_from(values), label=name) for name, values in _SETTINGS.items()}
    settings |= fixed or {}
    if settings["existing_people"] in {"skip", "counter"}:
        settings |= {"new_people": "create", "update_details": "none", "inactive_listed": "leave"}
        settings |= {"renames": "refuse", "deletes": "refuse", "leaving_dates": "ignore"}
        settings |= {"group_column": "add"} if settings["group_column"] == "mirror" else {}
    if settings["existing_people"] == "counter":
        settings |= {"match_by": ("username",), "unlisted": "keep"}
    if settings["home_group"] in ("", "All groups"):
        settings |= {"unlisted_scope": "platform"}
    # A key that people are looked up by has no default; an address has, where it is not the only one.
    keys = set(settings["match_by"]) - ({"email"} if len(settings["match_by"]) > 1 else set())
    keyless = sorted(DEFAULTS.keys() - keys)
    slugs = draw(st.sets(st.sampled_from(keyless), max_size=3), label="defaults")
    edits = st.dictionaries(st.sampled_from(_EDITED), st.sampled_from(["edit_wins", "ask"]), max_size=3)
    settings["manual_edits"] = draw(edits, label="manual_edits")
    settings["defaults"] = {slug: draw(st.sampled_from(DEFAULTS[slug])) for slug in sorted(slugs)}
    return Policy().replace(**settings).check()


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Directories with administrators, inactive people, enrolments, groups and, where allowed, shared addresses."""
    reference = draw(_references())
    usernames = draw(st.permutations(KNOWN), label="who is there")[: draw(st.sampled_from([3, 5, 1, 2, 0]))]
    emails = _blank_or(EMAILS) if reference.shared_email else st.none()
    free = draw(st.permutations([*EMAILS[:3], *EMAILS[4:], "", ""]), label="their addresses")
    codes = draw(st.permutations(["X1", "X2", "X4", None, None]), label="their codes")
    known = [
        {
            **draw(_people(number, reference=reference, username=username, email=draw(emails) or free[number - 1])),
            CODE.slug: codes[number - 1],
        }
        for number, username in enumerate(usernames, start=1)
    ]
    numbers = st.integers(1, max(1, len(known)))
    triples = st.tuples(numbers, st.sampled_from([10, 11]), st.sampled_from([1, 3, 4]))
    moments = st.sampled_from([None, None, "2026-02-01 00:00:00"])
    statuses = st.tuples(st.sampled_from(["active", "suspended"]), moments, moments)
    enrolments = draw(st.dictionaries(triples, statuses, max_size=5), label="enrolments") if known else {}
    members = draw(st.sets(st.tuples(numbers, st.sampled_from([20, 21, 22])), max_size=3)) if known else set()
    sources = st.sampled_from(["import", "import", "manual"])
    gathered = st.dictionaries(st.tuples(numbers, st.sampled_from([30, 31])), sources, max_size=3 if known else 0)
    roles = draw(st.sets(st.tuples(numbers, st.sampled_from(["parent", "instructor"])), max_size=2)) if known else set()
    pairs = st.tuples(numbers, numbers, st.sampled_from(["parent", "instructor"])).filter(
        lambda pair: pair[0] != pair[1]
    )
    linked = draw(st.sets(pairs, max_size=3)) if len(known) > 1 else set()
    between = {
        "person_role": pl.DataFrame(_with_source(roles), schema=PERSON_ROLES_SCHEMA, orient="row"),
        "link": pl.DataFrame(_with_source(linked), schema=LINKS_SCHEMA, orient="row"),
        "manual_edit": pl.DataFrame(draw(_edits(known)), schema=MANUAL_EDITS_SCHEMA, orient="row"),
        "departure": pl.DataFrame(draw(_departures(known)), schema=DEPARTURES_SCHEMA, orient="row"),
    }
    return directory(
        *known,
        reference=reference,
        enrolments=[(*triple, *seat) for triple, seat in enrolments.items()],
        members=sorted(members),
        memberships=sorted((*each, source) for each, source in draw(gathered, label="memberships").items()),
    ).with_frames(between)


@st.composite
def _edits(draw: st.DrawFn, known: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Fields of people that somebody edited manually."""
    if not known:
        return []
    pairs = st.tuples(st.sampled_from([each["person"] for each in known]), st.sampled_from(_EDITED))
    return sorted(draw(st.sets(pairs, max_size=4), label="manual edits"))


@st.composite
def _departures(draw: st.DrawFn, known: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Leaving dates of some active people."""
    active = [each["person"] for each in known if each["state"] == "active"]
    leaving = draw(st.sets(st.sampled_from(active), max_size=2), label="who leaves") if active else set()
    kinds = st.tuples(st.sampled_from(["2099-04-01", "2099-05-01"]), st.sampled_from(["absence", "import", "manual"]))
    return [(person, *draw(kinds)) for person in sorted(leaving)]


def _with_source(records: set[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((*each, "manual") for each in records)


@st.composite
def worlds(draw: st.DrawFn, *, min_rows: int = 0, max_rows: int = 7, distinct: bool = False) -> World:
    """A directory, a roster about it and a policy; in a distinct one hardly any key stands twice in the roster."""
    policy, known = draw(policies()), draw(directories())
    roster = draw(rosters(policy, min_rows=min_rows, max_rows=max_rows, distinct=distinct))
    return World(roster, known, allowed(policy, reference=known.reference))


def allowed(policy: Policy, *, reference: Reference) -> Policy:
    """The policy without what the organisation does not allow."""
    closed = reference.groups.filter(~pl.col("joinable"))
    if policy.home_group in {*closed.get_column("name"), *closed.get_column("idnumber")}:
        policy = policy.replace(home_group="", unlisted_scope="platform")
    return policy if reference.shared_email else policy.replace(same_email="refuse")


@st.composite
def tangled_worlds(draw: st.DrawFn, *, min_rows: int = 0) -> World:
    """Worlds in which few people are renamed, deleted, suspended, made again and given each other's addresses."""
    fixed = {
        "existing_people": "update",
        "new_people": "create",
        "update_details": "from_file",
        "match_by": ("username",),
    }
    policy, known = draw(policies(fixed=fixed | dict.fromkeys(_DEEDS, "allow"))), draw(directories())
    columns = (*_USUAL_COLUMNS, "oldusername", "deleted", "suspended", "cohort1", "course1", "group1")
    few = {slug: (*cells[:3], *cells[-1:]) for slug, cells in CELLS.items() if slug in _FEW}
    roster = draw(rosters(policy, min_rows=min_rows, max_rows=12, columns=columns, cells=few))
    return World(roster, known, allowed(policy, reference=known.reference))


@st.composite
def grouped_worlds(draw: st.DrawFn) -> World:
    """Worlds in which several rows of few people name groups of all kinds."""
    fixed = {"existing_people": "update", "new_people": "create", "match_by": ("username",), "unlisted": "keep"}
    policy, known = draw(policies(fixed=fixed)), draw(directories())
    few = {"username": ("ann", "Bob", "cyd", "gus"), "email": ("a@x.org", "b@x.org", None)}
    columns = (*_USUAL_COLUMNS, "groups", "state")
    roster = draw(rosters(policy, max_rows=7, columns=columns, cells={**few, "state": ("active", "inactive", "left")}))
    return World(roster, known, allowed(policy, reference=known.reference))


@st.composite
def numbered_worlds(draw: st.DrawFn, *, min_rows: int = 0) -> World:
    """Worlds in which every row is a new person, and the names they want are taken, or meet."""
    policy, known = draw(policies(fixed={"existing_people": "counter"})), draw(directories())
    called = pl.col("username", "username_key", "email", "email_key").replace(_COUNTED)
    known = replace(known, people=known.people.with_columns(called))
    cells = {"username": _WANTED, "email": _ADDRESSES}
    roster = draw(rosters(policy, min_rows=min_rows, max_rows=12, cells=cells))
    return World(roster, known, allowed(policy, reference=known.reference))


@st.composite
def ruled_worlds(draw: st.DrawFn, *, of: st.SearchStrategy[World]) -> World:
    """The same worlds with conditions that groups use, and courses that they give; the rows name both as well."""
    world = draw(of)
    clauses = st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=2).map(json.dumps)
    kinds = st.tuples(st.sampled_from(["all", "any"]), st.booleans(), clauses)
    made = draw(st.lists(kinds, min_size=1, max_size=2), label="conditions")
    numbers = st.sampled_from(range(60, 60 + len(made)))
    used = draw(st.sets(st.tuples(st.sampled_from([30, 31]), numbers), min_size=1, max_size=3), label="their groups")
    sources = draw(st.lists(st.sampled_from(["manual", "condition"]), min_size=3, max_size=3), label="sources")
    courses = st.tuples(st.sampled_from([30, 31]), st.sampled_from([10, 11]), st.sampled_from([3, 4]))
    given = draw(st.sets(courses, max_size=2), label="their courses")
    kinds_of_enrolment = st.lists(st.sampled_from(["import", "group"]), min_size=5, max_size=5)
    enrolled = draw(kinds_of_enrolment, label="sources of enrolments")
    memberships, enrolments = world.directory.memberships, world.directory.enrolments
    frames = {
        "enrolment": enrolments.with_columns(source=pl.Series(enrolled[: enrolments.height], dtype=pl.String)),
        "group_course": pl.DataFrame(sorted(given), schema=GROUP_COURSES_SCHEMA, orient="row"),
        "condition": pl.DataFrame(
            [(60 + number, f"C{number}", *kind) for number, kind in enumerate(made)],
            schema=CONDITIONS_SCHEMA,
            orient="row",
        ),
        "group_condition": pl.DataFrame(sorted(used), schema=GROUP_CONDITIONS_SCHEMA, orient="row"),
        "group_membership": memberships.with_columns(source=pl.Series(sources[: memberships.height], dtype=pl.String)),
    }
    known = settled(world.directory.with_frames(frames))
    return replace(world, directory=known, policy=allowed(world.policy, reference=known.reference))


def settled(known: Directory) -> Directory:
    """The directory with everybody in the groups whose conditions they meet and in their courses, as plans leave it."""
    everybody = After(known.people.clear(), looked_at=known.people.get_column("person"))
    after = consequences(known, after=everybody)
    frames = {
        name: with_changes(known.frame(name), name=name, begun=begun, ended=after.ended.get(name))
        for name, begun in after.begun.items()
    }
    return known.with_frames({name: frame.sort(RELATIONS[name].key) for name, frame in frames.items()})


@st.composite
def rosters(
    draw: st.DrawFn,
    policy: Policy,
    *,
    min_rows: int = 0,
    max_rows: int = 7,
    distinct: bool = False,
    columns: Sequence[str] = (),
    cells: Mapping[str, tuple[str | None, ...]] | None = None,
) -> Rows:
    """Rows of a file that is imported with this policy, about any people that `directories` may have.

    columns: those it has at least. cells: the values of some columns, instead of the usual ones.
    """
    # A key without its column names nobody.
    usual = dict.fromkeys([*_USUAL_COLUMNS, *policy.match_by, *columns])
    others = st.sampled_from([slug for slug in CELLS if slug not in usual])
    slugs = [*usual, *draw(st.lists(others, unique=True, max_size=8), label="columns")]
    if policy.leaving_dates == "ignore":
        slugs = [slug for slug in slugs if slug != "leaves_on"]
    # Checking leaves out cohorts if there is a column of groups.
    if "groups" in slugs:
        slugs = [slug for slug in slugs if slug != ("groups" if "cohort1" in columns else "cohort1")]
    height = draw(
        st.sampled_from([size for size in (3, 1, 2, 5, 7, 0, 12) if min_rows <= size <= max_rows]), label="height"
    )
    said: dict[str, tuple[str | None, ...]] = {slug: (cells or {}).get(slug, CELLS[slug]) for slug in slugs}
    lines = draw(_lines(said, height=height, policy=policy, distinct=distinct), label="rows")
    if policy.passwords == ("column",):
        slugs.append("password")
        lines = [{**line, "password": draw(st.sampled_from(PASSWORDS))} for line in lines]
    flags = [draw(_refusals(lines, row=row)) for row in range(height)]
    return rows(*lines, columns=slugs, flags=collect(*flags))


@st.composite
def _references(draw: st.DrawFn) -> Reference:
    options = draw(st.sampled_from([GRADE.options, GRADE.options, ("", *GRADE.options)]), label="options")
    grade = replace(GRADE, options=options, required=draw(st.integers(0, 4)) == 0)
    grade = replace(grade, default=draw(st.sampled_from(["", "", "2"])))
    groups = SCHOOL.course_groups
    if draw(st.booleans(), label="groups that look like numbers"):
        groups = groups.vstack(pl.DataFrame([(23, 10, "7"), (24, 11, "21")], schema=groups.schema, orient="row"))
    shared_email = draw(st.booleans(), label="shared_email")
    school = SCHOOL.with_frames({"course_group": groups})
    return replace(school, profile_fields=(grade, HOUSE, CODE), hidden=HIDDEN, shared_email=shared_email)


@st.composite
def _people(draw: st.DrawFn, number: int, *, reference: Reference, username: str, email: str) -> dict[str, object]:
    return person(
        number,
        reference=reference,
        username=username,
        email=email,
        firstname=draw(_blank_or(CELLS["firstname"])),
        lastname=draw(_blank_or(CELLS["lastname"])),
        idnumber=draw(_blank_or(IDNUMBERS)),
        city=draw(_blank_or(CELLS["city"])),
        lang=draw(_blank_or(CELLS["lang"])),
        site_role=draw(st.sampled_from(["learner", "learner", "learner", "manager", "admin"])),
        state=draw(st.sampled_from(["active", "active", "inactive"])),
        source=draw(st.sampled_from(["manual", "import"])),
        profile_field_grade=draw(_blank_or(CELLS["profile_field_grade"])) or None,
        profile_field_house=draw(_blank_or(CELLS["profile_field_house"])) or None,
        auth=draw(st.sampled_from([None, "manual", "ldap"])),
        icq=draw(st.sampled_from([None, "10"])),
        interests=draw(st.sampled_from([None, "cats", "dogs"])),
        sysroles=draw(st.sampled_from([None, "auditor", "auditor,creator"])),
    )


@st.composite
def _lines(
    draw: st.DrawFn, said: Mapping[str, tuple[str | None, ...]], *, height: int, policy: Policy, distinct: bool
) -> list[dict[str, str | None]]:
    blanks: list[str | None] = [None, ""] if policy.blank_cell == "literal" else [None]
    cells = {slug: _mostly(values, blanks=blanks) for slug, values in said.items()}
    lines = draw(st.lists(st.fixed_dictionaries(cells), min_size=height, max_size=height))
    for slug in ("username", "email", "idnumber") if distinct else ():
        values = draw(st.permutations([*_DISTINCT[slug], *blanks, *blanks]))
        for line, value in zip(lines, values, strict=False):
            line.update({slug: value} if slug in line else {})
    return lines


@st.composite
def _refusals(draw: st.DrawFn, lines: list[dict[str, str | None]], *, row: int) -> pl.DataFrame:
    """What checking found in a row: mostly nothing, a row that failed, or a cell that was not taken."""
    found = draw(st.sampled_from([None] * 10 + ["row_long", *_REFUSED]))
    slug = _REFUSED.get(found or "")
    if found and slug in lines[row]:
        lines[row][slug] = None
        return cell_flag(row, code=found, slug=slug, value="9")
    return cell_flag(row, code="row_long") if found == "row_long" else collect()


def _filled(line: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in line.items() if cell not in (None, "", False) and not name.endswith("_key")}


def _blank_or(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


def _mostly(values: tuple[str | None, ...], *, blanks: list[str | None]) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*values * 4, *blanks])
