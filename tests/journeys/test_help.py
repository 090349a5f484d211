from tests.journeys.conftest import Site


def test_enlist_tells_what_it_can_do(site: Site) -> None:
    answer = site.enlist("--help")

    assert (answer.code, answer.err) == (0, "")
    assert "Bring people into a learning platform from any spreadsheet." in answer.out
