"""Errors about people: who is meant, and what can't be done to them."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import LeaseTaken, NotAllowed, NotFound, PolicyError

from .kind import ErrorKind

PEOPLE: Final = (
    ErrorKind("person_unknown", NotFound, "Nobody has the username “{username}”.", "Check its spelling."),
    ErrorKind("username_ambiguous", PolicyError, "Several people who were removed had the username “{username}”.",
              "Choose one: {people}."),
    ErrorKind("erasure_incomplete", LeaseTaken,
              "New files with this person keep coming in, so not all of their data is erased yet.", "Try again."),
    ErrorKind("person_field_unknown", PolicyError, "“{field}” isn't a field that you can edit.",
              "{near} Fields: {fields}."),
    ErrorKind("person_field_blank", PolicyError, "The field {field} can't be blank.", "Fill it."),
    ErrorKind("person_state_unknown", PolicyError, "“{value}” isn't a status of a person.", "Use one of: {states}."),
    ErrorKind("person_value_taken", PolicyError, "The {field} “{value}” already belongs to {username}.",
              "Choose another."),
    ErrorKind("person_role_unknown", PolicyError, "People can't be added with the role “{role}”.",
              "Use one of: {roles}. Roles of the team are given separately."),
    ErrorKind("link_kind_unknown", PolicyError, "“{kind}” isn't a kind of link.", "Use one of: {kinds}."),
    ErrorKind("link_to_oneself", PolicyError, "{username} can't be linked to themselves.", "Name two people."),
    ErrorKind("link_of_inactive", PolicyError, "{username} is deactivated, so they can't be linked to anybody.",
              "Reactivate them first."),
    ErrorKind("link_of_team", PolicyError, "{username} is in the team, so nobody can be their parent or instructor.",
              "Check the order: the learner comes first."),
    ErrorKind("link_unknown", NotFound, "{other} isn't linked to {username} as {kind}.", "Check the names."),
    ErrorKind("site_role_unknown", PolicyError, "“{role}” isn't a role on this site.", "Use one of: {roles}."),
    ErrorKind("role_unknown", NotFound, "{username} doesn't have the role {role}.", "Check the names."),
    ErrorKind("role_is_only_one", PolicyError, "{role} is the only role of {username}.",
              "Give them another role first."),
    ErrorKind("role_has_links", PolicyError, "{username} is still linked to learners as {role}.",
              "Remove these links first."),
    ErrorKind("person_above", NotAllowed, "{username} has a higher role than you. Nothing was done.",
              "Ask somebody with at least that role."),
    ErrorKind("person_active", PolicyError, "{username} is active, so they can't be deleted.", "Deactivate them first."),
    ErrorKind("cannot_deactivate_yourself", PolicyError, "You can't deactivate yourself.",
              "Ask somebody else in the team."),
    ErrorKind("cannot_erase_yourself", PolicyError, "You can't erase yourself.", "Ask another administrator."),
    ErrorKind("erasure_needs_owner", NotAllowed,
              "{username} is in the team with the same role as you, so you can't erase them. Nothing was done.",
              "Ask an owner."),
    ErrorKind("confirmation_wrong", PolicyError, "“{value}” isn't the username. Nobody was erased.",
              "Type {username}."),
    ErrorKind("nobody_chosen", PolicyError, "You chose nobody, so nothing was done.",
              "Select people, or choose everybody in the list."),
    ErrorKind("people_not_chosen_clearly", PolicyError, "It isn't clear which people you mean.",
              "Name them, filter them or choose everybody: one of these."),
    ErrorKind("bulk_action_unknown", PolicyError, "“{action}” isn't a bulk action.", "Use one of: {actions}."),
    ErrorKind("people_filter_unknown", PolicyError, "Lists of people have no {what} “{value}”.",
              "Use one of: {choices}."),
    ErrorKind("list_position_unknown", PolicyError, "This isn't a position in a list of people.",
              "Use the value of “next” in the previous answer."),
    ErrorKind("passwords_for_too_many", PolicyError,
              "{people:,} people are too many for one page of passwords. The limit is {most:,}.",
              "Choose fewer people, or import a file with passwords = generate."),
    ErrorKind("too_many_people_for_page", PolicyError,
              "{people:,} people are too many for one download. The limit is {most:,}.",
              "Choose fewer people."),
)  # fmt: skip
