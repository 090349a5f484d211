"""Choosing: the options by which commands say whom of the people they mean."""

from __future__ import annotations

from typing import Annotated

import typer

State = Annotated[str, typer.Option(help="Only those who are active, or inactive.")]
Role = Annotated[str, typer.Option(help="Only those of a role on the site, such as instructor.")]
Source = Annotated[str, typer.Option(help="Only those made by an import, or manual: by hand.")]
Group = Annotated[str, typer.Option(help="Only those in a group: its ID number or name.")]
Course = Annotated[str, typer.Option(help="Only those in a course: its short name.")]
OfImport = Annotated[
    int | None, typer.Option("--import", metavar="N", help="Only those whom an import created or changed.")
]
Never = Annotated[bool, typer.Option("--never-signed-in", help="Only those who never signed in.")]
