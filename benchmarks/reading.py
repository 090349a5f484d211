"""Measure reading files, on other people's collections that stay outside the project: `make bench-reading`.

python -m benchmarks.reading --tools FOLDER --corpora FOLDER [--only pollock,silent,…]

tools: the folder of pollock_score.py, dialect_bench.py, excel_oracle.py, make_hostile.py; corpora: their input.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

import enlist
from benchmarks.make_roster import Roster, written
from benchmarks.readers import forget_peak, peak
from enlist.core.errors import EnlistError

READERS = Path(__file__).with_name("readers.py")
# Annotations, and the folder of the files; the tool knows the first two.
ANNOTATED = (
    ("Dialect_annotations.txt", "CSV"),
    ("W3C-CSVW-Dialect_annotations.txt", "W3C-CSVW"),
    ("CSV_Wrangling/data/github/Manual_Dialect_Annotation.txt", "CSV_Wrangling/data/github/Curated files"),
)
TABLES = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".htm", ".html"}


def pollock(tools: Path, corpora: Path) -> None:
    """Polluted files of the Pollock benchmark."""
    _run([tools / "pollock_score.py", corpora / "pollock", f"{READERS}:rows"])


def silent(tools: Path, corpora: Path) -> None:
    """Polluted files that aren't read completely, without a flag about that."""
    score = _loaded(tools / "pollock_score.py")
    odd, flagged = [], []
    for path in sorted((corpora / "pollock/polluted_files/csv").glob("*.csv")):
        try:
            table = enlist.read(path)
        except EnlistError:
            continue
        measures = score["measure"](corpora / "pollock/polluted_files/clean" / path.name, _rows(table))
        if measures[5] < 1:
            odd.append(path.name)
            flagged += [path.name] if table.flags.filter(pl.col("code") != "encoding_guessed").height else []
    print(f"record F1 below 1: {len(odd)} files, without a flag: {sorted(set(odd) - set(flagged))}")


def delimiter(tools: Path, corpora: Path) -> None:
    """Delimiters compared with annotations, for the available sets."""
    folder = corpora / "csvsniffer"
    there = tuple(each for each in ANNOTATED if (folder / each[0]).exists())
    source = (tools / "dialect_bench.py").read_text("utf-8").replace(str(ANNOTATED[:2]).replace(", ", ","), repr(there))
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(source)
        script.flush()
        _run([script.name, f"{READERS}:dialect"], CORPORA=str(corpora))


def workbooks(tools: Path, corpora: Path) -> None:
    """Cells of workbooks compared with Excel's own export."""
    os.environ["CORPORA"] = str(corpora)
    oracle = _loaded(tools / "excel_oracle.py")
    books = cells = equal = shifted = 0
    refused = []
    for name, exports in sorted(oracle["O"].items()):
        books += 1
        found = _sheets(Path(oracle["P"]) / name)
        if isinstance(found, str):
            refused.append(f"{name}: {found}")
            continue
        for number, export in exports.items():
            sheet, wanted = found[number] if number < len(found) else [], oracle["oracle"](export)
            in_place = _equal(sheet, wanted)
            cells += sum(text != "" for row in wanted for text in row)
            equal += in_place
            shifted += max(in_place, _equal(_from_first(sheet), _from_first(wanted)))
    print(f"{books} workbooks, {len(refused)} refused, {equal:,} of {cells:,} cells equal: {equal / max(cells, 1):.2%}")
    # Excel omits rows and columns before the first used one; Enlist counts like Excel's window.
    print(f"counted from the first cell that has a value: {shifted / max(cells, 1):.2%}")
    print("\n".join(f"  {each}" for each in refused))


