"""How well calibration recovers the truth of simulated observers: every cell, beside what must be.

A study is drawn by a seed of its own, so that tables don't depend on who ran which.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import calibration_cells, calibration_plans, calibration_scales, calibration_time
from benchmarks.calibration_cells import REPLICATES
from benchmarks.calibration_runs import Cell, Runs, studies_of

KEPT = Path(tempfile.gettempdir()) / "morphkit-calibration-study"

QUICK = 4
"""Studies a cell that only show that everything runs."""


def parts(
    studies: int, keep: Path = KEPT, processes: int = 2, quick: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield each table by the name of its place in a page, as soon as it is there."""
    runs = Runs(keep, studies, processes)
    only = slice(0, 1) if quick else slice(None)
    scales = calibration_scales
    asked = f"Intervals from {REPLICATES} resamplings of the observers."

    cells = calibration_cells.cells()[only]
    found = runs.found(cells)
    yield "calibration-fit", f"{calibration_cells.table(cells, found)}\n\n{asked}"
    for name, make, shown in (
        ("shift", scales.shift_cells, scales.shift_table),
        ("scaling", scales.scale_cells, scales.scale_table),
        ("pick", scales.pick_cells, scales.pick_table),
    ):
        of = make()[only]
        yield f"calibration-{name}", f"{shown(of, runs.found(of))}\n\n{_many(of, studies)}"
    twice = calibration_plans.cells()[only]
    shifts = list(zip(twice, runs.found(twice), strict=True))
    table = calibration_plans.table(list(zip(cells, found, strict=True)), shifts)
    yield "calibration-plan", f"{table}\n\n{_many(twice, studies)} Of single fits as above."
    yield "calibration-time", calibration_time.table(quick)


def _many(cells: list[Cell], studies: int) -> str:
    counts = [f"{studies_of(cell, studies)}" for cell in cells]
    same = len(set(counts)) == 1
    return f"Studies a cell: {counts[0] if same else ', '.join(counts)}."


def run(
    put: Callable[[str, str, Path | None], int],
    studies: int,
    page: Path | None,
    quick: bool = False,
) -> int:
    """Measure everything, putting each table into the page when it is there."""
    keep = KEPT / "quick" if quick else KEPT
    for name, text in parts(QUICK if quick else studies, keep, 1 if quick else 2, quick):
        put(name, text, page)
    return 0
