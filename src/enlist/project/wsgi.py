"""The WSGI application."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()
# Load all pages now, so that the first request doesn't have to wait.
_ = get_resolver().url_patterns
