"""Signatures: the kind of a file, by its first bytes and not by its name."""

import re
from typing import Final

_WEB_PAGE: Final = re.compile(rb"\s*<(!doctype html|html|table|head|meta|body)[\s>]", re.IGNORECASE)


def is_web_page(start: bytes) -> bool:
    """Whether a file with this beginning is a web page, whatever its name."""
    return bool(_WEB_PAGE.match(start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe")))
