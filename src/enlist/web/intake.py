"""Intake: files as they arrive, counted, so that what may not be handed in never fills the disk."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from enlist.core.rights import Grant, Right, grant

_REFUSED: Final = "enlist.too_large"


class Intake(TemporaryFileUploadHandler):
    """Takes in files of somebody who may import, up to the limit: by what comes, not by what a request says of itself.

    The rest of a file that is refused is read and thrown away, so that whoever sends it hears why.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Begin a file. Raises SkipFile."""
        scope = getattr(self.request, "scope", None)
        if scope is None or not scope.actor or grant(scope.actor.site_role, right=Right.IMPORT) is not Grant.YES:
            raise SkipFile
        super().new_file(*arguments, **named)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take in some of it. Raises SkipFile where the files of the request are too large together."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MOST:
            if self.request:
                self.request.META[_REFUSED] = True
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file that came with the request was refused for its size; call it when the form was read."""
    return _REFUSED in request.META
