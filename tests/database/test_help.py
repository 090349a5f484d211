"""The docs as pages of the application, and the way to them from every page."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from enlist.core.errors import ERRORS, PolicyError, error_record
from enlist.core.flags.catalogue import FLAGS
from enlist.services.access import Scope
from enlist.store.models import Account
from enlist.store.operations.models import Job
from enlist.web.help_pages import DOCS, help_names, help_page, help_url, page_of, why_url
from tests.database import school as cast
from tests.database.test_web import (
    BULK_ACTIONS,
    HANDS,
    PATTERNS,
    POSTED,
    _static,  # noqa: F401
    address,
    school,  # noqa: F401
    signed_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]
BUTTON = re.compile(r'<a class="btn btn-3 ico"\s+href="(/help/[^"]*)"')


def html_of(link: str) -> str:
    """The HTML of the page that a link leads to."""
    page = help_page(link.partition("#")[0].removeprefix("/help/").strip("/") or "README")
    assert page, link
    return page.html


def leads(link: str) -> bool:
    """Whether the page of a link has its section."""
    section = link.partition("#")[2]
    return not section or f'id="{section}"' in html_of(link)


def test_every_page_leads_to_its_section_of_the_docs(school: Scope) -> None:  # noqa: F811
    assert school.actor
    client = signed_in(school.actor)
    pages = {name: client.get(address(name)) for name in {*PATTERNS} - POSTED - BULK_ACTIONS - HANDS.keys()}
    links = {name: BUTTON.findall(page.text) for name, page in pages.items() if b'class="top"' in b"".join(page)}

    assert len(links) > 25
    assert {name: found for name, found in links.items() if len(found) != 1 or not leads(found[0])} == {}
    # Pages about no task lead to the index.
    assert {name for name, found in links.items() if found == ["/help/"]} == {"components", "help", "help-page"}


def test_every_link_and_picture_of_the_docs_leads_somewhere() -> None:
    pages = {name: help_page(name) for name in help_names()}
    dead, pictures = [], set()
    for name, page in pages.items():
        assert page
        here = help_url(name)
        for link in re.findall(r'href="([^"]+)"', page.html):
            target = f"{here}{link}" if link.startswith("#") else link
            if not target.startswith("https://") and not (target.startswith("/help/") and leads(target)):
                dead.append((name, link))
        pictures |= set(re.findall(r'src="/static/([^"]+)"', page.html))

    assert dead == []
    assert len(pictures) > 20
    assert [picture for picture in pictures if not finders.find(picture)] == []


def test_every_page_of_the_docs_is_shown_to_anybody() -> None:
    answers = {name: Client().get(help_url(name)).status_code for name in help_names()}

    assert {path.stem for path in DOCS.glob("*.md")} <= answers.keys()
    assert set(answers.values()) == {200}


@pytest.mark.parametrize(
    "name", ["nothing", "../pyproject", "..%2F..%2FREADME", "pictures/team-dark.png", "/etc/passwd"]
)
def test_nothing_else_is_shown(name: str) -> None:
    assert Client().get(f"/help/{name}/").status_code == 404


def test_markup_in_the_docs_is_text() -> None:
    page = page_of("# A <b>title</b>\n\n<script>x</script>\n\n[go](javascript:x) <i onclick=x>\n", name="undo")

    assert page.title == "A <b>title</b>"
    assert not re.search(r"<(?:script|b|i)\b|href=", page.html)


def test_links_to_files_that_are_no_pages_are_text() -> None:
    html = page_of("# A\n\n[Contributing](../CONTRIBUTING.md), [Undo](undo.md#x)", name="README").html

    assert '<p>Contributing, <a href="/help/undo/#x">Undo</a></p>' in html


def test_every_error_and_every_flag_has_a_place_of_its_own() -> None:
    links = [why_url(code, table="errors") for code in ERRORS] + [why_url(code, table="flags") for code in FLAGS]

    assert len(set(links)) == len(ERRORS) + len(FLAGS)
    assert [link for link in links if not leads(link)] == []


def test_a_failed_import_says_why(school: Scope) -> None:  # noqa: F811
    assert school.actor
    failed = error_record(PolicyError("course_unknown", shortname="ART-9"))
    Job.objects.create(
        organization_id=school.organization.pk, import_number=2, kind="applying", state="failed", error=failed
    )

    assert 'href="/help/reference/errors/#errors-course_unknown"' in signed_in(school.actor).get("/imports/").text


def test_who_must_change_the_password_may_read_the_help(school: Scope) -> None:  # noqa: F811
    client = signed_in(cast.person(school.organization, username="new", site_role="manager"))
    Account.objects.update(must_change=True)

    assert client.get("/imports/").headers["Location"] == "/own-password/"
    assert client.get("/help/passwords/").status_code == 200
    assert client.get("/helper/").status_code == 302


def test_the_docs_of_a_checkout_are_those_of_the_project() -> None:
    assert DOCS.resolve() == Path(__file__).parents[2] / "docs"
