from tests.journeys.conftest import Site


def test_enlist_tells_what_it_can_do_whichever_way_it_is_started(site: Site) -> None:
    answer = site.enlist("--help")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Usage: enlist [OPTIONS] COMMAND [ARGS]...\n\n  Bring people into a learning platform")
