from __future__ import annotations

import numpy as np
import pytest

from morphkit.calibrate.comparison import share, values
from morphkit.calibrate.scaling import Choices, Task, scale, trial_list
from morphkit.errors import CalibrationError

COUNT = 9
LEVELS = np.linspace(-1, 1, COUNT)
S_SHAPED = 1 / (1 + np.exp(-8 * np.linspace(-0.5, 0.5, COUNT)))
S_SHAPED = (S_SHAPED - S_SHAPED[0]) / (S_SHAPED[-1] - S_SHAPED[0])


def judged(task: Task, seed: int, trials: int = 330, noise: float = 0.2) -> Choices:
    """One observer whose truth is `S_SHAPED`."""
    random = np.random.default_rng(seed)
    shown = trial_list(task, COUNT, trials, seed)
    if task == "quadruples":
        shown = np.sort(shown.reshape(-1, 2, 2), axis=2).reshape(-1, 4)
    place = S_SHAPED[shown]
    size = {
        "triads": lambda p: p[:, 2] - 2 * p[:, 1] + p[:, 0],
        "quadruples": lambda p: p[:, 3] - p[:, 2] - p[:, 1] + p[:, 0],
        "pairs": lambda p: p[:, 1] - p[:, 0],
    }[task](place)
    second = size + random.normal(0, noise, len(size)) > 0
    return Choices(task, LEVELS, shown, second, np.zeros(len(size), dtype=np.int64))


def found(choices: Choices) -> np.ndarray:
    return np.array([one.value for one in scale(choices, replicates=2, simulations=1).values])


@pytest.mark.parametrize("task", ["triads", "quadruples"])
def test_difference_scaling_finds_the_truth(task: Task) -> None:
    errors = [np.sqrt(np.mean((found(judged(task, seed)) - S_SHAPED) ** 2)) for seed in range(10)]
    assert np.mean(errors) <= 0.05


def test_pairs_find_the_truth_in_units_of_their_noise() -> None:
    values = np.mean([found(judged("pairs", seed, 720)) for seed in range(10)], axis=0)
    assert values == pytest.approx(S_SHAPED / 0.2, abs=0.5)


def test_intervals_cover_the_truth() -> None:
    inside = []
    for seed in range(8):
        estimates = scale(judged("triads", seed), replicates=200, simulations=1).values[1:-1]
        truth = S_SHAPED[1:-1]
        inside += [one.low <= v <= one.high for one, v in zip(estimates, truth, strict=True)]
    assert 0.8 <= np.mean(inside) <= 1.0


def test_a_true_model_is_not_blamed_and_a_false_one_is() -> None:
    right = scale(judged("triads", 3), replicates=2, simulations=99)
    assert right.misfit > 0.05 and right.additive is not None and right.additive > 0.05
    random = np.random.default_rng(4)
    shown = trial_list("triads", COUNT, 1500, 4)
    gaps = np.diff(shown, axis=1)
    # an observer who thinks every difference of three steps or more is the same
    most = np.minimum(gaps, 3)
    second = most[:, 1] - most[:, 0] + random.normal(0, 0.5, len(shown)) > 0
    choices = Choices("triads", LEVELS, shown, second, np.zeros(len(shown), dtype=np.int64))
    wrong = scale(choices, replicates=2, simulations=99)
    assert wrong.additive is not None and wrong.additive <= 0.02
    assert any("add up" in doubt for doubt in wrong.doubts)


def test_separable_choices_have_a_finite_answer() -> None:
    values = found(judged("triads", 5, noise=1e-9))
    assert np.isfinite(values).all() and values[-1] == 1.0


def test_exchanged_answers_are_refused() -> None:
    data = judged("quadruples", 6)
    turned = Choices(data.task, data.levels, data.shown, ~data.second, data.observer)
    # the difference of the two differences changes its sign, and with it the whole scale
    with pytest.raises(CalibrationError, match="MK467"):
        scale(turned, replicates=2, simulations=1)


def test_values_by_hand() -> None:
    """Two values, three of four choices for the second: the probit of 3/4."""
    design = np.array([[1.0]] * 400)
    chosen = np.array([1.0] * 300 + [0.0] * 100)
    assert values(design, chosen, np.ones(400))[0] == pytest.approx(0.6745, abs=1e-3)
    logit = values(design, chosen, np.ones(400), link="logit")[0]
    assert logit == pytest.approx(np.log(3), abs=1e-3)
    assert share(np.array([0.6744898]))[0] == pytest.approx(0.75)


@pytest.mark.parametrize(("task", "count"), [("triads", 330), ("quadruples", 100), ("pairs", 50)])
def test_trial_lists_are_balanced_and_seeded(task: Task, count: int) -> None:
    trials = trial_list(task, COUNT, count, 1)
    assert trials.shape == (count, {"triads": 3, "quadruples": 4, "pairs": 2}[task])
    seen = np.bincount(trials.ravel(), minlength=COUNT)
    assert seen.max() - seen.min() <= 2
    sets = [tuple(sorted(row)) for row in trials.tolist()]
    often = [sets.count(one) for one in set(sets)]
    assert max(often) - min(often) <= 1
    assert (trials == trial_list(task, COUNT, count, 1)).all()
    assert (trials != trial_list(task, COUNT, count, 2)).any()


@pytest.mark.parametrize(
    ("task", "row", "said"),
    [
        ("triads", [2, 1, 0], "must rise"),
        ("quadruples", [1, 0, 2, 3], "must rise"),
        ("pairs", [1, 1], "itself"),
        ("triads", [0, 1, 9], "outside"),
        ("triads", [0, 1], "3 levels"),
    ],
)
def test_impossible_trials(task: Task, row: list[int], said: str) -> None:
    shown = np.array([row])
    with pytest.raises(CalibrationError, match=said):
        Choices(task, LEVELS, shown, np.array([True]), np.array([0]))
    with pytest.raises(CalibrationError, match="never shown"):
        Choices("pairs", LEVELS, np.array([[0, 1]]), np.array([True]), np.array([0]))


def test_too_few_levels() -> None:
    with pytest.raises(CalibrationError, match="MK468"):
        trial_list("quadruples", 3, 10, 0)
