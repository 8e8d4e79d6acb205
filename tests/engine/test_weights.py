"""Shape, colour and texture with weights of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapes import CANVAS, Drawn
from skimage.color import deltaE_ciede2000, rgb2lab

from morphkit.engine.align import Canvas
from morphkit.engine.luminance import luminance
from morphkit.engine.morph import combine
from morphkit.engine.stage import Look
from morphkit.engine.texture import bands
from morphkit.errors import GeometryError
from morphkit.faces.face import Face
from morphkit.files import read_face

SMALL = Canvas(192, 240, 64.0)


@pytest.fixture(scope="module")
def infant(shared: Path) -> list[Face]:
    folder = shared / "synthetic_infants" / "infant01"
    return [read_face(folder / f"{e}.png", folder / f"{e}.json") for e in ("neutral", "distressed")]


def mean_lab(image: np.ndarray, background: int = 128) -> np.ndarray:
    shown = (image != background).any(axis=2)
    return rgb2lab(image)[shown].mean(axis=0)


def test_shape_alone_leaves_the_colour(infant: list[Face]) -> None:
    base = combine(infant, [1, 0], canvas=SMALL)
    for w in (0.5, 1.0):
        moved = combine(infant, [1, 0], shape=[1 - w, w], canvas=SMALL)
        assert deltaE_ciede2000(mean_lab(moved.image), mean_lab(base.image)) <= 1
        assert np.abs(moved.landmarks.points - base.landmarks.points).max() > 2
    both = combine(infant, [0, 1], canvas=SMALL)
    assert deltaE_ciede2000(mean_lab(both.image), mean_lab(base.image)) > 2, "the check can fail"


def test_colour_alone_leaves_the_landmarks(infant: list[Face]) -> None:
    base = combine(infant, [1, 0], canvas=SMALL)
    redder = combine(infant, [1, 0], colour=[0, 1], texture=[0, 1], canvas=SMALL)
    assert np.array_equal(redder.landmarks.points, base.landmarks.points)
    assert mean_lab(redder.image)[1] > mean_lab(base.image)[1] + 2


def test_texture_alone_is_what_is_fine() -> None:
    """A coarse and a fine grating: the colour of one, the detail of the other."""
    x = np.arange(120)
    coarse, fine = (128 + 40 * np.sin(2 * np.pi * x / length) for length in (40, 2.9))
    faces = [
        Face(
            np.repeat(np.tile(row, (120, 1)).round().astype(np.uint8)[..., None], 3, axis=2),
            Drawn().landmarks(),
        )
        for row in (coarse, fine)
    ]
    look = Look(mask="none", refine="off", texture="off", apertures=False)
    out = combine(faces, [1, 0], texture=[0, 1], canvas=CANVAS, look=look).image.astype(int)
    first = combine(faces, [1, 0], canvas=CANVAS, look=look).image.astype(int)
    inside = (slice(20, 100), slice(20, 76))
    detail = [bands(luminance(i * i), 66.0)[0][inside].std() for i in (out, first)]
    assert detail[0] > 5 * detail[1]
    rows = [i[inside].mean(axis=(0, 2)) for i in (out, first)]
    smooth = [np.convolve(row, np.ones(9) / 9, mode="valid") for row in rows]
    assert np.corrcoef(*smooth)[0, 1] > 0.97


@pytest.mark.parametrize("part", ["shape", "colour", "texture"])
@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.0], [0.5, float("nan")]])
def test_each_part_must_sum_to_one(part: str, weights: list[float]) -> None:
    faces = [Drawn(mouth=0.1).face(), Drawn().face()]
    with pytest.raises(GeometryError, match="MK304"):
        combine(faces, [0.5, 0.5], canvas=CANVAS, **{part: weights})
