"""Psychometric fits find the truth of simulated observers, and say what they can't know."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.calibrate.judgements import Judgements, counted
from morphkit.calibrate.psychometric import fit
from morphkit.calibrate.simulate import Observers, Population, answers, draw_observers
from morphkit.errors import CalibrationError

LEVELS = np.linspace(-1, 1, 15)
TRUTH = Population(pse=-0.2, jnd=0.13, observer_sd=0.16, jnd_spread=0.25, lapse=0.02)


def simulated(seed: int, observers: int = 40, truth: Population = TRUTH) -> Judgements:
    random = np.random.default_rng(seed)
    return answers(draw_observers(truth, observers, random), LEVELS, 5, random)


def same(happy: list[int], shown: int = 5, observers: int = 1) -> Judgements:
    counts = np.array([happy] * observers)
    names = tuple(f"o{i}" for i in range(observers))
    return Judgements(names, np.linspace(-1, 1, len(happy)), counts, np.full_like(counts, shown))


def test_the_truth_is_found() -> None:
    fits = [fit(simulated(seed), replicates=2) for seed in range(8)]
    mean = {key: np.mean([getattr(one, key).value for one in fits]) for key in ("pse", "jnd")}
    spread = np.mean([one.observer_sd.value for one in fits])
    assert mean["pse"] == pytest.approx(-0.2, abs=0.03)  # 8 × 40 observers of SD 0.16: SE 0.009
    assert mean["jnd"] == pytest.approx(0.13, rel=0.1)
    assert spread == pytest.approx(0.16, rel=0.15)
    assert np.mean([one.lapse for one in fits]) == pytest.approx(0.01, abs=0.01)


def test_another_truth_is_found() -> None:
    steep = Population(pse=0.3, jnd=0.06, observer_sd=0.05, jnd_spread=0.1, lapse=0.1)
    found = fit(simulated(1, truth=steep), replicates=200)
    assert found.pse.value == pytest.approx(0.3, abs=0.03)
    assert found.jnd.value == pytest.approx(0.06, rel=0.25)
    assert found.lapse == pytest.approx(0.05, abs=0.02)
    assert found.pse.low < 0.3 < found.pse.high


def test_intervals_are_of_observers_not_of_trials() -> None:
    data = simulated(2)
    whole, pooled = fit(data, replicates=400), fit(data.pooled())
    assert whole.pse.half > 1.5 * pooled.pse.half
    assert pooled.jnd.value > whole.jnd.value  # a pooled slope is too shallow


def test_more_repetitions_hardly_help() -> None:
    random = np.random.default_rng(3)
    observers = draw_observers(TRUTH, 30, random)
    few, many = (fit(answers(observers, LEVELS, n, random), replicates=400) for n in (5, 50))
    assert many.pse.half > 0.75 * few.pse.half


def test_observers_are_shrunk_towards_the_population_as_far_as_they_are_unsure() -> None:
    data = simulated(4)
    shown = data.shown.copy()
    shown[0] = [0] * 15
    shown[0, [0, 14]] = 1  # two trials say next to nothing
    happy = np.minimum(data.happy, shown)
    found = fit(Judgements(data.observers, data.levels, happy, shown), replicates=50)
    assert found.observers[0].pse.half > 1.5 * found.observers[1].pse.half
    assert found.observers[0].pse.value == pytest.approx(found.pse.value, abs=0.1)
    assert found.observers[0].trials == 2


def test_p_happy_is_the_share_that_the_population_gives() -> None:
    data = simulated(5)
    found = fit(data, replicates=200)
    shares = data.happy.sum(axis=0) / data.shown.sum(axis=0)
    curve = found.p_happy(data.levels)
    assert np.abs(curve[:, 0] - shares).max() < 0.06
    assert ((curve[:, 1] <= curve[:, 0]) & (curve[:, 0] <= curve[:, 2])).all()
    for wanted in (0.25, 0.5, 0.75):
        level = found.level_of(wanted)
        assert found.p_happy([level.value])[0, 0] == pytest.approx(wanted, abs=1e-3)
        assert level.low < level.value < level.high


def test_nothing_is_extrapolated() -> None:
    with pytest.raises(CalibrationError, match="MK469") as error:
        fit(simulated(6), replicates=20).level_of(0.001)
    assert error.value.findings[0].measured == 0.001


def test_the_same_seed_gives_the_same_numbers() -> None:
    data = simulated(7)
    first, second = fit(data, replicates=100, seed=4), fit(data, replicates=100, seed=4)
    assert first.pse == second.pse and first.jnd == second.jnd
    assert first.pse != fit(data, replicates=100, seed=5).pse


@pytest.mark.parametrize("shape", ["normal", "weibull"])
def test_other_shapes_find_their_own_truth(shape: str) -> None:
    truth = Population(pse=0.1, jnd=0.15, observer_sd=0.1, jnd_spread=0.2, lapse=0.02, shape=shape)
    found = fit(simulated(8, truth=truth), shape=shape, replicates=50)
    assert found.pse.value == pytest.approx(0.1, abs=0.05)
    assert found.jnd.value == pytest.approx(0.15, rel=0.2)


def test_free_asymptotes_find_a_bias_of_guessing() -> None:
    """Observers who, when they don't look, always say happy."""
    random = np.random.default_rng(9)
    drawn = draw_observers(Population(lapse=0.0, pse=0.0), 40, random)
    share = 0.2 + 0.8 * drawn.p_happy(LEVELS)
    happy = random.binomial(5, share)
    data = Judgements(tuple(map(str, range(40))), LEVELS, happy, np.full(happy.shape, 5))
    equal, free = (fit(data, asymptotes=kind, replicates=20) for kind in ("equal", "free"))
    assert abs(free.pse.value) < 0.08
    assert equal.pse.value < free.pse.value - 0.03


