"""The mark “created manually”, for one or many people (NE-26)."""

from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotAllowed, PolicyError, StalePlan
from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.imports.plan import import_apply, import_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people.history import activity_list, person_history
from enlist.services.people.listing import Chosen, Wanted
from enlist.services.people.marks import people_mark
from enlist.store.models import Person
from tests.database import school as cast
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static"), pytest.mark.spec("NE-26")]


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    for name in ("ann", "ben", "cyd"):
        cast.person(here, username=name, email=f"{name}@x.org", source="import")
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


def sources() -> dict[str, str]:
    return dict(Person.objects.exclude(site_role="owner").order_by("username").values_list("username", "source"))


def test_people_are_marked_and_it_is_logged_with_each(scope: Scope) -> None:
    counts = [people_mark(scope, chosen=Chosen(["ann", "ben"]), source="manual") for _ in range(2)]
    marked = sources()
    people_mark(scope, chosen=Chosen(wanted=Wanted(source="manual", role="learner")), source="import")

    assert (counts, marked) == ([2, 0], {"ann": "manual", "ben": "manual", "cyd": "import"})
    assert set(sources().values()) == {"import"}
    assert [(each.what, each.by) for each in person_history(scope, username="ann")] == [("person_marked", "owner")] * 2
    assert person_history(scope, username="cyd") == []
    assert [each.what for each in activity_list(scope)] == ["person_marked"] * 4


def test_a_plan_that_would_deactivate_them_is_stale(scope: Scope) -> None:
    policy = preset("sync").configure(["unlisted=deactivate"])
    request = ImportRequest(source=b"username\nann\n", policy=policy, preset="sync")
    plan = import_plan(scope, request=request).plan
    people_mark(scope, chosen=Chosen(["ben"]), source="manual")

    with pytest.raises(StalePlan):
        import_apply(scope, plan=plan)

    again = import_plan(scope, request=request).plan
    assert again.head.verbs == {"deactivate": 1}
    kept = again.flags().filter(code="absent_kept").select("value", "detail").rows()
    assert kept == [("2", "1 administrators, 1 created manually")]


def test_it_is_refused_to_others_and_for_nobody_and_another_word(scope: Scope) -> None:
    manager = cast.person(scope.organization, username="may", email="m@x.org", site_role="manager")

    with pytest.raises(NotAllowed):
        people_mark(Scope(scope.organization, manager), chosen=Chosen(["ann"]), source="manual")
    for chosen, source in ((Chosen([]), "manual"), (Chosen(["ann"]), "elves")):
        with pytest.raises(PolicyError):
            people_mark(scope, chosen=chosen, source=source)
    assert sources() == {"ann": "import", "ben": "import", "cyd": "import", "may": "manual"}


def test_the_list_of_people_offers_it(scope: Scope) -> None:
    assert scope.actor
    client: Client = signed_in(scope.actor)
    page = client.get("/people/").text

    sent = {"do": "mark-manual", "person": ["ann", "cyd"], "chosen": "ticked"}
    answer = client.post("/many-people/", sent, follow=True)

    assert "Mark as created manually" in page
    assert "2 people are marked as created manually." in answer.text
    assert sources() == {"ann": "manual", "ben": "import", "cyd": "manual"}
