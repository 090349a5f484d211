"""Number formats: the text that Excel shows for a number (ECMA-376 part 1, §18.8.31).

A format is compiled once and called for every cell that has it. The texts are those of an English (US) Excel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Final

from .date_format import DATE_SIGNS, shown_date

Shown = Callable[[float], str]

GENERAL: Final = "General"
# Numbers of built-in formats (ECMA-376 part 1, §18.8.30), which files don't contain, as in an English (US) Excel.
BUILT_IN: Final = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);\\("$"#,##0\\)',
    6: '"$"#,##0_);[Red]\\("$"#,##0\\)', 7: '"$"#,##0.00_);\\("$"#,##0.00\\)',
    8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "m/d/yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<wide>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_ELAPSED: Final = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DIGITS: Final = "0#?"
_MOST_DIGITS: Final = 15
# In the General format.
_WIDEST: Final = 11
_SMALLEST_ROUNDED: Final = 1e-4
_LONGEST_SHOWN: Final = 1e11
# Excel shortens longer whole numbers, but knows 15 digits: an ID must keep them all.
_LONGEST_WHOLE: Final = 1e15
# The usual formats: a number with fixed decimals, with literal signs before and after it.
_FIXED: Final = re.compile(r"(#,##)?0(?:\.(0+))?")
_MOST_QUICK: Final = 1e12


@dataclass(frozen=True)
class Token:
    """A piece of a format: literal text, or a sign with a meaning."""

    sign: str
    text: str = ""

    @property
    def is_digit(self) -> bool:
        """Whether it is a place for a digit of the number."""
        return len(self.sign) == 1 and self.sign in _DIGITS


@dataclass(frozen=True)
class Section:
    """One of up to four parts of a format, with the condition under which it is used."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None

    @property
    def is_date(self) -> bool:
        """Whether it shows numbers as dates or times."""
        return any(token.sign in DATE_SIGNS or _ELAPSED.fullmatch(token.sign) for token in self.tokens)

    @property
    def is_text(self) -> bool:
        """Whether it shows text (and numbers as General)."""
        return any(token.sign == "@" for token in self.tokens)


@dataclass(frozen=True)
class NumberFormat:
    """A compiled format.

    number: shows a number; text: shows a text; keeps_text: texts stay unchanged; is_date: numbers are shown as dates or
    times.
    """

    code: str
    number: Shown
    text: Callable[[str], str]
    keeps_text: bool
    is_date: bool


@cache
def number_format(code: str, *, epoch_1904: bool = False) -> NumberFormat:
    """The format with this code. epoch_1904: dates count from 1904."""
    sections = [_section(part) for part in _split(code or GENERAL)]
    for_text = sections.pop() if len(sections) == 4 or sections[-1].is_text else None
    numeric = tuple(sections) or (_section(GENERAL),)

    quick = [_quick(section) for section in numeric]

    def number(value: float) -> str:
        place = _place(value, sections=numeric)
        if (shown := quick[place]) and abs(value) < _MOST_QUICK:
            return shown(abs(value) if place and len(numeric) > 1 else value)
        section = numeric[place] if math.isfinite(value) else _section(GENERAL)
        if section.is_date:
            return shown_date(value, tokens=[(t.sign, t.text) for t in section.tokens], epoch_1904=epoch_1904)
        return _shown_number(abs(value) if place and len(numeric) > 1 else value, section=section)

    def text(value: str) -> str:
        return "".join(value if t.sign == "@" else t.text for t in for_text.tokens) if for_text else value

    is_date = any(section.is_date for section in numeric)
    return NumberFormat(code, number, text, keeps_text=text("a") == "a", is_date=is_date)


def general(value: float) -> str:
    """A number as cells without a format show it, in at most eleven characters; whole numbers with all 15 digits."""
    if not math.isfinite(value):
        return "#NUM!"
    if value == int(value) and abs(value) < _LONGEST_WHOLE:
        return str(int(value))
    size = abs(value)
    # Excel and Python write numbers in the same shortest way, if there is room.
    shown = repr(size)
    if len(shown) > _WIDEST or "e" in shown:
        shown = _fitting(_exact(size))
    return f"-{shown}" if value < 0 else shown


def _fitting(number: Decimal) -> str:
    """All digits, or as many decimals as there is room for, or with an exponent."""
    shown = _plain(f"{number:f}")
    if len(shown) > _WIDEST and _SMALLEST_ROUNDED <= number < _LONGEST_SHOWN:
        ahead = max(number.adjusted() + 1, 1)
        shown = _plain(f"{_rounded(number, places=max(0, _WIDEST - len('.') - ahead)):f}")
    return shown if len(shown) <= _WIDEST else _with_exponent(number)


