"""Where crops lie, what they show, and what a predictor is trained on: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.errors import TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.landmarks import crops
from morphkit.landmarks.crops import Jitter, Rule, apply, crop, inverse, similarity

STILL = Jitter(0, 0, 0)


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]):
    turn = np.radians(degrees)
    cos, sin = np.cos(turn), np.sin(turn)
    return scale * points @ np.array([[cos, sin], [-sin, cos]]) + shift


def shape(seed: int) -> Landmarks:
    """68 points: pupils at (100, 100) and (140, 100), the others anywhere below."""
    points = np.random.default_rng(seed).uniform((80, 110), (160, 190), (68, 2))
    for lids, x in (([36, 37, 38, 39, 40, 41], 100), ([42, 43, 44, 45, 46, 47], 140)):
        across = np.array([-8, -3, 3, 8, 3, -3])
        points[lids] = np.stack([x + across, 100 + np.array([0, -4, -4, 0, 4, 4])], axis=1)
    return Landmarks(scheme("ibug68"), points)


def test_similarity_is_the_one_that_was_planted() -> None:
    points = np.random.default_rng(3).normal(0, 10, (9, 2))
    moved = turned(points, 37, 2.5, (4, -7))
    found = similarity(points, moved)
    assert apply(found, points) == pytest.approx(moved)
    assert apply(inverse(found), moved) == pytest.approx(points)
    # x axis goes to 2.5 (cos 37°, sin 37°): y is down, so a positive turn is clockwise
    assert found[:, 0] == pytest.approx([2.5 * 0.79863551, 2.5 * 0.60181502])


def test_a_shape_is_laid_eyes_level_at_the_crop_s_scale() -> None:
    placed = crops.rule([shape(1).replaced(turned(shape(1).points, 30, 3, (50, 60)))])
    right, left = Landmarks(scheme("ibug68"), placed.reference).pupils()
    # a crop is 320 px and 3.2 pupil distances wide; the eyes' middle lies at (160, 120)
    assert right == pytest.approx([110, 120])
    assert left == pytest.approx([210, 120])


def test_the_reference_is_the_mean_whatever_the_pose() -> None:
    shapes = [shape(seed) for seed in range(6)]
    tilted = [
        face.replaced(turned(face.points, 15 * i, 1 + i / 4, (9 * i, -i)))
        for i, face in enumerate(shapes)
    ]
    assert crops.rule(tilted).reference == pytest.approx(crops.rule(shapes).reference, abs=1e-6)


def test_a_scheme_without_pupils_has_no_rule() -> None:
    nameless = Landmarks(free_scheme(["a", "b", "c"]), np.eye(3)[:, :2])
    with pytest.raises(TemplateError, match="pupils"):
        crops.rule([nameless])


def test_a_box_places_the_crop_as_its_rule_says() -> None:
    placed = Rule("ibug68", np.zeros((68, 2)), (0.0, -0.2, 0.5))
    # box of side 40 about (100, 80): eyes' middle 8 px above, pupils 20 px apart;
    # 20 px are 100 px of the crop
    matrix = placed.by_box((80, 60, 120, 100), 0)
    assert apply(matrix, np.array([[110.0, 120], [210, 120]])) == pytest.approx(
        np.array([[90, 72], [110, 72]])
    )
    # tilted by 90°: the infant's left eye is below its right, the eyes to the right of the chin
    matrix = placed.by_box((80, 60, 120, 100), 90)
    assert apply(matrix, np.array([[110.0, 120], [210, 120]])) == pytest.approx(
        np.array([[108, 70], [108, 90]])
    )


@pytest.mark.parametrize("tilt", [0, 25, -40, 90])
def test_a_perfect_detector_s_box_shows_the_pupils_where_they_belong(tilt: float) -> None:
    placed = crops.rule([shape(1)])
    pupils = turned(np.array([[-30.0, 0], [30, 0]]), tilt, 1, (200, 150))
    box, found = placed.box(pupils)
    assert found == pytest.approx(tilt)
    assert box[2] - box[0] == pytest.approx(60 / placed.detected[2])
    assert apply(inverse(placed.by_box(box, found)), pupils) == pytest.approx(
        np.array([[110.0, 120], [210, 120]])
    )


def ramp(height: int, width: int) -> np.ndarray:
    """A picture whose value is x / 4 + y / 8: its samples between pixels are known."""
    y, x = np.mgrid[:height, :width]
    return np.rint(x / 4 + y / 8).astype(np.uint8)


def test_a_crop_samples_where_its_matrix_says() -> None:
    matrix = np.array([[0.5, 0.1, 60.0], [-0.1, 0.5, 70.0]])
    seen = crop(ramp(400, 400), matrix, 100)
    y, x = np.mgrid[:100, :100]
    wanted = (0.5 * x + 0.1 * y + 60) / 4 + (-0.1 * x + 0.5 * y + 70) / 8
    assert np.abs(seen - wanted).max() <= 1.01  # the ramp and the crop are rounded


@pytest.mark.parametrize("step", [2, 3, 5])
def test_a_finer_photo_is_averaged_over_squares_about_the_same_places(step: int) -> None:
    seen = crop(ramp(600, 700), np.array([[step, 0, 40.0], [0, step, 31.0]]), 80)
    y, x = np.mgrid[:80, :80]
    assert np.abs(seen - ((step * x + 40) / 4 + (step * y + 31) / 8)).max() <= 1.01


def test_a_fine_pattern_does_not_alias() -> None:
    board = (np.indices((400, 400)).sum(axis=0) % 2 * 255).astype(np.uint8)
    seen = crop(board, np.array([[4.0, 0, 20.0], [0, 4.0, 20.0]]), 80)
    assert seen.min() >= 127 and seen.max() <= 128
    aliased = board[20:340:4, 20:340:4]  # what picking pixels would give
    assert aliased.min() == aliased.max() == 0


def test_colour_is_the_mean_of_its_channels() -> None:
    photo = np.zeros((9, 9, 3), np.uint8)
    photo[..., 0], photo[..., 1] = 30, 60
    assert (crop(photo, np.array([[1.0, 0, 0], [0, 1.0, 0]]), 8) == 30).all()


def test_beyond_its_edge_a_photo_goes_on() -> None:
    photo = np.array([[10, 200]], np.uint8)
    assert (
        crop(photo, np.array([[1.0, 0, -3.0], [0, 1.0, -2.0]]), 8).tolist()
        == [[10] * 4 + [200] * 4] * 8
    )
    far = crop(photo, np.array([[1.0, 0, 1e5], [0, 1.0, -1e5]]), 4)
    assert (far == 200).all()


def test_lessons_show_each_photo_and_its_mirror_image() -> None:
    face = shape(5)
    photo = ramp(260, 260)
    placed = crops.rule([face])
    images, points, boxes = crops.lessons([(photo, face)], placed, [STILL, STILL], seed=1)
    assert images.shape == (4, crops.SIDE, crops.SIDE) and images.dtype == np.uint8
    assert (images[1] == images[0][:, ::-1]).all()
    assert points[0] == pytest.approx(placed.reference)
    assert points[1] == pytest.approx(face.replaced(points[0]).mirrored(crops.SIDE).points)
    assert (boxes == crops.BOX).all()


def test_jitter_is_as_large_as_it_says_and_comes_from_the_seed() -> None:
    face = shape(5)
    placed = crops.rule([face])
    jitter = Jitter(0.1, 0.05, 6)
    _, points, _ = crops.lessons([(ramp(260, 260), face)], placed, [jitter] * 200, seed=4)
    found = [similarity(placed.reference, seen) for seen in points[::2]]
    turns = [np.degrees(np.arctan2(m[1, 0], m[0, 0])) for m in found]
    sizes = [np.log(np.hypot(m[0, 0], m[1, 0])) for m in found]
    middle = np.array([[(crops.SIDE - 1) / 2] * 2])
    pupil_distance = crops.SIDE / crops.REACH
    # where the crop's middle came to lie, seen from the face: undone before it is measured
    away = [(apply(inverse(m), middle) - middle)[0] / pupil_distance for m in found]
    assert np.std(turns) == pytest.approx(6, rel=0.15)
    assert np.std(sizes) == pytest.approx(0.05, rel=0.15)
    assert np.std(away, axis=0) == pytest.approx([0.1, 0.1], rel=0.15)
    again = crops.lessons([(ramp(260, 260), face)], placed, [jitter] * 3, seed=4)[1]
    assert (again == points[:6]).all()
    other = crops.lessons([(ramp(260, 260), face)], placed, [jitter] * 3, seed=5)[1]
    assert not (other == again).any()
