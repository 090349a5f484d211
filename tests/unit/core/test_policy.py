import dataclasses
import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core import policy as door
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import SITE_ROLES
from enlist.core.policy import (
    NOT_YET,
    ChangeLimits,
    Choice,
    Entries,
    ExistingPeople,
    Limit,
    MatchKey,
    PasswordSource,
    Policy,
    SiteRole,
    UpdateDetails,
    policy_field,
    policy_fields,
)
from enlist.core.policy.kinds import (
    ENTRY_FIELDS,
    Days,
    FieldChoices,
    FieldEntries,
    LimitEntries,
    Names,
    OneOf,
    Several,
    Text,
    YesNo,
)

# The words of the policy page, so that no setting and no value gets lost or renamed.
LISTS = {
    "match_by": "username email idnumber",
    "new_people": "create skip",
    "existing_people": "skip update counter enrol_only groups_only",
    "update_details": "none from_file from_file_and_defaults fill_missing",
    "blank_cell": "missing literal",
    "renames": "refuse allow",
    "deletes": "refuse allow",
    "suspensions": "refuse allow",
    "unlisted": "keep deactivate",
    "unlisted_scope": "platform group",
    "leaving_dates": "ignore apply",
    "unlisted_manual_people": "protect treat_alike",
    "inactive_listed": "reactivate leave",
    "administrators": "protect details_only",
    "bad_rows": "skip_row resolve_first stop_import",
    "site_role": "column tab learner parent instructor viewer vendor_manager manager admin owner",
    "active_limit": "ignore warn refuse",
    "standardise_usernames": "yes no",
    "username_case": "lower keep",
    "username_characters": "letters_digits_dash_dot moodle extended",
    "username_accents": "transliterate by_language remove",
    "number_made_usernames": "yes no",
    "same_email": "refuse warn allow",
    "missing_email": "refuse warn",
    "malformed_email": "refuse warn",
    "passwords": "column generate activation_link",
    "existing_passwords": "keep from_file",
    "force_password_change": "none weak all",
    "weak_passwords": "flag refuse",
    "invite": "never when_no_password ask always",
    "unknown_course": "error_on_cell error_on_row",
    "unknown_course_group": "create error_on_cell",
    "unknown_group": "create error_on_cell",
    "enrolment_dates": "keep from_file reset",
    "group_column": "off add mirror",
    "seat_reference": "off required",
    "product": "required from_seat",
    "links": "off add mirror",
    "unknown_choice": "error first_option leave_unchanged add_option",
    "unknown_columns": "ignore refuse",
    "formulas": "use_value refuse",
    "macros": "refuse let_in",
    "date_order": "find_out day_first month_first",
    "select_for_bulk": "none new updated all",
}
FREE = {
    "grace_days", "username_from", "type_roles", "add_to_groups", "home_group", "columns_left_out", "defaults",
    "manual_edits", "fixed_values", "message", "note", "limits",
}  # fmt: skip

names = st.text(st.characters(codec="utf-8"), max_size=12)
entries = st.dictionaries(st.sampled_from([*ENTRY_FIELDS, "profile_field_House", "profile_field_ä.b"]), names)
limits = st.builds(Limit, share=st.floats(0, 1), number=st.integers(0, 10**9))


def values(field: Any) -> st.SearchStrategy[Any]:
    """Every value of a setting's kind."""
    match field.kind:
        case OneOf(allowed=allowed):
            return st.sampled_from([value for value, _ in allowed])
        case Several(allowed=allowed):
            return st.lists(st.sampled_from([value for value, _ in allowed]), min_size=1, unique=True).map(tuple)
        case YesNo():
            return st.booleans()
        case Text():
            return names
        case Names(count=count):
            pieces = names.map(str.strip).filter(bool)
            return st.lists(pieces, min_size=count or 0, max_size=count or 4).map(tuple)
        case FieldChoices(one=one, fields=fields):
            words = st.sampled_from([word for word, _ in one.allowed][1:])
            return st.dictionaries(st.sampled_from([*fields, "profile_field_House"]), words, max_size=3).map(Entries.of)
        case FieldEntries():
            return entries.map(Entries.of)
        case Days(most=most):
            return st.integers(0, most)
        case LimitEntries():
            return st.builds(ChangeLimits, **dict.fromkeys(LimitEntries.verbs, limits))
    raise AssertionError(field.kind)


