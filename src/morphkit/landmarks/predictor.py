"""Predicting landmarks: runs in the landmark process only.

A model is loaded from the very bytes whose hash was checked, and asked in crops that
`landmarks.crops` places: by the detector's box first, then by the points of the look before.
May import dlib, `faces`, `landmarks.crops`, `landmarks.trainer`, NumPy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dlib
import numpy as np

from morphkit.faces.face import ByteArray, FloatArray
from morphkit.faces.scheme import Scheme, scheme
from morphkit.landmarks.crops import (
    BOX,
    REACH,
    SIDE,
    Matrix,
    Rule,
    apply,
    crop,
    similarity,
    view,
)
from morphkit.landmarks.message import Array
from morphkit.landmarks.trainer import rectangle

FOREIGN = {68: "ibug68", 189: "frl189", 191: "baby191"}
"""What scheme a model without a card has, by its number of points."""

LOOKS = 3
"""No face is looked at more often."""

STILL = 0.03
"""A look that moves the crop less than this, in pupil distances, is the last."""

DOUBTFUL = 0.015
"""Looks that disagree more than this, in EOD, may have begun at a wrong tilt: of rendered infants
those that sit have 0.007 to 0.011, lost ones 0.026 and more."""

TURNS = (20.0, -20.0)
"""Degrees by which a doubtful face's tilt is changed to begin again: detectors bear so much."""

FARTHEST = 4 * SIDE
"""A point this far off its crop, in pixels of the crop, comes from no sound model."""

