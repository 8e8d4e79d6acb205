"""The landmark paths of a set, in the unit that the page shows them in.

Finds the rows, levels and anchors of each identity's continuum, says why where there is
no path, and scales what `study.spacing` measures.  Knows the manifest and the rows, no
pictures and no limits.  May import `errors`, `faces` and `study`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import dist

from morphkit.errors import TemplateError
from morphkit.faces.scheme import scheme
from morphkit.study import levels
from morphkit.study.entries import ContinuumEntry
from morphkit.study.frames import PATHLESS
from morphkit.study.manifest import StimulusSet
from morphkit.study.shapes import shapes_of
from morphkit.study.spacing import Shape, Spacing, spacing
from morphkit.study.table import Stimulus


@dataclass(frozen=True, slots=True)
class LandmarkPath:
    """The landmark path of one identity's continuum.

    Parameters
    ----------
    identity, continuum : str
    levels : tuple of float
        Declared level of each frame.
    spacing : Spacing
        Steps by the weights in the table and by the declared levels, in canvas pixels.
    unit : {"EOD", "px"}
        Outer-eye-corner distances, or canvas pixels where the scheme has no such corners.
    unit_px : float
        One unit in canvas pixels.
    """

    identity: str
    continuum: str
    levels: tuple[float, ...]
    spacing: Spacing
    unit: str
    unit_px: float

    @property
    def measured(self) -> tuple[float, ...]:
        """Measured step lengths, in units."""
        return tuple(step / self.unit_px for step in self.spacing.measured)

    @property
    def declared(self) -> tuple[float, ...]:
        """Declared step lengths, in units."""
        return tuple(step / self.unit_px for step in self.spacing.declared)

    @property
    def positions(self) -> tuple[float, ...]:
        """Measured place of each frame on the path, from 0, in units."""
        return tuple(accumulate(self.measured, initial=0.0))

    @property
    def declared_positions(self) -> tuple[float, ...]:
        """Declared place of each frame on the path, from 0, in units."""
        return tuple(accumulate(self.declared, initial=0.0))

    @property
    def length(self) -> float:
        """Declared length of the whole path, in units."""
        return self.spacing.length / self.unit_px


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
    shapes = shapes_of(block)
    paths, gaps = [], []
    for (identity, name), rows in by_continuum(stimulus_set.stimuli).items():
        if rows[0].morph_path in PATHLESS:
            continue
        anchors = {what: marks for (who, what), marks in shapes.items() if who == identity}
        entry = entries.get(name)
        own = entry and entry.of(identity)
        found = _path(rows, own, anchors, block.landmark_scheme)
        if isinstance(found, LandmarkPath):
            paths.append(found)
        else:
            gaps.append(f"{identity} {name}: {found}")
    return paths, gaps


def _path(
    rows: Sequence[Stimulus],
    entry: ContinuumEntry | None,
    anchors: Mapping[str, Shape],
    scheme_name: str,
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
    missing = [name for name in expressions if name not in anchors]
    if missing:
        return f"the manifest has no landmarks of {', '.join(missing)}."
    if len({len(anchors[name]) for name in expressions}) != 1 or not anchors[expressions[0]]:
        return "its anchors have different numbers of landmarks."
    declared = [levels.weights(entry.path, entry.expressions, level) for level in entry.levels]
    found = spacing([row.weights for row in rows], declared, anchors)
    if not found.length > 0:
        return "its anchors have one and the same shape, so there is no path."
    unit = _unit(scheme_name, [anchors[name] for name in expressions])
    return LandmarkPath(rows[0].identity, entry.name, tuple(entry.levels), found, *unit)


def _unit(name: str, shapes: Sequence[Shape]) -> tuple[str, float]:
    """Return the unit of length and its size in pixels: the mean over a continuum's anchors."""
    try:
        corners = scheme(name.removesuffix("+ext")).outer_eye_corners
    except TemplateError:
        return "px", 1.0
    if corners is None or max(corners) >= len(shapes[0]):
        return "px", 1.0
    right, left = corners
    distance = sum(dist(shape[right], shape[left]) for shape in shapes) / len(shapes)
    return ("EOD", distance) if distance > 0 else ("px", 1.0)
