"""Receives uploads, and refuses files that are too large before they fill the disk."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from enlist.core.rights import Right
from enlist.web.rights import may

_REFUSED: Final = "enlist.too_large"


class Intake(FileUploadHandler):
    """Receives files of people who may import, up to a limit on the bytes that arrive.

    Files may contain passwords, so small ones stay in memory and others are in unnamed temporary files: if the process
    dies, nothing is left. The rest of a refused file is read and discarded, so that the browser shows the answer.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0
        self._file: Any = None

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Start a file. Raises SkipFile."""
        scope = getattr(self.request, "scope", None)
        if scope is None or not may(scope, right=Right.IMPORT):
            raise SkipFile
        super().new_file(*arguments, **named)
        # The reader of the upload closes it.
        self._file = SpooledTemporaryFile(  # noqa: SIM115
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Store a chunk. Raises SkipFile if the files of the request are too large together."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MOST:
            if self.request:
                self.request.META[_REFUSED] = True
            self._file.close()
            raise SkipFile
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Return the complete file."""
        self._file.seek(0)
        return UploadedFile(
            self._file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """Discard a file whose upload was interrupted."""
        if self._file:
            self._file.close()


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file was refused because of its size. Read the form first."""
    return _REFUSED in request.META
