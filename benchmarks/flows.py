"""Which flow should align the skin: ours, or one of scikit-image in its place?

The search of `engine.refine` is replaced by a function that asks scikit-image for the flow
between the same two pictures (the faces in the mean shape, in units of local contrast, at
working size), in both directions, since theirs are not symmetric; takes half the difference;
fades it out where the engine does not trust the pictures; smooths it by 1.5 % of the face's
width; and bounds it as ours is bounded.  All else is the same: each pixel is sampled once,
folds are taken out.  Texture is not restored.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.registration import optical_flow_ilk, optical_flow_tvl1

from benchmarks.cases import BARE, Case, aligned, cases
from benchmarks.metrics import Floats, grey, power, regions, ssim
from benchmarks.page import markdown
from morphkit.engine import flow, refine
from morphkit.engine.morph import frame, pinned

Search = Callable[[flow.View, flow.View, Floats, float], Floats]
Flow = Callable[[Floats, Floats], Floats]
"""Two pictures → (2, H, W): down and along, so that other(p + flow) looks like one(p)."""

DETAIL = 2
"""Which of the engine's pictures is given to scikit-image: details of 0.5 % of the face."""

SMOOTH = 0.015
"""In face widths."""

LOOK = replace(BARE, apertures=True, refine="flow")

CANDIDATES: dict[str, Flow | None] = {
    "morphkit": None,
    "optical_flow_ilk, radius 3 % of the face": lambda a, b: np.asarray(
        optical_flow_ilk(a, b, radius=7, num_warp=10, gaussian=True)
    ),
    "optical_flow_tvl1, defaults": lambda a, b: np.asarray(optical_flow_tvl1(a, b)),
    "optical_flow_tvl1, attachment 5": lambda a, b: np.asarray(
        optical_flow_tvl1(a, b, attachment=5)
    ),
}


def in_place(method: Flow) -> Search:
    """Return a search of the engine's kind that asks another flow."""

    def search(a: flow.View, b: flow.View, trust: Floats, face_width: float) -> Floats:
        k, cell = flow.step(face_width), flow.PASSES[-1].cell
        width = face_width / k
        seen = [
            np.asarray(
                ndimage.map_coordinates(
                    one.details[DETAIL], [one.y, one.x], order=1, mode="nearest"
                )
                / 4
                + 0.5,
                dtype=np.float32,
            )
            for one in (a, b)
        ]
        there, back = method(seen[0], seen[1]), method(seen[1], seen[0])
        field = np.stack([(there - back)[1], (there - back)[0]], axis=2) / 2 * trust[..., None]
        smooth = [ndimage.gaussian_filter(field[..., i], SMOOTH * width) for i in (0, 1)]
        field = np.stack([flow.reduced(part, cell) for part in smooth], axis=2)
        length = np.hypot(field[..., 0], field[..., 1])
        return field * k / np.maximum(1, length / (flow.FARTHEST * width))[..., None]

    return search


@contextmanager
def replaced(method: Flow | None) -> Iterator[None]:
    """Let the engine search with another flow."""
    own = refine.search
    if method:
        refine.search = in_place(method)  # type: ignore[assignment]
    try:
        yield
    finally:
        refine.search = own


def measure(case: Case, method: Flow | None) -> tuple[list[float], float]:
    """Return SSIM and three band powers over the render's at the middle, and CPU seconds."""
    on = case.scale()
    start = time.process_time()
    pinned(case.ends, on, replace(LOOK, refine="off"))
    without = time.process_time() - start
    with replaced(method):
        start = time.process_time()
        cast, stage = pinned(case.ends, on, LOOK)
        spent = time.process_time() - start - without
    numbers = []
    for level, face in case.truth:
        if abs(level - 0.5) < 0.11:
            made, render = frame(cast, (1 - level, level), stage), aligned(face, on)
            where = regions(render.landmarks, render.image.shape)
            ratios = [power(grey(f.image), where.skin, where.face_width) for f in (made, render)]
            similar = ssim(made.image, render.image, where.hull)
            numbers.append([similar, *(ratios[0] / ratios[1]).tolist()])
    return np.mean(numbers, axis=0).tolist(), spent


def table(folder: Path) -> str:
    """Return the comparison."""
    found = list(cases(folder))
    rows = []
    for name, method in [("no flow", _nothing), *CANDIDATES.items()]:
        print(name, file=sys.stderr, flush=True)
        measured = [measure(case, method) for case in found]
        values = np.array([numbers for numbers, _ in measured])
        infants = [case.infant for case in found]
        each = [values[[i == who for i in infants], 0].mean() for who in sorted(set(infants))]
        seconds = np.mean([spent for _, spent in measured])
        powers = [f"{column.mean():.3f} ({column.min():.2f})" for column in values[:, 1:].T]
        cost = "–" if method is _nothing else f"{seconds:.2f}"
        rows.append([name, f"{np.mean(each):.4f} / {min(each):.4f}", *powers, cost])
    head = ["flow", "SSIM, middle: mean of infants / worst infant"]
    head += [f"power {band}: mean (least)" for band in ("8–16", "16–32", "> 32")]
    return markdown([*head, "CPU seconds per pair"], rows)


def _nothing(a: Floats, b: Floats) -> Floats:
    return np.zeros((2, *a.shape))
