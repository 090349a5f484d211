"""The health check."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from enlist.services.setup import organization


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 if the database answers and its tables have this version, else 503."""
    del request
    problem = organization.database_trouble()
    return JsonResponse({"fine": not problem, "trouble": problem}, status=503 if problem else 200)
