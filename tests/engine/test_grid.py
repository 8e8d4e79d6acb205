"""Coarse grids: exact at nodes, linear between, going on beyond."""

from __future__ import annotations

import numpy as np

from morphkit.engine import grid


def test_size_reaches_beyond_the_last_pixel() -> None:
    for width in (1, 8, 9, 16, 17, 96):
        _, columns = grid.size(width, 8)
        assert (columns - 1) * grid.SPACING >= width


def test_a_plane_is_given_back() -> None:
    rows, columns = grid.size(40, 32)
    y, x = np.indices((rows, columns)) * grid.SPACING
    plane = np.stack([1000 * x + 300 * y, -7 * x], axis=2)
    px, py = np.array([0, 5, 13, 31, 39]), np.array([0, 3, 17, 31, 8])
    found = grid.looked_up(plane, px << 10, py << 10)
    assert found.tolist() == [[1000 * a + 300 * b, -7 * a] for a, b in zip(px, py, strict=True)]
    half = grid.looked_up(plane, np.array([512]), np.array([0]))
    assert half.tolist() == [[500, -3]]  # −3.5 is rounded up, as everywhere


def test_beyond_its_edge_a_grid_goes_on_as_it_ends() -> None:
    values = np.arange(12).reshape(3, 4, 1) << 10
    for x, y, node in ((-9000, -9000, (0, 0)), (10**7, 10**7, (2, 3)), (10**7, 0, (0, 3))):
        (found,) = grid.looked_up(values, np.array([x]), np.array([y]))[0]
        assert abs(found - values[node][0]) <= 1  # a last place short of the last node
