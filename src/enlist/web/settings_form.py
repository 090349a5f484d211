"""The form of the import settings that a preset offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enlist.core.directory.directory import ProfileField
from enlist.core.errors import EnlistError
from enlist.core.fields.fields import FIELDS, HIDDEN_SLUGS, PERSON_SLUGS
from enlist.core.policy import ALL_GROUPS, PolicyField, policy_field
from enlist.core.policy.kinds import ENTRY_FIELDS, FieldChoices, FieldEntries, Names, OneOf, Several, YesNo
from enlist.services.drafts.draft import Draft
from enlist.web.forms.base import ServiceForm

# What the page shows together, in its order; other settings of a preset come last.
SECTIONS: Final = (
    (_("People who aren't in the file"), ("unlisted", "unlisted_scope", "grace_days")),
    (
        _("New and existing people"),
        ("upload_type", "match_by", "update_details", "renames", "deletes", "suspensions", "manual_edits"),
    ),
    (_("Passwords and invitations"), ("passwords", "existing_passwords", "force_password_change", "invite")),
    (
        _("Usernames and addresses"),
        (
            "standardise_usernames",
            "username_characters",
            "username_accents",
            "username_from",
            "number_made_usernames",
            "same_email",
            "missing_email",
            "malformed_email",
        ),
    ),
    (
        _("Courses and groups"),
        ("home_group", "unknown_course_group", "unknown_group", "enrolment_dates", "type_roles", "unknown_choice"),
    ),
    (_("Default values"), ("defaults",)),
)
LAST: Final = _("Other settings")
# The settings on the page: a checkbox that isn't ticked sends nothing.
_THERE: Final = "there"
# The prefix of inputs that choose what fills a profile field.
_TAKE: Final = "take."
COLUMN, SAME, LEAVE = "column", "same", "leave"
# Settings that have a page or a place of their own, and those about workbooks alone.
_ELSEWHERE: Final = frozenset({"columns_left_out"})
_OF_WORKBOOKS: Final = frozenset({"macros"})
TITLES: Final = {
    "unlisted": _("People who aren't in the file"),
    "unlisted_scope": _("Who the file should list"),
    "grace_days": _("Days until they leave"),
    "home_group": _("Group of new people"),
    "upload_type": _("What should this import do?"),
    "match_by": _("Match existing people by"),
    "update_details": _("Details of existing people"),
    "renames": _("New usernames for existing people"),
    "deletes": _("Rows marked as deleted"),
    "suspensions": _("Rows that suspend or reactivate people"),
    "passwords": _("Passwords of new people"),
    "existing_passwords": _("Passwords of existing people"),
    "force_password_change": _("Require a new password at the next sign-in"),
    "invite": _("Invitations"),
    "standardise_usernames": _("Clean usernames"),
    "username_characters": _("Characters of usernames"),
    "username_accents": _("Accented and other letters in usernames"),
    "username_from": _("Generate missing usernames"),
    "number_made_usernames": _("Number generated usernames that are taken"),
    "same_email": _("E-mail addresses used by others"),
    "missing_email": _("New people without an e-mail address"),
    "malformed_email": _("Invalid e-mail addresses"),
    "unknown_course_group": _("Unknown course groups"),
    "unknown_group": _("Unknown groups (cohorts)"),
    "enrolment_dates": _("Enrolment dates"),
    "type_roles": _("Roles of types 1, 2 and 3"),
    "unknown_choice": _("Values that aren't an option of their field"),
    "manual_edits": _("Values that somebody edited manually"),
    "macros": _("Workbooks with macros"),
    "defaults": _("Values if the file has none"),
    "date_order": _("Order of day and month in dates"),
    "new_username_duplicates": _("New people whose username is taken"),
    "select_for_bulk": _("People to select for the next step"),
    "note": _("Note"),
}


class _ByValue:
    """Options with their value in their id."""

    def create_option(self, *about: Any, **named: Any) -> dict[str, Any]:
        """An option, for the template."""
        option: dict[str, Any] = super().create_option(*about, **named)  # type: ignore[misc]
        option["attrs"]["id"] = f"{option['name']}-{option['value']}"
        return option


class _Radios(_ByValue, forms.RadioSelect):
    pass


class _Boxes(_ByValue, forms.CheckboxSelectMultiple):
    pass


@dataclass(frozen=True)
class Control:
    """One setting on the page. rare: fields that few people need. differs: from the preset."""

    name: str
    title: Any
    meaning: Any
    fields: list[BoundField]
    rare: list[BoundField]
    is_entries: bool
    differs: bool


@dataclass(frozen=True)
class Section:
    """Controls under one heading."""

    title: Any
    controls: list[Control]

    @property
    def has_errors(self) -> bool:
        """Whether one of its fields has an error."""
        return any(field.errors for control in self.controls for field in (*control.fields, *control.rare))


@dataclass(frozen=True)
class ProfileControl:
    """A profile field: what fills it, where the file has a column for it, and its value where the file has none.

    value: None where nobody may have another's value.
    """

    title: str
    take: BoundField | None
    value: BoundField | None
    options: tuple[str, ...]


class SettingsForm(ServiceForm):
    """The settings that a draft's preset offers, with the draft's values."""

    def __init__(self, sent: QueryDict | None, *, draft: Draft) -> None:
        super().__init__(sent, auto_id="%s")
        self._draft = draft
        self._example = reverse("import-settings-example", args=[draft.number])
        self._columns = {column.alone: column for column in draft.columns if column.alone}
        self._names = list(self._ask_settings())
        for field in self._profile_fields():
            self._ask_profile(field)

    def _ask_settings(self) -> Iterator[str]:
        """Add the inputs of settings with a choice; returns their names."""
        preset, policy = self._draft.preset, self._draft.policy
        out = _ELSEWHERE if self._draft.source.sheets else _ELSEWHERE | _OF_WORKBOOKS
        shortcuts = {each.name: each for each in preset.shortcuts}
        for name in preset.offered:
            if name in shortcuts:
                words = [(word, each.meaning) for word, each in shortcuts[name].words.items()]
                self._ask_one(name, words=words, value=shortcuts[name].word_of(policy), meaning=shortcuts[name].meaning)
            elif name not in out and not self._ask(policy_field(name), value=getattr(policy, name)):
                continue
            if name not in out:
                yield name

    def _ask(self, field: PolicyField, *, value: Any) -> bool:
        """Add the inputs of a setting; returns whether there is a choice."""
        name, about = field.name, {"label": title(field.name), "help_text": field.meaning, "required": False}
        match field.kind:
            case OneOf() | Several() if len(field.offered) < 2:
                return False
            case OneOf():
                self._ask_one(name, words=field.offered, value=value, meaning=field.meaning)
            case Several():
                boxes = _Boxes({"class": "form-check-input"})
                options = titled(field.offered)
                self.fields[name] = forms.MultipleChoiceField(choices=options, initial=value, widget=boxes, **about)
            case YesNo():
                box = forms.CheckboxInput({"class": "form-check-input", "role": "switch"})
                self.fields[name] = forms.BooleanField(initial=value, widget=box, **about)
            case FieldChoices(one=one):
                for slug, label in self._edited_fields():
                    self._ask_word(f"{name}.{slug}", words=one.allowed, value=value.get(slug, ""), label=label)
            case FieldEntries():
                for slug in ENTRY_FIELDS:
                    self._ask_text(f"{name}.{slug}", value=value.get(slug, ""), label=FIELDS[slug].label)
            case _ if name == "home_group":
                self._ask_group(value, about=about)
            case kind:
                text = kind.write(value) if isinstance(kind, Names) else str(value)
                self._ask_text(name, value=text, label=about["label"], help_text=field.meaning)
        return True

    def _edited_fields(self) -> Iterator[tuple[str, Any]]:
        """The fields that people edit manually, with their labels."""
        yield from ((slug, FIELDS[slug].label) for slug in PERSON_SLUGS if slug != "username")
        yield from ((field.slug, field.name or field.shortname) for field in self._draft.reference.profile_fields)

    def _ask_word(self, name: str, *, words: Iterable[tuple[str, str]], value: str, label: Any) -> None:
        """Add the choice of a word for one field; without one, the first counts."""
        options = [("" if number == 0 else word, meaning) for number, (word, meaning) in enumerate(words)]
        select = forms.Select({"class": "form-select form-select-sm", "id": name.replace(".", "-")})
        self.fields[name] = forms.ChoiceField(
            choices=options, initial=value, label=label, required=False, widget=select
        )

    def _ask_group(self, value: str, *, about: dict[str, Any]) -> None:
        """Add the choice of the group that new people join; the one that is set stays, even if it is gone."""
        options = [(ALL_GROUPS, _("All groups (new people join none)")), *self._draft.groups]
        if value not in dict(options):
            options.append((value, value))
        select = forms.Select({"class": "form-select", "id": "home_group"})
        self.fields["home_group"] = forms.ChoiceField(choices=options, initial=value, widget=select, **about)

    def _ask_one(self, name: str, *, words: Iterable[tuple[str, str]], value: str, meaning: str) -> None:
        self.fields[name] = forms.ChoiceField(
            choices=titled(words),
            initial=value,
            label=title(name),
            help_text=meaning,
            required=False,
            widget=_Radios({"class": "form-check-input"}),
        )

    def _ask_text(self, name: str, *, value: str, label: Any, help_text: str = "") -> None:
        """Add a text input; below a pattern, the page shows what it generates for the first rows."""
        place = name.replace(".", "-")
        attributes = {"class": "form-control", "id": place, "autocomplete": "off"}
        if "." in name or name == "username_from":
            attributes |= {
                "class": "form-control form-control-sm" if "." in name else "form-control",
                "aria-describedby": f"{place}-example" + (f" {name}_error" if self.is_bound else ""),
                "hx-get": self._example,
                # The answer to what was typed last counts.
                "hx-sync": "this:replace",
                "hx-trigger": "input changed delay:300ms" + (", load" if value else ""),
                "hx-target": f"#{place}-example",
            }
        self.fields[name] = forms.CharField(
            label=label, initial=value, required=False, help_text=help_text, widget=forms.TextInput(attributes)
        )

    def _profile_fields(self) -> Sequence[ProfileField]:
        return self._draft.reference.profile_fields if "defaults" in self._draft.preset.offered else ()

    def _ask_profile(self, field: ProfileField) -> None:
        slug, name = field.slug, field.name or field.shortname
        value, column = self._draft.policy.defaults.get(slug, ""), self._columns.get(slug)
        if column:
            options = [(COLUMN, _("the column “%s”") % column.header), (SAME, _("one value, for people who have none"))]
            options = [*options[: 1 if field.unique else 2], (LEAVE, _("nothing: it is left as it is"))]
            select = forms.Select({"class": "form-select form-select-sm", "aria-label": _("%s is filled from") % name})
            take = COLUMN if column.slug else SAME if value else LEAVE
            self.fields[_TAKE + slug] = forms.ChoiceField(
                choices=options, initial=take, label=name, required=False, widget=select
            )
        if not field.unique:
            self._ask_text(f"defaults.{slug}", value=value, label=name)
            attributes = self.fields[f"defaults.{slug}"].widget.attrs
            attributes["placeholder"] = _("where the file has no value")
            attributes["aria-label"] = _("%s where the file has no value") % name
            if field.options:
                attributes["list"] = f"defaults-{slug}-options"

    def sections(self) -> list[Section]:
        """The controls by section; others come last."""
        controls = {name: self._control(name) for name in self._names}
        made = [Section(title, [controls.pop(name) for name in names if name in controls]) for title, names in SECTIONS]
        return [section for section in (*made, Section(LAST, list(controls.values()))) if section.controls]

    def _control(self, name: str) -> Control:
        if name in self.fields:
            field = self[name]
            return Control(
                name, field.label, field.help_text, [field], [], is_entries=False, differs=self._differs(name)
            )
        chosen = getattr(self._draft.policy, name)
        if isinstance(policy_field(name).kind, FieldChoices):
            edited: list[BoundField] = [self[slug] for slug in self.fields if slug.startswith(f"{name}.")]
            rest = [field for field in edited if field.name.partition(".")[2] not in chosen]
            shown = [field for field in edited if field not in rest]
            return Control(
                name, title(name), policy_field(name).meaning, shown, rest, is_entries=True, differs=self._differs(name)
            )
        rare = [slug for slug in ENTRY_FIELDS if slug in HIDDEN_SLUGS and slug not in chosen]
        fields = [self[f"{name}.{slug}"] for slug in ENTRY_FIELDS if slug not in rare]
        rarer = [self[f"{name}.{slug}"] for slug in rare]
        meaning, differs = policy_field(name).meaning, self._differs(name)
        return Control(name, title(name), meaning, fields, rarer, is_entries=True, differs=differs)

    @property
    def changed(self) -> int:
        """How many settings differ from the preset."""
        return sum(self._differs(name) for name in self._names)

    def _differs(self, name: str) -> bool:
        draft = self._draft
        if shortcut := next((each for each in draft.preset.shortcuts if each.name == name), None):
            return shortcut.word_of(draft.policy) != shortcut.word_of(draft.preset.policy)
        return bool(getattr(draft.policy, name) != getattr(draft.preset.policy, name))

    def profile(self) -> list[ProfileControl]:
        """A control for every profile field of the organisation."""
        return [
            ProfileControl(
                field.name or field.shortname,
                self[_TAKE + field.slug] if _TAKE + field.slug in self.fields else None,
                None if field.unique else self[f"defaults.{field.slug}"],
                field.options,
            )
            for field in self._profile_fields()
        ]

    def columns_used(self) -> dict[str, bool]:
        """Header → whether its column fills a profile field."""
        taken = {slug: self.cleaned_data.get(_TAKE + slug) for slug in self._columns}
        return {self._columns[slug].header: take == COLUMN for slug, take in taken.items() if take}

    def settings(self) -> tuple[str, ...]:
        """The settings, as `preset.configure` takes them."""
        there = self.data.getlist(_THERE) if isinstance(self.data, QueryDict) else ()
        offered = (name for name in self._draft.preset.offered if name in there)
        return tuple(setting for name in offered for setting in self._sent(name))

    def _sent(self, name: str) -> Iterator[str]:
        if name not in self.fields:
            left = {f"defaults.{slug}" for slug in self._columns if self.cleaned_data.get(_TAKE + slug) == LEAVE}
            entries = ((key, text) for key, text in self.cleaned_data.items() if key.startswith(f"{name}."))
            yield from (f"{key}={text}" for key, text in entries if text and key not in left)
            return
        value = self.cleaned_data[name]
        if isinstance(value, list):
            yield f"{name}={','.join(value)}"
        elif isinstance(value, bool):
            yield f"{name}={'yes' if value else 'no'}"
        elif name in self.data:
            yield f"{name}={value}"

    def field_of(self, error: EnlistError) -> str:
        """The input of the setting that an error names, or of the first that its sentence names."""
        named = str(error.fields.get("name", ""))
        words = (word.strip(".,;") for word in str(error.fields.get("problems", "")).split())
        return named or next((word for word in words if word in self.fields), "")


def titled(words: Iterable[tuple[str, str]]) -> list[tuple[str, Any]]:
    """The options of a setting, with their meaning."""
    plain = '<span class="fw-medium">{}</span>'
    full = plain + ' <span class="text-body-secondary">– {}</span>'
    return [
        (word, format_html(full, said(word), meaning) if meaning else format_html(plain, said(word)))
        for word, meaning in words
    ]


def title(name: str) -> Any:
    """The title of a setting."""
    return TITLES.get(name, said(name))


def said(word: str) -> str:
    """A value of a setting in words: `add_new` → Add new."""
    if word in FIELDS:
        return FIELDS[word].label[:1].upper() + FIELDS[word].label[1:]
    return word.replace("_", " ").capitalize()
