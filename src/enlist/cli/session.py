"""The session: what was said before the command's name, and how a command leaves."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from enlist.cli.hints import hint_of
from enlist.cli.terminal import give_json, say
from enlist.core.errors import EnlistError, PolicyError, error_json

if TYPE_CHECKING:
    from enlist.services.access import Scope

# Errors carry their code themselves (`core/errors/`); this is what the reference page says of each.
EXIT_CODES: Final = {
    0: "Done, or there was nothing to do.",
    1: "You said no, or Enlist met something that it does not foresee.",
    2: "The command, a setting, or the name of something is not right; nothing was done.",
    3: "The file or the saved plan cannot be used; nothing was done.",
    4: "The directory changed since the plan was made; nothing was applied.",
    5: "The database cannot be used, or another import is being applied; nothing was applied.",
    6: "Done, but rows of the file have errors and were left out.",
    7: "A part waits for an administrator's approval; the rest, if there is any, was done.",
    8: "Your role on the site does not allow it; nothing was done.",
    130: "You interrupted it; nothing was applied.",
}
ROWS_FAILED: Final = 6
WAITING: Final = 7


def _remember_json(context: typer.Context, *, as_json: bool) -> bool:
    """An error is printed the way the answer would have been."""
    session_of(context).as_json = as_json
    return as_json


AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON, with keys that stay; errors too.", callback=_remember_json)
]


@dataclass
class Session:
    """Whose people a command is about, as whom it is typed (None: the machine's owner), and how errors are printed."""

    organization: str | None = None
    acting: str | None = None
    debug: bool = False
    as_json: bool = False

    def scope(self) -> Scope:
        """The organisation and who acts, looked up in the database. Raises NotFound, DatabaseProblem."""
        self.wire()
        from enlist.services import access

        return access.scope_of(self.organization, acting=self.acting)

    def wire(self) -> None:
        """Set Django up by its settings' name: a counter may not import the roof. Raises PolicyError."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enlist.project.settings")
        import django

        try:
            django.setup()
        except OSError as error:
            raise PolicyError("folder_unusable", path=error.filename, reason=error.strerror) from error
        except ValueError as error:
            raise PolicyError("database_url_refused") from error


def session_of(context: typer.Context) -> Session:
    """The session a command is typed in."""
    return context.ensure_object(Session)


def told(error: Exception, *, as_json: bool = False) -> int:
    """Say what happened and what to do about it; returns the exit code."""
    foreseen = error if isinstance(error, EnlistError) else _database_problem(error)
    if foreseen:
        hint = hint_of(foreseen)
        if as_json:
            give_json({"error": error_json(foreseen, hint=hint)})
        say(f"Error: {foreseen.message}", *filter(None, [hint]))
        return foreseen.exit_code
    if as_json:
        give_json({"error": {"code": "unexpected", "message": f"{type(error).__name__}: {error}"}})
    say(
        f"Error: Enlist did not foresee this: {type(error).__name__}: {error}",
        "`enlist --debug …` shows where it happened; please report it with that.",
    )
    return 1


def _database_problem(error: Exception) -> EnlistError | None:
    # A command that never asked the database has not loaded what speaks to it.
    if "enlist.services.access" not in sys.modules:
        return None
    from enlist.services import access

    return access.database_problem(error)
