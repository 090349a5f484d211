"""Killed at any point of a change, a draft is the old one or the new one, and can be changed again."""

from typing import Any

import pytest

from tests.faults.trial import ROSTER, Place, sample, tried_all, wanted

MAIN = "tests.faults.drafting"
DRAFT = {
    "imports": 'SELECT number, sha256, policy, "order", moves FROM store_import ORDER BY number',
    "artifacts": "SELECT kind, part, name, rows FROM store_artifact ORDER BY 1, 2, 3",
    "secrets": "SELECT line FROM store_secret ORDER BY line",
    "edits": 'SELECT "row", "column", new FROM store_edit ORDER BY id',
    "headers": "SELECT key, field FROM store_rememberedheader ORDER BY key",
}
CHANGES = {
    "upload": ("upload", "draft.csv"),
    "again": ("again", "lines=all"),
    "columns": ("columns",),
}


def draft(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept of a draft."""
    return {name: place.rows(sql) for name, sql in DRAFT.items()}


def prepared(school: Place, *, change: str) -> Place:
    """The site, with a file; with a draft of which a cell was edited, unless that is what is to be made."""
    place = school.copy(f"{change}-before")
    head, *lines = ROSTER.splitlines()
    rows = [f"{line},a-pass-word-{number}" for number, line in enumerate(lines)]
    (place.folder / "draft.csv").write_text("\n".join([f"{head},password", *rows, ""]))
    if change != "upload":
        for words in (CHANGES["upload"], ("edit",)):
            assert place.enlist(*words, module=MAIN).code == 0
    return place


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_draft_killed_anywhere_is_the_old_one_or_the_new_one(change: str, school: Place) -> None:
    words, place = CHANGES[change], prepared(school, change=change)
    after = place.copy(f"{change}-after")
    points = len(after.points(*words, FAULT_MAIN=MAIN))
    old, new = draft(place), draft(after)
    states = [_own(old), _own(new)]
    assert states[0] != states[1]
    if change == "upload":
        # The file is there, and not read yet.
        kept = place.copy(f"{change}-kept")
        assert kept.enlist("keep", "draft.csv", module=MAIN).code == 0
        states.append(_own(draft(kept)))

    def trial(point: int) -> list[str]:
        spoilt = place.copy(f"{change}-{point}")
        spoilt.hit(f"kill:{point}", *words, FAULT_MAIN=MAIN)
        now = draft(spoilt)
        # Remembered headers aren't part of the draft.
        is_mixed = _own(now) not in states
        again = spoilt.enlist(*words, module=MAIN)
        failed = [] if again.code == 0 else [f"again: {again}"]
        differ = [name for name in DRAFT if name != "imports" and draft(spoilt)[name] != new[name]]
        return [*(["mixed"] if is_mixed else []), *failed, *(f"differs: {name}" for name in differ)]

    assert tried_all(sample(points, count=wanted(daily=4 if school.server else 12, part=0.2)), trial=trial) == {}


def _own(kept: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows for name, rows in kept.items() if name != "headers"}
