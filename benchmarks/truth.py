"""Frames against rendered truth: the same numbers for morphkit and for each peer.

For every rendered in-between of every infant, the morph of the path's two ends is compared
with the render.  Both are on one canvas, without mask; the render is aligned by its own pupils
and resampled once, as the photos are.  What each number means is said in `metrics`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.cases import Case, aligned
from benchmarks.methods import Made, Method, Morph, mouth_only, mouth_seen
from benchmarks.metrics import (
    CLOSED,
    PARTS,
    Floats,
    Mask,
    Regions,
    delta_e,
    grey,
    landmark_error,
    lips_apart,
    luminance,
    misalignment,
    power,
    regions,
    sharp_power,
    ssim,
)
from morphkit import Canvas, Face

SEEN = 0.05
"""The inside of a mouth is visible where it gives more than this share of a pixel's light."""


@dataclass(frozen=True, slots=True)
class Row:
    """One frame of one method.

    Parameters
    ----------
    infant, path, method : str
    level : float
        0…1 between the ends.
    ssim, delta_e : float
        To the render, mean over the hull.
    power_8, power_16, power_32 : float
        Mean square on skin, frame / render, in 8–16, 16–32, > 32 cycles/face.
    sharp_8, sharp_16, sharp_32 : float
        The same with sharply cut bands.
    luminance : float
        Mean linear luminance over the frame's own hull, over the interpolation by level of that
        of the two ends, each over its own hull; minus 1.
    truth_luminance : float
        The same of the render.
    landmarks, landmarks_95 : float
        Distance from the render's 68 points, % EOD.
    ghost_<part>, ghost_<part>_95 : float
        How far the two layers lie apart there, % EOD.
    mouth : float
        Visible inside of the mouth, % of the hull; nan where neither end's mouth is open.
    shut : bool
        The render's mouth is shut.
    """

    infant: str
    path: str
    method: str
    level: float
    ssim: float
    delta_e: float
    power_8: float
    power_16: float
    power_32: float
    sharp_8: float
    sharp_16: float
    sharp_32: float
    luminance: float
    truth_luminance: float
    landmarks: float
    landmarks_95: float
    ghost_eyes: float
    ghost_eyes_95: float
    ghost_mouth: float
    ghost_mouth_95: float
    ghost_brows: float
    ghost_brows_95: float
    ghost_rest: float
    ghost_rest_95: float
    mouth: float
    shut: bool

    @property
    def middle(self) -> bool:
        """Of the three middle levels (two, where their number is even)."""
        return abs(self.level - 0.5) < 0.11

    def powers(self, kind: str = "power") -> tuple[float, float, float]:
        """Return the ratios in the three bands."""
        return tuple(getattr(self, f"{kind}_{band}") for band in (8, 16, 32))


@dataclass(frozen=True, slots=True, eq=False)
class _Truth:
    """A render on the canvas, with all that is measured on it once."""

    level: float
    face: Face
    on: Regions
    power: Floats
    sharp: Floats
    expected: float
    luminance: float
    shut: bool


def measure(found: Iterable[Case], methods: Sequence[Method], canvas: str) -> Iterator[Row]:
    """Yield a row for every frame.

    Parameters
    ----------
    found : iterable of Case
    methods : sequence of Method
    canvas : {"truth", "default"}
        The renders' own scale, or morphkit's default canvas (faces 1.6 times as large).
    """
    for case in found:
        on = case.scale() if canvas == "truth" else Canvas()
        truths = _truths(case, on)
        marked = [mouth_only(face) for face in case.ends]
        empty = not any(face.image.any() for face in marked)
        for method in methods:
            morph = method.morph(*case.ends, on)
            marks = None if empty else method.marks(marked[0], marked[1], on)
            for truth in truths:
                yield _row(case, method, morph, marks, truth)


def _truths(case: Case, on: Canvas) -> list[_Truth]:
    ends = [aligned(face, on) for face in case.ends]
    lights = [luminance(f.image, regions(f.landmarks, f.image.shape).hull) for f in ends]
    found = []
    for level, face in case.truth:
        render = aligned(face, on)
        where = regions(render.landmarks, render.image.shape)
        tone = grey(render.image)
        expected = (1 - level) * lights[0] + level * lights[1]
        found.append(
            _Truth(
                level,
                render,
                where,
                power(tone, where.skin, where.face_width),
                sharp_power(tone, where.skin, where.face_width),
                expected,
                luminance(render.image, where.hull) / expected - 1,
                lips_apart(render.landmarks) < CLOSED,
            )
        )
    return found


def _row(case: Case, method: Method, morph: Morph, marks: Morph | None, truth: _Truth) -> Row:
    made = morph(truth.level)
    where, render = truth.on, truth.face
    tone = grey(made.image)
    own = regions(made.landmarks, made.image.shape).hull
    return Row(
        case.infant,
        case.path,
        method.name,
        truth.level,
        ssim(made.image, render.image, where.hull),
        delta_e(made.image, render.image, where.hull),
        *(power(tone, where.skin, where.face_width) / truth.power).tolist(),
        *(sharp_power(tone, where.skin, where.face_width) / truth.sharp).tolist(),
        luminance(made.image, own) / truth.expected - 1,
        truth.luminance,
        *landmark_error(made.landmarks, render.landmarks),
        *_ghost(made, where),
        _mouth(method, marks, truth.level, own),
        truth.shut,
    )


def _ghost(made: Made, where: Regions) -> list[float]:
    found = misalignment(*made.layers(), where)
    return [value for part in PARTS for value in found[part]]


def _mouth(method: Method, marks: Morph | None, level: float, hull: Mask) -> float:
    """Visible inside of the mouth, % of the hull."""
    if marks is None:
        return float("nan")
    seen = mouth_seen(method, marks(level).image) > SEEN
    return float((seen & hull).sum() / hull.sum() * 100)


def write_csv(rows: Sequence[Row], file: Path) -> None:
    """Write one line a frame."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(Row.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {k: f"{v:.5f}" if isinstance(v, float) else v for k, v in asdict(row).items()}
            )


def read_csv(file: Path) -> list[Row]:
    """Read what `write_csv` wrote."""
    words = ("infant", "path", "method")
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Row(
                **{
                    k: v if k in words else v == "True" if k == "shut" else float(v)
                    for k, v in line.items()
                }
            )
            for line in csv.DictReader(lines)
        ]


def back(rows: Sequence[Row]) -> float:
    """Return the largest step of the mouth's visible area against its way from end to end, %.

    0 where the area is monotone in level.  Paths between two shut mouths don't count.
    """
    worst = 0.0
    for key in {(r.infant, r.path) for r in rows if not np.isnan(r.mouth)}:
        areas = [r.mouth for r in sorted(rows, key=lambda r: r.level) if (r.infant, r.path) == key]
        steps = np.diff(areas) * (1 if areas[-1] >= areas[0] else -1)
        worst = max(worst, float(-steps.min(initial=0.0)))
    return worst
