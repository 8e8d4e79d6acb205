"""Speed: what is asked of morphkit, beside what is measured and what others take for the same.

Jobs are whole processes from cold, photos in and PNG files out; a frame is what
`Continuum.at` does, without reading and writing.  Compared is CPU time, in pairs measured one
after the other; the median of the pairs counts, their range is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import inputs, jobs, timing
from benchmarks.page import markdown
from benchmarks.timing import Cost, of, ratios, said
from morphkit import Face, read_face


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the jobs are and how often they run; `few` are the frames of slow peers."""

    large: int = 1024
    small: int = 512
    frames: int = 101
    fewer: int = 11
    everyday: int = 15
    few: int = 5
    landmarks: int = 500
    times: int = 3
    often: int = 9


QUICK = Scale(96, 64, 3, 2, 2, 2, 80, 1, 1)
"""A run that only shows that everything runs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of the table.

    Parameters
    ----------
    text : str
    values : list of float
        A ratio, or megabytes, each time it was measured; empty when it was not.
    must, aim : float
    least : bool
        The value shall be at least that, not at most.
    wall : list of float
        The ratio by wall time.
    took : str
        What each side took.
    unit : str
    """

    text: str
    values: Sequence[float]
    must: float
    aim: float
    least: bool = True
    wall: Sequence[float] = ()
    took: str = ""
    unit: str = " ×"

    def cells(self) -> list[str]:
        """Return the cells of its line."""
        sign = "≥" if self.least else "≤"
        limits = [f"{sign} {limit:g}{self.unit}" for limit in (self.must, self.aim)]
        if not self.values:
            return [self.text, "not measured", "", *limits, "", self.took]
        wall = f"{said(median(self.wall))}{self.unit}" if self.wall else ""
        return [self.text, self._shown(), wall, *limits, self._met(), self.took]

    def _shown(self) -> str:
        low, high = min(self.values), max(self.values)
        spread = f" ({said(low)}–{said(high)})" if len(self.values) > 1 else ""
        return f"**{said(median(self.values))}{self.unit}**{spread}"

    def _met(self) -> str:
        value = median(self.values)
        reached = [value >= v if self.least else value <= v for v in (self.must, self.aim)]
        return "aim" if all(reached) else "yes" if reached[0] else "**no**"


def table(quick: bool = False, scale: Scale | None = None) -> str:
    """Measure everything, and return the tables."""
    scale = scale or (QUICK if quick else Scale())
    before = timing.machine()
    with TemporaryDirectory() as folder:
        large, small = _large(scale, Path(folder)), _small(scale, Path(folder))
        faces = [read_face(path) for path in inputs.photos(Path(folder), scale.large)]
    frames = _frames(scale, faces)
    claims = [*_job_claims(scale, large, small), *_frame_claims(scale, frames)]
    claims.append(_memory(scale, large))
    head = ["claim", "measured", "by wall time", "must", "aim", "met", "what each took (CPU)"]
    text = markdown(head, (claim.cells() for claim in claims))
    head = ["job", "CPU s", "wall s", "peak MB", "CPU, times ours"]
    others = markdown(head, _costs(large, small))
    return "\n\n".join([text, others, *_missing(), f"On {before} Pictures: {inputs.about()}."])


def _missing() -> list[str]:
    lacking = {name: jobs.missing(name) for name in jobs.JOBS}
    return [
        f"Left out: {name}, for want of {' and '.join(modules)}."
        for name, modules in lacking.items()
        if modules
    ]


Works = dict[str, Callable[[], Cost]]
Costs = dict[str, list[Cost]]


def _run(works: Works, times: int) -> Costs:
    """Run those that can run here; a job's name starts with that of `benchmarks.jobs`."""
    able = {n: work for n, work in works.items() if not jobs.missing(n.partition(",")[0])}
    return timing.interleaved(able, times)


def _large(scale: Scale, folder: Path) -> Costs:
    photos = inputs.photos(folder, scale.large)

    def job(name: str, frames: int = scale.frames, **options: object) -> Callable[[], Cost]:
        return partial(timing.job, name, photos, folder / "out", frames=frames, **options)

    def slow(name: str, frames: int) -> Callable[[], Cost]:
        """A peer's first frames, scaled to all of them."""
        return lambda: job(name, frames)().scaled(scale.frames / frames)

    works: Works = {
        "ours": job("ours"),
        "ours, two workers": job("ours", workers=2),
        "ours, fewer frames": job("ours", scale.fewer),
        "ours, defaults": job("ours", look="default"),
        "ours, defaults, fewer frames": job("ours", scale.fewer, look="default"),
        "ours, defaults without mask": job("ours", look="unmasked"),
        "opencv": job("opencv"),
        "skimage, scaled": slow("skimage", scale.few),
        "facemorpher, scaled": slow("facemorpher", scale.few),
        "thin-plate, scaled": slow("thin-plate", 2),  # twelve seconds a frame
    }
    return _run(works, scale.times)


def _small(scale: Scale, folder: Path) -> Costs:
    photos = inputs.photos(folder, scale.small)
    job = partial(timing.job, photos=photos, out=folder / "out", frames=scale.everyday)
    works: Works = {
        "ours, everyday": partial(job, "ours"),
        "opencv, everyday": partial(job, "opencv"),
        "ours, everyday, defaults": partial(job, "ours", look="default"),
    }
    return _run(works, scale.often)