policies = st.builds(Policy, **{field.name: values(field) for field in policy_fields()})


def test_it_has_every_setting_with_every_value() -> None:
    words = {field.name: " ".join(value for value, _ in field.allowed) for field in policy_fields()}

    assert {name: words[name] for name in LISTS} == LISTS
    assert set(words) == set(LISTS) | FREE


def test_every_setting_and_every_value_has_a_description() -> None:
    silent = [field.name for field in policy_fields() if not field.meaning.endswith(".")]
    silent += [choice for kind in Choice.__subclasses__() for choice in kind if not choice.meaning]

    assert silent == []


def test_every_setting_belongs_to_a_section_of_the_policy_page() -> None:
    firsts = {field.section: field.name for field in reversed(policy_fields())}

    assert firsts == {
        "New and existing people": "match_by",
        "Names, addresses, passwords": "standardise_usernames",
        "Enrolments, groups, seats, links, values": "unknown_course",
    }


def test_the_roles_of_the_site_are_those_of_the_fields() -> None:
    assert tuple(SiteRole) == ("column", "tab", *SITE_ROLES)


def test_the_door_shows_what_it_promises() -> None:
    promised = {name for name in vars(door) if not name.startswith("_")} - {
        "checks", "choices", "kinds", "patterns", "policy", "preset", "retention", "upload_users", "values",
    }  # fmt: skip

    assert sorted(promised) == sorted(door.__all__)


def test_by_default_nobody_known_is_touched_and_everything_is_available() -> None:
    policy = Policy()

    assert (policy.new_people, policy.existing_people, policy.check(), policy.notices()) == (
        "create",
        "skip",
        policy,
        (),
    )


@given(policy=policies)
def test_it_comes_back_from_json(policy: Policy) -> None:
    assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy


@given(policy=policies)
def test_it_comes_back_from_what_somebody_would_type(policy: Policy) -> None:
    typed = Policy()
    for field in policy_fields():
        typed = typed.parse(field.name, text=field.write(policy))

    assert (typed, hash(typed)) == (policy, hash(policy))


def test_what_is_not_named_in_json_has_its_default() -> None:
    assert Policy.from_dict({"existing_people": "update"}) == Policy(existing_people=ExistingPeople.UPDATE)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("existing_people", "update", ExistingPeople.UPDATE, id="a word"),
        pytest.param("existing_people", " Update ", ExistingPeople.UPDATE, id="a word, however written"),
        pytest.param("match_by", "email, username", (MatchKey.EMAIL, MatchKey.USERNAME), id="words in order"),
        pytest.param("match_by", '["idnumber"]', (MatchKey.IDNUMBER,), id="a JSON list"),
        pytest.param("standardise_usernames", "no", False, id="no"),
        pytest.param("standardise_usernames", "TRUE", True, id="yes by another word"),
        pytest.param("username_from", "%-1f%-l", "%-1f%-l", id="a pattern"),
        pytest.param("columns_left_out", "Notes, Old phone", ("Notes", "Old phone"), id="headers"),
        pytest.param("columns_left_out", '["Notes, old"]', ("Notes, old",), id="a header with a comma"),
        pytest.param("type_roles", "a,b,c", ("a", "b", "c"), id="three roles"),
        pytest.param("type_roles.2", "tutor", ("student", "tutor", "non-editing teacher"), id="one role of three"),
        pytest.param("defaults.city", "Perth", {"city": "Perth"}, id="one default"),
        pytest.param("defaults.City", "Perth", {"city": "Perth"}, id="one default, however written"),
        pytest.param("defaults.city", "", {}, id="no default"),
        pytest.param("defaults.profile_field_House", "Red", {"profile_field_House": "Red"}, id="a profile field"),
        pytest.param("defaults.profile_field_a.b", "x", {"profile_field_a.b": "x"}, id="a profile field with a dot"),
        pytest.param("defaults", '{"email": "%u@example.org"}', {"email": "%u@example.org"}, id="all defaults"),
        pytest.param("defaults", "", {}, id="no defaults"),
        pytest.param("fixed_values.country", "AU", {"country": "AU"}, id="one fixed value"),
        pytest.param("limits.update", "0.25,20", ChangeLimits(update=Limit(share=0.25, number=20)), id="a limit"),
        pytest.param("limits", '{"delete": [0, 1]}', ChangeLimits(delete=Limit(share=0, number=1)), id="limits"),
        pytest.param("limits", "", ChangeLimits(), id="the standard limits"),
        pytest.param("note", "a=b, c", "a=b, c", id="a text"),
    ],
)
def test_it_takes_a_setting_as_typed(name: str, text: str, value: object) -> None:
    field = name.partition(".")[0]

    assert Policy().parse(name, text=text) == Policy().replace(**{field: value})


