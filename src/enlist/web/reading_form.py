"""The form of the reading options. Blank options are detected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from enlist.services.drafts.upload_limits import size_text, too_large
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.inputs import Options, input_for
from enlist.web.hints import error_text

ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("windows-1252", gettext_lazy("Western European (Windows-1252)")),
    ("iso-8859-15", gettext_lazy("Western European (ISO 8859-15)")),
    ("windows-1250", gettext_lazy("Central European (Windows-1250)")),
    ("windows-1251", gettext_lazy("Cyrillic (Windows-1251)")),
    ("windows-1253", gettext_lazy("Greek (Windows-1253)")),
    ("windows-1254", gettext_lazy("Turkish (Windows-1254)")),
    ("mac-roman", gettext_lazy("Western European (Mac)")),
    ("shift_jis", gettext_lazy("Japanese (Shift JIS)")),
    ("gb18030", gettext_lazy("Chinese (GB 18030)")),
    ("big5", gettext_lazy("Chinese (Big5)")),
    ("euc-kr", gettext_lazy("Korean (EUC-KR)")),
)
# Of each option: value, character, title.
DELIMITERS: Final = (
    ("comma", ",", gettext_lazy("comma")),
    ("semicolon", ";", gettext_lazy("semicolon")),
    ("tab", "\t", gettext_lazy("tab")),
    ("bar", "|", gettext_lazy("vertical bar")),
    ("colon", ":", gettext_lazy("colon")),
)
QUOTES: Final = (
    ("double", '"', gettext_lazy("double quotes")),
    ("single", "'", gettext_lazy("single quotes")),
    ("none", "", gettext_lazy("none")),
)
ESCAPES: Final = (
    ("backslash", "\\", gettext_lazy("backslash")),
    ("none", "", gettext_lazy("none: they are doubled")),
)
DELIMITER_NAMES: Final = {sign: title for _name, sign, title in DELIMITERS}
# The blank options that don't mean “Automatic”.
_USUAL: Final = {
    "dates": _("As its cells show them"),
    "hidden": _("Read, with a note"),
    "lines": _("Leave out, with a note"),
    "macros": _("Refuse"),
}
_MOST: Final = 999_999_999
_SIGNS: Final = {"delimiter": DELIMITERS, "quote": QUOTES, "escape": ESCAPES}


def encoding_name(codec: str) -> str:
    """The common name of an encoding."""
    return re.sub(r"^CP(125\d)$", r"Windows-\1", codec.upper().replace("_", "-"))


class ReadingForm(ServiceForm):
    """How a file is read.

    kept: the options of its last reading. sheets: of a workbook that was read; none of a text file; None of a file that
    nobody read yet, which may be either.
    """

    def __init__(
        self,
        sent: Mapping[str, Any] | None,
        *,
        kept: Mapping[str, Any] | None = None,
        sheets: Sequence[str] | None = None,
    ) -> None:
        super().__init__(sent, auto_id="%s", initial=_shown(kept or {}))
        if not sheets:
            self._choose("encoding", options=ENCODINGS, label=_("Encoding"))
            self._choose("delimiter", options=_words(DELIMITERS), label=_("Delimiter"))
            self._choose("quote", options=_words(QUOTES), label=_("Quotation mark"))
            self._choose("escape", options=_words(ESCAPES), label=_("Escape character"))
        self.fields["header"] = _line(label=_("Header line"))
        if sheets:
            self._choose("sheet", options=[(each, each) for each in sheets], label=_("Sheet of the workbook"))
        elif sheets is None:
            self._type("sheet", label=_("Sheet of a workbook"), placeholder=_("Automatic"))
        if sheets is None or sheets:
            self._choose("dates", options=[("iso", "2026-03-31")], label=_("Dates of a workbook"))
            self._choose("hidden", options=[("skip", _("Leave out"))], label=_("Hidden rows and columns"))
        rows = [("all", _("Read all lines as rows"))]
        self._choose("lines", options=rows, label=_("Totals, repeated headers, other tables"))
        if sheets is None:
            accept = [("let_in", _("Accept; macros are never run"))]
            self._choose("macros", options=accept, label=_("Workbooks with macros"))
        names = _("For a file without column names: in order, with commas between. A blank name ignores its column.")
        self._type("names", label=_("Names of the columns"), help_text=names, placeholder=_("As in the file"))

    def _choose(self, name: str, *, options: Options, label: Any) -> None:
        offered, kept = [("", _USUAL.get(name, _("Automatic"))), *options], str(self.initial.get(name, ""))
        self.fields[name] = input_for("choice", options=offered, value=kept, label=label, required=False)

    def _type(self, name: str, *, label: Any, placeholder: Any, help_text: Any = "") -> None:
        self.fields[name] = input_for("text", label=label, help_text=help_text, required=False)
        self.fields[name].widget.attrs["placeholder"] = placeholder

    def options(self) -> Sequence[forms.BoundField]:
        """The fields that the template shows together."""
        return [field for field in self.visible_fields() if field.name != "file"]

    @property
    def lets_macros_in(self) -> bool:
        """Whether a workbook with macros is accepted."""
        return bool(self.cleaned_data.get("macros"))

    def reading(self) -> dict[str, Any]:
        """The chosen options; call it on a valid form."""
        sent = self.cleaned_data.items()
        chosen = {name: value for name, value in sent if value not in ("", None) and name not in ("macros", "file")}
        for name, signs in _SIGNS.items():
            if name in chosen:
                chosen[name] = {word: sign for word, sign, _title in signs}.get(chosen[name], chosen[name])
        if "names" in chosen:
            chosen["names"] = [each.strip() for each in chosen["names"].split(",")]
        return chosen


class UploadForm(ReadingForm):
    """A new file, and how it is read. What is too large is refused by how much arrives (`web.uploads`)."""

    def __init__(self, sent: Mapping[str, Any] | None, *, files: MultiValueDict[str, Any]) -> None:
        super().__init__(sent)
        self.files = files
        attributes = {
            "class": "form-control drop-file",
            "accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.xlsb,.ods,.htm,.html",
            "data-most": settings.UPLOAD_MOST,
            "data-too-large": error_text(too_large()),
        }
        help_text = _(
            "CSV or text with any delimiter and encoding; Excel (.xlsx, .xls, .xlsb) and OpenDocument (.ods) "
            "workbooks. Up to {most}."
        )
        self.fields["file"] = forms.FileField(
            label=_("Drop a file here, or choose one"),
            help_text=str(help_text).format(most=size_text(settings.UPLOAD_MOST)),
            required=False,
            allow_empty_file=True,
            widget=forms.FileInput(attributes),
        )


def _words(signs: Sequence[tuple[str, str, Any]]) -> Options:
    return [(word, title) for word, _sign, title in signs]


def _shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Stored reading options, as initial values."""
    shown = {**kept, "names": ", ".join(kept.get("names", ()))}
    for name, signs in _SIGNS.items():
        if name in kept:
            shown[name] = {sign: word for word, sign, _title in signs}.get(kept[name], kept[name])
    return shown


def _line(*, label: Any) -> forms.IntegerField:
    wrong = _("Enter the number of a line: 1 is the first, 0 means that no line names the columns.")
    attributes = {"class": "form-control", "inputmode": "numeric", "placeholder": _("Automatic")}
    return forms.IntegerField(
        label=label,
        help_text=_("The line that names the columns: 1 is the first, 0 for none."),
        required=False,
        min_value=0,
        max_value=_MOST,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        widget=forms.TextInput(attributes),
    )
