"""Errors of predictors: values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.faces.comparison import compare
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.landmarks.accuracy import Trial, summary, worst
from morphkit.landmarks.card import error

LAYOUT = scheme("ibug68")


def trial(identity: str, expression: str, jaw: float, mouth: float) -> Trial:
    """A face 200 px between its outer eye corners, whose jaw and mouth are missed by so many px."""
    points = np.random.default_rng(3).uniform(0, 500, (68, 2))
    points[36], points[45] = (100, 200), (300, 200)
    said = points.copy()
    said[list(LAYOUT.group("jaw")), 1] += jaw
    said[list(LAYOUT.group("mouth")), 0] -= mouth
    truth = Landmarks(LAYOUT, points)
    return Trial(identity, expression, compare(truth, Landmarks(LAYOUT, said)))


TRIALS = [
    trial("a", "happy", 4.0, 2.0),  # jaw 2 %, mouth 1 %
    trial("a", "distressed", 0.0, 8.0),  # mouth 4 %
    trial("b", "happy", 8.0, 0.0),  # jaw 4 %
    Trial("b", "distressed", None),
]


def test_means_over_photos_by_region_and_expression() -> None:
    found = summary(TRIALS)
    assert (found["images"], found["not_found"]) == (3, 1)
    regions = found["regions"]
    assert regions["jaw"] == {"mean": 2.0, "worst": 4.0}
    assert regions["mouth"] == {"mean": pytest.approx(5 / 3, abs=5e-4), "worst": 4.0}
    assert regions["nose"] == {"mean": 0.0, "worst": 0.0}
    # 20 of the 51 inner points are the mouth's; 17 of 68 the jaw's
    assert regions["inner"]["worst"] == round(4 * 20 / 51, 3)
    assert regions["inner"]["mean"] == round(5 / 3 * 20 / 51, 3)
    assert regions["all"]["worst"] == round(max(4 * 20, 2 * 17 + 20, 4 * 17) / 68, 3)
    happy, distressed = found["expressions"]["happy"], found["expressions"]["distressed"]
    assert (happy["images"], happy["not_found"], happy["jaw"]) == (2, 0, 3.0)
    assert happy["inner"] == round(0.5 * 20 / 51, 3)
    assert (distressed["images"], distressed["not_found"]) == (1, 1)
    assert distressed["inner"] == round(4 * 20 / 51, 3)


def test_the_worst_photo_is_that_of_the_inner_face() -> None:
    assert worst(TRIALS) == (1, pytest.approx(4 * 20 / 51))
    assert worst(TRIALS[3:]) is None


def test_nothing_found_is_told_and_nothing_invented() -> None:
    found = summary(TRIALS[3:])
    assert (found["images"], found["not_found"], found["regions"]) == (0, 1, {})
    assert found["expressions"] == {"distressed": {"images": 0, "not_found": 1}}


def test_a_card_says_how_infants_were_left_out() -> None:
    assert error([], 0) is None
    assert error(TRIALS, 2)["left_out"] == "one infant at a time"
    many = [trial(f"i{n}", "happy", 1.0, 1.0) for n in range(7)]
    found = error(many, 5)
    assert (found["left_out"], found["folds"], found["infants"]) == ("groups of infants", 5, 7)
