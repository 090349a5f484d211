"""A draft of four rows in the grid."""

import io
from typing import Any

import pytest

from enlist.services.access import Scope
from enlist.services.drafts import draft, review
from enlist.services.drafts.fixes import Problems
from enlist.services.imports.preview import Wanted
from enlist.services.worker import worker_run
from tests.database import school as cast
from tests.database.imports import HEAD, upload_of, uploaded

ROWS = [
    "ann,Ann,Lee,ann@x.org,Rome,Oak",
    "bob,Bob,,bob@x.org,Rome,Oka",
    "cem,Cem,Kaya,cem@x.org,,Oka",
    "dee,Dee,Day,dee@x.org,Roma,Elm",
]
ROSTER = "\n".join((f"{HEAD},city,profile_field_house", *ROWS, ""))
ALL = Wanted()
SETTINGS = ("upload_type=add_and_update", "update_details=from_file")


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    """Somebody of a school with houses, where nothing is held by limits."""
    here = cast.organization(settings=cast.UNBRAKED)
    cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm"])
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def amy(scope: Scope) -> Scope:
    """Somebody else at the same draft."""
    return Scope(scope.organization, cast.person(scope.organization, username="amy", site_role="admin"))


@pytest.fixture
def number(scope: Scope) -> int:
    """A draft that was planned once."""
    upload = upload_of(io.BytesIO(ROSTER.encode()), name="roster.csv", key="k")
    made = uploaded(scope, request=upload)
    draft.draft_settings_set(scope, number=made, settings=SETTINGS)
    plan(scope, made)
    return made


def plan(scope: Scope, number: int) -> None:
    """Have it planned, and wait."""
    draft.draft_plan(scope, number=number)
    worker_run(lambda _: None, until_empty=True)


def rows(scope: Scope, number: int, wanted: Wanted = ALL) -> list[tuple[str, ...]]:
    """The cells of its rows as they are now."""
    page = review.review_page(scope, number=number, wanted=wanted, start=0, limit=10).page
    return [row.cells for row in page.rows]


def column(scope: Scope, number: int, place: int) -> list[str]:
    """The cells of one of its columns."""
    return [cells[place] for cells in rows(scope, number)]


def problems(scope: Scope, number: int, *, limit: int = 50) -> Problems:
    """The problems that the review page of the draft shows."""
    return review.review_show(scope, number=number, problems=limit).problems
