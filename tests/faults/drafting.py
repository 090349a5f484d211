"""Work on a draft as its pages do, in a process that can be killed: `python -m tests.faults.drafting again lines=all`.

upload FILE: hand a file in, with a key. again NAME=VALUE…: read it in another way. edit: change a cell. columns: say
what columns mean, and which are left out.
"""

import sys
from pathlib import Path

from enlist.cli.session import Session


def main() -> None:
    """Do the one thing that the words name."""
    scope = Session().scope()
    from enlist.services.drafts import draft, review

    what, *words = sys.argv[1:]
    if what == "upload":
        with Path(words[0]).open("rb") as file:
            draft.draft_new(scope, upload=draft.Upload(file=file, name=words[0], preset="moodle", key="k"))
    elif what == "again":
        draft.draft_reread(scope, number=1, reading=dict(word.split("=") for word in words))
    elif what == "edit":
        review.cells_set(scope, number=1, cells=[(0, "city", "Bern")])
    elif what == "columns":
        draft.draft_columns_set(scope, number=1, columns={"firstname": "", "lastname": "city", "city": ""})


if __name__ == "__main__":
    main()
