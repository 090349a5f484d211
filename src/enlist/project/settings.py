"""Django's settings, all of them from the environment.

DATABASE_URL   the database; without it an SQLite file in ENLIST_HOME
ENLIST_HOME    the folder of everything Enlist keeps on disk; `var` in the current folder without it
SECRET_KEY     signs sessions and links; without it one is made and kept in ENLIST_HOME
ENLIST_KEY     keeps passwords of files secret, and who was erased; without it one is made and kept in ENLIST_HOME
ENLIST_ERASED  the file of who was erased, kept apart from backups; `erased.jsonl` in ENLIST_HOME without it
DEBUG          1 shows errors in full; off without it
ENLIST_LEASE   seconds after which work is taken over from whoever was not heard of; 1 to 60, 30 without it
ALLOWED_HOSTS  names the site answers to, separated by commas
"""

import os
from pathlib import Path

from enlist.project.database import databases
from enlist.project.environment import whole_number
from enlist.project.secret import secret_key

HOME = Path(os.environ.get("ENLIST_HOME", "var")).resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(HOME / "secret_key")
DATA_KEY = os.environ.get("ENLIST_KEY") or secret_key(HOME / "data_key")
ERASED = Path(os.environ.get("ENLIST_ERASED") or HOME / "erased.jsonl")
DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_tasks_db",
    "enlist.store",
    "enlist.store.operations",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LEASE_SECONDS = whole_number("ENLIST_LEASE", default=30, least=1, most=60)

DATABASES = databases(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'enlist.sqlite3'}")
DATABASE_ROUTERS = ["enlist.project.database.Router"]
AUTH_USER_MODEL = "store.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
