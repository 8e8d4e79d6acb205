"""The simulation study: what it counts, and that a stopped run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibration_cells import TwoChoice, share_inside
from benchmarks.calibration_plans import Twice
from benchmarks.calibration_runs import Cell, Runs, key
from benchmarks.calibration_scales import perceived, respaced


@dataclass(frozen=True, slots=True)
class Drawn:
    scale: float = 1.0

    def once(self, random: np.random.Generator) -> dict[str, float]:
        return {"value": self.scale * float(random.normal())}


def test_a_study_has_its_own_seed_and_is_kept(tmp_path: Path) -> None:
    few, more = (Runs(tmp_path, n, 1).found([Cell("x", Drawn())])[0]["value"] for n in (5, 25))
    assert few.tolist() == more[:5].tolist()
    assert len(set(more)) == 25
    kept = tmp_path / f"{key(Drawn(), 5)}.json"
    kept.write_text('{"value": [1, 2, 3, 4, 5]}')
    assert Runs(tmp_path, 5, 1).found([Cell("y", Drawn())])[0]["value"].tolist() == [1, 2, 3, 4, 5]
    assert not (tmp_path / f"{key(Drawn(2.0), 5)}.json").exists()


def test_coverage_is_counted() -> None:
    found = {"pse_low": np.array([0.0, 1.0]), "pse_high": np.array([2.0, 2.0])}
    assert share_inside(found, "pse", 0.5) == 0.5


def test_the_truth_spaces_itself_evenly() -> None:
    levels = np.linspace(-1, 1, 2001)
    found = respaced(levels, perceived(levels))
    assert found["steps"] == pytest.approx(0, abs=1e-4)
    assert found["inverse"] < 1e-9
    assert np.isnan(respaced(levels, -perceived(levels))["steps"])


@pytest.mark.parametrize("study", [TwoChoice(6, 7, 4, moods=0.2, replicates=20), Twice(6, 7, 4, 1)])
def test_a_study_says_what_it_found(study: TwoChoice | Twice) -> None:
    first, second = (study.once(np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert all(np.isfinite(value) for value in first.values())
