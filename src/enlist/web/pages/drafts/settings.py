"""The step Settings: changes are saved at once, and the page shows which problems they solve or cause."""

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

from .draft import action, refusal

# Key of the session: the number of a draft, and its problems before the last change.
PROBLEMS: Final = "problems"
# Drafts with more rows aren't planned again at every change.
QUICK: Final = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request, *, number: int) -> HttpResponse:
    """The settings; a POST saves them and plans the import."""
    message = ""
    if request.method == "POST":
        message = _save(request, number=number)
        if not message:
            draft_plan(request.scope, number=number)
            return redirect("import-preview", number=number)
    draft = draft_show(request.scope, number=number)
    shown = {
        "draft": draft,
        "step": "settings",
        "said": message,
        "sections": settings_form.sections(draft),
        "profile": settings_form.profile_controls(draft) if "defaults" in draft.preset.offered else (),
        "takes": settings_form.TAKES,
    }
    return render(request, "web/imports/settings.html", shown, status=422 if message else 200)


@action
def check(request: Request, *, number: int) -> HttpResponse:
    """Save a change and start to plan the import again: a part of the page."""
    before = settings_trial.problems_counted(request.scope, number=number)
    if before is not None:
        request.session[PROBLEMS] = [number, before]
    message = _save(request, number=number)
    rows = draft_show(request.scope, number=number, rows=0).rows
    is_busy = not message and rows <= QUICK
    if is_busy:
        draft_plan(request.scope, number=number)
    return _checked(request, number=number, shown={"said": message, "busy": is_busy, "kept": not message})


@require_safe
def checked(request: Request, *, number: int) -> HttpResponse:
    """How the last change affected problems: a part of the page."""
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
    """What a pattern generates for the first rows: a part of the page."""
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


def _save(request: Request, *, number: int) -> str:
    """Save the form; returns an error message or ""."""
    preset = draft_show(request.scope, number=number, rows=0).preset
    sent = settings_form.settings(preset, sent=request.POST)
    used = settings_form.columns_used(request.POST)
    return refusal(lambda: draft_settings_set(request.scope, number=number, settings=sent, used=used))


def _checked(request: Request, *, number: int, shown: dict[str, Any]) -> HttpResponse:
    return render(request, "web/imports/checked.html", {"number": number, **shown})