def test_overdispersed_answers_are_trusted_less() -> None:
    random = np.random.default_rng(10)
    share = Observers(np.zeros(1), np.full(1, 0.2), np.zeros(1)).p_happy(LEVELS)[0]
    precision = 1 / 0.35**2 - 1
    moody = random.beta(share * precision, (1 - share) * precision)
    happy = random.binomial(20, moody)[None]
    data = Judgements(("a",), LEVELS, happy, np.full(happy.shape, 20))
    plain, wide = (fit(data, overdispersed=flag, replicates=400) for flag in (False, True))
    assert wide.pse.half > 1.3 * plain.pse.half


def test_separable_answers_leave_the_jnd_open_and_say_so() -> None:
    found = fit(same([0, 0, 0, 0, 0, 5, 5, 5, 5], observers=5), replicates=50)
    assert -0.3 < found.pse.low < 0.0 < 0.25 < found.pse.high < 0.5
    assert found.jnd.high > 1.5 * found.jnd.value
    assert any("0 level(s)" in doubt for doubt in found.doubts)


def test_flat_answers_say_that_they_mean_little() -> None:
    found = fit(same([2] * 9, observers=3), replicates=50)
    assert any("hardly depend" in doubt for doubt in found.doubts)
    assert found.pse.half > 0.5


def test_one_observer_is_one_observer() -> None:
    found = fit(same([0, 0, 1, 2, 4, 5, 5]))
    assert found.doubts[0].startswith("One observer")
    assert found.pse.low < found.pse.value < found.pse.high


def test_exchanged_answers_are_refused() -> None:
    data = simulated(11)
    turned = Judgements(data.observers, data.levels, data.shown - data.happy, data.shown)
    with pytest.raises(CalibrationError, match="MK467"):
        fit(turned)


def test_one_level_is_refused() -> None:
    with pytest.raises(CalibrationError, match="MK468"):
        fit(same([3]))


@pytest.mark.parametrize(
    ("happy", "shown", "levels", "said"),
    [
        ([[6]], [[5]], [0.0], "more responses"),
        ([[1, 2]], [[5, 5]], [0.5, 0.0], "must rise"),
        ([[1, 2]], [[5, 5]], [0.0, np.nan], "finite"),
        ([[0, 0]], [[0, 0]], [0.0, 1.0], "no response"),
        ([[1]], [[5]], [0.0, 1.0], "1 × 2"),
    ],
)
def test_counts_that_do_not_fit_together(
    happy: list[list[int]], shown: list[list[int]], levels: list[float], said: str
) -> None:
    with pytest.raises(CalibrationError, match=said):
        Judgements(("a",), np.array(levels), np.array(happy), np.array(shown))


def test_trials_are_counted_by_observer_and_level() -> None:
    data = counted(["b", "a", "a", "a"], [1.0, 0.0, 1.0, 1.0], [True, False, True, False])
    assert data.observers == ("a", "b")
    assert data.levels.tolist() == [0.0, 1.0]
    assert data.happy.tolist() == [[0, 1], [0, 1]]
    assert data.shown.tolist() == [[1, 2], [0, 1]]
    assert data.only([1]).observers == ("b",) and data.trials == 4


def test_one_observers_own_curve_is_not_flattened_by_others() -> None:
    data = simulated(12).pooled()
    found = fit(data)
    share = data.happy[0] / data.shown[0]
    off = np.abs(found.p_happy(data.levels)[:, 0] - share)
    assert off.mean() < 0.02 and off.max() < 0.1


def test_many_answers_of_one_observer_are_resolved() -> None:
    """5,000 a level: the standard error of the PSE is 0.0018 level units."""
    truth = Observers(np.array([0.123]), np.array([0.13]), np.zeros(1))
    found = fit(answers(truth, LEVELS.tolist(), 5000, np.random.default_rng(13)))
    assert found.pse.half == pytest.approx(1.96 * 0.00184, rel=0.1)
    assert found.pse.value == pytest.approx(0.123, abs=0.005)


def test_the_interval_of_the_observers_spread_is_skewed() -> None:
    """Twenty observers known exactly: that of a chi-square with 19 degrees of freedom."""
    random = np.random.default_rng(14)
    found = fit(answers(draw_observers(TRUTH, 20, random), LEVELS.tolist(), 100, random))
    low, high = (getattr(found.observer_sd, e) / found.observer_sd.value for e in ("low", "high"))
    assert low == pytest.approx(0.76, abs=0.08)
    assert high == pytest.approx(1.46, abs=0.25)
