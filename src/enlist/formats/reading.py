"""Reading: any source as a Table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from enlist.core.table.table import Table
from enlist.formats.files.options import ReadOptions
from enlist.formats.text.delimited import read_text
from enlist.formats.text.paste import read_pasted

from .content import Readable, open_content

_DEFAULTS: Final = ReadOptions()


def read(source: Readable, *, name: str | None = None, options: ReadOptions = _DEFAULTS) -> Table:
    """Read delimited text or a workbook into a Table; a header with nothing below it makes a Table without rows.

    source: a path, bytes, an open binary file, or "-" for standard input, where all blocks are read (`read_pasted`).
    name: what messages call it.
    Cells and headers are trimmed of ASCII blanks (EC-13); blank lines are dropped, line numbers are those of the file.
    Cells of secret headers are left out. The Table's flags list what was odd (EN-05).

    Raises FileError if the file cannot be read as a table: missing, of an unknown kind, empty, damaged, too large,
    protected by a password, of another encoding.
    """
    with open_content(source, name=name, limits=options.limits) as content:
        if content.workbook is None and (options.pasted or source == "-" or source == Path("-")):
            return read_pasted(content.data, name=content.name, options=options)
        if content.workbook is None:
            return read_text(content.data, name=content.name, options=options)
        from enlist.formats.workbook.table import read_workbook

        return read_workbook(content, options=options)
