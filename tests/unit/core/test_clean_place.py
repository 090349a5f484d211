import pycountry
import pytest

from enlist.core.clean import country, region
from enlist.core.clean.place import codes, country_code, regions_of

from .cleaning import column, one, told


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param("DE", "DE", id="its code"),
        pytest.param("de", "DE", id="in any case"),
        pytest.param("DEU", "DE", id="its longer code"),
        pytest.param("germany", "DE", id="its name"),
        pytest.param("Republic of  Moldova", "MD", id="its official name, blanks doubled"),
        pytest.param("Moldova, Republic of", "MD", id="the name in the standard"),
        pytest.param("TÜRKİYE", "TR", id="case beyond ASCII"),
        pytest.param("Turkey", "TR", id="the name people use"),
        pytest.param("U.K.", "GB", id="a usual abbreviation"),
        pytest.param("Côte d\u2019Ivoire", "CI", id="a printer's apostrophe"),
        pytest.param("UAE", "AE", id="another abbreviation"),
        pytest.param("United-States", "US", id="hyphens between its words"),
        pytest.param("united_kingdom", "GB", id="underscores between its words"),
        pytest.param("Guinea-Bissau", "GW", id="a hyphen of its own"),
        pytest.param("Niger", "NE", id="not Nigeria"),
        pytest.param("Deutschland", "DE", id="in its own language"),
        pytest.param("Österreich", "AT", id="in German"),
        pytest.param("Osterreich", "AT", id="without its accent"),
        pytest.param("ALLEMAGNE", "DE", id="in French, in capitals"),
        pytest.param("Espagne", "ES", id="in French"),
        pytest.param("Paesi Bassi", "NL", id="in Italian"),
        pytest.param("Estados Unidos", "US", id="in Spanish"),
        pytest.param("Szwecja", "SE", id="in Polish"),
        pytest.param("Россия", "RU", id="in Russian"),
        pytest.param("日本", "JP", id="in Japanese"),
        pytest.param("Zaire", "CD", id="the name it had"),
        pytest.param("Upper Volta", "BF", id="another one"),
        pytest.param("German Democratic Republic", "DE", id="one that joined another"),
        pytest.param("", "", id="none"),
    ],
)
def test_it_knows_countries(cell: str, code: str) -> None:
    assert one(country, cell=cell) == (code, [])


@pytest.mark.parametrize("cell", ["XX", "Atlantis", "276", "Korea", "Congo!", "D E"])
def test_it_flags_what_is_no_country(cell: str) -> None:
    value, [(code, _)] = one(country, cell=cell)

    assert (value, code) == (None, "country_unknown")


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("Germny", "Germany", id="a letter left out"),
        pytest.param("Swedne", "Sweden", id="two letters the wrong way round"),
        pytest.param("Deutchland", "Germany", id="in its own language"),
        pytest.param("Qwertz", None, id="nothing near"),
        pytest.param("XQ", None, id="too short to tell"),
    ],
)
def test_it_offers_the_country_that_may_have_been_meant(cell: str, meant: str | None) -> None:
    assert one(country, cell=cell) == (None, [("country_unknown", meant)])


@pytest.mark.parametrize("cell", ["Czechoslovakia", "USSR", "Yugoslavia", "Serbia and Montenegro"])
def test_it_does_not_choose_among_the_heirs_of_a_country(cell: str) -> None:
    assert one(country, cell=cell) == (None, [("country_gone", None)])


def test_every_country_of_the_standard_is_known_by_code_and_name() -> None:
    standard = list(pycountry.countries)
    cells = [word for each in standard for word in (each.alpha_2, each.alpha_3, each.name)]

    assert told(country(column(cells))) == ([each.alpha_2 for each in standard for _ in range(3)], [])


@pytest.mark.spec("WL-07")
@pytest.mark.parametrize(
    ("cell", "country", "code"),
    [
        pytest.param("QC", "CA", "CA-QC", id="its code in the country"),
        pytest.param("CA-QC", "CA", "CA-QC", id="its whole code"),
        pytest.param("ca/qc", "CA", "CA-QC", id="written otherwise"),
        pytest.param("CA-QC", "", "CA-QC", id="its whole code, without a country"),
        pytest.param("quebec", "CA", "CA-QC", id="its name without the accent"),
        pytest.param("Québec", "CA", "CA-QC", id="its name"),
        pytest.param("Bavaria", "DE", "DE-BY", id="its English name"),
        pytest.param("Bayern", "DE", "DE-BY", id="its own name"),
        pytest.param("Bavière", "DE", "DE-BY", id="its French name"),
        pytest.param("WA", "AU", "AU-WA", id="as this country calls it"),
        pytest.param("WA", "US", "US-WA", id="and as that one does"),
        pytest.param("", "DE", "", id="none"),
    ],
)
def test_it_knows_regions_of_the_country_beside_them(cell: str, country: str, code: str) -> None:
    assert told(region(column([cell]), countries=column([country]))) == ([code], [])


@pytest.mark.spec("WL-07")
def test_it_flags_what_is_no_region_of_that_country() -> None:
    cells, countries = column(["Bavaira", "US-NY", "QC", "Bayern"]), column(["DE", "CA", "", "DE"])

    assert told(region(cells, countries=countries)) == (
        [None, None, None, "DE-BY"],
        [
            (0, "region_unknown", "Bavaira", "Bayern"),
            (1, "region_unknown", "US-NY", None),
            (2, "region_unknown", "QC", None),
        ],
    )


def test_every_region_of_the_standard_is_known_by_its_codes() -> None:
    standard = list(pycountry.subdivisions)
    codes, short = [each.code for each in standard], [each.code.partition("-")[2] for each in standard]
    countries = column([each.country_code for each in standard])

    assert told(region(column(codes), countries=countries)) == (codes, [])
    assert told(region(column(short), countries=countries)) == (codes, [])


def test_it_knows_whether_a_country_has_regions() -> None:
    assert regions_of("CA")["CA-QC"] == "Quebec"
    assert regions_of("VA") == {}


@pytest.mark.spec("WL-08")
def test_it_finds_codes_by_a_part_of_a_name_in_any_language() -> None:
    assert codes("deutschl") == {"DE": "Germany"}
    assert codes("québ", country="CA") == {"CA-QC": "Quebec"}
    assert list(codes("", country="LI"))[:2] == ["LI-01", "LI-02"]
    assert codes("CH")["CH"] == "Switzerland"
    assert codes("xyzzy") == {}
    assert (country_code("Kanada"), country_code("nowhere")) == ("CA", None)
