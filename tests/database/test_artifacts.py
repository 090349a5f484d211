"""Stored parts of an import are read unchanged, or refused."""

import json

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from enlist.core.errors import PlanError
from enlist.core.plan.plan import Head, Part, assemble, head_to_json
from enlist.store.imports.artifacts import Place, PlanKeeper, count_parts, keep_frames, load_frames, plan_of
from enlist.store.models import Artifact, Import, Organization

from . import plans
from . import school as cast

pytestmark = pytest.mark.django_db


def started(of: Organization, number: int = 1) -> Import:
    return Import.objects.create(organization=of, number=number)


def parts(of: Organization) -> list[Part]:
    ada = plans.people(of, {"person": -1, "username": "ada"}, {"person": -2, "username": "bob"})
    update = plans.update(
        {"person": 5, "version": 1, "city": ("", "Ulm")}, {"person": 9, "version": 1, "city": ("", "Bonn")}
    )
    return [plans.part(create=ada), plans.part(), plans.part(seen=plans.seen((5, 1), (9, 1)), update=update)]


def planned(of_import: Import) -> list[Part]:
    """Parts kept as artifacts, the head with the import."""
    made = parts(of_import.organization)
    plan = assemble(Head(organization="school"), made, keep=PlanKeeper(of_import))
    of_import.plan_head = json.loads(head_to_json(plan.head))
    of_import.save(update_fields=["plan_head"])
    return made


def contents(of: Part) -> dict[str, list[tuple[object, ...]]]:
    return {name: frame.rows() for name, frame in {**of.frames, "seen": of.seen}.items()}


def test_a_plan_is_loaded_part_by_part_as_it_was_made() -> None:
    import_ = started(cast.organization())
    made = planned(import_)

    plan = plan_of(Import.objects.get())

    assert [contents(part) for part in plan.parts] == [contents(part) for part in made]
    assert plan.head.verbs == {"create": 2, "update": 2}
    assert list(Artifact.objects.order_by("pk").values_list("part", "name", "rows", "min_person", "max_person")) == [
        (0, "create", 2, -2, -1),
        (2, "update", 2, 5, 9),
        (2, "seen", 2, 5, 9),
    ]


def test_a_damaged_part_is_refused() -> None:
    import_ = started(cast.organization())
    planned(import_)
    Artifact.objects.filter(name="update").update(data=b"PAR1 and nonsense")

    with pytest.raises(PlanError, match="“update” in part 3 of import 1 is damaged"):
        plan_of(import_).parts[2]


def test_a_part_put_in_the_place_of_another_is_refused() -> None:
    import_ = started(cast.organization())
    planned(import_)
    create = Artifact.objects.get(name="create")
    Artifact.objects.filter(name="update").update(data=create.data, fingerprint=create.fingerprint)

    with pytest.raises(PlanError, match="Part 3 of the plan of import 1 is damaged"):
        plan_of(import_).parts[2]


def test_an_expired_part_is_refused() -> None:
    import_ = started(cast.organization())
    planned(import_)
    Artifact.objects.all().delete()

    with pytest.raises(PlanError, match="Part 1 of the plan of import 1 isn't kept any more"):
        plan_of(import_).parts[0]


def test_an_import_without_a_plan_raises_an_error() -> None:
    with pytest.raises(PlanError, match="Import 1 has no plan"):
        plan_of(started(cast.organization()))


def test_staged_chunks_are_read_one_at_a_time() -> None:
    school = cast.organization()
    import_, other = started(school), started(school, 2)
    chunks = [
        {"table": pl.DataFrame({"line": [2, 3], "name": ["a", ""]})},
        {"table": pl.DataFrame({"line": [4], "name": ["é"]})},
    ]
    for number, frames in enumerate(chunks):
        keep_frames(Place(import_, "staged", number), frames=frames)

    assert (count_parts(import_, kind="staged"), count_parts(other, kind="staged")) == (2, 0)
    assert load_frames(Place(import_, "staged", 1))["table"].equals(chunks[1]["table"])
    with pytest.raises(PlanError, match="expired or never existed"):
        load_frames(Place(import_, "staged", 2))


def test_nothing_is_kept_twice_in_one_place() -> None:
    place = Place(started(cast.organization()), "staged", 0)
    keep_frames(place, frames={"table": pl.DataFrame({"line": [2]})})

    with pytest.raises(IntegrityError), transaction.atomic():
        keep_frames(place, frames={"table": pl.DataFrame({"line": [3]})})
