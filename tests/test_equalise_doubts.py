"""What equalising came to: told where it matters, and only there."""

from __future__ import annotations

import pytest

from morphkit.doubts import RECOLOURED, clipped_light, missed, recoloured
from morphkit.engine.luminance import TAIL
from morphkit.validate.rules import RULES


@pytest.mark.parametrize(
    "found, code",
    [
        (clipped_light("i01 happy", 1.01 * TAIL), "MK522"),
        (recoloured("i01 happy", 1.01 * RECOLOURED), "MK523"),
        (recoloured("i01 happy", 0.99 / RECOLOURED), "MK523"),
        (missed("i01 happy", "mean luminance", 0.202, 0.2, 0.009), "MK524"),
        (missed("i01 happy", "RMS contrast", 0.195, 0.2, 0.02), "MK524"),
    ],
)
def test_doubts(found: list, code: str) -> None:
    (doubt,) = found
    assert (doubt.code, doubt.file, doubt.severity) == (code, "i01 happy", RULES[code].severity)
    assert doubt.measured is not None and doubt.limit is not None and doubt.suggestion


@pytest.mark.parametrize(
    "found",
    [
        clipped_light("a", TAIL),
        recoloured("a", RECOLOURED),
        recoloured("a", 1 / RECOLOURED),
        missed("a", "b", 0.2, 0.2, 0.01),
        missed("a", "b", 0.2, None, 0.01),
        missed("a", "b", 0.2, 0.0, 0.01),
    ],
)
def test_no_doubts(found: list) -> None:
    assert found == []
