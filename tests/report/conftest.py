"""Fixtures of the report's tests."""

from __future__ import annotations

import pytest
from gradient_set import Maker


@pytest.fixture
def maker() -> Maker:
    """Make stimulus sets."""
    return Maker()
