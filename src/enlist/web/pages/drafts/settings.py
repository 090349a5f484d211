"""The step Settings: changes are saved at once, and the page shows which problems they solve or cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, NotAllowed, NotFound
from enlist.services.drafts import settings_trial
from enlist.services.drafts.draft import draft_plan, draft_record, draft_settings_set, draft_show
from enlist.services.drafts.next_step import COLUMNS, draft_plan_if_complete
from enlist.services.imports import plan
from enlist.services.setup.saved_presets import SavedPreset, preset_save
from enlist.web.hints import error_text
from enlist.web.request import Request
from enlist.web.settings_form import SettingsForm

from .draft import action, columns_page, onward, refusal

# Key of the session: the number of a draft, and its problems before the last change.
PROBLEMS: Final = "problems"
# Drafts with more rows aren't planned again at every change.
QUICK: Final = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request, *, number: int) -> HttpResponse:
    """The settings, which are in a drawer of the page of columns; a POST saves them and plans the import."""
    draft = draft_show(request.scope, number=number)
    if request.method != "POST":
        return columns_page(request, draft=draft, settings=SettingsForm(None, draft=draft))
    form = SettingsForm(request.POST, draft=draft)
    if _is_saved(request, form=form, number=number):
        draft_plan_if_complete(request.scope, number=number)
        return onward(number, after=COLUMNS)
    return columns_page(request, draft=draft, settings=form)


@action
def save(request: Request, *, number: int) -> HttpResponse:
    """Save the draft's settings and columns as a preset with a name."""
    draft, name = draft_show(request.scope, number=number, rows=0), request.POST.get("name", "")
    columns = {column.header_in_file: column.slug for column in draft.columns if column.slug and not column.is_secret}
    saved = SavedPreset(name, replace(draft.preset, policy=draft.policy), columns)
    if message := refusal(lambda: preset_save(request.scope, saved=saved)):
        messages.warning(request, message)
    else:
        messages.info(request, _("Saved the preset “%s”. Choose it at the next import.") % name.strip())
    return redirect("import-columns", number=number)


@action
def check(request: Request, *, number: int) -> HttpResponse:
    """Save a change and start to plan the import again: a part of the page."""
    before = settings_trial.problems_counted(request.scope, number=number)
    if before is not None:
        request.session[PROBLEMS] = [number, before]
    draft = draft_show(request.scope, number=number, rows=0)
    form = SettingsForm(request.POST, draft=draft)
    if not _is_saved(request, form=form, number=number):
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _checked(request, number=number, shown={"said": message})
    if is_quick := draft.rows <= QUICK:
        draft_plan(request.scope, number=number)
    return _checked(request, number=number, shown={"busy": is_quick, "kept": True})


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
    draft_record(request.scope, number=number)
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


def _is_saved(request: Request, *, form: SettingsForm, number: int) -> bool:
    """Save the form if it was sent; False if it wasn't, or has an error."""
    save = lambda: draft_settings_set(  # noqa: E731
        request.scope, number=number, settings=form.settings(), used=form.columns_used()
    )
    return form.is_valid() and form.saved(save)


def _checked(request: Request, *, number: int, shown: dict[str, Any]) -> HttpResponse:
    return render(request, "web/imports/checked.html", {"number": number, **shown})
