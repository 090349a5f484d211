"""The URLs of pages."""

from django.urls import path

from enlist.core.setup_kinds import SETUP_KINDS
from enlist.web.pages import help as help_
from enlist.web.pages.accounts import forgot_password, links, own, own_password, own_settings, sign_in, team
from enlist.web.pages.drafts import draft, grid, review, settings, source, upload
from enlist.web.pages.imports import again, imports, presets
from enlist.web.pages.people import bulk, inviting, people, person, roles
from enlist.web.pages.people import links as people_links
from enlist.web.pages.setup import activity, components, first_run, organization, records

from . import converters
from .pages import health

converters.register()

urlpatterns = [
    path("", own.home, name="home"),
    path("my-courses/", own.my_courses, name="my-courses"),
    path("my-children/", own.learners, {"kind": "parent"}, name="my-children"),
    path("my-children/<name:username>/", own.learner, {"kind": "parent"}, name="my-child"),
    path("my-children/<name:username>/password/", own.child_password, name="my-child-password"),
    path("my-students/", own.learners, {"kind": "instructor"}, name="my-students"),
    path("my-students/<name:username>/", own.learner, {"kind": "instructor"}, name="my-student"),
    path("my-details/", own.my_details, name="my-details"),
    path("my-details/edit/", own.edit_details, name="my-details-edit"),
    path("my-details/address/", own.change_address, name="my-details-address"),
    path("my-details/confirm/<str:token>/", own.confirm_address, name="my-details-confirm"),
    path("my-details/data.json", own.my_data, name="my-data"),
    path("imports/", imports.index, name="imports"),
    path("imports/lines/", imports.lines, name="import-lines"),
    path("imports/new/", upload.new, name="import-new"),
    path("imports/presets/remove/", upload.preset_forget, name="import-preset-remove"),
    path("imports/template/<slug:name>.xlsx", upload.template, name="import-template"),
    path("imports/<number:number>/", imports.detail, name="import"),
    path("imports/<number:number>/again/", again.again, name="import-again"),
    path("imports/<number:number>/rename/", again.rename, name="import-rename"),
    path("imports/<number:number>/next/", draft.go_on, name="import-next"),
    path("imports/<number:number>/source/", source.source, name="import-source"),
    path("imports/<number:number>/source/look/", source.look, name="import-look"),
    path("imports/<number:number>/columns/", draft.columns, name="import-columns"),
    path("imports/<number:number>/settings/", settings.settings, name="import-settings"),
    path("imports/<number:number>/settings/save/", settings.save, name="import-settings-save"),
    path("imports/<number:number>/settings/check/", settings.check, name="import-settings-check"),
    path("imports/<number:number>/settings/checked/", settings.checked, name="import-settings-checked"),
    path("imports/<number:number>/settings/example/", settings.example, name="import-settings-example"),
    path("imports/<number:number>/review/", review.review, name="import-review"),
    path("imports/<number:number>/review/rows/", grid.rows, name="import-review-rows"),
    path("imports/<number:number>/review/edit/", grid.edit, name="import-review-edit"),
    path("imports/<number:number>/review/news/", grid.news, name="import-review-news"),
    path("imports/<number:number>/review/option/", review.option, name="import-review-option"),
    path("imports/<number:number>/review/create/", review.create, name="import-review-create"),
    path("imports/<number:number>/review/exclude/", review.exclude, name="import-review-exclude"),
    path("imports/<number:number>/review/fix/", review.fix, name="import-review-fix"),
    path("imports/<number:number>/review/setting/", review.setting, name="import-review-setting"),
    path("imports/<number:number>/review/fix-all/", review.fix_all, name="import-review-fix-all"),
    path("imports/<number:number>/preview/", draft.preview, name="import-preview"),
    path("imports/<number:number>/progress/", draft.progress, name="import-progress"),
    path("imports/<number:number>/plan/", draft.plan, name="import-plan"),
    path("imports/<number:number>/apply/", draft.apply, name="import-apply"),
    path("imports/<number:number>/cancel/", draft.cancel, name="import-cancel"),
    path("imports/<number:number>/undo/", draft.undo, name="import-undo"),
    path("imports/<number:number>/approve/", imports.approve, name="import-approve"),
    path("imports/<number:number>/seen/", imports.seen, name="import-seen"),
    path("imports/<number:number>/drop/", imports.drop, name="import-drop"),
    path("imports/<number:number>/<slug:what>.<slug:kind>", imports.download, name="import-download"),
    path("imports/<int:number>/invite/", inviting.of_import, name="import-invite"),
    path("people/", people.index, name="people"),
    path("many-people/", bulk.change, name="people-many"),
    path("add-person/", person.new, name="person-new"),
    path("people/<name:username>/", person.detail, name="person"),
    path("people/<name:username>/state/", person.state, name="person-state"),
    path("people/<name:username>/delete/", person.delete, name="person-delete"),
    path("people/<name:username>/link/", person.link, name="person-link"),
    path("people/<name:username>/links/", people_links.change, name="person-links"),
    path("people/<name:username>/roles/", roles.change, name="person-roles"),
    path("people/<name:username>/edit/", person.edit, name="person-edit"),
    *(address for kind in SETUP_KINDS for address in records.addresses(kind)),
    path("courses/<key:course>/groups/", records.add_group, name="course-group"),
    path("roles/", presets.roles, name="roles"),
    path("organization/", organization.index, name="organization"),
    path("team/", team.index, name="team"),
    path("presets/", presets.index, name="presets"),
    path("presets/<slug:name>/", presets.detail, name="preset"),
    path("set-up/<str:token>/", first_run.set_up, name="set-up"),
    path("demo/", first_run.demo, name="demo"),
    path("components/", components.index, name="components"),
    path("activity/", activity.index, name="activity"),
    path("help/", help_.page, name="help"),
    path("help/<path:name>/", help_.page, name="help-page"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("notices/", imports.news, name="notices"),
    path("session/", sign_in.session, name="session"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("forgot-password/", forgot_password.forgot_password, name="forgot-password"),
    path("choose-password/<str:token>/", links.choose_password, name="choose-password"),
    path("own-settings/", own_settings.own_settings, name="own-settings"),
    path("own-password/", own_password.own_password, name="own-password"),
    path("health/", health.health, name="health"),
]