def _frames(scale: Scale, faces: Sequence[Face]) -> dict[str, list[float]]:
    """CPU seconds of a frame, and of copying one that no cache holds."""
    dense = inputs.dense(faces, scale.landmarks)
    level = 0.4
    works: dict[str, Callable[[], float]] = {"copy": _cold_copy(scale.large)}
    frames = {
        "catmull-rom": jobs.ours_between(faces, "plain"),
        "dense catmull-rom": jobs.ours_between(dense, "plain"),
        "dense bilinear": jobs.ours_between(dense, "plain", "bilinear"),
    }
    if not jobs.missing("opencv"):
        frames["dense opencv"] = opencv_between(dense)
    for name, at in frames.items():
        works[name] = partial(timing.clocked, partial(at, level))
    return timing.interleaved(works, scale.often)


def opencv_between(faces: Sequence[Face]) -> jobs.At:
    """Return OpenCV's recipe between two faces."""
    size = faces[0].image.shape[1], faces[0].image.shape[0]
    points = [jobs.bordered(face.landmarks.points, *size) for face in faces]
    return jobs.opencv_triangles([face.image for face in faces], points)


def _cold_copy(size: int) -> Callable[[], float]:
    frame, out = (np.ones((size, size, 3), dtype=np.uint8) for _ in range(2))
    flushing = np.zeros(1 << 25)  # 256 MB

    def copy() -> float:
        np.add(flushing, 1, out=flushing)
        start = time.process_time()
        np.copyto(out, frame)
        return time.process_time() - start

    return copy


def _against(
    text: str, costs: Costs, over: str, under: str, must: float, aim: float, least: bool = True
) -> Claim:
    """A claim on how many times longer one job takes than another."""
    if not {over, under} <= costs.keys():
        return Claim(text, [], must, aim, least)
    values, wall = (ratios(of(costs[over], w), of(costs[under], w)) for w in ("cpu", "wall"))
    took = " : ".join(f"{said(median(of(costs[name], 'cpu')))} s" for name in (over, under))
    return Claim(text, values, must, aim, least, wall, f"{over} : {under} = {took}")


def _job_claims(scale: Scale, large: Costs, small: Costs) -> list[Claim]:
    job = f"{scale.frames} frames {scale.large}², plain"
    day = f"{scale.everyday} frames {scale.small}²"
    two = _against(
        f"{job}: one worker over two, by wall time", large, "ours", "ours, two workers", 1.6, 1.8
    )
    return [
        _against(f"{job}: scikit-image over ours", large, "skimage, scaled", "ours", 50, 90),
        _against(f"{job}: OpenCV over ours", large, "opencv", "ours", 3, 5),
        _against(
            f"{day}, plain: OpenCV over ours", small, "opencv, everyday", "ours, everyday", 1.5, 2
        ),
        _against(
            f"{job}: with defaults over plain", large, "ours, defaults", "ours", 2.5, 1.8, False
        ),
        _against(
            f"{day}, defaults: OpenCV over ours",
            small,
            "opencv, everyday",
            "ours, everyday, defaults",
            0.8,
            1.2,
        ),
        Claim(two.text, two.wall, two.must, two.aim, took=two.took),
    ]


def _frame_claims(scale: Scale, seconds: dict[str, list[float]]) -> list[Claim]:
    def claim(text: str, over: str, under: str, *limits: float, least: bool = True) -> Claim:
        if over not in seconds:
            return Claim(text, [], *limits, least)
        took = " : ".join(f"{said(1e3 * median(seconds[name]))} ms" for name in (over, under))
        return Claim(text, ratios(seconds[over], seconds[under]), *limits, least, took=took)

    many = f"a frame {scale.large}², {scale.landmarks} landmarks: OpenCV over ours"
    return [
        claim(f"{many}, bilinear", "dense opencv", "dense bilinear", 8, 14),
        claim(f"{many}, Catmull-Rom", "dense opencv", "dense catmull-rom", 8, 14),
        claim(
            f"a frame {scale.large}², Catmull-Rom, over a cold `np.copyto` of it",
            "catmull-rom",
            "copy",
            150,
            80,
            least=False,
        ),
    ]


def _memory(scale: Scale, large: Costs) -> Claim:
    peaks = {
        name: max(of(costs, "peak"))
        for name, costs in large.items()
        if name.startswith("ours") and "workers" not in name
    }
    took = ", ".join(f"{name.removeprefix('ours, ')} {peak:.0f}" for name, peak in peaks.items())
    counts = f"{scale.frames} and {scale.fewer} frames {scale.large}²"
    text = f"most memory of the process, {counts}"
    return Claim(text, [max(peaks.values())], 200, 150, False, took=f"MB: {took}", unit=" MB")


def _costs(*groups: Costs) -> list[list[str]]:
    """Return a line a job: what it took, and how many times what the first of its group took."""
    rows = []
    for group in groups:
        first = of(next(iter(group.values())), "cpu")
        for name, costs in group.items():
            cells = [said(median(of(costs, what))) for what in ("cpu", "wall", "peak")]
            rows.append([name, *cells, f"{said(median(ratios(of(costs, 'cpu'), first)))} ×"])
    return rows
