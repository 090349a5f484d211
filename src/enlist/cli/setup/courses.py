"""Commands that only courses have."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.records import commands
from enlist.cli.terminal import print_json, print_text
from enlist.core.setup_kinds import COURSES

app = commands(COURSES)


@app.command("group")
def add_course_group(
    context: typer.Context,
    course: Annotated[str, typer.Argument(metavar="SHORTNAME", help=COURSES.which)],
    name: Annotated[str, typer.Argument(metavar="GROUP", help="The name of the new group.")],
    as_json: AsJson = False,
) -> None:
    """Add a group to a course."""
    scope = session_of(context).scope()
    from enlist.services.setup import courses, records

    courses.course_group_add(scope, course=course, name=name)
    if as_json:
        print_json(records.record_show(scope, kind=COURSES, key=course))
    else:
        print_text(f"Added the group {name} to {course}.")
