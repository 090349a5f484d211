"""An erased person is in no stored data, and everybody else is unchanged."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from enlist.core.errors import LeaseTaken, NotFound, PlanError, PolicyError, StalePlan
from enlist.core.report.changes import Cell
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts.mail import mail_send
from enlist.services.accounts.mail_text import Content
from enlist.services.accounts.mail_text import written as written_mail
from enlist.services.drafts import review
from enlist.services.drafts.draft import draft_reread, draft_show
from enlist.services.drafts.reading import draft_reading
from enlist.services.imports.plan import import_apply, import_plan, import_show, import_undo_plan
from enlist.services.people.edit import person_set
from enlist.services.people.erase import Erased, person_erase
from enlist.services.people.history import activity_list, import_values, person_history
from enlist.services.people.listing import person_show
from enlist.services.worker import worker_run
from enlist.store.apply.turn import turn
from enlist.store.directory import snapshot
from enlist.store.engine import engine
from enlist.store.erasure import erase, tombstones
from enlist.store.erasure.after_restore import remove_files_and_open_plans
from enlist.store.erasure.tombstones import Tombstone
from enlist.store.imports import artifacts
from enlist.store.jobs import jobs
from enlist.store.models import Account, Artifact, Edit, Erasure, Import, Person
from enlist.store.operations.models import Job
from tests.database.everything import holding
from tests.database.imports import HEAD, imported, order, staged, upload_of, uploaded
from tests.database.school import UNBRAKED, course, course_group, organization, person, profile_field, role

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "operations"])

# Words that stand for nothing else.
CANARY = ("zenobia", "Palmyrene", "z.palm@canary.example", "Q7-4711-X", "Tadmor", "Odaenathus")
ROW = "zenobia,Zenobia,Palmyrene,z.palm@canary.example,Q7-4711-X,Tadmor,ART,student,Blue,Odaenathus\n"
COLUMNS = f"{HEAD},idnumber,city,course1,role1,group1,profile_field_house\n"


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path, settings: Any) -> Path:
    """A ledger of this test alone."""
    settings.ERASED = tmp_path / "erased.jsonl"
    return tmp_path / "erased.jsonl"


@pytest.fixture
def scope() -> Scope:
    school = organization(settings=UNBRAKED)
    role(school)
    course_group(course(school, "ART"), "Blue")
    profile_field(school, "house")
    return Scope(school, MACHINE)


def draft(scope: Scope, text: str) -> int:
    """A file handed in, of which nothing is planned yet; the number of its import."""
    upload = upload_of(io.BytesIO(text.encode()), name="roster.csv", key=text)
    return uploaded(scope, request=upload)


def others(scope: Scope) -> dict[str, Any]:
    """The logical directory without the canary."""
    return {name: _without(told) for name, told in snapshot.dump(scope.organization).items()}


def _without(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: each for key, each in told.items() if "zenobia" not in str(key)}
    return [each for each in told if "zenobia" not in each]


def erased(scope: Scope, username: str = "zenobia") -> Erased:
    return person_erase(scope, username=username, confirm=username)


def story(scope: Scope) -> None:
    """The canary, created by an import, changed by others and manually, and named in files that didn't change them."""
    imported(scope, f"{COLUMNS}ann,Ann,Lee,ann@example.org,,Bern,ART,student,Blue,Oak\n{ROW}")
    imported(scope, "username,city\nann,Graz\nzenobia,Palmyra\n")
    person_set(scope, username="zenobia", values={"city": "Tadmor", "phone1": "+963 31 4711"})
    imported(scope, f"{HEAD}\nbob,Bob,Ray,z.palm@canary.example\ncat,Cat,Fox,cat@example.org\n")
    staged(scope, "username,city\nann,Linz\nzenobia,Homs\n")
    staged(scope, "username,city\nann,Wels\n")
    job, _ = jobs.new(scope, kind="apply", import_number=5)
    jobs.failed(job, error={"code": "people_changed", "fields": {"count": 1, "names": " (zenobia)"}})
    Account.objects.create(
        organization=scope.organization, person=Person.objects.get(username="zenobia"), login_key="1:zenobia"
    )


