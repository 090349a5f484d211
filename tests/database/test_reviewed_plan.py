"""Only the reviewed plan is applied: any other plan has to be reviewed first."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from enlist.core.errors import PlanError, StalePlan
from enlist.services.access import Scope
from enlist.services.drafts import draft, review
from enlist.services.imports import background
from enlist.services.imports.commit import plan_commit
from enlist.services.imports.plan import import_apply, import_plan, import_undo_plan, planned_keep
from enlist.services.imports.summary import PLANNED_AGAIN
from enlist.services.jobs.run import LEAVING, Run
from enlist.services.people import bulk, edit, listing
from enlist.services.worker import worker_run
from enlist.store.imports import artifacts, edits, records
from enlist.store.jobs import jobs
from enlist.store.models import Import, Person
from enlist.store.operations.models import Job
from tests.database.imports import HEAD, imported
from tests.database.review import amy, number, plan, scope  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_ann")]


@pytest.fixture
def _ann(scope: Scope) -> None:  # noqa: F811
    """Somebody of the file is there already."""
    imported(scope, f"{HEAD},city\nann,Ann,Lee,ann@x.org,Paris")


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def shown(of: int) -> str:
    """The fingerprint of the plan that a page would show."""
    return artifacts.plan_of(Import.objects.get(number=of)).fingerprint


def city() -> str:
    return Person.objects.get(username="ann").city


def last_job() -> Job:
    return Job.objects.order_by("id").last() or Job()


class Died(BaseException):
    """A killed worker leaves what it committed."""


def test_the_plan_that_was_shown_is_applied(scope: Scope, number: int) -> None:  # noqa: F811
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()

    assert (city(), Import.objects.get(number=number).state) == ("Rome", "applied")


PHASES = ("reading", "checking", "comparing", "saving", "planned")


@pytest.mark.parametrize("how", ["killed", "told to leave"])
@pytest.mark.parametrize("phase", PHASES)
def test_who_begins_again_after_a_worker_shows_what_that_planned(
    phase: str,
    how: str,
    scope: Scope,  # noqa: F811
    number: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker plans a stale import again, and is gone at some point of it; somebody changes a person once more."""
    seen = shown(number)
    edit.person_set(scope, username="ann", values={"city": "Oslo"})
    draft.draft_apply(scope, number=number, shown=seen)
    go_on, kept = Run.go_on, records.planned

    def gone(run: Run, name: str, *, done: int, total: int) -> None:
        if name == phase:
            interrupt(run)
        go_on(run, name, done=done, total=total)

    def interrupt(run: Run) -> None:
        monkeypatch.setattr(Run, "go_on", go_on)
        monkeypatch.setattr(records, "planned", kept)
        if how == "killed":
            raise Died
        LEAVING.set()
        run.go_on("leaving", done=0, total=0)

    def planned_then_gone(*arguments: Any, **named: Any) -> None:
        kept(*arguments, **named)
        interrupt(Run(last_job(), scope, _Lease()))  # type: ignore[arg-type]

    monkeypatch.setattr(Run, "go_on", gone)
    if phase == "planned":
        monkeypatch.setattr(records, "planned", planned_then_gone)
    try:
        work()
    except Died:
        jobs.put_back(last_job())
    finally:
        LEAVING.clear()
    assert last_job().state == "queued"
    work()

    assert (city(), last_job().state, last_job().result) == ("Oslo", "done", {PLANNED_AGAIN: True})
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()
    assert (city(), Import.objects.get(number=number).state) == ("Rome", "applied")


class _Lease:
    def confirm(self) -> None:
        """It is ours."""


