"""A continuum looked at frame by frame: from pictures and landmarks to a `Series` of numbers.

Knows no set and no limits.  May import `faces`, `measure` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.measure.distance import BY_PIXEL, Prepared, compare, prepare
from morphkit.measure.metrics import METRICS
from morphkit.measure.outline import outline_errors, shown, width
from morphkit.measure.proportions import shape_statistics
from morphkit.measure.rounding import rounding
from morphkit.measure.sequence import displaced, luminance_map, nearest, off_path
from morphkit.measure.series import Series, Values, places
from morphkit.measure.skin import BoolArray
from morphkit.measure.statistics import Field

SMALLEST = 96
"""Pixels across a face from which on pictures are measured: smaller ones hold no fine detail."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What is known of a continuum before its pictures are looked at; as in `Series`.

    Parameters
    ----------
    identity, continuum, path : str
    ids : tuple of str
    levels : tuple of float
    anchors : tuple of (float, str)
    shapes : tuple of (Landmarks or None)
        Landmarks of each frame on its picture, where they are known.
    """

    identity: str
    continuum: str
    path: str
    ids: tuple[str, ...]
    levels: tuple[float, ...]
    anchors: tuple[tuple[float, str], ...]
    shapes: tuple[Landmarks | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a picture by itself tells; nothing where there is none.

    Parameters
    ----------
    prepared : Prepared or None
        To be compared with its neighbours.
    statistics : mapping of str to float
    map : (h, w) float array or None
        As `luminance_map` gives it.
    outline : uint8 array or None
        The bits of what it shows.
    """

    prepared: Prepared | None = None
    statistics: Mapping[str, float] = field(default_factory=dict)
    map: FloatArray | None = None
    outline: ByteArray | None = None


class Viewer:
    """Looks at pictures that share a region, one by one.

    Parameters
    ----------
    region : (H, W) bool array
        The part of every picture that is measured, as `shown` gives it for one of them.
    skin : (H, W) bool array
        What of it is skin in every frame, as `bare` gives it.
    """

    def __init__(self, region: BoolArray, skin: BoolArray) -> None:
        self.region = region
        self._across = width(region)
        fine = self._across >= SMALLEST
        self._field = Field.of(region, self._across, skin) if fine else None

    def look(self, image: ByteArray | None) -> Look:
        """Look at a picture; None, or one of another size, tells nothing."""
        if image is None or image.shape[:2] != self.region.shape:
            return Look()
        outline = np.packbits(shown(image))
        if self._field is None:
            return Look(outline=outline)
        prepared = prepare(image, self.region)
        light = self._field.light(prepared.light)
        return Look(
            prepared,
            self._field.statistics(light, prepared.colours),
            luminance_map(light, self._field.inside, self._across),
            outline,
        )


