"""Values in password columns that aren't passwords: masks, and hashes of other systems."""

from __future__ import annotations

from typing import Final

import polars as pl

# One sign over and over, or a word for “not shown”.
_MASK: Final = (
    r"(?i)^(?:[*•●∙·∗＊⁎▪■◦○⚫]+|x+|#+|-+|_+|\.+|…+|\?+"
    r"|[\[(<{]?\s*(?:hidden|masked|redacted|not shown|encrypted|protected|unchanged"
    r"|null|none|nan|n/a|#n/a|nil|undefined)"
    r"\s*[\])>}]?)$"
)
_HASH: Final = (
    r"(?i)^(?:\{(?:S?SHA\d*|S?MD5|CRYPT|BCRYPT|ARGON2\w*|PBKDF2[\w-]*|SCRYPT|X-\w+)\}.+"
    r"|\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|P|H|S|wp|md5|sha\d*|argon2\w*|pbkdf2[\w-]*|scrypt|bcrypt[\w-]*)\$.+"
    r"|(?:pbkdf2_sha\d+|bcrypt(?:_sha256)?|argon2|scrypt|sha1|md5|SCRAM-SHA-\d+)\$.+"
    r"|(?:pbkdf2|scrypt|bcrypt|argon2\w*|sha-?\d+|md5):\S+[:$]\S+|[0-9a-f]{32,128}:\S+"
    r"|md5[0-9a-f]{32}|\*[0-9A-F]{40}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$"
)


def are_masks(cells: pl.Series) -> pl.Series:
    """Which cells stand where a password was: stars, dots, “[hidden]” (Boolean)."""
    return cells.str.contains(_MASK)


def are_hashes(cells: pl.Series) -> pl.Series:
    """Which cells are passwords as a system stores them: {SSHA}…, $2y$…, an MD5 sum (Boolean)."""
    return cells.str.contains(_HASH)
