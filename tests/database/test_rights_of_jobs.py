"""Lost rights have no effect: they are checked when a job starts, and again before it commits anything."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from enlist.core.errors import NotAllowed, StalePlan
from enlist.services import worker
from enlist.services.access import MACHINE, Right, Scope, may_touch
from enlist.services.accounts import passwords, team
from enlist.services.drafts import replace
from enlist.services.drafts.draft import draft_apply, draft_new, draft_plan, draft_settings_set, draft_undo
from enlist.services.drafts.replace import Replacement, replace_do
from enlist.services.imports import background, plan
from enlist.services.imports.approval import import_approve, import_approve_later
from enlist.services.imports.background import import_hand_over
from enlist.services.imports.orphans import orphans_settle
from enlist.services.imports.plan import import_apply, import_plan, import_stage, planned_keep
from enlist.services.imports.summary import PLANNED_AGAIN
from enlist.services.jobs import permission
from enlist.services.jobs.queue import job_put
from enlist.services.jobs.run import Run, job_do
from enlist.services.people import erase
from enlist.services.retention import expiry
from enlist.services.worker import worker_run
from enlist.store.imports import artifacts, sealed_passwords
from enlist.store.jobs import jobs as queue
from enlist.store.models import Account, Activity, Artifact, Import, Person, Secret, Step
from enlist.store.operations.models import Job, Lease
from tests.database import school as cast
from tests.database.imports import HEAD, imported, order, upload_of, uploaded
from tests.database.test_background_imports import LONG_AGO

pytestmark = pytest.mark.django_db(transaction=True)

ROSTER = f"{HEAD},city\nann,Ann,Lee,ann@x.org,Rome\nbob,Bob,Ray,bob@x.org,Rome\n"
SETTINGS = ("upload_type=add_and_update", "update_details=from_file")
ERASED, INACTIVE, LEARNER = "requester_erased", "requester_inactive", "right_missing"


@pytest.fixture
def school() -> Scope:
    """A school with ann in it, as its owner sees it."""
    here = cast.organization(settings=cast.UNBRAKED)
    owner = Scope(here, cast.person(here, username="owner", site_role="owner"))
    imported(owner, f"{HEAD},city\nann,Ann,Lee,ann@x.org,Paris")
    return owner


@pytest.fixture
def admin(school: Scope) -> Scope:
    """Who asks for the work."""
    return Scope(school.organization, cast.person(school.organization, username="adm", site_role="admin"))


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def job() -> Job:
    return Job.objects.order_by("id").last() or Job()


def cities() -> dict[str, str]:
    return dict(Person.objects.filter(username__in=("ann", "bob")).values_list("username", "city"))


def demoted(scope: Scope, role: str | None) -> None:
    team.team_change(scope, username="adm", role=role)


def deactivated(scope: Scope) -> None:
    Person.objects.filter(username="adm", organization=scope.organization).update(state="inactive")


# How rights end, and what the job says then.
ENDS: dict[str, tuple[Callable[[Scope], object], str]] = {
    "erased": (lambda scope: erase.person_erase(scope, username="adm", confirm="adm"), ERASED),
    "inactive": (deactivated, INACTIVE),
    "not of the team": (lambda scope: demoted(scope, None), LEARNER),
}


def draft(scope: Scope, text: str = ROSTER, *, key: str = "k") -> int:
    """An import that was planned and looked at."""
    upload = upload_of(io.BytesIO(text.encode()), name="roster.csv", key=key)
    number = uploaded(scope, request=upload)
    draft_settings_set(scope, number=number, settings=SETTINGS)
    draft_plan(scope, number=number)
    work()
    return number


def shown(number: int) -> str:
    return artifacts.plan_of(Import.objects.get(number=number)).fingerprint


def agree(scope: Scope, number: int) -> None:
    draft_apply(scope, number=number, shown=shown(number))


class Held:
    """A lease that nobody else takes."""

    def guard(self, using: str) -> None:
        del using


def test_each_transaction_in_the_directory_begins_with_the_rights(school: Scope, admin: Scope) -> None:
    agree(admin, draft(admin))
    run = Run(job(), admin, Held())  # type: ignore[arg-type]
    run.guard("default")
    demoted(school, None)

    # How the job ended is stored all the same.
    run.guard("operations")
    with pytest.raises(NotAllowed):
        run.guard("default")


def apply_a_draft(scope: Scope) -> None:
    agree(scope, draft(scope))


def plan_a_draft(scope: Scope) -> None:
    upload = upload_of(io.BytesIO(ROSTER.encode()), name="roster.csv", key="k")
    draft_plan(scope, number=uploaded(scope, request=upload))


def read_a_file(scope: Scope) -> None:
    draft_new(scope, request=upload_of(io.BytesIO(ROSTER.encode()), name="roster.csv", key="k"))


def hand_over(scope: Scope) -> None:
    import_hand_over(scope, request=order(ROSTER))


def undo(scope: Scope) -> None:
    number = draft_undo(scope, number=1)
    work()
    agree(scope, number)


def replace_cells(scope: Scope) -> None:
    number = draft(scope)
    assert replace_do(scope, number=number, wanted=Replacement("Rome", "Bonn", whole=True)) is None


def settle_passwords(scope: Scope) -> None:
    text = f"{HEAD},password\ncem,Cem,Kaya,cem@x.org,Correct-horse-7\n"
    made = import_plan(scope, request=order(text, settings=["passwords=column"]))
    import_apply(scope, plan=import_stage(scope, planned=made))
    assert job().kind == passwords.KIND


def approve(scope: Scope) -> None:
    number = much(scope, by=scope)
    people = Import.objects.get(number=number).plan_head["awaiting_people"]
    import_approve_later(scope, number=number, confirm=people, shown=shown(number))


WORK: dict[str, Callable[[Scope], None]] = {
    "apply a draft": apply_a_draft,
    "read a file": read_a_file,
    "plan a draft": plan_a_draft,
    "hand over": hand_over,
    "undo": undo,
    "replace": replace_cells,
    "passwords": settle_passwords,
    "approve": approve,
}


DONE = ("applied", "undone", "nothing_to_do")


def traces() -> dict[str, Any]:
    """What work on imports writes: everything but the rows of the team itself."""
    return {
        "people": sorted(Person.objects.exclude(username="adm").values_list("username", "city", "state")),
        "accounts": Account.objects.count(),
        "planned": sorted(
            Import.objects.filter(state__in=("applied", "undone", "nothing_to_do")).values_list("number")
        ),
        "steps": Step.objects.count(),
        "rows": Artifact.objects.filter(kind="staged").count(),
    }


def planned() -> set[int]:
    """The imports whose plan could be agreed to."""
    return set(Import.objects.filter(state="planned").values_list("number", flat=True))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("what", WORK)
def test_rights_that_ended_before_a_job_starts_end_it(
    what: str, end: str, school: Scope, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replace, "SOON", 0)
    WORK[what](admin)
    take_away, said = ENDS[end]
    take_away(school)
    before, could = traces(), planned()
    work()

    assert (job().state, job().error["code"]) == ("failed", said)
    assert traces() == before
    assert planned() <= could


# A moment at which each kind of work has begun and committed nothing that counts.
PHASES = {
    "apply a draft": "applying",
    "read a file": "saving",
    "plan a draft": "checking",
    "hand over": "applying",
    "undo": "applying",
    "replace": "replacing",
    "passwords": "hashing passwords",
    "approve": "applying",
}


@pytest.mark.parametrize("end", ["inactive", "not of the team"])
@pytest.mark.parametrize("what", WORK)
def test_rights_that_end_while_a_job_works_end_it_before_it_commits(
    what: str, end: str, school: Scope, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another connection where the database lets one write meanwhile, else in the transaction itself."""
    monkeypatch.setattr(replace, "SOON", 0)
    WORK[what](admin)
    before, could, go_on = traces(), planned(), Run.go_on
    seen: list[str] = []

    def taken_away(run: Run, name: str, *, done: int, total: int) -> None:
        if name == PHASES[what] and not seen:
            seen.append(name)
            _ends(school, end=end)
        go_on(run, name, done=done, total=total)

    monkeypatch.setattr(Run, "go_on", taken_away)
    work()

    said = ENDS[end][1]
    assert seen == [PHASES[what]]
    assert (job().state, job().error["code"]) == ("failed", said)
    assert traces() == before
    assert planned() <= could


