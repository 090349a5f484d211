"""Change one's own e-mail address: it counts once a link that is mailed to it is opened."""

from __future__ import annotations

from enlist.core.errors import PolicyError
from enlist.core.report.changes import changes
from enlist.services.access import Scope, person_asking, scope_of_account
from enlist.services.accounts.address_mail import address_link_add, address_notice_add, address_of_token
from enlist.services.accounts.mail import mail_is_set_up
from enlist.services.accounts.own_password import current_password_check
from enlist.services.accounts.password_reset import FEW
from enlist.services.accounts.sign_in import count_guess
from enlist.store.accounts import tokens
from enlist.store.accounts.throttling import key_of
from enlist.store.models import Account
from enlist.store.transactions import short_transaction

from .edit import TAKEN, about_oneself, person_change, person_plan


def own_address_request(account: Account, *, email: str, current: str, session: str) -> None:
    """Mail a link to a new address of one's own. It doesn't reveal whether somebody else has this address.

    current, session: as `password_change`. Raises PolicyError for a wrong password, an invalid address, and without a
    mail server; TooOften.
    """
    scope = scope_of_account(account)
    person = person_asking(scope)
    if not mail_is_set_up():
        raise PolicyError("address_without_mail", field="email")
    current_password_check(account, current=current, session=session)
    count_guess(key_of("new address", str(person.pk)), limit=FEW)
    if new := _new_address(scope, email=email):
        with short_transaction():
            if (active := tokens.active(person.pk)) is not None:
                address_link_add(active, email=new)


def own_address_of_link(scope: Scope, *, token: str) -> str | None:
    """The address that a link of the acting person confirms; None if the link doesn't work. Raises NotFound."""
    return address_of_token(person_asking(scope), token=token)


def own_address_confirm(scope: Scope, *, token: str) -> None:
    """Change the address of the acting person to the one that the link confirms. All of their links are void then.

    Their earlier address gets a notice. Raises PolicyError if the link doesn't work, or somebody else has the address
    by now; StalePlan, LeaseTaken, DatabaseProblem.
    """
    person = person_asking(scope)
    email = address_of_token(person, token=token)
    if email is None:
        raise PolicyError("address_link_over")
    with about_oneself():
        person_change(scope, person=person, values={"email": email}, also=lambda: _notice(scope, old=person.email))


def _notice(scope: Scope, *, old: str) -> None:
    if old:
        address_notice_add(person_asking(scope), email=old)


def _new_address(scope: Scope, *, email: str) -> str:
    """The address as it would be stored; "" if it is one's own already, or somebody else's."""
    if not email.strip():
        raise PolicyError("person_field_blank", field="email")
    try:
        plan = person_plan(scope, person=person_asking(scope).pk, values={"email": email})
    except PolicyError as error:
        if error.code == TAKEN:
            return ""
        raise
    cells = changes(plan, limit=1)[0].cells if not plan.is_empty else ()
    return next((cell.new for cell in cells if cell.field == "email"), "")
