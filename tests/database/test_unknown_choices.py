"""Values that aren't an option of their field, with the preset sync: all four ways, and a blank option."""

from typing import Any

import pytest

from enlist.core.flags.flags import sentences
from enlist.core.presets import preset
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.setup.lists import fields_list
from enlist.services.setup.records import record_add
from enlist.store.models import Person, ProfileField
from tests.database import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("NE-14")]
FILE = "username,firstname,lastname,email,profile_field_house\nann,Ann,Lee,ann@x.org,{}\nben,Ben,Li,ben@x.org,{}\n"


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)


def house_of(scope: Scope, *options: str) -> ProfileField:
    values = {"shortname": "house", "name": "House", "kind": "choice", "options": "\n".join(options)}
    record_add(scope, kind=PROFILE_FIELDS, values=values)
    house = ProfileField.objects.get(organization=scope.organization, shortname="house")
    cast.person(scope.organization, username="ann", email="ann@x.org", profile={str(house.pk): "Elm"})
    return house


def told(scope: Scope, *cells: str, **settings: Any) -> tuple[list[str], dict[str, str | None]]:
    """The sentences about choices, and the houses afterwards."""
    policy = preset("sync").policy.replace(**settings)
    plan = import_plan(scope, request=ImportRequest(FILE.format(*cells).encode(), policy=policy, preset="sync")).plan
    flags = plan.flags()
    said = sentences(flags.filter(flags.get_column("code").str.starts_with("choice_"))).to_list()
    import_apply(scope, plan=plan, invite=False)
    (house,) = fields_list(scope)
    people = Person.objects.filter(organization=scope.organization).order_by("username")
    return said, {each.username: each.profile.get(str(house.id)) for each in people}


@pytest.mark.parametrize(
    ("unknown", "said", "ann", "ben", "options"),
    [
        ("first_option", "“Mauve” is not an option of house; “Oak” is used.", "Oak", "Oak", ("Oak", "Elm")),
        ("error", "“Mauve” isn't an option of house (Oak, Elm), so this cell won't be imported.", "Elm", None,
         ("Oak", "Elm")),
        ("leave_unchanged", "“Mauve” is not an option of house; what is stored stays.", "Elm", None, ("Oak", "Elm")),
        ("add_option", "“Mauve” becomes an option of house.", "Mauve", "Mauve", ("Oak", "Elm", "Mauve")),
    ],
)  # fmt: skip
def test_an_unknown_value_is_always_flagged(
    scope: Scope, unknown: str, said: str, ann: str, ben: str | None, options: tuple[str, ...]
) -> None:
    house_of(scope, "Oak", "Elm")

    found = told(scope, "Mauve", "Mauve", unknown_choice=unknown)

    assert found == ([said] * 2, {"ann": ann, "ben": ben})
    assert fields_list(scope)[0].options == options


def test_the_first_option_may_be_blank_and_wipes_what_is_stored(scope: Scope) -> None:
    house_of(scope, "(blank)", "Elm", "Oak")

    found = told(scope, "Mauve", "Mauve")

    assert fields_list(scope)[0].options == ("", "Elm", "Oak")
    assert found == (["“Mauve” is not an option of house; “(blank)” is used."] * 2, {"ann": None, "ben": None})


@pytest.mark.spec("NE-13")
def test_another_case_and_doubled_blanks_mean_the_option_and_a_blank_nothing(scope: Scope) -> None:
    house_of(scope, "Oak tree", "Elm")

    found = told(scope, "", "oak  TREE")

    assert found == (["“oak  TREE” is used as the option “Oak tree”."], {"ann": "Elm", "ben": "Oak tree"})