def _ends(school: Scope, *, end: str) -> None:
    def write() -> None:
        changed = {"state": "inactive"} if end == "inactive" else {"site_role": "learner"}
        Person.objects.filter(username="adm", organization=school.organization).update(**changed)

    if connection.vendor == "sqlite":
        write()
    else:
        elsewhere(write)


def elsewhere(write: Callable[[], object]) -> None:
    """Write on connections of its own, as another process would."""

    def run() -> None:
        try:
            write()
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join()


def test_removing_what_is_kept_no_longer_ends_with_the_right_to_it(school: Scope) -> None:
    second = cast.person(school.organization, username="adm", site_role="owner")
    job_put(Scope(school.organization, second), kind=expiry.KIND)
    demoted(school, "admin")
    work()

    assert (job().state, job().error["code"]) == ("failed", "right_missing")


def test_removing_what_is_kept_no_longer_stops_where_the_right_to_it_ends(
    school: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = cast.person(school.organization, username="adm", site_role="owner")
    Import.objects.update(created_at=LONG_AGO.replace(year=2020), applied_at=LONG_AGO.replace(year=2020))
    job_put(Scope(school.organization, second), kind=expiry.KIND)
    expired, before = sealed_passwords.expired, Artifact.objects.count()

    def demoted(*arguments: Any, **named: Any) -> Any:
        Person.objects.filter(username="adm").update(site_role="admin")
        return expired(*arguments, **named)

    monkeypatch.setattr(sealed_passwords, "expired", demoted)
    work()

    assert before > 0
    assert (job().state, Artifact.objects.count()) == ("failed", before)


def test_the_machines_own_work_goes_on(school: Scope) -> None:
    hand_over(Scope(school.organization, MACHINE))
    work()

    assert (job().by, job().state, cities()) == (None, "done", {"ann": "Rome", "bob": "Rome"})


def test_an_applied_job_is_done_even_if_the_person_who_asked_is_gone(school: Scope, admin: Scope) -> None:
    """A worker dies after the commit, before it reports the result, and the person who asked is erased."""
    hand_over(admin)
    assert queue.draw()

    class Died(BaseException):
        pass

    def dying(run: Run) -> None:
        background.import_carry_out(run)
        raise Died

    with pytest.raises(Died):
        job_do(job().pk, work=dying)
    erase.person_erase(school, username="adm", confirm="adm")
    Lease.objects.update(heartbeat=LONG_AGO)
    Job.objects.update(started_at=LONG_AGO)
    orphans_settle()
    work()

    assert (job().state, cities()) == ("done", {"ann": "Rome", "bob": "Rome"})


def test_the_passwords_of_what_somebody_applied_who_is_gone_wait_for_somebody_else(
    school: Scope, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They died in the foreground right after the commit."""
    with monkeypatch.context() as patch:
        patch.setattr(plan, "passwords_hand_over", lambda *_, **__: None)
        text = f"{HEAD},password\ncem,Cem,Kaya,cem@x.org,Correct-horse-7\n"
        made = import_plan(admin, request=order(text, settings=["passwords=column"]))
        number = import_apply(admin, plan=import_stage(admin, planned=made)).number
    last = Job.objects.filter(import_number=number)
    last.update(state="running", ended_at=None, started_at=LONG_AGO)
    deactivated(school)
    settled = [ended.state for ended in orphans_settle()]
    waiting = Secret.objects.count()
    background.passwords_see_through(school, number=number)

    assert (settled, waiting, Secret.objects.count()) == (["done"], 1, 0)
    assert Account.objects.get(person__username="cem").check_password("Correct-horse-7")


# What takes a rank: making somebody of the team.
ABOVE = f"{HEAD},site role\nbob,Bob,Ray,bob@x.org,manager\ncem,Cem,Kaya,cem@x.org,learner\n"
BY_COLUMN = ["site_role=column"]


def roles() -> dict[str, str]:
    return dict(Person.objects.filter(username__in=("bob", "cem")).values_list("username", "site_role"))


def looked_at(scope: Scope, text: str) -> int:
    """An import with roles that somebody planned and looked at."""
    upload = upload_of(io.BytesIO(text.encode()), name="roster.csv", key="r")
    number = uploaded(scope, request=upload)
    draft_settings_set(scope, number=number, settings=(*SETTINGS, *BY_COLUMN))
    draft_plan(scope, number=number)
    work()
    return number


def test_what_a_higher_rank_planned_is_shown_again_to_a_lower_one(school: Scope, admin: Scope) -> None:
    """An admin is a manager by the time their import is carried out: they may import, but make nobody of the team."""
    number = looked_at(admin, ABOVE)
    agree(admin, number)
    demoted(school, "manager")
    work()

    assert (job().state, job().result, roles()) == ("done", {PLANNED_AGAIN: True}, {})
    agree(admin, number)
    work()
    assert roles() == {"cem": "learner"}


def test_a_background_import_is_planned_again_with_the_current_rank(school: Scope, admin: Scope) -> None:
    """Demoted between the planning and the commit."""
    import_hand_over(admin, request=order(ABOVE, settings=BY_COLUMN))
    keep, made = planned_keep, []

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        plan = keep(*arguments, **named)
        made.append(plan.head.rank)
        if len(made) == 1:
            Person.objects.filter(username="adm").update(site_role="manager")
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "planned_keep", meanwhile)
        work()

    assert (made, job().state, roles()) == (["admin", "manager"], "done", {"cem": "learner"})


@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="nobody else writes meanwhile")
def test_a_role_that_is_lowered_while_a_plan_is_applied_makes_it_stale(
    school: Scope, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_hand_over(admin, request=order(ABOVE, settings=BY_COLUMN))
    go_on, seen = Run.go_on, []

    def lowered(run: Run, name: str, *, done: int, total: int) -> None:
        seen.append(name)
        if seen.count("applying") == 1 and name == "applying":
            elsewhere(lambda: Person.objects.filter(username="adm").update(site_role="manager"))
        go_on(run, name, done=done, total=total)

    monkeypatch.setattr(Run, "go_on", lowered)
    work()

    assert ("committing" in seen, job().state, roles()) == (True, "done", {"cem": "learner"})


def test_a_colleague_of_lower_rank_does_not_carry_out_what_takes_a_higher_one(school: Scope, admin: Scope) -> None:
    agree(admin, looked_at(school, ABOVE.replace("manager", "owner")))
    work()

    assert (job().result, roles()) == ({PLANNED_AGAIN: True}, {})


def test_a_saved_plan_is_applied_with_the_rank_it_was_made_with(school: Scope, admin: Scope) -> None:
    plan = import_plan(admin, request=order(ABOVE, settings=BY_COLUMN)).plan
    meg = Scope(school.organization, cast.person(school.organization, username="meg", site_role="manager"))

    with pytest.raises(StalePlan, match="the account of bob, who is in the team"):
        import_apply(meg, plan=plan)

    assert roles() == {}


@pytest.mark.parametrize(
    ("end", "rank", "made"),
    [("owner", "owner", {"bob": "owner", "cem": "learner"}), ("admin", "admin", {"cem": "learner"}),
     (None, "learner", {"cem": "learner"}), ("erased", "admin", {"cem": "learner"})],
)  # fmt: skip
def test_what_waits_is_approved_with_the_rank_that_its_importer_has_by_then(
    end: str | None, rank: str, made: dict[str, str], school: Scope
) -> None:
    """An owner's file makes an owner, and changes more people than goes without approval."""
    importer = Scope(school.organization, cast.person(school.organization, username="adm", site_role="owner"))
    # To make an owner takes one who approves, too.
    boss = cast.person(school.organization, username="boss", site_role="owner" if end == "owner" else "admin")
    approver = Scope(school.organization, boss)
    awaiting = much(school, by=importer, more=("bob,B,R,bob@x.org,owner", "cem,C,K,cem@x.org,learner"))
    if end == "erased":
        erase.person_erase(school, username="adm", confirm="adm")
    else:
        demoted(school, end)
    people = Import.objects.get(number=awaiting).plan_head["awaiting_people"]

    import_approve(approver, number=awaiting, confirm=people, shown=shown(awaiting))

    assert Import.objects.get(number=awaiting).plan_head["rank"] == rank
    assert (roles(), Person.objects.filter(lastname="Z").count()) == (made, 30)


def much(school: Scope, *, by: Scope, more: tuple[str, ...] = ()) -> int:
    """An import that waits for an approval, with all of its rows."""
    imported(school, "\n".join([HEAD, *(f"p{n},P,Q,p{n}@x.org" for n in range(30))]))
    school.organization.settings = {}
    school.organization.save()
    here = Scope(school.organization, by.asks)
    # The new person takes an address that only a row waiting for approval frees.
    rows = [f"p{n},P,Z,q{n}@x.org,learner" for n in range(30)]
    rows += [row.replace(f"{name}@", f"p{n}@") for n, row in enumerate(more) for name in [row.split(",")[0]]]
    text = "\n".join([f"{HEAD},site role", *rows])
    made = import_plan(here, request=order(text, settings=BY_COLUMN))
    import_apply(here, plan=import_stage(here, planned=made))
    return Import.objects.get(state="awaiting").number


def test_who_approves_must_be_allowed_to_until_the_commit(school: Scope, admin: Scope) -> None:
    awaiting = much(school, by=school)
    people = Import.objects.get(number=awaiting).plan_head["awaiting_people"]

    def taken_away(phase: str, _done: int, _total: int) -> None:
        if phase == "applying":
            _ends(school, end="not of the team")

    with pytest.raises(NotAllowed, match=r"Your role \(learner\)"):
        import_approve(admin, number=awaiting, confirm=people, progress=taken_away)

    assert Person.objects.filter(lastname="Z").count() == 0


def test_an_approval_takes_the_right_to_approve_until_the_end(school: Scope, admin: Scope) -> None:
    """A manager may still import, and it is their own import."""
    approve(admin)
    demoted(school, "manager")
    work()

    assert (job().state, job().error["fields"]["right"]) == ("failed", Right.APPROVE)
    assert Person.objects.filter(lastname="Z").count() == 0


def test_a_worker_approves_what_was_looked_at(school: Scope, admin: Scope) -> None:
    approve(admin)
    people = job().arguments["confirm"]
    work()

    assert (job().state, job().result["verbs"]) == ("done", {"update": 30})
    assert Person.objects.filter(lastname="Z").count() == people == 30
    assert Activity.objects.filter(action="approval_given").get().note == f"Import {job().import_number}: 30 people."


def test_an_undo_of_anothers_import_takes_the_right_to_it_until_the_end(school: Scope, admin: Scope) -> None:
    """The undo is their own import, as everybody with the right to import has; what it undoes is not."""
    undo(admin)
    demoted(school, "manager")
    work()

    assert (job().state, cities()) == ("failed", {"ann": "Paris"})
    assert "undo the imports of others" in job().error["fields"]["right"]
    with pytest.raises(NotAllowed):
        may_touch(
            Scope(school.organization, Person.objects.get(username="adm")),
            record=Import.objects.get(undoes__number=1),
            others=Right.UNDO_IMPORTS,
        )


def test_every_kind_of_job_requires_a_right(school: Scope) -> None:
    assert set(worker.JOBS) == set(permission.RIGHTS)
    with pytest.raises(NotAllowed, match=r"Nobody may run the job “imports\.new”"):
        permission.job_permit(school, job=Job(kind="imports.new"))
