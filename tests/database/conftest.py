"""Shared by the tests of the database."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.postbox import Postbox, postbox_for


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A mail server on the loopback, not started yet."""
    with postbox_for(settings) as box:
        yield box
