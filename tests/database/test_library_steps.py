"""The library's plan, applied manually in its public order to a table of our own with unique keys."""

from collections.abc import Iterator

import polars as pl
import pytest
from django.db import connection

from enlist import Directory, Plan, Policy, plan, preview
from enlist.core.changes import AFTER
from tests.support.worlds import directory, person, rows

pytestmark = pytest.mark.django_db

POLICY = Policy().replace(
    existing_people="update", update_details="from_file", renames="allow", deletes="allow", match_by="idnumber",
    suspensions="allow",
)  # fmt: skip


@pytest.fixture
def table() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE own_people (id bigint PRIMARY KEY, username text UNIQUE, email text UNIQUE,"
            " state text NOT NULL)"
        )
        yield "own_people"
        cursor.execute("DROP TABLE own_people")


def carry_out(table: str, *, before: Directory, whole: Plan) -> set[tuple[str, ...]]:
    """What somebody's own program does: one statement a line, in the order of `steps`; what is in the table then."""
    with connection.cursor() as cursor:
        people = before.people.select("person", "username", "email", "state")
        cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s, %s)", people.rows())
        for verb, frame in whole.steps():
            for statement, lines in statements(verb, frame=frame, table=table):
                cursor.executemany(statement, lines)
        cursor.execute(f"SELECT username, email, state FROM {table}")
        return set(cursor.fetchall())


def statements(verb: str, *, frame: pl.DataFrame, table: str) -> Iterator[tuple[str, list[tuple[str | int, ...]]]]:
    match verb:
        case "release":
            for (field,), lines in frame.group_by("field"):
                yield f"UPDATE {table} SET {field} = NULL WHERE id = %s", lines.select("person").rows()
        case "remove":
            yield f"DELETE FROM {table} WHERE id = %s", frame.select("person").rows()
        case "update":
            for name in ("username", "email"):
                if AFTER + name in frame.columns:
                    lines = frame.select(AFTER + name, "person")
                    yield f"UPDATE {table} SET {name} = %s WHERE id = %s", lines.rows()
        case "deactivate" | "reactivate":
            state = "inactive" if verb == "deactivate" else "active"
            yield f"UPDATE {table} SET state = '{state}' WHERE id = %s", frame.select("person").rows()
        case "create":
            lines = frame.select("person", "username", "email", "state")
            yield f"INSERT INTO {table} VALUES (%s, %s, %s, %s)", lines.rows()
        case _:
            raise AssertionError(verb)


def test_a_plan_is_applied_in_its_public_order_to_a_table_with_unique_keys(table: str) -> None:
    """ann and bob exchange names, cyd takes that of dee, who is deleted; new people take old names and addresses."""
    names = ("ann", "bob", "cyd", "dee", "eve", "fay")
    before = directory(
        *(person(n, username=name, email=f"{name}@x.org", idnumber=str(n), firstname="F", lastname="L")
          for n, name in enumerate(names, start=1))
    )  # fmt: skip
    new = {"firstname": "N", "lastname": "W"}
    given = rows(
        {"idnumber": "1", "username": "tmp"},
        {"idnumber": "2", "username": "ann"},
        {"idnumber": "1", "username": "bob"},
        {"idnumber": "4", "deleted": "1"},
        {"idnumber": "3", "username": "dee"},
        {"idnumber": "5", "email": "eva@x.org"},
        {"idnumber": "6", "suspended": "1"},
        {"idnumber": "7", "username": "cyd", "email": "zoe@x.org", **new},
        {"idnumber": "8", "username": "yan", "email": "eve@x.org", **new},
        {"idnumber": "9", "username": "xia", "email": "dee@x.org", **new},
        columns=("idnumber", "username", "email", "firstname", "lastname", "deleted", "suspended"),
    )
    whole = plan(given, before, policy=POLICY, approved=True)
    assert not set(whole.head.statuses) & {"failed", "skipped", "unchanged"}, whole.flags()

    after = carry_out(table, before=before, whole=whole)

    expected = preview(before, whole).people.select("username", "email", "state").rows()
    assert after == set(expected)
    assert {("bob", "ann@x.org", "active"), ("ann", "bob@x.org", "active"), ("cyd", "zoe@x.org", "active")} <= after
    assert list(whole.head.verbs) == ["remove", "update", "deactivate", "create"]
