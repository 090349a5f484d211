"""Canary passwords, which would be recognised anywhere, are found nowhere (S11, ASVS 14.2.1, 16.2.5)."""

import os
import re
from pathlib import Path

import psycopg
import pytest

from tests.journeys.conftest import Answer, Site

HEAD = "username,firstname,lastname,email,password"
# In each of four files: 1,000 in all; fewer where the tests are run once more, on a server.
PEOPLE = 25 if os.environ.get("DATABASE_URL", "").startswith("postgres") else 250
MARK = "C4nary"
# In everybody's name and address: what is only about the work itself has neither.
BIRD = "Nightingale"


def roster(number: int, *, broken: bool = False) -> str:
    """Canaries, each with a password of its own; every fifth row of a broken one fails."""
    rows = (
        f"bird{n},{'' if broken and n % 5 == 0 else 'B'},{BIRD}{n},{BIRD}{n}@example.org,{MARK}-{number}-{n}!"
        for n in range(PEOPLE)
    )
    return "\n".join([HEAD, *rows]) + "\n"


def kept(site: Site) -> str:
    """Every file of the site but the rosters, and every value of every table."""
    files = [path for path in site.folder.rglob("*") if path.is_file() and path.suffix != ".csv"]
    told = "".join(path.read_bytes().decode("latin-1") for path in files)
    return told + (_tables(site.database) if site.database else "")


def _tables(address: str) -> str:
    with psycopg.connect(address) as server:
        names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [row for (name,) in names for row in server.execute(f'SELECT * FROM "{name}"').fetchall()]
    return "".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for row in rows for v in row)


@pytest.mark.slow
def test_no_password_of_a_file_is_anywhere_but_in_the_file(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    said: list[Answer] = []

    def typed(*words: str, stdin: str = "", **environment: str) -> Answer:
        said.append(site.enlist(*words, stdin=stdin, TMPDIR=str(temporary), **environment))
        return said[-1]

    typed("init")
    site.file("one.csv", text=roster(1, broken=True))
    site.file("two.csv", text=roster(2))
    site.file("bad.csv", text=roster(3).replace("username", "username,username", 1))
    update = ("--set", "upload_type=update", "--set", "update_details=from_file")
    typed("plan", "one.csv", "--json", "--people", "50", "--failures", "failed.csv")
    typed("plan", "one.csv", "--save", "one.plan")
    typed("import", "bad.csv", "--yes")
    first = typed("import", "one.csv", "--yes", "--json")
    typed("import", "two.csv", "--yes", "--background", *update, "--set", "existing_passwords=from_file")
    waiting = kept(site)
    worked = typed("worker", "--until-empty", "--json")
    typed(
        "import", "-", "--yes", *update, "--set", "existing_passwords=from_file", stdin=roster(4), ENLIST_KEY="another"
    )
    for words in (
        ["show", "1", "--json"],
        ["show", "1", "--changes", "-"],
        ["people", "export"],
        ["imports", "--json"],
    ):
        typed(*words)
    typed("history", "bird1", "--json")
    typed("jobs", "--json")
    typed("backup", "all.backup")
    typed("undo", "1", "--yes", "--debug")

    assert (first.code, f"Passwords set: {PEOPLE * 4 // 5}." in first.err) == (6, True)
    assert BIRD.lower() not in (worked.out + worked.err + typed("jobs", "--json").out).lower()
    assert not [answer for answer in said if MARK in answer.out + answer.err]
    assert MARK not in waiting
    assert MARK not in kept(site)
    assert MARK not in (site.folder / "failed.csv").read_text()
    left = b"".join(path.read_bytes() for path in temporary.rglob("*") if path.is_file()).lower()
    assert [mark for mark in (MARK, BIRD) if mark.lower().encode() in left] == []
    assert _hashes(site) >= PEOPLE * 4 // 5


def _hashes(site: Site) -> int:
    return len(set(re.findall(r"argon2\$argon2id\$v=19\$m=\d+,t=\d,p=1\$[\w+/]+\$[\w+/]+", kept(site))))


def test_no_activation_link_is_kept_in_clear(site: Site) -> None:
    site.enlist("init")
    site.enlist("people", "add", "ann", "firstname=Ann", "lastname=Lee", "email=ann@example.org")
    made = site.enlist("invitations", "link", "ann")
    token = made.out.strip().rstrip("/").rpartition("/")[2]
    shown = [site.enlist(*words) for words in (["activity", "--json"], ["history", "ann"], ["backup", "all.backup"])]

    assert (made.code, len(token), [answer.code for answer in shown]) == (0, 32, [0, 0, 0])
    assert token not in kept(site) + "".join(answer.out + answer.err for answer in shown)


def test_an_outbox_of_files_holds_what_was_made_and_nobody_is_written_twice(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n")

    done = site.enlist("import", "list.csv", "--yes", "--set", "passwords=generate")
    again = site.enlist("passwords", "1")
    assert site.enlist("worker", "--until-empty").code == 0

    assert done.err.splitlines()[-2:] == ["Passwords set: 1.", "A worker mails generated passwords: 1."]
    assert again == Answer(0, "There are no passwords to set.\n", "")
    (sent,) = (site.folder / "var" / "outbox").iterdir()
    assert "To: ann@example.org" in sent.read_text()
    assert _mode(site.folder / "var") == 0o700
    site.enlist("people", "erase", "ann", "--confirm", "ann")
    assert list((site.folder / "var" / "outbox").iterdir()) == []


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
