"""Faces are found where they are: upright, turned, small, several, and none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from little_predictor import photo, truth
from morphkit.landmarks import crops
from morphkit.landmarks.detection import SIDE, detection
from morphkit.landmarks.process import LandmarkProcess


@pytest.fixture(scope="module")
def process() -> Iterator[LandmarkProcess]:
    with LandmarkProcess() as one:
        yield one


def middle(box: tuple[float, ...]) -> np.ndarray:
    return np.array([box[0] + box[2], box[1] + box[3]]) / 2


@pytest.mark.parametrize("state", ["happy", "neutral", "distressed"])
def test_an_infant_is_found_in_the_photos_own_pixels(process: LandmarkProcess, state: str) -> None:
    image, marks = photo(f"infant01_{state}"), truth(f"infant01_{state}")
    assert max(image.shape) > SIDE, "the copy is smaller than the photo"
    found = detection(process, image)
    assert found is not None and found.faces == 1 and abs(found.tilt) < 20
    left, top, right, bottom = found.box
    inner = marks.points[17:]
    assert left < inner[:, 0].min() and inner[:, 0].max() < right
    assert top < inner[27:].min(axis=0)[1] and inner[:, 1].max() < bottom + 20
    assert found.detector.startswith("dlib ")


@pytest.mark.parametrize("tilt", [35.0, -35.0])
def test_a_turned_face_is_found_with_its_tilt(process: LandmarkProcess, tilt: float) -> None:
    image = photo("infant02_neutral")
    upright = detection(process, image)
    assert upright is not None
    angle = np.radians(tilt)  # the face turns clockwise by `tilt`: its right to left line runs down
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = np.full(2, 383.5)
    matrix = np.column_stack([turn, centre - turn @ centre])
    found = detection(process, crops.crop(image, matrix, 768))
    assert found is not None
    assert abs(found.tilt - tilt) < 25
    expected = crops.apply(crops.inverse(matrix), middle(upright.box)[None])[0]
    side = upright.box[2] - upright.box[0]
    assert np.hypot(*(middle(found.box) - expected)) < 0.2 * side


def test_two_faces_are_counted(process: LandmarkProcess) -> None:
    both = np.hstack([photo("infant01_neutral")[::2, ::2], photo("infant02_neutral")[::2, ::2]])
    found = detection(process, both)
    assert found is not None and found.faces == 2


def test_a_small_face_is_found_enlarged(process: LandmarkProcess) -> None:
    small = photo("infant01_neutral")[::10, ::10]  # a face of some 35 pixels
    found = detection(process, np.ascontiguousarray(small))
    assert found is not None and found.box[2] - found.box[0] < 60


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 2), (300, 300, 3)])
def test_where_no_face_is_none_is_found(process: LandmarkProcess, shape: tuple[int, ...]) -> None:
    assert detection(process, np.full(shape, 128, np.uint8)) is None


def test_noise_is_no_sure_face(process: LandmarkProcess) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400), np.uint8)
    found = detection(process, noise)
    assert found is None or found.score < 0.5
