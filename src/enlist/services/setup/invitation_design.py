"""The organisation's own parts of invitations: message, logo, colour, reply address, and how many are sent a second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from enlist.core.errors import PolicyError
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.inviting import design_of
from enlist.services.accounts.outbox import per_second
from enlist.store.setup.organization import change_settings

LONGEST: Final = 5_000
MOST_A_SECOND: Final = 1_000
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class InvitationDesign:
    """What the organisation adds to invitations; "" for nothing.

    logo: the https address of an image. colour: of the button, #rrggbb. reply_to: where answers go. per_second: how
    many mails all workers send a second.
    """

    message: str = ""
    logo: str = ""
    colour: str = ""
    reply_to: str = ""
    per_second: int = 10


@needs(Right.SEE_SETUP)
def design_show(scope: Scope) -> InvitationDesign:
    """The organisation's own parts of invitations."""
    scope.organization.refresh_from_db(fields=["settings"])
    return InvitationDesign(**design_of(scope.organization), per_second=per_second(scope.organization))


@needs(Right.CHANGE_ORGANIZATION)
def design_change(scope: Scope, *, values: Mapping[str, Any]) -> InvitationDesign:
    """Change fields of InvitationDesign, and log that. Raises PolicyError, which names the field."""
    before = asdict(design_show(scope))
    after = {**before, **{name: _checked(name, value=value) for name, value in values.items()}}
    if after != before:
        rate = after.pop("per_second")
        changed = ", ".join(name for name in before if {**after, "per_second": rate}[name] != before[name])
        own = {name: value for name, value in after.items() if value}
        note = f"Invitations: {changed.replace('_', ' ')}."
        change_settings(scope, values={"invitations": own, "mails_per_second": rate}, note=note)
    return design_show(scope)


def _checked(name: str, *, value: Any) -> Any:
    if name not in {field.name for field in fields(InvitationDesign)}:
        raise PolicyError("invitation_field_unknown", name=name)
    if name == "per_second":
        rate = int(value) if str(value).isdecimal() else 0
        if not 1 <= rate <= MOST_A_SECOND:
            raise PolicyError("mails_per_second_refused", most=MOST_A_SECOND, field=name)
        return rate
    # PostgreSQL refuses a NUL; browsers send other line ends than files have.
    text = "\n".join(str(value).replace("\0", "").strip().splitlines())
    if len(text) > LONGEST:
        raise PolicyError("invitation_text_too_long", limit=LONGEST, field=name)
    try:
        if text and name == "reply_to":
            validate_email(text)
        if text and name == "logo":
            URLValidator(schemes=["https"])(text)
    except ValidationError:
        raise PolicyError(f"invitation_{name}_refused", value=text, field=name) from None
    if text and name == "colour":
        text = text.lower()
        if not _COLOUR.fullmatch(text):
            raise PolicyError("invitation_colour_refused", value=text, field=name)
    return text
