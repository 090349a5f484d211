"""Preset: a named Policy with its columns, template and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from enlist.core.errors import PolicyError
from enlist.core.policy import Policy, PolicyField, policy_field, policy_fields
from enlist.core.policy.kinds import refusal


@dataclass(frozen=True)
class Word:
    """One word of a shortcut: its meaning and the settings it changes."""

    meaning: str
    changes: Mapping[str, str]


@dataclass(frozen=True)
class Shortcut:
    """A setting that sets several others: each of its words is a common combination."""

    name: str
    meaning: str
    words: Mapping[str, Word]

    def apply(self, policy: Policy, *, word: str) -> Policy:
        """The policy with the word's changes; PolicyError lists the words if it is unknown."""
        if word.strip().lower() not in self.words:
            reason = refusal(word, allowed=list(self.words))
            raise PolicyError("setting_refused", name=self.name, reason=reason)
        return policy.replace(**self.words[word.strip().lower()].changes)

    def word_of(self, policy: Policy) -> str:
        """The word whose changes the policy already has, or the empty text."""
        return next((name for name, word in self.words.items() if policy.replace(**word.changes) == policy), "")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A named way to import.

    offered: the settings that pages offer, in their order, including shortcuts; all others can be changed too, except
    unused ones, which have no effect in this preset.
    counts_people: its results are people, beside rows and changes (`report.results`).
    columns, examples: the template's header and rows. aliases: headers only for this preset → slugs.
    """

    name: str
    title: str
    description: str
    policy: Policy
    offered: tuple[str, ...]
    columns: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...] = ()
    counts_people: bool = False
    shortcuts: tuple[Shortcut, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> tuple[PolicyField, ...]:
        """The settings that do something here, in the order of all."""
        return tuple(each for each in policy_fields() if each.name not in self.unused and not each.does_nothing)

    def configure(self, settings: Iterable[str] = ()) -> Policy:
        """The preset's policy after settings such as `upload_type=update` or `defaults.city=Perth`, in this order.

        PolicyError if one is malformed, unknown, unused here, has an invalid value, or doesn't work together with the
        others.
        """
        policy = self.policy
        for setting in settings:
            policy = self._set(policy, setting=setting)
        return policy.check()

    def _set(self, policy: Policy, *, setting: str) -> Policy:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals:
            raise PolicyError("setting_misspelled", setting=setting)
        for shortcut in self.shortcuts:
            if shortcut.name == name:
                return shortcut.apply(policy, word=text)
        self._refuse_unused(name.partition(".")[0])
        return policy.parse(name, text=text)

    def _refuse_unused(self, name: str) -> None:
        policy_field(name, also=[shortcut.name for shortcut in self.shortcuts])
        if name in self.unused:
            raise PolicyError("setting_unused", preset=self.name, name=name)
