"""A new kind of record needs no more than the recipe says: an entry in the registry, one in the store, a table.

Links, which are between two people, and records that Enlist doesn't have, one of them undone as something else than its
end, go through plan, apply, undo, limits, history and erasure.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.db import connection
from django.db import models as fields

from enlist.core.changes import RELATIONS, Frames
from enlist.core.directory.directory import Directory, people_schema
from enlist.core.errors import NeedsApproval, PlanError, StalePlan
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.plan.preview import preview
from enlist.core.planner import consequences
from enlist.core.planner.net import After, net, seen_by
from enlist.core.policy import Policy
from enlist.core.report.changes import RecordChange, changes
from enlist.core.report.values import values
from enlist.services.imports.commit import Done
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people import erase
from enlist.services.people.edit import person_set
from enlist.services.people.history import ImportedChange, person_history
from enlist.store import models
from enlist.store.apply import facts
from enlist.store.directory import snapshot
from enlist.store.directory.stored import STORED, Stored
from enlist.store.imports import records
from enlist.store.imports.artifacts import frame_of
from enlist.store.scope import MACHINE, Scope
from tests.support.laws import whole
from tests.support.toys import ORDER, PARCEL, known

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = pytest.mark.usefixtures("tables")


@pytest.fixture
def tables(transactional_db: None) -> Iterator[dict[str, type[fields.Model]]]:
    """The recipe: two entries in the registry, two in the store, a model and a table each."""
    made = _models()
    with known(ORDER, PARCEL):
        for name, model in made.items():
            STORED[name] = Stored(model)
            with connection.schema_editor() as editor:
                editor.create_model(model)
        yield made
        for name, model in reversed(made.items()):
            del STORED[name]
            with connection.schema_editor() as editor:
                editor.delete_model(model)
            del apps.all_models["store"][name]
        apps.clear_cache()


def _models() -> dict[str, type[fields.Model]]:
    class Order(fields.Model):
        organization = fields.ForeignKey("store.Organization", fields.PROTECT, related_name="+")
        person = fields.ForeignKey("store.Person", fields.CASCADE, related_name="+")
        product = fields.TextField()
        status = fields.TextField()

        class Meta:
            app_label = "store"

        def __str__(self) -> str:
            return self.product

    class Parcel(fields.Model):
        organization = fields.ForeignKey("store.Organization", fields.PROTECT, related_name="+")
        person = fields.ForeignKey("store.Person", fields.CASCADE, related_name="+")
        order = fields.ForeignKey(Order, fields.CASCADE, related_name="+")

        class Meta:
            app_label = "store"

        def __str__(self) -> str:
            return str(self.order)

    return {"order": Order, "parcel": Parcel}


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)


def now(scope: Scope) -> Directory:
    return snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization))


def frame(relation: str, *lines: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=RELATIONS[relation].schema, orient="row")


def part_of(
    directory: Directory, *, new: Iterable[str] = (), begun: Frames, taken: dict[str, int] | None = None
) -> Part:
    """What a planner hands over: new people are −1, −2, … in their order."""
    schema = people_schema(directory.reference)
    text = {name: "" for name, kind in schema.items() if kind == pl.String}
    usual = {**text, "version": 0, "site_role": "learner", "state": "active", "source": "import"}
    made = [{**usual, "person": -1 - n, "username": name, "username_key": name} for n, name in enumerate(new)]
    people = pl.concat([directory.people.clear(), pl.DataFrame(made, schema=schema)])
    frames = net(directory, after=After(people, begun=begun), taken=taken).frames
    return Part(frames=frames, seen=seen_by(frames, rows=pl.Series([], dtype=pl.Int64), directory=directory))


def plan_of(scope: Scope, *parts: Part, **new: int) -> Plan:
    head = Head(
        organization=scope.organization.slug,
        reference_version=snapshot.reference(scope.organization).version,
        new={name: count for name, count in new.items() if count},
    )
    return assemble(head, parts)


def applied(scope: Scope, *, plan: Plan) -> Done:
    """Carry a plan out, and hold apply to what the preview shows."""
    before = now(scope)
    done = import_apply(scope, plan=plan)
    ids = records.ids_of(records.get(scope, number=done.number))
    assert whole(now(scope)) == whole(preview(before, plan, applied=ids))
    return done


def undone(scope: Scope, *, number: int) -> Done:
    return applied(scope, plan=import_undo_plan(scope, number=number))


def names(scope: Scope) -> list[tuple[str, str]]:
    """Who is linked to whom."""
    directory = now(scope)
    called = dict(directory.people.select("person", "username").iter_rows())
    return sorted((called[person], called[other]) for person, other, *_ in directory.frame("link").iter_rows())


def versions(scope: Scope) -> dict[str, int]:
    return dict(models.Person.objects.values_list("username", "version"))


def last_record_changes(scope: Scope, *, username: str) -> tuple[RecordChange, ...]:
    last = person_history(scope, username=username)[0]
    assert isinstance(last, ImportedChange)
    return last.record_changes


def linked(scope: Scope, *pairs: tuple[models.Person, models.Person]) -> Done:
    lines = [(one.pk, two.pk, "parent", "import") for one, two in pairs]
    return applied(scope, plan=plan_of(scope, part_of(now(scope), begun={"link": frame("link", *lines)})))


@EVERYTHING
def test_a_link_is_applied_undone_and_made_again(scope: Scope) -> None:
    ann, bob = cast.person(scope.organization, username="ann"), cast.person(scope.organization, username="bob")
    before = whole(now(scope))

    done = linked(scope, (ann, bob))
    after, stamped = whole(now(scope)), versions(scope)
    undo = undone(scope, number=done.number)
    back = whole(now(scope))
    undone(scope, number=undo.number)

    # Both ends are changed by it, and both go back.
    assert stamped["ann"] == stamped["bob"] != 1
    assert (back, whole(now(scope))) == (before, after)
    assert (done.verbs, undo.verbs) == ({"link": 1}, {"unlink": 1})


@EVERYTHING
def test_both_ends_may_be_new(scope: Scope) -> None:
    begun = {"link": frame("link", (-1, -2, "parent", "import"))}
    part = part_of(now(scope), new=["ann", "bob"], begun=begun)

    done = applied(scope, plan=plan_of(scope, part, person=2))

    assert names(scope) == [("ann", "bob")]
    undone(scope, number=done.number)
    assert now(scope).people.is_empty()


@EVERYTHING
def test_a_last_part_links_people_that_earlier_parts_create(scope: Scope) -> None:
    directory = now(scope)
    first = part_of(directory, new=["ann"], begun={})
    second = part_of(directory, new=["bob"], begun={}, taken={"person": 1})
    last = Part(frames={"link": frame("link", (-1, -2, "parent", "import"))})

    done = applied(scope, plan=plan_of(scope, first, second, last, person=2))

    assert names(scope) == [("ann", "bob")]
    undo = undone(scope, number=done.number)
    assert undo.verbs == {"unlink": 1, "remove": 2}
    undone(scope, number=undo.number)
    assert names(scope) == [("ann", "bob")]


@EVERYTHING
def test_nobody_of_another_organisation_can_be_at_either_end(scope: Scope) -> None:
    ann = cast.person(scope.organization, username="ann")
    stranger = cast.person(cast.organization("college"), username="eve")
    seen = pl.DataFrame({"person": [ann.pk, stranger.pk], "version": [1, 1]})

    for pair in ((ann.pk, stranger.pk), (stranger.pk, ann.pk)):
        part = Part(frames={"link": frame("link", (*pair, "parent", "import"))})
        with pytest.raises(PlanError, match="hasn't looked at"):
            import_apply(scope, plan=plan_of(scope, part))
        part = Part(frames=part.frames, seen=seen)
        with pytest.raises(StalePlan):
            import_apply(scope, plan=plan_of(scope, part))


@EVERYTHING
def test_a_plan_is_stale_where_the_other_end_changed_since(scope: Scope) -> None:
    ann, bob = cast.person(scope.organization, username="ann"), cast.person(scope.organization, username="bob")
    plan = plan_of(scope, part_of(now(scope), begun={"link": frame("link", (ann.pk, bob.pk, "parent", "import"))}))
    models.Person.objects.filter(pk=bob.pk).update(version=9)

    with pytest.raises(StalePlan, match="bob"):
        import_apply(scope, plan=plan)


@EVERYTHING
@pytest.mark.parametrize("batch", [1, 50])
def test_a_file_removes_both_ends_in_whatever_parts(scope: Scope, batch: int) -> None:
    ann, bob, cyd = (cast.person(scope.organization, username=name, source="import") for name in ("ann", "bob", "cyd"))
    linked(scope, (ann, bob), (cyd, ann), (bob, cyd))
    before = whole(now(scope))
    policy = Policy().replace(existing_people="update", new_people="skip", deletes="allow")
    order = ImportRequest(source=b"username,deleted\nann,1\nbob,1\n", name="gone.csv", policy=policy, preset="moodle")

    planned = import_plan(scope, request=order, batch=batch)
    done = applied(scope, plan=import_stage(scope, planned=planned))

    assert len(planned.plan.parts) == (2 if batch == 1 else 1)
    assert done.verbs == {"unlink": 3, "remove": 2}
    assert names(scope) == []
    undone(scope, number=done.number)
    assert whole(now(scope)) == before


@EVERYTHING
def test_who_was_linked_by_others_since_is_not_removed(scope: Scope) -> None:
    """Removing them would take along what the undo has not looked at."""
    cast.person(scope.organization, username="ann")
    done = applied(scope, plan=plan_of(scope, part_of(now(scope), new=["bob"], begun={}), person=1))
    ann, bob = models.Person.objects.order_by("username")
    linked(scope, (ann, bob))

    undo = undone(scope, number=done.number)

    assert undo.verbs == {"deactivate": 1}
    assert names(scope) == [("ann", "bob")]


@EVERYTHING
def test_the_limits_count_both_ends_once(scope: Scope) -> None:
    people = [cast.person(scope.organization, username=f"p{n}") for n in range(4)]
    done = linked(scope, *((one, people[0]) for one in people[1:]))
    models.Organization.objects.update(settings={"limits": {"remove_link": [1, 3]}})

    with pytest.raises(NeedsApproval, match="4 people would be unlinked, at most 3 of 4"):
        import_apply(scope, plan=import_undo_plan(scope, number=done.number))


@EVERYTHING
def test_both_ends_read_of_it_in_previews_files_and_their_history(scope: Scope) -> None:
    ann, bob = cast.person(scope.organization, username="ann"), cast.person(scope.organization, username="bob")
    before = now(scope)
    plan = plan_of(scope, part_of(before, begun={"link": frame("link", (ann.pk, bob.pk, "parent", "import"))}))
    labels = Labels.of(before)

    told = {
        change.name: [record_change.sentence() for record_change in change.record_changes]
        for change in changes(plan, limit=9, labels=labels)
    }
    line = values(plan.parts[0], usernames=before.people, labels=labels).row(0, named=True)
    import_apply(scope, plan=plan)

    assert told == {"ann": ["linked to bob / parent"], "bob": ["linked to ann / parent"]}
    assert (line["username"], line["field"], line["new"]) == ("ann", "link", "bob / parent")
    for name in ("ann", "bob"):
        assert [change.verb for change in last_record_changes(scope, username=name)] == ["link"]


@EVERYTHING
@pytest.mark.parametrize("username", ["ann", "bob"])
def test_erasing_either_end_leaves_nothing_of_it_in_plans(scope: Scope, username: str) -> None:
    ann, bob, cyd = (cast.person(scope.organization, username=name) for name in ("ann", "bob", "cyd"))
    linked(scope, (ann, bob), (cyd, ann), (cyd, bob))

    erase.person_erase(scope, username=username, confirm=username)

    (kept,) = [frame_of(each) for each in models.Artifact.objects.filter(kind="plan", name="link")]
    gone = {"ann": ann, "bob": bob}[username].pk
    assert kept.height == 1
    assert gone not in {*kept["person"], *kept["other"]}
    assert len(names(scope)) == 1


@EVERYTHING
def test_an_order_is_cancelled_by_an_undo_and_keeps_its_number(
    scope: Scope, tables: dict[str, type[fields.Model]]
) -> None:
    ann = cast.person(scope.organization, username="ann")
    lines = [(-1, ann.pk, "pen", "open"), (-2, ann.pk, "ink", "open")]
    part = part_of(now(scope), begun={"order": frame("order", *lines)})

    def stand() -> list[Any]:
        return list(tables["order"]._default_manager.order_by("pk").values_list("pk", "product", "status"))

    done = applied(scope, plan=plan_of(scope, part, order=2))
    placed, first = stand(), records.get(scope, number=done.number).first
    undo = undone(scope, number=done.number)
    cancelled = stand()
    undone(scope, number=undo.number)

    assert placed == [(first["order"] + n, product, "open") for n, product in enumerate(("ink", "pen"))]
    assert cancelled == [(number, product, "cancelled") for number, product, _ in placed]
    assert stand() == placed
    assert (done.verbs, undo.verbs) == ({"place_order": 2}, {"cancel_order": 2})


@EVERYTHING
def test_new_records_are_numbered_over_all_parts_and_others_refer_to_them(
    scope: Scope, tables: dict[str, type[fields.Model]]
) -> None:
    ann, bob = cast.person(scope.organization, username="ann"), cast.person(scope.organization, username="bob")
    directory = now(scope)
    first = part_of(directory, begun={"order": frame("order", (-1, ann.pk, "pen", "open"))})
    begun = {"order": frame("order", (-1, bob.pk, "ink", "open")), "parcel": frame("parcel", (bob.pk, -1))}
    second = part_of(directory, begun=begun, taken={"order": 1})

    done = applied(scope, plan=plan_of(scope, first, second, order=2))
    told = last_record_changes(scope, username="bob")
    parcels = list(tables["parcel"]._default_manager.values_list("person__username", "order__product"))
    undo = import_undo_plan(scope, number=done.number)

    assert parcels == [("bob", "ink")]
    assert [change.verb for change in told] == ["place_order", "send"]
    assert undo.head.verbs == {"call_back": 1, "cancel_order": 2}
    shown = changes(undo, limit=9, labels=Labels.of(directory))
    assert {change.name: [record_change.sentence() for record_change in change.record_changes] for change in shown}[
        "ann"
    ] == ["no longer orders pen"]


@EVERYTHING
def test_nobody_can_refer_to_a_record_of_another_organisation(
    scope: Scope, tables: dict[str, type[fields.Model]]
) -> None:
    ann, college = cast.person(scope.organization, username="ann"), cast.organization("college")
    eve = cast.person(college, username="eve")
    theirs = tables["order"]._default_manager.create(organization=college, person=eve, product="pen", status="open")

    for relation, line in (("parcel", (ann.pk, theirs.pk)), ("order", (theirs.pk, ann.pk, "pen", "open"))):
        part = part_of(now(scope), begun={relation: frame(relation, line)})
        with pytest.raises(PlanError, match=r"aren't this organisation's: order"):
            import_apply(scope, plan=plan_of(scope, part))
    images = {"order": [theirs.pk], "person": [ann.pk], "product": ["pen"]}
    cancel = pl.DataFrame({**images, "before:status": ["open"], "after:status": ["cancelled"]})
    part = Part(frames={"cancel_order": cancel}, seen=pl.DataFrame({"person": [ann.pk], "version": [1]}))
    with pytest.raises(StalePlan):
        import_apply(scope, plan=plan_of(scope, part))


@EVERYTHING
def test_an_order_that_somebody_changed_since_is_left_alone(
    scope: Scope, tables: dict[str, type[fields.Model]]
) -> None:
    ann = cast.person(scope.organization, username="ann")
    part = part_of(now(scope), begun={"order": frame("order", (-1, ann.pk, "pen", "open"))})
    done = applied(scope, plan=plan_of(scope, part, order=1))
    tables["order"]._default_manager.update(status="sent")

    plan = import_undo_plan(scope, number=done.number)

    assert plan.is_empty
    assert plan.flags().select("code", "field", "value").rows() == [("kept_changed_since", "order", "ann")]


@EVERYTHING
def test_a_figure_is_looked_at_after_the_changes(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may have more than one link: no version covers that, as others may make some at any time."""

    def too_many(case: facts.Case) -> StalePlan | None:
        sql = "SELECT count(*) FROM (SELECT person_id FROM store_link GROUP BY person_id HAVING count(*) > 1) AS found"
        count = case.at.value(sql)
        return StalePlan("directory_changed", count=count, planned=1) if count else None

    fact = facts.Fact(relies=lambda head: bool(head.verbs.get("link")), broken=too_many, after=True)
    monkeypatch.setattr(facts, "FACTS", [*facts.FACTS, fact])
    ann, bob, cyd = (cast.person(scope.organization, username=name) for name in ("ann", "bob", "cyd"))
    linked(scope, (ann, bob))

    with pytest.raises(StalePlan, match="1 of 1 changes don't fit"):
        linked(scope, (ann, cyd))

    assert names(scope) == [("ann", "bob")]


