"""List, find, show and export people."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from enlist.core.clean import fold, plain
from enlist.core.errors import NotFound, PolicyError
from enlist.core.fields.fields import HIDDEN_SLUGS, PERSON_SLUGS, SITE_ROLES
from enlist.core.report.export import Export, export
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.inviting import links_since
from enlist.services.accounts.outbox import problem_text
from enlist.store.accounts import mails
from enlist.store.directory import snapshot
from enlist.store.imports import history, records
from enlist.store.models import Person
from enlist.store.models.people import SOURCES
from enlist.store.people import departures, listing, merges, people
from enlist.store.setup import courses, groups

from .history import ImportedChange, person_imports

# A minus: the last ones first.
SORTS: Final = (*people.SORTS, *(f"-{name}" for name in people.SORTS))
NOT_ACTIVATED: Final = "not_activated"
STATES: Final = ("active", NOT_ACTIVATED, "inactive")
MADE_BY: Final = SOURCES


@dataclass(frozen=True)
class Wanted:
    """The filters of a list of people, all of which must match. Blank or null ones are ignored.

    by: one of SORTS; prefix: the start of its value. state: one of STATES. role, source: of a person. group: ID number,
    name, or "#17" for an id. course: short name. of_import: the number of an import that created or changed them.
    never: they have never signed in. invitation: of active people, one of `mails.INVITATION_STATES`. text: words, each
    of which must be a part of a name, the username or the address; case and accents don't matter. leaving: they have a
    leaving date.
    """

    by: str = "username"
    prefix: str = ""
    state: str = ""
    role: str = ""
    source: str = ""
    group: str = ""
    course: str = ""
    of_import: int | None = None
    never: bool = False
    invitation: str = ""
    text: str = ""
    leaving: bool = False


@dataclass(frozen=True)
class Chosen:
    """Some people: all that match `wanted`, or those with these usernames."""

    usernames: Sequence[str] = ()
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """A person as lists show them.

    roles: all, the highest first. groups: their names. activated: whether they have a password.
    invitation: its state, "" for people who weren't invited or are active already.
    leaves_on: their leaving date, or null.
    changed: when they were last changed or added; signed_in: when they last did, or null (ISO 8601).
    """

    username: str
    firstname: str
    lastname: str
    email: str
    site_role: str
    state: str
    source: str
    roles: list[str]
    groups: list[str]
    changed: str
    signed_in: str | None = None
    activated: bool = False
    invitation: str = field(default="", metadata={"json": ""})
    leaves_on: str | None = None

    @property
    def status(self) -> str:
        """The state, or NOT_ACTIVATED for active people who can't sign in yet."""
        return self.state if self.activated or self.state != "active" else NOT_ACTIVATED


@dataclass(frozen=True, slots=True)
class Page:
    """Some people of a long list. next: the `after` of the following page (None: this is the last)."""

    people: list[PersonSummary]
    next: str | None


@dataclass(frozen=True, slots=True)
class MailShown:
    """A mail to a person. purpose: one of MAIL_PURPOSES; state: due, sent or refused, since `at` (ISO 8601).

    problem: what went wrong last.
    """

    purpose: str
    state: str
    at: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetail:
    """A person as they are now.

    fields: those that everybody has, by slug. roles: all, the highest first. profile: profile fields by short name.
    hidden: fields that no page shows. imports, mails: what imports did to them, and the last mail of each purpose, if
    the caller asked for that. merged_into: a username, "" for people who aren't merged.
    """

    fields: Mapping[str, str]
    site_role: str
    roles: list[str]
    state: str
    source: str
    leaves_on: str
    profile: Mapping[str, str]
    hidden: Mapping[str, str]
    courses: list[people.PersonEnrolment]
    course_groups: list[people.PersonCourseGroup]
    groups: list[people.PersonGroup]
    merged_into: str = ""
    imports: list[ImportedChange] | None = None
    mails: list[MailShown] | None = None