def test_setting_one_entry_keeps_the_others() -> None:
    policy = Policy().parse("defaults.city", text="Perth").parse("defaults.lang", text="en")

    assert policy.parse("defaults.city", text="").defaults == {"lang": "en"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param(
            "exsting_peple", "update", "There is no setting “exsting_peple”. Did you mean existing_people?", id="a name"
        ),
        pytest.param("zzz", "1", "There is no setting “zzz”.", id="a name that resembles none"),
        pytest.param(
            "update_details",
            "from_fille",
            "The setting update_details can't have this value: “from_fille” is not one of: none, from_file, "
            "from_file_and_defaults, fill_missing. Did you mean from_file?",
            id="a word",
        ),
        pytest.param(
            "match_by",
            "username,username",
            "The setting match_by can't have this value: it names a value twice.",
            id="a key twice",
        ),
        pytest.param(
            "match_by",
            "",
            "The setting match_by can't have this value: it needs at least one of: username, email, idnumber.",
            id="no key",
        ),
        pytest.param(
            "standardise_usernames",
            "maybe",
            "The setting standardise_usernames can't have this value: “maybe” is not one of: yes, no.",
            id="neither yes nor no",
        ),
        pytest.param(
            "type_roles",
            "a,b",
            "The setting type_roles can't have this value: it needs 3 names, not 2.",
            id="two roles",
        ),
        pytest.param(
            "type_roles.4",
            "a",
            "The setting type_roles.4 can't have this value: “4” is not one of: 1, 2, 3.",
            id="a fourth role",
        ),
        pytest.param(
            "add_to_groups.1",
            "a",
            "The setting add_to_groups.1 can't have this value: it has no part “1”.",
            id="a part of a list",
        ),
        pytest.param(
            "existing_people.x",
            "a",
            "The setting existing_people.x can't have this value: it has no part “x”.",
            id="a part",
        ),
        pytest.param(
            "columns_left_out",
            "[1]",
            "The setting columns_left_out can't have this value: it must be a list of texts.",
            id="numbers for names",
        ),
        pytest.param(
            "columns_left_out",
            "[oops",
            "The setting columns_left_out can't have this value: “[oops” is not JSON.",
            id="half a list",
        ),
        pytest.param(
            "defaults",
            "city",
            "The setting defaults can't have this value: “city” is not JSON.",
            id="no entry",
        ),
        pytest.param(
            "defaults",
            "[]",
            'The setting defaults can\'t have this value: it must name fields, as in {"city": "Perth"}.',
            id="a list for entries",
        ),
        pytest.param(
            "defaults",
            '{"city": 1}',
            "The setting defaults can't have this value: every entry must be a text.",
            id="a number for an entry",
        ),
        pytest.param(
            "defaults",
            '{"city": "a", "City": "b"}',
            "The setting defaults can't have this value: it names a field twice.",
            id="an entry twice",
        ),
        pytest.param(
            "defaults.citty",
            "Perth",
            "The setting defaults.citty can't have this value: “citty” is not one of: email, idnumber, institution, "
            "department, city, country, lang, timezone, phone1, phone2, address, url, description, auth, maildisplay, "
            "mailformat, maildigest, autosubscribe, emailstop, htmleditor, ajax, icq, skype, yahoo, aim, msn, "
            "middlename, alternatename, firstnamephonetic, lastnamephonetic, descriptionformat, profile_field_…. "
            "Did you mean city?",
            id="an unknown field",
        ),
        pytest.param(
            "defaults.password",
            "secret",
            "The setting defaults.password can't have this value: a password is never kept with an import's settings.",
            id="a password",
        ),
        pytest.param(
            "defaults.username",
            "%f",
            "The setting defaults.username can't have this value: a username is made by the setting username_from.",
            id="a username",
        ),
        pytest.param(
            "fixed_values.site_role",
            "admin",
            "The setting fixed_values.site_role can't have this value: a role on the site is given by the setting "
            "site_role.",
            id="a role on the site",
        ),
        pytest.param(
            "limits.updates",
            "0.5,20",
            "The setting limits.updates can't have this value: “updates” is not one of: deactivate, delete, "
            "leave_group, unenrol, remove_link, rename, update. Did you mean update?",
            id="an unknown verb",
        ),
        pytest.param(
            "limits",
            "0.5,20",
            "The setting limits can't have this value: “0.5,20” is not JSON.",
            id="a limit for no verb",
        ),
        pytest.param(
            "limits",
            "7",
            'The setting limits can\'t have this value: it must name verbs, as in {"update": [0.5, 20]}.',
            id="a number for limits",
        ),
        *[
            pytest.param(
                "limits.update",
                text,
                "The setting limits.update can't have this value: a limit is a share from 0 to 1 and a whole number, "
                "as in 0.5,20.",
                id=f"limit {text}",
            )
            for text in ("0.5", "1.5,20", "-0.1,2", "0.5,-1", "0.5,2.5", "nan,1", "a,b", "0.5,1,2", "")
        ],
    ],
)
def test_it_refuses_what_it_does_not_know(name: str, text: str, message: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy().parse(name, text=text)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"exsitng_people": "skip"}, "There is no setting “exsitng_people”. Did you mean existing_people?", id="name"
        ),
        pytest.param({"note": 1}, "The setting note can't have this value: it must be a text.", id="no text"),
        pytest.param(
            {"match_by": [1]}, "The setting match_by can't have this value: it must be a list of texts.", id="no words"
        ),
        pytest.param(
            {"new_people": None},
            "The setting new_people can't have this value: “None” is not one of: create, skip.",
            id="nothing",
        ),
    ],
)
def test_it_refuses_json_of_another_shape(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.from_dict(changes)

    assert str(refused.value) == message


def test_a_policy_and_its_entries_cannot_be_changed() -> None:
    policy = Policy().parse("defaults.city", text="Perth")

    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.note = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        policy.defaults["city"] = "Oslo"  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param(
            {"new_people": "skip", "existing_people": "skip"},
            "new_people = skip and existing_people = skip would skip every row; change one of them.",
            id="nothing to do",
        ),
        pytest.param(
            {"update_details": "from_file", "existing_people": "skip"},
            "update_details = from_file changes existing people, but existing_people = skip; set existing_people = "
            "update, or "
            "update_details = none.",
            id="details of nobody",
        ),
        pytest.param(
            {"defaults": {"city": "Perth", "lang": "en"}, "fixed_values": {"city": "Oslo"}},
            "city has both a default and a fixed value; the default could never apply. Remove one of them.",
            id="a default that never applies",
        ),
        pytest.param(
            {"match_by": ("username", "idnumber"), "defaults": {"idnumber": "%u"}},
            "defaults.idnumber creates ID numbers that no row has, but match_by matches people by those of the rows; "
            "remove one of them.",
            id="a default of what people are found by",
        ),
        pytest.param(
            {"match_by": ("email",), "defaults": {"email": "%u@example.org"}},
            "defaults.email is for rows without an address, but with match_by = email such rows match nobody; add "
            "username to match_by, or remove the default.",
            id="a default address of rows that name nobody",
        ),
        pytest.param(
            {"match_by": ("username", "email"), "same_email": "warn", "fixed_values": {"email": "a@example.org"}},
            "fixed_values.email is the same for every row, but match_by matches people by it, so all rows would be "
            "about one person; remove one of them.",
            id="one key for all",
        ),
        pytest.param(
            {"fixed_values": {"email": "a@example.org"}},
            "fixed_values.email gives everybody one address, but with same_email = refuse nobody can share one; set "
            "same_email = warn, or remove the fixed value.",
            id="one address for all",
        ),
        pytest.param(
            {"group_column": "mirror", "existing_people": "skip"},
            "group_column = mirror takes existing people out of groups, but existing_people = skip; set "
            "existing_people = update, or group_column = add.",
            id="groups of people who stay as they are",
        ),
        pytest.param(
            {"unlisted": "deactivate", "unlisted_scope": "group", "home_group": "All groups"},
            "unlisted_scope = group needs a group whose members the file lists; set home_group to it, or "
            "unlisted_scope = platform.",
            id="a scope of nobody",
        ),
        pytest.param(
            {"existing_people": "counter", "new_people": "skip"},
            "existing_people = counter creates new people, so new_people must be create.",
            id="numbers of nobody",
        ),
        pytest.param(
            {"existing_people": "counter", "match_by": ("email", "username")},
            "match_by = email, username matches existing people, but with existing_people = counter every row is a "
            "new person; "
            "set match_by = username.",
            id="found and numbered",
        ),
        pytest.param(
            {"existing_people": "counter", "unlisted": "deactivate"},
            "unlisted = deactivate looks for existing people in the file, but with existing_people = counter every "
            "row is a "
            "new person; set unlisted = keep, or another existing_people.",
            id="everybody is unlisted",
        ),
        pytest.param(
            {"renames": "allow", "existing_people": "enrol_only"},
            "renames = allow lets rows rename existing people, but existing_people = enrol_only; set "
            "existing_people = update, "
            "or renames = refuse.",
            id="renames of nobody",
        ),
        pytest.param(
            {"deletes": "allow", "existing_people": "counter"},
            "deletes = allow lets rows delete existing people, but existing_people = counter; set existing_people = "
            "update, or "
            "deletes = refuse.",
            id="deletes of nobody",
        ),
        pytest.param(
            {"inactive_listed": "reactivate"},
            "inactive_listed = reactivate changes existing people, but existing_people = skip; set existing_people = "
            "update, or "
            "inactive_listed = leave.",
            id="nobody to wake",
        ),
        pytest.param(
            {"existing_passwords": "from_file"},
            "existing_passwords = from_file changes existing people, but existing_people = skip; set "
            "existing_people = update, or "
            "existing_passwords = keep.",
            id="passwords of nobody",
        ),
        pytest.param(
            {"existing_passwords": "from_file", "existing_people": "update", "update_details": "fill_missing"},
            "existing_passwords = from_file replaces what is stored, but update_details = fill_missing replaces "
            "nothing; "
            "set update_details = from_file, or existing_passwords = keep.",
            id="passwords of people whose details stay",
        ),
        pytest.param(
            {"username_from": "student"},
            "username_from = student gives everybody the same username; use %f and %l, or set existing_people = "
            "counter.",
            id="one username for all",
        ),
        pytest.param(
            {"username_from": "%u1", "existing_people": "counter"},
            "username_from = %u1 uses %u, the username, which doesn't exist yet; use %f and %l.",
            id="usernames of usernames",
        ),
        pytest.param(
            {"passwords": ("column", "generate", "activation_link")},
            "passwords = column, generate, activation_link: generate always works, so activation_link is "
            "never used; put generate last.",
            id="a source that never is used",
        ),
    ],
)
def test_it_refuses_what_cannot_work_together(changes: dict[str, Any], problem: str) -> None:
    policy = Policy().replace(**changes)

    with pytest.raises(PolicyError) as refused:
        policy.check()
    assert (policy.problems(), str(refused.value)) == ((problem,), problem)


