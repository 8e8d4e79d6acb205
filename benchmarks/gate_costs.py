"""What the gate costs: processes from cold, the limits beside them, and peers.

CPU time of a process with all its threads counts for ratios; the limits are about wall time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import timing
from benchmarks.inputs import DEMO
from benchmarks.page import markdown
from benchmarks.timing import clocked, ratios, said
from morphkit import build
from morphkit.measure.distance import distance
from morphkit.measure.gabor import DIRECTIONS, PLACES, SCALES, SHORTEST, SIGMA, SIZE

TIMES = 3
HEAD = "morphkit: 1\nname: timed\nfaces: {faces}\nidentities: [{who}]\ncanvas: {canvas}\n"
WAY = "continua: [{{name: way, path: direct, from: distressed, to: happy, levels: {count}}}]\n"
LOADED = (
    "import sys; from morphkit.validate import validate; "
    "validate(sys.argv[1], quick=True); print('numpy' in sys.modules)"
)
FRICTIONLESS = (
    "import sys, frictionless; "
    "print(frictionless.Package(sys.argv[1] + '/datapackage.json').validate().valid)"
)

Took = tuple[float, float]
"""CPU seconds, wall seconds."""


def table(quick: bool = False) -> str:
    """Measure, and return the table."""
    infants, many, side = (1, 5, 128) if quick else (4, 125, 512)
    times = 1 if quick else TIMES
    with TemporaryDirectory() as folder:
        home = Path(folder)
        few = built_set(home / "few", 1, 3 if quick else 15, side, side)
        large = built_set(home / "many", infants, many, side, side + side // 4)
        works = {
            "full": partial(_morphkit, "validate", few),
            "quick": partial(_morphkit, "validate", "--quick", large),
        }
        if find_spec("frictionless"):
            works["frictionless"] = partial(_python, "-c", FRICTIONLESS, large)
        recipe = few.parent / "recipe.yaml" if quick else DEMO.parents[1] / "configs" / "demo.yaml"
        whole = "the first set" if quick else "the demo, 188 stimuli 512 × 640"
        made = count()
        works["build"] = lambda: _morphkit("build", recipe, "--out", home / f"demo{next(made)}")
        works["validate"] = lambda: _morphkit("validate", home / "demo0")
        took = timing.interleaved(works, times)
        imported = _output(LOADED, large)
    rows = _rows(took, infants * many, f"{3 if quick else 15} frames {side}²", imported, whole)
    rows.append(_gabor(times))
    head = ["what", "wall", "limit", "CPU", "peer", "peer's CPU over ours"]
    return f"**Costs.** Medians of {times}, taken in turn.\n\n{markdown(head, rows)}"


def _rows(
    took: dict[str, list[Took]], stimuli: int, few: str, imported: str, whole: str
) -> list[list[str]]:
    def cells(name: str) -> tuple[str, str]:
        cpu, wall = (median(one[i] for one in took[name]) for i in (0, 1))
        return f"{said(wall)} s", f"{said(cpu)} s"

    wall, cpu = cells("full")
    rows = [[f"full validation, {few}", wall, "≤ 20 s", cpu, "", ""]]
    wall, cpu = cells("quick")
    peer, times = "frictionless is not installed", ""
    if "frictionless" in took:
        peer = "frictionless: metadata and hashes of the same set"
        times = _times(took["frictionless"], took["quick"])
    loaded = "imported" if imported == "True" else "not imported"
    what = f"quick validation of {stimuli} stimuli: metadata, every hash, headers (NumPy {loaded})"
    rows.append([what, wall, "≤ 1 s", cpu, peer, times])
    wall, cpu = cells("validate")
    peer = "`build` of the same set, which ends with the same validation"
    times = _times(took["build"], took["validate"])
    return [*rows, [f"full validation of {whole}", wall, "", cpu, peer, times]]


def _times(over: Sequence[Took], under: Sequence[Took]) -> str:
    return f"{said(median(ratios([a for a, _ in over], [b for b, _ in under])))} ×"


def built_set(home: Path, infants: int, frames: int, width: int, height: int) -> Path:
    """Build a set of the demo's infants."""
    home.mkdir()
    who = ", ".join(f"infant{number + 1:02}" for number in range(infants))
    canvas = f"{{width: {width}, height: {height}, eye_distance: {width // 3}}}"
    text = HEAD.format(faces=DEMO.as_posix(), who=who, canvas=canvas) + WAY.format(count=frames)
    (home / "recipe.yaml").write_text(text, encoding="utf-8")
    return build(home / "recipe.yaml", home / "set").folder


def _morphkit(*words: object) -> Took:
    return _python("-m", "morphkit", *words)


def _python(*words: object) -> Took:
    """Run a process; return what it took."""
    print(*words, file=sys.stderr, flush=True)
    start, before = time.perf_counter(), os.times()
    subprocess.run(
        [sys.executable, *map(str, words)], cwd=timing.ROOT, capture_output=True, check=False
    )
    after, wall = os.times(), time.perf_counter() - start
    user, system = ("children_user", "children_system")
    return sum(getattr(after, name) - getattr(before, name) for name in (user, system)), wall


def _output(program: str, *words: object) -> str:
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


# ---- Gabor jets


def _gabor(times: int) -> list[str]:
    noise = np.random.default_rng(1)
    one, other = noise.integers(0, 256, (2, SIZE, SIZE, 3), dtype=np.uint8)
    kernels = _kernels()
    works: dict[str, Callable[[], float]] = {
        "ours": lambda: clocked(lambda: distance("gabor_jet", one, other)),
        "theirs": lambda: clocked(lambda: _by_fourier(kernels, one, other)),
    }
    found = timing.interleaved(works, 5 * times)
    ours = median(found["ours"])
    cells = [f"{said(1e3 * ours)} ms", "≤ 50 ms", f"{said(1e3 * ours)} ms"]
    peer = "the published way: 40 Fourier transforms a picture, kernels ready"
    times_ = f"{said(median(ratios(found['theirs'], found['ours'])))} ×"
    return [f"Gabor-jet distance of two pictures of {SIZE}²", *cells, peer, times_]


def _kernels() -> np.ndarray[Any, Any]:
    """Return the kernels in the Fourier plane, (40, 256, 256)."""
    down = 2 * np.pi * np.fft.fftfreq(SIZE)[:, None]
    across = 2 * np.pi * np.fft.fftfreq(SIZE)[None, :]
    found = []
    for scale in range(SCALES):
        wave = 2 * np.pi / SHORTEST / np.sqrt(2) ** scale
        for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
            x, y = across - wave * np.cos(angle), down + wave * np.sin(angle)
            found.append(np.exp(-((SIGMA / wave) ** 2) * (x * x + y * y) / 2))
    return np.array(found)


def _by_fourier(kernels: np.ndarray[Any, Any], *images: np.ndarray[Any, Any]) -> float:
    jets = []
    for image in images:
        waves = np.fft.fft2(image @ np.array([0.299, 0.587, 0.114]))
        met = (np.abs(np.fft.ifft2(waves * kernel)) for kernel in kernels)
        jets.append(np.array([one[np.ix_(PLACES, PLACES)] for one in met]))
    return float(np.sqrt(((jets[0] - jets[1]) ** 2).mean()))
