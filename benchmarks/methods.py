"""Ways to make a frame between two photos, all with the same two doors: ours, switch by switch.

A `Method` pins two faces on a canvas and returns a function from level to `Made`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from skimage.draw import polygon2mask

from benchmarks.cases import BARE
from benchmarks.metrics import CLOSED, Floats, Picture, linear, lips_apart, ring
from morphkit import Canvas, Face, Landmarks, Look
from morphkit.engine.cast import Cast
from morphkit.engine.morph import Weights, frame, pinned
from morphkit.engine.stage import Stage


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A frame: its picture, its landmarks, and (when called) the two warped photos in it."""

    image: Picture
    landmarks: Landmarks
    layers: Callable[[], tuple[Picture, Picture]]


Morph = Callable[[float], Made]
Maker = Callable[[Face, Face, Canvas], Morph]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to morph.

    Parameters
    ----------
    name : str
    morph : Maker
    marks : Maker
        The same geometry for photos in which only the inside of the mouth is white.
    linear : bool
        It adds light, not codes.
    """

    name: str
    morph: Maker
    marks: Maker
    linear: bool


def ours(name: str, look: Look) -> Method:
    """Return morphkit with some of its switches on; without mask, so that no edge is hidden."""

    def morph(a: Face, b: Face, canvas: Canvas) -> Morph:
        return _frames(a, b, canvas, look)

    def marks(a: Face, b: Face, canvas: Canvas) -> Morph:
        return _frames(a, b, canvas, replace(look, refine="off", texture="off"))

    return Method(name, morph, marks, linear=True)


def _frames(a: Face, b: Face, canvas: Canvas, look: Look) -> Morph:
    cast, on = pinned([a, b], canvas, look)

    @cache
    def bare() -> tuple[Cast, Stage]:
        return pinned([a, b], canvas, replace(look, apertures=False, texture="off"))

    def at(level: float) -> Made:
        shape = (1 - level, level)

        def layers() -> tuple[Picture, Picture]:
            one, other = (
                frame(bare()[0], Weights(shape, only, only), bare()[1]).image
                for only in ((1.0, 0.0), (0.0, 1.0))
            )
            return one, other

        made = frame(cast, shape, on)
        return Made(made.image, made.landmarks, layers)

    return at


PLAIN = ours("morphkit, all off", BARE)
ALIGNED = ours("apertures, flow", replace(BARE, apertures=True, refine="flow"))
FULL = ours("morphkit", Look(mask="none"))
OURS = (PLAIN, ALIGNED, FULL)


def mouth_only(face: Face) -> Face:
    """Return a black photo in which the inside of an open mouth is white."""
    shape = face.image.shape
    image = np.zeros(shape, dtype=np.uint8)
    if lips_apart(face.landmarks) >= CLOSED:
        image[polygon2mask(shape[:2], ring(face.landmarks, "mouth")[:, ::-1])] = 255
    return Face(image, face.landmarks)


def mouth_seen(method: Method, made: Picture) -> Floats:
    """Return each pixel's share of light that comes from inside a mouth."""
    codes = made[..., 1] / 255
    return linear(codes) if method.linear else codes
