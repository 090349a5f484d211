"""Measure Enlist and print P1 to P17 and P20, met or not met.

    python -m benchmarks [--rows N | --full] [--only P1,P3] [--runs 3] [--database sqlite|postgresql|both]

DATABASE_URL is the address of the PostgreSQL server to use (scripts/with_postgres.py starts one). The figures are also
written to var/bench/figures.json, and the results of every run to var/bench/samples-….json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable

from benchmarks.bench import Bench, Size
from benchmarks.databases import Databases, Postgres, SQLite
from benchmarks.figures import CODES, Figure, figures
from benchmarks.measure import BENCH
from benchmarks.scenarios import measure

QUICK, FULL, HUGE = 100_000, 1_000_000, 5_000_000
KINDS: dict[str, type[Databases]] = {"sqlite": SQLite, "postgresql": Postgres}


def main() -> None:
    """Measure on the selected databases, and print the figures."""
    chosen = _arguments()
    size = Size(rows=FULL if chosen.full else chosen.rows, huge=HUGE if chosen.full else 0, runs=chosen.runs)
    figures = {}
    for kind in KINDS if chosen.database == "both" else [chosen.database]:
        found = _measure(kind, size=size, wanted=frozenset(chosen.only))
        figures[kind] = [figure.as_json() for figure in found]
        _show(kind, found=found, size=size)
    about = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    report = {"about": about, "rows": size.rows, "runs": size.runs, "figures": figures}
    (BENCH / "figures.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print P1 to P17 and P20, met or not.")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--rows", type=int, default=QUICK, help="of the largest roster; others are a tenth, a hundredth")
    sizes.add_argument("--full", action="store_true", help=f"{FULL:,} rows, and {HUGE:,} once")
    parser.add_argument("--only", type=_codes, default=CODES, help="for example P1,P3")
    parser.add_argument("--runs", type=int, default=3, help="how often everything is measured; prints medians")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    return parser.parse_args()


def _codes(text: str) -> list[str]:
    codes = text.upper().split(",")
    if unknown := set(codes) - set(CODES):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return codes


def _measure(kind: str, *, size: Size, wanted: frozenset[str]) -> list[Figure]:
    start = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - start:6.0f} s, {kind}] {text}", file=sys.stderr, flush=True)

    bench = Bench(databases=KINDS[kind](), size=size, wanted=wanted, say=say)
    try:
        measure(bench)
    finally:
        bench.databases.clear()
    samples = [{"what": what, "rows": rows, "runs": runs} for (what, rows), runs in bench.samples.items()]
    (BENCH / f"samples-{kind}.json").write_text(json.dumps(samples, indent=1, ensure_ascii=False))
    return figures(bench)


def _show(kind: str, *, found: Iterable[Figure], size: Size) -> None:
    print(f"\n{kind}, medians of {size.runs} runs\n")
    print(
        f"{'':4} {'':64} {'rows':>9} {'measured':>10} {'to reach':>10} {'':8} {'by CPU':>8} {'rows/s':>9} {'peak':>8}"
    )
    for figure in found:
        print(_line(figure))


def _line(figure: Figure) -> str:
    start = f"{figure.code:4} {figure.what:64} {figure.rows:>9,}"
    reach = f"{'≥' if figure.at_least else '≤'} {figure.limit:g} {figure.unit}"
    if figure.value is None:
        return f"{start} {'–':>10} {reach:>10} {'NOT MET':8} {figure.why}"
    verdict = "met" if figure.met else "NOT MET"
    by_cpu = f"{figure.by_cpu:.2f} ×" if figure.by_cpu is not None else ""
    rate = f"{figure.per_second:,.0f}" if figure.per_second else ""
    peak = f"{figure.peak:.2f} GB" if figure.peak else ""
    return f"{start} {figure.value:>8.2f} {figure.unit:2}{reach:>10} {verdict:8} {by_cpu:>8} {rate:>9} {peak:>8}"
