"""The next version of Enlist, with one more migration: its command line."""

from pathlib import Path

NEXT_VERSION = {
    "DJANGO_SETTINGS_MODULE": "tests.support.next_version.settings",
    "PYTHONPATH": str(Path(__file__).parents[3]),
}
