"""The pictures themselves: pixel hashes, and their order and distances along each leg.

A leg runs from one anchor to the next: one on a direct path and from neutral, two through
neutral.  Pictures are compared by their root mean square difference in linear light (black
0, white 1).  A leg's two ends and two of its frames are in memory at a time.  May import
`errors`, `files`, `engine`, `study` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median

import numpy as np

from morphkit import files
from morphkit.engine.color import WHITE, CodeArray, LightArray, decode_table
from morphkit.errors import Finding, ImageError, SetError
from morphkit.study.entries import ContinuumEntry
from morphkit.study.table import Stimulus
from morphkit.validate.anchors import alone
from morphkit.validate.findings import Evidence
from morphkit.validate.png import NotPng, png_facts
from morphkit.validate.rules import finding
from morphkit.validate.table import declared_series, level

SHARE = 0.25
"""A step below this share of what is typical on its leg is too small."""

MODE = "RGB"


@dataclass(frozen=True, slots=True)
class Leg:
    """The frames between two anchors, by level, and the stimuli that show its two ends."""

    frames: tuple[Stimulus, ...]
    start: Stimulus
    end: Stimulus


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies on its leg: distances to both ends and to the frame before."""

    row: Stimulus
    to_start: float
    to_end: float
    step: float

    @property
    def share(self) -> float:
        """0 at the start, 1 at the end."""
        whole = self.to_start + self.to_end
        return self.to_start / whole if whole > 0 else 0.0


def rms_difference(a: LightArray, b: LightArray) -> float:
    """Return the root mean square difference of two pictures in linear light, 0…1.

    Parameters
    ----------
    a, b : (H, W, 3) int16 array
        Linear light, 0…32767.  Summed in whole numbers, so that it is exact.
    """
    change = np.subtract(a, b, dtype=np.int32)
    total = int(np.multiply(change, change, out=change).sum(dtype=np.int64))
    return sqrt(total / a.size) / WHITE


def check_pixels(evidence: Evidence) -> Iterator[Finding]:
    """MK685: every picture decodes to the pixels that its row gives."""
    for row in evidence.set.stimuli:
        try:
            image = decoded(evidence, row)
        except SetError:
            continue  # can't be read: `checks` has said so
        except ImageError as fault:
            yield from (
                finding("MK151", f"the picture can't be decoded: {f.message}", file=row.image_file)
                for f in fault.findings
            )
            continue
        if image is not None and files.pixel_sha256(image) != row.pixel_sha256:
            yield finding(
                "MK685",
                f"the picture has the pixels {files.pixel_sha256(image)[:16]}…, its row gives "
                f"{row.pixel_sha256[:16]}….",
                file=row.image_file,
            )


def decoded(evidence: Evidence, row: Stimulus) -> CodeArray | None:
    """Return the pixels; None for a file that `checks` has already complained about."""
    if row.image_file not in evidence.listing:
        return None
    data = evidence.set.read(row.image_file)
    try:
        facts = png_facts(data)
    except NotPng:
        return None
    # a header of another size could ask for any amount of memory
    fits = (facts.width, facts.height, facts.mode) == (row.width_px, row.height_px, MODE)
    return files.decode_png(data) if fits else None


def check_pictures(evidence: Evidence) -> Iterator[Finding]:
    """MK454 pictures in the order of the levels, MK455 and MK456 no step too small."""
    ends = {
        (row.identity, alone(row)): row
        for series, _ in declared_series(evidence)
        for row in series
        if alone(row)
    }

    def light(row: Stimulus) -> LightArray | None:
        try:
            image = decoded(evidence, row)
        except (ImageError, SetError):
            return None
        return None if image is None else decode_table("linear")[image]

    for series, entry in declared_series(evidence):
        for leg in legs(series, entry, ends):
            places = _places(leg, light)
            yield from _order_faults(places)
            yield from _small_steps(places, evidence.limits["duplicate_rmse"])


def legs(
    series: Sequence[Stimulus],
    entry: ContinuumEntry,
    ends: Mapping[tuple[str, str], Stimulus],
) -> list[Leg]:
    """Return the legs of a continuum that have at least two frames.

    Parameters
    ----------
    series : sequence of Stimulus
        Its frames, of one identity.
    entry : ContinuumEntry
    ends : mapping of (str, str) to Stimulus
        Identity and expression → a stimulus that shows it alone.  Where there is none, the
        leg's own first or last frame stands for its end.
    """
    bounds = [(-1.0, 0.0), (0.0, 1.0)] if entry.path == "through-neutral" else [(-1.0, 1.0)]
    found = []
    for (low, high), names in zip(bounds, pairwise(entry.expressions), strict=True):
        frames = tuple(row for row in series if low <= level(row) <= high)
        if len(frames) > 1:
            start, end = (ends.get((frames[0].identity, name)) for name in names)
            found.append(Leg(frames, start or frames[0], end or frames[-1]))
    return found


def _places(leg: Leg, light: Callable[[Stimulus], LightArray | None]) -> list[Place]:
    """Look at each picture of a leg once; those that can't be read are left out."""
    start, end = light(leg.start), light(leg.end)
    if start is None or end is None or start.shape != end.shape:
        return []
    places, before = [], None
    for row in leg.frames:
        now = light(row)
        if now is None or now.shape != start.shape:
            continue
        step = 0.0 if before is None else rms_difference(before, now)
        places.append(Place(row, rms_difference(start, now), rms_difference(end, now), step))
        before = now
    return places


def _order_faults(places: Sequence[Place]) -> Iterator[Finding]:
    for a, b in pairwise(places):
        if b.share < a.share:
            yield finding(
                "MK454",
                f"frame {b.row.frame} of {b.row.identity} {b.row.continuum} lies at "
                f"{100 * b.share:.1f} % of its leg, frame {a.row.frame} before it at "
                f"{100 * a.share:.1f} %: the pictures are out of order.",
                file=b.row.image_file,
                measured=b.share,
                limit=a.share,
            )


def _small_steps(places: Sequence[Place], duplicate: float) -> Iterator[Finding]:
    steps = [
        (a.row, b.row, b.step, level(b.row) - level(a.row))
        for a, b in pairwise(places)
        if level(b.row) > level(a.row)
    ]
    typical = median(step / rise for _, _, step, rise in steps) if len(steps) > 1 else 0.0
    for a, b, step, rise in steps:
        if a.pixel_sha256 == b.pixel_sha256:
            continue  # the table itself says so, and has its finding
        called = f"frame {b.frame} of {b.identity} {b.continuum} differs from frame {a.frame} by "
        if step <= duplicate:
            yield finding(
                "MK455",
                f"{called}{step:.3g} (root mean square, white is 1).",
                file=b.image_file,
                measured=step,
                limit=duplicate,
            )
        elif step < SHARE * typical * rise:
            part = step / (typical * rise)
            yield finding(
                "MK456",
                f"{called}{100 * part:.0f} % of a typical step.",
                file=b.image_file,
                measured=part,
                limit=SHARE,
            )