def hostile(tools: Path, corpora: Path) -> None:
    """Verdicts on hostile files, each in a process of its own: under 1 s (over 50 MB: 3 s), 200 MB, nothing left."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as left:
        _run([tools / "make_hostile.py", folder], quiet=True)
        with (Path(folder) / "MANIFEST.csv").open(newline="") as manifest:
            expected = list(csv.DictReader(manifest))
        right, slowest, largest = 0, 0.0, 0
        for each in expected:
            path = Path(folder) / each["file"]
            verdict, seconds, memory = _verdict(path, left=left)
            is_right = verdict == each["expected"] or (each["expected"] == "accept" and verdict.startswith("accept"))
            right, slowest, largest = right + is_right, max(slowest, seconds), max(largest, memory)
            most = 3 if path.stat().st_size > 50_000_000 else 1
            if not is_right or seconds > most or memory > 200:
                print(f"  {each['file']}: {verdict}, expected {each['expected']}, {seconds:.2f} s, {memory} MB")
        leavings = [path.name for path in Path(left).iterdir()]
    print(
        f"{right} of {len(expected)} verdicts as expected, {slowest:.2f} s and {largest} MB at most, left: {leavings}"
    )


def _verdict(path: Path, *, left: str) -> tuple[str, float, int]:
    """The verdict on a file, the seconds it took after loading the program, and the peak memory in megabytes."""
    environment = os.environ | {"TMPDIR": left}
    done = subprocess.run([sys.executable, READERS, str(path)], capture_output=True, env=environment)
    answer = done.stdout.decode().split()
    verdict, seconds, megabytes = answer if len(answer) == 3 else (f"died ({done.returncode})", "0", "0")
    return verdict, float(seconds), int(megabytes)


def all_files(tools: Path, corpora: Path) -> None:
    """Every file of the collections: a table or a clear error, within 10 s and 300 MB (Linux: peak of each file)."""
    read = refused = 0
    costs = []
    for path in _files(corpora):
        began = time.monotonic()
        forget_peak()
        try:
            enlist.read(path)
            read += 1
        except EnlistError:
            refused += 1
        except Exception as error:
            print(f"  {path}: {error!r}")
        costs.append((time.monotonic() - began, peak(), str(path.relative_to(corpora))))
    print(f"{read:,} read, {refused:,} refused by name, {len(costs) - read - refused} tracebacks")
    for seconds, _, name in sorted(costs, reverse=True)[:3]:
        print(f"  {seconds:.2f} s: {name}")
    for _, megabytes, name in sorted(costs, key=lambda cost: -cost[1])[:3]:
        print(f"  {megabytes} MB: {name}")
    print(f"  {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB: the largest process of a workbook")


def speed(tools: Path, corpora: Path) -> None:
    """A million rows, compared with Polars' own reader in the same run, with type inference and as text."""
    with tempfile.TemporaryDirectory() as folder:
        for name, path in (("4 columns", _narrow(Path(folder))), ("a roster", _roster(Path(folder)))):
            turns = [_turn(path) for _ in range(5)]
            bare, text, ours = (statistics.median(turn[number] for turn in turns) for number in range(3))
            road = enlist.read(path).source.road
            print(
                f"  1,000,000 rows, {name}, {path.stat().st_size / 1e6:.0f} MB, {road} road: Enlist {ours:.2f} s;",
                end=" ",
            )
            print(f"Polars {bare:.2f} s ({bare / ours:.2f} times its speed), as text {text:.2f} s ({text / ours:.2f})")


def _turn(path: Path) -> tuple[float, float, float]:
    return (
        _seconds(lambda: pl.read_csv(path)),
        _seconds(lambda: pl.read_csv(path, infer_schema=False)),
        _seconds(lambda: enlist.read(path)),
    )


def _narrow(folder: Path) -> Path:
    numbers = pl.DataFrame({"n": pl.int_range(1_000_000, eager=True).cast(pl.String)})
    numbers.select(
        username="user" + pl.col("n"),
        firstname=pl.lit("Ada"),
        lastname="Lovelace" + pl.col("n"),
        email="user" + pl.col("n") + "@example.org",
    ).write_csv(folder / "people.csv")
    return folder / "people.csv"


def _roster(folder: Path, *, rows: int = 1_000_000) -> Path:
    return written(Roster(rows), to=folder / "roster.csv")


