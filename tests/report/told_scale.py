"""Scales as a manifest holds them: one drawn by hand, and those of simulated observers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.psychometric import PsychometricFit, fit
from morphkit.calibrate.scale import IntensityScale, Point, Shown, scale_json
from morphkit.calibrate.simulate import Population, answers, draw_observers
from morphkit.study.table import Stimulus


def by_hand(rows: Sequence[Stimulus] = (), **changes: Any) -> dict[str, Any]:
    """A curve of three levels, ¼ at the middle of its lower half; about the rows' pixels."""
    scale: dict[str, Any] = {
        "morphkit_scale": 1,
        "unit": "p_happy",
        "basis": "two-choice",
        "path": "direct",
        "expressions": ["distressed", "happy"],
        "levels": [-1.0, 0.0, 1.0],
        "intensities": [0.0, 0.5, 1.0],
        "low": [0.0, 0.4, 0.9],
        "high": [0.1, 0.6, 1.0],
        "pse": {"level": 0.0, "low": -0.1, "high": 0.2},
        "jnd": {"level": 0.13, "low": 0.1, "high": 0.16},
        "observer_sd": {"level": 0.16, "low": 0.12, "high": 0.2},
        "points": [
            {"level": -0.5, "value": 0.25, "trials": 100},
            {"level": 0.5, "value": 0.75, "trials": 25},
        ],
        "identities": {},
        "observers": 30,
        "trials": 1200,
        "excluded": [],
        "context": {"population": "mothers", "exposure_ms": 500},
        "pixel_sha256": {row.stimulus_id: row.pixel_sha256 for row in rows} or {"other": "0" * 64},
        "overrides": [],
    }
    return scale | changes


def minimal(**changes: Any) -> dict[str, Any]:
    """The keys of the contract and no others."""
    extra = {"path", "expressions", "low", "high", "points", "overrides"}
    scale = by_hand(context={}, identities={"amy": {"pse": by_hand()["pse"]}}, **changes)
    return {key: value for key, value in scale.items() if key not in extra}


def simulated(rows: Sequence[Stimulus], shifts: dict[str, float]) -> dict[str, Any]:
    """The scale of 24 observers who judged every row three times, infants shifted in their PSE."""
    population = Population(pse=-0.2)
    observers = draw_observers(population, 24, np.random.default_rng(7))
    levels = sorted({row.morph_level for row in rows if row.morph_level is not None})
    each = {
        who: answers(
            replace(observers, pse=observers.pse + shift), levels, 3, np.random.default_rng(number)
        )
        for number, (who, shift) in enumerate(shifts.items())
    }
    first = next(iter(each.values()))
    together = Judgements(
        first.observers,
        first.levels,
        np.sum([one.happy for one in each.values()], axis=0),
        np.sum([one.shown for one in each.values()], axis=0),
    )
    own = {who: fit(one, replicates=40) for who, one in each.items()}
    scale = replace(
        _scale(fit(together, replicates=40)),
        path="direct",
        expressions=("distressed", "happy"),
        identities={who: one.pse for who, one in own.items()},
        own={who: _scale(one) for who, one in own.items()},
        pixel_sha256={row.stimulus_id: row.pixel_sha256 for row in rows},
        stimuli={row.stimulus_id: Shown(row.identity, row.morph_level or 0.0) for row in rows},
    )
    return scale_json(scale)


def _scale(found: PsychometricFit) -> IntensityScale:
    data = found.judgements
    levels = np.linspace(data.levels[0], data.levels[-1], 41)
    value, low, high = found.p_happy(levels).T.tolist()
    shown = data.shown.sum(axis=0)
    shares = data.happy.sum(axis=0) / shown
    return IntensityScale(
        "p_happy",
        "two-choice",
        tuple(levels.tolist()),
        tuple(value),
        tuple(low),
        tuple(high),
        found.pse,
        found.jnd,
        found.observer_sd,
        tuple(
            Point(*one)
            for one in zip(data.levels.tolist(), shares.tolist(), shown.tolist(), strict=True)
        ),
        observers=len(data.observers),
        trials=data.trials,
    )
