"""XML parts: parsed by expat, element by element, without document types, with limited depth."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any, Final, cast
from xml.etree import ElementTree

from .archive import Archive, refuse_doctype
from .grid import Refusal

Element = ElementTree.Element

_LONGEST_TAG: Final = 1 << 16
_DEEPEST: Final = 40
# Size of one wanted element: a row with all its cells, a text with all its runs.
_MOST_ELEMENTS: Final = 250_000
_MOST_BYTES: Final = 1 << 24
# Texts of cells are far shorter, however they are written.
_LONGEST_TEXT: Final = 1 << 20
# Names of elements and of attributes; the parser keeps them all.
_MOST_NAMES: Final = 1_000


class Damaged(Refusal):
    """A part that isn't valid XML."""


def elements(archive: Archive, *, name: str, wanted: Container[str]) -> Iterator[Element]:
    """The elements of a part with a wanted local name, as they end; each is emptied before the next is returned.

    Raises Refusal for XML that is damaged, has a document type, or nests too deep.
    """
    refuse_doctype(name, chunks=archive.chunks(name))
    return parsed(archive.chunks(name), name=name, wanted=wanted)


def parsed(chunks: Iterable[bytes], *, name: str, wanted: Container[str]) -> Iterator[Element]:
    """The wanted elements of a document in chunks, which must have no document type; raises as `elements` does."""
    parser: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(("start", "end"))
    reading = _Reading(name, wanted=wanted)
    try:
        for chunk in chunks:
            reading.fed(chunk)
            parser.feed(chunk)
            for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
                if event == "start":
                    reading.start(element)
                elif reading.ends(element):
                    yield element
                    reading.drop()
        parser.close()
    except (ElementTree.ParseError, LookupError) as error:
        raise Damaged("workbook_part_damaged", part=name, reason=error) from None


class _Reading:
    """The open elements of a document, and how much of it is in memory: unwanted elements are dropped."""

    def __init__(self, name: str, *, wanted: Container[str]) -> None:
        self._name, self._wanted = name, wanted
        self._names: dict[str, bool] = {}
        self._attributes: set[str] = set()
        # Each open element, and how many elements were held before it.
        self._path: list[tuple[Element, int]] = []
        self._held = self._inside = 0
        self._open_for = self._silent = self._bytes = 0

    def fed(self, chunk: bytes) -> None:
        """Count the bytes of the tag, text and wanted element that have not ended yet."""
        self._open_for = _open_for(chunk, before=self._open_for)
        self._silent += len(chunk)
        self._bytes = self._bytes + len(chunk) if self._inside else 0
        if self._open_for > _LONGEST_TAG:
            self._refuse("bytes in the attributes of one element", most=_LONGEST_TAG)
        if self._silent > _LONGEST_TEXT:
            self._refuse("bytes in one text, tag or comment", most=_LONGEST_TEXT)
        if self._bytes > _MOST_BYTES:
            self._refuse("bytes in one row or other element", most=_MOST_BYTES)

    def start(self, element: Element) -> None:
        """Handle the start of an element."""
        self._silent = 0
        if (is_wanted := self._names.get(element.tag)) is None:
            is_wanted = self._names[element.tag] = local_name(element) in self._wanted
        self._path.append((element, self._held))
        self._held += 1
        self._inside += is_wanted
        self._attributes.update(element.attrib)
        if len(self._path) > _DEEPEST:
            self._refuse("elements inside each other", most=_DEEPEST)
        if self._held > _MOST_ELEMENTS:
            self._refuse("elements in one row or other element", most=_MOST_ELEMENTS)
        if len(self._names) > _MOST_NAMES or len(self._attributes) > _MOST_NAMES:
            self._refuse("kinds of elements or attributes", most=_MOST_NAMES)

    def ends(self, element: Element) -> bool:
        """Whether an element that ends is wanted; elements outside of wanted ones are dropped."""
        self._silent = 0
        if self._names[element.tag]:
            self._inside -= 1
            return True
        if self._inside:
            self._path.pop()
        else:
            self.drop()
        return False

    def drop(self) -> None:
        """Remove the element that ended from its parent."""
        _, self._held = self._path.pop()
        self._bytes = 0
        if self._path:
            # It is the last one; searching for it among many would take long.
            del self._path[-1][0][-1]

    def _refuse(self, what: str, *, most: int) -> None:
        raise Refusal("workbook_part_too_many", part=self._name, what=what, most=most)


def _open_for(chunk: bytes, *, before: int) -> int:
    """The number of bytes of a tag that has not ended yet."""
    opened, closed = chunk.rfind(b"<"), chunk.rfind(b">")
    if opened > closed:
        return len(chunk) - opened
    return 0 if closed >= 0 or not before else before + len(chunk)


def local_name(element: Element) -> str:
    """An element's name without its namespace: Excel uses two."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, *, name: str) -> str | None:
    """An attribute by its local name."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def is_true(element: Element, *, name: str) -> bool:
    """Whether a Boolean attribute is set."""
    return attribute(element, name=name) in ("1", "true", "on")
