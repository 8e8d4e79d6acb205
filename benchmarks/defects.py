"""Defects of graded series, in any strength, and what the gate's own measures say of them.

Series are rendered and measured in memory: of a series in which one frame is changed, that
frame alone is looked at again.  What is judged are the checks of `validate` themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks.cases import face
from benchmarks.inputs import DEMO
from morphkit import Canvas, Continuum, Face, Look
from morphkit.measure.outline import shown
from morphkit.measure.series import Series, expected
from morphkit.measure.skin import bare
from morphkit.study.recipe import LIMITS
from morphkit.validate.confounds import DRIFTS, beside, check_confounds
from morphkit.validate.evenness import GROSS, check_evenness
from morphkit.validate.track import Strip, Track, Viewer

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Relighting = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
Changed = Mapping[int, Picture]
"""Number of a frame, from 0 → what is shown in its place."""

INFANTS = ("infant01", "infant02", "infant03", "infant04")
CANVAS = Canvas(256, 320, 85.0)
PLAIN = Look(refine="off", texture="off")
ENDS = {
    "direct": ("distressed", "happy"),
    "through-neutral": ("distressed", "neutral", "happy"),
    "from-neutral": ("neutral", "happy"),
}
GROUPS = {
    "mouth": ("mouth",),
    "one eye": ("right_eye",),
    "brows": ("right_brow", "left_brow"),
    "all points": (),
}
CODES = ("MK459", "MK526", "MK529", "MK530", "MK532", "MK534")


@dataclass(frozen=True, slots=True)
class Kind:
    """Which series: of whom, on which path, how many frames, made how."""

    infant: str
    path: str
    count: int
    look: Look = field(default_factory=Look)

    def levels(self) -> list[float]:
        """Return its levels, evenly spaced."""
        first = 0.0 if self.path == "from-neutral" else -1.0
        return [float(level) for level in np.linspace(first, 1.0, self.count)]

    def morph(self, group: str = "", pixels: float = 0.0) -> Continuum:
        """Return its continuum; a group of the last photo's landmarks may lie beside the face."""
        faces = [face(DEMO / f"{self.infant}_{name}.png") for name in ENDS[self.path]]
        if group:
            faces[-1] = misplaced(faces[-1], group, pixels)
        levels = (0.0, 1.0) if self.path == "from-neutral" else None
        return Continuum(faces, levels, canvas=CANVAS, look=self.look)


def misplaced(photo: Face, group: str, pixels: float) -> Face:
    """Return a photo whose group of landmarks lies to the side, by pixels of the canvas."""
    marks = photo.landmarks
    right, left = marks.pupils()
    unit = float(np.hypot(*(left - right))) / CANVAS.eye_distance
    members = [i for name in GROUPS[group] for i in marks.scheme.group(name)]
    points = marks.points.copy()
    points[members or slice(None), 0] += pixels * unit
    return Face(photo.image, marks.replaced(points))


class Clean:
    """A series as the engine makes it, measured once."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.levels = kind, kind.levels()
        self.morph = kind.morph()
        made = [self.morph.at(level).face for level in self.levels]
        self.frames = [one.image for one in made]
        self._shapes = [one.landmarks for one in made]
        region = shown(self.frames[0])
        self._viewer = Viewer(region, bare(region, self._shapes))
        self._looks = [self._viewer.look(frame) for frame in self.frames]

    @property
    def width(self) -> int:
        """Pixels across the face."""
        return int(shown(self.frames[0]).any(axis=0).sum())

    def series(self, changed: Changed | None = None) -> Series:
        """Measure the series, with some frames changed."""
        names = tuple(f"{k + 1:03}" for k in range(len(self.levels)))
        inner = {"through-neutral": [names[len(names) // 2]]}.get(self.kind.path, [])
        ends = [names[0], *inner, names[-1]]
        anchors = tuple((self.levels[names.index(name)], name) for name in ends)
        strip = Strip(
            *(self.kind.infant, self.kind.path, self.kind.path, names, tuple(self.levels)),
            *(anchors, tuple(self._shapes)),
        )
        track = Track(strip, self._viewer)
        for k, look in enumerate(self._looks):
            track.add(self._viewer.look(changed[k]) if changed and k in changed else look)
        return track.series()


@cache
def clean(kind: Kind) -> Clean:
    """Return a series, made and measured once."""
    return Clean(kind)


def blamed(series: Series) -> list[tuple[str, str, str]]:
    """Return severity, code and frame (or series) of each finding about what is measured."""
    checks = (check_evenness, check_confounds)
    found = [one for check in checks for one in check([series], LIMITS)]
    return [(one.severity, one.code, one.pointer) for one in found]


def margins(series: Series, k: int) -> dict[str, float]:
    """Return how a frame's measures compare with where each code becomes an error: 1 is there."""
    found = {}
    for code, name, limit in (
        ("MK459", "displaced", "frame_displacement"),
        ("MK532", "off_path", "off_path"),
        ("MK534", "outline", "outline_shift"),
    ):
        value = series.statistics.get(name, (None,) * len(series.ids))[k]
        found[code] = 0.0 if value is None else abs(value) / LIMITS[limit]
    for drift in DRIFTS:
        own = series.statistics[drift.statistic]
        values = {name: v for name, v in zip(series.ids, own, strict=True) if v is not None}
        limit, here = LIMITS[drift.limit], own[k]
        lines = ((beside(series, own)[k], drift.pop), (expected(series, values)[k], GROSS))
        found[drift.code] = max(
            0.0 if here is None or line is None else abs(drift.apart(here, line)) / (limit * times)
            for line, times in lines
        )
    return {code: found[code] for code in CODES}


