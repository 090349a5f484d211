"""The pages of a draft need few queries, and no more for 2,000 rows than for two."""

import io
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connections

from enlist.services.access import Scope
from enlist.services.drafts import draft
from enlist.store.models import Group, GroupMembership
from tests.database import school as cast
from tests.database.imports import HEAD, upload_of, uploaded
from tests.database.review import SETTINGS, _static, plan  # noqa: F401
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

# By page: the most questions to the directory's database and to that of jobs.
MOST = {
    "source/": (8, 3),
    # With the people that its rows name, and the values that aren't options. 16 on SQLite; PostgreSQL needs two more to
    # set up the transaction in which people are counted.
    "columns/": (18, 2),
    "settings/": (18, 2),
    "review/": (12, 3),
    "review/rows/?start=0&limit=100": (15, 2),
    # With the problems and the overwritten edits of the people it shows; PostgreSQL sets up a transaction, too.
    "preview/": (26, 4),
}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    cast.course(here, default_role=cast.role(here))
    cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm"])
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def drafted(scope: Scope, *, rows: int) -> int:
    """A planned draft of so many rows; every second has errors, in columns with a list of values, too."""
    cells = (f"u{n},Ann,{'' if n % 2 else 'Lee'},u{n}@x.org,Oka,algebr,studen,staf" for n in range(rows))
    text = "\n".join((f"{HEAD},profile_field_house,course1,role1,cohort1", *cells, ""))
    upload = upload_of(io.BytesIO(text.encode()), name="r.csv", key=str(rows))
    number = uploaded(scope, request=upload)
    draft.draft_settings_set(scope, number=number, settings=SETTINGS)
    plan(scope, number)
    return number


@pytest.mark.parametrize("page", MOST)
def test_a_page_of_a_draft_asks_as_little_for_2000_rows_as_for_two(
    scope: Scope, page: str, django_assert_max_num_queries: Callable[..., ExitStack]
) -> None:
    assert scope.actor
    client, (ours, jobs) = signed_in(scope.actor), MOST[page]
    counts = []
    for number in (drafted(scope, rows=2), drafted(scope, rows=2_000)):
        with (
            django_assert_max_num_queries(ours) as asked,
            django_assert_max_num_queries(jobs, connection=connections["operations"]) as asked_of_jobs,
        ):
            assert client.get(f"/imports/{number}/{page}").status_code == 200
        counts.append((len(asked), len(asked_of_jobs)))  # type: ignore[arg-type]

    assert counts[0] == counts[1]


@pytest.mark.parametrize("query", ["", "?search=u&state=active&group=%23{group}&by=lastname"])
def test_the_list_of_people_asks_as_little_for_many_as_for_two(
    scope: Scope, query: str, django_assert_max_num_queries: Callable[..., ExitStack]
) -> None:
    assert scope.actor
    client, group = signed_in(scope.actor), Group.objects.create(organization=scope.organization, name="Choir")
    counts = []
    for number in (2, 40):
        for place in range(number):
            person = cast.person(scope.organization, username=f"u{number}.{place}", firstname="Ann", lastname="Lee")
            GroupMembership.objects.create(organization=scope.organization, person=person, group=group)
        with django_assert_max_num_queries(27) as asked:
            assert client.get(f"/people/{query.format(group=group.pk)}").status_code == 200
        counts.append(len(asked))  # type: ignore[arg-type]

    assert counts[0] == counts[1]
