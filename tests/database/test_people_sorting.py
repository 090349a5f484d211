"""The list of people on its page: sorted by a header in both directions; filters and order survive paging."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from html import unescape

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.store.models import Person
from tests.database import school as cast
from tests.database.test_import_steps import _static, client, scope

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]
HEADER = re.compile(r'<th scope="col"\s+class="[^"]*"\s+(?:aria-sort="(\w+)")?\s*>\s*<a href="([^"]+)">(\S+)')


@pytest.fixture
def people(scope: Scope) -> list[str]:
    """The last names of 120 people and, so that a filter has something to leave out, of one who is inactive."""
    names = [f"Name{number:03}" for number in range(120)]
    for number, name in enumerate(names):
        cast.person(scope.organization, username=f"u{number:03}", lastname=name)
    cast.person(scope.organization, username="off", lastname="Name200", state="inactive")
    Person.objects.filter(username="owner").update(lastname="Aaa", lastname_key="aaa")
    return names


def headers(page: str) -> dict[str, tuple[str, str]]:
    """Of each header that sorts: how the list is sorted by it, and where it leads."""
    return {title: (sort, unescape(link)) for sort, link, title in HEADER.findall(page)}


def listed(page: str) -> list[str]:
    return re.findall(r"Name\d+", page)


def test_a_header_sorts_and_then_turns_the_order(client: Client, people: list[str]) -> None:
    page = client.get("/people/?state=active").text
    up = headers(page)["Name"]
    page = client.get(f"/people/{up[1]}").text
    down = headers(page)["Name"]
    turned = client.get(f"/people/{down[1]}").text

    assert (up[0], down[0], headers(turned)["Name"][0]) == ("", "ascending", "descending")
    assert headers(turned)["Username"][0] == ""
    assert listed(page)[:2] == ["Name000", "Name001"]
    assert listed(turned) == people[::-1][:50]
    assert headers(turned)["Name"][1] == up[1]


def test_order_and_filters_survive_paging_and_the_total_stays(
    client: Client, people: list[str], django_assert_max_num_queries: Callable[..., ExitStack]
) -> None:
    address, seen, said = "?state=active&by=-lastname", [], set()
    while address:
        with django_assert_max_num_queries(24):
            page = client.get(f"/people/{address}").text
        seen += listed(page)
        said |= set(re.findall(r"<b>121</b> of 122 people", page))
        assert headers(page)["Name"][0] == "descending"
        assert '<input type="hidden" name="by" value="-lastname">' in page
        following = re.search(r'href="([^"]+after=[^"]+)"', page)
        address = unescape(following[1]) if following else ""

    assert seen == people[::-1]
    assert said == {"<b>121</b> of 122 people"}


def test_an_unknown_order_is_refused(client: Client) -> None:
    assert [client.get(f"/people/?by={by}").status_code for by in ("--lastname", "-", "city")] == [422] * 3
