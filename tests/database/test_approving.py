"""Approving applies what was reviewed, or less."""

from typing import Any

import pytest

from enlist.core.errors import NeedsApproval, PlanError, PolicyError, StalePlan
from enlist.services.access import Scope
from enlist.services.drafts import draft
from enlist.services.imports import approval, plan
from enlist.services.imports.approval import _replace_plan, import_approve, import_approve_later, import_approve_work
from enlist.services.imports.orphans import orphans_settle
from enlist.services.jobs.run import Run, job_do
from enlist.services.people import edit
from enlist.services.worker import worker_run
from enlist.store import models
from enlist.store.imports import artifacts, records
from enlist.store.jobs import jobs
from enlist.store.models import Activity, Import, Organization, Person
from enlist.store.operations.models import Job
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_background_imports import LONG_AGO

pytestmark = pytest.mark.django_db(transaction=True)


class Died(BaseException):
    """A killed process leaves what it committed."""


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def amy(scope: Scope) -> Scope:
    return Scope(scope.organization, cast.person(scope.organization, username="amy", site_role="admin"))


def shown(of: int) -> str:
    """The fingerprint of the plan that a page would show."""
    return artifacts.plan_of(Import.objects.get(number=of)).fingerprint


@pytest.fixture
def awaiting(scope: Scope) -> int:
    """An import that waits for an approval: ann and 24 others would be deactivated."""
    imported(scope, HEAD + "".join(f"\np{n},P,Q,p{n}@x.org" for n in range(30)))
    Organization.objects.update(settings={})
    scope.organization.refresh_from_db()
    rows = "".join(f"\np{n},1,Lima" for n in range(25))
    imported(scope, f"username,suspended,city{rows}")
    return Import.objects.get(state="awaiting").number


def inactive() -> int:
    return Person.objects.filter(state="inactive").count()


def test_an_approval_is_of_the_plan_that_was_looked_at(scope: Scope, awaiting: int) -> None:
    """Another administrator's attempt put another plan of as many people in its place."""
    seen = shown(awaiting)
    edit.person_set(scope, username="p3", values={"city": "Oslo"})
    with pytest.raises(StalePlan, match="other changes are among them"):
        import_approve(amy(scope), number=awaiting, confirm=25, shown=seen)

    with pytest.raises(StalePlan, match=f"Import {awaiting} was planned again since you looked at it"):
        import_approve(scope, number=awaiting, confirm=25, shown=seen)
    assert inactive() == 0

    import_approve(scope, number=awaiting, confirm=25, shown=shown(awaiting))
    assert inactive() == 25


def test_an_approval_overwrites_nothing_that_was_not_shown(scope: Scope, awaiting: int) -> None:
    """As many people and no others: but of one the file would overwrite what was typed since, a value and its mark."""
    edit.person_set(scope, username="p3", values={"city": "Oslo"})

    with pytest.raises(StalePlan, match=r"other changes are among them \(2\)"):
        import_approve(scope, number=awaiting, confirm=25)

    assert (inactive(), Person.objects.get(username="p3").city) == (0, "Oslo")


def test_what_was_done_meanwhile_is_left_out_of_an_approval(scope: Scope, awaiting: int) -> None:
    edit.person_set(scope, username="p3", values={"city": "Lima"})

    done = import_approve(scope, number=awaiting, confirm=25, shown=shown(awaiting))

    assert (done.verbs, inactive()) == ({"update": 24, "deactivate": 25}, 25)


def test_of_two_approvals_at_once_one_is_applied_and_stays_so(
    scope: Scope,
    awaiting: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other process has planned already, and would replace the applied plan and its state."""
    keep, seen = _replace_plan, shown(awaiting)
    colleague = amy(scope)

    def meanwhile(record: models.Import, **named: Any) -> Any:
        monkeypatch.setattr(approval, "_replace_plan", keep)
        import_approve(colleague, number=awaiting, confirm=25, shown=seen)
        return keep(record, **named)

    monkeypatch.setattr(approval, "_replace_plan", meanwhile)
    with pytest.raises(PlanError, match=f"Import {awaiting} is applied"):
        import_approve(scope, number=awaiting, confirm=25, shown=seen)

    assert (Import.objects.get(number=awaiting).state, inactive()) == ("applied", 25)
    assert plan.import_undo_plan(scope, number=awaiting).head.verbs


@pytest.mark.parametrize("at", ["forgotten", "stored"])
def test_an_approval_that_dies_while_it_stores_its_plan_leaves_the_old_one(
    at: str,
    scope: Scope,
    awaiting: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = shown(awaiting)

    def dies(*_arguments: Any, **_named: Any) -> None:
        raise Died

    place = (approval, "plan_keep") if at == "forgotten" else (records, "planned")
    with monkeypatch.context() as patch:
        patch.setattr(*place, dies)
        with pytest.raises(Died):
            import_approve(scope, number=awaiting, confirm=25, shown=seen)

    assert (shown(awaiting), inactive()) == (seen, 0)
    import_approve(scope, number=awaiting, confirm=25, shown=seen)
    assert inactive() == 25


def test_an_approval_is_handed_over_only_if_it_fits_what_waits(scope: Scope, awaiting: int) -> None:
    before, seen = Job.objects.count(), shown(awaiting)

    with pytest.raises(PolicyError, match="You confirmed 24"):
        import_approve_later(scope, number=awaiting, confirm=24, shown=seen)
    with pytest.raises(StalePlan, match="was planned again since you looked at it"):
        import_approve_later(scope, number=awaiting, confirm=25, shown="another")
    with pytest.raises(PlanError):
        import_approve_later(scope, number=1, confirm=25, shown=seen)

    assert Job.objects.count() == before


def test_an_approval_whose_worker_died_after_the_commit_is_not_done_twice(scope: Scope, awaiting: int) -> None:
    import_approve_later(scope, number=awaiting, confirm=25, shown=shown(awaiting))

    def dying(run: Run) -> None:
        import_approve_work(run)
        raise Died

    job = jobs.draw()
    assert job
    with pytest.raises(Died):
        job_do(job.pk, work=dying)
    Job.objects.filter(pk=job.pk).update(started_at=LONG_AGO)
    orphans_settle()
    worker_run(lambda _: None, until_empty=True)

    job.refresh_from_db()
    assert (job.state, job.result, inactive()) == ("done", {}, 25)
    assert Activity.objects.filter(action="approval_given").count() == 1


def test_what_waits_is_not_applied_as_a_draft(scope: Scope, awaiting: int) -> None:
    """Also while the import it is part of is not applied yet, and it is only planned."""
    Import.objects.filter(number=awaiting).update(state="planned")

    with pytest.raises(NeedsApproval):
        draft.draft_apply(scope, number=awaiting, shown=shown(awaiting))
    assert not jobs.busy_imports(scope)
