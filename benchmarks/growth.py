"""Growth: how time and memory grow with pixels, landmarks, frames, sources and workers.

Frames and set-up are timed in this process, CPU time, medians of turns; jobs are processes of
their own.  Set-up is pinning: mesh, mask, photos into light; with defaults also the flow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import inputs, jobs, timing
from benchmarks.cases import BARE
from benchmarks.page import markdown
from benchmarks.speed import opencv_between
from benchmarks.timing import clocked, interleaved, of, said
from morphkit import Canvas, Face, read_face
from morphkit.engine.morph import frame, pinned
from morphkit.engine.stage import pose, stage
from morphkit.files import encode_png

LEVEL = 0.4


class Steps:
    """How far each thing grows."""

    sides: Sequence[int] = (256, 512, 1024, 2048, 4096)
    landmarks: Sequence[int] = (68, 250, 500, 1000, 2000)
    frames: Sequence[int] = (1, 15, 101, 1001)
    sources: Sequence[int] = (2, 3, 4, 6, 8)
    side = 512
    dense = 1024
    jobs = 101
    times = 3


class Quick(Steps):
    """A run that only shows that everything runs."""

    sides, landmarks, frames, sources = (64, 96), (68, 100), (1, 2), (2, 3)
    side, dense, jobs, times = 64, 96, 3, 1


def table(quick: bool = False) -> str:
    """Measure everything, and return the tables."""
    steps = Quick() if quick else Steps()
    before = timing.machine()
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = {
            "Pixels, two sources, 68 landmarks": _pixels(steps, folder),
            f"Landmarks, two sources, {steps.dense}²": _landmarks(steps, folder),
            f"Frames, whole processes, plain, {steps.side}²": _frames(steps, folder),
            f"Sources, all with equal weights, plain, {steps.side}²": _sources(steps, folder),
            f"Workers, whole processes, {steps.jobs} frames {steps.side}²": _workers(steps, folder),
        }
    texts = [f"**{title}**\n\n{text}" for title, text in parts.items()]
    return "\n\n".join([*texts, f"On {before} Pictures: {inputs.about()}."])


def _faces(folder: Path, side: int, count: int = 2) -> list[Face]:
    return [read_face(path) for path in inputs.photos(folder, side, count)]


def _medians(works: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Return the median CPU milliseconds of each work, in turn."""
    found = interleaved({name: partial(clocked, work) for name, work in works.items()}, times)
    return {name: 1e3 * median(seconds) for name, seconds in found.items()}


def _pixels(steps: Steps, folder: Path) -> str:
    rows = []
    for side in steps.sides:
        faces = _faces(folder, side)
        plain, full = (jobs.ours_between(faces, look) for look in ("plain", "default"))
        picture = plain(LEVEL)
        works: dict[str, Callable[[], object]] = {
            "setup": lambda faces=faces: jobs.ours_between(faces, "plain"),
            "setup, defaults": lambda faces=faces: jobs.ours_between(faces, "default"),
            "plain": partial(plain, LEVEL),
            "defaults": partial(full, LEVEL),
            "png": partial(encode_png, picture),
        }
        if not jobs.missing("opencv"):
            works["opencv"] = partial(opencv_between(faces), LEVEL)
        ms = _medians(works, steps.times)
        per_pixel = 1e6 * ms["plain"] / side**2
        names = ("setup", "setup, defaults", "plain", "defaults", "png", "opencv")
        ratio = _times(ms, "opencv", "plain")
        rows.append([f"{side}²", *_cells(ms, names), said(per_pixel), ratio])
    head = ["", "set-up ms", "set-up ms, defaults", "frame ms", "frame ms, defaults", "PNG ms"]
    return markdown([*head, "OpenCV frame ms", "frame ns/pixel", "OpenCV : ours"], rows)


def _cells(ms: dict[str, float], names: Sequence[str]) -> list[str]:
    """Return milliseconds as text; nothing for what was not measured."""
    return [said(ms[name]) if name in ms else "" for name in names]


