"""Rows about guardians and bots: found by the words of a column of roles, left out, and counted in one warning."""

from typing import Any

import polars as pl
import pytest

from enlist.core.clean.similarity.same_keys import same_keys
from enlist.core.headers.match import match_headers
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from enlist.core.rows.left_out import roles_left_out
from enlist.core.rows.listing import listing
from enlist.core.rows.rows import Rows
from tests.support.worlds import directory, person
from tests.unit.core.test_validate import REFERENCE, table

PEOPLE = {
    "username": ["kid", "mum", "bob"],
    "firstname": ["Kim", "Una", "Bob"],
    "lastname": ["Lee", "Lee", "Ray"],
    "email": ["lee@example.org", "lee@example.org", "bob@example.org"],
}


def found(header: str, cells: list[str], **overrides: str) -> list[tuple[int, str]]:
    """The rows that a column of roles leaves out, with their kinds."""
    given = table({"username": [f"u{n}" for n in range(len(cells))], header: cells})
    match = match_headers(given, reference=REFERENCE, overrides=overrides)
    return match.row_roles.select("row", "kind").rows()


def rows_of(column: dict[str, list[str]], **settings: Any) -> Rows:
    given = table({**PEOPLE, **column})
    return check(
        given, match_headers(given, reference=REFERENCE), policy=Policy().replace(**settings), reference=REFERENCE
    )


@pytest.mark.parametrize(
    ("header", "guardian", "other"),
    [
        ("Role", "Parent", "Student"),
        ("User type", "Guardian 2", "Teacher"),
        ("Roles", "Parent/Guardian", "Parent, Teacher"),
        ("declared_user_type", "observer", "student"),
        ("Status", "Parent", "Student"),
        ("Rolle", "Erziehungsberechtigte", "Lehrkraft"),
        ("Benutzertyp", "Eltern", "Schüler"),
        ("Rôle", "Responsable légal", "Élève"),
        ("Profil", "Parent d'élève", "Enseignant"),
        ("Tipo de usuario", "Padre de familia", "Alumno"),
        ("Ruolo", "Genitore", "Studente"),
        ("Perfil", "Encarregado de educação", "Aluno"),
        ("Rol", "Ouder/verzorger", "Leerling"),
        ("Rola", "Opiekun prawny", "Uczeń"),
        ("Роль", "Родитель", "Ученик"),
        ("角色", "家长", "学生"),
        ("区分", "保護者", "生徒"),
    ],
)
def test_guardians_are_found_in_columns_of_roles_in_many_languages(header: str, guardian: str, other: str) -> None:
    assert found(header, [other, guardian, ""]) == [(1, "guardian")]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("is_bot", ["False", "True"]),
        ("Bot", ["no", "yes"]),
        ("status", ["Member", "Bot"]),
        ("RecipientTypeDetails", ["UserMailbox", "SharedMailbox"]),
        ("Account type", ["Person", "Service account"]),
    ],
)
def test_bots_and_service_accounts_are_found(header: str, cells: list[str]) -> None:
    assert found(header, cells) == [(1, "bot")]


@pytest.mark.parametrize("header", ["Relationship", "Contact", "Department", "Notes", "Parent email"])
def test_other_columns_say_nothing_about_the_role_of_their_row(header: str) -> None:
    assert found(header, ["Mother", "Parent", "Bot"]) == []


def test_a_column_mapped_to_another_field_says_nothing_either() -> None:
    assert found("Role", ["Parent"]) == [(0, "guardian")]
    assert found("Role", ["Parent"], Role="department") == []


def test_they_are_left_out_with_one_warning_that_counts_them() -> None:
    rows = rows_of({"Role": ["Student", "Parent", "Bot"]})

    assert rows.frame.get_column("username").to_list() == ["kid"]
    assert rows.left_out.select("row", "line").rows() == [(1, 3), (2, 4)]
    flags = rows.flags.filter(pl.col("code") == "role_left_out").select("line", "value").rows()
    assert flags == [(3, "Parent"), (4, "Bot")]
    counted = rows.flags.filter(pl.col("code") == "roles_left_out").select("line", "value", "detail").rows()
    assert counted == [(None, "2", "bots or service accounts: 1, parents or guardians: 1")]


def test_imports_of_parents_bring_them_in_but_no_bots() -> None:
    for site_role in ("column", "tab", "parent"):
        assert rows_of({"Role": ["learner", "parent", "bot"]}, site_role=site_role).frame.height == 2


def test_a_left_out_column_leaves_nobody_out() -> None:
    assert rows_of({"Role": ["Student", "Parent", "Bot"]}, columns_left_out=("Role",)).frame.height == 3


def test_both_planners_skip_them_and_existing_people_stay_as_they_are() -> None:
    rows = rows_of({"Role": ["Student", "Parent", "Student"]}, match_by=("username",), existing_people="update")
    world = directory(person(1, username="mum", firstname="Ursula"))
    policy = Policy().replace(match_by=("username",), existing_people="update", update_details="from_file")

    parts = [plan(rows, world, policy=policy) for plan in (plan_rows, walked)]

    for part in parts:
        assert sorted(part.statuses.select("line", "row_status").rows()) == [
            (2, "created"),
            (3, "skipped"),
            (4, "created"),
        ]
        assert "update" not in part.frames


def test_they_count_as_listed() -> None:
    rows = rows_of({"Role": ["Student", "Parent", "Bot"]})
    who = listing(rows, policy=Policy().replace(match_by=("username",)))

    assert who.distinct("username_key").to_list() == ["bob", "kid", "mum"]
    assert who.rows == 3


def test_a_guardian_with_the_address_of_a_child_is_no_conflict() -> None:
    given = table({**PEOPLE, "Role": ["Student", "Parent", "Student"]})
    match = match_headers(given, reference=REFERENCE)
    out = roles_left_out(match, policy=Policy()).get_column("row")

    assert "email" in match.same_keys.get_column("slug").to_list()
    assert same_keys(given, headers=match.headers, excluded=out).is_empty()
