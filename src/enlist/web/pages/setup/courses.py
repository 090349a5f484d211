"""Courses: how full they are; one added, changed, given groups, taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.rights import Right
from enlist.services.setup import courses, lists
from enlist.web.fill_levels import filled
from enlist.web.pages.drafts.draft import against
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.values_form import Value, changed


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Every course, and how full it and its groups are; posted, another is added."""
    said = ""
    if request.method == "POST":
        values = changed(request.POST)
        said = against(lambda: courses.course_add(request.scope, values=values))
        if not said:
            messages.success(request, _("The course %s is added.") % values["shortname"])
            return redirect("courses")
    shown = {
        "courses": filled(lists.courses_list(request.scope)),
        "values": _values(request, found=None)[:2],
        "said": said,
        "may_change": may(request, right=Right.CHANGE_SETUP),
    }
    return render(request, "web/setup/courses.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, *, course: int) -> HttpResponse:
    """What one course is called, and how people are in it; posted, as somebody says."""
    said = ""
    if request.method == "POST":
        said = against(lambda: courses.course_change(request.scope, course=course, values=changed(request.POST)))
        if not said:
            messages.success(request, _("It is saved."))
            return redirect("courses")
    found = courses.course_show(request.scope, course=course)
    shown = {
        "course": found,
        "key": course,
        "values": _values(request, found=found),
        "said": said,
        "may_change": may(request, right=Right.CHANGE_SETUP),
    }
    return render(request, "web/setup/course.html", shown, status=422 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add_group(request: Request, *, course: int) -> HttpResponse:
    """Add a group inside a course."""
    courses.course_show(request.scope, course=course)
    if request.method == "POST":
        name = request.POST.get("group", "").strip()
        said = against(lambda: courses.course_group_add(request.scope, course=course, name=name))
        if said:
            messages.warning(request, said)
        else:
            messages.success(request, _("The group %s is added.") % name)
    return redirect("course", course=course)


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: Request, *, course: int) -> HttpResponse:
    """Take a course away that nobody was ever in."""
    found = courses.course_show(request.scope, course=course)
    if request.method != "POST":
        return redirect("course", course=course)
    said = against(lambda: courses.course_drop(request.scope, course=course))
    if said:
        messages.warning(request, said)
        return redirect("course", course=course)
    messages.success(request, _("The course %s is gone.") % found["shortname"])
    return redirect("courses")


def _values(request: Request, *, found: dict[str, Any] | None) -> list[Value]:
    sent = request.POST
    was = found or {"shortname": "", "name": "", "open": "", "days": "", "role": ""}
    roles = [(name, title or name) for name, title in lists.course_roles(request.scope)]

    def now(name: str) -> str:
        return str(sent.get(name, was[name]))

    return [
        Value("shortname", _("short name"), was["shortname"], now("shortname"), needed=True,
              help=_("What files call the course, in a column course1.")),
        Value("name", _("name"), was["name"], now("name")),
        Value("open", _("people can be enrolled, by files and by hand"), was["open"], now("open"),
              options=[("yes", _("yes")), ("no", _("no"))]),
        Value("days", _("days an enrolment lasts"), was["days"], now("days"), help=_("0: no end")),
        Value("role", _("role, unless the file names one"), was["role"], now("role"), options=[("", ""), *roles]),
    ]  # fmt: skip
