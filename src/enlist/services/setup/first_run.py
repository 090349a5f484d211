"""The first run in the browser: a one-time address, the organisation, its first owner, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from enlist.core.clean.names import one_line
from enlist.core.errors import PolicyError
from enlist.services.access import MACHINE, Right, Scope, needs
from enlist.services.accounts.password_rules import password_check
from enlist.services.accounts.team import free_username, team_add
from enlist.store.accounts import accounts
from enlist.store.engine import engine
from enlist.store.models import Account, Organization, Person
from enlist.store.people import people
from enlist.store.scope import organizations
from enlist.store.secrets import set_up_token
from enlist.store.setup.organization import make_organization, make_tables, rename_organization, steps_done

from . import demo
from .lists import course_names, fields_list
from .organization import STANDARD_SLUG


@dataclass(frozen=True)
class Checklist:
    """What a new organisation has already."""

    mail: bool
    fields: bool
    courses: bool
    team: bool


def set_up_token_new() -> str | None:
    """A token for the set-up address, which replaces any other; None if an owner can sign in.

    Creates the tables of an empty database.
    """
    with engine().setting_up():
        if not steps_done():
            make_tables()
        return None if accounts.owner_exists() else set_up_token.make()


def set_up_state(token: str) -> str:
    """Whether a token opens the set-up: `set_up_token.UNKNOWN`, EXPIRED or VALID."""
    return set_up_token.state(token)


def set_up_needed() -> bool:
    """Whether no owner can sign in yet."""
    return not accounts.owner_exists()


def set_up(token: str, *, organization: str, owner: Mapping[str, str], password: str) -> Account:
    """Name the organisation and create its first owner; their account. Of two at once, one wins.

    owner: firstname, lastname, email. Raises PolicyError for wrong values, and if the token doesn't work any more.
    """
    name = one_line(organization, what="name of the organisation")
    like = Person(username=owner["email"].partition("@")[0], site_role="owner", **owner)
    password_check(password, person=like, field="password")
    with engine().setting_up():
        if set_up_token.state(token) != set_up_token.VALID or accounts.owner_exists():
            raise PolicyError("set_up_over")
        here = _organization(name)
        username = free_username(here, email=owner["email"])
        team_add(Scope(here, MACHINE), username=username, role="owner", names=dict(owner))
        (person,) = people.by_usernames(here, usernames=[username])
        accounts.set_password(person, password=password, must_change=False)
        set_up_token.forget()
    return Account.objects.get(person=person)


@needs(Right.CHANGE_ORGANIZATION)
def demo_add(scope: Scope) -> int:
    """Add the demo school to an organisation that has nobody but its team; how many people were created."""
    return demo.school_open(scope)


@needs(Right.SEE_SETUP)
def checklist(scope: Scope) -> Checklist:
    """What is set up already."""
    return Checklist(
        mail=settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        fields=bool(fields_list(scope)),
        courses=bool(course_names(scope, limit=1)),
        team=people.team_size(scope.organization) > 1,
    )


def _organization(name: str) -> Organization:
    """The only organisation, or the first of several; a new one if there is none."""
    if found := organizations():
        rename_organization(Scope(found[0], MACHINE), name=name)
        return found[0]
    return make_organization(STANDARD_SLUG, name=name)[0]
