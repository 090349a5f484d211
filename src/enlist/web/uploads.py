"""Intake: files as they arrive, counted, so that what may not be handed in never fills the disk."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from enlist.core.rights import Grant, Right, grant

_REFUSED: Final = "enlist.too_large"


class Intake(FileUploadHandler):
    """Takes in files of somebody who may import, up to the limit: by what comes, not by what a request says of itself.

    They may hold passwords: small ones stay in memory, others lie in files without names, of which a process that dies
    leaves nothing.

    The rest of a file that is refused is read and thrown away, so that whoever sends it hears why.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0
        self._file: Any = None

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Begin a file. Raises SkipFile."""
        scope = getattr(self.request, "scope", None)
        if scope is None or not scope.actor or grant(scope.actor.site_role, right=Right.IMPORT) is not Grant.YES:
            raise SkipFile
        super().new_file(*arguments, **named)
        # It belongs to whoever reads the upload, who closes it.
        self._file = SpooledTemporaryFile(  # noqa: SIM115
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take in some of it. Raises SkipFile where the files of the request are too large together."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MOST:
            if self.request:
                self.request.META[_REFUSED] = True
            self._file.close()
            raise SkipFile
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """All of it is there."""
        self._file.seek(0)
        return UploadedFile(
            self._file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """The rest of it will not come; of a file that was skipped nothing is held."""
        if self._file:
            self._file.close()


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file that came with the request was refused for its size; call it when the form was read."""
    return _REFUSED in request.META
