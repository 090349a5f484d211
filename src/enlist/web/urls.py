"""Which page an address is."""

from django.urls import path

from .pages import activity, draft, health, imports, new_import, own_password, people, review, setup, signing_in, team

urlpatterns = [
    path("", imports.index, name="home"),
    path("imports/", imports.index, name="imports"),
    path("imports/lines/", imports.lines, name="import-lines"),
    path("imports/new/", new_import.new, name="import-new"),
    path("imports/template/<slug:name>.xlsx", new_import.template, name="import-template"),
    path("imports/<int:number>/", imports.detail, name="import"),
    path("imports/<int:number>/source/", draft.source, name="import-source"),
    path("imports/<int:number>/columns/", draft.columns, name="import-columns"),
    path("imports/<int:number>/settings/", draft.settings, name="import-settings"),
    path("imports/<int:number>/review/", review.review, name="import-review"),
    path("imports/<int:number>/review/rows/", review.rows, name="import-review-rows"),
    path("imports/<int:number>/review/edit/", review.edit, name="import-review-edit"),
    path("imports/<int:number>/review/fix/", review.fix, name="import-review-fix"),
    path("imports/<int:number>/preview/", draft.preview, name="import-preview"),
    path("imports/<int:number>/progress/", draft.progress, name="import-progress"),
    path("imports/<int:number>/plan/", draft.plan, name="import-plan"),
    path("imports/<int:number>/apply/", draft.apply, name="import-apply"),
    path("imports/<int:number>/cancel/", draft.cancel, name="import-cancel"),
    path("imports/<int:number>/undo/", draft.undo, name="import-undo"),
    path("imports/<int:number>/approve/", imports.approve, name="import-approve"),
    path("imports/<int:number>/drop/", imports.drop, name="import-drop"),
    path("imports/<int:number>/<slug:what>.<slug:kind>", imports.download, name="import-download"),
    path("people/", people.index, name="people"),
    path("people/<str:username>/", people.detail, name="person"),
    path("groups/", setup.groups, name="groups"),
    path("courses/", setup.courses, name="courses"),
    path("profile-fields/", setup.fields, name="profile-fields"),
    path("team/", team.index, name="team"),
    path("activity/", activity.index, name="activity"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("own-password/", own_password.own_password, name="own-password"),
    path("health/", health.health, name="health"),
]
