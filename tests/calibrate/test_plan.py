from __future__ import annotations

import numpy as np
import pytest

from morphkit.calibrate.plan import Design, outlook, table
from morphkit.calibrate.psychometric import fit
from morphkit.calibrate.simulate import Population, answers, draw_observers
from morphkit.errors import CalibrationError

PILOT = Population(pse=0.06, jnd=0.13, observer_sd=0.16, jnd_spread=0.25, lapse=0.02)
NINE = tuple(np.linspace(-1, 1, 9))


def test_an_interval_is_what_simulated_studies_scatter_by() -> None:
    found = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        data = answers(draw_observers(PILOT, 25, random), NINE, 5, random)
        found.append(fit(data, replicates=2).pse.value)
    promised = outlook(PILOT, Design(25, NINE, 5)).pse_half
    # Student's t for 24 degrees of freedom; the scatter of 40 studies is known within 11 %
    assert promised == pytest.approx(2.064 * np.std(found, ddof=1), rel=0.3)


def test_observers_help_and_repetitions_hardly_do() -> None:
    few, more, longer = (
        outlook(PILOT, Design(count, NINE, repeats)).pse_half
        for count, repeats in ((20, 5), (80, 5), (20, 20))
    )
    assert more < 0.55 * few
    assert longer > 0.8 * few


def test_the_same_observers_twice_tell_more_of_a_shift() -> None:
    one = outlook(PILOT, Design(30, NINE, 5), effect=0.1)
    assert one.shift_half < one.pse_half
    assert one.power is not None and one.power > 0.9
    spread = outlook(PILOT, Design(30, NINE, 5), effect=0.1, change_sd=0.3)
    assert spread.power is not None and spread.power < 0.6
    assert outlook(PILOT, Design(30, NINE, 5)).power is None


def test_power_by_hand() -> None:
    """No effect is found in five of a hundred studies."""
    assert outlook(PILOT, Design(30, NINE, 5), effect=0.0).power == pytest.approx(0.05)


def test_a_table_has_every_design() -> None:
    rows = table(PILOT, [20, 40], [(NINE, 3), (NINE, 6)])
    assert [(row.design.observers, row.design.repeats) for row in rows] == [
        (20, 3),
        (40, 3),
        (20, 6),
        (40, 6),
    ]
    assert rows[0].design.trials == 27


@pytest.mark.parametrize("design", [Design(1, NINE, 5), Design(20, (0.0,), 5), Design(20, NINE, 0)])
def test_impossible_designs(design: Design) -> None:
    with pytest.raises(CalibrationError, match="MK468"):
        outlook(PILOT, design)


def test_an_effect_that_can_not_be_missed_has_a_power_of_one() -> None:
    levels = tuple(np.linspace(-1, 1, 15))
    found = outlook(Population(), Design(60, levels, 5), effect=0.1)
    assert 0.999 < found.power <= 1
    assert outlook(Population(), Design(60, levels, 5), effect=2.0).power == 1
