"""What a web server calls."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()
# Whoever comes first shall not wait until all pages are loaded.
_ = get_resolver().url_patterns
