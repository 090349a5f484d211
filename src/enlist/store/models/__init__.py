"""The tables: fields and constraints only, one file per subject."""

from .activity import Activity
from .courses import Course, CourseGroup, CourseGroupMember, Enrolment, Role
from .departures import Departure
from .erasure import Erasure
from .groups import Condition, Group, GroupCondition, GroupCourse, GroupMembership
from .headers import RememberedHeader
from .imports import Artifact, Edit, Import, Step
from .links import Link, Merge
from .mails import Mail
from .manual_edits import ManualEdit
from .organization import Organization, ProfileField
from .people import Account, AccountToken, Person, PersonRole, ProfileUniqueValue
from .secrets import Secret
from .terms import Terms, TermsAcceptance

__all__ = [
    "Account",
    "AccountToken",
    "Activity",
    "Artifact",
    "Condition",
    "Course",
    "CourseGroup",
    "CourseGroupMember",
    "Departure",
    "Edit",
    "Enrolment",
    "Erasure",
    "Group",
    "GroupCondition",
    "GroupCourse",
    "GroupMembership",
    "Import",
    "Link",
    "Mail",
    "ManualEdit",
    "Merge",
    "Organization",
    "Person",
    "PersonRole",
    "ProfileField",
    "ProfileUniqueValue",
    "RememberedHeader",
    "Role",
    "Secret",
    "Step",
    "Terms",
    "TermsAcceptance",
]