# Every value works beside this one's, but for those of CONTRADICTIONS.
UPDATING = Policy().replace(existing_people="update")
LEFT_ALONE = ("skip", "enrol_only", "counter")
CONTRADICTIONS = {
    ("new_people", "skip"): {("existing_people", "skip"), ("existing_people", "counter")},
    ("existing_people", "counter"): {("match_by", "email"), ("match_by", "idnumber"), ("unlisted", "deactivate")},
    ("inactive_listed", "reactivate"): {("existing_people", "skip"), ("existing_people", "counter")},
    # Without a home_group.
    ("unlisted", "deactivate"): {("unlisted_scope", "group")},
    **{
        change: {("existing_people", word) for word in LEFT_ALONE}
        for change in (
            ("renames", "allow"),
            ("deletes", "allow"),
            ("group_column", "mirror"),
            ("leaving_dates", "apply"),
            *(("update_details", how) for how in ("from_file", "from_file_and_defaults", "fill_missing")),
        )
    },
}


def test_no_other_two_values_contradict_each_other() -> None:
    """All pairs of values of closed lists, those apart that nothing carries out yet or that need a third setting."""
    words = [
        (field.name, value)
        for field in policy_fields()
        for value, _ in field.allowed
        if field.name in LISTS and not UPDATING.replace(**{field.name: value}).problems()
    ]
    expected = {frozenset({one, other}) for one, others in CONTRADICTIONS.items() for other in others}

    found = {
        frozenset({one, other})
        for one, other in combinations(words, 2)
        if one[0] != other[0] and UPDATING.replace(**dict([one, other])).problems()
    }

    assert found == expected


