"""Landmark paths: numbers worked out by hand in the page's unit, and why there is no path."""

from __future__ import annotations

import pytest
from gradient_set import DIRECT, EOD, THROUGH, Maker, face

from morphkit.report.landmark_path import landmark_paths
from morphkit.study.manifest import Anchor, ContinuumEntry


def test_direct_path_by_hand(maker: Maker) -> None:
    # every landmark goes from (0, 0) to (3, 4): 5 px, over levels −1, −½, ½, 1
    paths, gaps = landmark_paths(maker.set(("amy",), (DIRECT,)))
    assert gaps == []
    (path,) = paths
    assert (path.unit, path.unit_px) == ("EOD", EOD)
    assert path.measured == pytest.approx([1.25 / EOD, 2.5 / EOD, 1.25 / EOD])
    assert path.positions == pytest.approx([0, 1.25 / EOD, 3.75 / EOD, 5 / EOD])
    assert path.length == pytest.approx(5 / EOD)


def test_legs_through_neutral_have_their_own_length(maker: Maker) -> None:
    # (0, 0) → (0, 2) is 2 px; (0, 2) → (3, 4) is √13 px
    (path,), _ = landmark_paths(maker.set(("amy",), (THROUGH,)))
    assert path.measured == pytest.approx([2 / EOD, 13**0.5 / EOD])
    assert path.declared == pytest.approx(path.measured)


def test_a_frame_off_its_place_by_hand(maker: Maker) -> None:
    # the second frame shows level −0.4 instead of −0.5: 0.1 of 2, 5 % of the path, too far
    rows = maker.rows("amy", DIRECT, [-1, -0.4, 0.5, 1])
    (path,), _ = landmark_paths(maker.set(("amy",), (DIRECT,), rows=rows))
    assert path.spacing.ratios == pytest.approx([0.6 / 0.5, 0.9 / 1, 1])
    assert path.spacing.offset == pytest.approx(0.05)
    assert path.positions == pytest.approx([0, 1.5 / EOD, 3.75 / EOD, 5 / EOD])
    assert path.declared_positions == pytest.approx([0, 1.25 / EOD, 3.75 / EOD, 5 / EOD])


@pytest.mark.parametrize("name", ["free68", "unknown", ""])
def test_without_eye_corners_the_unit_is_the_pixel(maker: Maker, name: str) -> None:
    (path,), _ = landmark_paths(maker.set(("amy",), (DIRECT,), changes={"landmark_scheme": name}))
    assert (path.unit, path.unit_px) == ("px", 1.0)
    assert path.length == pytest.approx(5)


def test_extra_points_keep_the_unit(maker: Maker) -> None:
    (path,), _ = landmark_paths(
        maker.set(("amy",), (DIRECT,), changes={"landmark_scheme": "ibug68+ext"})
    )
    assert path.unit == "EOD"


def _anchor(expression: str, landmarks: list[tuple[float, float]]) -> Anchor:
    return Anchor(identity="amy", expression=expression, landmarks=landmarks, pixel_sha256="0" * 64)


@pytest.mark.parametrize(
    "anchors, reason",
    [
        ([_anchor("happy", face(0, 0))], "no landmarks of distressed"),
        ([_anchor("happy", []), _anchor("distressed", [])], "different numbers"),
        ([_anchor("happy", face(0, 0)[:9]), _anchor("distressed", face(0, 0))], "different"),
        ([_anchor("happy", face(1, 1)), _anchor("distressed", face(1, 1))], "one and the same"),
    ],
)
def test_what_cannot_be_measured_says_why(maker: Maker, anchors: list[Anchor], reason: str) -> None:
    made = maker.set(("amy",), (DIRECT,), changes={"anchors": anchors})
    paths, gaps = landmark_paths(made)
    assert paths == []
    assert len(gaps) == 1
    assert reason in gaps[0]


@pytest.mark.parametrize(
    "entry, reason",
    [
        (DIRECT.model_copy(update={"name": "other"}), "doesn't declare"),
        (DIRECT.model_copy(update={"levels": [-1.0, 1.0]}), "4 frames, but 2 levels"),
        (DIRECT.model_copy(update={"expressions": ["happy"]}), "1 expressions"),
    ],
)
def test_undeclared_continua_say_why(maker: Maker, entry: ContinuumEntry, reason: str) -> None:
    made = maker.set(("amy",), (entry,), rows=maker.rows("amy", DIRECT))
    paths, gaps = landmark_paths(made)
    assert paths == []
    assert reason in gaps[0]


def test_one_frame_has_no_step(maker: Maker) -> None:
    entry = DIRECT.model_copy(update={"levels": [0.0]})
    _, gaps = landmark_paths(maker.set(("amy",), (entry,)))
    assert "one frame" in gaps[0]
