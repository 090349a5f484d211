"""Encodings: any text as UTF-8, with flags about guesses and unreadable bytes."""

from __future__ import annotations

import codecs
import re
from base64 import b64encode
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags.flags import flag, no_flags
from enlist.core.headers.words import is_known, is_secret

# The little-endian mark of UTF-32 starts with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 65_536
PIECE: Final = 1 << 24
# Polars decompresses data with these beginnings, and the text “x^” has one of them.
PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_UTF7: Final = re.compile(rb"\+[A-Za-z0-9+/]{3,}-")
_LOOKS: Final = 1_000
# Headers are among the first lines.
_TOP: Final = 8_192
_TOP_LINES: Final = 10
_HEADER: Final = 2
_CELLS: Final = re.compile(r'[,;\t|"]')


@dataclass(frozen=True)
class Text:
    """A file as UTF-8 text: `data` from `start` on (after a byte order mark).

    encoding: the file's own. bad_lines: physical lines (from 1) with bytes that are not UTF-8, shown as U+FFFD.
    """

    data: bytes
    encoding: str
    start: int = 0
    bad_lines: tuple[int, ...] = ()
    flags: pl.DataFrame = field(default_factory=no_flags)

    @cached_property
    def lines(self) -> pl.Series:
        """Its lines without line feeds; they share its memory. Raises PolarsError if it isn't UTF-8."""
        if self.data.startswith(PACKED):
            return pl.read_lines(b"\n" + self.data).to_series().slice(1)
        return pl.read_lines(self.data).to_series()

    def piece(self, start: int, *, size: int) -> bytes:
        """About `size` bytes of the text from byte `start`, up to the end of a line."""
        return self.data[start : self.data.find(b"\n", start + size) + 1 or len(self.data)]


def decode(data: bytes, *, encoding: str | None, name: str) -> Text:
    """The text of these bytes: by the named encoding, else by byte order mark, else UTF-8, else by a guess.

    Raises FileError if an encoding is unknown, doesn't fit the bytes, or cannot be guessed.
    """
    if encoding is not None:
        return _named(data, encoding=encoding, name=name)
    for mark, found in _MARKS:
        if data.startswith(mark) and found != "utf-8":
            return _transcoded(data, encoding=found, start=len(mark), name=name)
    wide = _wide(data)
    if wide:
        return _guess(data, encodings=[wide], name=name)
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    text = Text(data, "utf-8", start=start)
    if _is_utf8(text):
        _refuse_utf7(data, name=name)
        return text
    if b"\0" in data:
        raise FileError("file_not_text", file=name)
    sample = _sample(data)
    if start or _is_mostly_utf8(sample):
        return _repaired(data[start:])
    # Importing it takes 10 ms, and most files are UTF-8.
    from .plausible import USUAL, likeliest

    visible = _without_passwords(sample, header=data[: data.find(b"\n") + 1])
    if visible.isascii():
        # Nobody can check a password, so the most common encoding counts, whatever letters it would make.
        return _guess(data, encodings=sorted(likeliest(sample), key=lambda each: each != USUAL[0]), name=name)
    return _guess(data, encodings=_by_header(data, encodings=likeliest(visible)), name=name)


def _by_header(data: bytes, *, encodings: list[str]) -> list[str]:
    """The encodings, first those in which more cells of the header are names of columns: “Kullanıcı adı”."""
    for line in data[:_TOP].split(b"\n")[:_TOP_LINES]:
        known = {encoding: _known(line, encoding=encoding) for encoding in encodings}
        # Words of names may be names of columns too, so only the header counts.
        if max(known.values()) >= _HEADER:
            return sorted(encodings, key=known.__getitem__, reverse=True)
    return encodings


def _known(line: bytes, *, encoding: str) -> int:
    cells = (cell.strip() for cell in _CELLS.split(line.decode(encoding, "replace")))
    return sum(bool(cell) and is_known(cell) for cell in cells)


def _without_passwords(sample: bytes, *, header: bytes) -> bytes:
    """Lines without their cells below a header of passwords."""
    delimiter = max((b",", b";", b"\t", b"|"), key=header.count)
    names = header.split(delimiter)
    secret = [n for n, name in enumerate(names) if is_secret(name.decode("latin-1").strip(' "\r\n'))]
    if not secret or len(names) < 2:
        return sample
    lines = []
    for cells in (line.split(delimiter) for line in sample.split(b"\n")):
        is_whole = len(cells) == len(names)
        lines.append(delimiter.join(b"" if is_whole and n in secret else cell for n, cell in enumerate(cells)))
    return b"\n".join(lines)


