"""Errors: what stops Enlist, each with a code, a sentence with named fields, and what usually helps."""

from .as_json import error_json
from .catalogue import ERRORS, ErrorKind
from .family import (
    Cancelled,
    DatabaseGone,
    DatabaseProblem,
    EnlistError,
    FileError,
    HeaderError,
    LeaseLost,
    LeaseTaken,
    MailProblem,
    NeedsApproval,
    NotAllowed,
    NotFound,
    PlanError,
    PolicyError,
    StalePlan,
    TooOften,
)

__all__ = [
    "ERRORS",
    "Cancelled",
    "DatabaseGone",
    "DatabaseProblem",
    "EnlistError",
    "ErrorKind",
    "FileError",
    "HeaderError",
    "LeaseLost",
    "LeaseTaken",
    "MailProblem",
    "NeedsApproval",
    "NotAllowed",
    "NotFound",
    "PlanError",
    "PolicyError",
    "StalePlan",
    "TooOften",
    "error_json",
]
