"""Frames that are like a far one: against every pair compared by itself, and without n² memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from morphkit.measure.sequence import BLOCK, nearest


def row(count: int, seed: int = 5) -> list[np.ndarray]:
    """Maps along a path that wanders, so that no two of them are alike."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(0.004, 0.002, (count, 3, 4)), axis=0)
    return list((0.2 + walk).astype(np.float32))


def pair_by_pair(maps: list[np.ndarray]) -> list[float]:
    flat = [one.ravel().astype(np.float64) for one in maps]
    apart = [[float(np.sqrt(((a - b) ** 2).sum())) for b in flat] for a in flat]
    smallest = min(apart[k][k + 1] for k in range(len(maps) - 1))
    return [
        min((d for j, d in enumerate(line) if abs(j - k) > 1), default=np.inf) / smallest
        for k, line in enumerate(apart)
    ]


def test_by_hand() -> None:
    # 0, 1, 2, 0.5: neighbours 1, 1, 1.5 apart; to those beyond 0.5, 0.5, 2 and 0.5
    maps = [np.full((1, 1), value, dtype=np.float32) for value in (0, 1, 2, 0.5)]
    assert nearest(maps) == pytest.approx([0.5, 0.5, 2, 0.5])


@pytest.mark.parametrize("count", [3, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_blocks_change_nothing(count: int) -> None:
    maps = row(count)
    # the step of the smallest length is the one over the edge of a block, where there is one
    edge = min(BLOCK, count - 1)
    maps[edge] = maps[edge - 1] + np.float32(0.001)
    assert nearest(maps) == pytest.approx(pair_by_pair(maps), rel=1e-5)


def test_equal_neighbours_tell_nothing() -> None:
    maps = row(BLOCK + 2)
    maps[BLOCK] = maps[BLOCK - 1]
    assert nearest(maps) == [None] * (BLOCK + 2)


def test_memory_does_not_grow_with_the_square() -> None:
    maps = row(4000)
    tracemalloc.start()
    try:
        nearest(maps)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4000 * 4000 * 8 / 2
