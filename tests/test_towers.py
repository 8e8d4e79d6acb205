"""What two towers write each for itself, since they don't know each other, is one rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.engine.continuum import weights_at
from morphkit.study.levels import PRESETS, MorphPath, levels, weights

ANCHORS: dict[MorphPath, tuple[float, ...]] = {
    "direct": (-1.0, 1.0),
    "through-neutral": (-1.0, 0.0, 1.0),
    "from-neutral": (0.0, 1.0),
}
"""Where on each path its anchors lie."""


def bits(shares: object) -> list[str]:
    return [float.hex(share) for share in shares]  # type: ignore[attr-defined]


def assert_one_rule(path: MorphPath, level: float) -> None:
    positions = ANCHORS[path]
    papers = weights(path, [f"e{i}" for i in range(len(positions))], level)
    assert bits(papers.values()) == bits(weights_at(positions, level)), (path, level)


@pytest.mark.parametrize("path", ANCHORS)
def test_weights_of_counts_and_presets_are_the_engines(path: MorphPath) -> None:
    at = {level for spec in (*PRESETS, *range(2, 102), 1001) for level in levels(spec, path)}
    assert len(at) > 3000
    for level in at:
        assert_one_rule(path, level)


@given(st.sampled_from(list(ANCHORS)), st.floats(0, 1), st.booleans())
def test_weights_of_any_level_are_the_engines(path: MorphPath, size: float, minus: bool) -> None:
    lowest = ANCHORS[path][0]
    level = -size if minus and lowest < 0 else size
    assert_one_rule(path, level + 0.0)  # as in a list of levels: no negative zero
