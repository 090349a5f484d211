"""Errors about accounts: organisations, rights, the team, passwords and mails."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import MailProblem, NotAllowed, NotFound, PlanError, PolicyError, StalePlan, TooOften

from .kind import ErrorKind

_START_AGAIN: Final = "Ask somebody with the right to do it to start it again."

ACCOUNTS: Final = (
    ErrorKind("no_organization", NotFound, "There is no organisation yet.", "Create one."),
    ErrorKind("several_organizations", NotFound, "There are several organisations.", "Choose one: {organizations}."),
    ErrorKind("organization_unknown", NotFound, "There is no organisation “{organization}”.",
              "Organisations: {organizations}."),
    ErrorKind("organization_gone", NotFound, "The organisation doesn't exist any more."),
    ErrorKind("requester_erased", NotAllowed, "The person who asked for this was erased. Nothing was done.",
              _START_AGAIN),
    ErrorKind("requester_inactive", NotAllowed, "The person who asked for this isn't active any more. Nothing was done.",
              _START_AGAIN),
    ErrorKind("organization_hidden", NotFound, "There is no such organisation."),
    ErrorKind("organization_name_refused", PolicyError, "“{name}” can't be the short name of an organisation.",
              "Use lower-case letters, digits and dashes, 100 at most."),
    ErrorKind("set_up_over", PolicyError, "This set-up address doesn't work any more.",
              "Sign in if the site is set up. Otherwise restart Enlist: it shows a new address."),
    # rights and the team
    ErrorKind("actor_unknown", NotFound, "Nobody active has the username “{username}”, so you can't act as them."),
    ErrorKind("right_missing", NotAllowed, "Your role ({role}) doesn't allow you to {right}. Nothing was done.",
              "Ask an administrator."),
    ErrorKind("team_only", NotAllowed, "This page is for the team. Your role ({role}) doesn't include it.",
              "Ask an administrator if you need it."),
    ErrorKind("account_without_person", NotFound, "This account doesn't belong to a person."),
    ErrorKind("not_in_team", PolicyError, "{username} isn't in the team.", "Add them to the team first."),
    ErrorKind("team_role_unknown", PolicyError, "“{role}” isn't a role in the team.", "Use one of: {roles}."),
    ErrorKind("role_above_own", NotAllowed, "Your role ({role}) can only change roles below it. Nothing was done.",
              "Ask an owner of the site."),
    ErrorKind("last_owner", PolicyError, "{username} is the last owner.", "Make somebody else an owner first."),
    ErrorKind("account_of_team", NotAllowed,
              "{username} is in the team, so you can't change their username, address or status. Nothing was done.",
              "Ask somebody who may change their role."),
    ErrorKind("role_changed", StalePlan, "Your role changed while this plan was being applied. Nothing was applied.",
              "Make the plan again."),
    ErrorKind("importer_lost_role", StalePlan,
              "The person who imported this has a lower role than when the plan was made. Nothing was applied.",
              "Make the plan again."),
    ErrorKind("plan_changes_team", StalePlan,
              "This plan changes the account of {username}, who is in the team, and you can't change the team. "
              "Nothing was applied.", "Make the plan again."),
    ErrorKind("undo_changes_team", NotAllowed,
              "This undo would change the account of {username}, who is in the team. Nothing was done.",
              "Ask somebody who may change the team to undo it."),
    ErrorKind("undo_hits_last_owner", NotAllowed, "This undo would {verb} the last owner. Nothing was done.",
              "Make somebody else an owner first."),
    ErrorKind("undo_hits_superior", NotAllowed,
              "This undo would {verb} somebody with a higher role than yours. Nothing was done.",
              "Ask somebody with a higher role."),
    ErrorKind("undo_hits_yourself", NotAllowed, "This undo would {verb} yourself. Nothing was done.",
              "Ask another administrator."),
    # passwords and mails
    ErrorKind("too_many_attempts", TooOften, "Too many attempts. Try again in {wait}."),
    ErrorKind("current_password_wrong", PolicyError, "The current password is wrong. Nothing was changed.",
              "Type it again."),
    ErrorKind("new_password_same", PolicyError, "The new password is the same as the old one. Nothing was changed.",
              "Choose another."),
    ErrorKind("new_password_weak", PolicyError, "{reasons}", "Use a few words that only you would put together."),
    ErrorKind("link_over", PolicyError, "This link doesn't work (any more). Nothing was changed.",
              "Ask for a new one."),
    ErrorKind("terms_not_accepted", PolicyError, "The organisation's terms weren't accepted. Nothing was changed.",
              "Read them and tick the box."),
    ErrorKind("terms_not_utf8", PolicyError, "{file} isn't a UTF-8 text file.", "Save it as plain text in UTF-8."),
    ErrorKind("terms_too_long", PolicyError, "The terms are longer than {limit:,} characters."),
    ErrorKind("link_for_inactive", PolicyError, "{username} isn't active, so they can't get a link.",
              "Reactivate them first."),
    ErrorKind("activated_already", PolicyError, "{username} has a password already, so they need no activation link.",
              "They can ask for a new password on the sign-in page."),
    ErrorKind("import_sets_no_passwords", PlanError, "Import {number} is {state}, so it sets no passwords."),
    ErrorKind("mail_server_away", MailProblem, "Mails can't be sent: the mail server doesn't answer ({reason}).",
              "Check ENLIST_MAIL and the server, then try again."),
    ErrorKind("mail_refused", MailProblem, "Mails can't be sent: the mail server refused one ({reason}).",
              "Check ENLIST_MAIL and the server, then try again."),
    ErrorKind("mail_deferred", MailProblem, "The mail server will accept the mail later.",
              "Check ENLIST_MAIL and the server."),
)  # fmt: skip
