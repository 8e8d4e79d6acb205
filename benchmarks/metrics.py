"""What is measured on a picture of a face: arrays and landmarks in, numbers out.

All lengths are in % EOD (distance of the outer eye corners) or in face widths (jaw end to
jaw end).  Independent of the engine: nothing here is shared with what is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.draw import polygon2mask
from skimage.metrics import structural_similarity
from skimage.registration import optical_flow_tvl1

from morphkit import Landmarks

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

REC709 = np.array([0.2126, 0.7152, 0.0722])
"""Weights of red, green and blue in luminance (ITU-R BT.709)."""

BANDS = ((8.0, 16.0), (16.0, 32.0), (32.0, np.inf))
"""Cycles per face width."""

MARGIN = 0.05
"""Eyes, brows, nostrils and mouth are dilated by this, in face widths."""

CLOSED = 0.05
"""Lips are shut whose mean distance is below this, in distances of the pupils.

About 2 mm on an infant: template points lie on the edges of the lips, not on where they touch.
"""

PARTS = ("eyes", "mouth", "brows", "rest")


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Where things are on a face: masks of the picture's size, and two lengths in pixels.

    Parameters
    ----------
    hull : mask
        Convex hull of jaw, brows, eyes, nose and mouth: of the 68 points, where a scheme has 68.
    skin : mask
        The hull farther than `MARGIN` from eyes, brows, nostrils and mouth.
    parts : dict of mask
        ``eyes``, ``mouth`` and ``brows`` with that margin, ``rest`` of the hull; without what
        lies inside lips and lids.
    face_width, eod : float
    """

    hull: Mask
    skin: Mask
    parts: dict[str, Mask]
    face_width: float
    eod: float


def regions(face: Landmarks, shape: tuple[int, ...]) -> Regions:
    """Return the regions of a face on a picture of (height, width, …)."""
    points, group = face.points, face.scheme.group
    jaw = group("jaw")
    ends = points[list(jaw)]
    width = float(np.linalg.norm(ends[np.argmax(ends[:, 0])] - ends[np.argmin(ends[:, 0])]))

    def around(*outlines: Sequence[int]) -> Mask:
        """The hulls of some landmarks, and what is near."""
        inside = np.zeros(shape[:2], dtype=bool)
        for outline in outlines:
            inside |= hull_mask(points[list(outline)], shape)
        return np.asarray(ndimage.distance_transform_edt(~inside) <= MARGIN * width)

    eyes, brows = (group("right_eye"), group("left_eye")), (group("right_brow"), group("left_brow"))
    features = (*eyes, *brows, group("nose"), group("mouth"))
    hull = hull_mask(points[[*jaw, *(i for outline in features for i in outline)]], shape)
    parts = {"eyes": around(*eyes), "mouth": around(group("mouth")), "brows": around(*brows)}
    skin = hull & ~np.logical_or.reduce([*parts.values(), around(_nostrils(face))])
    parts["brows"] = parts["brows"] & ~parts["eyes"]
    parts["rest"] = ~np.logical_or.reduce(list(parts.values()))
    seen = hull & ~_insides(face, shape)
    parts = {name: mask & seen for name, mask in parts.items()}
    return Regions(hull, skin, parts, width, face.outer_eye_distance())


def hull_mask(points: Floats, shape: tuple[int, ...]) -> Mask:
    """Return the pixels inside the convex hull of (N, 2) points."""
    corners = points[ConvexHull(points, qhull_options="QJ").vertices]
    return np.asarray(polygon2mask(shape[:2], corners[:, ::-1]))


def _nostrils(face: Landmarks) -> list[int]:
    """The points under the nose: 32 to 36 of iBUG; of other schemes the nose's lower half."""
    nose = face.scheme.group("nose")
    if face.scheme.name.startswith("ibug68"):
        return list(nose[4:])
    low = np.median(face.points[list(nose), 1])
    return [i for i in nose if face.points[i, 1] >= low]


def _insides(face: Landmarks, shape: tuple[int, ...]) -> Mask:
    inside = np.zeros(shape[:2], dtype=bool)
    for aperture in face.scheme.apertures:
        inside |= polygon2mask(shape[:2], ring(face, aperture.name)[:, ::-1])
    return inside


def ring(face: Landmarks, aperture: str) -> Floats:
    """Return the outline of an opening, (N, 2)."""
    one = next(a for a in face.scheme.apertures if a.name == aperture)
    return face.points[[*one.upper, *one.lower[-2:0:-1]]]


def area(outline: Floats) -> float:
    """Return the area of a polygon, (N, 2), in square pixels (shoelace rule)."""
    x, y = outline[:, 0], outline[:, 1]
    return float(abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2)


