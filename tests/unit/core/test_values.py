"""Values from the file to the Rows: full names, dates, regions, which depend on the whole column or row."""

import pytest

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.errors import PolicyError
from enlist.core.flags.flags import sentences

from .test_validate import checked, flags, table, values

REFERENCE = Reference(
    profile_fields=(
        ProfileField(1, "hired", "Hire date", kind="date"),
        ProfileField(2, "region", "Region", kind="region"),
        ProfileField(3, "page", "Page", kind="url"),
        ProfileField(4, "photos", "Photos", kind="boolean"),
        ProfileField(5, "home", "Home", kind="country"),
    )
)


@pytest.mark.spec("WL-05")
def test_a_column_of_whole_names_gives_both_names() -> None:
    rows = checked({"username": ["lud", "pla", "jan"], "Name": ["Ludwig van Beethoven", "Plato", "Novák, Jan"]})

    assert values(rows, "firstname", "lastname") == [
        ("Ludwig", "van Beethoven"),
        ("Plato", None),
        ("Jan", "Novák"),
    ]
    assert rows.headers == {"username": "username", "firstname": "Name", "lastname": "Name"}
    assert flags(rows) == [
        (1, "Name", "firstname", "name_single", "Plato", None),
        (1, "Name", "lastname", "lastname_missing", None, None),
    ]


@pytest.mark.spec("WL-06")
def test_the_order_of_dates_is_found_in_the_whole_column_and_reported() -> None:
    rows = checked(
        {"username": ["ann", "bob", "eve"], "Hire date": ["3/4/2027", "13/4/2027", "2027-05-06"]}, reference=REFERENCE
    )

    assert values(rows, "profile_field_hired") == [("2027-04-03",), ("2027-04-13",), ("2027-05-06",)]
    assert sentences(rows.flags).to_list() == [
        "The dates of column “Hire date” are read with the day first: some can be read in no other way."
    ]


@pytest.mark.spec("WL-06")
def test_it_asks_for_the_order_of_dates_that_nothing_decides() -> None:
    given = {"username": ["ann"], "Hire date": ["3/4/2027"]}
    unclear = checked(given, reference=REFERENCE)

    assert values(unclear, "profile_field_hired") == [(None,)]
    assert sentences(unclear.flags).to_list() == [
        "“3/4/2027” may be 2027-04-03 or 2027-03-04, and no other date in its column tells which, so "
        "this cell won't be imported."
    ]
    for order, date in (("day_first", "2027-04-03"), ("month_first", "2027-03-04")):
        decided = checked(given, reference=REFERENCE, date_order=order)
        assert (values(decided, "profile_field_hired"), flags(decided)) == ([(date,)], [])


@pytest.mark.spec("WL-07")
def test_regions_are_read_with_the_country_beside_them() -> None:
    rows = checked(
        {"username": ["ann", "bob", "eve"], "Region": ["WA", "WA", "Atlantis"], "country": ["AU", "USA", "Canada"]},
        reference=REFERENCE,
    )

    assert values(rows, "profile_field_region") == [("AU-WA",), ("US-WA",), (None,)]
    assert flags(rows) == [(2, "Region", "profile_field_region", "region_unknown", "Atlantis", None)]


def test_regions_are_read_with_a_country_of_the_organisations_own() -> None:
    rows = checked({"username": ["ann"], "Region": ["WA"], "Home": ["Australia"]}, reference=REFERENCE)

    assert values(rows, "profile_field_region", "profile_field_home") == [("AU-WA", "AU")]


def test_profile_fields_are_read_by_their_kind() -> None:
    rows = checked({"username": ["ann"], "Page": ["example.org"], "Photos": ["Oui"]}, reference=REFERENCE)

    assert values(rows, "profile_field_page", "profile_field_photos") == [("https://example.org", "1")]
    assert flags(rows) == [(0, "Page", "profile_field_page", "url_completed", "example.org", "https://example.org")]


def test_a_default_date_that_may_be_two_is_refused() -> None:
    with pytest.raises(PolicyError, match="may be 2027-04-03 or 2027-03-04"):
        checked({"username": ["ann"]}, reference=REFERENCE, defaults={"profile_field_hired": "3/4/2027"})


def test_slices_are_read_with_the_order_of_the_whole_column() -> None:
    from enlist.core.headers.match import match_headers
    from enlist.core.policy import Policy
    from enlist.core.rows.check import check

    whole = table({"username": ["ann", "bob"], "Hire date": ["3/4/2027", "13/4/2027"]})
    headers = match_headers(whole, reference=REFERENCE)
    parts = [check(whole.slice(n, 1), headers, policy=Policy(), reference=REFERENCE) for n in range(2)]

    assert [values(part, "profile_field_hired") for part in parts] == [[("2027-04-03",)], [("2027-04-13",)]]
    assert [part.flags.height for part in parts] == [1, 0]