class Track:
    """Takes the pictures of a continuum one by one, and tells what was measured.

    Memory holds the picture before, and small maps of all.

    Parameters
    ----------
    strip : Strip
    viewer : Viewer
        Who looked at the pictures.
    """

    def __init__(self, strip: Strip, viewer: Viewer) -> None:
        self._strip, self._shape = strip, viewer.region.shape
        self._bare = Series(
            strip.identity, strip.continuum, strip.path, strip.ids, strip.levels, strip.anchors
        )
        self._smaller = _smaller(self._bare)
        self._rounding = [dict.fromkeys(BY_PIXEL, 1.0) for _ in strip.ids[1:]]
        self._before: Prepared | None = None
        self._looks: list[Mapping[str, float]] = []
        self._steps: list[dict[str, float]] = []
        self._maps: list[FloatArray | None] = []
        self._outlines: list[ByteArray | None] = []

    def add(self, look: Look) -> None:
        """Take the next picture; one that tells nothing leaves a gap."""
        before, now = self._before, look.prepared
        if self._looks:
            k = len(self._steps)
            self._steps.append(compare(before, now) if before and now else {})
            if before and now and k in self._smaller:
                found = {share: rounding(before, now, share) for share in self._smaller[k].values()}
                for other, share in self._smaller[k].items():
                    self._rounding[other] = found[share]
        self._before = now
        self._looks.append(look.statistics)
        self._maps.append(look.map)
        self._outlines.append(look.outline)

    def series(self) -> Series:
        """Return what was measured of the pictures that were taken."""
        strip = self._strip
        shapes = [{} if one is None else shape_statistics(one) for one in strip.shapes]
        looks = [{**a, **b} for a, b in zip(self._looks, shapes, strict=True)]
        statistics = _columns(looks) | self._compared(self._bare.legs())
        steps = _columns(
            [a | b for a, b in zip(_shape_steps(strip.shapes), self._steps, strict=True)],
            METRICS,
        )
        return replace(
            self._bare,
            statistics=statistics,
            steps=steps,
            positions={name: places(values) for name, values in steps.items()},
            rounding={
                name: tuple(one[name] for one in self._rounding)
                for name in (BY_PIXEL if self._smaller else ())
            },
        )

    def _compared(self, legs: Iterable[range]) -> dict[str, Values]:
        """Return the statistics of a frame that its neighbours have a part in."""
        count = len(self._looks)
        found: dict[str, list[float | None]] = {
            "off_path": [None] * count,
            "displaced": [None] * count,
            "nearest": [None] * count,
            "outline": self._outline_errors(),
        }
        maps = [one for one in self._maps if one is not None]
        if len(maps) == count:
            for leg in legs:
                part, levels = [maps[k] for k in leg], [self._strip.levels[k] for k in leg]
                if all(a < b for a, b in pairwise(levels)):
                    found["off_path"][leg.start : leg.stop] = off_path(part, levels)
                    found["displaced"][leg.start : leg.stop] = displaced(part, levels)
            found["nearest"] = nearest(maps)
        return {name: tuple(values) for name, values in found.items() if any(_known(values))}

    def _outline_errors(self) -> list[float | None]:
        shape = self._shape
        size = shape[0] * shape[1]
        # most frames have one and the same outline: it is unpacked once
        packed = [None if one is None else one.tobytes() for one in self._outlines]
        known = {
            one: np.unpackbits(np.frombuffer(one, np.uint8), count=size).reshape(shape).view(bool)
            for one in dict.fromkeys(packed)
            if one is not None
        }
        return outline_errors([None if one is None else known[one] for one in packed])


def _smaller(series: Series) -> dict[int, dict[int, float]]:
    """Return, by the largest step of each leg, its other steps that are smaller by their levels.

    With each goes its share of the largest, in two digits: those tell what rounding does.
    """
    found = {}
    for leg in series.legs():
        rises = {k: abs(series.levels[k + 1] - series.levels[k]) for k in leg[:-1]}
        largest = max(rises, key=rises.__getitem__)
        shares = {k: float(f"{rise / (rises[largest] or 1):.2g}") for k, rise in rises.items()}
        smaller = {k: share for k, share in shares.items() if 0 < share < 1}
        if smaller:
            found[largest] = smaller
    return found


def _known(values: Iterable[float | None]) -> Iterable[bool]:
    return (value is not None for value in values)


def _columns(
    rows: Sequence[Mapping[str, float]], order: Iterable[str] | None = None
) -> dict[str, Values]:
    """Return a mapping of values for rows, as one of names to values for each row."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: tuple(row.get(name) for row in rows)
        for name in (names if order is None else [name for name in order if name in names])
    }


def _shape_steps(shapes: Sequence[Landmarks | None]) -> list[dict[str, float]]:
    """Return the mean displacement of the landmarks from frame to frame, in one eye distance.

    That is the mean of all frames, so that steps add up to the length of the path.
    """
    units = [
        one.outer_eye_distance()
        for one in shapes
        if one is not None and one.scheme.outer_eye_corners is not None
    ]
    unit = sum(units) / len(units) if units else 0.0
    return [
        {"landmark_path": float(np.hypot(*(b.points - a.points).T).mean() / unit)}
        if a is not None and b is not None and a.scheme is b.scheme and unit > 0
        else {}
        for a, b in pairwise(shapes)
    ]