def lips_apart(face: Landmarks) -> float:
    """Return the mean distance of facing points of the inner lips, in pupil distances."""
    mouth = next(a for a in face.scheme.apertures if a.name == "mouth")
    upper, lower = (face.points[list(chain[1:-1])] for chain in (mouth.upper, mouth.lower))
    one, other = face.pupils()
    return float(np.linalg.norm(upper - lower, axis=1).mean() / np.linalg.norm(one - other))


def grey(image: Picture) -> Floats:
    """Return luma of sRGB codes, 0…1: the luminance-like grey that people look at."""
    return np.asarray(image @ REC709 / 255)


def linear(codes: Floats) -> Floats:
    """Return the light of sRGB values in 0…1 (IEC 61966-2-1)."""
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def luminance(image: Picture, where: Mask) -> float:
    """Return mean linear luminance, 0…1, over a mask."""
    return float((linear(image[where] / 255) @ REC709).mean())


def ssim(image: Picture, truth: Picture, where: Mask) -> float:
    """Return mean structural similarity over a mask.

    Wang et al. 2004, doi 10.1109/TIP.2003.819861: Gaussian window of σ 1.5 px, K₁ .01, K₂ .03,
    on grey rounded to 8 bits.
    """
    one, other = (np.rint(grey(picture) * 255) for picture in (image, truth))
    _, similar = structural_similarity(
        one,
        other,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
        full=True,
    )
    return float(similar[where].mean())


def delta_e(image: Picture, truth: Picture, where: Mask) -> float:
    """Return the mean colour difference ΔE00 over a mask (CIEDE2000, sRGB, D65)."""
    rows = np.flatnonzero(where.any(axis=1))
    cut = slice(rows[0], rows[-1] + 1)
    lab = (rgb2lab(picture[cut]) for picture in (image, truth))
    return float(deltaE_ciede2000(*lab)[where[cut]].mean())


def power(values: Floats, where: Mask, face_width: float) -> Floats:
    """Return the mean square in each of `BANDS` over a mask.

    Differences of Gaussians; each Gaussian has half its power at its band edge, so
    σ = √(ln 2) / (2π f).  These bands are broad and overlap, the lower two with their peak just
    above their upper edge (18 and 36 cycles/face): see `sharp_power`.
    """
    edges = [low for low, _ in BANDS]
    size = np.sqrt(np.log(2)) / (2 * np.pi) * face_width
    smooth = [ndimage.gaussian_filter(values, size / edge) for edge in edges] + [values]
    return np.array([((b - a)[where] ** 2).mean() for a, b in pairwise(smooth)])


def sharp_power(values: Floats, where: Mask, face_width: float) -> Floats:
    """Return the same with bands cut sharply in the Fourier transform: a second opinion."""
    waves = np.fft.fft2(values)
    down, along = (np.fft.fftfreq(side)[:, None] for side in values.shape)
    frequency = np.hypot(down, along.T) * face_width
    bands = [(frequency >= low) & (frequency < high) for low, high in BANDS]
    return np.array([(np.fft.ifft2(waves * b).real[where] ** 2).mean() for b in bands])


def landmark_error(face: Landmarks, truth: Landmarks, count: int = 68) -> tuple[float, float]:
    """Return mean and 95th percentile of the landmarks' distances, % EOD."""
    away = np.linalg.norm(face.points[:count] - truth.points[:count], axis=1)
    away = away / truth.outer_eye_distance() * 100
    return float(away.mean()), float(np.percentile(away, 95))


def misalignment(one: Picture, other: Picture, on: Regions) -> dict[str, tuple[float, float]]:
    """Return the ghost index: by part of the face, mean and 95th percentile in % EOD.

    How far the two layers of a frame still lie apart, by a dense flow that is not ours: TV-L1
    (Zach, Pock and Bischof 2007, doi 10.1007/978-3-540-74936-3_22) of scikit-image, with its
    default parameters, on grey in units of its local contrast.  Where the two have nothing in
    common (a fold that only one has) it finds something all the same: an upper bound.
    """
    rows, columns = (np.flatnonzero(on.hull.any(axis=axis)) for axis in (1, 0))
    around = round(0.1 * on.face_width)
    cut = tuple(slice(max(0, s[0] - around), s[-1] + around) for s in (rows, columns))
    flat = [
        _normalised(grey(layer), on.face_width)[cut].astype(np.float32) for layer in (one, other)
    ]
    down, along = optical_flow_tvl1(*flat)
    length = np.hypot(down, along) / on.eod * 100
    found = {}
    for name, mask in on.parts.items():
        there = length[mask[cut]]
        found[name] = (float(there.mean()), float(np.percentile(there, 95)))
    return found


def _normalised(values: Floats, face_width: float) -> Floats:
    """Detail in units of the local contrast, about 0…1."""
    size = 0.02 * face_width
    detail = values - ndimage.gaussian_filter(values, size)
    contrast = np.sqrt(ndimage.gaussian_filter(detail * detail, size) + 0.01**2)
    return np.asarray(detail / contrast / 4 + 0.5)
