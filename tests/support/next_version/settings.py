"""Enlist's settings, with the app that has the migration."""

from enlist.project import settings

for name in dir(settings):
    if name.isupper():
        globals()[name] = getattr(settings, name)
INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.support.next_version"]