def _with_exponent(number: Decimal) -> str:
    power = number.adjusted()
    exponent = f"E{power:+03}"
    places = _WIDEST - len("1.") - len(exponent)
    mantissa = _rounded(number.scaleb(-power), places=places)
    return _with_exponent(Decimal(1).scaleb(power + 1)) if mantissa >= 10 else f"{_plain(f'{mantissa:f}')}{exponent}"


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _split(code: str) -> list[str]:
    parts, start = [], 0
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            parts.append(code[start : token.start()])
            start = token.end()
    return [*parts, code[start:]][:4]


def _section(code: str) -> Section:
    tokens: list[Token] = []
    condition = None
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup or "sign"
        if kind == "bracket":
            if limit := _CONDITION.fullmatch(found[kind]):
                condition = (limit[1], float(limit[2]))
            else:
                tokens.extend(_bracket(found[kind]))
        elif kind in ("quoted", "escaped"):
            tokens.append(Token("", found[kind]))
        elif kind == "wide":
            tokens.append(Token("", " "))
        elif kind == "sign":
            tokens.append(_sign(found[kind]))
        elif kind != "fill":
            tokens.append(Token({"general": GENERAL, "half": found[0].upper()}.get(kind, found[0].upper())))
    return Section(tuple(tokens), condition)


def _bracket(inside: str) -> list[Token]:
    """Elapsed time ([h]) and currencies ([$€-407]); colours have no text."""
    if _ELAPSED.fullmatch(inside):
        return [Token(inside.lower(), "elapsed")]
    return [Token("", inside[1:].partition("-")[0])] if inside.startswith("$") else []


def _sign(sign: str) -> Token:
    if sign.lower() in DATE_SIGNS:
        return Token(sign.lower())
    return Token(sign, "" if sign in "0#?.,%@/" else sign)


def _place(value: float, *, sections: tuple[Section, ...]) -> int:
    if any(section.condition for section in sections):
        return next(
            (n for n, section in enumerate(sections) if _holds(value, condition=section.condition)), len(sections) - 1
        )
    if len(sections) == 1 or value > 0:
        return 0
    if value < 0:
        return 1
    return 2 if len(sections) > 2 else 0


def _holds(value: float, *, condition: tuple[str, float] | None) -> bool:
    if condition is None:
        return False
    sign, limit = condition
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit, "=": value == limit,
        "<>": value != limit,
    }[sign]  # fmt: skip


def _shown_number(value: float, *, section: Section) -> str:
    tokens = section.tokens
    if not any(token.is_digit for token in tokens):
        shown = (general(abs(value)) if token.sign in (GENERAL, "@") else token.text for token in tokens)
        return ("-" if value < 0 and any(t.sign in (GENERAL, "@") for t in tokens) else "") + "".join(shown)
    scale = sum(token.sign == "%" for token in tokens)
    number = _exact(value) * 100**scale
    if any(token.sign in ("E+", "E-") for token in tokens):
        body, is_zero = _scientific(abs(number), tokens=tokens)
    elif _slash(tokens) is not None:
        body, is_zero = _fraction(abs(number), tokens=tokens)
    else:
        body, is_zero = _decimal(abs(number), tokens=tokens)
    return "-" + body if value < 0 and not is_zero else body


def _quick(section: Section) -> Shown | None:
    """The same as `_shown_number` for fixed formats, in a tenth of the time; None for others."""
    signs = [token.sign for token in section.tokens]
    core = [place for place, token in enumerate(section.tokens) if token.sign and token.sign != "%"]
    fixed = _FIXED.fullmatch("".join(signs[place] for place in core))
    if not fixed or core != list(range(core[0], core[-1] + 1)):
        return None
    before, after = (
        "".join(token.text or token.sign for token in part)
        for part in (section.tokens[: core[0]], section.tokens[core[-1] + 1 :])
    )
    places, scale = len(fixed[2] or ""), 100 ** signs.count("%")
    unit, pattern = Decimal(1).scaleb(-places), f"{{:{',' if fixed[1] else ''}.{places}f}}"
    most = 10.0 ** (_MOST_DIGITS - places) if scale == 1 else 0

    def shown(value: float) -> str:
        # If the shown decimals are all there are, nothing has to be rounded.
        if abs(value) < most and float(f"{value:.{places}f}") == value:
            return f"{'-' if value < 0 else ''}{before}{pattern.format(abs(value))}{after}"
        number = (abs(_exact(value)) * scale).quantize(unit, rounding=ROUND_HALF_UP)
        return f"{'-' if value < 0 and number else ''}{before}{pattern.format(number)}{after}"

    return shown


def _exact(value: float) -> Decimal:
    """The number as Excel uses it: with fifteen digits."""
    return Decimal(f"{value:.{_MOST_DIGITS - 1}e}")


