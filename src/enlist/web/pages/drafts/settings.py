"""Settings: what an import does; a change is kept at once, and what it solves or spoils is said."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, NotAllowed, NotFound
from enlist.services.drafts import settings_trial
from enlist.services.drafts.draft import draft_check, draft_plan, draft_settings_set, draft_show
from enlist.services.imports import plan
from enlist.web import settings_form
from enlist.web.hints import error_text
from enlist.web.request import Request

from .draft import action, against

# Of a session: the number of a draft, and its problems before something was changed.
PROBLEMS: Final = "problems"
# As many rows are looked through at every change.
QUICK: Final = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request, *, number: int) -> HttpResponse:
    """What the import does; posted, it is set so and planned."""
    said = ""
    if request.method == "POST":
        said = _kept(request, number=number)
        if not said:
            draft_plan(request.scope, number=number)
            return redirect("import-preview", number=number)
    draft = draft_show(request.scope, number=number)
    shown = {
        "draft": draft,
        "step": "settings",
        "said": said,
        "sections": settings_form.sections(draft),
        "profile": settings_form.profile_controls(draft) if "defaults" in draft.preset.offered else (),
        "takes": settings_form.TAKES,
    }
    return render(request, "web/imports/settings.html", shown, status=422 if said else 200)


@action
def check(request: Request, *, number: int) -> HttpResponse:
    """Keep what was changed and have it looked at: a piece of the page that says so."""
    before = settings_trial.problems_counted(request.scope, number=number)
    if before is not None:
        request.session[PROBLEMS] = [number, before]
    said = _kept(request, number=number)
    rows = draft_show(request.scope, number=number, rows=0).rows
    is_quick = rows <= QUICK
    if not said and is_quick:
        draft_plan(request.scope, number=number)
    return _checked(request, number=number, shown={"said": said, "busy": not said and is_quick, "kept": not said})


@require_safe
def checked(request: Request, *, number: int) -> HttpResponse:
    """What became of problems since something was changed: a piece of the page."""
    summary, _plan = plan.import_show(request.scope, number=number)
    if summary.progress:
        return _checked(request, number=number, shown={"busy": True})
    now = settings_trial.problems_counted(request.scope, number=number)
    if now is None:
        return _checked(request, number=number, shown={"said": error_text(summary.error)})
    of, before = request.session.get(PROBLEMS, (None, None))
    request.session[PROBLEMS] = [number, now]
    solved = settings_trial.problems_compared(before if of == number else None, now=now)
    return _checked(request, number=number, shown={"solved": solved})


@require_safe
def example(request: Request, *, number: int) -> HttpResponse:
    """What a pattern makes of the first rows: a piece of the page."""
    draft_check(request.scope, number=number)
    setting = next(iter(request.GET), "")
    pattern = request.GET.get(setting, "")
    shown: dict[str, Any] = {"pattern": pattern}
    try:
        if pattern:
            shown["examples"] = settings_trial.pattern_examples(
                request.scope, number=number, setting=setting, pattern=pattern
            )
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        shown["said"] = error_text(error)
    return render(request, "web/imports/examples.html", shown)


def _kept(request: Request, *, number: int) -> str:
    """Keep what the form says; what speaks against it, "" where nothing does."""
    preset = draft_show(request.scope, number=number, rows=0).preset
    sent = settings_form.settings(preset, sent=request.POST)
    used = settings_form.columns_used(request.POST)
    return against(lambda: draft_settings_set(request.scope, number=number, settings=sent, used=used))


def _checked(request: Request, *, number: int, shown: dict[str, Any]) -> HttpResponse:
    return render(request, "web/imports/checked.html", {"number": number, **shown})
