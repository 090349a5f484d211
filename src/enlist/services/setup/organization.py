"""Set up and change an organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import DatabaseError

from enlist.core.clean.names import one_line
from enlist.core.errors import DatabaseGone, DatabaseProblem, PolicyError
from enlist.services.access import MACHINE, Right, Scope, database_problem, needs, scope_of
from enlist.store.engine import engine
from enlist.store.setup import shared_addresses
from enlist.store.setup.organization import (
    check_site,
    has_organizations,
    make_organization,
    make_tables,
    rename_organization,
)

from . import demo

STANDARD_SLUG: Final = "main"
DEMO_SLUG: Final = "demo"
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True)
class SetUp:
    """What `organization_init` did.

    steps: of the database's schema. demo_people: how many were created. home: the folder where Enlist keeps its files.
    """

    steps: int
    organization: str
    name: str
    is_new: bool
    demo_people: int
    home: str


def organization_init(slug: str | None, *, name: str | None = None, with_demo: bool = False) -> SetUp:
    """Create the tables and an organisation, as far as they don't exist; with the demo school if it has no people.

    Without a slug it uses the only organisation, or creates one. A second call at the same time waits.

    Raises NotFound if there are several organisations and none is named, PolicyError for an invalid slug.
    """
    with engine().setting_up():
        steps = make_tables()
        scope, is_new = _scope(slug, name=name, with_demo=with_demo)
        made = demo.school_open(scope) if with_demo else 0
    return SetUp(steps, scope.organization.slug, scope.organization.name, is_new, made, home=str(settings.HOME))


@needs(Right.SEE_SETUP)
def addresses_are_shared(scope: Scope) -> bool:
    """Whether people of the organisation may share an e-mail address."""
    return shared_addresses.are_shared(scope.organization)


@needs(Right.CHANGE_ORGANIZATION)
def addresses_share(scope: Scope, *, shared: bool) -> bool:
    """Allow people to share e-mail addresses, or stop that; whether this changed anything. Raises PolicyError."""
    return shared_addresses.share(scope, shared=shared)


@needs(Right.CHANGE_ORGANIZATION)
def organization_rename(scope: Scope, *, name: str) -> bool:
    """Rename the organisation; whether this changed anything. Raises PolicyError."""
    return rename_organization(scope, name=one_line(name, what="name of the organisation"))


def database_trouble() -> str:
    """Why the database can't be used, in a sentence; "" if it answers and is of this version."""
    try:
        check_site()
    except DatabaseProblem as error:
        return error.message
    except DatabaseError as error:
        trouble = database_problem(error)
        return trouble.message if trouble else DatabaseGone("database_gone").message
    return ""


def _scope(slug: str | None, *, name: str | None, with_demo: bool) -> tuple[Scope, bool]:
    if slug is None and has_organizations():
        return scope_of(None), False
    if slug is not None and not _SLUG.fullmatch(slug):
        raise PolicyError("organization_name_refused", name=slug)
    wanted = slug or (DEMO_SLUG if with_demo else STANDARD_SLUG)
    title = name or (demo.school_name() if with_demo else wanted.replace("-", " ").capitalize())
    organization, is_new = make_organization(wanted, name=title)
    return Scope(organization, MACHINE), is_new
