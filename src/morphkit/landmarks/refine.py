"""Draft landmarks moved to the edges that their photo shows, by a little.

Each eye and the mouth move as a whole first, and then the landmarks on their lines, each across
its line; what the photo doesn't show stays.  Where lids and lips are is said by `lines`, where
a photo has an edge by `edges`.  May import `errors`, `faces`, `landmarks` without dlib, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.errors import Finding
from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.faces.scheme import Aperture
from morphkit.landmarks.edges import Sighting, Window, sighted, window
from morphkit.landmarks.lines import TRAITS, Line, lines_of, regions, upward

FARTHEST = 0.02
"""No landmark is moved farther, in EOD."""

LEAST_EOD = 40.0
"""Pixels; in smaller faces, what could be gained is less than a pixel."""

WHOLE = 0.006
"""Standard deviation of a region's place in a draft, and across a line, in EOD."""

SCALE = 0.05
"""Standard deviation of a region's size in a draft, as a share of it."""

SINGLE = 0.003
"""Standard deviation of a landmark's place once its region is right, in EOD."""

UNSURE = 0.009
"""Standard deviation of what a whole line says of its region, in EOD."""

LEAST_CLARITY = 0.15
"""Lines that are less clear than this count as not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """What a refinement has done.

    Parameters
    ----------
    moved : (N,) float array
        How far each landmark was moved, in EOD; at most `FARTHEST`.
    clarity : mapping of str to mapping of str to float
        Region → line → how clearly the photo shows it, 0…1; below `LEAST_CLARITY` it was
        left alone.
    findings : tuple of Finding
        Why nothing could be refined, where that is so: MK270, MK271.
    """

    moved: FloatArray
    clarity: dict[str, dict[str, float]]
    findings: tuple[Finding, ...] = ()


def refined(image: ByteArray, landmarks: Landmarks) -> tuple[Landmarks, Refinement]:
    """Move draft landmarks of lids and lips to the edges that a photo shows.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        The upright photo, sRGB.
    landmarks : Landmarks
        A draft; of any scheme.

    Returns
    -------
    Landmarks
        Brows, nose, jaw and all else but eyes and mouth as they were; nothing moved by more
        than 0.02 EOD.
    Refinement
    """
    points = landmarks.points
    found = _unfit(landmarks)
    if found:
        return landmarks, Refinement(np.zeros(len(points)), {}, (found,))
    eod, up = landmarks.outer_eye_distance(), upward(landmarks)
    moved, clarity = points.copy(), {}
    members = regions(landmarks.scheme)
    for aperture in landmarks.scheme.apertures:
        indices = list(members[aperture.name])
        view = window(image, points[indices], eod)
        region = _Region(view, aperture, indices, up)
        moved, clarity[aperture.name] = region.refined(landmarks.replaced(moved))
    way = (moved - points) / eod
    length = np.sqrt((way * way).sum(axis=1))
    kept = np.minimum(1, FARTHEST / np.maximum(length, FARTHEST))
    out = landmarks.replaced(points + (moved - points) * kept[:, None])
    return out, Refinement(length * kept, clarity)


def _unfit(landmarks: Landmarks) -> Finding | None:
    """Say why a template can't be refined."""
    scheme = landmarks.scheme
    if not scheme.apertures or scheme.outer_eye_corners is None:
        return Finding(
            "MK270",
            f"scheme {scheme.name} does not say where lids and lips are: nothing was refined.",
            severity="warning",
            pointer=scheme.name,
            suggestion="Convert the template to a named scheme such as ibug68.",
        )
    eod = landmarks.outer_eye_distance()
    if eod < LEAST_EOD:
        return Finding(
            "MK271",
            f"the outer eye corners are {eod:.3g} px apart: nothing was refined.",
            severity="warning",
            measured=eod,
            limit=LEAST_EOD,
            suggestion="Use a larger photo of this face.",
        )
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Region:
    """An eye or the mouth of a photo."""

    view: Window
    aperture: Aperture
    indices: list[int]
    up: FloatArray

    def refined(self, draft: Landmarks) -> tuple[FloatArray, dict[str, float]]:
        """Return all points with this region's refined, and how clear its lines are."""
        lines = lines_of(self.aperture, draft, self.up, self.view.eod)
        seen = [(line, sighted(self.view, line, TRAITS[line.name], WHOLE)) for line in lines]
        clear = [(line, sight) for line, sight in seen if sight.clarity >= LEAST_CLARITY]
        clarity = {line.name: sight.clarity for line, sight in seen}
        if not clear:
            return draft.points.copy(), clarity
        points = self._shifted(draft.points, clear)
        again = lines_of(self.aperture, draft.replaced(points), self.up, self.view.eod)
        for line in again:
            sight = sighted(self.view, line, TRAITS[line.name], SINGLE)
            if sight.clarity >= LEAST_CLARITY:
                self._settle(points, line, sight)
        return points, clarity

    def _shifted(self, points: FloatArray, seen: Sequence[tuple[Line, Sighting]]) -> FloatArray:
        """Move and scale the region as its lines say; what is inside an eye only moves."""
        rim = [i for i in self.indices if i not in self.aperture.inner]
        centre = points[rim].mean(axis=0)
        away = points[rim] - centre
        x, y, size = motion(seen, centre, self.view.eod)
        points = points.copy()
        points[self.indices] += self.view.eod * np.array([x, y])
        points[rim] += away * size
        return points

    def _settle(self, points: FloatArray, line: Line, sight: Sighting) -> None:
        """Move a line's landmarks across it, its ends excepted; `points` change."""
        for chain in line.chains:
            inner = np.linspace(0, len(line.places) - 1, len(chain)).round().astype(int)[1:-1]
            way = self.view.eod * sight.offset[inner, None] * line.inward[inner]
            points[list(chain[1:-1])] += way


def motion(seen: Sequence[tuple[Line, Sighting]], centre: FloatArray, eod: float) -> FloatArray:
    """Return how a region is moved and scaled, by what is seen of its lines.

    Least squares with priors (ridge regression).  A line counts as one measurement, however
    many places it has: its places err together.

    Parameters
    ----------
    seen : sequence of (Line, Sighting)
    centre : (2,) float array
        Of the region, in pixels.
    eod : float
        In pixels.

    Returns
    -------
    (3,) float array
        To the right and down, in EOD; growth as a share.
    """
    normal = np.diag([1 / WHOLE**2, 1 / WHOLE**2, 1 / SCALE**2])
    right = np.zeros(3)
    for line, sight in seen:
        away = ((line.places - centre) / eod * line.inward).sum(axis=1)
        design = np.concatenate([line.inward, away[:, None]], axis=1)
        weight = sight.gain / len(sight.gain) / UNSURE**2
        normal += (weight[:, None, None] * design[:, :, None] * design[:, None]).sum(axis=0)
        right += (weight[:, None] * design * sight.offset[:, None]).sum(axis=0)
    return np.asarray(np.linalg.solve(normal, right))
