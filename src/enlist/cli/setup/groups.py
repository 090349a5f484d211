"""Commands that only groups have."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.imports.apply import Choices
from enlist.cli.options import grouped
from enlist.cli.session import session_of
from enlist.cli.setup.records import commands
from enlist.cli.terminal import print_json, print_text, say
from enlist.core.setup_kinds import GROUPS

from .conditions import asking, plan_and_do

app = commands(GROUPS)

Courses = Annotated[
    list[str] | None, typer.Argument(metavar="[COURSE...]", help="Short names. Default: list those that it gives now.")
]


@app.command("courses")
@grouped
def set_courses(
    context: typer.Context,
    group: Annotated[str, typer.Argument(help="The group: its ID number or name, or #17 for its id.")],
    courses: Courses = None,
    *,
    none: Annotated[bool, typer.Option("--none", help="Take all courses from it.")] = False,
    choices: Choices,
) -> None:
    """Let a group give exactly these courses: show who would get and lose them, ask for confirmation, and do it."""
    if not courses and not none:
        _list(context, group=group, as_json=choices.as_json)
        return
    if courses and none:
        raise typer.BadParameter("Name courses, or use --none.")
    scope = asking(context, choices=choices)
    from enlist.services.imports.group_courses import group_courses_set

    plan_and_do(scope, change=group_courses_set(scope, group=group, given=courses or ()), choices=choices)


def _list(context: typer.Context, *, group: str, as_json: bool) -> None:
    scope = session_of(context).scope()
    from enlist.services.imports.group_courses import group_courses

    found = group_courses(scope, group=group)
    if as_json:
        print_json(found)
    elif found:
        print_text("\n".join(found))
    else:
        say(f"{group} gives no courses. Let it give one with `enlist groups courses {group} COURSE`.")
