"""The server is killed, stopped, or cut off right after a COMMIT: nothing is lost or done twice (R3)."""

import pytest

from tests.faults.server import Proxy, Server
from tests.faults.trial import FINE, KEYED, Place, Said, half, sample, tried_all, wanted, wrong


@pytest.fixture(scope="module")
def school(own_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school on the server."""
    return Place.new(tmp_path_factory.mktemp("server") / "fragile", server=own_server)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "quit"])
def test_a_server_that_dies_anywhere_keeps_what_it_acknowledged(how: str, school: Place) -> None:
    server = school.server
    assert server
    counted = school.copy(f"counted-{how}")
    points = len(counted.points(*KEYED))

    def trial(point: int) -> list[str]:
        place = school.copy(f"{how}-{point}")
        assert server.process
        first = place.hit(f"{how}:{point}", *KEYED, FAULT_PID=str(server.process.pid))
        server.revive()
        unkept = ["acknowledged, but not there"] if first.code == FINE and place.dump() != counted.dump() else []
        broken = half(place, undisturbed=counted, before=school)
        again = place.enlist(*KEYED)
        return [*unkept, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=counted)]

    # One server dies for all of them: one after the other.
    assert tried_all(sample(points, count=wanted(daily=3, part=0.2)), trial=trial, at_once=1) == {}


@pytest.mark.slow
def test_a_line_cut_after_any_commit_is_asked_again_and_nothing_is_done_twice(school: Place) -> None:
    """One of the commits is that of the apply: cut there, the command itself finds out that it is applied."""
    server = school.server
    assert server
    counted = school.copy("counted-cut")
    asked_again = []

    def by_proxy(place: Place, cut: int) -> tuple[Said, int]:
        proxy = Proxy(server.port, cut=cut)
        said = place.enlist(*KEYED, DATABASE_URL=server.address(place.database, port=proxy.port))
        proxy.close()
        return said, proxy.commits

    whole, commits = by_proxy(counted, 0)
    assert whole.code == FINE

    def trial(cut: int) -> list[str]:
        place = school.copy(f"cut-{cut}")
        first, _ = by_proxy(place, cut)
        if place.dump() == counted.dump():
            asked_again.append((cut, first.code))
        unkept = ["acknowledged, but not there"] if first.code == FINE and place.dump() != counted.dump() else []
        broken = half(place, undisturbed=counted, before=school)
        again = place.enlist(*KEYED)
        return [*unkept, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=counted)]

    # All of them: there are about twenty.
    assert tried_all(list(range(1, commits + 1)), trial=trial) == {}
    assert FINE in [code for _, code in asked_again]
