"""Photos for training that nobody has taken: a face's picture bent towards another's shape.

Knows pictures and points; reads and writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from morphkit.faces.face import Landmarks
from morphkit.landmarks.crops import (
    BOX,
    SIDE,
    Jitter,
    Rule,
    apply,
    crop,
    inverse,
    jittered,
    view,
)

CANDIDATES = 14
"""Of so many other faces, the one whose eyes and mouth are as open is the one to bend to."""

UNTURNED = np.array([[1.0, 0, 0], [0, 1.0, 0]])
STEP = 16
"""The bending is computed at every so many pixels, and linear between them."""

RIM = np.array(
    [(x, y) for x in (-40, 80, 160, 240, 360) for y in (-40, 160, 360)]
    + [(x, y) for x in (-40, 360) for y in (60, 260)],
    float,
)
"""Places about a crop that stay where they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture for training: who, in which state, of which kind."""

    kind: str
    person: str
    state: str
    image: np.ndarray
    landmarks: Landmarks


def lessons(
    photos: Sequence[Photo],
    placing: Rule,
    views: Sequence[tuple[Jitter, bool]],
    seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return crops, points and boxes as `trainer.train_model` takes them.

    Parameters
    ----------
    photos : sequence of Photo
    placing : Rule
    views : sequence of (Jitter, bool)
        Each photo is shown once for each, and in the mirror; True: bent to another shape.
    seed : int
    """
    draw = np.random.default_rng(seed)
    places = [placing.by_points(photo.landmarks.points) for photo in photos]
    shapes = [
        apply(inverse(place), photo.landmarks.points)
        for place, photo in zip(places, photos, strict=True)
    ]
    images, points = [], []
    for number, photo in enumerate(photos):
        # mostly the green light that the predictor sees; grey stands for old plates and films
        grey = photo.image[..., 1] if draw.uniform() < 0.75 else photo.image.mean(axis=2)
        grey = np.ascontiguousarray(grey, dtype=np.uint8)
        for jitter, bent in views:
            moved = jittered(UNTURNED, jitter, draw)
            shown = crop(grey, _after(places[number], moved))
            seen = apply(inverse(moved), shapes[number])
            if bent:
                target = _target(number, photos, shapes, draw)
                target = apply(inverse(moved), target)
                shown, seen = _bent(shown, seen, target), target
            if draw.uniform() < 0.5:
                shown = _worse(shown, draw)
            shown = view(shown, UNTURNED)
            face = photo.landmarks.replaced(seen)
            images += [shown, shown[:, ::-1]]
            points += [face.points, face.mirrored(SIDE).points]
    boxes = np.tile(np.array(BOX, float), (len(images), 1))
    return np.stack(images), np.stack(points), boxes


def _after(place: np.ndarray, moved: np.ndarray) -> np.ndarray:
    return (np.vstack([place, [0, 0, 1]]) @ np.vstack([moved, [0, 0, 1]]))[:2]


def _openness(points: np.ndarray) -> np.ndarray:
    """Return how open mouth and eyes are, in distances of the outer eye corners (68 points)."""

    def gap(one: int, other: int) -> float:
        return float(np.hypot(*(points[one] - points[other])))

    eyes = gap(37, 41) + gap(38, 40), gap(43, 47) + gap(44, 46)
    return np.array([gap(62, 66), *eyes]) / gap(36, 45)


def _target(
    number: int, photos: Sequence[Photo], shapes: Sequence[np.ndarray], draw: np.random.Generator
) -> np.ndarray:
    """Return a shape part of the way to that of another person with eyes and mouth as open."""
    own = photos[number]
    others = [
        index
        for index, photo in enumerate(photos)
        if photo.kind == own.kind and photo.person != own.person
    ]
    chosen = draw.choice(others, min(CANDIDATES, len(others)), replace=False)
    unlike = [
        np.abs(_openness(shapes[index]) - _openness(shapes[number])).sum() + draw.uniform(0, 0.03)
        for index in chosen
    ]
    other = own.landmarks.replaced(shapes[chosen[int(np.argmin(unlike))]])
    if draw.uniform() < 0.5:
        other = other.mirrored(SIDE)
    return shapes[number] + draw.uniform(0.2, 0.7) * (other.points - shapes[number])


def _bent(shown: np.ndarray, points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return a crop bent so that its points come to lie on others."""
    knots = np.arange(0, SIDE + 1, STEP, dtype=float)
    grid = np.stack(np.meshgrid(knots, knots), axis=2).reshape(-1, 2)
    source = _spline(np.vstack([target, RIM]), np.vstack([points, RIM]), grid)
    source = source.reshape(len(knots), len(knots), 2)
    xs, ys = _between(source[..., 0]), _between(source[..., 1])
    xs, ys = np.clip(xs, 0, SIDE - 1.001), np.clip(ys, 0, SIDE - 1.001)
    x, y = xs.astype(int), ys.astype(int)
    fx, fy, flat = xs - x, ys - y, shown.astype(float)
    upper = flat[y, x] * (1 - fx) + flat[y, x + 1] * fx
    lower = flat[y + 1, x] * (1 - fx) + flat[y + 1, x + 1] * fx
    return np.rint(upper * (1 - fy) + lower * fy).astype(np.uint8)


def _spline(knots: np.ndarray, values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return a lightly smoothed thin-plate spline at some places."""

    def kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        square = ((one[:, None] - other[None]) ** 2).sum(axis=2)
        return square * np.log(np.maximum(square, 1e-9)) / 1e3

    def plane(at: np.ndarray) -> np.ndarray:
        return np.column_stack([np.ones(len(at)), at / 100])

    count = len(knots)
    left = np.zeros((count + 3, count + 3))
    left[:count, :count] = kernel(knots, knots) + np.eye(count)
    left[:count, count:], left[count:, :count] = plane(knots), plane(knots).T
    weights = np.linalg.solve(left, np.vstack([values - knots, np.zeros((3, 2))]))
    return places + kernel(places, knots) @ weights[:count] + plane(places) @ weights[count:]


def _between(knots: np.ndarray) -> np.ndarray:
    place = np.arange(SIDE) / STEP
    low = place.astype(int)
    share = place - low
    rows = knots[low] * (1 - share)[:, None] + knots[low + 1] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, low + 1] * share


def _worse(shown: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return a crop as a worse camera, print or light would have it."""
    picture = Image.fromarray(shown)
    if draw.uniform() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(draw.uniform(0.5, 3)))
    if draw.uniform() < 0.2:  # few pixels, as a small or half-tone print has
        few = int(draw.integers(70, 200))
        small = picture.resize((few, few), Image.Resampling.BOX)
        picture = small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    if draw.uniform() < 0.2:
        squeezed = io.BytesIO()
        picture.save(squeezed, "JPEG", quality=int(draw.integers(15, 70)))
        picture = Image.open(squeezed)
    tones = np.asarray(picture, np.float64) / 255
    if draw.uniform() < 0.5:
        tones = tones ** np.exp(draw.normal(0, 0.35))
    if draw.uniform() < 0.5:
        tones = (tones - 0.5) * np.exp(draw.normal(0, 0.25)) + 0.5 + draw.normal(0, 0.06)
    if draw.uniform() < 0.3:
        tones = tones + draw.normal(0, draw.uniform(0.01, 0.06), tones.shape)
    return np.rint(np.clip(tones, 0, 1) * 255).astype(np.uint8)
