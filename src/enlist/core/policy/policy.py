"""Policy: every choice an import makes, one field each, with its meaning (the settings of all presets).

The defaults are the careful ones: new people are created, nothing of anybody known changes. Presets start elsewhere.
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
from enlist.core.policy.kinds import Brakes, FieldEntries, Kind, Names, OneOf, Several, Text, YesNo, nearest
from enlist.core.policy.values import NO_ENTRIES, STANDARD_BRAKE, ChangeLimits, Entries

WHO = "Who is meant, what happens to them"
NAMES = "Names, addresses, passwords"
VALUES = "Enrolments, groups, seats, links, values"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Every choice an import makes.

    Values are given typed, or as the words and lists of JSON; PolicyError names the setting that cannot have its value.
    Whether the values can work together is what `check` says.
    """

    # Who is meant, what happens to them
    match_by: Annotated[
        tuple[c.MatchKey, ...],
        "By what a row finds its person: the keys are tried in this order. Two keys of one row that name two people "
        "are an error.",
        Several(c.MatchKey),
    ] = (c.MatchKey.USERNAME,)
    new_people: Annotated[
        c.NewPeople, "What becomes of a row whose person is not known yet. A new person needs both names."
    ] = c.NewPeople.CREATE
    existing_people: Annotated[c.ExistingPeople, "What becomes of a row whose person exists."] = c.ExistingPeople.SKIP
    update_details: Annotated[
        c.UpdateDetails, "Which details of existing people change, where existing people are updated at all."
    ] = c.UpdateDetails.NONE
    blank_cell: Annotated[c.BlankCell, "What a blank cell says about its value."] = c.BlankCell.MISSING
    renames: Annotated[c.Permission, "Whether a row that names an old username gives its person a new one."] = (
        c.Permission.REFUSE
    )
    deletes: Annotated[c.Permission, "Whether a row marked as deleted removes its person."] = c.Permission.REFUSE
    suspensions: Annotated[
        c.Permission,
        "Whether a row can suspend an existing person or make one active again. New people always follow their cell.",
    ] = c.Permission.REFUSE
    unlisted: Annotated[
        c.Unlisted, "What becomes of people who are not in the file. Failed and skipped rows count as in the file."
    ] = c.Unlisted.KEEP
    unlisted_scope: Annotated[c.UnlistedScope, "Among whom people can be missing from the file."] = (
        c.UnlistedScope.PLATFORM
    )
    unlisted_manual_people: Annotated[
        c.UnlistedManualPeople, "What absence from the file means for people who were created by hand."
    ] = c.UnlistedManualPeople.PROTECT
    inactive_listed: Annotated[c.InactiveListed, "What becomes of inactive people who are in the file."] = (
        c.InactiveListed.LEAVE
    )
    administrators: Annotated[c.Administrators, "What the import may do to administrators and owners."] = (
        c.Administrators.PROTECT
    )
    bad_rows: Annotated[c.BadRows, "What becomes of rows with errors."] = c.BadRows.SKIP_ROW
    site_role: Annotated[c.SiteRole, "Where the role on the site comes from."] = c.SiteRole.LEARNER
    active_limit: Annotated[
        c.ActiveLimit, "What happens when more people would be active than the organisation may have."
    ] = c.ActiveLimit.WARN

    # Names, addresses, passwords
    standardise_usernames: Annotated[
        bool, "Whether usernames are cleaned. Without it a username that cleaning would change fails its row.", YesNo()
    ] = True
    username_case: Annotated[
        c.UsernameCase, "The case in which usernames are stored. They are always compared without case."
    ] = c.UsernameCase.LOWER
    username_characters: Annotated[c.UsernameCharacters, "The characters that cleaning leaves in a username."] = (
        c.UsernameCharacters.MOODLE
    )
    username_accents: Annotated[
        c.UsernameAccents, "What cleaning makes of accented and non-Latin letters in a username."
    ] = c.UsernameAccents.TRANSLITERATE
    username_from: Annotated[
        str,
        "What a username is made from where the file gives none. Not used while existing people are updated: a name "
        "made so may be somebody else's.",
        Text(
            ("", "usernames come from the file only"),
            ("email", "the e-mail address"),
            ("a pattern", "for example %-1f%-l: the first letter of the first name and the last name, in lower case"),
        ),
    ] = ""
    same_email: Annotated[c.SameEmail, "What happens when an e-mail address belongs to somebody else already."] = (
        c.SameEmail.REFUSE
    )
    missing_email: Annotated[c.OddEmail, "What happens to new people without an e-mail address."] = c.OddEmail.REFUSE
    malformed_email: Annotated[c.OddEmail, "What happens to what does not look like an e-mail address."] = (
        c.OddEmail.REFUSE
    )
    passwords: Annotated[
        tuple[c.PasswordSource, ...],
        "Where new people's passwords come from: the first that can be used is used.",
        Several(c.PasswordSource),
    ] = (c.PasswordSource.ACTIVATION_LINK,)
    existing_passwords: Annotated[c.ExistingPasswords, "What becomes of the passwords of existing people."] = (
        c.ExistingPasswords.KEEP
    )
    force_password_change: Annotated[c.ForcePasswordChange, "Who must change a password that came from the file."] = (
        c.ForcePasswordChange.NONE
    )
    weak_passwords: Annotated[c.WeakPasswords, "What happens to weak passwords in the file."] = c.WeakPasswords.FLAG
    invite: Annotated[c.Invite, "Who gets an invitation by e-mail."] = c.Invite.NEVER

    # Enrolments, groups, seats, links, values
    unknown_course: Annotated[c.UnknownCourse, "What happens when a row names a course that does not exist."] = (
        c.UnknownCourse.ERROR_ON_CELL
    )
    unknown_course_group: Annotated[
        c.UnknownGroup, "What happens when a row names a group that its course does not have."
    ] = c.UnknownGroup.ERROR_ON_CELL
    unknown_group: Annotated[c.UnknownGroup, "What happens when a row names a cohort that does not exist."] = (
        c.UnknownGroup.ERROR_ON_CELL
    )
    enrolment_dates: Annotated[c.EnrolmentDates, "What happens to the start and end of an enrolment that exists."] = (
        c.EnrolmentDates.KEEP
    )
    type_roles: Annotated[
        tuple[str, ...],
        "The course roles that the enrolment types 1, 2 and 3 stand for, by their names or their short names.",
        Names(count=3),
    ] = ("student", "teacher", "non-editing teacher")
    group_column: Annotated[c.MemberColumn, "What a column of groups does to memberships."] = c.MemberColumn.OFF
    add_to_groups: Annotated[tuple[str, ...], "Groups that everybody of the import joins.", Names()] = ()
    home_group: Annotated[str, "The group that people created by this import join.", Text()] = ""
    seat_reference: Annotated[
        c.SeatReference, "Whether each row must say in which purchase its person takes a seat."
    ] = c.SeatReference.OFF
    product: Annotated[c.Product, "Whether each row must name the product of its seat."] = c.Product.REQUIRED
    links: Annotated[c.MemberColumn, "What columns of instructors and parents do to the links between people."] = (
        c.MemberColumn.OFF
    )
    unknown_choice: Annotated[
        c.UnknownChoice, "What happens when a cell is not one of its field's options. A blank cell is no such cell."
    ] = c.UnknownChoice.ERROR
    unknown_columns: Annotated[c.UnknownColumns, "What happens to columns that Enlist does not know."] = (
        c.UnknownColumns.IGNORE
    )
    columns_left_out: Annotated[
        tuple[str, ...], "Columns of the file that are not applied, by their headers.", Names()
    ] = ()
    formulas: Annotated[c.Formulas, "What happens to worksheet cells that hold formulas."] = c.Formulas.USE_VALUE
    macros: Annotated[c.Macros, "What happens to workbooks with macros."] = c.Macros.REFUSE
    date_order: Annotated[c.DateOrder, "Whether dates such as 3/4/2027 begin with the day or the month."] = (
        c.DateOrder.FIND_OUT
    )
    defaults: Annotated[
        Entries,
        "Values for fields the file leaves out, as patterns: %f first name, %l last name, %u username, %% a percent "
        "sign; between % and the letter - lower case, + upper case, ~ title case, a number = so many characters.",
        FieldEntries(),
    ] = NO_ENTRIES
    fixed_values: Annotated[
        Entries, "Values for everybody of the import, whatever the file says; not patterns.", FieldEntries()
    ] = NO_ENTRIES
    message: Annotated[str, "Text added to the invitation.", Text()] = ""
    note: Annotated[str, "Text kept with the import.", Text()] = ""
    select_for_bulk: Annotated[c.SelectForBulk, "Who is selected in People when the import is done."] = (
        c.SelectForBulk.NONE
    )
    limits: Annotated[
        ChangeLimits,
        "How much an import may do without approval. deactivate, delete, leave_group, unenrol and remove_link wait for "
        "an approval above the smaller of the share of active people and the number; rename and update above the "
        "share, from the number up.",
        Brakes(),
    ] = STANDARD_BRAKE

    def __post_init__(self) -> None:
        for name, field in _fields().items():
            object.__setattr__(self, name, field.load(getattr(self, name)))

    def replace(self, **changes: object) -> Policy:
        """This policy with some settings changed; PolicyError for a setting that does not exist or a bad value."""
        for name in changes:
            policy_field(name)
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def parse(self, name: str, *, text: str) -> Policy:
        """This policy with one setting changed as typed.

        `name` is a field, or `field.part` for one entry: `defaults.city`, `limits.update`, `type_roles.2`. An empty
        takes an entry out.
        """
        name, dot, part = name.strip().partition(".")
        field = policy_field(name)
        value = field.read_entry(getattr(self, name), key=part, text=text) if dot else field.read(text)
        return self.replace(**{name: value})

    def to_dict(self) -> dict[str, Any]:
        """Every setting in JSON's words; `from_dict` takes it back."""
        return {name: field.kind.dump(getattr(self, name)) for name, field in _fields().items()}

    @classmethod
    def from_dict(cls, settings: Mapping[str, object]) -> Policy:
        """A policy from JSON's words; what is not named has its default."""
        return cls().replace(**settings)

    def check(self) -> Policy:
        """This policy, if it can be carried out; PolicyError says all that speaks against it."""
        if problems := self.problems():
            raise PolicyError("settings_contradict", problems=" ".join(problems))
        return self

    def problems(self) -> tuple[str, ...]:
        """A sentence for every value that cannot be carried out, alone or beside another."""
        return (*checks.not_yet(self), *checks.contradictions(self))

    def notices(self) -> tuple[str, ...]:
        """A sentence for every value that is accepted and has no effect."""
        return tuple(checks.idle(self))


