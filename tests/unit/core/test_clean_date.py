import pytest

from enlist.core.clean import date
from enlist.core.clean.date import DAY_FIRST, MONTH_FIRST, NEITHER, UNCLEAR, find_order

from .cleaning import column, told


@pytest.mark.spec("WL-06")
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("2027-01-31", "2027-01-31", id="as it is stored"),
        pytest.param("2027/1/31", "2027-01-31", id="with slashes"),
        pytest.param("20270131", "2027-01-31", id="without signs"),
        pytest.param("2027-01-31 00:00:00", "2027-01-31", id="at midnight"),
        pytest.param("2027-01-31T00:00:00Z", "2027-01-31", id="at midnight, as programs write it"),
        pytest.param("31.1.2027", "2027-01-31", id="with full stops the day comes first"),
        pytest.param("3. 4. 2027", "2027-04-03", id="and blanks"),
        pytest.param("31/1/2027", "2027-01-31", id="no month has that number"),
        pytest.param("1/31/2027", "2027-01-31", id="no month either"),
        pytest.param("4/4/2027", "2027-04-04", id="both are the same"),
        pytest.param("31-Jan-27", "2027-01-31", id="a short year, as workbooks show it"),
        pytest.param("31.1.99", "1999-01-31", id="a short year of the last century"),
        pytest.param("January 31st, 2027", "2027-01-31", id="in English"),
        pytest.param("31 janvier 2027", "2027-01-31", id="in French"),
        pytest.param("31. März 2027", "2027-03-31", id="in German"),
        pytest.param("31 de enero de 2027", "2027-01-31", id="in Spanish"),
        pytest.param("31 января 2027", "2027-01-31", id="in Russian"),
        pytest.param("2027年1月31日", "2027-01-31", id="in Japanese"),
        pytest.param("29.2.2028", "2028-02-29", id="a leap day"),
        pytest.param("2027-01-31 16:30", "2027-01-31 16:30:00", id="with a time"),
        pytest.param("31.1.2027, 6:05:09", "2027-01-31 06:05:09", id="another form with a time"),
        pytest.param("2027-01-31-16-30-05", "2027-01-31 16:30:05", id="as the peer writes a moment"),
        pytest.param("2027-01-31-00-00-00", "2027-01-31", id="its midnight"),
        pytest.param("946684800", "2000-01-01", id="seconds since 1970"),
        pytest.param("", "", id="none"),
    ],
)
def test_it_reads_dates_whatever_the_order(cell: str, value: str) -> None:
    assert told(date(column([cell]), order=UNCLEAR)) == ([value], [])


@pytest.mark.spec("WL-06")
@pytest.mark.parametrize(
    "cell",
    ["soon", "31.2.2027", "2027-13-01", "2027", "2027-01-31 25:30", "2027-01-31-99-00", "1/2/3/2027", "29.2.2027"],
)
def test_it_flags_what_is_no_date(cell: str) -> None:
    assert told(date(column([cell]), order=DAY_FIRST)) == ([None], [(0, "date_bad", cell, None)])


@pytest.mark.spec("WL-06")
@pytest.mark.parametrize(
    ("cells", "order"),
    [
        pytest.param(["3/4/2027", "13/4/2027"], DAY_FIRST, id="no month has that number"),
        pytest.param(["3/4/2027", "4/13/2027"], MONTH_FIRST, id="nor that one"),
        pytest.param(["3-4-27", "13-4-27"], DAY_FIRST, id="with dashes and short years"),
        pytest.param(["3/4/2027", "5/6/2027"], UNCLEAR, id="nothing tells"),
        pytest.param(["13/4/2027", "4/13/2027", "3/4/2027"], UNCLEAR, id="some tell this, some that"),
        pytest.param(["2027-04-03", "4/4/2027", "3.4.2027", ""], NEITHER, id="nothing hangs on it"),
    ],
)
def test_it_finds_the_order_in_the_whole_column(cells: list[str], order: str) -> None:
    assert find_order(column(cells)) == order


@pytest.mark.spec("WL-06")
def test_it_asks_if_the_order_is_unclear() -> None:
    cells = column(["3/4/2027", "2027-05-06", "13/4/2027"])
    twice = column(["3/4/2027", "3/4/2027 14:30"])
    both = "2027-04-03 or 2027-03-04"

    assert told(date(twice, order=UNCLEAR)) == (
        [None, None],
        [(0, "date_unclear", "3/4/2027", both), (1, "date_unclear", "3/4/2027 14:30", both)],
    )
    assert told(date(cells, order=UNCLEAR)) == (
        [None, "2027-05-06", "2027-04-13"],
        [(0, "date_unclear", "3/4/2027", "2027-04-03 or 2027-03-04")],
    )
    assert told(date(cells, order=DAY_FIRST)) == (["2027-04-03", "2027-05-06", "2027-04-13"], [])
    assert told(date(cells, order=MONTH_FIRST)) == (
        ["2027-03-04", "2027-05-06", None],
        [(2, "date_bad", "13/4/2027", None)],
    )
