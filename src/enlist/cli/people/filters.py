"""The options that filter people."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from enlist.services.people.listing import Wanted


@dataclass(frozen=True)
class Filters:
    """The filters of `people list`, `people export` and `people many`."""

    state: Annotated[str, typer.Option(help="Only people with this status: active, not_activated or inactive.")] = ""
    role: Annotated[str, typer.Option(help="Only people with this role on the site, such as instructor.")] = ""
    source: Annotated[str, typer.Option(help="Only people added this way: import or manual.")] = ""
    group: Annotated[str, typer.Option(help="Only members of this group: its ID number or name.")] = ""
    course: Annotated[str, typer.Option(help="Only people in this course: its short name.")] = ""
    of_import: Annotated[
        int | None, typer.Option("--import", metavar="N", help="Only people that this import created or changed.")
    ] = None
    never: Annotated[bool, typer.Option("--never-signed-in", help="Only people who never signed in.")] = False
    search: Annotated[
        str, typer.Option(help="Only people with these words in a name, the username or the e-mail address.")
    ] = ""

    def wanted(self, *, by: str = "username", prefix: str = "") -> Wanted:
        """The filters as services take them."""
        from enlist.services.people.listing import Wanted

        return Wanted(by, prefix, *astuple(self))
