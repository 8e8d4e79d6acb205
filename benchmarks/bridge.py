"""The bridge from 68 to 189 landmarks against hand-made templates, leave-one-out.

`rows` gives the table: which 68 points go in, which examples are known, and the error in % of the
distance of the outer eye corners, with the regression and without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template
from morphkit.landmarks.bridge import Bridge, bridge

INNER = (
    *("right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth"),
    *("pupils", "right_iris", "left_iris"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; errors in % of the eye distance."""

    points: str
    examples: str
    faces: int
    inner: float
    every: float
    worst: float
    plain_inner: float


def rows(faces: Path, every: int = 4) -> list[Row]:
    """Measure on `faces`, a folder with `london640` and `london`; of the 96, each `every`-th."""
    many, few = read(faces / "london640", "*.tem"), read(faces / "london", "*.tem")
    auto = read(faces / "london" / "auto68", "*_neutral.pts")
    hand = {name: convert(face, "ibug68")[0] for name, face in many.items()}
    tried = list(many)[::every]
    return [
        row("by hand", "95 others", hand, many, many, tried),
        row("automatic", "95 others", auto, few, many, list(auto)),
        row("automatic", "7 others", auto, few, few, list(auto)),
        row("automatic", "none: stock mean", auto, few, {}, list(auto)),
    ]


def row(
    points: str,
    known: str,
    drafts: Mapping[str, Landmarks],
    truth: Mapping[str, Landmarks],
    examples: Mapping[str, Landmarks],
    names: Sequence[str],
) -> Row:
    """Bridge each of the faces with what the other examples teach."""
    errors = []
    for name in names:
        others = [face for other, face in examples.items() if other != name]
        way = bridge("ibug68", "frl189", others)
        plain = _error(replace(way, correction=None), drafts[name], truth[name])[0]
        errors.append([*_error(way, drafts[name], truth[name]), plain])
    inner, every, plain = np.mean(errors, axis=0)
    worst = float(np.max(errors, axis=0)[0])
    return Row(points, known, len(names), float(inner), float(every), worst, float(plain))


def _error(way: Bridge, draft: Landmarks, truth: Landmarks) -> tuple[float, float]:
    apart = np.hypot(*(way(draft).points - truth.points).T) / truth.outer_eye_distance() * 100
    layout = scheme("frl189")
    inner = [index for name in INNER for index in layout.group(name)]
    return float(apart[inner].mean()), float(apart.mean())


def read(folder: Path, pattern: str) -> dict[str, Landmarks]:
    """Read templates by stem."""
    return {
        file.stem: parse_template(file.read_bytes(), file.suffix).landmarks
        for file in sorted(folder.glob(pattern))
    }
