"""The WSGI application."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


class _Body:
    """The body of a request, which raises OSError if the connection breaks off before its end.

    Django would take the part that arrived for the whole: half of a pasted list would be imported.
    """

    def __init__(self, stream: Any, *, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read(size), wanted=size)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline(size), wanted=size)

    def _counted(self, data: bytes, *, wanted: int) -> bytes:
        self._left -= len(data)
        if not data and wanted and self._left > 0:
            raise OSError("The connection was closed.")
        return data


class _Request(WSGIRequest):
    """A request whose body arrives whole or not at all."""

    def __init__(self, environ: dict[str, Any]) -> None:
        size = environ.get("CONTENT_LENGTH") or "0"
        if size.isdecimal():
            environ["wsgi.input"] = _Body(environ["wsgi.input"], size=int(size))
        super().__init__(environ)


application = get_wsgi_application()
application.request_class = _Request
# Load all pages now, so that the first request doesn't have to wait.
_ = get_resolver().url_patterns
