"""What reading files comes to, on collections of others that stay outside the project: `make bench-reading`.

python -m benchmarks.reading --tools FOLDER --corpora FOLDER [--only pollock,silent,…]

tools: the folder of pollock_score.py, dialect_bench.py, excel_oracle.py, make_hostile.py; corpora: what they look at.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

import enlist
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
    """Of those, the files that are not read whole, and no flag says so."""
    score = _loaded(tools / "pollock_score.py")
    odd, told = [], []
    for path in sorted((corpora / "pollock/polluted_files/csv").glob("*.csv")):
        try:
            table = enlist.read(path)
        except EnlistError:
            continue
        measures = score["measure"](corpora / "pollock/polluted_files/clean" / path.name, _rows(table))
        if measures[5] < 1:
            odd.append(path.name)
            told += [path.name] if table.flags.filter(pl.col("code") != "encoding_guessed").height else []
    print(f"record F1 below 1: {len(odd)} files, without a flag: {sorted(set(odd) - set(told))}")


def delimiter(tools: Path, corpora: Path) -> None:
    """Delimiters against annotations, of the sets that are there."""
    folder = corpora / "csvsniffer"
    there = tuple(each for each in ANNOTATED if (folder / each[0]).exists())
    source = (tools / "dialect_bench.py").read_text("utf-8").replace(str(ANNOTATED[:2]).replace(", ", ","), repr(there))
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(source)
        script.flush()
        _run([script.name, f"{READERS}:dialect"], CORPORA=str(corpora))


def workbooks(tools: Path, corpora: Path) -> None:
    """Cells of workbooks against what Excel itself exported."""
    os.environ["CORPORA"] = str(corpora)
    oracle = _loaded(tools / "excel_oracle.py")
    books = cells = equal = 0
    refused = []
    for name, exports in sorted(oracle["O"].items()):
        books += 1
        found = _sheets(Path(oracle["P"]) / name)
        if isinstance(found, str):
            refused.append(f"{name}: {found}")
            continue
        for number, export in exports.items():
            sheet = found[number] if number < len(found) else []
            for y, row in enumerate(oracle["oracle"](export)):
                for x, text in enumerate(row):
                    if text:
                        cells += 1
                        equal += y < len(sheet) and x < len(sheet[y]) and sheet[y][x].strip() == text.strip()
    print(f"{books} workbooks, {len(refused)} refused, {equal:,} of {cells:,} cells equal: {equal / max(cells, 1):.2%}")
    print("\n".join(f"  {each}" for each in refused))


def hostile(tools: Path, corpora: Path) -> None:
    """Verdicts on hostile files, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _run([tools / "make_hostile.py", folder], quiet=True)
        with (Path(folder) / "MANIFEST.csv").open(newline="") as manifest:
            expected = list(csv.DictReader(manifest))
        right = 0
        for each in expected:
            began = time.monotonic()
            answer = subprocess.run([sys.executable, READERS, str(Path(folder) / each["file"])], capture_output=True)
            verdict = answer.stdout.decode().strip() or f"died ({answer.returncode})"
            is_right = verdict == each["expected"] or (each["expected"] == "accept" and verdict.startswith("accept"))
            right += is_right
            if not is_right or time.monotonic() - began > 3:
                print(f"  {each['file']}: {verdict}, expected {each['expected']}, {time.monotonic() - began:.1f} s")
        print(f"{right} of {len(expected)} verdicts as expected")


def all_files(tools: Path, corpora: Path) -> None:
    """Every file of the collections: a table or a named refusal."""
    read = refused = 0
    for path in _files(corpora):
        began = time.monotonic()
        try:
            enlist.read(path)
            read += 1
        except EnlistError:
            refused += 1
        except Exception as error:
            print(f"  {path}: {error!r}")
        if time.monotonic() - began > 10:
            print(f"  {path}: {time.monotonic() - began:.0f} s")
    print(f"{read:,} read, {refused:,} refused by name")


def speed(tools: Path, corpora: Path) -> None:
    """A million rows, beside Polars' own reader in the same run."""
    numbers = pl.DataFrame({"n": pl.int_range(1_000_000, eager=True).cast(pl.String)})
    frame = numbers.select(
        username="user" + pl.col("n"),
        firstname=pl.lit("Ada"),
        lastname="Lovelace" + pl.col("n"),
        email="user" + pl.col("n") + "@example.org",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        frame.write_csv(path)
        bare = min(_seconds(lambda: pl.read_csv(path, infer_schema=False)) for _ in range(3))
        ours = min(_seconds(lambda: enlist.read(path)) for _ in range(3))
    print(f"1,000,000 rows: Polars {bare:.2f} s, Enlist {ours:.2f} s: {bare / ours:.2f} times its speed")


MEASURES: dict[str, Callable[[Path, Path], None]] = {
    "pollock": pollock,
    "silent": silent,
    "delimiter": delimiter,
    "workbooks": workbooks,
    "hostile": hostile,
    "all-files": all_files,
    "speed": speed,
}


def _run(command: list[Any], *, quiet: bool = False, **environment: str) -> None:
    output = subprocess.DEVNULL if quiet else None
    words = [sys.executable, "-W", "ignore", *map(str, command)]
    subprocess.run(words, env=os.environ | environment, stdout=output, check=True)


def _loaded(script: Path) -> dict[str, Any]:
    """The names of a script that measures as soon as it is run, without running it."""
    names: dict[str, Any] = {"__name__": "tool"}
    source = script.read_text("utf-8").removesuffix("main()\n")
    exec(compile(source, str(script), "exec"), names)  # noqa: S102 - a tool that somebody named
    return names


def _rows(table: enlist.Table) -> list[list[str]]:
    header = [list(table.headers)] if table.source.header_line else []
    return header + [list(row) for row in table.frame.iter_rows()]


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
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--tools", type=Path, required=True)
    asked.add_argument("--corpora", type=Path, required=True)
    asked.add_argument("--only", default=",".join(MEASURES))
    given = asked.parse_args()
    for name in given.only.split(","):
        print(f"{name}: {MEASURES[name].__doc__}", flush=True)
        MEASURES[name](given.tools, given.corpora)


if __name__ == "__main__":
    main()
