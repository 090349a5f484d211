"""One's own password, which whoever was given one has to change before anything else."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enlist.core.errors import PolicyError
from enlist.services.accounts.own_password import password_change
from enlist.web.hints import error_text
from enlist.web.request import Request


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: Request) -> HttpResponse:
    """Ask for the current password and a new one, twice; on success everybody else's session of theirs is over."""
    said = ""
    if request.method == "POST":
        said = _changed(request)
        if not said:
            messages.success(request, _("Your password is changed."))
            return redirect("imports")
    answer = {"said": said, "must": request.account.must_change}
    return render(request, "web/own_password.html", answer, status=422 if said else 200)


def _changed(request: Request) -> str:
    """Change it; what is in the way, or nothing."""
    current, new, again = (request.POST.get(name, "") for name in ("current", "new", "again"))
    if new != again:
        return _("The two new passwords differ; nothing was changed.")
    try:
        password_change(request.account, current=current, new=new, session=request.session.session_key or "")
    except PolicyError as error:
        return error_text(error)
    update_session_auth_hash(request, request.account)
    return ""
