"""Forms of pages, filled in and sent like a browser does, with all their fields."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Fields(HTMLParser):
    """What a browser would send of each form of a page that is sent to the page itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.names: set[str] = set()
        self._form: dict[str, Any] | None = None
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "form":
            self._form = {} if about.get("method") == "post" and "action" not in about else None
            if self._form is not None:
                self.forms.append(self._form)
        name = about.get("name") or ""
        if self._form is None:
            return
        self.names.add(name)
        if tag == "input" and (about.get("type") not in ("checkbox", "radio") or "checked" in about):
            value = about.get("value") or ""
            is_several = about.get("type") == "checkbox" and name in self._form
            self._form[name] = [*self._form[name], value] if is_several else [value]
        if tag == "select":
            self._select = name
        if tag == "option" and ("selected" in about or self._select not in self._form):
            self._form[self._select] = [about.get("value") or ""]
        if tag == "textarea":
            self._text = name
            self._form[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._text and self._form is not None:
            self._form[self._text] = [(self._form[self._text][0] + data).lstrip("\r\n")]

    def handle_endtag(self, tag: str) -> None:
        self._text = "" if tag == "textarea" else self._text


def send(
    client: Client, path: str, *, values: Mapping[str, Any], number: int = 0, follow: bool = False
) -> HttpResponse:
    """Open a page, fill these values into its form of this number, and send that."""
    page = Fields(client.get(path).content.decode())
    assert not (beyond := set(values) - page.names), f"{path} does not ask for {beyond}"
    return client.post(path, {**page.forms[number], **values}, follow=follow)  # type: ignore[return-value]
