"""Add and remove links from a person's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError, NotAllowed
from enlist.services.people import links, listing
from enlist.services.people.links import LinkEnds
from enlist.web.hints import error_text
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, *, username: str) -> HttpResponse:
    """Link a person to a parent or instructor, or remove one of their links."""
    sent = request.POST
    if request.method != "POST":
        return redirect("person", username=username)
    ends = LinkEnds(sent.get("learner", username), sent.get("other", "").strip(), sent.get("kind", ""))
    is_new = sent.get("do") != "remove"
    listing.person_facts(request.scope, username=username)
    try:
        (links.link_add if is_new else links.link_remove)(request.scope, ends=ends)
    except NotAllowed:
        raise
    except EnlistError as error:
        messages.warning(request, error_text(error))
    else:
        names = {"other": ends.other, "learner": ends.learner}
        added, removed = _("%(other)s is linked to %(learner)s."), _("Removed the link of %(other)s to %(learner)s.")
        messages.success(request, (added if is_new else removed) % names)
    return redirect("person", username=username)