def workbook_speed(tools: Path, corpora: Path) -> None:
    """100,000 rows of .xlsx, compared with python-calamine, which gives raw values, in the same run."""
    if importlib.util.find_spec("python_calamine") is None:
        print("  Install python-calamine for the comparison: .venv/bin/pip install python-calamine")
        return
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.read_csv(_roster(Path(folder), rows=100_000), infer_schema=False)
        numbers = pl.int_range(frame.height)
        mixed = frame.with_columns(points=numbers * 0.25, since=pl.date(2020, 1, 1) + pl.duration(days=numbers % 2_000))
        for name, cells in (("text", frame), ("text, numbers and dates", mixed)):
            path = Path(folder) / "people.xlsx"
            cells.with_columns(pl.col(pl.String).fill_null("")).write_excel(path)
            turns = [(_seconds(lambda: _calamine(path)), _seconds(lambda: enlist.read(path))) for _ in range(3)]  # noqa: B023
            bare, ours = (statistics.median(turn[number] for turn in turns) for number in range(2))
            print(f"  {name}: python-calamine {bare:.2f} s, Enlist {ours:.2f} s: {bare / ours:.2f} times its speed")


def _calamine(path: Path) -> int:
    calamine = importlib.import_module("python_calamine")
    return len(calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())


def values(tools: Path, corpora: Path) -> None:
    """Naughty strings, addresses, lookalike characters: the tests that need the collections."""
    tests = sorted(
        str(path) for path in Path("tests").rglob("test_*.py") if "support.corpora" in path.read_text("utf-8")
    )
    command = [sys.executable, "-m", "pytest", "-q", "-rs", *tests]
    subprocess.run(command, env=os.environ | {"ENLIST_CORPORA": str(corpora)}, check=False)


MEASURES: dict[str, Callable[[Path, Path], None]] = {
    "pollock": pollock,
    "silent": silent,
    "delimiter": delimiter,
    "workbooks": workbooks,
    "hostile": hostile,
    "all-files": all_files,
    "speed": speed,
    "workbook-speed": workbook_speed,
    "values": values,
}


def _run(command: list[Any], *, quiet: bool = False, **environment: str) -> None:
    output = subprocess.DEVNULL if quiet else None
    words = [sys.executable, "-W", "ignore", *map(str, command)]
    subprocess.run(words, env=os.environ | environment, stdout=output, check=True)


def _loaded(script: Path) -> dict[str, Any]:
    """The names in a script that starts measuring when it runs, without running that part."""
    names: dict[str, Any] = {"__name__": "tool"}
    source = script.read_text("utf-8").removesuffix("main()\n")
    exec(compile(source, str(script), "exec"), names)  # noqa: S102 - a tool that somebody named
    return names


def _rows(table: enlist.Table) -> list[list[str]]:
    header = [list(table.headers)] if table.source.header_line else []
    return header + [list(row) for row in table.frame.iter_rows()]


def _equal(sheet: list[list[str]], wanted: list[list[str]]) -> int:
    """How many of the cells with text have the expected text."""
    return sum(
        text != "" and text.strip() == own.strip()
        for row, own_row in zip(wanted, sheet, strict=False)
        for text, own in zip(row, own_row, strict=False)
    )


def _from_first(sheet: list[list[str]]) -> list[list[str]]:
    """Without the empty rows above and the empty columns on the left."""
    top = next((y for y, row in enumerate(sheet) if any(text.strip() for text in row)), 0)
    left = min((x for row in sheet for x, text in enumerate(row) if text.strip()), default=0)
    return [row[left:] for row in sheet[top:]]


def _sheets(path: Path) -> list[list[list[str]]] | str:
    from benchmarks.readers import sheets

    try:
        return sheets(path)
    except EnlistError as error:
        return str(error)


def _files(corpora: Path) -> Iterator[Path]:
    return (path for path in sorted(corpora.rglob("*")) if path.suffix.lower() in TABLES and path.is_file())


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure what the options select."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--only", default=",".join(MEASURES))
    given = parser.parse_args()
    for name in given.only.split(","):
        print(f"{name}: {MEASURES[name].__doc__}", flush=True)
        MEASURES[name](given.tools, given.corpora)


if __name__ == "__main__":
    main()
