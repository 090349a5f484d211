"""The form of the reading options. Blank options are detected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from enlist.core.errors import PolicyError
from enlist.web.input_checks import whole_number

ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("windows-1252", gettext_lazy("Western European (Windows-1252)")),
    ("iso-8859-15", gettext_lazy("Western European (ISO 8859-15)")),
    ("windows-1250", gettext_lazy("Central European (Windows-1250)")),
    ("windows-1251", gettext_lazy("Cyrillic (Windows-1251)")),
    ("windows-1253", gettext_lazy("Greek (Windows-1253)")),
    ("windows-1254", gettext_lazy("Turkish (Windows-1254)")),
    ("mac-roman", gettext_lazy("Western European (Mac)")),
    ("shift_jis", gettext_lazy("Japanese (Shift JIS)")),
    ("gb18030", gettext_lazy("Chinese (GB 18030)")),
    ("big5", gettext_lazy("Chinese (Big5)")),
    ("euc-kr", gettext_lazy("Korean (EUC-KR)")),
)
# What a select can send, what it means, what it is called.
DELIMITERS: Final = (
    ("comma", ",", gettext_lazy("comma")),
    ("semicolon", ";", gettext_lazy("semicolon")),
    ("tab", "\t", gettext_lazy("tab")),
    ("bar", "|", gettext_lazy("vertical bar")),
    ("colon", ":", gettext_lazy("colon")),
)
QUOTES: Final = (
    ("double", '"', gettext_lazy("double quotes")),
    ("single", "'", gettext_lazy("single quotes")),
    ("none", "", gettext_lazy("none")),
)
ESCAPES: Final = (
    ("backslash", "\\", gettext_lazy("backslash")),
    ("none", "", gettext_lazy("none: they are doubled")),
)
NAMES: Final = {sign: title for _name, sign, title in DELIMITERS}
_SIGNS: Final = {"delimiter": DELIMITERS, "quote": QUOTES, "escape": ESCAPES}


def choices(reading: Mapping[str, Any], *, sheets: Sequence[str] = ()) -> dict[str, Any]:
    """What the form shows: its choices, and a reading (as it was sent, or as a draft keeps it) chosen among them."""
    chosen = {name: reading.get(name, "") for name in ("encoding", "header", "sheet", "dates", "lines", "hidden")}
    for name, signs in _SIGNS.items():
        by_sign = {sign: word for word, sign, _title in signs}
        chosen[name] = by_sign.get(reading[name], reading[name]) if name in reading else ""
    names = reading.get("names", "")
    chosen["names"] = names if isinstance(names, str) else ", ".join(names)
    return {
        "reading": chosen,
        "sheets": sheets,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "quotes": QUOTES,
        "escapes": ESCAPES,
    }


def encoding_name(codec: str) -> str:
    """What people call an encoding."""
    return re.sub(r"^CP(125\d)$", r"Windows-\1", codec.upper().replace("_", "-"))


def reading_of(sent: QueryDict) -> dict[str, Any]:
    """The reading that a form asks for. Raises PolicyError for a header's line that is no number."""
    asked: dict[str, Any] = {name: sent.get(name, "").strip() for name in ("encoding", "sheet")}
    for name, word in (("dates", "iso"), ("lines", "all"), ("hidden", "skip")):
        asked[name] = word if sent.get(name) == word else ""
    header = sent.get("header", "").strip()
    line = whole_number(header)
    if header and line is None:
        raise PolicyError("header_line_not_number", value=header)
    asked["header"] = "" if line is None else line
    if names := sent.get("names", "").strip():
        asked["names"] = [name.strip() for name in names.split(",")]
    found = {name: value for name, value in asked.items() if value != ""}
    for name, signs in _SIGNS.items():
        # No sign at all is a choice too.
        if word := sent.get(name, ""):
            found[name] = next((sign for known, sign, _title in signs if known == word), word)
    return found
