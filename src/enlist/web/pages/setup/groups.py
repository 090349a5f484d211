"""Groups of people: how full they are; one added, changed, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.rights import Right
from enlist.services.setup import groups, lists
from enlist.web.fill_levels import filled
from enlist.web.pages.drafts.draft import against
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.values_form import Value, changed


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Every group, and how full it is; posted, another is added."""
    said = ""
    if request.method == "POST":
        values = changed(request.POST)
        said = against(lambda: groups.group_add(request.scope, values=values))
        if not said:
            messages.success(request, _("The group %s is added.") % values["name"])
            return redirect("groups")
    shown = {
        "groups": filled(lists.groups_list(request.scope)),
        "values": _values(request),
        "said": said,
        "may_change": may(request, right=Right.CHANGE_GROUPS),
    }
    return render(request, "web/setup/groups.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, *, group: int) -> HttpResponse:
    """What one group is called and where it stands; posted, as somebody says."""
    said = ""
    if request.method == "POST":
        said = against(lambda: groups.group_change(request.scope, group=group, values=changed(request.POST)))
        if not said:
            messages.success(request, _("It is saved."))
            return redirect("groups")
    found = groups.group_show(request.scope, group=group)
    shown = {
        "group": found,
        "key": group,
        "values": _values(request, group=group, found=found),
        "said": said,
        "may_change": may(request, right=Right.CHANGE_GROUPS),
    }
    return render(request, "web/setup/group.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: Request, *, group: int) -> HttpResponse:
    """Take a group away that nobody is in."""
    found = groups.group_show(request.scope, group=group)
    if request.method != "POST":
        return redirect("group", group=group)
    said = against(lambda: groups.group_drop(request.scope, group=group))
    if said:
        messages.warning(request, said)
        return redirect("group", group=group)
    messages.success(request, _("The group %s is gone.") % found["name"])
    return redirect("groups")


def _values(request: Request, *, group: int | None = None, found: dict[str, str] | None = None) -> list[Value]:
    sent, was = request.POST, found or {"name": "", "idnumber": "", "above": ""}
    beside = groups.groups_beside(request.scope, group=group)
    above = next((f"#{key}" for key, name in beside if name == was["above"]), "")
    options = [("", ""), *((f"#{key}", name) for key, name in beside)]
    help_ = _("What files call the group, in a column cohort1.")
    return [
        Value("name", _("name"), was=was["name"], now=sent.get("name", was["name"]), needed=True),
        Value("idnumber", _("ID number"), was=was["idnumber"], now=sent.get("idnumber", was["idnumber"]), help=help_),
        Value("above", _("inside of"), was=above, now=sent.get("above", above), options=options),
    ]
