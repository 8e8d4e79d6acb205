"""The little predictor, trained once."""

from __future__ import annotations

from pathlib import Path

import pytest

from little_predictor import write_predictor


@pytest.fixture(scope="session")
def predictor_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small predictor with its card."""
    return write_predictor(tmp_path_factory.mktemp("predictor"))
