from __future__ import annotations

import numpy as np
import pytest

from morphkit.calibrate.change import pse_shift
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.simulate import Observers, Population, answers, draw_observers
from morphkit.errors import CalibrationError

LEVELS = np.linspace(-1, 1, 9).tolist()


def twice(seed: int, moved: float = -0.15, count: int = 30) -> tuple[Judgements, Judgements]:
    """The same observers, whose PSEs have all moved."""
    random = np.random.default_rng(seed)
    drawn = draw_observers(Population(), count, random)
    later = Observers(drawn.pse + moved, drawn.jnd, drawn.lapse)
    return answers(drawn, LEVELS, 5, random), answers(later, LEVELS, 5, random)


def test_a_shift_is_found_and_the_same_observers_tell_more_of_it() -> None:
    before, after = twice(1)
    paired = pse_shift(before, after, replicates=200)
    others = Judgements(tuple(f"p{i}" for i in range(30)), after.levels, after.happy, after.shown)
    apart = pse_shift(before, others, replicates=200)
    assert paired.value == pytest.approx(-0.15, abs=0.05)
    assert paired.low < -0.15 < paired.high < 0
    assert apart.value == paired.value
    assert apart.half > 1.4 * paired.half


def test_the_order_of_observers_is_nothing() -> None:
    before, after = twice(2)
    turned = after.only(list(range(29, -1, -1)))
    assert pse_shift(before, turned, replicates=50) == pse_shift(before, after, replicates=50)


def test_observers_who_answered_once_are_refused() -> None:
    before, after = twice(3)
    with pytest.raises(CalibrationError, match="MK466"):
        pse_shift(before, after.only(range(20)))
    with pytest.raises(CalibrationError, match="MK466"):
        pse_shift(before.only([0]), after.only([0]))
