"""Single observers, as psignifit 4 fits them (`benchmarks/psignifit_oracle.py` made the file)."""

from __future__ import annotations

import json
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.psychometric import fit

MADE = json.loads(Path(__file__).with_name("psignifit.json").read_text(encoding="utf-8"))
TAILS = 2 * log(1 / MADE["width_alpha"] - 1)
"""Scales of a logistic function in what psignifit calls its width."""

RANGE = 2.0


@pytest.mark.parametrize("known", MADE["sets"])
def test_pse_and_width_are_psignifits(known: dict[str, Any]) -> None:
    happy = np.array([known["happy"]])
    shown = np.full_like(happy, known["shown"])
    found = fit(Judgements(("a",), np.array(known["levels"]), happy, shown), replicates=50)
    width = found.jnd.value / log(3) * TAILS
    same = known["binomial"]
    assert abs(found.pse.value - same["threshold"]) <= 0.005 * RANGE
    assert width == pytest.approx(same["width"], rel=0.1)
    # its own default also allows for overdispersion, which ours has to be asked for
    wider = known["mean"]
    assert abs(found.pse.value - wider["threshold"]) <= 0.006 * RANGE
    assert width == pytest.approx(wider["width"], rel=0.15)


def test_there_are_twenty() -> None:
    assert len(MADE["sets"]) == 20
