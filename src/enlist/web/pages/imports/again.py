"""Rename an import, and import another file with its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import FileError
from enlist.core.policy import Policy
from enlist.services.access import Right, check_right
from enlist.services.drafts.again import draft_again, import_rename, import_repeatable
from enlist.services.drafts.upload_limits import too_large
from enlist.services.imports.plan import import_show
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.summary import ImportSummary
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.inputs import input_for
from enlist.web.reading_form import UploadForm
from enlist.web.request import Request
from enlist.web.uploads import is_too_large


class NameForm(ServiceForm):
    """The name of an import."""

    def __init__(self, sent: Mapping[str, Any] | None, *, summary: ImportSummary) -> None:
        super().__init__(sent, initial={"name": summary.note})
        hint = _("Blank for the name of the file: %s") % summary.file
        self.add("name", field=input_for("text", label=_("Name"), help_text=hint, longest=255, required=False))


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: Request, *, number: int) -> HttpResponse:
    """The form for the name; a POST changes it."""
    summary, _plan = import_show(request.scope, number=number)
    form = NameForm(request.POST if request.method == "POST" else None, summary=summary)
    if form.is_valid() and form.saved(
        lambda: import_rename(request.scope, number=number, name=form.cleaned_data["name"])
    ):
        messages.success(request, _("Renamed import %s.") % number)
        return redirect("imports")
    shown = {"summary": summary, "form": form}
    return render(request, "web/imports/rename.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: Request, *, number: int) -> HttpResponse:
    """The form for a file; a POST makes a draft of it with the settings of the import."""
    check_right(request.scope, right=Right.IMPORT)
    import_repeatable(request.scope, number=number)
    form, numbers = UploadForm(request.POST if request.method == "POST" else None, files=request.FILES), list[int]()
    # Here it is a plain input, without a zone to drop files.
    form.fields["file"].widget.attrs["class"] = "form-control"
    save = lambda: numbers.append(draft_again(request.scope, number=number, request=_asked(request, form=form)))  # noqa: E731
    if form.is_valid() and form.saved(save):
        return redirect("import-next", number=numbers[0])
    shown = {
        "summary": import_show(request.scope, number=number)[0],
        "form": form,
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(request, "web/imports/again.html", shown, status=422 if form.errors else 200)


def _asked(request: Request, *, form: UploadForm) -> ImportRequest:
    """The request for an import of the file. Raises FileError."""
    file = form.cleaned_data["file"]
    if is_too_large(request):
        raise too_large()
    if not isinstance(file, UploadedFile):
        raise FileError("file_not_chosen", field="file")
    key = request.POST.get("key", "")[:100] or uuid4().hex
    name = file.name or str(_("upload"))
    return ImportRequest(source=cast(BinaryIO, file.file), name=name, preset="", policy=Policy(), key=key)
