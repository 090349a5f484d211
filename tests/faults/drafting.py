"""Work on a draft as its pages do, in a process that can be killed: `python -m tests.faults.drafting again lines=all`.

keep FILE: hand a file in, with a key. upload FILE: and read it. again NAME=VALUE…: read it in another way. edit: change
a cell. columns: say what columns mean, and which are left out.
"""

import sys
from contextlib import suppress
from pathlib import Path

from enlist.cli.session import Session


def main() -> None:
    """Do the one thing that the words name."""
    scope = Session().scope()
    from enlist.core.errors import LeaseTaken
    from enlist.core.presets import preset
    from enlist.services.drafts import draft, review
    from enlist.services.imports.request import ImportRequest
    from enlist.services.worker import worker_run

    what, *words = sys.argv[1:]
    if what in ("keep", "upload"):
        with Path(words[0]).open("rb") as file:
            policy = preset("moodle").policy
            request = ImportRequest(file, name=words[0], preset="moodle", policy=policy, key="k")
            draft.draft_new(scope, request=request)
    elif what == "again":
        # A process that was killed may have asked for it already.
        with suppress(LeaseTaken):
            draft.draft_reread(scope, number=1, reading=dict(word.split("=") for word in words))
    elif what == "edit":
        review.cells_set(scope, number=1, cells=[(0, "city", "Bern")])
    elif what == "columns":
        draft.draft_columns_set(scope, number=1, columns={"firstname": "", "lastname": "city", "city": ""})
    if what in ("upload", "again"):
        worker_run(lambda _: None, until_empty=True)


if __name__ == "__main__":
    main()
