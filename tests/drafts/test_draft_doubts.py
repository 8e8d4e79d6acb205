"""Doubts: each limit from both sides, and a wrong shape among right ones."""

from __future__ import annotations

import numpy as np
import pytest

from little_predictor import STEMS, truth
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.landmarks.detection import Detection
from morphkit.landmarks.doubts import (
    MOST_DEVIATION,
    aperture_doubts,
    detection_doubts,
    deviations,
    shape_doubts,
    spread_doubts,
)


def found(score: float = 1.0, faces: int = 1) -> Detection:
    return Detection((0, 0, 10, 10), score, 0.0, faces, "dlib")


@pytest.mark.parametrize(
    "one, codes",
    [
        (found(0.5), []),
        (found(0.49), ["MK250"]),
        (found(faces=2), ["MK251"]),
        (found(0.1, 3), ["MK250", "MK251"]),
    ],
)
def test_detections(one: Detection, codes: list[str]) -> None:
    assert [doubt.code for doubt in detection_doubts(one)] == codes


def test_spread() -> None:
    assert spread_doubts(0.02) == []
    (doubt,) = spread_doubts(0.03, "a.json")
    assert (doubt.code, doubt.severity, doubt.measured) == ("MK252", "warning", 0.03)
    assert "3.0 %" in doubt.message and doubt.file == "a.json"


def shapes(count: int, seed: int = 1, noise: float = 0.5) -> dict[str, Landmarks]:
    """Shapes that differ by one direction (the mouth opens) and noise, at any place and turn."""
    draw = np.random.default_rng(seed)
    base = truth("infant01_neutral")
    found = {}
    for number in range(count):
        points = base.points + draw.normal(0, noise, base.points.shape)
        points[[55, 56, 57, 58, 59, 65, 66, 67], 1] += draw.normal(20, 8)
        angle, scale = draw.uniform(-0.4, 0.4), draw.uniform(0.5, 2)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        found[f"s{number:02d}"] = base.replaced(points @ turn.T + draw.uniform(0, 500, 2))
    return found


@pytest.mark.parametrize("count", [8, 30, 120])
def test_a_wrong_shape_is_told_from_the_others(count: int) -> None:
    some = shapes(count)
    points = some["s03"].points.copy()
    points[48:] += 0.15 * some["s03"].outer_eye_distance()  # the mouth sits beside itself
    some["s03"] = some["s03"].replaced(points)
    found = deviations(some)
    assert found["s03"] > MOST_DEVIATION
    assert max(found, key=found.__getitem__) == "s03"
    right = [value for name, value in found.items() if name != "s03"]
    assert np.mean(np.array(right) > MOST_DEVIATION) <= 0.125


def test_right_shapes_are_rarely_doubted() -> None:
    found = list(deviations(shapes(200, seed=3)).values())
    assert np.mean(np.array(found) > MOST_DEVIATION) <= 0.02


def test_two_expressions_are_no_outliers() -> None:
    some = shapes(24, seed=5)
    for name in list(some)[::3]:
        points = some[name].points.copy()
        down = points[8] - points[27]
        points[[55, 56, 57, 58, 59, 65, 66, 67]] += 0.2 * down
        some[name] = some[name].replaced(points)
    found = np.array(list(deviations(some).values()))
    assert (found > MOST_DEVIATION).sum() <= 2


def test_few_shapes_say_nothing_and_schemes_are_apart() -> None:
    some = shapes(7)
    assert deviations(some) == {}
    other = {
        f"x{i}": Landmarks(scheme("simple28"), np.random.default_rng(i).random((28, 2)))
        for i in range(3)
    }
    assert deviations(some | other) == {}
    assert {*deviations(shapes(8) | other)} == {*shapes(8)}


def test_shape_doubts_name_the_number() -> None:
    assert shape_doubts(3.0, 9) == []
    (doubt,) = shape_doubts(4.25, 9)
    assert doubt.code == "MK253" and "4.2 standard deviations from the 8 others" in doubt.message


@pytest.mark.parametrize("stem", STEMS)
def test_true_apertures_are_plausible(stem: str) -> None:
    assert aperture_doubts(truth(stem)) == []


@pytest.mark.parametrize(
    "lower, change, word",
    [
        ((65, 66, 67), 1.0, "mouth is open by"),
        ((65, 66, 67), -0.5, "mouth cross by"),
        ((40, 41), 0.5, "right eye is open by"),
    ],
)
def test_apertures_that_gape_or_cross(lower: tuple[int, ...], change: float, word: str) -> None:
    marks = truth("infant01_neutral")
    points = marks.points.copy()
    points[list(lower), 1] += change * marks.outer_eye_distance()
    found = aperture_doubts(marks.replaced(points))
    assert {one.code for one in found} == {"MK254"} and any(word in one.message for one in found)


def test_eyes_that_are_open_unlike() -> None:
    marks = truth("infant01_neutral")
    points = marks.points.copy()
    points[[40, 41]] = points[[38, 37]]  # the right eye shut
    points[[46, 47], 1] += 0.1 * marks.outer_eye_distance()
    found = aperture_doubts(marks.replaced(points))
    assert any("wider open than the other" in one.message for one in found)


def test_a_scheme_without_eyes_has_no_apertures_to_doubt() -> None:
    free = scheme("ibug68")
    from morphkit.faces.scheme import free_scheme

    marks = Landmarks(free_scheme(list(free.points)), truth("infant01_neutral").points)
    assert aperture_doubts(marks) == []


def test_a_shape_without_extent_is_compared_with_none() -> None:
    some = shapes(9)
    point = some["s00"].replaced(np.full((68, 2), 7.0))
    assert {**deviations({"point": point, **some})} == deviations(some)


def test_extra_points_make_another_scheme() -> None:
    def extended(one: Landmarks, *names: str) -> Landmarks:
        points = np.vstack([one.points, one.points[: len(names)] + 9])
        return Landmarks(one.scheme.extended(names), points)

    some = {name: extended(one, "mole") for name, one in shapes(9).items()}
    other = extended(shapes(1)["s00"], "mole", "scar")
    assert deviations({**some, "other": other}) == deviations(some)
    assert len(deviations(some)) == 9
