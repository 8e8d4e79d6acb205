"""Spacing: do the landmarks move in the steps that the declared levels promise?

Holds the numbers of `study.spacing` against their limits, and the declared midpoints against
the table.  Imports no NumPy, so that a quick validation judges spacing too.  May import
`errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from morphkit.errors import Finding
from morphkit.study import levels
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import MANIFEST
from morphkit.study.shapes import shapes_of
from morphkit.study.spacing import Shape, spacing
from morphkit.study.table import TABLE, Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.table import SAME, declared_series, level

MIDPOINTS = {"direct": ("blend",), "through-neutral": ("photo", "average"), "from-neutral": ()}
"""Kinds of midpoint that a path can have."""


def check_rising(evidence: Evidence) -> Iterator[Finding]:
    """MK453: the level rises from frame to frame."""
    for series in evidence.series():
        for a, b in pairwise(series):
            if a.morph_level is None or b.morph_level is None:
                continue  # a mixture has no levels
            if not b.morph_level > a.morph_level:
                yield finding(
                    "MK453",
                    f"{b.identity} {b.continuum}: frame {b.frame} has level {b.morph_level:.6g}, "
                    f"the frame before it {a.morph_level:.6g}.",
                    file=TABLE,
                    pointer="morph_level",
                    line=evidence.lines[b.stimulus_id],
                    measured=b.morph_level,
                )


def check_midpoints(evidence: Evidence) -> Iterator[Finding]:
    """MK457 a declared midpoint is there, MK458 it is of the kind that the path makes."""
    for number, entry in enumerate(evidence.block.continua):
        pointer = f"morphkit.continua.{number}.midpoint"
        kinds = MIDPOINTS[entry.path]
        shows = any(abs(level) <= SAME for level in entry.levels)
        if entry.midpoint is None and kinds and shows:
            text = f"{entry.name} has a frame at level 0, but its kind of midpoint isn't declared."
            yield finding("MK458", text, file=MANIFEST, pointer=pointer)
        if entry.midpoint is not None and entry.midpoint not in kinds:
            text = f"{entry.name} declares the midpoint {entry.midpoint!r}; on a {entry.path} path "
            text += f"it is {' or '.join(repr(kind) for kind in kinds) or 'none'}."
            yield finding("MK458", text, file=MANIFEST, pointer=pointer)
    for series, entry in declared_series(evidence):
        missing = not any(abs(level(row)) <= SAME for row in series)
        if entry.midpoint is not None and missing:
            text = f"{series[0].identity} {entry.name} declares the midpoint {entry.midpoint!r}, "
            text += "but no frame has level 0."
            yield finding("MK457", text, file=TABLE, pointer="morph_level")


def check_spacing(evidence: Evidence) -> Iterator[Finding]:
    """MK451 even steps and MK452 no drift, against the declared levels."""
    shapes = {
        key: marks
        for key, marks in shapes_of(evidence.block).items()
        if len(marks) == len(evidence.block.landmark_names)
    }
    for series, entry in declared_series(evidence):
        anchors = {
            name: marks for (who, name), marks in shapes.items() if who == series[0].identity
        }
        used = {name for row in series for name, weight in row.weights.items() if weight}
        if used | set(entry.expressions) <= anchors.keys() and len(series) == len(entry.levels):
            yield from _judged(series, entry, anchors, evidence)


def _judged(
    series: Sequence[Stimulus],
    entry: ContinuumEntry,
    anchors: Mapping[str, Shape],
    evidence: Evidence,
) -> Iterator[Finding]:
    promised = [levels.weights(entry.path, entry.expressions, level) for level in entry.levels]
    found = spacing([row.weights for row in series], promised, anchors)
    if not found.length > 0:
        return  # all anchors have one shape: there is no path to measure
    called = f"{series[0].identity} {series[0].continuum}"
    limit = evidence.limits["landmark_step_cv"]
    if not found.cv <= limit:
        worst = max(range(len(found.ratios)), key=lambda i: abs(found.ratios[i] - 1))
        yield finding(
            "MK451",
            f"{called}: the steps vary by a CV of {found.cv:.3f} against the declared ones "
            f"(limit {limit:g}); the worst, before frame {worst + 2}, is "
            f"{found.ratios[worst]:.2f} times the declared step.",
            file=TABLE,
            pointer="morph_level",
            measured=found.cv,
            limit=limit,
        )
    limit = evidence.limits["landmark_cumulative"]
    offset = found.offset
    if not abs(offset) <= limit:
        worst = found.offsets.index(offset)
        yield finding(
            "MK452",
            f"{called}: frame {worst + 1} lies {abs(offset) * (len(series) - 1):.2f} frames "
            f"({100 * abs(offset):.1f} % of the range) too {'far' if offset > 0 else 'early'} on "
            f"the path (limit {100 * limit:g} %).",
            file=TABLE,
            pointer="morph_level",
            line=evidence.lines[series[worst].stimulus_id],
            measured=abs(offset),
            limit=limit,
        )
