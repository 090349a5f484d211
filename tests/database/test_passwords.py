"""Passwords of a file: sealed in the reader, hashed after the commit, and stored nowhere else."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.utils import timezone

from enlist.core.errors import FileError, NotFound, PlanError
from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts import passwords
from enlist.services.accounts.passwords import passwords_hand_out, passwords_settle
from enlist.services.imports import background
from enlist.services.imports.approval import import_approve
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people.erase import person_erase
from enlist.services.people.history import ImportedChange, person_history
from enlist.services.retention.expiry import expire
from enlist.services.worker import worker_run
from enlist.store.erasure import tombstones
from enlist.store.imports import sealed_passwords
from enlist.store.models import Account, Import, Mail, Person, Secret
from tests.database.everything import holding
from tests.database.school import organization, person
from tests.support.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "operations"])

HEAD = "username,firstname,lastname,email,password\n"
STRONG, WEAK = "Corr3ct-Horse", "hunter2"
MOODLE = preset("moodle")


@pytest.fixture(autouse=True)
def cheap(settings: Any, tmp_path: Path) -> None:
    """Hashes that take no time, and files of this test alone."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ERASED = tmp_path / "erased.jsonl"


@pytest.fixture
def scope() -> Scope:
    return Scope(organization(), MACHINE)


def staged(scope: Scope, text: str, *settings: str) -> Plan:
    order = ImportRequest(source=text.encode(), policy=MOODLE.configure(settings), preset="moodle")
    return import_stage(scope, planned=import_plan(scope, request=order))


def imported(scope: Scope, text: str, *settings: str) -> int:
    return import_apply(scope, plan=staged(scope, text, *settings)).number


def password_in(text: str) -> str:
    return text.partition("Your one-time password: ")[2].split()[0]


def signs_in(username: str, password: str) -> tuple[bool, bool]:
    """Whether they can sign in with a password, and must change it then."""
    account = Account.objects.get(person__username=username)
    return check_password(password, account.password), account.must_change


def test_a_new_person_gets_the_files_password_and_nothing_else_holds_it(scope: Scope) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\nbob,Bob,Ray,b@example.org,\n")
    assert holding(STRONG) == []

    done = passwords_settle(scope, number=number)

    assert (done.hashed, done.unreadable, Secret.objects.count(), Account.objects.count()) == (1, 0, 0, 1)
    assert signs_in("ann", STRONG) == (True, False)
    assert Account.objects.get().login_key == f"{scope.organization.pk}:ann"
    assert holding(STRONG) == []
    assert passwords_settle(scope, number=number).hashed == 0


@pytest.mark.parametrize(
    ("setting", "strong", "weak"),
    [("none", False, False), ("weak", False, True), ("all", True, True)],
)
def test_who_must_change_it_is_the_settings_choice(scope: Scope, setting: str, *, strong: bool, weak: bool) -> None:
    text = f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\nbob,Bob,Ray,b@example.org,{WEAK}\n"
    plan = staged(scope, text, f"force_password_change={setting}")
    assert plan.head.flags == {"password_weak": 1}

    passwords_settle(scope, number=import_apply(scope, plan=plan).number)

    assert (signs_in("ann", STRONG), signs_in("bob", WEAK)) == ((True, strong), (True, weak))


def test_weak_ones_fail_their_row_where_the_settings_refuse_them(scope: Scope) -> None:
    text = f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\nbob,Bob,Ray,b@example.org,{WEAK}\n"

    plan = staged(scope, text, "weak_passwords=refuse")

    assert plan.flags().select("line", "code", "value").rows() == [(3, "password_refused", None)]
    assert plan.head.statuses == {"created": 1, "failed": 1}


