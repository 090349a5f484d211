"""The next version of Enlist, which has one more step of the tables: how a command is typed there."""

from pathlib import Path

NEXT_VERSION = {
    "DJANGO_SETTINGS_MODULE": "tests.support.next_version.settings",
    "PYTHONPATH": str(Path(__file__).parents[3]),
}
