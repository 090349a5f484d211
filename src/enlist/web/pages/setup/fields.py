"""Profile fields: what is kept of people; one added, changed, given options, moved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.directory.directory import ProfileField
from enlist.core.fields.fields import PROFILE_KINDS
from enlist.core.rights import Right
from enlist.services.setup import fields, lists
from enlist.web.pages.drafts.draft import against
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.values_form import Value, changed


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Every profile field; posted, another is added."""
    said = ""
    if request.method == "POST":
        field = _new(request)
        said = against(lambda: lists.field_add(request.scope, field=field))
        if not said:
            messages.success(request, _("The field is added. In files its column is called %s.") % field.slug)
            return redirect("profile-fields")
    shown = {
        "fields": lists.fields_list(request.scope),
        "kinds": PROFILE_KINDS,
        "sent": request.POST,
        "said": said,
        "may_change": may(request, right=Right.CHANGE_SETUP),
    }
    return render(request, "web/setup/fields.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, *, field: str) -> HttpResponse:
    """What a field is called and needs; posted, as somebody says."""
    said = ""
    if request.method == "POST":
        said = against(lambda: fields.field_change(request.scope, shortname=field, values=changed(request.POST)))
        if not said:
            messages.success(request, _("It is saved."))
            return redirect("profile-fields")
    found = fields.field_show(request.scope, shortname=field)
    shown = {
        "field": found,
        "values": _values(request, field=found),
        "said": said,
        "may_change": may(request, right=Right.CHANGE_SETUP),
    }
    return render(request, "web/setup/field.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, *, field: str) -> HttpResponse:
    """Move a field one place up or down."""
    fields.field_show(request.scope, shortname=field)
    if request.method == "POST":
        fields.field_move(request.scope, shortname=field, by=-1 if request.POST.get("to") == "up" else 1)
    return redirect("profile-fields")


def _new(request: Request) -> ProfileField:
    sent = request.POST
    shortname = sent.get("shortname", "").strip()
    return ProfileField(
        id=0,
        shortname=shortname,
        name=sent.get("name", "").strip() or shortname,
        kind=sent.get("kind", ""),
        options=tuple(line.strip() for line in sent.get("options", "").splitlines() if line.strip()),
        required="required" in sent,
        unique="unique" in sent,
        locked="locked" in sent,
        default=sent.get("default", "").strip(),
    )


def _values(request: Request, *, field: ProfileField) -> list[Value]:
    sent = request.POST
    yes_no = [("yes", _("yes")), ("no", _("no"))]
    required, locked = ("yes" if flag else "no" for flag in (field.required, field.locked))
    found = [
        Value("name", _("name"), field.name, sent.get("name", field.name), needed=True),
        Value("required", _("required for new people"), required, sent.get("required", required), options=yes_no),
        Value(
            "locked", _("only imports and the team may change it"), locked, sent.get("locked", locked), options=yes_no
        ),
    ]
    if not field.unique:
        help_ = _("What new people get where the file says nothing.")
        found.append(Value("default", _("default"), field.default, sent.get("default", field.default), help=help_))
    if field.options:
        help_ = _("One per line. The options there are stay: people have them.")
        found.append(Value("options", _("more options"), now=sent.get("options", ""), kind="long", help=help_))
    return found
