"""Series made in code: an even continuum, and faults that are put into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sin

from morphkit.measure.metrics import METRICS
from morphkit.measure.series import Series, Values, places
from morphkit.report.meanings import STATISTICS

BASE = {
    "luminance": (0.31, 0.34),
    "contrast": (0.62, 0.55),
    "lightness": (62.0, 65.0),
    "a_star": (14.0, 9.0),
    "b_star": (16.0, 14.0),
    "band_8_16": (-21.0, -22.5),
    "band_16_32": (-30.0, -31.0),
    "band_32_64": (-39.0, -40.0),
    "band_slope": (-2.6, -2.7),
    "ghost": (0.02, 0.03),
    "smoothness": (30.0, 30.5),
    "symmetry": (0.94, 0.95),
    "mouth_area": (0.0041, 0.0012),
    "off_path": (1.0, 1.0),
    "displaced": (0.0, 0.0),
    "nearest": (1.9, 1.9),
    "outline": (0.0, 0.0),
}
LIMITS = {
    "landmark_step_cv": 0.05,
    "landmark_cumulative": 0.015,
    "image_step_cv": 0.15,
    "image_cumulative": 0.04,
    "luminance_drift": 0.01,
    "contrast_drift": 0.05,
    "colour_drift": 1.0,
    "blur_dip": 0.1,
    "ghost_rise": 0.1,
    "off_path": 1.3,
    "frame_displacement": 0.2,
    "outline_shift": 0.3,
}
ANCHORED = {"direct": (-1.0, 1.0), "through-neutral": (-1.0, 0.0, 1.0), "from-neutral": (0.0, 1.0)}

Fault = Callable[[str, int, float], float]
"""From a name, a frame (from 0) and its clean value to the value with the fault."""


def even(count: int, low: float = -1.0, high: float = 1.0) -> tuple[float, ...]:
    return tuple(low + (high - low) * k / max(count - 1, 1) for k in range(count))


def series(
    identity: str = "amy",
    continuum: str = "dis_hap",
    path: str = "direct",
    levels: Sequence[float] | None = None,
    *,
    statistics: Sequence[str] = tuple(STATISTICS),
    metrics: Sequence[str] = tuple(METRICS),
    fault: Fault | None = None,
    unknown: Sequence[str] = (),
    lift: float = 0.0,
) -> Series:
    """A continuum that is as even as can be, but for the fault; through neutral it has a bend."""
    levels = even(15) if levels is None else levels
    ids = tuple(f"{identity}_{continuum}_{k:02d}" for k in range(1, len(levels) + 1))
    by_level = dict(zip(levels, ids, strict=True))
    anchors = tuple((at, by_level[at]) for at in ANCHORED[path] if at in by_level)

    def put(name: str, k: int, value: float) -> float | None:
        if name in unknown:
            return None
        return value if fault is None else fault(name, k, value)

    found: dict[str, Values] = {}
    for name in statistics:
        low, high = BASE.get(name, (0.25, 0.28))
        bend = 0.3 * (high - low) if path == "through-neutral" else 0.0
        span = (levels[-1] - levels[0]) or 1.0
        found[name] = tuple(
            put(
                name,
                k,
                (1 + lift) * (low + (high - low) * (level - levels[0]) / span)
                + bend * (1 - abs(level)),
            )
            for k, level in enumerate(levels)
        )
    steps: dict[str, Values] = {}
    for n, name in enumerate(metrics):
        power = METRICS[name].power if name in METRICS else 1.0
        wave = 0.0 if name == "landmark_path" else 0.03
        steps[name] = tuple(
            put(
                name,
                k,
                0.004
                * (1 + n)
                * abs(levels[k + 1] - levels[k]) ** power
                * (1 + wave * sin(k + n))
                * (1.4 if path == "through-neutral" and levels[k] < 0 else 1.0),
            )
            for k in range(len(levels) - 1)
        )
    return Series(
        identity,
        continuum,
        path,
        ids,
        tuple(levels),
        anchors,
        found,
        steps,
        {name: places(values) for name, values in steps.items()},
    )


def blurred(name: str, k: int, value: float) -> float:
    """The middle frame of 15 has lost half of its finest power."""
    return value + 3.0 if name == "smoothness" and k == 7 else value


def drifting(name: str, k: int, value: float) -> float:
    """Light is too bright in the middle of 15 frames, and redness too."""
    hump = 1 - abs(k - 7) / 7
    return value * (1 + 0.04 * hump) if name in ("luminance", "a_star") else value


def displaced(name: str, k: int, value: float) -> float:
    """The eighth of 15 frames comes half a step too late, by every metric."""
    return value * {6: 1.5, 7: 0.5}.get(k, 1.0) if name in METRICS else value
