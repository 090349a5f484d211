import pytest

from enlist.core.errors import NotAllowed, NotFound
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.background import import_hand_over
from enlist.services.imports.plan import import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.setup.remembered_headers import headers_forget, headers_list

from . import school
from .imports import UPDATING

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Kennzahl,firstname,lastname,emial\nann,Ann,Lee,ann@example.org\n"


@pytest.fixture
def scope() -> Scope:
    return Scope(school.organization(), MACHINE)


def order(text: str = TEXT, **columns: str) -> ImportRequest:
    return ImportRequest(source=text.encode(), policy=UPDATING, preset="moodle", columns=columns)


def known(scope: Scope) -> list[tuple[str, str]]:
    return [(each.header, each.field) for each in headers_list(scope)]


@pytest.mark.spec("EN-07")
def test_an_import_remembers_mapped_and_guessed_columns(scope: Scope) -> None:
    import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=order(Kennzahl="username"))))

    assert known(scope) == [("emial", "email"), ("Kennzahl", "username")]
    assert import_plan(scope, request=order()).headers.slugs == {
        "Kennzahl": "username",
        "firstname": "firstname",
        "lastname": "lastname",
        "emial": "email",
    }


@pytest.mark.spec("EN-07")
def test_an_import_that_a_worker_does_remembers_too(scope: Scope) -> None:
    import_hand_over(scope, request=order(Kennzahl="username"))

    assert known(scope) == [("emial", "email"), ("Kennzahl", "username")]


def test_a_plan_alone_remembers_nothing(scope: Scope) -> None:
    import_plan(scope, request=order(Kennzahl="username"))

    assert known(scope) == []


def test_a_later_mapping_replaces_an_earlier_one(scope: Scope) -> None:
    text = "username,firstname,lastname,email,Kennzahl\nann,Ann,Lee,ann@example.org,7\n"
    for field in ("idnumber", "city"):
        import_stage(scope, planned=import_plan(scope, request=order(text, Kennzahl=field)))

    assert known(scope) == [("Kennzahl", "city")]


def test_each_organisation_remembers_for_itself(scope: Scope) -> None:
    import_stage(scope, planned=import_plan(scope, request=order(Kennzahl="username")))

    assert known(Scope(school.organization("college"), MACHINE)) == []


def test_what_is_remembered_can_be_forgotten(scope: Scope) -> None:
    import_stage(scope, planned=import_plan(scope, request=order(Kennzahl="username")))

    assert headers_forget(scope, header="KENN-ZAHL") == 1
    assert known(scope) == [("emial", "email")]
    assert headers_forget(scope) == 1
    assert known(scope) == []
    with pytest.raises(NotFound, match="No meaning is stored for a column “Kennzahl”"):
        headers_forget(scope, header="Kennzahl")


def test_only_who_may_import_sees_and_forgets_headers(scope: Scope) -> None:
    viewer = Scope(scope.organization, school.person(scope.organization, site_role="viewer"))

    for use in (headers_list, headers_forget):
        with pytest.raises(NotAllowed):
            use(viewer)
