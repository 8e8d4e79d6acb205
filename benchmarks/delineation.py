"""How fast a folder is delineated: photos of 1024 by 1024 pixels a second, after start-up."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PIL import Image

from morphkit.delineate import delineate, photos_of
from morphkit.drafting import by_predictor
from morphkit.predictors import predictor

SIDE = 1024

DEMO = Path(__file__).resolve().parents[1] / "raw_faces" / "demo"


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run took.

    Parameters
    ----------
    photos, jobs : int
    seconds, processor_seconds : float
        Per photo, without the start: by the clock, and of all processors together.
    """

    photos: int
    jobs: int
    seconds: float
    processor_seconds: float


def speed(rounds: int, jobs: int = 2) -> Speed:
    """Measure: the demo's infants enlarged, so many times each; the start is what one round takes.

    A run of one round is taken off a run of all: what is left is the cost of photos alone.
    """
    first, last = _run(1, jobs), _run(rounds + 1, jobs)
    photos = last[0] - first[0]
    return Speed(
        photos, jobs, *((b - a) / photos for a, b in zip(first[1:], last[1:], strict=True))
    )


def _run(rounds: int, jobs: int) -> tuple[int, float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for photo in sorted(DEMO.glob("*.png")):
            with Image.open(photo) as image:
                large = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            large.save(folder / f"{photo.stem}_1.jpg", quality=92)
            for number in range(2, rounds + 1):
                shutil.copy(folder / f"{photo.stem}_1.jpg", folder / f"{photo.stem}_{number}.jpg")
        before, started = sum(os.times()[:4]), monotonic()
        names = photos_of(folder)
        delineate(folder, names, by_predictor(predictor()), jobs=jobs)
        return len(names), monotonic() - started, sum(os.times()[:4]) - before


def table(quick: bool = False) -> str:
    """Return the table: photos a second by the clock, and what two free cores would give."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    found = speed(1 if quick else 8)
    row = [
        f"{found.photos} photos, {found.jobs} at a time",
        f"{1 / found.seconds:.1f}",
        f"{1000 * found.processor_seconds:.0f} ms",
        f"{2 / found.processor_seconds:.1f}",
        load,
    ]
    head = ["1024 x 1024", "photos/s", "processor time", "photos/s, two free cores", "load before"]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), row))
