"""What stops us, as a family; what is wrong with a row is a flag instead (`flags.py`).

EnlistError
├── FileError          the file cannot be read as a table
├── HeaderError        its columns cannot be matched with ours
├── PolicyError        a setting that is unknown, has a bad value, or cannot work with another
├── PlanError          a saved plan that is damaged, foreign or of another kind
├── StalePlan          the directory changed since the plan was made
├── NotFound           an organisation, import or person that is not there (or not yours)
├── NeedsApproval      so much is left to an administrator
├── NotAllowed         somebody's role on the site does not let them do this
├── LeaseTaken         another import of this organisation is being applied
├── Cancelled          somebody cancelled the work while it was being done
├── LeaseLost          somebody else took the work over, because nothing was heard of us
├── MailProblem        the mail server cannot be reached, or takes no mails
└── DatabaseProblem    the database is read-only or out of disk
    ├── DatabaseGone   its server does not answer: whether it got our last word is not known
    ├── DatabaseLocked somebody else is writing, so that nothing could be begun
    ├── KeyMissing     the key of the site is not where it should be
    ├── OlderTables    it is not set up, or its tables are older than this version of Enlist
    └── NewerTables    its tables are newer
"""

from __future__ import annotations


class EnlistError(Exception):
    """Something that Enlist expects went wrong: a code, and the fields that its sentence names.

    The catalogue has the sentence and what usually helps. Each interface has its own hints by code, in its own words.
    """

    exit_code = 1

    def __init__(self, code: str, /, **fields: object) -> None:
        from .catalogue import ERRORS

        kind = ERRORS[code]
        self.code, self.fields = code, fields
        self.message, self.hint = kind.sentence.format(**fields), kind.hint.format(**fields).strip()
        super().__init__(f"{self.message} {self.hint}".strip())


class FileError(EnlistError):
    """The file cannot be read as a table."""

    exit_code = 3


class HeaderError(EnlistError):
    """The file's columns cannot be matched with ours."""

    exit_code = 3


class PolicyError(EnlistError):
    """A setting has a value that is not allowed."""

    exit_code = 2


class PlanError(EnlistError):
    """This is not a plan that Enlist can use."""

    exit_code = 3


class StalePlan(EnlistError):
    """The directory changed since a plan was made."""

    exit_code = 4


class NotFound(EnlistError):
    """Something does not exist, or belongs to another organisation."""

    exit_code = 2


class NeedsApproval(EnlistError):
    """It needs an administrator's approval."""

    exit_code = 7


class NotAllowed(EnlistError):
    """The role of the person who asks does not allow it."""

    exit_code = 8


class TooOften(EnlistError):
    """Too many attempts."""

    @property
    def seconds(self) -> int:
        """After how many seconds there may be another attempt."""
        return int(str(self.fields["seconds"]))


class LeaseTaken(EnlistError):
    """Another process has the lease: it applies an import, or runs the same job."""

    exit_code = 5


class Cancelled(EnlistError):
    """Somebody cancelled it."""


class LeaseLost(EnlistError):
    """This process did not respond for too long, and another took its job over."""

    exit_code = 5


class MailProblem(EnlistError):
    """Mails cannot be sent now."""

    @property
    def is_away(self) -> bool:
        """Whether no mail server answered."""
        return self.code == "mail_server_away"


class DatabaseProblem(EnlistError):
    """The database cannot be used."""

    exit_code = 5


class DatabaseGone(DatabaseProblem):
    """The database server does not answer."""


class DatabaseLocked(DatabaseProblem):
    """Another program is writing to the database."""


class KeyMissing(DatabaseProblem):
    """The site's key is missing."""


class OlderTables(DatabaseProblem):
    """The database is not set up, or older than this version of Enlist."""


class NewerTables(DatabaseProblem):
    """The database is newer than this version of Enlist."""
