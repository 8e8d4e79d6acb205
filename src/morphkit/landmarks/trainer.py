"""Training a shape predictor: runs in the landmark process only.

Regression trees in a cascade (Kazemi & Sullivan 2014, doi 10.1109/CVPR.2014.241), as dlib has
them.  May import dlib, NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dlib
import numpy as np

from morphkit.landmarks.message import Array

THREADS = 2
"""Always so many, on every machine: dlib's sums depend on how the crops are shared out."""

FEWEST = 8
"""With fewer crops dlib has been seen to crash."""


def train_model(
    arrays: Sequence[Array], path: str, seed: int, **settings: Any
) -> tuple[dict[str, Any], tuple[()]]:
    """Train a predictor and write it to `path`.

    Parameters
    ----------
    arrays : (N, S, S) uint8 crops, (N, K, 2) points in them, (N, 4) boxes
        As `crops.lessons` returns them.
    path : str
        Where the file goes.
    seed : int
        Equal crops, seeds and settings give equal bytes.
    **settings
        Options of dlib's trainer by their names there.

    Raises
    ------
    ValueError
        When the arrays don't belong together or are too few.
    """
    images, points, boxes = arrays
    _check(images, points, boxes)
    options = dlib.shape_predictor_training_options()
    for name, value in settings.items():
        if not hasattr(options, name):
            raise ValueError(f"the trainer has no option {name!r}.")
        setattr(options, name, value)
    options.random_seed = str(seed)
    options.num_threads = THREADS
    shown = [[_detection(face, box)] for face, box in zip(points, boxes, strict=True)]
    trained = dlib.train_shape_predictor(list(images), shown, options)
    trained.save(path)
    return {"bytes": len(trained.__getstate__()[0])}, ()


def _check(images: Array, points: Array, boxes: Array) -> None:
    count = len(images)
    if images.dtype != np.uint8 or images.ndim != 3:
        raise ValueError(f"crops are (N, S, S) uint8, not {images.shape} {images.dtype}.")
    if points.ndim != 3 or points.shape[::2] != (count, 2) or boxes.shape != (count, 4):
        raise ValueError(f"{count} crops, points {points.shape} and boxes {boxes.shape} differ.")
    if count < FEWEST:
        raise ValueError(f"{count} crops are too few to train a predictor: {FEWEST} at least.")
    if not (np.isfinite(points).all() and np.isfinite(boxes).all()):
        raise ValueError("a point or a box is not finite.")


def _detection(points: Array, box: Array) -> Any:
    parts = [dlib.point(*map(int, point)) for point in np.rint(points)]
    return dlib.full_object_detection(rectangle(box), parts)


def rectangle(box: Sequence[float] | Array) -> Any:
    """Return left, top, right, bottom as dlib's rectangle, whose last pixel belongs to it."""
    left, top, right, bottom = (int(v) for v in np.rint(box))
    return dlib.rectangle(left, top, right, bottom)
