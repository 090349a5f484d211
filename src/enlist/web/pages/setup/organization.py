"""The organisation: its name, whether people share addresses, what goes unasked, how long things are kept."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import PolicyError
from enlist.core.rights import Right
from enlist.services.imports import approval
from enlist.services.imports.approval import LimitShown
from enlist.services.retention import expiry
from enlist.services.setup import organization
from enlist.web.input_checks import whole_number
from enlist.web.pages.drafts.draft import against
from enlist.web.request import Request
from enlist.web.rights import may


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """What holds for the whole organisation; posted, one part of it is changed."""
    said = ""
    if request.method == "POST":
        said = against(lambda: _change(request))
        if not said:
            messages.success(request, _("It is saved."))
            return redirect("organization")
    shown = {
        "said": said,
        "is_shared": organization.addresses_are_shared(request.scope),
        "limits": [_limit(each) for each in approval.limits_list(request.scope)],
        "retention": expiry.retention_show(request.scope),
        "may_change": may(request, right=Right.CHANGE_ORGANIZATION),
        "may_limit": may(request, right=Right.APPROVE),
    }
    return render(request, "web/setup/organization.html", shown, status=422 if said else 200)


def _change(request: Request) -> None:
    sent, scope = request.POST, request.scope
    match sent.get("part"):
        case "name":
            organization.organization_rename(scope, name=sent.get("name", ""))
        case "addresses":
            organization.addresses_share(scope, shared=sent.get("shared") == "yes")
        case "limits":
            approval.limits_change(scope, settings=_settings(sent))
        case "retention":
            expiry.retention_change(scope, files=_days(sent, name="files"), plans=_days(sent, name="plans"))
        case _:
            raise PolicyError("form_part_unknown")


def _limit(told: LimitShown) -> dict[str, Any]:
    """A limit as its form shows it: the share in percent."""
    return {**vars(told), "percent": f"{Decimal(str(told.share)) * 100:f}".rstrip("0").rstrip(".") or "0"}


def _settings(sent: QueryDict) -> list[str]:
    """The limits of a form as settings. Raises PolicyError for a share that is none."""
    verbs = [name.removesuffix("-number") for name in sent if name.endswith("-number")]
    return [
        f"{verb}={_share(sent.get(f'{verb}-share', ''))},{sent.get(f'{verb}-number', '').strip()}" for verb in verbs
    ]


def _share(typed: str) -> str:
    try:
        return f"{Decimal(typed.strip().removesuffix('%').strip().replace(',', '.')) / 100:f}"
    except InvalidOperation as error:
        raise PolicyError("share_refused", value=typed) from error


def _days(sent: QueryDict, *, name: str) -> int:
    typed = sent.get(name, "").strip()
    days = whole_number(typed, digits=5)
    if days is None:
        raise PolicyError("days_not_number", value=typed)
    return days
