"""The benchmark of refinement measures what it says: by values that a hand can check."""

from __future__ import annotations

import numpy as np
import pytest
from face_of_ellipses import EYES_AND_MOUTH, picture, truth

from benchmarks import refinement


def test_errors_are_in_percent_of_the_eye_distance() -> None:
    """On a blank photo nothing moves: 1.6 px of 160 is 1 %, before and after."""
    points = truth().points.copy()
    points[EYES_AND_MOUTH] += (0, 1.6)
    case = refinement.Case(np.full((300, 300, 3), 90, np.uint8), truth(), "neutral")
    found = refinement.rows("drawn", "moved", [case, case], [truth().replaced(points), None])
    assert {row.part for row in found} == {*refinement.PARTS}
    for row in found:
        assert (row.before, row.after, row.worse) == pytest.approx((1, 1, 0))
        assert row.count == 1


def test_landmarks_made_worse_are_counted() -> None:
    """Truth is said to lie 1.6 px above where the photo shows it: refinement goes away from it."""
    points = truth().points.copy()
    points[EYES_AND_MOUTH] -= (0, 1.6)
    case = refinement.Case(picture(), truth().replaced(points), "neutral")
    found = refinement.rows("drawn", "truth", [case], [truth().replaced(points)])
    assert max(row.after for row in found) > 0.3
    assert max(row.worse for row in found) == 1


def test_simulated_errors_have_the_size_they_are_said_to_have() -> None:
    draws = [np.random.default_rng(i) for i in range(400)]
    none = refinement.erring(truth(), draws[0], 0.0)
    assert none.points == pytest.approx(truth().points)
    middles = [
        refinement.erring(truth(), draw, 1.0).points[48:68].mean(axis=0)
        - truth().points[48:68].mean(axis=0)
        for draw in draws
    ]
    assert np.std(middles, axis=0) == pytest.approx([1.6, 1.6], rel=0.12)


def test_faces_are_parted_by_skin() -> None:
    dark = refinement.Case(picture() // 3, truth(), "neutral")
    light = refinement.Case(picture(), truth(), "happy")
    starts = [truth(), truth()]
    skin = refinement.by_skin("drawn", "truth", [dark, light], starts)
    assert [(row.part, row.count) for row in skin] == [("darker half", 1), ("lighter half", 1)]
    shown = refinement.by_expression("drawn", "truth", [dark, light], starts)
    assert [row.part for row in shown] == ["happy", "neutral"]
