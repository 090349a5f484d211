"""The form of an import's settings: what its preset offers, as controls; what came back, as settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from enlist.core.directory.directory import ProfileField
from enlist.core.fields.fields import FIELDS, HIDDEN_SLUGS
from enlist.core.policy import Policy, PolicyField, policy_field
from enlist.core.policy.kinds import ENTRY_FIELDS, FieldEntries, Names, OneOf, Several, YesNo
from enlist.core.policy.preset import Preset, Shortcut
from enlist.services.drafts.draft import Column, Draft

# What stands together on the page, in its order; whatever else a preset offers comes last.
SECTIONS: Final = (
    (_("New and existing people"), ("upload_type", "match_by", "update_details", "renames", "deletes", "suspensions")),
    (_("Passwords and invitations"), ("passwords", "existing_passwords", "force_password_change", "invite")),
    (
        _("Usernames and addresses"),
        (
            "standardise_usernames",
            "username_characters",
            "username_from",
            "same_email",
            "missing_email",
            "malformed_email",
        ),
    ),
    (
        _("Courses and groups"),
        ("unknown_course_group", "unknown_group", "enrolment_dates", "type_roles", "unknown_choice"),
    ),
    (_("Default values"), ("defaults",)),
)
LAST: Final = _("Other settings")
# What a form sends beside its settings: which there are, since a box that is not ticked sends nothing.
THERE: Final = "there"
# What the control of a profile field sends: which field, which column, and what is taken of it.
FIELD: Final = "profile-"
OF: Final = "of-"
TAKE: Final = "take-"
COLUMN, SAME, LEAVE = "column", "same", "leave"
TAKES: Final = (
    (COLUMN, _("the column of the file")),
    (SAME, _("the same value for everybody without one")),
    (LEAVE, _("nothing: it is left as it is")),
)
# Settings that have a page or a place of their own, and those about workbooks alone.
_ELSEWHERE: Final = frozenset({"columns_left_out"})
_OF_WORKBOOKS: Final = frozenset({"macros"})
TITLES: Final = {
    "upload_type": _("What should this import do?"),
    "match_by": _("Match existing people by"),
    "update_details": _("Details of existing people"),
    "renames": _("New usernames for existing people"),
    "deletes": _("Rows marked as deleted"),
    "suspensions": _("Rows that suspend or make active"),
    "passwords": _("Passwords of new people"),
    "existing_passwords": _("Passwords of existing people"),
    "force_password_change": _("Must change a password from the file"),
    "invite": _("Invitations"),
    "standardise_usernames": _("Clean usernames"),
    "username_characters": _("Characters of usernames"),
    "username_from": _("Generate missing usernames"),
    "same_email": _("E-mail addresses that others have"),
    "missing_email": _("New people without an e-mail address"),
    "malformed_email": _("What does not look like an e-mail address"),
    "unknown_course_group": _("Unknown groups of courses"),
    "unknown_group": _("Unknown groups of people (cohorts)"),
    "enrolment_dates": _("Dates of enrolments"),
    "type_roles": _("Roles of types 1, 2 and 3"),
    "unknown_choice": _("Cells that are not an option of their field"),
    "macros": _("Workbooks with macros"),
    "defaults": _("Where the file says nothing"),
    "date_order": _("Order of day and month in dates"),
    "new_username_duplicates": _("New people whose username is taken"),
    "select_for_bulk": _("People to select for later"),
    "note": _("Note"),
}


@dataclass(frozen=True)
class Option:
    """One value of a control: as it is sent, what it means, whether it is chosen."""

    value: str
    title: str
    meaning: str
    is_chosen: bool


@dataclass(frozen=True)
class Control:
    """One setting on the page. shape: one, several, yes, text, or entries (options are its fields, with their text).

    rare: entries of fields that few people need.
    """

    name: str
    title: Any
    meaning: str
    shape: str
    options: tuple[Option, ...] = ()
    value: str = ""
    rare: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Section:
    """Controls under one heading."""

    title: Any
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class ProfileControl:
    """A profile field: the column of the file that is about it ("" for none), what is taken, the value without it.

    take: one of TAKES. options: what it can have, where that is a list. is_unique: nobody may have another's value.
    """

    place: int
    slug: str
    title: str
    header: str
    take: str
    value: str
    options: tuple[str, ...]
    is_unique: bool


def profile_controls(draft: Draft) -> list[ProfileControl]:
    """A control for every profile field of the organisation."""
    columns = {column.alone: column for column in draft.columns if column.alone}
    return [
        _of_field(field, place=place, column=columns.get(field.slug), value=draft.policy.defaults.get(field.slug, ""))
        for place, field in enumerate(draft.reference.profile_fields)
    ]


def _of_field(field: ProfileField, *, place: int, column: Column | None, value: str) -> ProfileControl:
    take = COLUMN if column and column.slug else SAME if value else LEAVE
    about = (place, field.slug, field.name or field.shortname)
    return ProfileControl(
        *about, column.header if column else "", take, value, options=field.options, is_unique=field.unique
    )


def columns_used(sent: QueryDict) -> dict[str, bool]:
    """Their header → whether that column counts, as the controls of profile fields say."""
    places = (name.removeprefix(OF) for name in sent if name.startswith(OF))
    return {sent.get(OF + place, ""): sent.get(TAKE + place) == COLUMN for place in places}


def _left(sent: QueryDict) -> set[str]:
    """The entries of profile fields that are to be left as they are."""
    places = (name.removeprefix(TAKE) for name in sent if name.startswith(TAKE) and sent.get(name) == LEAVE)
    return {f"defaults.{sent.get(FIELD + place, '')}" for place in places}


def sections(draft: Draft) -> list[Section]:
    """The controls of what a draft's preset offers, set as it has them; what leaves no choice is left out."""
    out = _ELSEWHERE if draft.source.sheets else _ELSEWHERE | _OF_WORKBOOKS
    made = {each.name: each for each in _controls(draft.preset, policy=draft.policy) if each.name not in out}
    grouped = [Section(title, tuple(made.pop(name) for name in names if name in made)) for title, names in SECTIONS]
    return [section for section in (*grouped, Section(LAST, tuple(made.values()))) if section.controls]


