"""What tests of the database share: nobody works in the background of them, so no page waits for anybody."""

import pytest

from enlist.services import handing_over


@pytest.fixture(autouse=True)
def _nobody_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages do not wait a moment for the work on small imports."""
    monkeypatch.setattr(handing_over, "MOMENT", 0)
