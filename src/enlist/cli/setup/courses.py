"""Courses: list them, add one, change one, take one away that nobody is in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table, say

from .pairs import pairs

app = typer.Typer(no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="SHORTNAME", help="Its short name.")]
Values = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FIELD=VALUE...]", help="name=…, open=yes or no, days=… (0: for good), role=…."),
]


@app.command("list")
def list_courses(context: typer.Context, as_json: AsJson = False) -> None:
    """List them, with how many people are in each."""
    scope = session_of(context).scope()
    from enlist.services.setup import lists

    found = lists.courses_list(scope)
    if as_json:
        give_json(found)
    elif found:
        give_table([{**each, "groups": ", ".join(group["name"] for group in each["groups"])} for each in found])
    else:
        say("There are none yet: `enlist courses add SHORTNAME` adds one.")


@app.command("add")
def add_course(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="What files call it.")],
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Add one; files may name it from then on."""
    wanted = pairs(values or ())
    scope = session_of(context).scope()
    from enlist.services.setup import courses

    made = courses.course_add(scope, values={**wanted, "shortname": shortname})
    if as_json:
        give_json(courses.course_show(scope, course=made))
    else:
        give(f"The course {shortname} is added.")


@app.command("set")
def set_course(
    context: typer.Context,
    said: Named,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE...", help="shortname=…, name=…, open=yes or no, days=… (0: for good), role=…."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Change one."""
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.setup import courses

    course = courses.course_named(scope, shortname=said)
    cells = courses.course_change(scope, course=course, values=wanted)
    if as_json:
        give_json({"course": said, "cells": [asdict(cell) for cell in cells]})
    elif cells:
        give("\n".join(f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells))
    else:
        give("Nothing to do.")


@app.command("group")
def add_course_group(
    context: typer.Context,
    said: Named,
    name: Annotated[str, typer.Argument(metavar="GROUP", help="What the new group is called.")],
    as_json: AsJson = False,
) -> None:
    """Add a group inside a course."""
    scope = session_of(context).scope()
    from enlist.services.setup import courses

    course = courses.course_named(scope, shortname=said)
    courses.course_group_add(scope, course=course, name=name)
    if as_json:
        give_json(courses.course_show(scope, course=course))
    else:
        give(f"{said} has a group {name} now.")


@app.command("remove")
def remove_course(context: typer.Context, said: Named, as_json: AsJson = False) -> None:
    """Take one away in which nobody is or was."""
    scope = session_of(context).scope()
    from enlist.services.setup import courses

    gone = courses.course_drop(scope, course=courses.course_named(scope, shortname=said))
    if as_json:
        give_json({"removed": gone})
    else:
        give(f"The course {gone} is gone.")
