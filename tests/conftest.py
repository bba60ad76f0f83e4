"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """Return how often a long loop goes round: the first number in ``./run test``, the second in ``./run soak``."""
    return lambda tested, soaked: soaked if os.environ.get("YUANBEN_SOAK") else tested
