"""Policy: every choice an import makes, one field each, with its meaning (the settings of all presets).

The defaults are careful: new people are created, and nothing changes for existing people. Presets have their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from enlist.core.errors import PolicyError
from enlist.core.policy import checks
from enlist.core.policy import choices as c
from enlist.core.policy.kinds import (
    Days,
    FieldChoices,
    FieldEntries,
    Kind,
    LimitEntries,
    Names,
    OneOf,
    Several,
    Text,
    YesNo,
    nearest,
)
from enlist.core.policy.values import NO_ENTRIES, STANDARD_LIMITS, ChangeLimits, Entries

WHO = "New and existing people"
NAMES = "Names, addresses, passwords"
VALUES = "Enrolments, groups, seats, links, values"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Every choice an import makes.

    Values are typed, or words and lists as in JSON; PolicyError names a setting with an invalid value.
    `check` tests whether the values work together.
    """

    # New and existing people
    match_by: Annotated[
        tuple[c.MatchKey, ...],
        "How a row finds its person: the keys are tried in this order. A row whose keys match two different people "
        "is an error.",
        Several(c.MatchKey),
    ] = (c.MatchKey.USERNAME,)
    new_people: Annotated[c.NewPeople, "What happens to rows for new people. A new person needs both names."] = (
        c.NewPeople.CREATE
    )
    existing_people: Annotated[c.ExistingPeople, "What happens to rows for existing people."] = c.ExistingPeople.SKIP
    update_details: Annotated[c.UpdateDetails, "Which details change if existing people are updated."] = (
        c.UpdateDetails.NONE
    )
    blank_cell: Annotated[c.BlankCell, "What a blank cell means."] = c.BlankCell.MISSING
    renames: Annotated[c.Permission, "Whether rows with an old username rename their person."] = c.Permission.REFUSE
    deletes: Annotated[c.Permission, "Whether rows marked as deleted remove their person."] = c.Permission.REFUSE
    suspensions: Annotated[
        c.Permission,
        "Whether rows can suspend or reactivate existing people. New people always follow their cell.",
    ] = c.Permission.REFUSE
    unlisted: Annotated[
        c.Unlisted,
        "What happens to people who are not in the file. Failed and skipped rows count as in the file.",
    ] = c.Unlisted.KEEP
    unlisted_scope: Annotated[c.UnlistedScope, "Who counts as missing from the file."] = c.UnlistedScope.PLATFORM
    grace_days: Annotated[
        int,
        "For how many days people who are not in the file stay active. They are marked to leave, and become inactive "
        "on that day unless a later file lists them. 0: they become inactive at once.",
        Days(365),
    ] = 0
    leaving_dates: Annotated[
        c.LeavingDates, "What a column of leaving dates does. From that date on, the person is inactive."
    ] = c.LeavingDates.IGNORE
    unlisted_manual_people: Annotated[
        c.UnlistedManualPeople, "What absence from the file means for people who were created manually."
    ] = c.UnlistedManualPeople.PROTECT
    inactive_listed: Annotated[c.InactiveListed, "What happens to inactive people who are in the file."] = (
        c.InactiveListed.LEAVE
    )
    administrators: Annotated[c.Administrators, "What the import may do to administrators and owners."] = (
        c.Administrators.PROTECT
    )
    bad_rows: Annotated[c.BadRows, "What happens to rows with errors."] = c.BadRows.SKIP_ROW
    site_role: Annotated[c.SiteRole, "Where the role on the site comes from."] = c.SiteRole.LEARNER
    active_limit: Annotated[
        c.ActiveLimit, "What happens if more people would be active than the organisation may have."
    ] = c.ActiveLimit.WARN

    # Names, addresses, passwords
    standardise_usernames: Annotated[
        bool, "Whether usernames are cleaned. If not, a username that cleaning would change fails its row.", YesNo()
    ] = True
    username_case: Annotated[
        c.UsernameCase, "The case in which usernames are stored. They are always compared without case."
    ] = c.UsernameCase.LOWER
    username_characters: Annotated[c.UsernameCharacters, "The characters that usernames may have."] = (
        c.UsernameCharacters.MOODLE
    )
    username_accents: Annotated[
        c.UsernameAccents, "What cleaning does to accented and non-Latin letters in usernames."
    ] = c.UsernameAccents.TRANSLITERATE
    username_from: Annotated[
        str,
        "What usernames are generated from if the file has none, for new people only: existing ones are found by the "
        "other keys, or by their address or name.",
        Text(
            ("", "usernames come from the file only"),
            ("email", "the e-mail address"),
            ("a pattern", "for example %-1f%-l: the first letter of the first name and the last name, in lower case"),
        ),
    ] = ""
    number_made_usernames: Annotated[
        bool,
        "Whether a generated username that is somebody else's gets a number, such as jdoe2. If not, its row fails.",
        YesNo(),
    ] = False
    manual_edits: Annotated[
        Entries,
        "What happens, by field, if a cell differs from a value that somebody entered manually. The preview marks each "
        "such cell.",
        FieldChoices(c.ManualEdit),
    ] = NO_ENTRIES
    same_email: Annotated[c.SameEmail, "What happens if an e-mail address already belongs to somebody else."] = (
        c.SameEmail.REFUSE
    )
    missing_email: Annotated[c.OddEmail, "What happens to new people without an e-mail address."] = c.OddEmail.REFUSE
    malformed_email: Annotated[c.OddEmail, "What happens to invalid e-mail addresses."] = c.OddEmail.REFUSE
    passwords: Annotated[
        tuple[c.PasswordSource, ...],
        "Where new people's passwords come from: the first source that has one is used.",
        Several(c.PasswordSource),
    ] = (c.PasswordSource.ACTIVATION_LINK,)
    existing_passwords: Annotated[c.ExistingPasswords, "What happens to the passwords of existing people."] = (
        c.ExistingPasswords.KEEP
    )
    force_password_change: Annotated[c.ForcePasswordChange, "Who must change a password that came from the file."] = (
        c.ForcePasswordChange.NONE
    )
    weak_passwords: Annotated[c.WeakPasswords, "What happens to weak passwords in the file."] = c.WeakPasswords.FLAG
    invite: Annotated[c.Invite, "Who gets an invitation by e-mail."] = c.Invite.NEVER

    # Enrolments, groups, seats, links, values
    unknown_course: Annotated[c.UnknownCourse, "What happens if a row names a course that doesn't exist."] = (
        c.UnknownCourse.ERROR_ON_CELL
    )
    unknown_course_group: Annotated[
        c.UnknownGroup, "What happens if a row names a group that its course doesn't have."
    ] = c.UnknownGroup.ERROR_ON_CELL
    unknown_group: Annotated[c.UnknownGroup, "What happens if a row names a group that doesn't exist."] = (
        c.UnknownGroup.ERROR_ON_CELL
    )
    enrolment_dates: Annotated[c.EnrolmentDates, "What happens to the start and end of existing enrolments."] = (
        c.EnrolmentDates.KEEP
    )
    type_roles: Annotated[
        tuple[str, ...],
        "The course roles for the enrolment types 1, 2 and 3, by name or short name.",
        Names(count=3),
    ] = ("student", "teacher", "non-editing teacher")
    group_column: Annotated[
        c.MemberColumn,
        "What a column of groups (several names, separated by ; or |) does to memberships in groups that imports made. "
        "Other groups never change.",
    ] = c.MemberColumn.OFF
    add_to_groups: Annotated[tuple[str, ...], "Groups that everybody in the import joins.", Names()] = ()
    home_group: Annotated[
        str,
        "The group that people created by this import join, by its ID number or name. If the file lists the people of "
        "one group only (unlisted_scope), it is that group.",
        Text(("All groups", "no group: people are created without one"), ("a group", "for example Year 7")),
    ] = ""
    seat_reference: Annotated[
        c.SeatReference, "Whether each row must name the purchase that its person's seat belongs to."
    ] = c.SeatReference.OFF
    product: Annotated[c.Product, "Whether each row must name the product of its seat."] = c.Product.REQUIRED
    links: Annotated[c.MemberColumn, "What columns of instructors and parents do to links between people."] = (
        c.MemberColumn.OFF
    )
    unknown_choice: Annotated[
        c.UnknownChoice, "What happens if a cell isn't one of its field's options. Blank cells don't count."
    ] = c.UnknownChoice.ERROR
    unknown_columns: Annotated[c.UnknownColumns, "What happens to columns that Enlist doesn't recognise."] = (
        c.UnknownColumns.IGNORE
    )
    columns_left_out: Annotated[tuple[str, ...], "Columns of the file to ignore, by their headers.", Names()] = ()
    formulas: Annotated[c.Formulas, "What happens to worksheet cells with formulas."] = c.Formulas.USE_VALUE
    macros: Annotated[c.Macros, "What happens to workbooks with macros."] = c.Macros.REFUSE
    date_order: Annotated[c.DateOrder, "Whether dates such as 3/4/2027 begin with the day or the month."] = (
        c.DateOrder.FIND_OUT
    )
    defaults: Annotated[
        Entries,
        "Values for fields that the file leaves out, as patterns: %f first name, %l last name, %u username, %% a "
        "percent sign; between % and the letter - lower case, + upper case, ~ title case, a number = characters kept.",
        FieldEntries(),
    ] = NO_ENTRIES
    fixed_values: Annotated[
        Entries, "Values for everybody in the import, whatever the file says; not patterns.", FieldEntries()
    ] = NO_ENTRIES
    message: Annotated[str, "Text added to the invitation.", Text()] = ""
    note: Annotated[str, "Text kept with the import.", Text()] = ""
    select_for_bulk: Annotated[c.SelectForBulk, "Who is selected in People after the import."] = c.SelectForBulk.NONE
    limits: Annotated[
        ChangeLimits,
        "How many people an import may affect without approval. deactivate, delete, leave_group, unenrol and "
        "remove_link need it above the smaller of the share of active people and the number; rename and update above "
        "the share, but only from the number up.",
        LimitEntries(),
    ] = STANDARD_LIMITS

    def __post_init__(self) -> None:
        for name, field in _fields().items():
            object.__setattr__(self, name, field.load(getattr(self, name)))

    def replace(self, **changes: object) -> Policy:
        """This policy with some settings changed; PolicyError for an unknown setting or an invalid value."""
        for name in changes:
            policy_field(name)
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def parse(self, name: str, *, text: str) -> Policy:
        """This policy with one setting changed as typed.

        `name` is a field, or `field.part` for one entry: `defaults.city`, `limits.update`, `type_roles.2`. An empty
        text removes the entry.
        """
        name, dot, part = name.strip().partition(".")
        field = policy_field(name)
        value = field.read_entry(getattr(self, name), key=part, text=text) if dot else field.read(text)
        return self.replace(**{name: value})

    def to_dict(self) -> dict[str, Any]:
        """Every setting as JSON; `from_dict` reads it."""
        return {name: field.kind.dump(getattr(self, name)) for name, field in _fields().items()}

    @classmethod
    def from_dict(cls, settings: Mapping[str, object]) -> Policy:
        """A policy from JSON; settings that are not given have their default."""
        return cls().replace(**settings)

    def check(self) -> Policy:
        """This policy if it works; otherwise PolicyError lists all problems."""
        if problems := self.problems():
            raise PolicyError("settings_contradict", problems=" ".join(problems))
        return self

    def problems(self) -> tuple[str, ...]:
        """A sentence for every value that does not work, alone or together with another."""
        return (*checks.not_yet(self), *checks.contradictions(self))

    def notices(self) -> tuple[str, ...]:
        """A sentence for every value that is accepted and has no effect."""
        return tuple(checks.idle(self))


