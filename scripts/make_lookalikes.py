#!/usr/bin/env python3
"""Generate core/clean/similarity/lookalikes.txt from Unicode's confusables.txt (UTS #39), the argument's file."""

import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src/enlist/core/clean/similarity/lookalikes.txt"
HEAD = (
    "# What signs look like (Unicode UTS #39, confusables.txt, {version}): what, a tab, the signs that look so.",
    "# © Unicode, Inc. Terms of use: https://www.unicode.org/terms_of_use.html",
)


def main() -> None:
    """Read Unicode's table, and write ours."""
    lines = Path(sys.argv[1]).read_text("utf-8-sig").splitlines()
    version = next(line.removeprefix("# ").lower() for line in lines if line.startswith("# Version"))
    looks: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) > 2:
            looks[fields[1]].append(fields[0])
    body = (f"{what}\t{' '.join(signs)}" for what, signs in looks.items())
    TARGET.write_text("\n".join([*HEAD, *body]).format(version=version) + "\n", "utf-8")


if __name__ == "__main__":
    main()