def _is_utf8(text: Text) -> bool:
    if text.data.isascii():
        return True
    try:
        # Polars validates in a tenth of the time that decoding takes, and faster than it finds lines.
        pl.Series([text.data], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _named(data: bytes, *, encoding: str, name: str) -> Text:
    try:
        found = codecs.lookup(encoding).name.removesuffix("-sig")
        " ".encode(found)
    except (LookupError, ValueError):
        raise FileError("encoding_unknown", encoding=encoding) from None
    for mark, marked in _MARKS:
        if data.startswith(mark) and marked.startswith(found):
            return _transcoded(data, encoding=marked, start=len(mark), name=name)
    return _transcoded(data, encoding=found, start=0, name=name)


def _transcoded(data: bytes, *, encoding: str, start: int, name: str) -> Text:
    text = Text(data, encoding, start=start)
    if encoding == "utf-8" and _is_utf8(text):
        return text
    try:
        return Text(data[start:].decode(encoding).encode(), encoding)
    except UnicodeDecodeError as error:
        read = data[start : start + error.start].decode(encoding, "replace")
        lines = _LINE_BREAK.split(read)
        raise FileError(
            "encoding_wrong_at", file=name, encoding=encoding, line=len(lines), character=len(lines[-1]) + 1
        ) from None
    except UnicodeError:
        raise FileError("encoding_wrong", file=name, encoding=encoding) from None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: in most Western text every other byte is 0."""
    even, odd = data[0:4096:2], data[1:4096:2]
    if len(odd) < 2:
        return None
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1 else None


def _sample(data: bytes) -> bytes:
    """Lines with more than ASCII: only they distinguish encodings."""
    lines = b""
    end = 0
    while len(lines) < _SAMPLE and (found := _NOT_ASCII.search(data, end)):
        end = data.find(b"\n", found.end()) + 1 or len(data)
        lines += data[max(data.rfind(b"\n", 0, found.start()) + 1, end - _SAMPLE) : end]
    return lines


def _is_mostly_utf8(sample: bytes) -> bool:
    if _has_surrogates(sample):
        return True
    text = sample.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return sum(letter > "\x7f" for letter in text) - bad > bad


def _has_surrogates(sample: bytes) -> bool:
    """Whether the only defect is that surrogates were encoded one by one."""
    try:
        sample.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_utf7(data: bytes, *, name: str) -> None:
    """Refuse UTF-7, which hides signs in plain letters: +ADw- is <."""
    if b"+" not in data:
        return
    for found in islice(_UTF7.finditer(data), _LOOKS):
        try:
            text = found[0].decode("utf-7")
        except UnicodeDecodeError:
            continue
        # Text between a plus and a hyphen is rarely complete UTF-16.
        is_whole = b64encode(text.encode("utf-16-be")).rstrip(b"=") == found[0][1:-1]
        if is_whole and text.isprintable() and not text.isalnum():
            line = len(_LINE_BREAK.split(data[: found.start()].decode("utf-8", "replace")))
            raise FileError("encoding_maybe_utf7", file=name, line=line, signs=found[0].decode(), text=text)


def _repaired(data: bytes) -> Text:
    text = data.decode("utf-8", "surrogateescape")
    lines = _LINE_BREAK.split(text)
    bad = tuple(n for n, line in enumerate(lines, start=1) if _ESCAPED.search(line))
    return Text(_ESCAPED.sub("\ufffd", text).encode(), "utf-8", bad_lines=bad)


def _guess(data: bytes, *, encodings: list[str], name: str) -> Text:
    for number, encoding in enumerate(encodings):
        try:
            text = _transcoded(data, encoding=encoding, start=0, name=name)
        except FileError:
            continue
        others = ", ".join(islice(encodings, number + 1, number + 3))
        doubt = f"a guess; it may also be {others}" if others else "a guess"
        return replace(text, flags=flag("encoding_guessed", value=encoding, detail=doubt))
    raise FileError("encoding_not_found", file=name)
