"""The options of an import: its settings, its columns, and how its file is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.core.errors import PolicyError

if TYPE_CHECKING:
    from enlist.formats import ReadOptions
    from enlist.services.access import Scope
    from enlist.services.imports.request import ImportRequest

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "blank": " "}


@dataclass(frozen=True)
class ImportOptions:
    """The options that `plan` and `import` share. None: detect it."""

    preset: Annotated[str, typer.Option(help="A preset: see `enlist presets`; or one saved in the browser.")] = "moodle"
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SETTING=VALUE", help="Change a setting: see `enlist policy`. Repeatable."),
    ] = None
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=FIELD", help="Map a column of the file to a field. Repeatable."),
    ] = None
    renamed: Annotated[
        list[str] | None,
        typer.Option(
            "--rename-twin",
            metavar="OLD=NEW",
            help="The row with the username NEW is about the existing person OLD: rename them. Repeatable.",
        ),
    ] = None
    two: Annotated[
        list[str] | None,
        typer.Option(
            "--two-people",
            metavar="USERNAME",
            help="The row with this username isn't about an existing person with other ones. Repeatable.",
        ),
    ] = None
    encoding: Annotated[str | None, typer.Option(help="The encoding of the file; default: detected.")] = None
    delimiter: Annotated[
        str | None, typer.Option(help="The character between cells, or its name (tab, blank …); default: detected.")
    ] = None
    quote: Annotated[str | None, typer.Option(help="The quotation mark around cells, or none; default: detected.")] = (
        None
    )
    escape: Annotated[
        str | None, typer.Option(help="The character before quotation marks inside cells, or none; default: detected.")
    ] = None
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook; default: the most likely one.")] = None
    header: Annotated[int | None, typer.Option(metavar="LINE", min=0, help="The header line; 0 if there is none.")] = (
        None
    )
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="The names of the columns, in order, with commas; a blank name skips a column."
        ),
    ] = None
    dates: Annotated[str, typer.Option(help="Dates of a workbook: shown (as displayed) or iso (2026-03-31).")] = "shown"
    lines: Annotated[
        str, typer.Option(help="The lines to read: found (skips totals, repeated headers and other tables) or all.")
    ] = "found"
    hidden: Annotated[str, typer.Option(help="Hidden rows and columns of a workbook: read or skip.")] = "read"

    def request(self, file: Path, *, scope: Scope, key: str = "") -> ImportRequest:
        """The request for an import of a file. Raises PolicyError."""
        from enlist.services.setup.saved_presets import preset_named

        saved = preset_named(scope, name=self.preset)
        policy = saved.preset.configure(self.settings or ())
        from enlist.services.imports.request import ImportRequest

        return ImportRequest(
            source=file,
            policy=policy,
            preset=saved.preset.name,
            columns={**saved.columns, **dict(map(_mapping, self.mapped or ()))},
            reading=self._reading(),
            key=key,
            twins={**dict.fromkeys(self.two or (), ""), **dict(map(_twin, self.renamed or ()))},
        )

    def _reading(self) -> ReadOptions:
        from enlist.formats import ReadOptions

        return ReadOptions(
            encoding=self.encoding,
            delimiter=_delimiter(self.delimiter),
            quote="" if self.quote == "none" else self.quote,
            escape="" if self.escape == "none" else self.escape,
            sheet=self.sheet,
            header=self.header,
            names=tuple(self.columns.split(",")) if self.columns else None,
            dates=self.dates,
            lines=self.lines,
            hidden=self.hidden,
        )


def _mapping(pair: str) -> tuple[str, str]:
    # A header may contain an equals sign, a field never does.
    header, equals, field = pair.rpartition("=")
    if not equals or not header.strip() or not field.strip():
        raise PolicyError("mapping_misspelled", value=pair)
    return header.strip(), field.strip()


def _twin(pair: str) -> tuple[str, str]:
    old, equals, new = pair.partition("=")
    if not equals or not old.strip() or not new.strip():
        raise PolicyError("twin_misspelled", value=pair)
    return new.strip(), old.strip()


def _delimiter(value: str | None) -> str | None:
    delimiter = _DELIMITERS.get(value or "", value)
    if delimiter is not None and len(delimiter) != 1:
        raise PolicyError("delimiter_not_one", value=value, names=", ".join(_DELIMITERS))
    return delimiter
