"""The options that filter people."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.core.errors import PolicyError

if TYPE_CHECKING:
    from enlist.services.people.listing import Chosen, Wanted


@dataclass(frozen=True)
class Filters:
    """The filters of `people list`, `people export`, `people many` and `cards`."""

    state: Annotated[str, typer.Option(help="Only people with this status: active, not_activated or inactive.")] = ""
    role: Annotated[str, typer.Option(help="Only people with this role on the site, such as instructor.")] = ""
    source: Annotated[str, typer.Option(help="Only people added this way: import or manual.")] = ""
    group: Annotated[str, typer.Option(help="Only members of this group: its ID number or name.")] = ""
    course: Annotated[str, typer.Option(help="Only people in this course: its short name.")] = ""
    of_import: Annotated[
        int | None, typer.Option("--import", metavar="N", help="Only people that this import created or changed.")
    ] = None
    never: Annotated[bool, typer.Option("--never-signed-in", help="Only people who never signed in.")] = False
    invitation: Annotated[
        str, typer.Option(help="Only people whose invitation has this state, as `enlist invitations list` shows it.")
    ] = ""
    search: Annotated[
        str, typer.Option(help="Only people with these words in a name, the username or the e-mail address.")
    ] = ""
    leaving: Annotated[bool, typer.Option("--leaving", help="Only people who have a leaving date.")] = False

    def wanted(self, *, by: str = "username", prefix: str = "") -> Wanted:
        """The filters as services take them."""
        from enlist.services.people.listing import Wanted

        return Wanted(by, prefix, *astuple(self))

    def chosen(self, usernames: list[str] | None, *, everybody: bool) -> Chosen:
        """The people that are named, or match the filters. Raises PolicyError unless it is clear which of these."""
        from enlist.services.people.listing import Chosen

        if sum((bool(usernames), everybody, self != Filters())) != 1:
            raise PolicyError("people_not_chosen_clearly")
        return Chosen(usernames or (), wanted=None if usernames else self.wanted())
