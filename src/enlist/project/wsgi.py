"""The WSGI application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_django = get_wsgi_application()


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


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request."""
    size = environ.get("CONTENT_LENGTH") or "0"
    if size.isdecimal():
        environ["wsgi.input"] = _Body(environ["wsgi.input"], size=int(size))
    return _django(environ, start_response)


# Load all pages now, so that the first request doesn't have to wait.
_ = get_resolver().url_patterns
