"""Usernames that are cleaned into somebody else's: a warning, as two people may be mixed up."""

import pytest

from enlist.core.headers.match import match_headers
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from tests.support.laws import told
from tests.support.worlds import SCHOOL, directory, person
from tests.unit.core.test_validate import table

HEADS = ("username", "firstname", "lastname", "email")
KNOWN = directory(person(1, username="jose", firstname="José", lastname="Díaz", email="jose@x.org"))


@pytest.mark.parametrize(
    ("cells", "flagged"),
    [
        pytest.param(("josé", "Joseph", "Ray", "ray@x.org"), True, id="another name and address"),
        pytest.param(("jo,se", "Joseph", "Ray", ""), True, id="another name, no address"),
        pytest.param(("josé", "", "", "ray@x.org"), True, id="another address, no name"),
        pytest.param(("josé", "Jose", "Diaz", "new@x.org"), False, id="the person's own name"),
        pytest.param(("josé", "Pepe", "Ray", "JOSE@x.org"), False, id="the person's own address"),
        pytest.param(("JOSE", "Joseph", "Ray", "ray@x.org"), False, id="a change of case alone"),
        pytest.param(("josé", "", "", ""), False, id="nothing to compare"),
        pytest.param(("josée", "Joseph", "Ray", "ray@x.org"), False, id="nobody's username"),
    ],
)
def test_it_warns_if_a_cleaned_username_is_somebody_elses(cells: tuple[str, ...], flagged: bool) -> None:
    given = table({head: [cell] for head, cell in zip(HEADS, cells, strict=True)})
    policy = Policy().replace(existing_people="update", update_details="from_file")
    rows = check(given, match_headers(given, reference=SCHOOL), policy=policy, reference=SCHOOL)
    part = plan_rows(rows, KNOWN, policy=policy)

    found = part.flags.filter(code="username_cleaned_other").select("row", "column", "value", "detail").rows()
    assert found == ([(0, "username", cells[0], "jose")] if flagged else [])
    assert told(part) == told(walked(rows, KNOWN, policy=policy))
