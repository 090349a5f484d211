"""The settings of both databases that the store relies on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction


def answer(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_sqlite_keeps_readers_going_and_leaves_nothing_behind() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")

    pragmas = ("journal_mode", "auto_vacuum", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
    assert [answer(f"PRAGMA {name}") for name in pragmas] == ["wal", 2, 1, 1, 1, 20_000]


@pytest.mark.django_db(transaction=True)
def test_sqlite_lets_readers_in_while_somebody_writes() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")

    def read() -> object:
        try:
            return answer("SELECT count(*) FROM store_person")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert pool.submit(read).result(timeout=10) == 0


@pytest.mark.django_db
def test_postgres_is_utf8_sorts_by_code_point_and_is_new_enough() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")

    told = [answer(f"SHOW {name}") for name in ("server_encoding", "restart_after_crash")]
    assert [*told, answer("SELECT 'Z' < 'a'")] == ["UTF8", "off", True]
    assert int(str(answer("SHOW server_version_num"))) >= 150_000