def test_nothing_of_an_erased_person_is_left_anywhere(scope: Scope) -> None:
    story(scope)
    assert holding(*CANARY, "Palmyra", "Homs", "+963") != []

    done = erased(scope)

    assert holding(*CANARY, "Palmyra", "Homs", "+963") == []
    assert (done.username, done.plans, done.files, done.wiped) == ("zenobia", (4,), (1, 2, 3, 4), True)
    with pytest.raises(NotFound):
        person_show(scope, username="zenobia")


def test_edits_are_erased_with_the_values_before(scope: Scope) -> None:
    person(scope.organization, username="zenobia", email="z.palm@canary.example")
    imported(scope, "username,city\nann,Graz\n")
    texts = ["username,city\nann,Linz\n", "username,city\nann,Wels\n", "username,city\nann,Enns\n"]
    typed, stood, other = (draft(scope, text) for text in texts)
    review.cells_set(scope, number=typed, cells=[(0, "username", "zenobia")])
    review.edit_undo(scope, number=typed)
    review.cells_set(scope, number=stood, cells=[(0, "username", "Zenobia")])
    review.cells_set(scope, number=stood, cells=[(0, "username", "ann")])
    review.cells_set(scope, number=other, cells=[(0, "city", "zenobia")])

    assert erased(scope).files == (typed, stood)
    assert list(Edit.objects.values_list("column", "new")) == [("city", "zenobia")]


def test_all_uploaded_files_are_deleted_when_anybody_is_erased(scope: Scope) -> None:
    person(scope.organization, username="zenobia")
    college = Scope(organization("college"), MACHINE)
    mine, theirs = (draft(each, "username,city\nann,Linz\n") for each in (scope, college))

    assert erased(scope).files == ()

    assert list(Artifact.objects.filter(kind="source").values_list("of_import__number", flat=True)) == [theirs]
    assert draft_show(scope, number=mine).rows == 1
    draft_reread(scope, number=mine, reading={})
    worker_run(lambda _: None, until_empty=True)
    failure = draft_reading(scope, number=mine).failure
    assert failure
    assert "isn't kept any more" in failure.message


def test_everybody_else_is_as_they_were(scope: Scope) -> None:
    story(scope)
    before = others(scope)

    erased(scope)

    assert others(scope) == before
    told = [row for frame in import_values(scope, number=1) for row in frame.rows()]
    assert {row[1] for row in told} == {"ann"}
    assert person_history(scope, username="ann")[0].cells == (Cell("city", "Bern", "Graz"),)


def test_plans_stay_whole_and_can_be_undone_for_the_others(scope: Scope) -> None:
    story(scope)
    erased(scope)

    for record in Import.objects.exclude(number=4):
        for part in artifacts.plan_of(record).parts:
            assert part.frames.keys() <= {"create", "update", "enrol", "join"}
    import_apply(scope, plan=import_undo_plan(scope, number=2))
    import_apply(scope, plan=import_undo_plan(scope, number=1))

    assert list(Person.objects.exclude(state="removed").values_list("username", flat=True)) == ["cat"]


def test_an_import_of_the_erased_alone_is_there_still_and_has_nothing_to_undo(scope: Scope) -> None:
    imported(scope, f"{COLUMNS}{ROW}")

    erased(scope)

    summary, plan = import_show(scope, number=1)
    assert plan is not None
    assert summary.changes["create"] == 1
    assert [part.frames for part in plan.parts] == [{}]
    assert import_undo_plan(scope, number=1).is_empty


