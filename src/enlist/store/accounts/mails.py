"""The outbox: mails that a transaction leaves behind, to be sent by any worker after its commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now

from enlist.core.fields.fields import OTHER_SIGN_IN
from enlist.core.rights import TEAM
from enlist.store.engine import engine
from enlist.store.models import Account, AccountToken, Import, Link, Mail, Organization, Person
from enlist.store.models.columns import one_of
from enlist.store.models.mails import URGENT_PURPOSES
from enlist.store.transactions import short_transaction

from .tokens import ACTIVATE

INVITATION: Final = "invitation"
ONE_TIME: Final = "one_time"
RESET: Final = "reset"
ADDRESS: Final = "address"
ADDRESS_CHANGED: Final = "address_changed"
CHILDREN: Final = "children"
NOTICE: Final = "notice"
# used: the person has a password. expired: the link no longer works. no_address: nothing was sent, and can't be.
INVITATION_STATES: Final = ("not_sent", "no_address", "elsewhere", "queued", "sent", "refused", "expired", "used")
# Those of them that take a mail, and its state.
SENT: Final = {"queued": "due", "sent": "sent", "refused": "refused", "expired": "sent"}
_NO_PASSWORD: Final = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
# A worker that takes longer to send the mails it took has died.
TAKEN_FOR: Final = timedelta(minutes=10)
_SECOND: Final = timedelta(seconds=1)
# Ways to sign in of people who need no password here: with one of another system, or not at all.
_ELSEWHERE: Final = (*OTHER_SIGN_IN, "nologin")
# For people who are active and have an address.
_ADD: Final = (
    "INSERT INTO store_mail (organization_id, person_id, purpose, import_number)"
    " SELECT p.organization_id, p.id, %s, %s FROM store_person p"
    " WHERE p.organization_id = %s AND p.state = 'active' AND p.email <> '' AND {which}"
    " ON CONFLICT (person_id, purpose) DO {conflict}"
)
# Who need a password and have none yet.
_WITHOUT: Final = (
    f" AND coalesce(p.profile ->> 'auth', '') NOT IN {_ELSEWHERE}"
    " AND NOT EXISTS (SELECT 1 FROM store_account a"
    f" WHERE a.person_id = p.id AND a.password <> '' AND a.password NOT LIKE '{UNUSABLE_PASSWORD_PREFIX}%%')"
)
# One that was put off is due now. One that is due without a problem may be on its way, so it stays as it is.
_AGAIN: Final = (
    "UPDATE SET state = 'due', attempts = 0, problem = '', changed_at = excluded.changed_at,"
    " due_at = CASE WHEN store_mail.state = 'due' AND store_mail.problem = ''"
    " THEN store_mail.due_at ELSE excluded.due_at END,"
    " edition = store_mail.edition + CASE store_mail.state WHEN 'due' THEN 0 ELSE 1 END"
)


def add_for_new(organization: Organization, *, purpose: str, people: range, number: int) -> int:
    """Add a mail for each of the people with these ids who need a password, in the caller's transaction; how many.

    number: of the import that created them. One statement; people who have such a mail get no other.
    """
    sql = _ADD.format(which=f"p.id BETWEEN %s AND %s{_WITHOUT}", conflict="NOTHING")
    params = [purpose, number, organization.pk, people.start, people.stop - 1]
    return engine().execute(sql, params=params) if people else 0


def add(organization: Organization, *, purpose: str, people: QuerySet[Person], number: int | None = None) -> int:
    """Add a mail for each of these people who need a password, or send theirs again, in the caller's transaction.

    Returns how many. number: of the import that created them. One statement.
    """
    chosen, params = people.values("pk").query.sql_with_params()
    sql = _ADD.format(which=f"p.id IN ({chosen}){_WITHOUT}", conflict=_AGAIN)
    return engine().execute(sql, params=[purpose, number, organization.pk, *params])


def add_for_parents(
    organization: Organization, *, children: range, parent: Person | None = None, number: int | None = None
) -> None:
    """Add a mail for each parent who can sign in and set up the accounts of children with these ids, or send it again.

    In the caller's transaction. parent: only for this one. number: of the import that created the children. One
    statement.
    """
    if children:
        links = _to_set_up().filter(person__pk__range=_ends(children))
        found = _parents(links).filter(pk=parent.pk) if parent else _parents(links)
        chosen, params = found.values("pk").query.sql_with_params()
        sql = _ADD.format(which=f"p.id IN ({chosen})", conflict=_AGAIN)
        engine().execute(sql, params=[CHILDREN, number, organization.pk, *params])


def add_passwords(organization: Organization, *, sealed: pl.DataFrame, number: int | None = None) -> None:
    """Add mails with one-time passwords (person: Int64, sealed: String), in the caller's transaction.

    A mail with an earlier password is another message. number: of the import that generated them. One statement.
    """
    engine().temporary("enlist_mailed_passwords", frame=sealed.select("person", "sealed"))
    sql = (
        "INSERT INTO store_mail (organization_id, person_id, purpose, import_number, sealed)"
        " SELECT %s, person, %s, %s, sealed FROM enlist_mailed_passwords WHERE true"
        " ON CONFLICT (person_id, purpose) DO UPDATE SET state = 'due', attempts = 0, problem = '',"
        " edition = store_mail.edition + 1, due_at = excluded.due_at, changed_at = excluded.changed_at,"
        " import_number = excluded.import_number, sealed = excluded.sealed"
    )
    engine().execute(sql, params=[organization.pk, ONE_TIME, number])


def retry_passwords(organization: Organization, *, number: int) -> int:
    """Send the one-time passwords of an import again whose address the server refused; how many."""
    mine = Mail.objects.filter(organization=organization, purpose=ONE_TIME, import_number=number, state="refused")
    with short_transaction():
        return mine.exclude(sealed="").update(state="due", due_at=Now(), attempts=0, problem="", changed_at=Now())


def void_passwords(people: Collection[int]) -> None:
    """Drop unsent one-time passwords of these people, in the caller's transaction: another one counts now."""
    Mail.objects.filter(person__in=people).exclude(sealed="").update(**_dropped())


