"""Statistics of shapes against values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from portraits import INFANTS, infant

from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.faces.templates import parse_template
from morphkit.measure.proportions import shape_statistics
from morphkit.measure.statistic_names import SHAPE
from tiny_study import DEMO

BABY = ("face_width", "forehead_length", "eye_width", "nose_length", "nose_width", "mouth_width")
HEAD = ("forehead_length", "nose_length")


def drawn(**moved: tuple[float, float]) -> Landmarks:
    """A face of straight lines: eyes 0.3 wide and 1 apart, in units of 100 pixels.

    ``moved``: places by point name, in EOD from the middle of the eyes.
    """
    layout = scheme("ibug68").extended(["forehead1", "forehead2"])
    places = np.zeros((70, 2))
    places[0:17] = [(x, 0.9 - 0.9 * abs(x) / 0.8) for x in np.linspace(-0.8, 0.8, 17)]
    places[17:27] = [(x, -0.25) for x in np.linspace(-0.5, 0.5, 10)]
    places[27:31] = [(0, y) for y in (0.0, 0.1, 0.2, 0.3)]
    places[31:36] = [(x, 0.4) for x in np.linspace(-0.16, 0.16, 5)]
    right = [(-0.5, 0), (-0.4, -0.05), (-0.3, -0.05), (-0.2, 0), (-0.3, 0.05), (-0.4, 0.05)]
    places[36:42] = right
    left = [(0.2, 0), (0.3, -0.1), (0.4, -0.1), (0.5, 0), (0.4, 0.1), (0.3, 0.1)]
    places[42:48] = left
    places[48:60] = [(0.25 * x, 0.6 + 0.1 * y) for x, y in _ring(12)]
    inner = [(-0.2, 0.6), (-0.1, 0.55), (0, 0.55), (0.1, 0.55), (0.2, 0.6)]
    places[60:68] = [*inner, (0.1, 0.65), (0, 0.65), (-0.1, 0.65)]
    places[68:70] = (-0.3, -0.8), (0.3, -0.9)
    for name, place in moved.items():
        places[layout.points.index(name)] = place
    return Landmarks(layout, 100 * places + 300)


def _ring(count: int) -> list[tuple[float, float]]:
    turns = np.pi + 2 * np.pi * np.arange(count) / count
    return [(float(np.cos(t)), float(np.sin(t))) for t in turns]


def test_areas_lengths_and_ratios_by_hand() -> None:
    found = shape_statistics(drawn())
    wanted = {
        "mouth_area": 0.1 * (0.4 + 0.2) / 2,  # two trapezia
        "right_eye_area": 0.1 * (0.3 + 0.1) / 2,
        "left_eye_area": 0.2 * (0.3 + 0.1) / 2,
        "mouth_corner_height": -0.6,
        "mouth_corner_spread": 0.5,
        "brow_height": 0.25,
        "face_width": 1.6,
        "forehead_length": 0.9 / 0.9,
        "eye_width": 0.3 / 1.6,
        "nose_length": 0.4 / 1.8,
        "nose_width": 0.32 / 1.6,
        "mouth_width": 0.5 / 1.6,
    }
    assert found == pytest.approx(wanted)
    assert found.keys() == {one.name for one in SHAPE}


def test_a_smile_raises_and_spreads_the_corners() -> None:
    rest = shape_statistics(drawn())
    smile = shape_statistics(drawn(ibug49=(-0.35, 0.5), ibug55=(0.35, 0.54)))
    assert smile["mouth_corner_height"] - rest["mouth_corner_height"] == pytest.approx(0.08)
    assert smile["mouth_corner_spread"] == pytest.approx(np.hypot(0.7, 0.04))
    assert smile["mouth_width"] > rest["mouth_width"]
    assert smile["mouth_area"] == rest["mouth_area"]


@pytest.mark.parametrize("identity", INFANTS)
def test_expressions_of_the_demo(identity: str) -> None:
    distressed, neutral, happy = (
        shape_statistics(infant(identity, name).landmarks)
        for name in ("distressed", "neutral", "happy")
    )
    heights = [one["mouth_corner_height"] for one in (distressed, neutral, happy)]
    assert heights == sorted(heights)
    assert happy["mouth_corner_spread"] > neutral["mouth_corner_spread"] + 0.05
    assert neutral["mouth_area"] < 0.01 and distressed["mouth_area"] > 0.05
    assert distressed["right_eye_area"] < neutral["right_eye_area"]


def test_brows_are_measured_from_the_eyes() -> None:
    names = [f"ibug{n}" for n in range(18, 23)]
    raised = {name: (x, -0.35) for name, x in zip(names, np.linspace(-0.5, -0.1, 5), strict=True)}
    assert shape_statistics(drawn(**raised))["brow_height"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "size, turn, away", [(1, 0, (40, -70)), (0.3, 0, (0, 0)), (2, 0.4, (9, 9))]
)
def test_size_tilt_and_place_have_no_say(size: float, turn: float, away: tuple[int, int]) -> None:
    face = drawn(ibug49=(-0.35, 0.5))
    c, s = size * np.cos(turn), size * np.sin(turn)
    moved = face.replaced(face.points @ np.array([[c, s], [-s, c]]) + away)
    assert shape_statistics(moved) == pytest.approx(shape_statistics(face))


def test_a_mirror_exchanges_the_eyes() -> None:
    face = infant("infant01", "happy")
    one, other = (shape_statistics(f.landmarks) for f in (face, face.mirrored()))
    assert other["right_eye_area"] == pytest.approx(one["left_eye_area"])
    same = one.keys() - {"right_eye_area", "left_eye_area"}
    assert {name: other[name] for name in same} == pytest.approx({name: one[name] for name in same})


def test_lips_that_touch_enclose_nothing() -> None:
    shut = {f"ibug{n}": (x, 0.6) for n, x in zip((62, 63, 64), (-0.1, 0, 0.1), strict=True)}
    shut |= {f"ibug{n}": (x, 0.6) for n, x in zip((68, 67, 66), (-0.1, 0, 0.1), strict=True)}
    assert shape_statistics(drawn(**shut))["mouth_area"] == pytest.approx(0, abs=1e-12)


def test_without_a_hairline_no_length_of_the_head_is_invented() -> None:
    plain = shape_statistics(infant("infant01", "neutral").landmarks)
    assert not plain.keys() & {*HEAD}
    template = parse_template((DEMO / "infant01_neutral.json").read_bytes(), ".json")
    known = shape_statistics(template.landmarks)
    assert known.keys() - plain.keys() == {*HEAD}
    assert {name: known[name] for name in plain} == pytest.approx(plain)
    assert 0.8 < known["forehead_length"] < 1.2 and 0.05 < known["nose_length"] < 0.3


@pytest.mark.parametrize("name", ["frl189", "baby191", "fpp106", "fpp83"])
def test_every_scheme_gives_what_its_points_tell(name: str) -> None:
    layout = scheme(name)
    places = np.random.default_rng(1).uniform(100, 300, (len(layout.points), 2))
    places[list(layout.outer_eye_corners or ())] = (120, 200), (280, 200)
    top = [i for i, point in enumerate(layout.points) if "head" in point or "hairline" in point]
    places[top] = 200, 20
    found = shape_statistics(Landmarks(layout, places))
    told = {one.name for one in SHAPE} - (set() if name in ("frl189", "baby191") else {*HEAD})
    assert found.keys() == told
    assert all(map(np.isfinite, found.values()))


def test_a_scheme_without_eyes_tells_nothing() -> None:
    assert shape_statistics(Landmarks(free_scheme(["a", "b"]), np.eye(2))) == {}


def test_eyes_on_one_place_tell_nothing() -> None:
    face = drawn(ibug37=(0, 0), ibug46=(0, 0))
    assert shape_statistics(face) == {}


def test_a_face_of_no_width_has_no_ratios() -> None:
    points = drawn().points.copy()
    points[:17, 0] = 300
    found = shape_statistics(drawn().replaced(points))
    assert found["face_width"] == 0 and not found.keys() & {"eye_width", *HEAD, "mouth_width"}