def _times(ms: dict[str, float], over: str, under: str) -> str:
    return f"{said(ms[over] / ms[under])} ×" if over in ms else ""


def _landmarks(steps: Steps, folder: Path) -> str:
    rows = []
    plain = _faces(folder, steps.dense)
    for count in steps.landmarks:
        faces = plain if count == 68 else inputs.dense(plain, count)
        works: dict[str, Callable[[], object]] = {
            "mesh": partial(_meshed, faces),
            "bilinear": partial(jobs.ours_between(faces, "plain", "bilinear"), LEVEL),
            "catmull-rom": partial(jobs.ours_between(faces, "plain"), LEVEL),
        }
        if not jobs.missing("opencv"):
            works["opencv"] = partial(opencv_between(faces), LEVEL)
        ms = _medians(works, steps.times)
        cells = _cells(ms, ("mesh", "bilinear", "catmull-rom", "opencv"))
        ratios = [_times(ms, "opencv", name) for name in ("bilinear", "catmull-rom")]
        rows.append([str(count), *cells, *ratios])
    head = ["", "stage ms, once", "frame ms, bilinear", "frame ms, Catmull-Rom", "OpenCV frame ms"]
    return markdown([*head, "OpenCV : bilinear", "OpenCV : Catmull-Rom"], rows)


def _meshed(faces: Sequence[Face]) -> None:
    """Mesh and mask, without the photos."""
    height, width = faces[0].image.shape[:2]
    canvas = Canvas(width, height, width / inputs.FRAMED)
    poses = pose([face.landmarks for face in faces], canvas)
    stage(poses, [(width, height)] * len(faces), canvas, BARE, ["one", "other"])


def _frames(steps: Steps, folder: Path) -> str:
    photos = inputs.photos(folder, steps.side)
    works = {
        f"{name} {count}": partial(timing.job, name, photos, folder / "out", frames=count)
        for count in steps.frames
        for name in ("ours", "opencv")
        if not jobs.missing(name)
    }
    costs = interleaved(works, steps.times)
    rows = []
    for name in sorted(costs, key=lambda name: name.startswith("opencv")):
        cpu, wall, peak = (median(of(costs[name], what)) for what in ("cpu", "wall", "peak"))
        each = 1e3 * cpu / int(name.split()[1])
        rows.append([name, said(cpu), said(wall), said(each), f"{peak:.0f}"])
    return markdown(["", "CPU s", "wall s", "CPU ms a frame", "peak MB"], rows)


def _sources(steps: Steps, folder: Path) -> str:
    works: dict[str, Callable[[], object]] = {}
    for count in steps.sources:
        faces = _faces(folder, steps.side, count)
        canvas = Canvas(steps.side, steps.side, steps.side / inputs.FRAMED)
        together, on = pinned(faces, canvas, BARE)
        works[str(len(faces))] = partial(frame, together, [1 / len(faces)] * len(faces), on)
    ms = _medians(works, steps.times)
    rows = [[name, said(value), said(value / int(name))] for name, value in ms.items()]
    return markdown(["", "frame ms", "frame ms a source"], rows)


def _workers(steps: Steps, folder: Path) -> str:
    photos = inputs.photos(folder, steps.side)
    counts = range(1, max(2, os.cpu_count() or 1) + 1)
    works = {
        f"{look}, {count}": partial(
            timing.job,
            "ours",
            photos,
            folder / "out",
            frames=steps.jobs,
            workers=count,
            look=look,
        )
        for look in ("plain", "default")
        for count in counts
    }
    costs = interleaved(works, steps.times)
    rows = []
    for name, found in costs.items():
        alone = costs[f"{name.partition(',')[0]}, 1"]
        faster = median(timing.ratios(of(alone, "wall"), of(found, "wall")))
        cells = [said(median(of(found, what))) for what in ("cpu", "wall", "peak")]
        rows.append([name, *cells, f"{said(faster)} ×"])
    return markdown(["", "CPU s", "wall s", "peak MB", "faster than one, by wall time"], rows)
