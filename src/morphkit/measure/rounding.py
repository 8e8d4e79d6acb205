"""What 8-bit codes do to the length of a step: how much longer they make it, on average.

Steps smaller than a code are steps of whole codes in a few pixels, and neither root mean
squares nor colour differences grow with these as they do with all pixels changing a little.
May import `faces`, `measure` and NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.faces.face import ByteArray
from morphkit.measure.colour import linear
from morphkit.measure.distance import BY_PIXEL, Prepared
from morphkit.measure.region import Plane

PHASES = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
"""Steps of a sequence that fills a cube evenly (Roberts' R3: powers of 1/x, x⁴ = x + 1): where
between two codes the values of a pixel's channels may lie before they are rounded."""


def rounding(a: Prepared, b: Prepared, share: float) -> dict[str, float]:
    """Return how much longer rounding to codes makes a step that is a share of another one.

    The smaller step is made of the larger one's own pixels: each channel changes by that share
    of its change, once as it is, once rounded to whole codes from places that fill the range
    between two codes evenly.

    Parameters
    ----------
    a, b : Prepared
        The larger step: two frames of a continuum, of one part.
    share : float
        0…1, the smaller step's share in the larger one's difference of level.

    Returns
    -------
    dict of str to float
        Name of each metric that compares pixel by pixel → length rounded over length unrounded;
        1 where nothing changes.
    """
    change = (b.codes.astype(np.float32) - a.codes) * np.float32(share)
    # means are told the better, the more evenly places follow each other along a row
    count = np.arange(1, len(change) + 1, dtype=np.float64)[:, None]
    rounded = np.floor(change + (count * PHASES % 1).astype(np.float32))
    plain, coded = (_lights(a.codes, step) for step in (change, rounded))
    found = {}
    for name, (view, differ) in BY_PIXEL.items():
        smooth, rough = (differ(view(a.light), view(light)) for light in (plain, coded))
        found[name] = rough / smooth if smooth > 0 else 1.0
    return found


def _lights(codes: ByteArray, step: Plane) -> Plane:
    """Return the linear light of codes plus steps that need not be whole."""
    reached = np.clip(codes + step, 0, 255)
    below = np.minimum(reached.astype(np.uint8), 254)
    low = linear(below)
    return np.asarray(low + (reached - below) * (linear(below + np.uint8(1)) - low))
