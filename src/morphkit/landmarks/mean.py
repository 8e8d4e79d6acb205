"""Mean templates: of a lab's own templates, and those that come with morphkit.

May import `errors`, `faces` and `engine`, and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from morphkit.engine.align import Canvas, Similarity, align
from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import Landmarks, shared
from morphkit.faces.templates import parse_template

_FOLDER = Path(__file__).parent / "means"

BOX_SIDE = 2.31
"""Side of the face box that the detector finds, in pupil distances."""

BOX_CENTRE = 0.53
"""How far below the pupils its centre lies, in pupil distances."""


def mean_template(templates: Sequence[Landmarks]) -> Landmarks:
    """Return the mean shape of templates of one scheme, on the default canvas.

    Generalised Procrustes analysis (Gower 1975, doi 10.1007/BF02291478): shifted, turned and
    scaled onto each other.  Extra points that not all templates have are left out.

    Raises
    ------
    TemplateError
        MK236 for no templates or several schemes; MK207 for a scheme without pupils.
    GeometryError
        MK301 when the pupils of one coincide.
    """
    faces = shared(templates)
    schemes = sorted({face.scheme.name for face in faces})
    if len({face.scheme for face in faces}) != 1:
        found = "of different schemes: " + ", ".join(schemes) if schemes else "none at all"
        advice = "Give templates of one scheme, or convert them first."
        message = f"a mean needs templates of one scheme; these are {found}."
        raise TemplateError(Finding("MK236", message, suggestion=advice))
    moves = align(faces, Canvas(align="procrustes"))
    shapes = [move(face.points) for move, face in zip(moves, faces, strict=True)]
    mean = faces[0].replaced(np.mean(shapes, axis=0))
    # fitting shrinks: the pupils back on their places
    return mean.replaced(Similarity.from_points(mean.pupils(), Canvas().pupils())(mean.points))


@cache
def stock_means() -> tuple[str, ...]:
    """Return the names of the schemes that morphkit has a mean template of, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))


@cache
def stock_mean(name: str) -> Landmarks:
    """Return morphkit's own mean template of a scheme: an infant's face, on the default canvas.

    Raises
    ------
    TemplateError
        MK236 when there is none of that scheme.
    """
    if name not in stock_means():
        message = f"there is no mean template of {name}."
        advice = f"Take one of {', '.join(stock_means())}; or delineate a few photos by hand first."
        raise TemplateError(Finding("MK236", message, suggestion=advice))
    return parse_template((_FOLDER / f"{name}.json").read_bytes(), ".json").landmarks


def boxed(mean: Landmarks, box: Sequence[float], tilt: float = 0.0) -> Landmarks:
    """Return a mean template placed into the box that a detector found.

    Parameters
    ----------
    mean : Landmarks
        With pupils.
    box : (left, top, right, bottom)
        Of the face, in pixels of the photo.
    tilt : float
        Degrees by which the face is turned clockwise in the photo, about the box's centre.
    """
    left, top, right, bottom = box
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    apart = ((right - left) + (bottom - top)) / 2 / BOX_SIDE
    turn = math.radians(tilt)
    across = np.array([math.cos(turn), math.sin(turn)]) * apart
    down = np.array([-math.sin(turn), math.cos(turn)]) * apart
    middle = centre - BOX_CENTRE * down
    pupils = np.stack([middle - across / 2, middle + across / 2])
    return mean.replaced(Similarity.from_points(mean.pupils(), pupils)(mean.points))
