"""States of accounts: found by headers of many systems and languages, read in the right direction, never inverted."""

from typing import Any

import polars as pl
import pytest

from enlist.core.headers.account_states import UNREAD, Reading, read_states, reading
from enlist.core.headers.match import HeaderMatch, match_headers
from enlist.core.plan.plan import Part
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from enlist.core.rows.rows import Rows
from enlist.core.table.table import Table
from tests.support.laws import told
from tests.support.worlds import directory, person, rows
from tests.unit.core.test_validate import REFERENCE, table

ON, OFF, GONE = "active", "inactive", "left"
YES_IS_ON, YES_IS_OFF, YES_IS_GONE = Reading(yes=ON, no=OFF), Reading(yes=OFF, no=ON), Reading(yes=GONE, no=ON)


@pytest.mark.parametrize(
    ("headers", "how"),
    [
        (["active", "Is Active?", "Enabled", "accountEnabled", "enabledUser", "Activated", "Login enabled"], YES_IS_ON),
        (["Aktiv", "Konto aktiv", "Compte activé", "Activo", "Utente attivo", "Actief", "Aktywny", "Aktif"], YES_IS_ON),
        (["Активен", "Активний", "Ενεργός", "פעיל", "نشط", "启用", "有効", "활성", "hoạt động", "Käytössä"], YES_IS_ON),
        (["ISACTIVE", "is_enabled", "Konto aktiviert"], YES_IS_ON),
        (["block", "disable", "ISFROZEN", "isBanned", "Konto gesperrt"], YES_IS_OFF),
        (["Beschäftigungsstatus", "Anstellungsstatus", "Mitgliedsstatus", "Teilnehmerstatus"], Reading()),
        (["disabled", "BlockCredential", "Is Locked Out", "nsAccountLock", "loginDisabled", "Banned"], YES_IS_OFF),
        (["Gesperrt", "Benutzer gesperrt", "Bloqué", "Bloqueado", "Sospeso", "Geblokkeerd", "Zablokowany"], YES_IS_OFF),
        (["Заблокирован", "Вимкнено"], YES_IS_OFF),
        (["Engelli", "חסום", "محظور", "禁用", "無効", "차단", "Spärrad", "Letiltva"], YES_IS_OFF),
        (["Archived", "Graduated", "Ausgeschieden", "Ancien", "De baja", "Usunięty", "已离职", "退職"], YES_IS_GONE),
        (["Status", "Account Status", "user_status", "New Status [UPLOAD ONLY]", "Status (required)"], Reading()),
        (["Kontostatus", "Status des Kontos", "Statut", "Estado", "Stato", "Stav", "状态", "상태"], Reading()),
        (["suspended_at", "Blocked on", "Gesperrt am", "Sperrdatum", "date de suspension"], Reading(since=OFF)),
        (["deleted_at", "Archived At", "Fecha de baja"], Reading(since=GONE)),
        (["Current employee", "still enrolled", "Noch beschäftigt"], Reading(yes=ON, no=GONE)),
        (["userAccountControl", "useraccountcontrol"], Reading(bit=2)),
        (["emailstatus", "Email status", "Last active", "activated_at", "suspended_till", "silenced_till"], None),
        (["Marital status", "Course status", "Active Directory ID", "2-step enrolled", "username", "user"], None),
    ],
)  # fmt: skip
def test_a_header_tells_what_its_cells_mean(headers: list[str], how: Reading | None) -> None:
    assert {header: reading(header) for header in headers} == dict.fromkeys(headers, how)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            ON,
            "Active ACTIVE aktiv actif activo attivo ativo actief aktywny aktivní "
            "aktív activ etkin активен активний ενεργός פעיל نشط 正常 有効 활성",
        ),
        (OFF,
            "Inactive suspended disabled gesperrt désactivé bloqueado sospeso desativado geblokkeerd "
            "zablokowany zakázaný letiltva suspendat pasif заблокирован вимкнено απενεργοποιημένος חסום معطل "
            "禁用 無効 정지"),
        (GONE,
            "deleted tobedeleted archived former gelöscht supprimé eliminado archiviato excluído verwijderd "
            "usunięty smazaný törölt șters silindi удалён видалено διαγράφηκε נמחק محذوف 已删除 退職 퇴사"),
    ],
)  # fmt: skip
def test_words_of_many_languages_mean_a_state(state: str, words: str) -> None:
    cells = pl.Series(words.split())

    assert read_states(cells, how=Reading()).to_list() == [state] * len(cells)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Status", {"Account disabled": OFF, "to be deleted": GONE, "Aktiv (Schüler)": ON, "Inactive since 2024": OFF}),
        ("Status", {"1": "?1", "TRUE": "?TRUE", "pending": "?pending", "": ""}),
        ("Enabled", {"TRUE": ON, "false": OFF, "ja": ON, "disabled": OFF, "maybe": "?maybe", "": ""}),
        ("Disabled", {"TRUE": OFF, "0": ON, "x": OFF, "Enabled": ON, "2024-05-05": "?2024-05-05"}),
        ("Archived", {"no": ON, "yes": GONE}),
        ("Current employee", {"no": GONE, "ja": ON}),
        ("suspended_at", {"2024-05-05 00:00:00 UTC": OFF, "": "", "0": "", "never": "", "soon": "?soon", "no": ""}),
        ("userAccountControl", {"512": ON, "514": OFF, "66050": OFF, "66048": ON, "x": "?x", "": ""}),
        ("Enroll_Status", {"0": ON, "2": GONE, "7": "?7"}),
    ],
)
def test_a_cell_is_read_in_the_direction_of_its_header(header: str, cells: dict[str, str]) -> None:
    how = reading(header)
    assert how

    assert dict(zip(cells, read_states(pl.Series(list(cells)), how=how), strict=True)) == cells


