"""Records between two people, who may be in two parts of one plan.

Otherwise parts share no people. A record that one part ended or created must not be ended or created by the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from enlist.core.changes import Frames, Relation, kept_with_people
from enlist.core.directory.directory import Directory


@dataclass
class Between:
    """What the parts so far have created and ended between two people, by relation."""

    begun: dict[str, pl.DataFrame] = field(default_factory=dict)
    ended: dict[str, pl.DataFrame] = field(default_factory=dict)

    def add_part(self, frames: Frames) -> None:
        """Add the frames of a planned part."""
        for relation in between():
            for known, verb in ((self.begun, relation.begins), (self.ended, relation.ends)):
                if verb and verb.name in frames:
                    more = frames[verb.name].select(list(relation.schema))
                    known[relation.name] = pl.concat([known[relation.name], more]) if relation.name in known else more

    def applied_to(self, directory: Directory) -> Directory:
        """A directory with these records as the parts so far leave them."""
        frames = {}
        for relation in between():
            have, ended = directory.frame(relation.name), self.ended.get(relation.name)
            if ended is not None:
                have = have.join(ended, on=relation.key, how="anti", maintain_order="left")
            begun = self.begun.get(relation.name)
            if begun is not None:
                have = pl.concat([have, begun.join(have, on=relation.key, how="anti")])
            frames[relation.name] = have
        return directory.with_frames(frames) if frames else directory


def between() -> list[Relation]:
    """The relations between two people."""
    return [relation for relation in kept_with_people() if len(relation.people) > 1]
