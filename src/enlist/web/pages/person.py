"""One person: what is known of them, changed by hand, and what changed them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, NotAllowed, NotFound
from enlist.core.fields import FIELDS, PERSON_SLUGS, PROFILE_PREFIX
from enlist.core.rights import Right
from enlist.services import editing, history, people, setup_lists
from enlist.services.access import check_right
from enlist.web.pages.draft import told
from enlist.web.request import Request
from enlist.web.rights import may

# Before the name of a field in the form: what stood there when the form was made.
_WAS: Final = "was-"


@require_safe
def detail(request: Request, *, username: str) -> HttpResponse:
    """Details, courses, groups, and what changed them."""
    scope = request.scope
    person = people.person_facts(scope, username=username)
    past = history.person_history(scope, username=username)
    details = [(FIELDS[slug].label, person[slug]) for slug in PERSON_SLUGS if person[slug]]
    shown = {
        "person": person,
        "past": past,
        "details": [*details, *person["profile"].items()],
        "may_change": may(request, right=Right.CHANGE_PEOPLE),
    }
    return render(request, "web/people/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, *, username: str) -> HttpResponse:
    """Their values to be changed; posted, those that somebody did change are."""
    scope, sent = request.scope, request.POST
    check_right(scope, right=Right.CHANGE_PEOPLE)
    said = ""
    if request.method == "POST":
        changed = {
            name.removeprefix(_WAS): sent.get(name.removeprefix(_WAS), "").strip()
            for name in sent
            if name.startswith(_WAS) and sent.get(name.removeprefix(_WAS), "").strip() != sent[name]
        }
        try:
            cells = editing.person_set(scope, username=username, values=changed)
            count = len(cells)
            messages.success(request, ngettext("%d value is changed.", "%d values are changed.", count) % count)
            return redirect("person", username=changed.get("username", username))
        except (NotAllowed, NotFound):
            raise
        except EnlistError as error:
            said = told(error)
    person = people.person_facts(scope, username=username)
    shown = {"person": person, "said": said, "values": _values(request, person=person)}
    return render(request, "web/people/edit.html", shown, status=422 if said else 200)


def _values(request: Request, *, person: dict[str, Any]) -> list[dict[str, Any]]:
    """The values of a form: name, title, was, now, options (where it has to be one of them)."""
    own: list[tuple[str, str, str, tuple[str, ...]]] = [
        (slug, FIELDS[slug].label, person[slug], ()) for slug in PERSON_SLUGS
    ]
    own.append(("state", _("status"), person["state"], ("active", "inactive")))
    for field in setup_lists.fields_list(request.scope):
        options = ("", *field["options"]) if field["kind"] == "choice" else ()
        value = person["profile"].get(field["shortname"], "")
        own.append((PROFILE_PREFIX + field["shortname"], field["name"], value, options))
    return [
        {"name": name, "title": title, "was": was, "now": request.POST.get(name, was), "options": options}
        for name, title, was, options in own
    ]
