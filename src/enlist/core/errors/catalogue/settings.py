"""Errors about the settings of an import."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import PolicyError

from .kind import ErrorKind

SETTINGS: Final = (
    ErrorKind("preset_unknown", PolicyError, "There is no preset “{name}”. Presets: {presets}.", "{near}"),
    ErrorKind("preset_name_refused", PolicyError, "“{name}” can't be the name of a preset.",
              "Use at most {limit} characters, and no name of Enlist's own presets."),
    ErrorKind("setting_unknown", PolicyError, "There is no setting “{name}”.", "{near}"),
    ErrorKind("setting_refused", PolicyError, "The setting {name} can't have this value: {reason}"),
    ErrorKind("setting_misspelled", PolicyError, "“{setting}” isn't of the form setting=value.",
              "For example: update_details=from_file"),
    ErrorKind("setting_unused", PolicyError, "The preset {preset} doesn't use the setting {name}."),
    ErrorKind("retention_refused", PolicyError, "{what} can be kept for 1 to {most:,} days, not {days}."),
    ErrorKind("settings_contradict", PolicyError, "{problems}"),
    ErrorKind("home_group_unknown", PolicyError, "There is no group “{name}”, which home_group names.",
              "Use a group's ID number or name, or All groups."),
    ErrorKind("home_group_ambiguous", PolicyError, "Several groups are called “{name}”, which home_group names.",
              "Use the group's ID number, or # and its id, such as #{number}."),
    ErrorKind("home_group_closed", PolicyError,
              "Conditions decide who is in the group “{name}”, so new people can't be put into it.",
              "Set home_group to another group, or to All groups."),
    ErrorKind("addresses_not_shared", PolicyError,
              "same_email = {value} lets people share an address, which this organisation doesn't allow.",
              "Set same_email = refuse, or ask an owner to let people share addresses."),
    ErrorKind("unique_field_for_everybody", PolicyError,
              "Each person needs their own {field}, so it can't have one value for everybody.",
              "Take {slug} out of the defaults and fixed values."),
    ErrorKind("value_refused", PolicyError, "{what} can't have this value: {reason}"),
)  # fmt: skip
