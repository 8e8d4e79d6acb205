"""Many simulated studies of one kind, kept cell by cell so that a stopped run can go on.

A cell is known by what it simulates, how often, and by the code that it judges: when one of these
changes it is run anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import numpy as np

from morphkit import calibrate

Outcome = Mapping[str, float]
"""What one simulated study found, by name."""

CHUNK = 10


class Study(Protocol):
    """A kind of study; a frozen dataclass, so that its text says what it simulates."""

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate and evaluate one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of a table: its title, the study that is repeated for it, and how often.

    `share` is of the number of studies asked for: a slow cell that nothing is required of has
    fewer.
    """

    title: str
    study: Study
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Runs:
    """How cells are run.

    Parameters
    ----------
    keep : Path
        Folder of what was found before, one JSON file a cell.
    studies : int
        How many of each cell.
    processes : int
    """

    keep: Path
    studies: int
    processes: int = 2

    def found(self, cells: Sequence[Cell]) -> list[dict[str, np.ndarray]]:
        """Return what the studies of each cell found, (studies,) by name."""
        self.keep.mkdir(parents=True, exist_ok=True)
        return [self._cell(cell) for cell in cells]

    def _cell(self, cell: Cell) -> dict[str, np.ndarray]:
        count = studies_of(cell, self.studies)
        file = self.keep / f"{key(cell.study, count)}.json"
        if not file.exists():
            print(f"{cell.title}: {count} studies", file=sys.stderr, flush=True)
            part = file.with_suffix(".part")
            part.write_text(json.dumps(self._run(cell.study, count)), encoding="utf-8")
            part.replace(file)
        found = json.loads(file.read_text(encoding="utf-8"))
        return {name: np.array(values, dtype=np.float64) for name, values in found.items()}

    def _run(self, study: Study, count: int) -> dict[str, list[float]]:
        starts = range(0, count, CHUNK)
        jobs = [(study, start, min(start + CHUNK, count)) for start in starts]
        if self.processes == 1:
            chunks = [_several(job) for job in jobs]
        else:
            # processes share two cores: a library's own threads would only be in the way
            os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            with ProcessPoolExecutor(self.processes, get_context("spawn")) as pool:
                chunks = list(pool.map(_several, jobs))
        outcomes = [outcome for chunk in chunks for outcome in chunk]
        return {name: [float(one[name]) for one in outcomes] for name in outcomes[0]}


def _several(job: tuple[Study, int, int]) -> list[Outcome]:
    """Return outcomes of studies; each has a seed of its own, whoever runs it."""
    study, start, end = job
    seed = int(sha256(repr(study).encode()).hexdigest()[:8], 16)
    return [study.once(np.random.default_rng([seed, number])) for number in range(start, end)]


def studies_of(cell: Cell, asked: int) -> int:
    """Return how many studies a cell has."""
    return max(round(asked * cell.share), 2)


def key(study: Study, count: int) -> str:
    """Return what a cell's file is called."""
    return sha256(f"{_code()} {count} {study!r}".encode()).hexdigest()[:20]


def _code() -> str:
    """Return the hash of the code that is judged; plans are computed anew with each table."""
    folder = Path(calibrate.__file__).parent
    texts = [file.read_bytes() for file in sorted(folder.glob("*.py")) if file.stem != "plan"]
    return sha256(b"".join(texts)).hexdigest()
