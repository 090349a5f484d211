"""What an import should do: a few questions, with answers that the file suggests and their effects in numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enlist.core.policy import Policy
from enlist.services.drafts.draft import Draft
from enlist.services.drafts.settings_trial import Effects
from enlist.web.hints import error_text

GENERATED: Final = "%-f.%-l"
_KEY_NAMES: Final = {
    "idnumber": gettext_lazy("ID number"),
    "email": gettext_lazy("E-mail"),
    "username": gettext_lazy("Username"),
}
# The details of existing people follow what happens to them.
_CREATE_AND_UPDATE: Final = {"upload_type": "add_and_update", "update_details": "from_file"}
_CREATE: Final = {"upload_type": "add_new", "update_details": "none", "existing_passwords": "keep"}
_UPDATE: Final = {"upload_type": "update", "update_details": "from_file"}


@dataclass(frozen=True)
class Answer:
    """An answer. settings: what it sets, as JSON for the script; effect: in numbers; is_off: it has no meaning here."""

    title: str
    settings: str
    effect: str = ""
    is_chosen: bool = False
    is_suggested: bool = False
    is_off: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its answers."""

    name: str
    title: str
    answers: Sequence[Answer]


def questions(draft: Draft, *, effects: Effects, made: Sequence[str]) -> list[Question]:
    """The questions that the draft's preset has, in the order of the page. made: examples of generated usernames."""
    if not _is_upload(draft):
        return [_absent(draft)] if "unlisted" in draft.preset.offered else []
    asked = (_people(draft, effects=effects), _keys(draft, effects=effects))
    return [*asked, _usernames(draft, effects=effects, made=made), _passwords(draft)]


def ways_out(draft: Draft, *, effects: Effects) -> list[Answer]:
    """What can be done about a column that the draft lacks, beside choosing one."""
    if draft.trouble is None or not _is_upload(draft):
        return []
    found = []
    if draft.trouble.code.startswith("key_column"):
        if effects.columns.get("email") and draft.policy.match_by != ("email",):
            match, made = {"match_by": "email"}, {"match_by": "email", "username_from": GENERATED}
            found.append(_answer(_("Match by e-mail and generate usernames"), settings=made))
            found.append(_answer(_("Match by e-mail"), settings=match))
        else:
            found.append(_answer(_("Generate usernames"), settings={"username_from": GENERATED}))
    if draft.trouble.code == "columns_missing":
        found.append(_answer(_("Only update existing people"), settings=_UPDATE))
        if "email" not in effects.columns and draft.policy.missing_email != "warn":
            found.append(_answer(_("Create people without an e-mail address"), settings={"missing_email": "warn"}))
    return found


def trouble_text(draft: Draft) -> str:
    """Why the draft can't be planned, "" if it can; without the names of settings where the page has buttons."""
    if draft.trouble and draft.trouble.code == "key_column_missing" and draft.policy.match_by == ("username",):
        return _("This file has no usernames, so its rows can't be matched to people.")
    return error_text(draft.trouble)


def _is_upload(draft: Draft) -> bool:
    """Whether the preset leaves open who is created and updated; others have these answers already."""
    return "upload_type" in draft.preset.offered


def _absent(draft: Draft) -> Question:
    answers = [
        _answer(
            title,
            settings={"unlisted": value},
            effect=effect,
            is_chosen=draft.policy.unlisted == value,
            is_suggested=draft.preset.policy.unlisted == value,
        )
        for title, value, effect in (
            (_("They stay as they are"), "keep", ""),
            (_("Deactivate them"), "deactivate", _("The preview shows who and how many")),
        )
    ]
    return Question("unlisted", _("People who aren't in the file"), answers)