def _decimal(number: Decimal, *, tokens: tuple[Token, ...]) -> tuple[str, bool]:
    digits = [place for place, token in enumerate(tokens) if token.is_digit]
    point = next((place for place, token in enumerate(tokens) if token.sign == "."), None)
    whole = [place for place in digits if point is None or place < point]
    after = [place for place in digits if point is not None and place > point]
    last = whole[-1] if whole else (point or 0)
    for end in {last, digits[-1] if digits else last}:
        number /= 1000 ** _commas(tokens[end + 1 :])
    is_grouped = any(token.sign == "," for token in tokens[whole[0] : last]) if whole else False
    rounded = _rounded(number, places=len(after))
    ahead, _, behind = f"{rounded:f}".partition(".")
    shown = {token_place: "" if token.is_digit else token.text for token_place, token in enumerate(tokens)}
    shown |= _whole(ahead.lstrip("0"), tokens=tokens, places=whole, is_grouped=is_grouped)
    shown |= _behind(behind, tokens=tokens, places=after)
    if point is not None:
        shown[point] = "."
    shown |= {place: "%" for place, token in enumerate(tokens) if token.sign == "%"}
    return "".join(shown[place] for place in range(len(tokens))), not rounded


def _commas(tokens: Sequence[Token]) -> int:
    """The number of leading commas: each divides by a thousand."""
    return next((place for place, token in enumerate(tokens) if token.sign != ","), len(tokens))


def _rounded(number: Decimal, *, places: int) -> Decimal:
    with localcontext(prec=400):
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _whole(digits: str, *, tokens: tuple[Token, ...], places: list[int], is_grouped: bool) -> dict[int, str]:
    """The digits before the point, each in its place; the first place takes all that are left."""
    shown, count = {}, 0
    for place in reversed(places):
        is_first = place == places[0]
        taken = (digits if is_first else digits[-1:]) or {"0": "0", "?": " "}.get(tokens[place].sign, "")
        digits = digits[: -len(taken)] if digits else ""
        text = ""
        for digit in reversed(taken):
            text = digit + ("," if is_grouped and count and count % 3 == 0 and digit != " " else "") + text
            count += 1
        shown[place] = text
    return shown


def _behind(digits: str, *, tokens: tuple[Token, ...], places: list[int]) -> dict[int, str]:
    shown, is_end = {}, True
    for place, digit in reversed(list(zip(places, digits.ljust(len(places), "0"), strict=False))):
        is_end = is_end and digit == "0" and tokens[place].sign != "0"
        shown[place] = {"#": "", "?": " "}.get(tokens[place].sign, digit) if is_end else digit
    return shown


def _scientific(number: Decimal, *, tokens: tuple[Token, ...]) -> tuple[str, bool]:
    at = next(place for place, token in enumerate(tokens) if token.sign in ("E+", "E-"))
    head, tail = tokens[:at], tokens[at + 1 :]
    point = next((place for place, token in enumerate(head) if token.sign == "."), len(head))
    step = max(1, sum(token.is_digit for token in head[:point]))
    places = sum(token.is_digit for token in head[point:])
    power = number.adjusted() // step * step if number else 0
    if number and _rounded(number.scaleb(-power), places=places) >= 10**step:
        power += step
    mantissa, _ = _decimal(number.scaleb(-power), tokens=head)
    exponent, _ = _decimal(Decimal(abs(power)), tokens=tail)
    sign = "-" if power < 0 else ("+" if tokens[at].sign == "E+" else "")
    return f"{mantissa}E{sign}{exponent}", not number


def _slash(tokens: tuple[Token, ...]) -> int | None:
    """The place of a fraction's slash: after a place for a digit."""
    for place, token in enumerate(tokens):
        if token.sign == "/" and any(t.is_digit for t in tokens[:place]):
            return place
    return None


def _fraction(number: Decimal, *, tokens: tuple[Token, ...]) -> tuple[str, bool]:
    slash = _slash(tokens) or 0
    above = slash
    while above and (tokens[above - 1].is_digit or (tokens[above - 1].text == " " and above == slash)):
        above -= 1
    below = "".join(token.sign if token.is_digit else token.text for token in tokens[slash + 1 :])
    fixed = re.match(r"\s*([1-9][0-9]*)", below)
    has_whole = any(token.is_digit for token in tokens[:above])
    whole = int(number) if has_whole else 0
    rest = Fraction(number - whole)
    width = sum(token.is_digit for token in tokens[slash + 1 :])
    part = Fraction(round(rest * int(fixed[1])), int(fixed[1])) if fixed else rest.limit_denominator(10**width - 1)
    upper, lower = (round(rest * int(fixed[1])), int(fixed[1])) if fixed else (part.numerator, part.denominator)
    if part == 1 and has_whole:
        whole, upper = whole + 1, 0
    ahead = _decimal(Decimal(whole), tokens=tokens[:above])[0] if has_whole else ""
    if not upper and has_whole:
        return (ahead.rstrip() or "0") + " " * (2 * width + 1), not whole
    return f"{ahead}{str(upper).rjust(slash - above)}/{str(lower).ljust(width)}", not (whole or upper)