def test_a_cell_changed_after_somebody_agreed_is_shown_first(
    scope: Scope,  # noqa: F811
    number: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A colleague changes it between the look at the plan's fingerprint and the job."""
    put = jobs.put

    def meanwhile(*asked: Any, **named: Any) -> Any:
        # The colleague found nobody at work on it when they began.
        record = Import.objects.get(number=number)
        records.outdated(record)
        review._keep(amy(scope), record=record, cells=review._with_old(record, cells=typed()))
        return put(*asked, **named)

    def typed() -> Any:
        return pl.DataFrame({"row": [0], "column": ["city"], "new": ["Kyiv"]})

    monkeypatch.setattr(jobs, "put", meanwhile)
    draft.draft_apply(scope, number=number, shown=shown(number))
    monkeypatch.setattr(jobs, "put", put)
    work()

    assert (city(), last_job().result) == ("Paris", {PLANNED_AGAIN: True})
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()
    assert city() == "Kyiv"


def test_a_cell_changed_while_the_plan_is_applied_is_not_left_behind(
    scope: Scope,  # noqa: F811
    number: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The step comes before the commit, and nothing is applied, or after it, and is refused: never neither."""
    said: list[str] = []
    commit = plan_commit

    def edited_before(*arguments: Any, **named: Any) -> Any:
        if not said:
            said.append("edited")
            record = Import.objects.get(number=number)
            edits.add(record, cells=cell(), by=None)
        return commit(*arguments, **named)

    def cell() -> Any:
        return pl.DataFrame({"row": [0], "column": ["city"], "old": ["Rome"], "new": ["Kyiv"]})

    monkeypatch.setattr(background, "plan_commit", edited_before)
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()
    assert (said, city(), last_job().result) == (["edited"], "Paris", {PLANNED_AGAIN: True})

    draft.draft_apply(scope, number=number, shown=shown(number))
    record = Import.objects.get(number=number)
    work()
    with pytest.raises(PlanError, match=f"Import {number} is applied, so it can't be changed"):
        edits.add(record, cells=cell(), by=None)
    assert (city(), edits.count(record)) == ("Kyiv", 1)


def test_an_applied_draft_never_becomes_a_draft_again(scope: Scope, number: int) -> None:  # noqa: F811
    """Somebody looked before the import was applied whether it can be changed, and changes it afterwards."""
    record = draft.draft_record(scope, number=number)
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()

    changes: tuple[Callable[[], None], ...] = (
        lambda: records.outdated(record),
        lambda: records.restart(record),
        lambda: records.change(record, policy={}, note=""),
        lambda: records.reread(record, sha256=""),
    )
    for change in changes:
        with pytest.raises(PlanError, match=f"Import {number} is applied, so it can't be changed"):
            change()
    assert Import.objects.get(number=number).state == "applied"
    assert import_undo_plan(scope, number=number).head.verbs


def test_what_changes_while_it_is_planned_is_planned_again(
    scope: Scope,  # noqa: F811
    number: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A step that comes while a worker plans without it: the plan is not one that could be agreed to."""
    keep = planned_keep

    def edited(*arguments: Any, **named: Any) -> Any:
        cell = {"row": [0], "column": ["city"], "old": ["Rome"], "new": ["Kyiv"]}
        edits.add(Import.objects.get(number=number), cells=pl.DataFrame(cell), by=None)
        return keep(*arguments, **named)

    seen = shown(number)
    records.outdated(Import.objects.get(number=number))
    monkeypatch.setattr(background, "planned_keep", edited)
    plan(scope, number)
    monkeypatch.setattr(background, "planned_keep", keep)

    assert (last_job().state, Import.objects.get(number=number).state) == ("failed", "staged")
    with pytest.raises(PlanError, match="The plan changed since you looked at the preview"):
        draft.draft_apply(scope, number=number, shown=seen)
    plan(scope, number)
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()
    assert city() == "Kyiv"


def test_a_job_that_lost_its_arguments_shows_the_plan(scope: Scope, number: int) -> None:  # noqa: F811
    """Erasing somebody takes their name out of jobs: one called “shown” would take every fingerprint along."""
    draft.draft_apply(scope, number=number, shown=shown(number))
    jobs.clear_texts(scope.organization.pk, named=lambda texts: texts.str.contains("shown"))
    assert last_job().arguments == {}
    work()

    assert (city(), last_job().result) == ("Paris", {PLANNED_AGAIN: True})


def test_an_undo_that_changed_since_it_was_shown_is_shown_again(scope: Scope, number: int) -> None:  # noqa: F811
    draft.draft_apply(scope, number=number, shown=shown(number))
    work()
    undo = draft.draft_undo(scope, number=number)
    work()
    seen = shown(undo)
    edit.person_set(scope, username="dee", values={"city": "Oslo"})
    draft.draft_apply(scope, number=undo, shown=seen)
    work()

    assert (city(), last_job().result) == ("Rome", {PLANNED_AGAIN: True})
    draft.draft_apply(scope, number=undo, shown=shown(undo))
    work()
    assert city() == "Paris"


def test_what_is_done_to_many_is_shown_again_where_it_changed(scope: Scope) -> None:  # noqa: F811
    chosen = listing.Chosen(("ann",))
    many_ = bulk.many_draft(scope, action=bulk.BulkAction("deactivate"), chosen=chosen, key="many")
    work()
    seen = shown(many_)
    edit.person_set(scope, username="ann", values={"city": "Oslo"})
    draft.draft_apply(scope, number=many_, shown=seen)
    work()

    assert (last_job().result, Person.objects.get(username="ann").state) == ({PLANNED_AGAIN: True}, "active")


def test_the_machines_own_saved_plan_is_applied_as_it_is_or_not_at_all(scope: Scope, tmp_path: Any) -> None:  # noqa: F811
    """`enlist apply`: between the saving and the applying somebody changes a person."""
    from enlist.core.plan.plan import Plan
    from tests.database.imports import order

    import_plan(scope, request=order(f"{HEAD},city\nann,Ann,Lee,ann@x.org,Rome")).plan.save(tmp_path / "saved")
    edit.person_set(scope, username="ann", values={"city": "Oslo"})

    with pytest.raises(StalePlan):
        import_apply(scope, plan=Plan.load(tmp_path / "saved"))
    assert city() == "Oslo"