def unsent_passwords(organization: Organization, *, before: datetime) -> QuerySet[Mail]:
    """Mails with one-time passwords that couldn't be sent until then."""
    return Mail.objects.filter(organization=organization, changed_at__lte=before).exclude(sealed="")


def forget_passwords(found: QuerySet[Mail]) -> int:
    """Drop mails with the one-time passwords in them; how many."""
    with short_transaction():
        return found.update(**_dropped())


def request(person: Person, *, purpose: str, email: str = "", about: int | None = None) -> Mail:
    """Queue a mail, or send the person's one of this purpose again, in the caller's transaction.

    email: where it goes, if not to their address. about: the job or request that it answers. The caller has locked the
    person.
    """
    given = {"organization_id": person.organization_id, "email": email, "about": about}
    mail, is_new = Mail.objects.get_or_create(person=person, purpose=purpose, defaults=given)
    if not is_new:
        again = {"state": "due", "due_at": Now(), "attempts": 0, "problem": "", "changed_at": Now()}
        Mail.objects.filter(pk=mail.pk).update(edition=F("edition") + 1, email=email, about=about, **again)
        mail.refresh_from_db()
    return mail


def of(person: Person, *, purpose: str) -> Mail | None:
    """The mail of this purpose to a person (one query)."""
    return Mail.objects.filter(person=person, purpose=purpose).first()


def identity_of(mail: Mail) -> tuple[object, ...]:
    """What makes a mail another message. The moment, because a restore may give the id to another mail."""
    return mail.purpose, mail.pk, mail.created_at.isoformat(), mail.edition


def among(organization: Organization, *, people: pl.Series) -> QuerySet[Person]:
    """Those of these people (Int64, ids) who are active, until the caller's transaction ends."""
    engine().temporary("enlist_mailed", frame=people.alias("person").unique().sort().to_frame())
    active = Person.objects.filter(organization=organization, state="active")
    return active.extra(where=["store_person.id IN (SELECT person FROM enlist_mailed)"])


def counts(organization: Organization, *, people: pl.Series, links_since: datetime) -> dict[str, int]:
    """How many of these people (Int64, ids) who are active have each of INVITATION_STATES."""
    with engine().reading():
        found = among(organization, people=people).annotate(invitation=_state(links_since))
        return dict(found.values_list("invitation").annotate(Count("pk")).order_by())


