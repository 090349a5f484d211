"""Options of a profile field: renamed or cleared for everybody, as an import, or removed if nobody uses them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError, NotAllowed
from enlist.core.rights import Right
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.services.access import check_right
from enlist.services.drafts.draft import draft_change
from enlist.services.imports.options import option_remove, option_replace
from enlist.services.setup.records import record_show
from enlist.web.hints import error_text
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, *, field: str) -> HttpResponse:
    """Plan to rename or clear an option, or remove it at once."""
    record_show(request.scope, kind=PROFILE_FIELDS, key=field)
    if request.method != "POST":
        return redirect("profile-field", field)
    check_right(request.scope, right=Right.CHANGE_SETUP)
    option, new = request.POST.get("option", ""), request.POST.get("new", "").strip()
    try:
        match request.POST.get("do"):
            case "remove":
                option_remove(request.scope, shortname=field, option=option)
                messages.success(request, _("Removed the option “%s”.") % option)
            case "rename" if not new:
                messages.warning(request, _("Enter the new name of “%s”.") % option)
            case "rename" | "clear" as what:
                name = new if what == "rename" else ""
                wanted = option_replace(request.scope, shortname=field, old=option, new=name)
                return redirect("import-preview", draft_change(request.scope, change=wanted))
    except NotAllowed:
        raise
    except EnlistError as error:
        messages.warning(request, error_text(error))
    return redirect("profile-field", field)