WAITING = [(name, value) for name, words in NOT_YET.items() for value in words]
EXAMPLES = {
    "add_to_groups": ("Staff",),
    "home_group": "All",
    "limits": ChangeLimits(rename=Limit(0, 0)),
}


@pytest.mark.parametrize(("name", "value"), WAITING)
def test_it_refuses_what_nothing_carries_out_yet(name: str, value: str) -> None:
    policy = Policy().replace(**{name: EXAMPLES.get(name, (value,) if name == "passwords" else value)})

    said = (
        f"The setting {name} is not available yet." if name in EXAMPLES else f"{name} = {value} is not available yet."
    )
    assert policy.problems()[0] == said


def test_the_values_that_wait_exist() -> None:
    allowed = {name: [value for value, _ in policy_field(name).allowed] for name in NOT_YET if name not in EXAMPLES}

    assert [(name, value) for name, words in allowed.items() for value in NOT_YET[name] if value not in words] == []


def test_it_reports_all_contradictions() -> None:
    policy = Policy().replace(update_details="from_file", formulas="refuse", links="mirror")

    with pytest.raises(PolicyError) as refused:
        policy.check()
    assert str(refused.value) == (
        "links = mirror is not available yet. update_details = from_file "
        "changes existing people, but existing_people = skip; set existing_people = update, or update_details = none."
    )