def organizations_with_due() -> list[Organization]:
    """The organisations with mails that are due (one query)."""
    due = Mail.objects.filter(_due(), organization=OuterRef("pk"))
    return list(Organization.objects.filter(Exists(due)).order_by("pk"))


def take(organization: Organization, *, at_most: int, per_second: int) -> list[Mail]:
    """Take mails, with their people, and the `message` of their import; no other worker takes the same.

    The urgent ones first, then those that have been due for longest.

    per_second: how many all workers together take within a second.
    """
    mine = Mail.objects.filter(organization=organization)
    with short_transaction():
        engine().lock_mails(organization.pk)
        free = min(at_most, per_second - mine.filter(taken_at__gt=Now() - _SECOND).count())
        if free <= 0:
            return []
        due = mine.filter(_due()).select_for_update(of=("self",), skip_locked=True).order_by("due_at", "pk")
        urgent = one_of("purpose", values=URGENT_PURPOSES)
        taken = list(due.filter(urgent).values_list("pk", flat=True)[:free])
        taken += due.exclude(urgent).values_list("pk", flat=True)[: free - len(taken)]
        found = Mail.objects.filter(pk__in=taken)
        found.update(due_at=Now() + TAKEN_FOR, taken_at=Now(), problem="")
        batch = list(found.select_related("person").order_by("pk"))
    numbers = {mail.import_number for mail in batch if mail.import_number is not None}
    imports = Import.objects.filter(organization=organization, number__in=numbers)
    messages = dict(imports.values_list("number", "policy__message"))
    for mail in batch:
        mail.message = messages.get(mail.import_number or 0)
    return batch


def recipient(mail: Mail) -> Person | None:
    """The person who will get a mail, unless they were removed (one query)."""
    same = Mail.objects.filter(pk=mail.pk, edition=mail.edition, state="due")
    return Person.objects.filter(Exists(same), pk=mail.person_id).exclude(state="removed").first()


def parent(mail: Mail) -> Person | None:
    """The person, if they are a parent who can sign in and has a child to set up (one query)."""
    return _parents(_to_set_up()).filter(pk=mail.person_id, state="active").first()


def invitee(mail: Mail) -> Person | None:
    """The person to invite, locked until the caller's transaction ends; None if they need or get none (one query)."""
    found = Person.objects.filter(pk=mail.person_id, state="active").exclude(email="")
    return found.filter(~Exists(_signs_in())).select_for_update(of=("self",)).first()


def sent(mail: Mail) -> None:
    """Note that the mail server accepted a mail."""
    _settle(mail, state="sent", problem="", sealed="")


def refused(mail: Mail, *, problem: str) -> None:
    """Note that a mail can't be sent, and why (a code)."""
    _settle(mail, state="refused", problem=problem)


def drop(mail: Mail) -> None:
    """Note that a mail isn't wanted any more."""
    _settle(mail, **_dropped())


def drop_of_gone(organization: Organization, *, people: range) -> None:
    """Drop the unsent mails of those people with these ids who aren't active, in the caller's transaction."""
    gone = Person.objects.filter(organization=organization, pk__range=_ends(people)).exclude(state="active")
    if people:
        Mail.objects.filter(_unsent(), person__in=gone.values("pk")).update(**_dropped())


def drop_all() -> None:
    """Drop all unsent mails: those of a backup may have been sent since."""
    Mail.objects.filter(_unsent()).update(**_dropped())


def put_back(mails: Sequence[Mail], *, for_: timedelta, problem: str = "") -> None:
    """Let workers take these mails again after a while; problem: why they weren't sent (a code)."""
    found = Mail.objects.filter(pk__in=[mail.pk for mail in mails], state="due")
    with short_transaction():
        found.update(due_at=Now() + for_, problem=problem, changed_at=Now())


def put_off(mail: Mail, *, for_: timedelta, problem: str) -> None:
    """Try a mail again after a while, because the server wouldn't accept it now; problem: a code."""
    _settle(mail, due_at=Now() + for_, attempts=F("attempts") + 1, problem=problem)


def of_person(person: Person) -> list[Mail]:
    """What a person was or will be sent, the last one first (one query)."""
    return list(Mail.objects.filter(person=person).exclude(state="dropped").order_by("-changed_at", "-pk"))


