"""What an organisation sets up: one description for each kind of record, which pages, services and commands follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .rights import Right


@dataclass(frozen=True)
class SetupRecord:
    """A record as lists show it: a subclass has its other values."""

    id: int


@dataclass(frozen=True)
class Attribute:
    """One value of a record.

    input: text, url, yes_no, days, choice (one of the options that the service offers) or lines (added to those there
    are). column: of the table, where it has another name there. is_fixed: a new record has it, and it never changes.
    """

    name: str
    label: str
    input: str = "text"
    column: str = ""
    help: str = ""
    default: str = ""
    is_required: bool = False
    is_fixed: bool = False

    @property
    def stored_as(self) -> str:
        """The column of the table."""
        return self.column or self.name


@dataclass(frozen=True)
class Column:
    """A column of the list. shape: text, yes_no, names (several), header (of a file), kind or origin."""

    name: str
    label: str
    shape: str = "text"


@dataclass(frozen=True)
class SetupKind:
    """A kind of record that an organisation sets up.

    name: in the change history and in JSON. plural: the command; which: what that says of the argument that names a
    record. called: the attribute that names a record for commands; listed: the one that lists and titles show. page,
    pages: the addresses of one and of all. inside: the filter of the people in one, "" where nobody is in it. note:
    below the title; below: the value that the list shows below the name. removal: what is asked before one is removed,
    "" where none is removed. places: whether they have an order that people choose.
    """

    name: str
    plural: str
    called: str
    listed: str
    page: str
    pages: str
    title: str
    icon: str
    attributes: tuple[Attribute, ...]
    columns: tuple[Column, ...]
    empty: str
    change: Right
    see: Right = Right.SEE_SETUP
    inside: str = ""
    which: str = "Its short name."
    note: str = ""
    below: str = ""
    removal: str = ""
    places: bool = False
    by_name: dict[str, Attribute] = field(init=False, repr=False, compare=False)

    @property
    def noun(self) -> str:
        """One of them, in a sentence."""
        return self.page.replace("-", " ")

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.attributes})


COURSES: Final = SetupKind(
    name="course",
    plural="courses",
    called="shortname",
    listed="shortname",
    page="course",
    pages="courses",
    title="Courses",
    icon="mortarboard",
    attributes=(
        Attribute("shortname", "short name", is_required=True,
                  help="Files name the course by it, in a column course1."),
        Attribute("name", "name"),
        Attribute("open", "open to enrolment", "yes_no", column="manual", default="yes",
                  help="Whether files and the team can enrol people."),
        Attribute("days", "days an enrolment lasts", "days", column="duration", default="0", help="0 means no end."),
        Attribute("role", "role", "choice", column="default_role",
                  help="People get it where the file doesn’t name another."),
        Attribute("url", "web address", "url", help="Where people open the course."),
    ),
    columns=(Column("groups", "Groups", "names"), Column("open", "Open to enrolment", "yes_no")),
    empty="Files enrol people in courses by their short names.",
    change=Right.CHANGE_SETUP,
    inside="course={shortname}",
    below="name",
    removal="You can only remove a course without groups that nobody is or was enrolled in. Close any other course "
    "instead: its past stays.",
)  # fmt: skip
GROUPS: Final = SetupKind(
    name="group",
    plural="groups",
    called="name",
    listed="name",
    page="group",
    pages="groups",
    title="Groups",
    icon="collection",
    attributes=(
        Attribute("name", "name", is_required=True),
        Attribute("idnumber", "ID number", help="Files name the group by it, in a column cohort1."),
        Attribute("above", "parent group", "choice", column="parent"),
    ),
    columns=(Column("above", "Parent group"), Column("idnumber", "ID number"), Column("kind", "Added", "origin")),
    empty="A group is a set of people across courses. Files put people into groups by a column cohort1, and can create "
    "groups where the import’s settings allow it.",
    change=Right.CHANGE_GROUPS,
    inside="group=#{id}",
    which="Its ID number or name, or #17 for its id.",
    removal="You can only remove a group that nobody is in. People stay.",
)  # fmt: skip
PROFILE_FIELDS: Final = SetupKind(
    name="field",
    plural="fields",
    called="shortname",
    listed="name",
    page="profile-field",
    pages="profile-fields",
    title="Profile fields",
    icon="card-list",
    attributes=(
        Attribute("shortname", "short name", is_required=True, is_fixed=True,
                  help="Lower-case letters, digits and underscores. In files its column is called profile_field_ and "
                  "this."),
        Attribute("name", "name", help="What people call it."),
        Attribute("kind", "kind", "choice", is_required=True, is_fixed=True, default="text"),
        Attribute("options", "options", "lines",
                  help="One per line, where one or several of a list can be chosen; a single choice may have one that "
                  "is (blank). You can rename and remove options afterwards."),
        Attribute("required", "required for new people", "yes_no", default="no"),
        Attribute("unique", "unique", "yes_no", is_fixed=True, default="no",
                  help="No two people may have the same value."),
        Attribute("locked", "locked", "yes_no", default="no", help="Only imports and the team may change it."),
        Attribute("default", "default", help="New people get it where the file has no value."),
    ),
    columns=(
        Column("shortname", "Column of a file", "header"),
        Column("kind", "Kind", "kind"),
        Column("options", "Options", "names"),
        Column("required", "Required for new people", "yes_no"),
    ),
    empty="A profile field is something that your organisation wants to know about people besides their names and "
    "addresses: a form, a tutor, a bus route.",
    change=Right.CHANGE_SETUP,
    note="What the organisation knows about people besides their names and addresses. Files fill a field by a column "
    "with its name.",
    places=True,
)  # fmt: skip
SETUP_KINDS: Final = (COURSES, GROUPS, PROFILE_FIELDS)


def actions(kind: SetupKind) -> dict[str, str]:
    """What can be done to records of a kind: the name in the change history, and its words."""
    words = {"added": "added", "changed": "changed", "dropped": "removed"}
    return {f"{kind.name}_{done}": f"{word} a {kind.noun}" for done, word in words.items()}
