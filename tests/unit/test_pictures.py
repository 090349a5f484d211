"""The pictures of the docs exist in light and dark, and all are used."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there() -> None:
    pages = [page.read_text("utf-8") for page in DOCS.glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"pictures/([\w-]+\.png)", page)}

    assert shown == {path.name for path in (DOCS / "pictures").glob("*.png")}
    assert {name.replace("-light", "-dark") for name in shown} == {name for name in shown if "-dark" in name}
