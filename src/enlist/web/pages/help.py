"""The docs inside the application."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.web.help_pages import INDEX, help_page


@login_not_required
@require_safe
def page(request: HttpRequest, *, name: str = INDEX) -> HttpResponse:
    """A page of the docs, with the navigation for people who are signed in."""
    found = help_page(name)
    if found is None:
        raise Http404
    layout = "web/page.html" if request.user.is_authenticated else "web/help/open.html"
    return render(request, "web/help/page.html", {"page": found, "layout": layout, "is_index": name == INDEX})