def of_people(people: Collection[int]) -> dict[int, Mail]:
    """The invitations of people, by the person's id (one query)."""
    return {mail.person_id: mail for mail in Mail.objects.filter(person__in=people, purpose=INVITATION)}


def example(
    organization: Organization, *, people: pl.Series, states: Collection[str], links_since: datetime
) -> str | None:
    """The username of the first of these people (Int64, ids) who is active and in one of the states."""
    with engine().reading():
        found = with_states(among(organization, people=people), links_since=links_since, states=states)
        return found.order_by("pk").values_list("username", flat=True).first()


def invited(organization: Organization, *, among: range | None) -> QuerySet[Person]:
    """Everybody who has an invitation, the last one first; or those with these ids, in their order."""
    active = Person.objects.filter(organization=organization, state="active")
    if among is not None:
        return active.filter(pk__range=_ends(among)).order_by("pk")
    mine = Mail.objects.filter(person=OuterRef("pk"), purpose=INVITATION)
    changed = Subquery(mine.values("changed_at")[:1])
    return active.annotate(invited_at=changed).filter(invited_at__isnull=False).order_by("-invited_at", "pk")


def pending(people: Collection[Person], *, links_since: datetime) -> dict[int, str]:
    """The state of the invitation of those of these people who got one and didn't use it, by id (one query or two)."""
    mine = Mail.objects.filter(person__in=[person.pk for person in people], purpose=INVITATION)
    # Many pages show nobody who was invited, and the other query takes longer to write than to run.
    invited = list(mine.values_list("person", flat=True))
    if not invited:
        return {}
    found = Person.objects.filter(pk__in=invited).annotate(invitation=_state(links_since))
    shown = found.filter(invitation__in=SENT)
    return dict(shown.values_list("pk", "invitation"))


def with_states(
    people: QuerySet[Person], *, links_since: datetime, states: Collection[str] = INVITATION_STATES
) -> QuerySet[Person]:
    """Those of these people whose invitation has one of the states, with the state as `invitation`.

    links_since: links that were made before no longer work.
    """
    found = people.annotate(invitation=_state(links_since))
    return found if states is INVITATION_STATES else found.filter(invitation__in=states)


def _state(links_since: datetime) -> Case:
    mine = Mail.objects.filter(person=OuterRef("pk"), purpose=INVITATION)
    works = AccountToken.objects.filter(person=OuterRef("pk"), purpose=ACTIVATE, created_at__gt=links_since)
    is_sent = Exists(mine.filter(state="sent"))
    return Case(
        When(Exists(_signs_in()), then=Value("used")),
        When(profile__auth__in=_ELSEWHERE, then=Value("elsewhere")),
        When(Exists(mine.filter(state="due")), then=Value("queued")),
        When(Exists(mine.filter(state="refused")), then=Value("refused")),
        When(is_sent & Exists(works), then=Value("sent")),
        When(is_sent, then=Value("expired")),
        When(email="", then=Value("no_address")),
        default=Value("not_sent"),
    )


def _parents(links: QuerySet[Link]) -> QuerySet[Person]:
    return Person.objects.filter(Exists(links), Exists(_signs_in()))


def _to_set_up() -> QuerySet[Link]:
    """The links of a parent to children who have neither an address nor a password (`services/people/own_children`)."""
    children = Link.objects.filter(other=OuterRef("pk"), kind="parent", person__state="active", person__email="")
    has_password = Account.objects.filter(person=OuterRef("person")).exclude(_NO_PASSWORD)
    return children.exclude(person__site_role__in=TEAM).filter(~Exists(has_password))


def _signs_in() -> QuerySet[Account]:
    return Account.objects.filter(person=OuterRef("pk")).exclude(_NO_PASSWORD)


def _ends(people: range) -> tuple[int, int]:
    return people.start, people.stop - 1


def _due() -> Q:
    return Q(state="due", due_at__lte=Now())


def _unsent() -> Q:
    return Q(state="due") | ~Q(sealed="")


def _dropped() -> dict[str, Any]:
    return {"state": "dropped", "problem": "", "sealed": "", "changed_at": Now()}


def _settle(mail: Mail, **values: Any) -> None:
    """Change a mail, unless another edition of it was requested meanwhile."""
    same = Mail.objects.filter(pk=mail.pk, edition=mail.edition, state="due")
    with short_transaction():
        same.update(**{"changed_at": Now(), **values})
