"""The docs as pages of the application: which page helps where, and their Markdown as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, normpath
from typing import Final

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from enlist.core.setup_kinds import SETUP_KINDS

# In a checkout a link to docs/; in a package a copy.
DOCS: Final = Path(__file__).parent / "docs"
INDEX: Final = "README"
_BROWSER: Final = "import-in-the-browser"
_PEOPLE: Final = f"{_BROWSER}#find-and-change-people"
_SET_UP: Final = f"{_BROWSER}#set-up-courses-groups-fields-and-the-team"
_COLUMNS: Final = f"{_BROWSER}#2-match-columns-say-what-the-import-does"
# The page and section of the docs, by the name of a URL or by its beginning up to a hyphen.
HELP: Final = {
    "home": f"{_BROWSER}#find-an-import",
    "imports": f"{_BROWSER}#find-an-import",
    "import-again": f"{_BROWSER}#find-an-import",
    "import-rename": f"{_BROWSER}#find-an-import",
    "import": f"{_BROWSER}#5-result-see-what-happened",
    "import-new": f"{_BROWSER}#1-upload-choose-the-file",
    "import-source": "files#change-how-a-file-is-read",
    "import-columns": _COLUMNS,
    "import-settings": _COLUMNS,
    "import-review": f"{_BROWSER}#3-review-fix-the-rows",
    "import-preview": f"{_BROWSER}#4-preview-see-every-change",
    "people": _PEOPLE,
    "person": _PEOPLE,
    "person-delete": "erase",
    **{name: _SET_UP for kind in SETUP_KINDS for name in (kind.page, kind.pages)},
    "condition": "conditions",
    "conditions": "conditions",
    "group-conditions": "conditions",
    "group-courses": "group-courses",
    "roles": _SET_UP,
    "organization": "limits",
    "team": "team",
    "presets": "settings",
    "preset": "settings",
    "activity": "history",
    "own": "passwords",
    "my": "people-who-sign-in",
    "own-settings": f"{_BROWSER}#choose-your-time-zone",
}

# A picture as the docs have it: one for each colour scheme.
_PICTURE: Final = re.compile(r'<picture><source .*?><img src="(.*?)-light\.png" alt="(.*?)"></picture>')


@dataclass(frozen=True)
class HelpPage:
    """A page of the docs: its title, its sections (id and title), and its HTML."""

    title: str
    sections: tuple[tuple[str, str], ...]
    html: str


def help_of(name: str) -> str:
    """The URL of the help for the page with this URL name."""
    starts = (name, name.rpartition("-")[0], name.partition("-")[0])
    page, _, section = next((HELP[start] for start in starts if start in HELP), INDEX).partition("#")
    return help_url(page, section=section)


def help_url(page: str, *, section: str = "") -> str:
    """The URL of a page of the docs."""
    address = reverse("help") if page == INDEX else reverse("help-page", args=[page])
    return f"{address}#{section}" if section else address


def why_url(code: str, *, table: str) -> str:
    """The URL of the explanation of an error or a flag. table: errors or flags."""
    return help_url("reference/errors", section=f"{table}-{code}")


@cache
def help_names() -> frozenset[str]:
    """The names of all pages, such as undo and reference/errors."""
    return frozenset(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))


@cache
def help_page(name: str) -> HelpPage | None:
    """A page of the docs; None if there is none."""
    return page_of((DOCS / f"{name}.md").read_text("utf-8"), name=name) if name in help_names() else None


def page_of(text: str, *, name: str) -> HelpPage:
    """A page of its Markdown. Markup in the text becomes text, except for pictures."""
    markdown = _markdown()
    tokens = markdown.parse(_PICTURE.sub(r"![\2](\1)", text))
    _name_headings(tokens)
    _name_rows(tokens)
    for token in tokens:
        # Pages have no styles of their own; only columns of numbers are aligned.
        if token.attrs.pop("style", None):
            token.attrJoin("class", "text-end")
        token.children = token.children and list(_linked(token.children, page=name))
    headings = list(_headings(tokens))
    html = markdown.renderer.render(tokens, markdown.options, {})
    sections = tuple((str(opening.attrs["id"]), _text(inside)) for opening, inside in headings if opening.tag == "h2")
    return HelpPage(_text(headings[0][1]), sections, mark_safe(html))  # noqa: S308 our own docs, without their HTML


@cache
def _markdown() -> MarkdownIt:
    """CommonMark with tables and without HTML."""
    markdown = MarkdownIt("js-default")
    markdown.add_render_rule("image", lambda _self, tokens, place, *_args: _picture(tokens[place]))
    markdown.add_render_rule("table_open", lambda *_args: '<div class="table-responsive"><table class="table">\n')
    markdown.add_render_rule("table_close", lambda *_args: "</table></div>\n")
    return markdown


def _picture(image: Token) -> str:
    source, said = image.attrs["src"], image.content
    both = [(scheme, static(f"docs/{source}-{scheme}.png")) for scheme in ("light", "dark")]
    return "".join(
        format_html('<img class="in-{}" src="{}" alt="{}" loading="lazy">', scheme, url, said) for scheme, url in both
    )


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Of each heading: its opening token and its text."""
    return ((opening, inside) for opening, inside in pairwise(tokens) if opening.type == "heading_open")


def _text(inside: Token) -> str:
    return "".join(child.content for child in inside.children or ())


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give each heading the id that links in the docs use."""
    for opening, inside in _headings(tokens):
        opening.attrSet("id", re.sub(r"[^\w\- ]", "", _text(inside).lower()).replace(" ", "-"))


def _name_rows(tokens: Sequence[Token]) -> None:
    """Give each row that begins with a code an id: that of its section, and the code."""
    section = ""
    for row, cell, inside in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if row.type == "heading_open":
            section = str(row.attrs["id"])
        children = inside.children or []
        if (row.type, cell.type) == ("tr_open", "td_open") and [each.type for each in children] == ["code_inline"]:
            row.attrSet("id", f"{section}-{children[0].content}")


def _linked(tokens: Sequence[Token], *, page: str) -> Iterator[Token]:
    """The tokens with links to pages of the application; a link to another file becomes plain text."""
    is_open = True
    for token in tokens:
        if token.type == "link_open":
            address = _address(str(token.attrs["href"]), page=page)
            is_open = bool(address)
            token.attrs["href"] = address
        if token.type not in ("link_open", "link_close") or is_open:
            yield token


def _address(link: str, *, page: str) -> str:
    """Where a link of the docs leads in the application; "" if the file isn't a page."""
    path, _, section = link.partition("#")
    if "://" in link or not path:
        return link
    name = normpath(f"{dirname(page)}/{path}".lstrip("/")).removesuffix(".md")
    return help_url(name, section=section) if name in help_names() else ""
