import pytest

from enlist.core.errors import PolicyError
from enlist.project.environment import one_of, whole_number


@pytest.mark.parametrize(("said", "number"), [("", 30), ("1", 1), ("60", 60)])
def test_a_number_is_read_from_the_environment(said: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENLIST_LEASE", said)

    assert whole_number("ENLIST_LEASE", default=30, least=1, most=60) == number


@pytest.mark.parametrize("said", ["0", "61", "-5", "1.5", "soon", "٣"])
def test_it_refuses_what_is_no_number_in_range(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENLIST_LEASE", said)

    with pytest.raises(PolicyError, match="Use a whole number from 1 to 60"):
        whole_number("ENLIST_LEASE", default=30, least=1, most=60)


@pytest.mark.parametrize(("said", "meant"), [("", "INFO"), ("error", "ERROR"), ("Warning", "WARNING")])
def test_a_choice_is_read_from_the_environment(said: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENLIST_LOG", said)

    assert one_of("ENLIST_LOG", choices=("INFO", "WARNING", "ERROR")) == meant


def test_it_refuses_what_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENLIST_LOG", "loud")

    with pytest.raises(PolicyError, match="ENLIST_LOG can't be “loud”") as refused:
        one_of("ENLIST_LOG", choices=("INFO", "WARNING"))
    assert refused.value.hint == "Use one of: info, warning."
