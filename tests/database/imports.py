"""Imports from text, as short as a test needs them."""

from __future__ import annotations

from collections.abc import Sequence

from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.imports.plan import Order, import_apply, import_plan, import_stage

UPDATING = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file"])
KNOWN = preset("moodle").configure(["upload_type=update", "update_details=from_file"])
HEAD = "username,firstname,lastname,email"


def staged(scope: Scope, text: str, *, settings: Sequence[str] = ()) -> Plan:
    """The plan of an import that updates, and adds where its columns let it, recorded beside its file."""
    return import_stage(scope, planned=import_plan(scope, order=order(text, settings=settings)))


def order(text: str, *, settings: Sequence[str] = ()) -> Order:
    """What asks for such an import."""
    policy = UPDATING if "lastname" in text else KNOWN
    for name, _, value in (setting.partition("=") for setting in settings):
        policy = policy.parse(name, text=value)
    return Order(source=text.encode(), policy=policy, preset="moodle")


def imported(scope: Scope, text: str) -> int:
    """Such an import, applied; its number."""
    return import_apply(scope, plan=staged(scope, text)).number
