"""How far the landmarks move along a continuum, and how far the declared levels say.

A frame's landmarks are the weighted sum of its anchors' landmarks; a step is their mean
displacement between neighbouring frames.  Knows the manifest and the rows, no pictures.
May import `errors`, `faces`, `study` and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.errors import TemplateError
from morphkit.faces.scheme import scheme
from morphkit.study import levels
from morphkit.study.manifest import ContinuumEntry, MorphkitBlock, Stimulus, StimulusSet

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Series = Mapping[tuple[str, str], Sequence[Stimulus]]


@dataclass(frozen=True, slots=True)
class LandmarkPath:
    """The landmark path of one identity's continuum.

    Parameters
    ----------
    identity, continuum : str
    levels : tuple of float
        Declared level of each frame.
    measured, declared : tuple of float
        Step lengths by the weights in the table, and by the declared levels.
    unit : {"EOD", "px"}
        Outer-eye-corner distances, or canvas pixels where the scheme has no such corners.
    unit_px : float
        One unit in canvas pixels.
    """

    identity: str
    continuum: str
    levels: tuple[float, ...]
    measured: tuple[float, ...]
    declared: tuple[float, ...]
    unit: str
    unit_px: float

    @property
    def positions(self) -> tuple[float, ...]:
        """Measured place of each frame on the path, from 0."""
        return (0.0, *np.cumsum(self.measured).tolist())

    @property
    def declared_positions(self) -> tuple[float, ...]:
        """Declared place of each frame on the path, from 0."""
        return (0.0, *np.cumsum(self.declared).tolist())

    @property
    def length(self) -> float:
        """Declared length of the whole path."""
        return self.declared_positions[-1]

    @property
    def cv(self) -> float:
        """Coefficient of variation of measured over declared step: 0 when all are right."""
        measured, declared = np.array(self.measured), np.array(self.declared)
        still = (measured == 0) & (declared == 0)
        with np.errstate(divide="ignore"):
            ratios = np.where(still, 1.0, measured / np.where(still, 1.0, declared))
        if not np.isfinite(ratios).all() or not ratios.mean() > 0:
            return float("inf")
        return float(ratios.std() / ratios.mean())

    @property
    def offset(self) -> float:
        """Largest distance of a frame beyond its declared place, as a signed share of the path."""
        offsets = np.array(self.positions) - np.array(self.declared_positions)
        return float(offsets[np.abs(offsets).argmax()]) / self.length


def by_continuum(stimuli: Sequence[Stimulus]) -> dict[tuple[str, str], list[Stimulus]]:
    """Return the rows of each (identity, continuum), in table order."""
    series: dict[tuple[str, str], list[Stimulus]] = {}
    for row in stimuli:
        series.setdefault((row.identity, row.continuum), []).append(row)
    return series


def landmark_paths(stimulus_set: StimulusSet) -> tuple[list[LandmarkPath], list[str]]:
    """Return the landmark paths of a set, and a sentence for each one that can't be measured."""
    block = stimulus_set.manifest.morphkit
    entries = {entry.name: entry for entry in block.continua}
    paths, gaps = [], []
    for (identity, name), rows in by_continuum(stimulus_set.stimuli).items():
        found = _path(rows, entries.get(name), block)
        if isinstance(found, LandmarkPath):
            paths.append(found)
        else:
            gaps.append(f"{identity} {name}: {found}")
    return paths, gaps


def _path(
    rows: Sequence[Stimulus], entry: ContinuumEntry | None, block: MorphkitBlock
) -> LandmarkPath | str:
    """Return a path, or why there is none."""
    if entry is None:
        return "the manifest doesn't declare this continuum."
    if len(rows) != len(entry.levels):
        return f"it has {len(rows)} frames, but {len(entry.levels)} levels are declared."
    if len(rows) < 2:
        return "it has one frame, so there is no step."
    if len(entry.expressions) != (3 if entry.path == "through-neutral" else 2):
        return f"a {entry.path} path can't have {len(entry.expressions)} expressions."
    used = {name: None for row in rows for name, weight in row.weights.items() if weight}
    expressions = list(dict.fromkeys([*entry.expressions, *used]))
    anchors = {a.expression: a.landmarks for a in block.anchors if a.identity == rows[0].identity}
    missing = [name for name in expressions if name not in anchors]
    if missing:
        return f"the manifest has no landmarks of {', '.join(missing)}."
    if len({len(anchors[name]) for name in expressions}) != 1 or not anchors[expressions[0]]:
        return "its anchors have different numbers of landmarks."
    shapes = np.array([anchors[name] for name in expressions], dtype=np.float64)
    declared = [levels.weights(entry.path, entry.expressions, level) for level in entry.levels]
    unit, unit_px = _unit(block.landmark_scheme, shapes)
    steps = _steps([row.weights for row in rows], expressions, shapes) / unit_px
    promised = _steps(declared, expressions, shapes) / unit_px
    if not promised.sum() > 0:
        return "its anchors have one and the same shape, so there is no path."
    return LandmarkPath(
        rows[0].identity,
        entry.name,
        tuple(entry.levels),
        tuple(steps.tolist()),
        tuple(promised.tolist()),
        unit,
        unit_px,
    )


def _steps(
    frames: Sequence[Mapping[str, float]], expressions: Sequence[str], shapes: FloatArray
) -> FloatArray:
    weights = np.array([[frame.get(name, 0.0) for name in expressions] for frame in frames])
    moves = np.einsum("fe,enc->fnc", np.diff(weights, axis=0), shapes)
    lengths: FloatArray = np.hypot(moves[..., 0], moves[..., 1]).mean(axis=1)
    return lengths


def _unit(name: str, shapes: FloatArray) -> tuple[str, float]:
    """Return the unit of length and its size in pixels: the mean over a continuum's anchors."""
    try:
        corners = scheme(name.removesuffix("+ext")).outer_eye_corners
    except TemplateError:
        return "px", 1.0
    if corners is None or max(corners) >= shapes.shape[1]:
        return "px", 1.0
    right, left = corners
    apart = shapes[:, left] - shapes[:, right]
    distance = float(np.hypot(apart[:, 0], apart[:, 1]).mean())
    return ("EOD", distance) if distance > 0 else ("px", 1.0)