@needs(Right.SEE_PEOPLE)
def person_list(scope: Scope, *, wanted: Wanted = Wanted(), after: str | None = None, limit: int = 50) -> Page:
    """People sorted by one of SORTS, in a few queries at any size.

    The case of usernames and e-mail addresses doesn't matter. Raises PolicyError for an unknown filter value and for an
    invalid `after`.
    """
    asked = filter_of(scope, wanted=wanted)
    found = listing.page(scope.organization, wanted=asked, after=_place(after) if after else None, limit=limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    mark = _mark(getattr(shown[-1], people.SORTS[asked.by]), person=shown[-1].pk) if more else None
    return Page(_summaries(scope, shown=shown), mark)


@needs(Right.SEE_PEOPLE)
def person_count(scope: Scope, *, wanted: Wanted = Wanted()) -> int:
    """How many people match. Raises PolicyError as `person_list`."""
    return listing.count(scope.organization, wanted=filter_of(scope, wanted=wanted))


@needs(Right.SEE_PEOPLE)
def person_everybody(scope: Scope, *, wanted: Wanted) -> pl.DataFrame:
    """person (Int64) and username of everybody who matches, by username. Raises as `person_list`."""
    return listing.everybody(scope.organization, wanted=filter_of(scope, wanted=wanted)).sort("username")


def filter_of(scope: Scope, *, wanted: Wanted) -> listing.Filter:
    """The same filters with the ids of the records they name. Raises PolicyError as `person_list`."""
    for value, among, what in (
        (wanted.by, SORTS, "order"),
        (wanted.state, ("", *STATES), "state"),
        (wanted.role, ("", *SITE_ROLES), "role"),
        (wanted.source, ("", *SOURCES), "source"),
        (wanted.invitation, ("", *mails.INVITATION_STATES), "invitation"),
    ):
        if value not in among:
            known = ", ".join(filter(None, among))
            raise PolicyError("people_filter_unknown", what=what, value=value, choices=known)
    by = wanted.by.removeprefix("-")
    folded = plain(wanted.prefix) if by == "lastname" else fold(wanted.prefix)
    return listing.Filter(
        by=by,
        descending=by != wanted.by,
        prefix=folded,
        state="active" if wanted.state == NOT_ACTIVATED else wanted.state,
        not_activated=wanted.state == NOT_ACTIVATED,
        role=wanted.role,
        source=wanted.source,
        group=groups.find(scope, name=wanted.group).pk if wanted.group else None,
        course=courses.find(scope, shortname=wanted.course).pk if wanted.course else None,
        touched=None if wanted.of_import is None else _touched(scope, number=wanted.of_import),
        never=wanted.never,
        leaving=wanted.leaving,
        invitation=wanted.invitation,
        links_since=links_since(scope.organization),
        parts=listing.parts_of(wanted.text),
    )


def _touched(scope: Scope, *, number: int) -> history.Touched:
    record = records.get(scope, number=number)
    if record.plan_removed_at:
        raise PolicyError(
            "changed_people_expired", number=number, date=f"{record.plan_removed_at:%Y-%m-%d}", field="import"
        )
    return history.touched(record)


def _summaries(scope: Scope, *, shown: list[Person]) -> list[PersonSummary]:
    inside, roles = listing.groups_of(shown), people.roles_of(shown)
    changed = listing.last_changes(scope.organization, people=shown)
    accounts, leaving = listing.accounts_of(shown), departures.of_people(shown)
    invited = mails.pending(shown, links_since=links_since(scope.organization))
    seen = {person: account.last_login for person, account in accounts.items() if account.last_login}
    return [
        PersonSummary(
            username=person.username,
            firstname=person.firstname,
            lastname=person.lastname,
            email=person.email,
            site_role=person.site_role,
            state=person.state,
            source=person.source,
            roles=roles[person.pk],
            groups=inside.get(person.pk, []),
            changed=changed[person.pk].isoformat(timespec="seconds"),
            signed_in=seen[person.pk].isoformat(timespec="seconds") if person.pk in seen else None,
            activated=person.pk in accounts and accounts[person.pk].has_usable_password(),
            invitation=invited.get(person.pk, ""),
            leaves_on=leaving.get(person.pk),
        )
        for person in shown
    ]


@needs(Right.SEE_PEOPLE)
def person_show(scope: Scope, *, username: str) -> PersonDetail:
    """A person, and what imports did to them (EN-11). Raises NotFound."""
    person = person_of(scope, username=username)
    return replace(facts_of(person), imports=person_imports(scope, person=person), mails=_mails(person))


@needs(Right.SEE_PEOPLE)
def person_mails(scope: Scope, *, username: str) -> list[MailShown]:
    """What a person was sent last of each purpose, and what will be sent. Raises NotFound."""
    return _mails(person_of(scope, username=username))


def _mails(person: Person) -> list[MailShown]:
    return [
        MailShown(each.purpose, each.state, each.changed_at.isoformat(timespec="seconds"), problem_text(each.problem))
        for each in mails.of_person(person)
    ]


@needs(Right.SEE_PEOPLE)
def person_facts(scope: Scope, *, username: str) -> PersonDetail:
    """A person as they are now. Raises NotFound."""
    return facts_of(person_of(scope, username=username))


def facts_of(person: Person) -> PersonDetail:
    """The details of a person that the caller has the right to see, as they are now (six queries)."""
    return PersonDetail(
        fields={slug: getattr(person, slug) for slug in PERSON_SLUGS},
        site_role=person.site_role,
        roles=people.roles_of([person])[person.pk],
        state=person.state,
        source=person.source,
        leaves_on=departures.of_people([person]).get(person.pk, ""),
        profile=people.profile(person),
        hidden={slug: person.profile[slug] for slug in HIDDEN_SLUGS if slug in person.profile},
        courses=people.enrolments(person),
        course_groups=people.course_groups(person),
        groups=people.groups(person),
        merged_into=merges.merged_into(person),
    )


def person_of(scope: Scope, *, username: str) -> Person:
    """The person with this username (one query). Raises NotFound."""
    person = people.by_username(scope.organization, key=fold(username))
    if person is None:
        raise NotFound("person_unknown", username=username)
    return person


@needs(Right.SEE_PEOPLE)
def people_of(scope: Scope, *, chosen: Chosen, most: int, too_many: str) -> list[Person]:
    """The chosen people that exist, by username. Raises PolicyError: `too_many` for more than `most`, or for nobody."""
    names = chosen.usernames if chosen.wanted is None else person_everybody(scope, wanted=chosen.wanted)["username"]
    if not len(names) or len(names) > most:
        raise PolicyError(too_many if len(names) else "nobody_chosen", people=len(names), most=most)
    return people.by_usernames(scope.organization, usernames=list(names))


@needs(Right.SEE_PEOPLE)
def people_export(
    scope: Scope, *, chosen: Chosen | None = None, administrators: bool = False, most: int | None = None
) -> Export:
    """People (without `chosen` everybody) as rows that the presets moodle and sync import without a change (EN-10).

    Raises PolicyError as `person_list`, and if more than `most` people are chosen.
    """
    hidden = people.hidden_in_use(scope.organization)
    reference = replace(snapshot.reference(scope.organization), hidden=hidden)
    keys = None if chosen is None else _keys(scope, chosen=chosen)
    if keys is not None and most is not None and keys.height > most:
        raise PolicyError("too_many_people_for_page", people=keys.height, most=most)
    found = snapshot.snapshot(scope.organization, reference=reference, keys=keys)
    if keys is not None:
        # For many keys the snapshot contains everybody.
        found = found.of(found.people.join(keys, on=keys.columns, how="semi").get_column("person"))
    return export(found, administrators=administrators)


def _keys(scope: Scope, *, chosen: Chosen) -> pl.DataFrame:
    """The keys of the chosen people: one column of `snapshot.KEYS`."""
    if chosen.wanted is None:
        return pl.DataFrame(
            {"username_key": [fold(name) for name in chosen.usernames]}, schema={"username_key": pl.String}
        )
    return person_everybody(scope, wanted=chosen.wanted).select("person")


def _mark(value: str, *, person: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, person]).encode()).decode()


def _place(mark: str) -> tuple[str, int]:
    try:
        value, person = json.loads(base64.urlsafe_b64decode(mark))
        return str(value), int(person)
    except (ValueError, TypeError) as error:
        raise PolicyError("list_position_unknown") from error
