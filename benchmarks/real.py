"""Photographs of one person, without truth: is the middle as detailed as the ends?

On morphkit's default canvas, without mask.  Power above 32 cycles/face is the mean square of
that band over a frame's own skin (`metrics.power`), at 11 levels, over the interpolation by
level of the power of the two ends.  Dip: the quadratic term of log power over level (least
squares, x = −1…1), as what it takes away at the centre: 1 − exp(−term).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.cases import pairs
from benchmarks.methods import ALIGNED, OURS, PLAIN, Method
from benchmarks.metrics import Floats, grey, misalignment, power, regions
from benchmarks.page import markdown
from morphkit import Canvas, Face

LEVELS = np.linspace(0, 1, 11)
LEAST = 0.85
DEEPEST = 0.05
SHOWN = ("eyes", "mouth", "rest")


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What is measured of a pair by one method.

    Parameters
    ----------
    relative : (11,) array
        Power > 32 cycles/face, over the interpolated power of the ends.
    dip : float
        0…1; negative where the centre has more.
    ghost : dict
        At the middle, by part of the face: mean and 95th percentile, % EOD.
    """

    relative: Floats
    dip: float
    ghost: dict[str, tuple[float, float]]


def measure(a: Face, b: Face, method: Method) -> Pair:
    """Measure a pair."""
    morph = method.morph(a, b, Canvas())
    powers = []
    for level in LEVELS:
        made = morph(float(level))
        where = regions(made.landmarks, made.image.shape)
        powers.append(power(grey(made.image), where.skin, where.face_width)[2])
        if level == 0.5:
            ghost = misalignment(*made.layers(), where)
    return Pair(relative(np.array(powers)), dip(np.array(powers)), ghost)


def relative(powers: Floats) -> Floats:
    """Return power by level over the interpolation of its ends."""
    between = np.linspace(0, 1, len(powers))
    return np.asarray(powers / ((1 - between) * powers[0] + between * powers[-1]))


def dip(powers: Floats) -> float:
    """Return how much less there is at the centre, by the quadratic term of log power."""
    term = np.polyfit(np.linspace(-1, 1, len(powers)), np.log(powers), 2)[0]
    return float(1 - np.exp(-term))


def table(folder: Path) -> str:
    """Return the table of all pairs."""
    rows, worst = [], []
    for name, a, b in pairs(folder):
        print(name, file=sys.stderr, flush=True)
        found = {method.name: measure(a, b, method) for method in OURS}
        full = found[OURS[-1].name]
        good = full.relative.min() >= LEAST and full.dip <= DEEPEST
        worst.append((full.relative.min(), full.dip))
        rows.append([name, *_said(list(found.values())), "yes" if good else "**no**"])
    three = " / ".join(method.name for method in OURS)
    head = ["11 levels, default canvas", f"least power > 32: {three}", f"dip: {three}"]
    head += [f"ghost at the middle, {part}: plain → with flow" for part in SHOWN]
    text = markdown([*head, "power met"], rows)
    least, deepest = (
        f(column) for f, column in zip((min, max), zip(*worst, strict=True), strict=True)
    )
    return (
        f"{text}\n\nMust be: least power ≥ {LEAST:.2f} of the ends' at every level (morphkit: "
        f"{least:.2f}), dip ≤ {DEEPEST:.0%} (morphkit: {deepest:.0%}); ghost in eyes and mouth "
        "with exact templates and flow, ≤ 0.75 % EOD mean, ≤ 1.5 % 95th percentile."
    )


def _said(found: Sequence[Pair]) -> list[str]:
    names = [method.name for method in OURS]
    before, after = (found[names.index(method.name)].ghost for method in (PLAIN, ALIGNED))
    cells = [" / ".join(f"{one.relative.min():.2f}" for one in found)]
    cells += [" / ".join(f"{one.dip:+.0%}" for one in found)]
    for part in SHOWN:
        (m0, p0), (m1, p1) = before[part], after[part]
        cells.append(f"{m0:.2f} / {p0:.2f} → {m1:.2f} / {p1:.2f}")
    return cells
