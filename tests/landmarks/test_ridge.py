"""Ridge regression: recovered maps, and leaving out that leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.landmarks.ridge import PENALTIES, ridge


def simulated(noise: float, count: int = 60):
    rng = np.random.default_rng(5)
    planted = rng.normal(size=(6, 4))
    inputs = rng.normal(size=(count, 6)) + 2
    return planted, inputs, inputs @ planted + 7 + noise * rng.normal(size=(count, 4))


def test_a_planted_map_is_recovered():
    planted, inputs, outputs = simulated(noise=0.05)
    learned = ridge(inputs, outputs, [str(i) for i in range(60)])
    new = np.random.default_rng(6).normal(size=(20, 6)) + 2
    found = np.stack([learned(one) for one in new])
    assert np.abs(found - (new @ planted + 7)).max() < 0.15
    assert learned.penalty <= 1
    assert np.sqrt((learned.left_out**2).mean()) == pytest.approx(0.05, rel=0.2)


def test_nothing_to_learn_is_pulled_to_the_mean():
    rng = np.random.default_rng(7)
    inputs, outputs = rng.normal(size=(40, 6)), rng.normal(size=(40, 4))
    learned = ridge(inputs, outputs, [str(i) for i in range(40)])
    assert learned.penalty > 10
    assert np.abs(learned(inputs[0]) - outputs.mean(axis=0)).max() < 0.8


@pytest.mark.parametrize("groups", [3, 30])
def test_left_out_is_what_learning_without_the_group_misses(groups):
    """The closed form against 30 (or 3) regressions that are really without them."""
    _, inputs, outputs = simulated(noise=0.5, count=30)
    names = [str(i % groups) for i in range(30)]
    learned = ridge(inputs, outputs, names)
    for name in names[:3]:
        out = np.array(names) == name
        rest_in, rest_out = inputs[~out], outputs[~out]
        centre, level = rest_in.mean(axis=0), rest_out.mean(axis=0)
        across = rest_in - centre
        system = across.T @ across + learned.penalty * np.eye(6)
        weights = np.linalg.solve(system, across.T @ (rest_out - level))
        missed = outputs[out] - level - (inputs[out] - centre) @ weights
        assert np.allclose(missed, learned.left_out[out])


def test_copies_of_an_infant_do_not_flatter():
    """Bad input: each row twice. Left out by row, the twin tells the answer; by infant, not."""
    rng = np.random.default_rng(8)
    inputs = np.repeat(rng.normal(size=(20, 30)), 2, axis=0)
    outputs = np.repeat(rng.normal(size=(20, 4)), 2, axis=0)
    by_row = ridge(inputs, outputs, [str(i) for i in range(40)])
    by_infant = ridge(inputs, outputs, [str(i // 2) for i in range(40)])
    assert (by_row.left_out**2).mean() < 0.2 * (by_infant.left_out**2).mean()


def test_a_least_penalty_is_kept():
    _, inputs, outputs = simulated(noise=0.0)
    names = [str(i) for i in range(60)]
    assert ridge(inputs, outputs, names).penalty == PENALTIES[0]
    assert ridge(inputs, outputs, names, least=0.5).penalty >= 0.5