@dataclass(frozen=True)
class PolicyField:
    """What there is to say about a setting: its section, meaning, kind, the allowed values with theirs, its default."""

    name: str
    section: str
    meaning: str
    kind: Kind[Any]
    default: Any

    @property
    def allowed(self) -> tuple[tuple[str, str], ...]:
        """Allowed values and what each means; empty where any text will do."""
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
        """The typed value; PolicyError names this setting where it is not allowed."""
        with _blaming(self.name):
            return self.kind.load(value)

    def read(self, text: str) -> Any:
        """The value of what somebody typed; PolicyError as `load`."""
        with _blaming(self.name):
            return self.kind.read(text)

    def read_entry(self, value: Any, *, key: str, text: str) -> Any:
        """The value with one entry as somebody typed it; PolicyError as `load`."""
        with _blaming(f"{self.name}.{key}"):
            return self.kind.read_entry(value, key=key, text=text)

    def write(self, policy: Policy) -> str:
        """This setting of a policy as somebody would type it."""
        return self.kind.write(getattr(policy, self.name))


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise PolicyError("setting_refused", name=name, reason=error) from None


def policy_fields() -> tuple[PolicyField, ...]:
    """Every setting, in the order of its page."""
    return tuple(_fields().values())


def policy_field(name: str, *, also: Sequence[str] = ()) -> PolicyField:
    """The setting of this name; where there is none, PolicyError names the nearest, looking among `also` too."""
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
