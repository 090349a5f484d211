"""The page New import: choose a preset and upload a file."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, FileError, NotAllowed
from enlist.core.presets import PRESETS, preset
from enlist.formats.workbook.template import template_workbook
from enlist.services.access import Right, check_right
from enlist.services.drafts import draft
from enlist.services.drafts.upload_limits import size_text, too_large
from enlist.services.drafts.uploaded_file import reading_options
from enlist.services.imports.request import ImportRequest
from enlist.web.hints import error_text
from enlist.web.reading_form import choices, reading_of
from enlist.web.request import Request
from enlist.web.uploads import is_too_large

_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form; a POST uploads a file. After an error the form keeps its values."""
    check_right(request.scope, right=Right.IMPORT)
    shown = _shown(request)
    if request.method == "POST":
        try:
            return redirect("import-source", number=draft.draft_new(request.scope, request=_asked(request)))
        except NotAllowed:
            raise
        except EnlistError as error:
            shown["said"] = error_text(error)
    return render(request, "web/imports/new.html", shown, status=422 if "said" in shown else 200)


@require_safe
def template(request: Request, *, name: str) -> HttpResponse:
    """The template of a preset, as a workbook."""
    check_right(request.scope, right=Right.IMPORT)
    chosen = preset(name)
    data = template_workbook(chosen.columns, rows=chosen.examples)
    named = {"Content-Disposition": f'attachment; filename="{chosen.name}.xlsx"'}
    return HttpResponse(data, content_type=_WORKBOOK, headers=named)


def _shown(request: Request) -> dict[str, Any]:
    sent = request.POST
    return {
        "presets": PRESETS.values(),
        "chosen": sent.get("preset", next(iter(PRESETS))),
        # A form makes one import, however often it is sent.
        "key": sent.get("key") or uuid4().hex,
        "columns": {name: list(preset.columns) for name, preset in PRESETS.items()},
        "pasted": sent.get("pasted", ""),
        **choices(sent),
        "macros": "macros" in sent,
        "most": settings.UPLOAD_MOST,
        "most_text": size_text(settings.UPLOAD_MOST),
        "too_large": error_text(too_large()),
    }


def _asked(request: Request) -> ImportRequest:
    """The request for an import of a file or of pasted text. Raises FileError, PolicyError."""
    file, pasted = request.FILES.get("file"), request.POST.get("pasted", "")
    if is_too_large(request):
        raise too_large()
    reading = reading_of(request.POST)
    if isinstance(file, UploadedFile):
        stream, name = cast(BinaryIO, file.file), file.name or _("upload")
    elif pasted.strip():
        stream, name = io.BytesIO(pasted.encode()), _("pasted rows")
        reading["pasted"] = True
    else:
        raise FileError("file_not_chosen")
    settings_ = ("macros=let_in",) if "macros" in request.POST else ()
    chosen = preset(request.POST.get("preset", ""))
    return ImportRequest(
        source=stream,
        name=name,
        preset=chosen.name,
        policy=chosen.configure(settings_),
        reading=reading_options(reading),
        key=request.POST.get("key", "")[:100] or uuid4().hex,
    )
