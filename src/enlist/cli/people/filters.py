"""The options that filter people."""

from __future__ import annotations

from typing import Annotated

import typer

State = Annotated[str, typer.Option(help="Only people with this status: active or inactive.")]
Role = Annotated[str, typer.Option(help="Only people with this role on the site, such as instructor.")]
Source = Annotated[str, typer.Option(help="Only people added this way: import or manual.")]
Group = Annotated[str, typer.Option(help="Only members of this group: its ID number or name.")]
Course = Annotated[str, typer.Option(help="Only people in this course: its short name.")]
OfImport = Annotated[
    int | None, typer.Option("--import", metavar="N", help="Only people that this import created or changed.")
]
Never = Annotated[bool, typer.Option("--never-signed-in", help="Only people who never signed in.")]
