"""The commands for groups, courses and other kinds of records (`core.setup_kinds`)."""

# No postponed annotations: a command's arguments depend on the kind.

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enlist.cli.imports.results import shown
from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.pairs import pairs
from enlist.cli.terminal import print_json, print_table, print_text, say
from enlist.core.setup_kinds import Attribute, SetupKind

if TYPE_CHECKING:
    from enlist.core.report.changes import Cell


def commands(kind: SetupKind, *, is_pairs: bool = True) -> typer.Typer:
    """The commands of a kind; is_pairs: with `add FIELD=VALUE`, else the caller adds a command `add`."""
    app = typer.Typer(no_args_is_help=True)
    _add_list(app, kind=kind)
    if is_pairs:
        _add_add(app, kind=kind)
    _add_set(app, kind=kind)
    if kind.removal:
        _add_remove(app, kind=kind)
    return app


def _add_list(app: typer.Typer, *, kind: SetupKind) -> None:
    @app.command("list", help=f"List all {kind.title.lower()}.")
    def list_records(context: typer.Context, as_json: AsJson = False) -> None:
        scope = session_of(context).scope()
        from enlist.services.setup.records import record_list

        found = record_list(scope, kind=kind)
        if as_json:
            print_json(found)
        elif found:
            print_table([{name: _cell(value) for name, value in values_of(each).items()} for each in found])
        else:
            say(f"There are no {kind.title.lower()} yet. Add one with `enlist {kind.plural} add {_metavar(kind)}`.")


def _add_add(app: typer.Typer, *, kind: SetupKind) -> None:
    name = Annotated[str, typer.Argument(metavar=_metavar(kind), help=f"The {kind.by_name[kind.called].label}.")]
    values = Annotated[list[str] | None, typer.Argument(metavar="[FIELD=VALUE...]", help=_fields(kind, is_new=True))]

    @app.command("add", help=f"Add a {kind.noun}. Files can use it from then on.")
    def add_record(context: typer.Context, called: name, values: values = None, as_json: AsJson = False) -> None:
        wanted = pairs(values or ())
        scope = session_of(context).scope()
        from enlist.services.setup.records import record_add, record_show

        key = record_add(scope, kind=kind, values={**wanted, kind.called: called})
        if as_json:
            print_json(record_show(scope, kind=kind, key=key))
        else:
            print_text(f"Added {called}.")


def _add_set(app: typer.Typer, *, kind: SetupKind) -> None:
    values = Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help=_fields(kind, is_new=False))]

    @app.command("set", help=f"Change a {kind.noun}.")
    def set_record(context: typer.Context, record: _which(kind), values: values, as_json: AsJson = False) -> None:  # type: ignore[valid-type]
        wanted = pairs(values)
        scope = session_of(context).scope()
        from enlist.services.setup.records import record_change

        cells = record_change(scope, kind=kind, key=record, values=wanted)
        if as_json:
            print_json({kind.name: record, "cells": [asdict(cell) for cell in cells]})
        else:
            print_text(_changes(cells))


def _add_remove(app: typer.Typer, *, kind: SetupKind) -> None:
    @app.command("remove", help=f"Remove a {kind.noun}.\n\n{kind.removal}")
    def remove_record(context: typer.Context, record: _which(kind), as_json: AsJson = False) -> None:  # type: ignore[valid-type]
        scope = session_of(context).scope()
        from enlist.services.setup.records import record_remove

        removed = record_remove(scope, kind=kind, key=record)
        if as_json:
            print_json({"removed": removed})
        else:
            print_text(f"Removed {removed}.")


def _which(kind: SetupKind) -> Any:
    return Annotated[str, typer.Argument(metavar=_metavar(kind), help=kind.which)]


def _metavar(kind: SetupKind) -> str:
    return kind.called.upper()


def _fields(kind: SetupKind, *, is_new: bool) -> str:
    """The fields that can be set, with their meaning: `days=… (days an enrolment lasts)`."""
    attributes = [each for each in kind.attributes if not (each.name == kind.called if is_new else each.is_fixed)]
    return f"{', '.join(map(_field, attributes))}."


def _field(attribute: Attribute) -> str:
    value = "yes or no" if attribute.input == "yes_no" else "…"
    about = "" if attribute.label.replace(" ", "").lower() == attribute.name else f" ({attribute.label})"
    return f"{attribute.name}={value}{about}"


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(getattr(each, "name", each)) or "(blank)" for each in value)
    return "-" if value == "" else str(value)


def _changes(cells: Sequence["Cell"]) -> str:
    lines = [f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells]
    return "\n".join(lines) or "Nothing to do."
