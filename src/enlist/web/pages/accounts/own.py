"""The pages that everybody has: the start page, one's courses, details and data, one's children and students."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import NotAllowed
from enlist.services.people import own
from enlist.services.people.edit import own_details_set
from enlist.services.people.own import OwnCourse
from enlist.services.people.own_address import own_address_confirm, own_address_of_link, own_address_request
from enlist.services.people.own_children import own_child_account, own_child_password_set
from enlist.web.forms.own_password import ActivationForm, OwnAddressForm
from enlist.web.forms.people import OwnDetailsForm
from enlist.web.navigation import start_of
from enlist.web.pages.drafts.draft import refusal
from enlist.web.pages.imports import imports
from enlist.web.pages.people.person import details_of
from enlist.web.request import Request
from enlist.web.words import ENROLLED_BY

# The page of a learner, by the kind of link.
_PAGES: Final = {"parent": "my-child", "instructor": "my-student"}


@require_safe
def home(request: Request) -> HttpResponse:
    """The first page of the site: the imports for the team, their courses for everybody else."""
    start = start_of(request.account)
    return imports.index(request) if start == "imports" else redirect(start)


@require_safe
def my_courses(request: Request) -> HttpResponse:
    """The courses of the signed-in person."""
    return render(request, "web/own/courses.html", {"courses": _with_words(own.own_courses(request.scope))})


@require_safe
def my_details(request: Request) -> HttpResponse:
    """The details of the signed-in person."""
    found = own.own_details(request.scope)
    details = details_of(found.person, fields=found.fields)
    shown: dict[str, Any] = {"person": found.person, "details": details, "waiting": found.waiting}
    return render(request, "web/own/details.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_details(request: Request) -> HttpResponse:
    """The form of what people can change themselves; a POST saves the changed values."""
    form = OwnDetailsForm(request.POST if request.method == "POST" else None, own=own.own_details(request.scope))
    if form.is_valid() and form.saved(lambda: own_details_set(request.scope, values=form.values())):
        messages.success(request, _("Saved."))
        return redirect("my-details")
    return render(request, "web/own/edit.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: Request) -> HttpResponse:
    """The form of a new e-mail address; a POST mails a link to it."""
    form = OwnAddressForm(request.POST if request.method == "POST" else None)
    session = request.session.session_key or ""
    if form.is_valid():
        sent = form.cleaned_data
        if form.saved(lambda: own_address_request(request.account, **sent, session=session)):
            messages.success(request, _("If nobody else uses %s, it gets a link now.") % sent["email"])
            return redirect("my-details")
    return render(request, "web/own/address.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: Request, *, token: str) -> HttpResponse:
    """Ask whether a new address is right; a POST changes it. Programs that check mails open the link with a GET."""
    email = own_address_of_link(request.scope, token=token)
    if email is None:
        return render(request, "web/link_over.html", status=410)
    if request.method != "POST":
        return render(request, "web/own/confirm.html", {"email": email})
    if message := refusal(lambda: own_address_confirm(request.scope, token=token)):
        messages.warning(request, message)
    else:
        messages.success(request, _("Your e-mail address is %s now.") % email)
    return redirect("my-details")


@require_safe
def learners(request: Request, *, kind: str) -> HttpResponse:
    """The children of the signed-in parent, or the students of the instructor."""
    found = own.own_learners(request.scope, kind=kind, page=request.GET.get("page", ""))
    shown = {
        "found": found,
        "kind": kind,
        "page": _PAGES[kind],
        "first": "" if found.page > 1 else None,
        "next": f"page={found.page + 1}" if found.page < found.pages else None,
    }
    return render(request, "web/own/learners.html", shown)


@require_safe
def learner(request: Request, *, kind: str, username: str) -> HttpResponse:
    """One of them: courses and details."""
    found, courses = own.own_learner(request.scope, kind=kind, username=username)
    shown: dict[str, Any] = {
        "person": found.person,
        "details": details_of(found.person, fields=found.fields),
        "courses": _with_words(courses),
        "kind": kind,
    }
    return render(request, "web/own/learner.html", shown)


@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def child_password(request: Request, *, username: str) -> HttpResponse:
    """The form of a child's password; a POST saves it."""
    try:
        child = own_child_account(request.scope, username=username)
    except NotAllowed as error:
        messages.warning(request, error.message)
        return redirect("my-children")
    sent = request.POST if request.method == "POST" else None
    form = ActivationForm(sent, least=child.least, terms=child.terms and child.terms[0])
    if form.is_valid():
        password = form.cleaned_data["new"]
        if form.saved(
            lambda: own_child_password_set(request.scope, username=username, password=password, terms=form.terms)
        ):
            messages.success(request, _("%s can sign in with this password now.") % child.username)
            return redirect("my-children")
    return render(request, "web/own/child_password.html", {"child": child, "form": form}, status=422 if sent else 200)


@require_safe
def my_data(request: Request) -> HttpResponse:
    """All data about the signed-in person, as a file."""
    page = JsonResponse(own.own_data(request.scope), json_dumps_params={"indent": 2, "ensure_ascii": False})
    page["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return page


def _with_words(courses: list[OwnCourse]) -> list[tuple[OwnCourse, Any]]:
    return [(each, ENROLLED_BY[each.source]) for each in courses]
