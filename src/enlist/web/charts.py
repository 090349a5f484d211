"""Charts of the statuses of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, Final

from enlist.web.words import BAR_ICONS, BARS, FIGURES

# The width of a column and the height of the chart, in units of the SVG.
_WIDTH: Final = 20
_HEIGHT: Final = 100


def bar(rows: Mapping[str, int]) -> list[dict[str, Any]]:
    """The stacked bar of an import's rows. Of each part: name, colour, icon, count, start (%) and share (%)."""
    counted = [(name, look, sum(rows.get(row_status, 0) for row_status in of)) for name, look, of in BARS]
    ends = list(accumulate((count for *_, count in counted), initial=0))
    scale = 100 / ends[-1] if ends[-1] else 0
    return [
        {
            "name": name,
            "look": look,
            "icon": BAR_ICONS[look],
            "count": count,
            "from": f"{begin * scale:.2f}",
            "share": f"{count * scale:.2f}",
        }
        for (name, look, count), begin in zip(counted, ends, strict=False)
        if count
    ]


def charted(days: Sequence[tuple[date, Mapping[str, int]]]) -> dict[str, Any] | None:
    """A column for each day; None if there are no rows.

    Of each column: day, x, count, parts (colour, y from the top, height). most: the count of the tallest column.
    figures: of each colour that isn't unchanged: its icon, count and name.
    """
    counted = [
        (day, [(look, sum(statuses.get(row_status, 0) for row_status in of)) for _name, look, of in BARS])
        for day, statuses in days
    ]
    most = max((sum(count for _look, count in parts) for _day, parts in counted), default=0)
    if not most:
        return None
    columns = [_column(day, parts=parts, place=place, most=most) for place, (day, parts) in enumerate(counted)]
    return {"columns": columns, "most": most, "width": _WIDTH * len(columns), "figures": _figures(counted)}


def _figures(counted: Sequence[tuple[date, Sequence[tuple[str, int]]]]) -> list[dict[str, Any]]:
    totals = Counter[str]()
    for _day, parts in counted:
        totals.update(dict(parts))
    return [
        {"look": look, "icon": BAR_ICONS[look], "count": totals[look], "name": name % totals[look]}
        for look, name in FIGURES
    ]


def _column(day: date, *, parts: Sequence[tuple[str, int]], place: int, most: int) -> dict[str, Any]:
    scale, top, drawn = _HEIGHT / most, float(_HEIGHT), []
    for look, count in parts:
        height = count * scale
        top -= height
        if count:
            drawn.append({"look": look, "y": f"{top:.2f}", "height": f"{height:.2f}"})
    return {"day": day, "x": place * _WIDTH + 3, "count": sum(count for _look, count in parts), "parts": drawn}