def test_consequences_follow_from_files_manual_changes_and_undos(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """People are in a group while they live in Bern."""
    group = models.Group.objects.create(organization=scope.organization, name="Bern", kind="conditional")

    def rule(before: Directory, *, after: After) -> After:
        live = pl.col("city") == "Bern"
        there = pl.lit(group.pk, pl.Int64)
        came = after.people.filter(live).select("person", people_group=there, source=pl.lit("condition"))
        went = after.people.filter(~live).select("person", people_group=there)
        name = "group_membership"
        begun = pl.concat([after.begun.get(name, before.frame(name).clear()), came])
        return After(
            after.people, begun={**after.begun, name: begun}, ended={**after.ended, name: went}, removed=after.removed
        )

    def imported(*lines: str) -> Done:
        policy = Policy().replace(existing_people="update", update_details="from_file")
        text = "\n".join(["username,firstname,lastname,email,city", *lines]).encode()
        order = ImportRequest(source=text, name="people.csv", policy=policy, preset="moodle")
        return applied(scope, plan=import_stage(scope, planned=import_plan(scope, request=order)))

    def inside() -> list[str]:
        return sorted(models.GroupMembership.objects.values_list("person__username", flat=True))

    monkeypatch.setattr(consequences, "RULES", [rule])
    first = imported("ann,A,Lee,a@x.org,Bern", "bob,B,Lee,b@x.org,Rome")
    by_file = inside()
    person_set(scope, username="bob", values={"city": "Bern"})
    by_hand = inside()
    second = imported("ann,A,Lee,a@x.org,Rome")
    moved = inside()
    undone(scope, number=second.number)

    assert first.verbs == {"create": 2, "join_group": 1}
    assert second.verbs == {"update": 1, "leave_group": 1}
    assert (by_file, by_hand, moved, inside()) == (["ann"], ["ann", "bob"], ["bob"], ["ann", "bob"])


def test_a_plan_with_changes_of_an_unknown_kind_is_refused() -> None:
    with known(ORDER):
        blobs = Part(frames={"place_order": frame("order", (-1, 2, "pen", "open"))}).to_blobs()
        assert list(Part.from_blobs(blobs).frames) == ["place_order"]

    with pytest.raises(PlanError):
        Part.from_blobs(blobs)
