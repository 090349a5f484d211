"""The mark “created manually”: absence from a file doesn't deactivate people who have it (NE-08, NE-26)."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import PolicyError
from enlist.core.planner.manual import with_source
from enlist.core.report.changes import Cell
from enlist.services.access import Right, Scope, needs
from enlist.store import activity

from .listing import Chosen, people_of
from .records import records_change

# The person waits for the page.
MOST: Final = 10_000
# The values of the mark, as filters of people have them.
MADE_BY: Final = ("manual", "import")


@needs(Right.CHANGE_LINKS)
def people_mark(scope: Scope, *, chosen: Chosen, source: str) -> int:
    """Mark people as created manually, or as created by an import; how many changed.

    Plans that would deactivate them are stale then. Raises PolicyError for an unknown source, for nobody or for more
    than `MOST` people; StalePlan, LeaseTaken, DatabaseProblem.
    """
    if source not in MADE_BY:
        raise PolicyError("person_source_unknown", source=source, sources=", ".join(MADE_BY))
    people = people_of(scope, chosen=chosen, most=MOST, too_many="too_many_people_to_mark")
    marked = [each for each in people if each.source != source]
    if not marked:
        return 0

    # There are two marks, so all had the same one.
    cells = [Cell("source", marked[0].source, source)]

    def log() -> None:
        activity.log_each(scope, action="person_marked", people=[each.pk for each in marked], cells=cells)

    records_change(scope, people=marked, part=lambda directory: with_source(directory, source=source), log=log)
    return len(marked)