NAMES = {"username": ["ann", "ben", "cyd"]}


def matched(columns: dict[str, list[str]], **overrides: str) -> tuple[Table, HeaderMatch]:
    given = table({**NAMES, **columns})
    return given, match_headers(given, reference=REFERENCE, overrides=overrides)


def rows_of(given: tuple[Table, HeaderMatch], **settings: Any) -> Rows:
    return check(*given, policy=Policy().replace(**settings), reference=REFERENCE)


def codes(of: HeaderMatch | Rows) -> list[tuple[str, str | None, str | None]]:
    return [row for row in of.flags.select("code", "column", "detail").rows() if row[0].startswith("state_")]


@pytest.mark.parametrize(
    ("column", "cells", "detail"),
    [
        ("Zustand X", ["aktiv", "gesperrt", "gesperrt"], "2 rows say that the account is off"),
        ("Membership level", ["former", "active", ""], "1 row says that the account is off"),
        ("Account active again", ["yes", "no", "no"], "2 rows say that the account is off"),
        ("Status", ["1", "0", "1"], "0 and 1 don't say which of them is off"),
        ("Termination Date", ["2024-09-30", "", ""], "1 row has a date there, since which the account may be off"),
        (
            "Austrittsdatum",
            ["30.09.2027", "31.12.2024", ""],
            "2 rows have a date there, since which the account may be off",
        ),
        ("Data cessazione", ["30/09/2024", "", ""], "1 row has a date there, since which the account may be off"),
        ("卒業日", ["2024/03/31", "", ""], "1 row has a date there, since which the account may be off"),
    ],
)
def test_a_probable_state_that_is_not_mapped_is_a_warning(column: str, cells: list[str], detail: str) -> None:
    _, match = matched({column: cells})

    assert (match.states, codes(match)) == ({}, [("state_unmapped", column, detail)])


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Status", ["single", "married", "active"]),
        ("State", ["California", "Ohio", ""]),
        ("State", ["OK", "OK", "OK"]),
        ("Hire date", ["2020-01-01", "", ""]),
        ("Email active", ["yes", "no", "no"]),
        ("Role", ["teacher", "student", "student"]),
    ],
)
def test_other_columns_are_no_states(column: str, cells: list[str]) -> None:
    _, match = matched({column: cells})

    assert (match.states, codes(match)) == ({}, [])


def test_a_last_day_is_read_where_it_is_mapped_and_no_warning_where_another_column_says_it() -> None:
    _, mapped = matched({"Termination Date": ["2024-09-30", "", ""]}, **{"Termination Date": "state"})
    _, answers = matched({"Uit dienst": ["ja", "nee", "nee"]})
    _, beside = matched({"Termination Date": ["2024-09-30", "", ""], "Active": ["no", "yes", "yes"]})

    assert mapped.states == {"Termination Date": Reading(since=GONE)}
    assert answers.states == {"Uit dienst": YES_IS_GONE}
    assert codes(beside) == []


