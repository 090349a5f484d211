"""The organisation decides whether people may share an address, which takes effect at once."""

import pytest

from enlist.core.errors import NotAllowed, PolicyError, StalePlan
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply
from enlist.services.people.history import activity_list
from enlist.services.setup.organization import addresses_are_shared, addresses_share
from enlist.store.models import Person
from tests.database.imports import HEAD, imported, staged
from tests.database.school import UNBRAKED, organization, person

pytestmark = pytest.mark.django_db(transaction=True)
TWO = f"{HEAD}\nann,Ann,Lee,home@x.org\nbob,Bob,Lee,home@x.org"


@pytest.fixture
def scope() -> Scope:
    return Scope(organization(settings=UNBRAKED), MACHINE)


def people(scope: Scope) -> list[tuple[str, str | None]]:
    mine = Person.objects.filter(organization=scope.organization)
    return list(mine.order_by("username").values_list("username", "email_claim"))


def test_people_share_addresses_where_they_may(scope: Scope) -> None:
    college = Scope(organization("college"), MACHINE)
    imported(college, f"{HEAD}\nzoe,Zoe,Lee,home@x.org")

    assert addresses_share(scope, shared=True)
    assert not addresses_share(scope, shared=True)
    import_apply(scope, plan=staged(scope, TWO, settings=["same_email=allow"]))

    assert people(scope) == [("ann", None), ("bob", None)]
    assert (addresses_are_shared(scope), addresses_are_shared(college)) == (True, False)
    assert people(college) == [("zoe", "home@x.org")]
    assert [each.what for each in activity_list(scope)] == ["addresses_shared"]


def test_nobody_is_left_sharing_where_they_may_not_any_more(scope: Scope) -> None:
    addresses_share(scope, shared=True)
    import_apply(scope, plan=staged(scope, TWO, settings=["same_email=allow"]))

    with pytest.raises(PolicyError, match="1 e-mail addresses belong to several people"):
        addresses_share(scope, shared=False)
    Person.objects.filter(username="bob").update(email="bob@x.org", email_key="bob@x.org")
    assert addresses_share(scope, shared=False)

    assert people(scope) == [("ann", "home@x.org"), ("bob", "bob@x.org")]


def test_a_plan_made_before_is_stale(scope: Scope) -> None:
    plan = staged(scope, f"{HEAD}\nann,Ann,Lee,home@x.org")
    addresses_share(scope, shared=True)

    with pytest.raises(StalePlan):
        import_apply(scope, plan=plan)


def test_only_owners_can_change_it(scope: Scope) -> None:
    admin = Scope(scope.organization, person(scope.organization, username="adm", site_role="admin"))

    with pytest.raises(NotAllowed):
        addresses_share(admin, shared=True)
    assert not addresses_are_shared(admin)