def settings(preset: Preset, *, sent: QueryDict) -> tuple[str, ...]:
    """What came back from the form, as `preset.configure` takes it."""
    return tuple(_sent(preset, sent=sent))


def _sent(preset: Preset, *, sent: QueryDict) -> Iterator[str]:
    shortcuts, there = {each.name for each in preset.shortcuts}, sent.getlist(THERE)
    for name in preset.offered:
        if name not in there:
            continue
        kind = None if name in shortcuts else policy_field(name).kind
        if isinstance(kind, FieldEntries):
            entries = ((key, sent.get(key, "").strip()) for key in sent if key.startswith(f"{name}."))
            yield from (f"{key}={text}" for key, text in entries if text and key not in _left(sent))
        elif isinstance(kind, Several):
            yield f"{name}={','.join(sent.getlist(name))}"
        elif isinstance(kind, YesNo):
            yield f"{name}={'yes' if name in sent else 'no'}"
        elif name in sent:
            yield f"{name}={sent.get(name, '').strip()}"


def _controls(preset: Preset, *, policy: Policy) -> Iterator[Control]:
    shortcuts = {each.name: each for each in preset.shortcuts}
    for name in preset.offered:
        if name in shortcuts:
            yield _of_shortcut(shortcuts[name], policy=policy)
        else:
            control = _control(policy_field(name), policy=policy)
            if control.shape not in ("one", "several") or len(control.options) > 1:
                yield control


def _of_shortcut(shortcut: Shortcut, *, policy: Policy) -> Control:
    chosen = shortcut.word_of(policy)
    options = tuple(
        Option(word, said(word), each.meaning, is_chosen=word == chosen) for word, each in shortcut.words.items()
    )
    return Control(shortcut.name, title(shortcut.name), shortcut.meaning, "one", options)


def _control(field: PolicyField, *, policy: Policy) -> Control:
    value = getattr(policy, field.name)
    about = (field.name, title(field.name), field.meaning)
    match field.kind:
        case OneOf() | Several():
            chosen = value if isinstance(value, tuple) else (value,)
            options = tuple(
                Option(word, said(word), meaning, is_chosen=word in chosen) for word, meaning in field.offered
            )
            return Control(*about, "several" if isinstance(field.kind, Several) else "one", options)
        case YesNo():
            return Control(*about, "yes", value="yes" if value else "")
        case FieldEntries():
            entries = [
                Option(slug, FIELDS[slug].label, value.get(slug, ""), is_chosen=slug in value) for slug in ENTRY_FIELDS
            ]
            rare = tuple(each for each in entries if each.value in HIDDEN_SLUGS and not each.is_chosen)
            return Control(*about, "entries", tuple(each for each in entries if each not in rare), rare=rare)
        case Names():
            return Control(*about, "text", value=field.write(policy))
        case _:
            return Control(*about, "text", value=str(value))


def title(name: str) -> Any:
    """What a setting is called on pages."""
    return TITLES.get(name, said(name))


def said(word: str) -> str:
    """A word of a setting as people read it: `add_new` → Add new."""
    if word in FIELDS:
        return FIELDS[word].label[:1].upper() + FIELDS[word].label[1:]
    return word.replace("_", " ").capitalize()
