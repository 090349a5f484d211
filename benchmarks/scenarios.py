"""The scenarios: the same rows with Enlist, with the bare driver and with peers, in turns."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measure import BENCH
from enlist.cli.session import AWAITING

FLOOR: Final = "benchmarks.bare_load"
PEER: Final = "benchmarks.import_export"
OF_MOODLE: Final = 5_000
PASSWORDS: Final = 500
SMALL: Final = 100
SMALL_RUNS: Final = 3
OF_TANGLED: Final = 10_000
# What the tangled rosters ask for.
TANGLED: Final = tuple(
    word
    for setting in (
        "upload_type=add_and_update", "update_details=from_file", "renames=allow", "deletes=allow",
        "unknown_group=create",
    )
    for word in ("--set", setting)
)  # fmt: skip


def measure(bench: Bench) -> None:
    """Measure everything that the wanted figures need."""
    rows = bench.size.rows
    for folder in BENCH.glob(f"{bench.databases.kind}-*"):
        shutil.rmtree(folder)
    bench.databases.school("school")
    if bench.wants("P1", "P3", "P8"):
        first_import(bench, rows=rows // 10)
    if bench.wants("P1", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P11", "P17"):
        first_import(bench, rows=rows)
    if bench.wants("P2", "P8"):
        into_many(bench, rows=rows // 10, many=rows)
    if bench.wants("P8"):
        into_many(bench, rows=rows // 100, many=rows)
        into_many(bench, rows=rows // 100, many=rows // 100)
    if bench.wants("P9") and bench.size.huge:
        bench.databases.copy("school", to="work")
        bench.take("import", rows=bench.size.huge, at="work", path=bench.roster(bench.size.huge))
    if bench.wants("P10"):
        small_file(bench)
    if bench.wants("P12"):
        import_export(bench, rows=rows // 10)
    if bench.wants("P13"):
        like_moodle(bench)
    if bench.wants("P14"):
        passwords(bench)
    if bench.wants("P15"):
        counted(bench, rows=rows)
    if bench.wants("P16"):
        tangled(bench)
    if bench.wants("P17"):
        complete_list(bench, rows=rows)
    if bench.wants("P20"):
        invitations(bench, rows=rows)


def first_import(bench: Bench, *, rows: int) -> None:
    """Everybody is new; for the largest roster, also what can follow."""
    copy, path = bench.databases.copy, bench.roster(rows)
    for _ in range(bench.size.runs):
        copy("school", to="full")
        bench.take("import", rows=rows, at="full", path=path)
        if ("import", rows) in bench.failures:
            return
        _bare(bench, rows=rows, before="school", after="full")
        if rows == bench.size.rows:
            _peer(bench, rows=rows)
            _afterwards(bench, rows=rows)
    bench.databases.copy("full", to=f"full_{rows}")


def _bare(bench: Bench, *, rows: int, before: str, after: str, label: str = "bare") -> None:
    """Load the rows that only `after` has into a copy of `before`."""
    folder = bench.folder(f"{label}-{rows}")
    if not folder.exists():
        ids = bench.ask("last_ids", module=FLOOR, at=before)["ids"]
        bench.ask("keep", module=FLOOR, at=after, folder=str(folder), above=ids)
    bench.databases.copy(before, to="work")
    bench.take("load", module=FLOOR, rows=rows, at="work", label=label, folder=str(folder))


def _peer(bench: Bench, *, rows: int) -> None:
    if bench.wants("P11"):
        bench.databases.copy("school", to="work")
        bench.take("bulk_create", rows=rows, at="work", source=bench.databases.address("full"))


def _afterwards(bench: Bench, *, rows: int) -> None:
    """The same file again, with every write to people's tables an error; a changed one; and the undo."""
    if not bench.wants("P5", "P6", "P7", "P17"):
        return
    copy, path = bench.databases.copy, bench.roster(rows)
    bench.databases.settle("full")
    if bench.wants("P5", "P6", "P17"):
        copy("full", to="work")
        bench.databases.forbid("work")
        bench.take("import", label="again", rows=rows, at="work", path=path)
    if bench.wants("P6"):
        copy("full", to="changed")
        bench.take("import", label="changed", rows=rows, at="changed", path=bench.roster(rows, variant="changed"))
        folder = str(bench.folder(f"changed-{rows}"))
        bench.ask("keep_changed", module=FLOOR, at="changed", folder=folder)
        copy("full", to="work")
        bench.take("rewrite", module=FLOOR, rows=rows, at="work", folder=folder)
    if bench.wants("P7"):
        copy("full", to="work")
        bench.take("undo", rows=rows, at="work", number=1)