_SHIFTS = np.array([[0, 0], [1, 0.4], [-1, -0.4], [0.4, -1], [-0.4, 1], [0.7, 0.7], [-0.7, -0.7]])
_GROWTHS = (0.0, 0.5, -0.5, 1.0, -1.0, -0.3, 0.3)
BOXES = np.array(
    [
        np.add(BOX, np.tile(5.0 * shift, 2) + 5.0 * growth * np.array([-1, -1, 1, 1]))
        for shift, growth in zip(_SHIFTS, _GROWTHS, strict=True)
    ]
)
"""The boxes from which a crop is looked at: each starts the search a little elsewhere."""


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded predictor.

    Parameters
    ----------
    first, fine : dlib.shape_predictor
        For the first look, and for those after it; the same where the file holds only one.
    layout : Scheme
    placing : Rule or None
        None where it isn't one of ours.
    """

    first: Any
    fine: Any
    layout: Scheme
    placing: Rule | None


_MODELS: dict[str, Model] = {}


def open_model(
    arrays: Sequence[Array], path: str, sha256: str, card: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], tuple[()]]:
    """Load a model; it is called by its hash afterwards.

    Parameters
    ----------
    path, sha256 : str
        The file, and the hash that its bytes must have.
    card : mapping or None
        What ``<stem>.card.json`` says; None for a model that has no card.

    Raises
    ------
    ValueError
        When the bytes are others, are no predictor, or not the one of the card.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - what is hashed is what is loaded
            data = file.read()
    except OSError as error:
        raise ValueError(f"the model file can't be read: {error.strerror}.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("the model file is not the one that was chosen: its hash differs.")
    _MODELS[sha256] = _loaded(data, card)
    layout = _MODELS[sha256].layout
    return {"points": len(layout.points), "scheme": layout.name}, ()


def _loaded(data: bytes, card: Mapping[str, Any] | None) -> Model:
    parts = [len(data)] if card is None else card.get("parts", [len(data)])
    if sum(parts) != len(data) or not 1 <= len(parts) <= 2:
        raise ValueError(f"the model has {len(data)} bytes, its card says {sum(parts)}.")
    fine = _predictor(data[: parts[0]])
    first = _predictor(data[parts[0] :]) if len(parts) > 1 else fine
    blank = np.full((SIDE, SIDE), 128, np.uint8)
    count = len(_asked(fine, blank, BOX))
    if len(_asked(first, blank, BOX)) != count:
        raise ValueError("the two predictors of the model file have different points.")
    if card is None:
        if count not in FOREIGN:
            known = ", ".join(f"{n} ({name})" for n, name in FOREIGN.items())
            raise ValueError(
                f"the model has {count} points and no card that names their scheme; "
                f"without a card it must have {known}."
            )
        return Model(first, fine, scheme(FOREIGN[count]), None)
    layout, box = scheme(card["scheme"]), card["box"]
    placing = Rule(layout.name, np.array(box["reference"], float), tuple(box["detected"]))
    if not count == len(layout.points) == len(placing.reference):
        raise ValueError(
            f"the model has {count} points, its card says {layout.name}: {len(layout.points)}."
        )
    return Model(first, fine, layout, placing)


def _predictor(data: bytes) -> Any:
    predictor = dlib.shape_predictor.__new__(dlib.shape_predictor)
    try:
        predictor.__setstate__((data,))
    except RuntimeError:
        raise ValueError(
            "the model file is damaged, or no shape predictor of dlib. Name a .dat file that "
            "morphkit train has written, or leave --predictor out to use morphkit's."
        ) from None
    return predictor


def predict(
    arrays: Sequence[Array], model: str, box: Sequence[float], tilt: float
) -> tuple[dict[str, Any], list[Array]]:
    """Return the landmarks of a face.

    Parameters
    ----------
    arrays : one (H, W) or (H, W, 3) uint8 array, the photo
    model : str
        Hash of an open model.
    box : (4,) left, top, right, bottom
        Of the detector, in pixels; of a tilted face: same centre and side, not tilted.
    tilt : float
        Degrees by which the line from the infant's right to its left eye runs down.

    Returns
    -------
    values : dict
        ``spread``, the root mean square distance of the looks' points from their mean, in
        distances of the outer eye corners.
    points : (K, 2) float64 array in a list
    """
    known, image = _MODELS[model], arrays[0]
    spread, points = _found(known, image, _first(known, box, tilt))
    if spread > DOUBTFUL:
        others = [_found(known, image, _first(known, box, tilt + turn)) for turn in TURNS]
        spread, points = min([(spread, points), *others], key=lambda found: found[0])
    return {"spread": spread}, [points]


def _found(model: Model, image: ByteArray, matrix: Matrix) -> tuple[float, FloatArray]:
    """Return what the looks come to that begin with a crop: their spread, and the points."""
    for look in range(LOOKS):
        shown = (crop if model.placing is None else view)(image, matrix)
        guesses = _guesses(model, shown, first=not look)
        points = apply(matrix, guesses.mean(axis=0))
        before, matrix = matrix, _next(model, matrix, points)
        if look and _moved(before, matrix) < STILL:
            break
    eye = _eye_distance(model.layout, guesses.mean(axis=0))
    spread = np.sqrt(((guesses - guesses.mean(axis=0)) ** 2).sum(axis=2).mean()) / eye
    return float(spread), points


def _asked(predictor: Any, shown: ByteArray, box: Sequence[float] | Array) -> FloatArray:
    found = predictor(shown, rectangle(box))
    return np.array([(part.x, part.y) for part in found.parts()], np.float64)


def _guesses(model: Model, shown: ByteArray, first: bool = False) -> FloatArray:
    """Return (G, K, 2): what the model says from each of the boxes, also in the mirror."""
    predictor, boxes = (model.first, BOXES[:3]) if first else (model.fine, BOXES)
    guesses = [_asked(predictor, shown, box) for box in boxes]
    if model.layout.mirror is not None:
        flipped = np.ascontiguousarray(shown[:, ::-1])
        for box in boxes:
            seen = _asked(predictor, flipped, box)[list(model.layout.mirror)]
            guesses.append(seen * (-1, 1) + (SIDE - 1, 0))
    if np.abs(np.stack(guesses)).max() > FARTHEST:
        raise ValueError("the model's points lie far off the face: it is damaged.")
    return np.stack(guesses)


def _first(model: Model, box: Sequence[float], tilt: float) -> Matrix:
    if model.placing is not None:
        return model.placing.by_box(box, tilt)
    return _by_detector(np.array(box, float), tilt)


def _by_detector(box: FloatArray, tilt: float) -> Matrix:
    """Return the crop in which the detector's box is where a foreign model is given it."""
    middle, side = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]).mean()
    scale, turn = side / (BOX[2] - BOX[0]), np.radians(tilt)
    along = scale * np.array([np.cos(turn), np.sin(turn)])
    rotation = np.array([[along[0], -along[1]], [along[1], along[0]]])
    centre = np.array([BOX[0] + BOX[2], BOX[1] + BOX[3]]) / 2
    return np.column_stack([rotation, middle - rotation @ centre])


def _next(model: Model, matrix: Matrix, points: FloatArray) -> Matrix:
    """Return where to look next: our models by the whole shape, foreign ones by the eyes' line."""
    if model.placing is not None:
        return model.placing.by_points(points)
    corners = model.layout.outer_eye_corners or (0, 1)
    right, left = points[list(corners)]
    level = np.array([[0.0, 0.0], [np.hypot(*(left - right)), 0.0]])
    scale = np.sqrt(np.linalg.det(matrix[:, :2]))
    turned = similarity(level, np.stack([right, left]))[:, :2] * scale
    centre = matrix[:, :2] @ np.full(2, SIDE / 2) + matrix[:, 2]
    return np.column_stack([turned, centre - turned @ np.full(2, SIDE / 2)])


def _moved(before: Matrix, after: Matrix) -> float:
    """Return how far the crop's rim went, in pupil distances of the mean shape."""
    rim = np.array([[0.0, 0], [SIDE, 0], [0, SIDE], [SIDE, SIDE]])
    far = np.hypot(*(apply(after, rim) - apply(before, rim)).T).max()
    return float(far / np.sqrt(np.linalg.det(after[:, :2])) * REACH / SIDE)


def _eye_distance(layout: Scheme, points: FloatArray) -> float:
    corners = layout.outer_eye_corners
    if corners is None:
        return SIDE / REACH * 1.44
    return max(float(np.hypot(*(points[corners[0]] - points[corners[1]]))), 1e-9)
