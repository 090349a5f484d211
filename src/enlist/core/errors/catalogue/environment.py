"""Errors about the machine: environment variables, folders, addresses."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import PolicyError

from .kind import ErrorKind

ENVIRONMENT: Final = (
    ErrorKind("environment_not_number", PolicyError, "{name} can't be “{value}”.",
              "Use a whole number from {least} to {most}."),
    ErrorKind("environment_not_choice", PolicyError, "{name} can't be “{value}”.", "Use one of: {choices}."),
    ErrorKind("site_address_refused", PolicyError, "ENLIST_ADDRESS can't be “{value}”.",
              "Give the address of the site, such as https://people.example.org."),
    ErrorKind("mail_address_refused", PolicyError, "ENLIST_MAIL isn't the address of a mail server.",
              "For example smtp://user:password@host:587."),
    ErrorKind("database_url_refused", PolicyError, "DATABASE_URL isn't the address of a PostgreSQL or SQLite database.",
              "For example postgres://user@host:5432/enlist or sqlite:////folder/enlist.sqlite3."),
    ErrorKind("folder_unusable", PolicyError, "{path} can't be used: {reason}.",
              "ENLIST_HOME names the folder where Enlist keeps its files."),
    ErrorKind("address_refused", PolicyError, "“{address}” isn't an address to listen on.",
              "Use HOST:PORT, as in 127.0.0.1:8000."),
    ErrorKind("port_unknown", PolicyError, "There is no port {port}.", "Use a port up to 65535."),
    ErrorKind("address_in_use", PolicyError, "Enlist can't listen on {address}: {reason}.",
              "Stop the program that listens there, or choose another address."),
)  # fmt: skip