def test_only_chunks_that_may_hold_the_person_are_read_and_only_those_that_do_are_written(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    imported(scope, f"{HEAD}\nzenobia,Zenobia,P,z.palm@canary.example\n")
    imported(scope, "username,city\nann,Graz\n")
    before = dict(Artifact.objects.filter(of_import__number__in=(1, 3)).values_list("pk", "fingerprint"))

    done = erased(scope)

    assert done.rewritten == 2
    assert dict(Artifact.objects.filter(of_import__number__in=(1, 3)).values_list("pk", "fingerprint")) == before
    assert not Artifact.objects.filter(of_import__number=2).exists()


def test_an_open_plan_that_holds_them_goes_whole_and_is_refused_with_a_sentence(scope: Scope) -> None:
    person(scope.organization, username="zenobia")
    person(scope.organization, username="ann")
    plan = staged(scope, "username,city\nann,Linz\nzenobia,Homs\n")

    assert erased(scope).plans == (1,)

    with pytest.raises(PlanError, match="The plan of import 1 was removed on"):
        import_apply(scope, plan=plan)


def test_a_plan_kept_elsewhere_is_stale(scope: Scope) -> None:
    person(scope.organization, username="zenobia")
    plan = import_plan(scope, request=order("username,city\nzenobia,Homs\n")).plan
    erased(scope)

    with pytest.raises(StalePlan):
        import_apply(scope, plan=plan)


def test_who_was_removed_is_erased_as_well(scope: Scope) -> None:
    imported(scope, f"{COLUMNS}{ROW}")
    import_apply(scope, plan=import_undo_plan(scope, number=1))

    erased(scope)

    assert holding(*CANARY) == []


def test_names_like_theirs_stay(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    imported(scope, f"{HEAD}\nann.lee,Joanna,Ann,ann.lee@example.org\njoann,Ann,Ann,dann@example.org\n")

    assert erased(scope, "ann").files == (1,)
    assert sorted(Person.objects.values_list("username", flat=True)) == ["ann.lee", "joann"]


def told(scope: Scope, message: str = "", **result: Any) -> int:
    """The number of a job that ended with these words."""
    job, _ = jobs.new(scope, kind="keeping.expire")
    jobs.failed(job, error={"code": "new_password_weak", "fields": {"reasons": message}}) if message else jobs.done(
        job, result=result
    )
    return job.pk


def test_jobs_forget_who_is_erased_and_nobody_whose_name_is_like_theirs(scope: Scope) -> None:
    person(scope.organization, username="ann_", email="ann@x.org", idnumber="47")
    about = [
        told(scope, "ann_ was changed."),
        told(scope, "There is no mailbox ANN@X.org."),
        told(scope, people={"found": [{"username": "Ann_", "rows": 3}]}),
        told(scope, text='line\nann_\t"x"\\'),
    ]
    others = [
        told(scope, "joann@x.org was changed, and annx too."),
        told(scope, "ann@x.organic and ann_2 were changed, 47 in all."),
        told(scope, rows=47, people=["ann_b", "joann_"]),
    ]

    erased(scope, "ann_")

    known = Job.objects.in_bulk()
    assert [(known[pk].error, known[pk].result) for pk in about] == [({}, {})] * 4
    assert all(known[pk].error or known[pk].result for pk in others)


def test_jobs_forget_names_in_other_letters(scope: Scope) -> None:
    person(scope.organization, username="zoë", email="zoë@münchen.example")
    first = told(scope, people=["ZOË"])
    second = told(scope, note="to Zoë@München.example")

    erased(scope, "zoë")

    assert list(Job.objects.filter(pk__in=[first, second]).values_list("result", flat=True)) == [{}, {}]


@pytest.fixture
def outbox(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    return tmp_path / "outbox"


def written(outbox: Path) -> list[str]:
    """The username in each mail, of those that are whole, whatever file it is in."""
    texts = [path.read_text() for path in outbox.iterdir()]
    return sorted(name for text in texts for name in re.findall(r"^Your username: (.*)$", text, re.MULTILINE))


def sent(to: Person) -> bool:
    content = Content(to, to.organization, "one_time", password="Palmyra-1")
    return mail_send(to, written=written_mail(content), about="message")


def test_mails_to_the_erased_go_and_those_to_others_stay(scope: Scope, outbox: Path) -> None:
    people = {
        name: person(scope.organization, username=name, email=email, email_claim=None)
        for name, email in (
            ("ann", "ann@x.org"),
            ("joann", "joann@x.org"),
            ("shares", "ann@x.org"),
            ("a.nn", "a.nn@x.org"),
        )
    }
    for each in people.values():
        assert sent(each)
    # Several in one file, as Django writes them where they are sent within one second.
    combined = b"".join(path.read_bytes() for path in sorted(outbox.iterdir()))
    for path in outbox.iterdir():
        path.unlink()
    (outbox / "combined.log").write_bytes(combined)
    end = combined.index(b"Your username: ann\n")
    (outbox / "cut.log").write_bytes(combined[combined.rindex(b"Content-Type", 0, end) : end])
    # Written under an address that she has no longer.
    Person.objects.filter(username="ann").update(email="ann@new.example", email_key="ann@new.example")

    erased(scope, "ann")

    assert written(outbox) == ["a.nn", "joann", "shares"]


def test_older_mails_are_known_by_their_whole_address(scope: Scope, outbox: Path) -> None:
    for name in ("ann", "joann"):
        mailed = person(scope.organization, username=name, email=f"{name}@x.org")
        assert sent(mailed)
    for path in outbox.iterdir():
        path.write_bytes(path.read_bytes().replace(b"Enlist-Person:", b"X-Older:").replace(b"To: ann@x", b"To: Ann@X"))

    erased(scope, "ann")

    assert written(outbox) == ["joann"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in outbox.iterdir())


def test_the_log_still_has_who_erased_somebody_and_when(scope: Scope, ledger: Path) -> None:
    chief = person(scope.organization, username="chief", site_role="owner")
    imported(scope, f"{COLUMNS}{ROW}")

    done = erased(Scope(scope.organization, chief))

    (told,) = activity_list(scope)
    assert (told.what, told.by, told.person) == ("person_erased", "chief", None)
    assert told.note == f"Erased: {done.hash}"
    (stone,) = tombstones.read().stones.values()
    assert (stone.identity, Erasure.objects.get().identity) == (done.hash, done.hash)
    assert ledger.stat().st_mode & 0o777 == 0o600


def test_actions_of_an_erased_person_no_longer_name_them(scope: Scope) -> None:
    gone = person(scope.organization, username="zenobia", site_role="admin")
    imported(Scope(scope.organization, gone), f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    person_set(Scope(scope.organization, gone), username="ann", values={"city": "Bern"})

    erased(scope)

    assert import_show(scope, number=1)[0].by == "(erased)"
    assert [each.by for each in person_history(scope, username="ann")] == ["(erased)", "(erased)"]


def test_it_refuses_strangers_oneself_the_last_owner_and_a_slip_of_the_finger(scope: Scope) -> None:
    owner = person(scope.organization, username="owner", site_role="owner")
    admin = person(scope.organization, username="admin", site_role="admin")
    person(organization("college"), username="stranger")

    with pytest.raises(NotFound):
        erased(scope, "stranger")
    with pytest.raises(PolicyError, match="is the last owner"):
        erased(scope, "owner")
    with pytest.raises(PolicyError, match="You can't erase yourself"):
        erased(Scope(scope.organization, admin), "admin")
    with pytest.raises(PolicyError, match="isn't the username"):
        person_erase(scope, username="admin", confirm="amdin")
    assert Person.objects.filter(pk__in=[owner.pk, admin.pk]).count() == 2
    assert not tombstones.read().stones


def test_it_waits_for_no_import_that_is_being_applied(scope: Scope) -> None:
    zed = person(scope.organization, username="zenobia")

    def elsewhere() -> None:
        try:
            erase.erase(Scope(scope.organization, MACHINE), person=zed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, turn(engine(), organization=scope.organization.pk), pytest.raises(LeaseTaken):
        pool.submit(elsewhere).result(timeout=60)

    assert Person.objects.filter(username="zenobia").exists()


def test_what_a_crash_leaves_the_same_command_finishes(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    story(scope)
    with monkeypatch.context() as broken:
        broken.setattr(erase, "_delete", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erased(scope)
    assert person_show(scope, username="zenobia").fields["city"] == "Tadmor"

    erased(scope)

    assert holding(*CANARY) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's files")
def test_a_reader_that_blocks_the_erasure_is_reported(scope: Scope) -> None:
    person(scope.organization, username="zenobia")
    import sqlite3

    with sqlite3.connect(connection.settings_dict["NAME"]) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM store_person").fetchone()
        connection.ensure_connection()
        connection.connection.execute("PRAGMA busy_timeout = 100")
        assert not erased(scope).wiped
    reader.close()


@pytest.mark.parametrize(("seconds", "dropped"), [(-1, 0), (0, 1), (1, 1)])
def test_who_was_erased_in_the_second_of_a_backup_counts_as_erased_since(seconds: int, dropped: int) -> None:
    imported(Scope(organization(), MACHINE), f"{HEAD}\nann,Ann,Lee,ann@x.org")
    made = timezone.now().replace(microsecond=0)
    moment = (made + timedelta(seconds=seconds)).isoformat()
    stone = Tombstone(identity="0", username="zenobia", organization=0, at=moment)

    assert remove_files_and_open_plans({"somebody": stone}, since=made) == dropped
