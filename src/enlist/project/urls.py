"""The URLs, and the error pages, which Django looks for only here."""

from django.urls import include, path

urlpatterns = [path("", include("enlist.web.urls"))]
handler400 = "enlist.web.pages.errors.bad"
handler404 = "enlist.web.pages.errors.missing"
handler500 = "enlist.web.pages.errors.broken"
