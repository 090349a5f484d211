"""Writers that are the same for every relation: write the frames of its verbs, with one statement each."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import AFTER, BEFORE, VERBS
from enlist.core.errors import PlanError
from enlist.store.directory.stored import stored

from .context import ApplyContext


def begin(work: ApplyContext, *, verb: str, frame: pl.DataFrame) -> None:
    """Load new records, and those that an undo restores with their old ids."""
    relation, where = stored(VERBS[verb].relation)
    if relation.id:
        highest = frame.get_column(relation.id).max()
        if isinstance(highest, int) and highest > 0 and highest >= work.at.draw_ids(where.table, count=1):
            raise PlanError("plan_record_never_was", noun=relation.noun)
    columns = where.written(relation)
    rows = work.realise(frame).select(
        work.of_organization(),
        *(pl.col(name).alias(column) for name, column in columns.items()),
        *(pl.lit(value).alias(name) for name, value in where.fixed.items()),
    )
    # Sorted, so that neighbours in the index are written together.
    work.at.load(where.table, frame=rows.sort([columns[name] for name in relation.key]))


def end(work: ApplyContext, *, verb: str, frame: pl.DataFrame) -> None:
    """Delete records. If another record refers to one, a foreign key fails, and the plan is stale."""
    relation, where = stored(VERBS[verb].relation)
    ending = f"enlist_{relation.name}"
    work.at.temporary(ending, frame=frame.select(relation.key))
    columns = ", ".join(f'"{where.column(name, relation=relation)}"' for name in relation.key)
    keys = ", ".join(f'"{name}"' for name in relation.key)
    # People were checked to be the organisation's; a record with an id of its own was not.
    ours = f" AND organization_id = {int(work.organization)}" if relation.id else ""
    work.write_all(f"DELETE FROM {where.table} WHERE ({columns}) IN (SELECT {keys} FROM {ending}){ours}", of=frame)


def change(work: ApplyContext, *, verb: str, frame: pl.DataFrame) -> None:
    """Set the columns that a verb changes, in records that are as the plan has seen them."""
    relation, where = stored(VERBS[verb].relation)
    names = VERBS[verb].changes
    images = {AFTER + name: name for name in names} | {BEFORE + name: f"was_{name}" for name in names}
    changing = f"enlist_{relation.name}"
    work.at.temporary(changing, frame=frame.rename(images).select(*relation.key, *images.values()))
    columns = {name: f'"{where.column(name, relation=relation)}"' for name in (*relation.key, *names)}
    settings = ", ".join(f'{columns[name]} = c."{name}"' for name in names)
    same = [f"t.organization_id = {int(work.organization)}"]
    same += [f't.{columns[name]} = c."{name}"' for name in relation.key]
    same += [f't.{columns[name]} IS NOT DISTINCT FROM c."was_{name}"' for name in names]
    work.write_all(f"UPDATE {where.table} AS t SET {settings} FROM {changing} c WHERE {' AND '.join(same)}", of=frame)
