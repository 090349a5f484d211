"""The page New import: choose a preset and upload a file."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enlist.core.errors import FileError
from enlist.core.presets import PRESETS, preset
from enlist.formats.workbook.template import template_workbook
from enlist.services.access import Right, check_right
from enlist.services.drafts import draft
from enlist.services.drafts.upload_limits import too_large
from enlist.services.drafts.uploaded_file import reading_options
from enlist.services.imports.plan import imports_list
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.summary import Looked
from enlist.services.setup.saved_presets import preset_named, preset_remove, presets_saved
from enlist.services.setup.template import template_of
from enlist.web.reading_form import UploadForm
from enlist.web.request import Request
from enlist.web.uploads import is_too_large

_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form; a POST uploads a file. After an error the form keeps its values.

    A script that uploads gets JSON: next (where to go on), or said (what is wrong).
    """
    check_right(request.scope, right=Right.IMPORT)
    form = UploadForm(request.POST if request.method == "POST" else None, files=request.FILES)
    numbers: list[int] = []
    save = lambda: numbers.append(draft.draft_new(request.scope, request=_asked(request, form=form), plan=True))  # noqa: E731
    is_saved = form.is_valid() and form.saved(save, missing="preset")
    if request.headers.get("Accept") == "application/json" and request.method == "POST":
        return _answer(form, number=numbers[0] if is_saved else None)
    if is_saved:
        return redirect("import-next", number=numbers[0])
    return render(request, "web/imports/new.html", _shown(request, form=form), status=422 if form.errors else 200)


def _answer(form: UploadForm, *, number: int | None) -> JsonResponse:
    if number is not None:
        return JsonResponse({"next": reverse("import-next", args=[number])})
    return JsonResponse(
        {"said": " ".join(str(error) for errors in form.errors.values() for error in errors)}, status=422
    )


@require_POST
def preset_forget(request: Request) -> HttpResponse:
    """Remove a saved preset."""
    preset_remove(request.scope, name=request.POST.get("name", ""))
    return redirect("import-new")


@require_safe
def template(request: Request, *, name: str) -> HttpResponse:
    """The template of a preset, as a workbook with the organisation's own columns and values."""
    made = template_of(request.scope, preset=preset(name))
    data = template_workbook(made.columns, rows=made.rows, choices=made.choices)
    named = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(data, content_type=_WORKBOOK, headers=named)


def _shown(request: Request, *, form: UploadForm) -> dict[str, Any]:
    sent = request.POST
    return {
        **_presets(request, sent=sent.get("preset", "")),
        # A form makes one import, however often it is sent.
        "key": sent.get("key") or uuid4().hex,
        "columns": {name: list(preset.columns) for name, preset in PRESETS.items()},
        "pasted": sent.get("pasted", ""),
        "way_paste": bool(sent.get("pasted")),
        "way_file": not sent.get("pasted"),
        "form": form,
    }


def _presets(request: Request, *, sent: str) -> dict[str, Any]:
    """The presets, with the one that this person used last first."""
    me = Looked(by=request.scope.actor.username if request.scope.actor else "")
    used = next((each.preset for each in imports_list(request.scope, limit=1, looked=me)), "")
    shown = sorted(PRESETS.values(), key=lambda each: each.name != used)
    return {"presets": shown, "saved": presets_saved(request.scope), "used": used, "chosen": sent or shown[0].name}


def _asked(request: Request, *, form: UploadForm) -> ImportRequest:
    """The request for an import of a file or of pasted text. Raises FileError, PolicyError."""
    file, pasted = form.cleaned_data["file"], request.POST.get("pasted", "")
    if is_too_large(request):
        raise too_large()
    reading = form.reading()
    if isinstance(file, UploadedFile):
        stream, name = cast(BinaryIO, file.file), file.name or _("upload")
    elif pasted.strip():
        stream, name = io.BytesIO(pasted.encode()), _("pasted rows")
        reading["pasted"] = True
    else:
        raise FileError("file_not_chosen", field="file")
    settings_ = ("macros=let_in",) if form.lets_macros_in else ()
    chosen = preset_named(request.scope, name=request.POST.get("preset", ""))
    return ImportRequest(
        source=stream,
        name=name,
        preset=chosen.preset.name,
        policy=chosen.preset.configure(settings_),
        columns=chosen.columns,
        reading=reading_options(reading),
        key=request.POST.get("key", "")[:100] or uuid4().hex,
    )