# ---- defects


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of a frame, or of all frames, and the codes of which one must say so."""

    name: str
    strength: str
    codes: tuple[str, ...]
    make: Callable[[Clean, int], Changed]
    look: Look = field(default_factory=Look)
    paths: tuple[str, ...] = tuple(ENDS)
    everywhere: bool = False


def light_of(image: Picture) -> np.ndarray[Any, Any]:
    """Return linear light of sRGB codes (IEC 61966-2-1)."""
    share = image / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def codes_of(light: np.ndarray[Any, Any], dither: float = 0.0) -> Picture:
    """Return the nearest sRGB codes; dithered, they keep changes finer than a code on average."""
    light = np.clip(light, 0, 1)
    share = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    noise = np.random.default_rng(1).uniform(-dither / 2, dither / 2, light.shape)
    return np.asarray(np.rint(np.clip(255 * share + noise, 0, 255)), dtype=np.uint8)


def relit(image: Picture, change: Relighting, dither: float = 0.0) -> Picture:
    """Change the light of a face, not its background."""
    return np.where(shown(image)[..., None], codes_of(change(light_of(image)), dither), image)


def displaced(series: Clean, k: int, steps: float) -> Changed:
    """Show what lies some steps ahead."""
    low, high = series.levels[k], series.levels[k + 1]
    return {k: series.morph.at(low + steps * (high - low)).face.image}


def blurred(series: Clean, k: int, sigma: float) -> Changed:
    """Blur, as light."""
    return {k: relit(series.frames[k], lambda x: gaussian_filter(x, (sigma, sigma, 0)))}


def ghosted(series: Clean, k: int, pixels: int) -> Changed:
    """Mix a face with itself, moved to the side."""
    return {k: relit(series.frames[k], lambda x: (x + np.roll(x, pixels, 1)) / 2)}


def brighter(series: Clean, k: int, share: float) -> Changed:
    """Give all pixels more light, by less than a code."""
    return {k: relit(series.frames[k], lambda x: (1 + share) * x, dither=1.0)}


@cache
def _misplaced(kind: Kind, group: str, pixels: float) -> Continuum:
    return kind.morph(group, pixels)


def from_a_wrong_template(series: Clean, k: int, group: str, pixels: float) -> Changed:
    """Show a frame made with landmarks of one photo off their place."""
    return {k: _misplaced(series.kind, group, pixels).at(series.levels[k]).face.image}


def mixed(series: Clean, k: int) -> Picture:
    """Mix the ends' codes, as picture programs do."""
    share = k / (len(series.levels) - 1)
    first, last = (image.astype(np.float64) for image in (series.frames[0], series.frames[-1]))
    return np.asarray(np.rint((1 - share) * first + share * last), dtype=np.uint8)


def dissolved(series: Clean, k: int) -> Changed:
    """Dissolve the ends in one frame."""
    return {k: mixed(series, k)}


def all_dissolved(series: Clean, k: int) -> Changed:
    """Dissolve the ends in all frames."""
    return {j: mixed(series, j) for j in range(1, len(series.levels) - 1)}


def shifted(series: Clean, k: int, pixels: int) -> Changed:
    """Move the mask to the side, not the face."""
    image = series.frames[k]
    inside = shown(image)[..., None]
    whole = np.where(inside, image, np.roll(image, pixels, 1))
    return {k: np.where(np.roll(inside, pixels, 1), whole, image[0, 0])}


def defects() -> Iterator[Defect]:
    """Yield every kind of defect in every strength."""

    def some(
        name: str, codes: tuple[str, ...], unit: str, make: Any, strengths: Sequence[float]
    ) -> Iterator[Defect]:
        for one in strengths:
            yield Defect(name, f"{one:g} {unit}", codes, lambda s, k, one=one: make(s, k, one))

    yield from some("another level", ("MK459",), "step", displaced, (0.25, 0.5, 0.75))
    yield from some("blur", ("MK529",), "px (σ)", blurred, (0.3, 0.5, 0.8, 1.2))
    yield from some("double image", ("MK532", "MK530"), "px", ghosted, (2, 3, 4))
    for look, how in ((Look(), "default engine"), (PLAIN, "no flow, no texture")):
        for group in GROUPS:
            yield Defect(
                f"one photo's landmarks, {how}",
                f"{group}, 3 px",
                ("MK532", "MK530"),
                lambda s, k, group=group: from_a_wrong_template(s, k, group, 3.0),
                look,
            )
    flat = ("direct", "from-neutral")
    yield Defect("8-bit dissolve, one frame", "", ("MK529", "MK532"), dissolved, paths=flat)
    yield from some(
        "brighter",
        ("MK526",),
        "%",
        lambda series, k, percent: brighter(series, k, percent / 100),
        (0.5, 1, 2),
    )
    yield from some("mask moved", ("MK534",), "px", shifted, (1, 2))
    yield Defect(
        "8-bit dissolve, all frames", "", ("MK529",), all_dissolved, paths=flat, everywhere=True
    )
