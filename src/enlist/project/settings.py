"""Django's settings, all of them from the environment.

DATABASE_URL   the database; without it an SQLite file in ENLIST_HOME
ENLIST_HOME    the folder of everything Enlist keeps on disk; without it the user's data folder, as the platform has it
               (~/.local/share/enlist, ~/Library/Application Support/enlist)
SECRET_KEY     signs sessions and links; without it one is made and kept in ENLIST_HOME
ENLIST_KEY     keeps passwords of files secret, and who was erased; without it `enlist init` makes one in ENLIST_HOME
ENLIST_ERASED  the file of who was erased, kept apart from backups; `erased.jsonl` in ENLIST_HOME without it
DEBUG          1 shows errors in full; off without it
ENLIST_LEASE   seconds after which work is taken over from whoever was not heard of; 1 to 60, 30 without it
ENLIST_MAIL    smtp://user:password@host:port, smtps:// for TLS from the start, or console; files in ENLIST_HOME without
ENLIST_FROM    whom mails are from; enlist@localhost without it
ENLIST_LOG     from which level on something is logged: info, warning or error; info without it
ENLIST_UPLOAD  megabytes that a file handed in by a browser may have; 1 to 1000, 500 without it
ENLIST_DRAFTS  unfinished imports that one person may have; 1 to 10000, 50 without it
ENLIST_QUOTA   megabytes that all unfinished imports of an organisation may keep; 1 to 1000000, 5000 without it
ENLIST_MOST_…  what any file may hold, where it is not the usual (docs/files.md): _MEGABYTES, _ROWS, _COLUMNS,
               _CHARACTERS in a cell; _SECONDS and _MEMORY (megabytes) of the process that parses a workbook
ALLOWED_HOSTS  names the site answers to, separated by commas; this machine's own without it
ENLIST_HTTPS   1 where a server in front speaks TLS and says so by X-Forwarded-Proto
"""

import os
from pathlib import Path

from platformdirs import user_data_path

from enlist.formats.files.private_files import close_to_others, is_open, state_files
from enlist.project.database import SQLITE, databases
from enlist.project.environment import one_of, whole_number
from enlist.project.logs import logging_of
from enlist.project.mail import mail
from enlist.store.secrets.key_file import secret_key

# Whatever is written from here on is for its owner alone: by commands, workers, and whoever answers requests.
os.umask(0o077)
HOME = Path(os.environ.get("ENLIST_HOME") or user_data_path("enlist", appauthor=False)).resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(HOME / "secret_key")
DATA_KEY, DATA_KEY_FILE = os.environ.get("ENLIST_KEY", ""), HOME / "data_key"
ERASED = Path(os.environ.get("ENLIST_ERASED") or HOME / "erased.jsonl")
DEFAULT_FROM_EMAIL = os.environ.get("ENLIST_FROM") or "enlist@localhost"
globals().update(mail(os.environ.get("ENLIST_MAIL", ""), outbox=HOME / "outbox"))
PASSWORD_HASHERS = ["enlist.store.accounts.hashing.Argon2"]
# As ASVS 5.0 has it (6.2.1, 6.2.4, 6.2.5): long enough, not a common one, not one's own name, and nothing else.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "UserAttributeSimilarityValidator": {"user_attributes": ("username", "firstname", "lastname", "email")},
    }.items()
]
DEBUG = os.environ.get("DEBUG", "") == "1"
LOGGING = logging_of(level=one_of("ENLIST_LOG", choices=("INFO", "WARNING", "ERROR")), is_plain=DEBUG)
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host] or [
    "localhost", "127.0.0.1", "[::1]",
]  # fmt: skip

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "enlist.store",
    "enlist.store.operations",
    "enlist.web",
]
LEASE_SECONDS = whole_number("ENLIST_LEASE", default=30, least=1, most=60)

DATABASES = databases(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'enlist.sqlite3'}")
close_to_others(
    state_files(
        HOME,
        databases=[each["NAME"] for each in DATABASES.values() if each["ENGINE"] == SQLITE],
        erased=ERASED,
        # Mails in a folder that is ours alone are seen by nobody, however many they are.
        outbox=HOME / "outbox" if is_open(HOME / "outbox") else None,
    )
)
DATABASE_ROUTERS = ["enlist.project.database.Router"]
AUTH_USER_MODEL = "store.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# The web.
ROOT_URLCONF = "enlist.project.urls"
WSGI_APPLICATION = "enlist.project.wsgi.application"
MIDDLEWARE = [
    "enlist.web.middleware.LogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "enlist.web.middleware.PrivateMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "enlist.web.input_checks.InputMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "enlist.web.middleware.SignInMiddleware",
    "enlist.web.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "enlist.web.navigation.shell",
            ],
            "string_if_invalid": "",
        },
    }
]
# Of the files that are collected; only we serve them.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Everything comes from here: no script, style, picture or connection of another host, and nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "imports"
CSRF_FAILURE_VIEW = "enlist.web.pages.errors.forged"
# What is pasted into a form, and a header of many columns; files are not counted.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = ["enlist.web.uploads.Intake"]
# By the names of `Limits` in enlist.formats.files.safety, which has the usual ones.
FILE_LIMITS = {
    name: unit * whole_number(variable, default=0, least=1, most=most)
    for name, variable, unit, most in (
        ("size", "ENLIST_MOST_MEGABYTES", 1_000_000, 100_000),
        ("rows", "ENLIST_MOST_ROWS", 1, 100_000_000),
        ("columns", "ENLIST_MOST_COLUMNS", 1, 16_384),
        ("cell", "ENLIST_MOST_CHARACTERS", 1, 10_000_000),
        ("cells", "ENLIST_MOST_CELLS", 1, 10_000_000_000),
        ("seconds", "ENLIST_MOST_SECONDS", 1, 3_600),
        ("memory", "ENLIST_MOST_MEMORY", 1_000_000, 100_000),
    )
    if os.environ.get(variable)
}
UPLOAD_MOST = 1_000_000 * whole_number("ENLIST_UPLOAD", default=500, least=1, most=1_000)
DRAFTS_MOST = whole_number("ENLIST_DRAFTS", default=50, least=1, most=10_000)
DRAFTS_KEPT = 1_000_000 * whole_number("ENLIST_QUOTA", default=5_000, least=1, most=1_000_000)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Behind a server that speaks TLS: cookies only over it, and browsers told to stay with it.
HTTPS = os.environ.get("ENLIST_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Browsers take a cookie of such a name over TLS alone, and from this host alone.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
# Whoever watches asks the port itself.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Whether browsers come to know a domain beforehand is for whoever owns it to say.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
