"""Where requests go."""

from django.urls import include, path

urlpatterns = [path("", include("enlist.web.urls"))]