def test_existing_people_keep_theirs_by_default(scope: Scope) -> None:
    for name, role in (("ann", "learner"), ("bob", "admin")):
        known = person(scope.organization, username=name, site_role=role)
        Account.objects.create(organization=scope.organization, person=known, login_key=f"x:{name}", password="old")
    text = f"{HEAD}ann,,,,{STRONG}\nbob,,,,{STRONG}\n"
    kept = staged(scope, text, "upload_type=update", "update_details=from_file")
    assert kept.is_empty

    plan = staged(scope, text, "upload_type=update", "update_details=from_file", "existing_passwords=from_file")

    assert (plan.head.passwords, plan.head.statuses.get("updated")) == ({"known": 1}, 1)
    number = import_apply(scope, plan=plan).number
    assert passwords_settle(scope, number=number).hashed == 1
    assert signs_in("ann", STRONG) == (True, False)
    assert Account.objects.get(person__username="bob").password == "old"
    (told,) = person_history(scope, username="ann")
    assert isinstance(told, ImportedChange)
    assert (told.number, told.line, told.password, told.cells) == (number, 2, True, ())
    undo = import_undo_plan(scope, number=number)
    assert undo.flags().select("code", "value").rows() == [("passwords_stay", "1")]


def test_unlisted_people_change_no_passwords(scope: Scope) -> None:
    plan = staged(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n", "unlisted=deactivate")

    assert plan.head.passwords == {"column": 1}


def test_what_waits_for_an_approval_takes_its_passwords_along(scope: Scope) -> None:
    for n in range(30):
        person(scope.organization, username=f"p{n}", lastname="P")
    rows = "".join(f"p{n},,P,,{STRONG}{n},Bern\n" for n in range(30))
    text = f"username,firstname,lastname,email,password,city\n{rows}ann,Ann,Lee,ann@example.org,{STRONG},Bern\n"

    plan = staged(scope, text, "upload_type=add_and_update", "update_details=from_file", "existing_passwords=from_file")
    done = import_apply(scope, plan=plan)

    assert (plan.head.passwords, done.waiting_people) == ({"column": 1}, 30)
    assert (passwords_settle(scope, number=done.number).hashed, Account.objects.count()) == (1, 1)
    assert done.waiting is not None
    awaiting = import_approve(scope, number=done.waiting, confirm=30)
    assert passwords_settle(scope, number=awaiting.number).hashed == 30
    assert (signs_in("ann", STRONG), signs_in("p7", f"{STRONG}7")) == ((True, False), (True, False))
    assert Secret.objects.count() == 0


def test_the_last_row_of_a_person_counts(scope: Scope) -> None:
    person(scope.organization, username="ann")
    text = f"{HEAD}ann,,,,First-Pass1\nann,,,,{STRONG}\n"

    number = imported(scope, text, "upload_type=update", "update_details=from_file", "existing_passwords=from_file")

    assert passwords_settle(scope, number=number).hashed == 1
    assert signs_in("ann", STRONG) == (True, False)
    assert Secret.objects.count() == 0


def test_passwords_of_rows_that_set_none_are_forgotten(scope: Scope) -> None:
    person(scope.organization, username="ann")
    text = f"{HEAD}ann,Ann,Lee,,{STRONG}\nbob,Bob,,b@example.org,{STRONG}\ncat,Cat,Fox,cat@example.org,\n"
    number = imported(scope, text)

    passwords_settle(scope, number=number)

    assert (Secret.objects.count(), Account.objects.count()) == (0, 0)


def test_with_another_key_they_are_unreadable_and_the_rest_goes_on(scope: Scope, settings: Any) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n")
    settings.DATA_KEY = "another"

    done = passwords_settle(scope, number=number)

    assert (done.hashed, done.unreadable, Secret.objects.count(), Account.objects.count()) == (0, 1, 0, 0)
    assert Person.objects.filter(username="ann").exists()


def test_it_goes_on_where_it_was_broken_off(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"p{n},P,{n},p{n}@example.org,{STRONG}{n}\n" for n in range(5))
    number = imported(scope, HEAD + rows)
    monkeypatch.setattr(passwords, "AT_ONCE", 2)
    told: list[int] = []

    def stop(phase: str, done: int, total: int) -> None:
        told.append(done)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        passwords_settle(scope, number=number, progress=stop)
    assert (told, Account.objects.count(), Secret.objects.count()) == ([0, 2, 4], 4, 1)

    assert passwords_settle(scope, number=number).hashed == 1
    assert all(signs_in(f"p{n}", f"{STRONG}{n}") == (True, False) for n in range(5))


def test_a_worker_sets_them_after_an_import_in_the_background(scope: Scope) -> None:
    text = f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n"
    order = ImportRequest(source=text.encode(), policy=MOODLE.policy, preset="moodle")

    background.import_hand_over(scope, request=order)
    assert (Secret.objects.count(), holding(STRONG)) == (1, [])
    worker_run(lambda _: None, until_empty=True)

    assert signs_in("ann", STRONG) == (True, False)
    assert (Secret.objects.count(), holding(STRONG)) == (0, [])


def test_what_is_cancelled_forgets_them(scope: Scope) -> None:
    text = f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n"
    number = background.import_hand_over(
        scope, request=ImportRequest(source=text.encode(), policy=MOODLE.policy, preset="moodle")
    ).number

    assert background.import_cancel(scope, number=number) == "cancelled"

    assert Secret.objects.count() == 0


def test_what_expires_forgets_them_and_counts_them(scope: Scope) -> None:
    staged(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n")
    assert expire(scope, now=timezone.now() + timedelta(days=29)).passwords == 0
    assert expire(scope, now=timezone.now() + timedelta(days=31)).passwords == 1
    assert Secret.objects.count() == 0


def test_generated_ones_are_mailed_once_and_are_good_for_once(scope: Scope) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,\n", "passwords=column,generate")

    done = passwords_settle(scope, number=number)
    again = passwords_settle(scope, number=number)

    assert ((done.hashed, done.mailed), (again.hashed, again.mailed)) == ((1, 1), (0, 0))
    assert (Secret.objects.count(), Mail.objects.get().sealed != "") == (0, True)
    worker_run(lambda _: None, until_empty=True)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ann@example.org"], "Your account at School")
    password = password_in(str(sent.body))
    assert signs_in("ann", password) == (True, True)
    assert holding(password) == []
    assert (Mail.objects.get().state, Mail.objects.get().sealed) == ("sent", "")


def test_a_mail_in_doubt_goes_out_under_the_same_message_id(scope: Scope) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,\n", "passwords=generate")
    passwords_settle(scope, number=number)
    sealed = Mail.objects.get().sealed
    worker_run(lambda _: None, until_empty=True)
    # As if the worker had died before it noted that the mail server took it.
    Mail.objects.update(state="due", sealed=sealed, due_at=timezone.now() - timedelta(seconds=1))
    worker_run(lambda _: None, until_empty=True)

    first, second = (each.message()["Message-ID"] for each in mail.outbox)
    assert first == second
    assert mail.outbox[0].body == mail.outbox[1].body


def test_people_without_an_address_get_theirs_by_a_file_once(scope: Scope, tmp_path: Path) -> None:
    text = "username,firstname,lastname,email\nann,Ann,Lee,a@example.org\nbob,Bob,Ray,b@example.org\n"
    number = imported(scope, text, "passwords=generate")
    Person.objects.filter(username="ann").update(email="", firstname="=SUM(1)")
    done = passwords_settle(scope, number=number)
    assert (done.mailed, done.waiting) == (1, 1)

    assert passwords_hand_out(scope, number=number, to=tmp_path / "out.csv") == 1
    assert passwords_hand_out(scope, number=number, to=tmp_path / "again.csv") == 0

    lines = (tmp_path / "out.csv").read_text().splitlines()
    username, firstname, _, password, _ = lines[1].split(",")
    assert (username, firstname, len(lines)) == ("ann", "'=SUM(1)", 2)
    assert signs_in("ann", password) == (True, True)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "again.csv").exists()


def test_nothing_is_forgotten_where_the_file_cannot_be_written(scope: Scope, tmp_path: Path) -> None:
    number = imported(scope, "username,firstname,lastname,email\nann,Ann,Lee,a@example.org\n", "passwords=generate")
    Person.objects.update(email="")
    passwords_settle(scope, number=number)
    (tmp_path / "there.csv").write_text("")

    with pytest.raises(FileError, match="already exists"):
        passwords_hand_out(scope, number=number, to=tmp_path / "there.csv")
    with pytest.raises(FileError, match="can't be written"):
        passwords_hand_out(scope, number=number, to=tmp_path / "no" / "where.csv")

    assert Secret.objects.count() == 1


def test_a_mail_server_on_the_loopback_gets_the_mail(scope: Scope, postbox: Postbox) -> None:
    postbox.start()
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,\n", "passwords=generate")

    assert passwords_settle(scope, number=number).mailed == 1
    worker_run(lambda _: None, until_empty=True)

    (message,) = (message_from_bytes(each) for each in postbox.got)
    assert (message["To"], message["From"]) == ("ann@example.org", "enlist@localhost")
    assert message["Message-ID"].endswith("@localhost>")


def test_an_address_that_nobody_takes_stops_no_other(scope: Scope, postbox: Postbox) -> None:
    postbox.start()
    rows = "ann,Ann,Lee,nobody@example.org,\nbob,Bob,Ray,b@example.org,\n"
    number = imported(scope, HEAD + rows, "passwords=generate")

    first = passwords_settle(scope, number=number)
    worker_run(lambda _: None, until_empty=True)
    Person.objects.filter(username="ann").update(email="ann@example.org")
    second = passwords_settle(scope, number=number)
    worker_run(lambda _: None, until_empty=True)

    assert ((first.mailed, first.refused), (second.mailed, second.refused)) == ((2, 0), (0, 1))
    assert signs_in("ann", password_in(postbox.texts[1][2])) == (True, True)
    assert [message_from_bytes(each)["To"] for each in postbox.got] == ["b@example.org", "ann@example.org"]


def test_an_unreachable_mail_server_is_reported_and_nothing_is_lost(scope: Scope, postbox: Postbox) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,\n", "passwords=generate")

    passwords_settle(scope, number=number)
    worker_run(lambda _: None, until_empty=True)
    assert [(each.state, each.problem) for each in Mail.objects.all()] == [("due", "mail_server_away")]
    postbox.start()
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1), taken_at=None)
    worker_run(lambda _: None, until_empty=True)

    ((_, _, text),) = postbox.texts
    assert signs_in("ann", password_in(text)) == (True, True)


