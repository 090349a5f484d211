"""Web addresses (RFC 3986) that a browser can safely open."""

from __future__ import annotations

from typing import Final

import polars as pl

from .column import Cleaned
from .text import text

_NAME: Final = r"(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+(?:\pL{2,}|xn--[a-z0-9-]+)"
_HOST: Final = rf"{_NAME}|localhost|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|\[[0-9a-fA-F:.]+\]"
_REST: Final = r"(?::[0-9]{1,5})?(?:[/?#][^\s<>\"]*)?"
_ADDRESS: Final = rf"^(?i:https?)://(?:{_HOST}){_REST}$"
_WITHOUT_SCHEME: Final = rf"^{_NAME}{_REST}$"


def web_address(cells: pl.Series) -> Cleaned:
    """Addresses with http:// or https://; one that begins with its host gets https:// (`url_completed`).

    Others are bad (`url_bad`): a javascript: link would run in the browser of anyone who follows it.
    """
    tidied = text(cells)
    values = tidied.values
    odd = ~(values.str.contains(_ADDRESS) | (values == ""))
    if not odd.any():
        return tidied
    bare = odd & values.str.contains(_WITHOUT_SCHEME)
    whole = values.zip_with(~bare, "https://" + values)
    done = Cleaned(whole, tidied.notes).noting(bare, code="url_completed", value=cells, detail=whole)
    return done.without(odd & ~bare, code="url_bad", value=cells)