def into_many(bench: Bench, *, rows: int, many: int) -> None:
    """Add new people to many existing ones."""
    full, label = f"full_{many}", f"into {many:,}"
    path = bench.roster(rows, first=many)
    _fill(bench, rows=many)
    for _ in range(bench.size.runs):
        bench.databases.copy(full, to="full")
        bench.take("import", label=label, rows=rows, at="full", path=path)
        if (label, rows) in bench.failures:
            return
        if bench.wants("P2"):
            _bare(bench, rows=rows, before=full, after="full", label=f"bare {label}")


def _fill(bench: Bench, *, rows: int) -> None:
    """Create the database with this many people, if no measurement left one."""
    full = f"full_{rows}"
    if not bench.databases.exists(full):
        bench.databases.copy("school", to=full)
        bench.ask("import", at=full, path=bench.roster(rows))
    bench.databases.settle(full)


def small_file(bench: Bench) -> None:
    """A file of 100 rows with the usual command, compared with starting Python and loading what it needs anyway."""
    path = bench.roster(SMALL)
    plan = ("-m", "enlist", "plan", path, "--preset", "moodle")
    for _ in range(bench.size.runs * SMALL_RUNS):
        bench.time("plan", *plan, rows=SMALL, at="school")
        bench.time("start", "-c", "import polars, django", rows=SMALL, at="school")


def import_export(bench: Bench, *, rows: int) -> None:
    """The same clean roster with django-import-export, in two modes."""
    path, python = bench.roster(rows, variant="clean"), _environment()
    for _ in range(bench.size.runs):
        bench.databases.copy("school", to="work")
        bench.take("import", label="clean", rows=rows, at="work", path=path)
        for mode in ("fastest", "diff"):
            bench.databases.make("work")
            bench.take(mode, module=PEER, python=python, rows=rows, at="work", path=path)


def _environment() -> str:
    """The Python of the peer's own environment, which is created the first time."""
    folder, needs = BENCH / "import-export", Path(__file__).with_name("import_export.txt")
    python, ready = folder / "bin" / "python", folder / needs.name
    if not ready.exists() or ready.read_text() != needs.read_text():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(needs)], check=True, capture_output=True)
        shutil.copyfile(needs, ready)
    return str(python)


def like_moodle(bench: Bench) -> None:
    """5,000 people with one enrolment each."""
    path = bench.roster(OF_MOODLE)
    for _ in range(bench.size.runs):
        bench.databases.copy("school", to="work")
        bench.take("import", rows=OF_MOODLE, at="work", label="like Moodle", path=path)


def counted(bench: Bench, *, rows: int) -> None:
    """Usernames are made from names, and numbered if they are taken."""
    path = bench.roster(rows, variant="unnamed")
    for _ in range(bench.size.runs):
        bench.databases.copy("school", to="work")
        bench.take("import", rows=rows, at="work", label="counted", path=path, use="counting")


def tangled(bench: Bench) -> None:
    """Rows that depend on earlier rows, planned with the usual command."""
    bench.databases.copy("school", to="known")
    bench.ask("import", at="known", path=bench.roster(OF_TANGLED, variant="clean"))
    bench.databases.settle("known")
    for _ in range(bench.size.runs):
        for variant in ("tangled", "chain"):
            path = bench.roster(OF_TANGLED, variant=variant)
            plan = ("-m", "enlist", "plan", path, "--preset", "moodle", *TANGLED)
            # This many changes need approval: they get a plan of their own, which is measured too.
            bench.time(variant, *plan, rows=OF_TANGLED, at="known", fine=(0, AWAITING))


def complete_list(bench: Bench, *, rows: int) -> None:
    """The next complete list of everybody, with their groups, over the people that the first one brought."""
    bench.databases.copy("school", to="listed")
    bench.ask("import", at="listed", path=bench.roster(rows, variant="listed"), use="sync")
    bench.databases.settle("listed")
    path = bench.roster(rows, variant="listed-later")
    for _ in range(bench.size.runs):
        bench.databases.copy("listed", to="work")
        bench.take("import", rows=rows, at="work", label="listed", path=path, use="sync")


def invitations(bench: Bench, *, rows: int) -> None:
    """Everybody in a roster of new people is invited."""
    path = bench.roster(rows)
    for _ in range(bench.size.runs):
        bench.databases.copy("school", to="work")
        bench.take("invitations", rows=rows, at="work", path=path)


def passwords(bench: Bench) -> None:
    """Passwords of a file, compared with only hashing as many."""
    for _ in range(bench.size.runs):
        bench.databases.copy("school", to="work")
        bench.take("passwords", rows=PASSWORDS, at="work", count=PASSWORDS)
        bench.take("argon2", rows=PASSWORDS, at="work", count=PASSWORDS)
