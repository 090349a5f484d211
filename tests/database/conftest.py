"""What tests of the database share: nobody works in the background of them, so no page waits for anybody."""

from collections.abc import Iterator
from typing import Any

import pytest

from enlist.services.imports import background
from tests.support.postbox import Postbox, postbox_for


@pytest.fixture(autouse=True)
def _nobody_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages do not wait a moment for the work on small imports."""
    monkeypatch.setattr(background, "MOMENT", 0)


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A mail server on the loopback, not started yet."""
    with postbox_for(settings) as box:
        yield box
