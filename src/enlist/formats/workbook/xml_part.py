"""XML parts: parsed by expat, element by element, without document types, in bounded depth."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any, Final, cast
from xml.etree import ElementTree

from .archive import Archive, refuse_doctype
from .grid import Refusal

Element = ElementTree.Element

_LONGEST_TAG: Final = 1 << 16
_DEEPEST: Final = 40


class Damaged(Refusal):
    """A part that is no XML."""


def elements(archive: Archive, *, name: str, wanted: Container[str]) -> Iterator[Element]:
    """The elements of a part with a wanted local name, as they end; each is emptied before the next is given.

    Raises Refusal for XML that is damaged, has a document type, or nests too deep.
    """
    refuse_doctype(name, chunks=archive.chunks(name))
    return parsed(archive.chunks(name), name=name, wanted=wanted)


def parsed(chunks: Iterable[bytes], *, name: str, wanted: Container[str]) -> Iterator[Element]:
    """The wanted elements of a document in chunks that has no document type; raises as `elements` does."""
    parser: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(("start", "end"))
    names: dict[str, str | None] = {}
    path: list[Element] = []
    open_for = 0
    try:
        for chunk in chunks:
            open_for = _open_for(chunk, before=open_for)
            if open_for > _LONGEST_TAG:
                raise Refusal(f"Its part {name} has an element with too many attributes.")
            parser.feed(chunk)
            for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
                if event == "start":
                    path.append(element)
                    if len(path) > _DEEPEST:
                        raise Refusal(f"Its part {name} nests elements deeper than {_DEEPEST}.")
                    continue
                path.pop()
                if (kept := names.get(element.tag)) is None:
                    local = local_name(element)
                    kept = names[element.tag] = local if local in wanted else ""
                if kept:
                    yield element
                    if path:
                        path[-1].remove(element)
        parser.close()
    except (ElementTree.ParseError, LookupError) as error:
        raise Damaged(f"Its part {name} is damaged ({error}).") from None


def _open_for(chunk: bytes, *, before: int) -> int:
    """How many bytes of a tag are waiting for its end."""
    opened, closed = chunk.rfind(b"<"), chunk.rfind(b">")
    if opened > closed:
        return len(chunk) - opened
    return 0 if closed >= 0 or not before else before + len(chunk)


def local_name(element: Element) -> str:
    """An element's name without its namespace: Excel has two of them."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, *, name: str) -> str | None:
    """An attribute by its local name."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def is_true(element: Element, *, name: str) -> bool:
    """Whether a Boolean attribute is set."""
    return attribute(element, name=name) in ("1", "true", "on")
