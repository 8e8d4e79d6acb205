"""PNG encoders side by side: processor time and size, on what morphkit writes and on photographs.

One thread; every encoder takes its turn in each round, and the median over rounds counts.
Photographs are cropped from the middle, never resampled; portraits on white are the same
crops outside an ellipse; frames are made half-way between two photographs of one person.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks.cases import REAL, pairs
from benchmarks.metrics import Picture
from benchmarks.page import markdown
from morphkit import Canvas, combine
from morphkit.files import encode_png

SIDES = (512, 1024)
ROUNDS = 15
FASTER = 30
LARGER = {"photographs": 0.03, "portraits on white": 0.1, "frames": 0.1}
PILLOW = "Pillow, default"

Encoder = Callable[[Picture], int]
Result = dict[str, tuple[float, int]]
"""By encoder: seconds, bytes."""


def encoders() -> dict[str, Encoder]:
    """Return what encodes here, to the number of bytes."""
    found: dict[str, Encoder] = {PILLOW: _pillow, "morphkit": lambda image: len(encode_png(image))}
    try:
        cv2 = import_module("cv2")
    except ImportError:
        return found
    return {**found, "OpenCV, default": lambda image: len(cv2.imencode(".png", image)[1])}


def pictures(folder: Path, side: int) -> Iterator[tuple[str, str, Picture]]:
    """Yield kind, name and picture."""
    for path in sorted(folder.glob("*/*.jpg")):
        with Image.open(path) as photo:
            left, top = (photo.width - side) // 2, (photo.height - side) // 2
            if min(left, top) < 0 or path.stem.split("_")[0] not in _SHOWN:
                continue
            image = np.asarray(photo.convert("RGB").crop((left, top, left + side, top + side)))
        yield "photographs", path.stem, image
        yield "portraits on white", path.stem, _on_white(image)
    canvas = Canvas(side, side, round(side / 3.75))
    for name, one, other in islice(pairs(folder), 0, None, 3):
        yield "frames", name, combine([one, other], [0.5, 0.5], canvas=canvas).image


_SHOWN = {"001", "017", "042", "044", "104", "003f", "098m", "f", "m", "lisa1", "60cm"}


def measure(image: Picture, ways: dict[str, Encoder]) -> Result:
    """Time all encoders on one picture."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    sizes = {}
    for _ in range(ROUNDS):
        for name, encode in ways.items():
            start = time.process_time()
            sizes[name] = encode(image)
            seconds[name].append(time.process_time() - start)
    return {name: (median(times), sizes[name]) for name, times in seconds.items()}


def table(quick: bool = False, folder: Path = REAL) -> str:
    """Return the table, and what must be; `quick` looks at one picture of each kind."""
    ways = encoders()
    found: dict[tuple[str, int], list[Result]] = {}
    for side in SIDES:
        for kind, name, image in pictures(folder, side):
            if quick and (kind, side) in found:
                continue
            print(f"{side} {kind}: {name}", file=sys.stderr, flush=True)
            found.setdefault((kind, side), []).append(measure(np.ascontiguousarray(image), ways))
    head = ["pictures", "side", "encoder", "ms", "times as fast: median (least)", "size (worst)"]
    rows = [
        [f"{len(results)} {kind}", f"{side}", *_cells(name, results)]
        for kind in LARGER
        for side in SIDES
        for results in [found.get((kind, side), [])]
        for name in ways
        if results
    ]
    limits = ", ".join(f"{kind} {limit:+.0%}" for kind, limit in LARGER.items())
    return (
        f"{markdown(head, rows)}\n\nTimes are of the processor; faster and larger are against "
        f"{PILLOW}. Must be: {FASTER} times as fast; size at most {limits}."
    )


def _cells(name: str, results: list[Result]) -> list[str]:
    faster = [one[PILLOW][0] / one[name][0] for one in results]
    larger = [one[name][1] / one[PILLOW][1] - 1 for one in results]
    spent = median(one[name][0] for one in results)
    cells = [name, f"{1000 * spent:.2f}", f"{median(faster):.1f} ({min(faster):.1f})"]
    return [*cells, f"{median(larger):+.1%} ({max(larger):+.1%})"]


def _pillow(image: Picture) -> int:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return len(out.getvalue())


def _on_white(image: Picture) -> Picture:
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width]
    far = np.hypot((2 * x / width - 1) / 0.7, (2 * y / height - 1) / 0.9)
    return np.where(far[..., None] < 1, image, np.uint8(255))
