"""The examples of the page about the library, in a Python without a Django set-up."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import enlist

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
RUN = """
import doctest, sys
from pathlib import Path
text = Path("library.py.txt").read_text("utf-8")
test = doctest.DocTestParser().get_doctest(text, {}, "library.md", "library.md", 0)
failed = doctest.DocTestRunner().run(test).failed
print(failed, "django" in sys.modules)
"""


def examples() -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S))


def test_the_examples_are_true_and_need_no_django(tmp_path: Path) -> None:
    (tmp_path / "library.py.txt").write_text(examples(), "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE"))}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN], cwd=tmp_path, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("0 False\n", "")


def test_the_examples_show_everything_that_is_promised() -> None:
    sources = "".join(example.source for example in doctest.DocTestParser().get_examples(examples()))

    shown = set(re.findall(r"enlist\.([A-Za-z_]+)", PAGE.read_text("utf-8") + sources))
    assert shown >= set(enlist.__all__)
