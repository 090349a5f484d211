"""Replay cases on the database of this process: prints one line of JSON a case."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .case import Case, load


@dataclass(frozen=True)
class Verdict:
    """What a case came to: its name, the reasons of what is on purpose, the sentences of what is not."""

    name: str
    reasons: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def told(self) -> str:
        """In a few words."""
        if self.failures:
            return f"differs: {'; '.join(self.failures)}"
        return f"differs on purpose: {', '.join(self.reasons)}" if self.reasons else "same"


def verdicts(cases: list[Case]) -> Iterator[Verdict]:
    """Replay the cases one after the other; the database is emptied for each."""
    from .site import keep_ids_apart

    keep_ids_apart()
    return (verdict(case) for case in cases)


def verdict(case: Case) -> Verdict:
    """Replay one case, again where a day began meanwhile: enrolments begin today."""
    from django.utils import timezone

    day = timezone.localdate()
    come_to = _verdict(case)
    return come_to if timezone.localdate() == day else _verdict(case)


def _verdict(case: Case) -> Verdict:
    from .judge import differences
    from .outcome import replay
    from .reasons import Evidence, explained
    from .site import open_site

    scope = open_site(case)
    try:
        outcome = replay(case, scope=scope)
    except Exception as error:  # whatever breaks one case must not end the others
        return Verdict(case.name, reasons=(), failures=(f"broke: {type(error).__name__}: {error}",))
    found = list(explained(differences(case, outcome=outcome), evidence=Evidence(case, outcome)))
    return Verdict(
        name=case.name,
        reasons=tuple(sorted({why for _, why in found if why}, key=lambda why: int(why[1:]))),
        failures=tuple(difference.told() for difference, why in found if not why),
    )


def main(paths: list[str]) -> None:
    """Print a line of JSON for each case of these files."""
    import django

    django.setup()
    from enlist.store.setup.organization import make_tables

    make_tables()
    cases = [case for path in paths for case in load(Path(path))]
    for each in verdicts(cases):
        sys.stdout.write(json.dumps([each.name, each.reasons, each.failures]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
