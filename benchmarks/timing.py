"""Timing: interleaved, by medians, and of whole processes from cold.

CPU time is what a comparison goes by: on a machine that does other things too, it moves far
less than wall time.  A B A B, so that what changes meanwhile changes for both.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from morphkit import native

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("pillow", "facemorpher")
"""What `page.stamp` does not name."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a whole process took.

    Parameters
    ----------
    cpu, wall : float
        Seconds, from its start to its end.
    loop_cpu, loop_wall : float
        The frames' part of that.
    peak : float
        Most memory it ever had, MB; not a number where the system doesn't tell.
    """

    cpu: float
    wall: float
    loop_cpu: float
    loop_wall: float
    peak: float

    def scaled(self, factor: float) -> Cost:
        """Return what it would have taken with so many times the frames."""
        more = factor - 1
        return Cost(
            self.cpu + more * self.loop_cpu,
            self.wall + more * self.loop_wall,
            factor * self.loop_cpu,
            factor * self.loop_wall,
            self.peak,
        )


def job(name: str, photos: Sequence[Path], out: Path, **options: object) -> Cost:
    """Run one of `benchmarks.jobs` as a process of its own; return what it took.

    Libraries' own threads are off, so that a worker is a thread.
    """
    asked = [f"--{key}={value}" for key, value in options.items()]
    command = [sys.executable, "-m", "benchmarks.jobs", name, *map(str, photos)]
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # bytecode is kept, as it is of every installed package
    print(name, *asked, file=sys.stderr, flush=True)
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    run = subprocess.run(
        [*command, f"--out={out}", *asked],
        cwd=ROOT,
        env=kept | single,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - start
    return Cost(wall=wall, **json.loads(run.stdout))


def interleaved(works: Mapping[str, Callable[[], _T]], times: int) -> dict[str, list[_T]]:
    """Do works in turn, again and again; return what each gave, without a first round."""
    found: dict[str, list[_T]] = {name: [] for name in works}
    for turn in range(times + 1):
        for name, work in works.items():
            value = work()
            if turn:
                found[name].append(value)
    return found


def clocked(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def of(costs: Sequence[Cost], what: str) -> list[float]:
    """Return one figure of several costs."""
    return [getattr(cost, what) for cost in costs]


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Return the ratio of each pair that was measured one after the other."""
    return [a / b for a, b in zip(over, under, strict=True)]


def said(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def machine() -> str:
    """Say what is measured on; the rest is in `page.stamp`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load average {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    used = [f"{name} {found}" for name in LIBRARIES for found in _version(name)]
    system = f"{platform.system()} {platform.release()}"
    return f"{_processor()}, {cores} cores{load}; {', '.join([system, *used])}; {native.about}."


def _version(name: str) -> list[str]:
    try:
        return [version(name)]
    except PackageNotFoundError:
        return []


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
