"""Ask for a new password."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from enlist.core.errors import TooOften
from enlist.services import access
from enlist.services.accounts.password_reset import password_request
from enlist.web.request import address_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """The form; the answer to a POST is the same whether there is such an account or not."""
    names = {name: request.POST.get(name, "") for name in ("organization", "name")}
    shown = {**names, "several": access.are_several(), "is_sent": request.method == "POST"}
    if request.method != "POST":
        return render(request, "web/forgot_password.html", shown)
    try:
        password_request(**names, address=address_of(request))
    except TooOften as error:
        shown |= {"is_sent": False, "said": error.message}
        page = render(request, "web/forgot_password.html", shown, status=429)
        page["Retry-After"] = str(error.seconds)
        return page
    return render(request, "web/forgot_password.html", shown)