def test_the_column_that_says_off_wins_and_the_row_says_so() -> None:
    cells = rows_of(matched({"active": ["true", "true", "false"], "suspended_at": ["", "2024-05-05", ""]}))

    assert cells.frame.get_column("state").to_list() == [ON, OFF, OFF]
    assert codes(cells) == [("state_differs", "active", None)]
    assert cells.flags.filter(pl.col("code") == "state_differs").get_column("row").to_list() == [1]


def test_a_header_beats_the_field_that_it_is_mapped_to() -> None:
    cells = rows_of(matched({"Activated": ["TRUE", "FALSE", "maybe"]}, Activated="suspended"))

    assert cells.frame.get_column("state").to_list() == [ON, OFF, UNREAD + "maybe"]
    assert cells.flags.select("row", "column", "code", "value").rows() == [(2, "Activated", "state_unread", "maybe")]


def test_words_in_a_column_mapped_to_suspended_are_states() -> None:
    cells = rows_of(matched({"Sperre7": ["active", "yes", "deleted"]}, Sperre7="suspended"))

    assert cells.frame.get_column("state").to_list() == [ON, OFF, GONE]


def test_suspended_alone_keeps_its_own_rules() -> None:
    cells = rows_of(matched({"suspended": ["1", "0", "perhaps"]}))

    assert cells.frame.get_column("suspended").to_list() == ["1", "0", None]
    assert "state" not in cells.frame.columns
    assert cells.flags.get_column("code").to_list() == ["action_unclear"]


def test_a_column_of_yes_and_no_mapped_to_the_state_is_not_guessed() -> None:
    cells = rows_of(matched({"Foo": ["yes", "active", "inactive"]}, Foo="state"))

    assert cells.frame.get_column("state").to_list() == [UNREAD + "yes", ON, OFF]


def planned(state: str, *, before: str = ON, username: str = "ann", **settings: Any) -> tuple[str, set[str], Part]:
    known = directory(person(1, username="ann", firstname="A", lastname="B", email="a@x.org", state=before))
    line = {"username": username, "firstname": "A", "lastname": "B", "email": f"{username}@x.org", "state": state}
    policy = Policy().replace(existing_people="update", update_details="none", suspensions="allow", **settings)
    part = plan_rows(rows(line), known, policy=policy)
    assert told(part) == told(walked(rows(line), known, policy=policy))
    return part.statuses.get_column("row_status").item(), set(part.flags.get_column("code")), part


@pytest.mark.parametrize(
    ("state", "status", "code", "becomes"),
    [
        (ON, "created", None, ON),
        (OFF, "created", None, OFF),
        (GONE, "skipped", "left_skipped", None),
        ("?maybe", "failed", "state_unclear", None),
        ("", "created", None, ON),
    ],
)
def test_a_new_person_comes_in_as_the_row_says(state: str, status: str, code: str | None, becomes: str | None) -> None:
    row_status, flags, part = planned(state, username="new")

    assert (row_status, flags) == (status, {code} if code else set())
    assert [frame.get_column("state").item() for frame in part.frames.values()] == ([becomes] if becomes else [])


@pytest.mark.parametrize(
    ("state", "before", "status"),
    [
        (OFF, ON, "deactivated"),
        (GONE, ON, "deactivated"),
        (ON, OFF, "reactivated"),
        (OFF, OFF, "unchanged"),
        ("?maybe", OFF, "unchanged"),
        ("?maybe", ON, "unchanged"),
        ("", OFF, "reactivated"),
    ],
)
def test_an_existing_person_follows_the_row_whatever_listed_people_become(state: str, before: str, status: str) -> None:
    row_status, flags, _ = planned(state, before=before, inactive_listed="reactivate")

    assert (row_status, flags) == (status, set())


@pytest.mark.parametrize(
    ("state", "settings", "status", "code"),
    [
        (OFF, {"suspensions": "refuse"}, "failed", "state_refused"),
        (GONE, {"suspensions": "refuse"}, "failed", "state_refused"),
        (OFF, {"existing_people": "enrol_only"}, "unchanged", "not_allowed"),
    ],
)
def test_a_state_that_settings_refuse_is_never_silent(
    state: str, settings: dict[str, Any], status: str, code: str
) -> None:
    known = directory(person(1, username="ann", firstname="A", lastname="B", email="a@x.org"))
    policy = Policy().replace(**{"existing_people": "update", "suspensions": "allow", **settings})
    line = rows({"username": "ann", "state": state})

    part = plan_rows(line, known, policy=policy)

    assert told(part) == told(walked(line, known, policy=policy))
    assert (part.statuses.get_column("row_status").item(), part.flags.get_column("code").to_list()) == (status, [code])
