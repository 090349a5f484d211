"""Django's settings, from environment variables.

DATABASE_URL   the database; default: an SQLite file in ENLIST_HOME
ENLIST_HOME    the folder for all files that Enlist writes; default: the user's data folder of the platform
               (~/.local/share/enlist, ~/Library/Application Support/enlist)
SECRET_KEY     signs sessions and links; default: one is generated and stored in ENLIST_HOME
ENLIST_KEY     the key for passwords from files and for erasures; default: `enlist init` stores one in ENLIST_HOME
ENLIST_ERASED  the file of erasures, kept apart from backups; default: `erased.jsonl` in ENLIST_HOME
DEBUG          1 shows errors in full; default: off
ENLIST_LEASE   seconds without a heartbeat after which a job is taken over; 1 to 60, default: 30
ENLIST_MAIL    smtp://user:password@host:port, smtps:// for TLS from the start, or console; default: ENLIST_HOME/outbox
ENLIST_FROM    the sender of mails; default: enlist@localhost
ENLIST_LOG     the lowest level that is logged: info, warning or error; default: info
ENLIST_UPLOAD  the most megabytes of an uploaded file; 1 to 1000, default: 500
ENLIST_DRAFTS  the most unfinished imports of one person; 1 to 10000, default: 50
ENLIST_QUOTA   the most megabytes of all unfinished imports of an organisation; 1 to 1000000, default: 5000
ENLIST_MOST_…  limits of any file, if the defaults (docs/files.md) don't fit: _MEGABYTES, _ROWS, _COLUMNS,
               _CHARACTERS in a cell; _SECONDS and _MEMORY (megabytes) of the process that parses a workbook
ALLOWED_HOSTS  the site's host names, separated by commas; default: this machine's own
ENLIST_ADDRESS the address of the site in mails and links, such as https://people.example.org; default: the first of
               ALLOWED_HOSTS
ENLIST_HTTPS   1 if a proxy in front does TLS and sets X-Forwarded-Proto
"""

import os
from pathlib import Path

from platformdirs import user_data_path

from enlist.formats.files.private_files import close_to_others, is_open, state_files
from enlist.project.database import SQLITE, databases
from enlist.project.environment import one_of, site_address, whole_number
from enlist.project.logs import logging_of
from enlist.project.mail import mail
from enlist.store.secrets.key_file import secret_key

# From here on, only the owner can read new files, whether commands, workers or the server write them.
os.umask(0o077)
HOME = Path(os.environ.get("ENLIST_HOME") or user_data_path("enlist", appauthor=False)).resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(HOME / "secret_key")
DATA_KEY, DATA_KEY_FILE = os.environ.get("ENLIST_KEY", ""), HOME / "data_key"
ERASED = Path(os.environ.get("ENLIST_ERASED") or HOME / "erased.jsonl")
DEFAULT_FROM_EMAIL = os.environ.get("ENLIST_FROM") or "enlist@localhost"
globals().update(mail(os.environ.get("ENLIST_MAIL", ""), outbox=HOME / "outbox"))
PASSWORD_HASHERS = ["enlist.store.accounts.hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "enlist.services.accounts.password_rules.LengthByRole"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "firstname", "lastname", "email")},
    },
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
        # Mails in a folder that others can't open need no check, and there may be many.
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
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["enlist.web.template_loader.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "enlist.web.navigation.shell",
            ],
            "string_if_invalid": "",
        },
    }
]
# For collected static files, which only Enlist serves.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [("docs/pictures", Path(__file__).parents[1] / "web" / "docs" / "pictures")]
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# No scripts, styles, images or connections from other hosts, and nothing inline.
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
CSRF_FAILURE_VIEW = "enlist.web.pages.errors.forged"
# For pasted tables, and files with many columns; uploaded files aren't counted.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = ["enlist.web.uploads.Intake"]
# Names as in `Limits` of enlist.formats.files.safety, which has the defaults.
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
# Behind a proxy with TLS: send cookies only over TLS, and make browsers stay with it.
HTTPS = os.environ.get("ENLIST_HTTPS", "") == "1"
SITE_ADDRESS = site_address(default=f"https://{ALLOWED_HOSTS[0]}" if HTTPS else f"http://{ALLOWED_HOSTS[0]}:8000")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Browsers accept cookies with the prefix __Host- only over TLS, and only from this host.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
# Health checks use the port directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# The check recommends HSTS preloading, which only the owner of the domain can decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
