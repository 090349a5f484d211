"""A scope has a person or, explicitly, the machine's owner; never nobody."""

from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotAllowed, NotFound
from enlist.services.access import MACHINE, Scope, scope_of_account
from enlist.store import scope
from enlist.store.models import Account
from tests.database import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> Scope:
    return Scope(cast.organization(), MACHINE)


def test_nobody_is_not_the_machines_owner(school: Scope) -> None:
    nobody: Any = None
    with pytest.raises(TypeError):
        Scope(school.organization, nobody)
    with pytest.raises(NotAllowed, match="was erased"):
        scope.scope_by_ids(school.organization.pk, person=999_999)
    stranger = cast.person(cast.organization("college"), username="stranger", site_role="owner")
    with pytest.raises(NotAllowed, match="was erased"):
        scope.scope_by_ids(school.organization.pk, person=stranger.pk)
    assert scope.scope_by_ids(school.organization.pk, person=None).asks is MACHINE


def test_an_account_that_is_nobodys_signs_nobody_in(school: Scope) -> None:
    account = Account.objects.create(organization=school.organization, login_key="orphan")
    client = Client()
    client.force_login(account)

    assert client.get("/").headers["Location"].startswith("/sign-in/")
    with pytest.raises(NotFound):
        scope_of_account(account)