def test_it_reports_values_without_effect() -> None:
    policy = Policy().replace(
        existing_people="update", update_details=UpdateDetails.FROM_FILE, unlisted_manual_people="treat_alike"
    )

    assert policy.check().notices() == ("unlisted_manual_people = treat_alike is not used while unlisted = keep.",)


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        pytest.param(
            {"unlisted_manual_people": "treat_alike"},
            "unlisted_manual_people = treat_alike is not used while unlisted = keep.",
            id="absence that means nothing",
        ),
        pytest.param(
            {"administrators": "details_only"},
            "administrators = details_only is not used while existing_people = skip.",
            id="details of nobody",
        ),
        pytest.param(
            {"username_accents": "remove", "username_characters": "extended"},
            "username_accents = remove is not used while username_characters = extended: every letter stays.",
            id="accents that stay",
        ),
        pytest.param(
            {"username_accents": "by_language", "username_characters": "extended"},
            "username_accents = by_language is not used while username_characters = extended: every letter stays.",
            id="accents that stay, in every language",
        ),
        pytest.param(
            {"number_made_usernames": True},
            "number_made_usernames = yes is not used without username_from: no usernames are generated.",
            id="numbers of nothing",
        ),
        pytest.param(
            {"missing_email": "warn", "match_by": ("email",)},
            "missing_email = warn is not used while match_by = email: a row without an address matches nobody.",
            id="addresses that must be there",
        ),
        pytest.param(
            {"force_password_change": "all"},
            "force_password_change = all is not used while no password comes from the file.",
            id="no passwords to change",
        ),
        pytest.param(
            {"force_password_change": "weak", "weak_passwords": "refuse", "passwords": ("column",)},
            "force_password_change = weak is not used while weak_passwords = refuse: nobody gets a weak one.",
            id="no weak passwords",
        ),
        pytest.param(
            {"site_role": "manager", "new_people": "skip", "existing_people": "update"},
            "site_role = manager is not used while new_people = skip.",
            id="a role of nobody",
        ),
        pytest.param(
            {"defaults": {"city": "Perth"}, "new_people": "skip", "existing_people": "update"},
            "defaults are not used while new_people = skip and update_details = none: they are for new people, and for "
            "existing ones with from_file_and_defaults or fill_missing.",
            id="defaults of nobody",
        ),
        pytest.param(
            {
                "defaults": {"email": "%u@example.org"},
                "new_people": "skip",
                "existing_people": "update",
                "update_details": "fill_missing",
            },
            "defaults.email is not used while new_people = skip: it only gives addresses to new people.",
            id="addresses of nobody",
        ),
    ],
)
def test_it_reports_a_value_without_effect(changes: dict[str, Any], notice: str) -> None:
    assert Policy().replace(**changes).check().notices() == (notice,)


def test_passwords_keep_their_order_of_use() -> None:
    policy = Policy(passwords=(PasswordSource.COLUMN, PasswordSource.ACTIVATION_LINK))

    assert policy.to_dict()["passwords"] == ["column", "activation_link"]
