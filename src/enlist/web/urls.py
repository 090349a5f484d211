"""Which page an address is."""

from django.urls import path

from .pages import activity, health, imports, own_password, people, signing_in

urlpatterns = [
    path("", imports.index, name="home"),
    path("imports/", imports.index, name="imports"),
    path("imports/lines/", imports.lines, name="import-lines"),
    path("imports/<int:number>/", imports.detail, name="import"),
    path("people/", people.index, name="people"),
    path("people/<str:username>/", people.detail, name="person"),
    path("activity/", activity.index, name="activity"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("own-password/", own_password.own_password, name="own-password"),
    path("health/", health.health, name="health"),
]
handler404 = "enlist.web.pages.errors.missing"
handler500 = "enlist.web.pages.errors.broken"
