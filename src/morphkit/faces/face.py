"""Landmarks and faces: the values that everything else works on.

A `Landmarks` always has a scheme and the right number of finite points, or it does
not exist; a `Face` is a photo together with its landmarks.  Neither draws, saves or
fetches anything.  May import `errors` and `faces.scheme`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.scheme import Scheme, paired, scheme, scheme_names

FARTHEST = 1e6
"""No landmark lies farther out than this, in pixels."""

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
ByteArray = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The landmarks of one image.

    Parameters
    ----------
    scheme : Scheme
        The layout: names, curves, apertures.
    points : (N, 2) array_like
        Columns x, y in pixels; integer coordinates are pixel centres, the origin is the
        centre of the top-left pixel, y points down.  Copied and made read-only.

    Raises
    ------
    TemplateError
        MK202 when the number of points is not the scheme's, MK203 when a coordinate is
        not finite or beyond a million pixels.
    """

    scheme: Scheme
    points: FloatArray

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        expected = len(self.scheme.points)
        if points.shape != (expected, 2):
            raise TemplateError(
                Finding(
                    "MK202",
                    f"{points.shape[0] if points.ndim else 0} points were given, "
                    f"scheme {self.scheme.name} has {expected}.",
                    measured=float(points.shape[0]) if points.ndim else 0.0,
                    limit=float(expected),
                    suggestion="Use a template of this scheme, or 'morphkit convert' it.",
                )
            )
        bad = np.flatnonzero(~(np.abs(points) <= FARTHEST).all(axis=1))
        if bad.size:
            names = ", ".join(self.scheme.points[i] for i in bad[:5])
            raise TemplateError(
                Finding(
                    "MK203",
                    f"{bad.size} landmark(s) have no finite or no possible coordinates: {names}.",
                    pointer=self.scheme.points[int(bad[0])],
                    suggestion="Place these landmarks again.",
                )
            )
        points.flags.writeable = False
        object.__setattr__(self, "points", points)

    def replaced(self, points: FloatArray) -> Landmarks:
        """Return the same scheme with other coordinates."""
        return Landmarks(self.scheme, points)

    def pupils(self) -> FloatArray:
        """Return the (2, 2) pupil centres: the infant's right eye, then the left.

        Raises
        ------
        TemplateError
            MK207 when the scheme does not say where the pupils are.
        """
        if not self.scheme.right_pupil or not self.scheme.left_pupil:
            raise TemplateError(
                Finding(
                    "MK207",
                    f"scheme {self.scheme.name} does not name the pupils.",
                    suggestion="Convert the template to a named scheme such as ibug68.",
                )
            )
        right = self.points[list(self.scheme.right_pupil)].mean(axis=0)
        left = self.points[list(self.scheme.left_pupil)].mean(axis=0)
        return np.stack([right, left])

    def outer_eye_distance(self) -> float:
        """Return the distance of the outer eye corners in pixels: one EOD.

        Raises
        ------
        TemplateError
            MK207 when the scheme does not say where the outer eye corners are.
        """
        corners = self.scheme.outer_eye_corners
        if corners is None:
            raise TemplateError(
                Finding(
                    "MK207",
                    f"scheme {self.scheme.name} does not name the outer eye corners.",
                    suggestion="Convert the template to a named scheme such as ibug68.",
                )
            )
        delta = self.points[corners[0]] - self.points[corners[1]]
        return float(np.sqrt(delta[0] * delta[0] + delta[1] * delta[1]))

    def mirrored(self, width: int) -> Landmarks:
        """Return the landmarks of the mirrored image, `width` pixels wide.

        Raises
        ------
        TemplateError
            MK208 when the scheme has no mirror map.
        """
        if self.scheme.mirror is None:
            raise TemplateError(Finding("MK208", f"scheme {self.scheme.name} has no mirror map."))
        points = self.points[list(self.scheme.mirror)].copy()
        points[:, 0] = (width - 1) - points[:, 0]
        return Landmarks(self.scheme, points)


def shared(faces: Sequence[Landmarks]) -> list[Landmarks]:
    """Return landmarks with the extra named points that all of them have, and no others.

    Faces of one scheme, or of different ones, are returned as they are.
    """
    bases = {face.scheme.name.removesuffix("+ext") for face in faces}
    if len({face.scheme for face in faces}) < 2 or len(bases) > 1 or not bases <= {*scheme_names()}:
        return list(faces)
    base = scheme(bases.pop())
    extra = [
        name
        for name in faces[0].scheme.points[len(base.points) :]
        if all(name in face.scheme.points for face in faces)
    ]
    return _only(base, extra, faces)


def mirrorable(faces: Sequence[Landmarks]) -> list[Landmarks]:
    """Return landmarks of one scheme without the extra points that have no partner in a mirror."""
    bases = {face.scheme.name.removesuffix("+ext") for face in faces}
    if len({face.scheme for face in faces}) > 1 or not bases <= {*scheme_names()}:
        return list(faces)
    base = scheme(bases.pop())
    return _only(base, paired(faces[0].scheme.points[len(base.points) :]), faces)


def _only(base: Scheme, extra: Sequence[str], faces: Sequence[Landmarks]) -> list[Landmarks]:
    """Return the landmarks of a scheme and some extra ones."""
    common = base.extended(extra)
    return [
        Landmarks(common, face.points[[face.scheme.points.index(name) for name in common.points]])
        for face in faces
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A photo and its landmarks.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        Upright, sRGB-encoded.  Copied where the caller could still change it; read-only.
    landmarks : Landmarks
        In pixels of this image.
    identity, expression : str
        Who, and with which expression; may be empty for faces that are not sources.
    """

    image: ByteArray
    landmarks: Landmarks
    identity: str = ""
    expression: str = ""

    def __post_init__(self) -> None:
        image = np.asarray(self.image)
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise TypeError(f"Face.image must be (H, W, 3) uint8, got {image.shape} {image.dtype}")
        image = image.copy() if image.flags.writeable else image.view()
        image.flags.writeable = False
        object.__setattr__(self, "image", image)

    def named(self, identity: str, expression: str) -> Face:
        """Return the same face under another identity and expression."""
        return replace(self, identity=identity, expression=expression)

    def mirrored(self) -> Face:
        """Return the face as a mirror would show it."""
        return replace(
            self,
            image=np.ascontiguousarray(self.image[:, ::-1]),
            landmarks=self.landmarks.mirrored(self.image.shape[1]),
        )
