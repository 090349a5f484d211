"""The closed lists of a Policy: one enumeration per setting, every value with its meaning in plain words."""

from __future__ import annotations

from enum import StrEnum


class Choice(StrEnum):
    """A value that a setting may have; administrators see its `meaning`."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Choice:
        """A member with a value and a meaning."""
        choice = str.__new__(cls, value)
        choice._value_ = value
        choice.meaning = meaning
        return choice


class MatchKey(Choice):
    """How a row finds its person."""

    USERNAME = "username", "the person with this username"
    EMAIL = "email", "the person with this e-mail address"
    IDNUMBER = "idnumber", "the person with this ID number"


class NewPeople(Choice):
    """What happens to people who don't exist yet."""

    CREATE = "create", "the person is created"
    SKIP = "skip", "the row is skipped"


class ExistingPeople(Choice):
    """What happens to people who exist."""

    SKIP = "skip", "the row is skipped, enrolments included"
    UPDATE = "update", "details change as update_details says; enrolments and groups are added"
    COUNTER = "counter", "the row is a new person, whose username gets a number: jdoe, jdoe2, jdoe3"
    ENROL_ONLY = "enrol_only", "details stay; enrolments and seats are added"
    GROUPS_ONLY = "groups_only", "details stay; the groups of the import are added"


class UpdateDetails(Choice):
    """Which details of an existing person change."""

    NONE = "none", "no detail changes"
    FROM_FILE = "from_file", "every column of the file replaces the stored value"
    FROM_FILE_AND_DEFAULTS = "from_file_and_defaults", "the same, and defaults are used for what the file lacks"
    FILL_MISSING = "fill_missing", "only blank details are filled, from the file or the defaults"


class BlankCell(Choice):
    """What a blank cell means."""

    MISSING = "missing", "no value: the default applies, or the stored value stays"
    LITERAL = "literal", "a blank value: it replaces the stored one"


class Permission(Choice):
    """Whether rows may do something that causes damage if it is wrong."""

    REFUSE = "refuse", "the row is skipped or the cell ignored, with a warning"
    ALLOW = "allow", "the row does it"


class Unlisted(Choice):
    """What happens to people who are not in the file."""

    KEEP = "keep", "they stay as they are"
    DEACTIVATE = "deactivate", "they become inactive: they cannot sign in, and none of their data is deleted"


class UnlistedScope(Choice):
    """Who counts as missing from the file."""

    PLATFORM = "platform", "everybody on the platform"
    GROUP = "group", "the members of the group of new people (home_group) and of the groups below it"


class LeavingDates(Choice):
    """What a column of leaving dates does."""

    IGNORE = "ignore", "the column is not used"
    APPLY = "apply", "people become inactive on the date of their row; a blank cell removes the date of an earlier file"


class UnlistedManualPeople(Choice):
    """What absence means for people who were created manually."""

    PROTECT = "protect", "they stay active"
    TREAT_ALIKE = "treat_alike", "they are unlisted like everybody else"


class InactiveListed(Choice):
    """What happens to inactive people who are in the file."""

    REACTIVATE = "reactivate", "they become active again"
    LEAVE = "leave", "they stay inactive"


class Administrators(Choice):
    """What an import may do to administrators."""

    PROTECT = "protect", "nothing: their rows fail"
    DETAILS_ONLY = "details_only", "change details, but never username, e-mail, password or status"


class BadRows(Choice):
    """What happens to rows with errors."""

    SKIP_ROW = "skip_row", "they are skipped; the others are imported"
    RESOLVE_FIRST = "resolve_first", "you correct or exclude them before anything is imported"
    STOP_IMPORT = "stop_import", "nothing is imported"


class SiteRole(Choice):
    """Where the role on the site comes from."""

    COLUMN = "column", "from a column of the file; existing people who are updated get it besides their own"
    TAB = "tab", "from the worksheet, else the column, else you are asked"
    LEARNER = "learner", "every new person is a learner"
    PARENT = "parent", "every new person is a parent"
    INSTRUCTOR = "instructor", "every new person is an instructor"
    VIEWER = "viewer", "every new person is a viewer"
    VENDOR_MANAGER = "vendor_manager", "every new person is a vendor manager"
    MANAGER = "manager", "every new person is a manager"
    ADMIN = "admin", "every new person is an administrator"
    OWNER = "owner", "every new person is an owner"


class ActiveLimit(Choice):
    """What happens if more people would be active than the organisation may have."""

    IGNORE = "ignore", "nothing"
    WARN = "warn", "the preview shows a warning"
    REFUSE = "refuse", "the import is refused"


class UsernameCase(Choice):
    """The case of stored usernames."""

    LOWER = "lower", "lower case"
    KEEP = "keep", "as given; usernames are still compared without case"


class UsernameCharacters(Choice):
    """The characters a username may have."""

    LETTERS_DIGITS_DASH_DOT = "letters_digits_dash_dot", "letters, digits, dash and dot"
    MOODLE = "moodle", "letters, digits, dash, dot, underscore and @"
    EXTENDED = "extended", "any character; blanks inside are flagged"


