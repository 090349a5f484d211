"""Unusable input is refused before any page reads it: invalid text, odd encodings, numbers, deep JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enlist.services.access import Scope
from tests.database import school as cast
from tests.database.test_odd_values import BOUNDARY, FORM, JSON, MANY, ODD_JSON
from tests.database.test_web import _static, school, signed_in

__all__ = ["_static", "school"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

GRID = "/imports/2/review/edit/"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
FILE = "\r\nContent-Type: text/csv\r\n\r\nusername\r\n"
END = f"--{BOUNDARY}--\r\n"


@pytest.fixture
def client(school: Scope) -> Client:
    assert school.actor
    return signed_in(school.actor)


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", "/people/a%00b/", "", FORM, 404),
        ("GET", "/profile-fields/%00/", "", FORM, 404),
        ("GET", "/imports/1" + "0" * 30 + "/", "", FORM, 404),
        ("GET", "/groups/1" + "0" * 30 + "/", "", FORM, 404),
        ("POST", "/courses/1" + "0" * 30 + "/drop/", "", FORM, 404),
        ("GET", "/people/?search=%00", "", FORM, 400),
        ("GET", "/people/?%00=a", "", FORM, 400),
        ("GET", "/imports/?text=a%00", "", FORM, 400),
        ("GET", "/sign-in/?next=%00", "", FORM, 400),
        ("POST", "/people/ann/edit/", "initial-city=Oslo&city=%00", FORM, 400),
        ("POST", "/people/ann/edit/", "initial-%00=&city=Bern", FORM, 400),
        ("POST", "/sign-in/", "name=%00&password=x", FORM, 400),
        ("POST", "/groups/", "name=Rome", f"{FORM}; charset=base64", 400),
        ("POST", "/groups/", "name=Rome", f"{FORM}; charset=utf-16", 400),
        ("POST", "/imports/new/", f"{HEAD}filename*=bogus''a.csv{FILE}{END}", MANY, 422),
        ("POST", "/imports/new/", f'{HEAD}filename="a.csv"{FILE}{END}', f"{MANY}; charset=hex", 400),
        ("POST", "/imports/2/source/", "header=" + "9" * 5_000, FORM, 422),
        ("GET", "/people/?import=" + "9" * 400, "", FORM, 422),
        ("GET", "/activity/?before=" + "9" * 400, "", FORM, 200),
    ],
)
def test_it_is_refused_with_a_sentence(
    client: Client, method: str, path: str, body: str, kind: str, status: int
) -> None:
    answer = client.generic(method, path, body, kind)

    assert answer.status_code == status, answer.text
    sentences = ("There is no", "invalid text", "No file", "isn&#x27;t the number", "Enter the number of a line")
    assert status == 200 or any(said in answer.text for said in sentences)


def test_a_cookie_that_is_not_text_is_refused(client: Client) -> None:
    client.cookies.clear()
    answer = client.get("/imports/", headers={"cookie": r'sessionid="\000"'})

    assert (answer.status_code, "invalid text" in answer.text) == (400, True)


@pytest.mark.parametrize("odd", [each for each in ODD_JSON if not each.startswith('"x')])
def test_an_invalid_change_of_a_grid_is_answered_with_an_error(client: Client, odd: str) -> None:
    bodies = (f'{{"do": "cells", "cells": [[{odd}, "city", "Rome"]]}}', f'{{"do": {odd}}}', odd)
    answers = [client.post(GRID, body, content_type=JSON) for body in bodies]

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert all(answer.json()["said"] for answer in answers)


def test_a_form_is_no_change_of_a_grid(client: Client) -> None:
    answer = client.post(GRID, {"do": "undo"})

    assert (answer.status_code, "Invalid request" in answer.json()["said"]) == (400, True)


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_no_cell_holds_what_is_not_text(client: Client, text: str) -> None:
    change: dict[str, Any] = {"do": "cells", "cells": [[1, "city", text]]}
    answer = client.post(GRID, json.dumps(change), content_type=JSON)

    assert answer.status_code == 400
    other = client.post(GRID, {**change, "cells": [[0, "firstname", "\\u0000 ∞ 𝄞"]]}, content_type=JSON)
    assert other.json() == {"said": "Changed 1 cell."}


@pytest.mark.parametrize("username", ["a/b", "/", "..", ".", "100%", "%2F", "a?b#c", "a b", "state", "é%25"])
def test_people_with_any_username_have_pages(client: Client, school: Scope, username: str) -> None:
    cast.person(school.organization, username=username, email="odd@x.org")
    page = client.get("/people/?search=odd@x.org&by=email")
    address = reverse("person", kwargs={"username": username})
    shown = [client.get(f"{address}{more}") for more in ("", "edit/")]

    assert f'href="{address}"' in page.text
    assert "/../" not in address
    assert [(answer.status_code, "odd@x.org" in answer.text) for answer in shown] == [(200, True)] * 2