def test_a_generated_one_that_could_not_be_mailed_expires_or_is_undone_with_its_import(
    scope: Scope, postbox: Postbox
) -> None:
    postbox.start()
    rows = "ann,Ann,Lee,nobody@example.org,\nbob,Bob,Ray,b@example.org,\n"
    number = imported(scope, HEAD + rows, "passwords=generate")
    passwords_settle(scope, number=number)
    postbox.refused["b"] = "550 no such mailbox"
    worker_run(lambda _: None, until_empty=True)
    assert Mail.objects.exclude(sealed="").count() == 2
    Mail.objects.filter(person__username="ann").update(changed_at=timezone.now() - timedelta(days=31))

    assert expire(scope).passwords == 1
    assert [each.person.username for each in Mail.objects.exclude(sealed="")] == ["bob"]
    import_apply(scope, plan=import_undo_plan(scope, number=number))
    assert not Mail.objects.exclude(sealed="").exists()


def test_a_stranger_sets_and_reads_none(scope: Scope, tmp_path: Path) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n")
    college = Scope(organization("college"), MACHINE)

    with pytest.raises(NotFound):
        passwords_settle(college, number=number)
    with pytest.raises(NotFound):
        passwords_hand_out(college, number=number, to=tmp_path / "out.csv")
    assert Account.objects.count() == 0