def _people(draft: Draft, *, effects: Effects) -> Question:
    policy = draft.policy
    known = max((effects.matches.get(key, 0) for key in policy.match_by), default=0)
    new = effects.rows - known
    answers = [
        _answer(
            _("Create and update"),
            settings=_CREATE_AND_UPDATE,
            effect=_("%(new)s new, %(known)s existing") % _numbers(new=new, known=known),
            is_chosen=_has(policy, new="create", existing="update", details="from_file"),
            is_suggested=known > 0,
        ),
        _answer(
            _("Only create new"),
            settings=_CREATE,
            effect=_("%(known)s existing are skipped") % _numbers(known=known) if known else "",
            is_chosen=_has(policy, new="create", existing="skip", details="none"),
            is_suggested=not known,
        ),
        _answer(
            _("Only update existing"),
            settings=_UPDATE,
            effect=_("%(new)s new are skipped") % _numbers(new=new) if new else "",
            is_chosen=_has(policy, new="skip", existing="update", details="from_file"),
        ),
    ]
    return Question("people", _("New and existing people"), _or_own(answers))


def _keys(draft: Draft, *, effects: Effects) -> Question:
    best = max(effects.matches, key=lambda key: effects.matches[key], default="")
    is_better = effects.matches.get(best, -1) > effects.matches.get(draft.policy.match_by[0], -1)
    answers = [
        _answer(
            str(name),
            settings={"match_by": key},
            effect=_matching(effects, key=key),
            is_chosen=draft.policy.match_by == (key,),
            is_suggested=key == (best if is_better else draft.policy.match_by[0]) and bool(best),
            is_off=key not in effects.columns,
        )
        for key, name in _KEY_NAMES.items()
    ]
    return Question("match", _("Match existing people by"), _or_own(answers))


def _matching(effects: Effects, *, key: str) -> str:
    if key not in effects.columns:
        return _("Not in your file")
    counts = _numbers(known=effects.matches[key], rows=effects.rows)
    if effects.is_whole:
        return _("%(known)s of %(rows)s rows match") % counts
    return _("%(known)s of the first %(rows)s rows match") % counts


def _usernames(draft: Draft, *, effects: Effects, made: Sequence[str]) -> Question:
    header, pattern = effects.columns.get("username"), draft.policy.username_from
    column = _answer(
        _("From the column “%s”") % header if header else _("Use a column"),
        settings={"username_from": ""},
        effect="" if header else _("Choose it below"),
        is_chosen=not pattern,
        is_suggested=bool(header),
    )
    generate = _answer(
        _("Generate missing usernames") if header else _("Generate"),
        settings={"username_from": pattern or GENERATED},
        effect=", ".join(made),
        is_chosen=bool(pattern),
        is_suggested=not header,
    )
    return Question("usernames", _("Usernames for new people"), [column, generate])


def _passwords(draft: Draft) -> Question:
    has_column = any(column.is_secret for column in draft.columns)
    first = _("Passwords in the file are used first") if has_column else ""
    choices = (
        (_("Activation link"), ("column", "activation_link"), _("People set their own password")),
        (_("One-time password"), ("column", "generate"), _("Mailed, or shown to you once")),
    )
    answers = [
        _answer(
            title,
            settings={"passwords": ",".join(words)},
            effect=first or effect,
            is_chosen=tuple(draft.policy.passwords) == words,
            is_suggested=words == draft.preset.policy.passwords,
        )
        for title, words, effect in choices
    ]
    return Question("passwords", _("Passwords for new people"), _or_own(answers))


def _has(policy: Policy, *, new: str, existing: str, details: str) -> bool:
    return (policy.new_people, policy.existing_people, policy.update_details) == (new, existing, details)


def _or_own(answers: Sequence[Answer]) -> list[Answer]:
    """The answers; with one more if the settings differ from all of them."""
    if any(answer.is_chosen for answer in answers):
        return list(answers)
    return [*answers, Answer(_("As in all settings"), "", is_chosen=True)]


def _answer(title: str, *, settings: Mapping[str, str], **more: Any) -> Answer:
    return Answer(title, json.dumps(settings), **more)


def _numbers(**counts: int) -> dict[str, str]:
    return {name: f"{count:,}" for name, count in counts.items()}
