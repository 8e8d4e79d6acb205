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
    """A line of a table: its title, and the study that is repeated for it."""

    title: str
    study: Study


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
        key = sha256(f"{_code()} {self.studies} {cell.study!r}".encode()).hexdigest()[:20]
        file = self.keep / f"{key}.json"
        if not file.exists():
            print(f"{cell.title}: {self.studies} studies", file=sys.stderr, flush=True)
            part = file.with_suffix(".part")
            part.write_text(json.dumps(self._run(cell.study)), encoding="utf-8")
            part.replace(file)
        found = json.loads(file.read_text(encoding="utf-8"))
        return {name: np.array(values, dtype=np.float64) for name, values in found.items()}

    def _run(self, study: Study) -> dict[str, list[float]]:
        starts = range(0, self.studies, CHUNK)
        jobs = [(study, start, min(start + CHUNK, self.studies)) for start in starts]
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


def _code() -> str:
    """Return the hash of the code that is judged."""
    folder = Path(calibrate.__file__).parent
    texts = [file.read_bytes() for file in sorted(folder.glob("*.py"))]
    return sha256(b"".join(texts)).hexdigest()