@dataclass(frozen=True)
class PolicyField:
    """A setting: its section, meaning, kind, allowed values with their meanings, and default."""

    name: str
    section: str
    meaning: str
    kind: Kind[Any]
    default: Any

    @property
    def allowed(self) -> tuple[tuple[str, str], ...]:
        """Allowed values with their meanings; empty if any text is allowed."""
        return self.kind.allowed

    @property
    def offered(self) -> tuple[tuple[str, str], ...]:
        """Those of the allowed values that do something."""
        waiting = checks.NOT_YET.get(self.name, ())
        return tuple((word, meaning) for word, meaning in self.allowed if word not in waiting)

    @property
    def does_nothing(self) -> bool:
        """Whether no value but the default can be chosen yet, or is the only one."""
        return checks.ANYTHING in checks.NOT_YET.get(self.name, ()) or len(self.allowed) > len(self.offered) == 1

    def load(self, value: object) -> Any:
        """The typed value; PolicyError names this setting if it is not allowed."""
        with _naming_setting(self.name):
            return self.kind.load(value)

    def read(self, text: str) -> Any:
        """The value of typed text; PolicyError as `load`."""
        with _naming_setting(self.name):
            return self.kind.read(text)

    def read_entry(self, value: Any, *, key: str, text: str) -> Any:
        """The value with one entry as typed; PolicyError as `load`."""
        with _naming_setting(f"{self.name}.{key}"):
            return self.kind.read_entry(value, key=key, text=text)

    def write(self, policy: Policy) -> str:
        """This setting of a policy as text to type."""
        return self.kind.write(getattr(policy, self.name))


@contextmanager
def _naming_setting(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise PolicyError("setting_refused", name=name, reason=error) from None


def policy_fields() -> tuple[PolicyField, ...]:
    """Every setting, in the order of its page."""
    return tuple(_fields().values())


def policy_field(name: str, *, also: Sequence[str] = ()) -> PolicyField:
    """The setting with this name; otherwise PolicyError suggests the nearest one, `also` included."""
    if name not in _fields():
        raise PolicyError("setting_unknown", name=name, near=nearest(name, among=[*_fields(), *also]))
    return _fields()[name]


@cache
def _fields() -> dict[str, PolicyField]:
    section, starts = WHO, {"standardise_usernames": NAMES, "unknown_course": VALUES}
    hints = get_type_hints(Policy, include_extras=True)
    found = {}
    for field in dataclasses.fields(Policy):
        section = starts.get(field.name, section)
        word, meaning, *kind = get_args(hints[field.name])
        found[field.name] = PolicyField(
            name=field.name,
            section=section,
            meaning=meaning,
            kind=kind[0] if kind else OneOf(word),
            default=field.default,
        )
    return found
