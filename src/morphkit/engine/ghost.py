"""Ghosts: how far apart two warped faces show the same thing, by region.

Two layers that disagree show edges twice.  Lengths of a residual are summed up around eyes,
brows and mouth, and elsewhere inside the mask.  May import `engine.cells`, `engine.flow`,
`engine.mask`, `engine.stage` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.engine.cells import reduced
from morphkit.engine.evidence import SingleArray
from morphkit.engine.flow import PASSES, step
from morphkit.engine.mask import hull_depth
from morphkit.engine.stage import Stage
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Scheme

REGIONS = {
    "eyes": ("right_eye", "left_eye"),
    "mouth": ("mouth",),
    "brows": ("right_brow", "left_brow"),
}

AROUND = 0.05
"""A region reaches this far beyond the hull of its landmarks, in face widths."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and 95th percentile of misalignment, in % of the outer eye distance."""

    mean: float
    p95: float


Ghost = dict[str, Spread]
"""By region: eyes, mouth, brows, rest; a region that the mask hides is left out."""


def ghost(field: FloatArray, trust: SingleArray, on: Stage, scheme: Scheme) -> Ghost:
    """Sum up a residual.

    Parameters
    ----------
    field : (h, w, 2) float array
        As `flow.search` returns it, in canvas pixels.
    trust : (H, W) float array
        As `flow.search` takes it: what lies inside apertures is not counted.
    on : Stage
    scheme : Scheme
    """
    cell = PASSES[-1].cell
    seen = reduced(trust, cell) > 0.5
    u, v = field[seen].T
    length = np.sqrt(u * u + v * v)
    points = {int(mark): on.mesh.mean[i] for i, mark in enumerate(on.mesh.landmarks)}
    unit = _eye_corners(points, scheme) or on.canvas.eye_distance
    size = cell * step(on.face_width)
    y, x = (np.argwhere(seen).T + 0.5) * size - 0.5
    found, rest = {}, np.ones(length.shape, bool)
    for name, groups in REGIONS.items():
        here = np.zeros_like(rest)
        for group in groups:
            ring = np.array([points[i] for i in scheme.group(group) if i in points])
            if len(ring) > 2:
                here |= hull_depth(ring, x, y) > -AROUND * on.face_width
        rest &= ~here
        found.update(_spread(name, length[here], unit))
    return found | _spread("rest", length[rest], unit)


def _spread(name: str, lengths: FloatArray, unit: float) -> Ghost:
    if not lengths.size:
        return {}
    share = np.sort(100 * lengths / unit)
    place = 0.95 * (len(share) - 1)  # linear between ranks; np.percentile imports far more
    p95 = np.interp(place, np.arange(len(share)), share)
    return {name: Spread(float(share.mean()), float(p95))}


def _eye_corners(points: dict[int, FloatArray], scheme: Scheme) -> float | None:
    corners = scheme.outer_eye_corners
    if corners is None or not all(i in points for i in corners):
        return None
    x, y = points[corners[0]] - points[corners[1]]
    return float(np.sqrt(x * x + y * y))