def test_an_import_that_was_not_applied_sets_none(scope: Scope) -> None:
    plan = staged(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n")

    with pytest.raises(PlanError, match="is planned, so it sets no passwords"):
        passwords_settle(scope, number=plan.head.staged or 0)


def test_who_is_erased_leaves_no_secret(scope: Scope) -> None:
    number = imported(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,{STRONG}\n", "passwords=generate")
    Person.objects.update(email="")
    passwords_settle(scope, number=number)
    assert Secret.objects.count() == 1

    person_erase(scope, username="ann", confirm="ann")

    assert (Secret.objects.count(), Account.objects.count(), len(tombstones.read().stones)) == (0, 0, 1)


def test_a_made_up_plan_gives_no_password_to_a_known_person(scope: Scope) -> None:
    boss = person(scope.organization, username="boss", site_role="owner", email="boss@example.org")
    plan = staged(scope, f"{HEAD}ann,Ann,Lee,ann@example.org,\n", "passwords=generate")
    (part,) = plan.parts
    forged = pl.DataFrame(
        {"person": [boss.pk], "line": [9], "source": ["generate"], "force": [True]}, schema=part.passwords.schema
    )
    import_apply(scope, plan=plan)
    record = Import.objects.get()

    sealed_passwords.assign(record, part=replace(part, passwords=forged))

    assert not Secret.objects.filter(person=boss.pk).exists()
