"""The organisation's own parts of invitations: message, logo, colour, reply address, and how many are sent a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator, validate_email

from enlist.core.errors import PolicyError
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.mail_text import design_of
from enlist.services.accounts.outbox import per_second
from enlist.store.setup.organization import change_settings

LONGEST: Final = 5_000
MOST_A_SECOND: Final = 1_000
# What a value must be, and the error otherwise.
_CHECKS: Final[Mapping[str, tuple[Callable[[str], None], str]]] = {
    "reply_to": (validate_email, "invitation_reply_to_refused"),
    "logo": (URLValidator(schemes=["https"]), "invitation_logo_refused"),
    "colour": (RegexValidator(r"^#[0-9a-f]{6}\Z"), "invitation_colour_refused"),
}


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
    if text and name in _CHECKS:
        text = text.lower() if name == "colour" else text
        check, code = _CHECKS[name]
        try:
            check(text)
        except ValidationError:
            raise PolicyError(code, value=text, field=name) from None
    return text