class UsernameAccents(Choice):
    """What happens to letters outside a–z that a username may not have."""

    TRANSLITERATE = "transliterate", "they are written in Latin letters: José becomes jose"
    BY_LANGUAGE = (
        "by_language",
        "they are written as in the language of defaults.lang: Jörg becomes joerg in German, jorg in Swedish; without "
        "one, as in German and Danish",
    )
    REMOVE = "remove", "they are removed: José becomes jos"


class ManualEdit(Choice):
    """What happens if a file differs from a value that somebody entered manually."""

    FILE_WINS = "file_wins", "the file's value replaces it, with a note"
    EDIT_WINS = "edit_wins", "it stays, with a note"
    ASK = "ask", "it stays until somebody decides in the review"


class SameEmail(Choice):
    """What happens if two people have the same e-mail address."""

    REFUSE = "refuse", "the row fails"
    WARN = "warn", "the row is imported with a warning; it fails if the organisation doesn't let people share addresses"
    ALLOW = "allow", "the row is imported"


class OddEmail(Choice):
    """What happens to rows whose address is missing or invalid."""

    REFUSE = "refuse", "the row fails"
    WARN = "warn", "the row is imported with a warning"


class PasswordSource(Choice):
    """Where a new person's password comes from."""

    COLUMN = "column", "from the file"
    GENERATE = "generate", "a one-time password is mailed, to be changed at the first sign-in"
    ACTIVATION_LINK = "activation_link", "the person chooses one through a link"


class ExistingPasswords(Choice):
    """What happens to the passwords of existing people."""

    KEEP = "keep", "they stay"
    FROM_FILE = "from_file", "the file's password replaces the stored one; this cannot be undone"


class ForcePasswordChange(Choice):
    """Who must change a password from the file at the next sign-in."""

    NONE = "none", "nobody"
    WEAK = "weak", "people whose password is weak"
    ALL = "all", "everybody"


class WeakPasswords(Choice):
    """What happens to weak passwords in the file."""

    FLAG = "flag", "they are accepted with a warning"
    REFUSE = "refuse", "the row fails"


class Invite(Choice):
    """Who gets an invitation by e-mail."""

    NEVER = "never", "nobody: people can be invited later"
    WHEN_NO_PASSWORD = "when_no_password", "new people without a password"
    ASK = "ask", "you are asked before the import is finished"
    ALWAYS = "always", "every new person who can't sign in yet"


class UnknownCourse(Choice):
    """What happens if a row names a course that doesn't exist."""

    ERROR_ON_CELL = "error_on_cell", "that enrolment is left out, the rest of the row is imported"
    ERROR_ON_ROW = "error_on_row", "the row fails"


class UnknownGroup(Choice):
    """What happens if a row names a group that doesn't exist."""

    CREATE = "create", "it is created; the preview shows it as new"
    ERROR_ON_CELL = "error_on_cell", "that membership is left out, the rest of the row is imported"


class EnrolmentDates(Choice):
    """What happens to the dates of an existing enrolment."""

    KEEP = "keep", "they stay"
    FROM_FILE = "from_file", "dates in the file replace them; without one in the file they stay"
    RESET = "reset", "they are set again, as if the person were enrolled today"


class MemberColumn(Choice):
    """What a column of memberships does to existing ones."""

    OFF = "off", "the column is not used"
    ADD = "add", "memberships that the cell names are added"
    MIRROR = "mirror", "the same, and memberships from earlier imports that the cell doesn't name are removed"


class SeatReference(Choice):
    """Whether a row must name a purchase."""

    OFF = "off", "no: the import fills no seats"
    REQUIRED = "required", "yes: by the purchase's id or key"


class Product(Choice):
    """Whether a row must name its product."""

    REQUIRED = "required", "yes, and it must be that of the purchase"
    FROM_SEAT = "from_seat", "no: a blank cell is a warning, and the purchase determines it"


class UnknownChoice(Choice):
    """What happens when a cell is not one of its field's options."""

    ERROR = "error", "the cell is ignored; the row fails if a new person needs the field"
    FIRST_OPTION = "first_option", "the first option is used, with a warning"
    LEAVE_UNCHANGED = "leave_unchanged", "the stored value stays, with a warning"
    ADD_OPTION = "add_option", "the option is added to the field; the preview shows it as new"


class UnknownColumns(Choice):
    """What happens to columns that Enlist doesn't recognise."""

    IGNORE = "ignore", "they are ignored and listed"
    REFUSE = "refuse", "the file is refused"


class Formulas(Choice):
    """What happens to worksheet cells with formulas."""

    USE_VALUE = "use_value", "their last result is used; they are flagged"
    REFUSE = "refuse", "their rows fail, with the cell's address"


class Macros(Choice):
    """What happens to workbooks with macros."""

    REFUSE = "refuse", "they are refused"
    LET_IN = "let_in", "their cells are read; macros never run"


class DateOrder(Choice):
    """Whether dates such as 3/4/2027 begin with the day or the month."""

    FIND_OUT = "find_out", "as the other dates of the column show; without any, such a cell is not imported"
    DAY_FIRST = "day_first", "the day comes first: 3/4/2027 is 3 April"
    MONTH_FIRST = "month_first", "the month comes first: 3/4/2027 is 4 March"


class SelectForBulk(Choice):
    """Who is selected in People after the import."""

    NONE = "none", "nobody"
    NEW = "new", "the people created"
    UPDATED = "updated", "the people changed"
    ALL = "all", "the people created, changed or found unchanged"
