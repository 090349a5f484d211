"""The options of every command, and how a command reports an error and exits."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from enlist.cli.hints import hint_of
from enlist.cli.terminal import print_json, say
from enlist.core.errors import EnlistError, PolicyError, error_json

if TYPE_CHECKING:
    from enlist.services.access import Scope

# For the reference page. Each error has its own code (`core/errors/`).
EXIT_CODES: Final = {
    0: "Done, or there was nothing to do.",
    1: "You answered no, or an unexpected error happened.",
    2: "The command, a setting or a name is wrong; nothing was done.",
    3: "The file or the saved plan can't be used; nothing was done.",
    4: "The directory changed since the plan was made; nothing was applied.",
    5: "The database can't be used, or another import is being applied; nothing was applied.",
    6: "Done, but rows of the file have errors and were skipped.",
    7: "Some or all of the changes need an administrator's approval; the others were made.",
    8: "Your role on the site doesn't allow it; nothing was done.",
    130: "You interrupted the command; nothing was applied.",
}
ROWS_FAILED: Final = 6
AWAITING: Final = 7


def _remember_json(context: typer.Context, *, as_json: bool) -> bool:
    # An error is printed in the format of the answer.
    session_of(context).as_json = as_json
    return as_json


AsJson = Annotated[
    bool, typer.Option("--json", help="Print answers and errors as JSON, with stable keys.", callback=_remember_json)
]


@dataclass
class Session:
    """What the options before the command say; acting: a username (None: the owner of the machine, with all rights)."""

    organization: str | None = None
    acting: str | None = None
    debug: bool = False
    as_json: bool = False

    def scope(self) -> Scope:
        """Look up the organisation and the acting person. Raises NotFound, DatabaseProblem."""
        self.wire()
        from enlist.services import access

        return access.scope_of(self.organization, acting=self.acting)

    def wire(self) -> None:
        """Set up Django. Raises PolicyError."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enlist.project.settings")
        import django

        try:
            django.setup()
        except OSError as error:
            raise PolicyError("folder_unusable", path=error.filename, reason=error.strerror) from error
        except ValueError as error:
            raise PolicyError("database_url_refused") from error


def session_of(context: typer.Context) -> Session:
    """The session of a command."""
    return context.ensure_object(Session)


def report_error(error: Exception, *, as_json: bool) -> int:
    """Print what happened and what to do; returns the exit code."""
    known = error if isinstance(error, EnlistError) else _database_problem(error)
    if known:
        hint = hint_of(known)
        if as_json:
            print_json({"error": error_json(known, hint=hint)})
        say(f"Error: {known.message}", *filter(None, [hint]))
        return known.exit_code
    message = f"{type(error).__name__}: {error}"
    if as_json:
        print_json({"error": {"code": "unexpected", "message": message}})
    say(f"Unexpected error: {message}", "Please report it, with the traceback that `enlist --debug …` shows.")
    return 1


def _database_problem(error: Exception) -> EnlistError | None:
    # Commands that don't use the database don't load Django.
    if "enlist.services.access" not in sys.modules:
        return None
    from enlist.services import access

    return access.database_problem(error)
