"""What large sets cost: frames and megabytes measured here, multiplied out.

python -m benchmarks.cost
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from morphkit.engine.control import Control
from morphkit.plan import Plan, plan
from morphkit.render import portrait
from morphkit.troupe import Call, Setting, Troupe, anchor, drawn, troupe

SIDE = 1024
FRAMES = 30
LEVELS = 101
"""Frames of an infant: what its set-up is shared by."""

TASK = 0.002
"""Seconds that a Dask scheduler spends on a task, near enough."""

LINKS = {"1 Gbit/s": 117.0, "10 Gbit/s": 1170.0}
"""MB/s that come in over a cable."""

CORES = (2, 64, 1000)

FACES = Path(__file__).resolve().parents[1] / "raw_faces" / "demo"
RECIPE = """\
morphkit: 1
name: cost
faces: {faces}
identities: [infant01]
canvas: {{width: {side}, height: {side}, eye_distance: {eyes}}}
continua: [{{name: dis_hap, path: direct, from: distressed, to: happy, levels: {frames}}}]
"""


def table(quick: bool = False) -> str:
    """Measure on one core, and return two tables in Markdown; `quick` with few small frames."""
    side, frames = (128, 3) if quick else (SIDE, FRAMES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cost.yaml"
        numbers = {"side": side, "eyes": side / 3, "frames": frames}
        file.write_text(RECIPE.format(faces=FACES.as_posix(), **numbers), encoding="utf-8")
        planned = plan(file, jobs=1)
        start = time.process_time()
        setting, together = _set_up(planned)
        prepared = time.process_time() - start
    start = time.process_time()
    sizes = [len(drawn(setting, one, together).png) for one in planned.frames]
    frame = (time.process_time() - start) / len(sizes)
    size = sum(sizes) / len(sizes) / 1e6
    measured = (
        f"| frames/s per core | set-up of an infant, s | MB per frame |\n|---|---|---|\n"
        f"| {1 / frame:.1f} | {prepared:.1f} | {size:.2f} |\n"
    )
    return measured + "\n" + multiplied(frame, prepared, size)


def multiplied(frame: float, prepared: float, size: float) -> str:
    """Return the table of sets, from core-seconds a frame and an infant, and MB a frame."""
    names = [f"{count} cores, h" for count in CORES]
    links = [f"no less over {link}, h" for link in LINKS]
    head = ["frames", "core-hours", "TB", *names, "no less with Dask, h", *links]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for power in (5, 7):
        frames = 10**power
        hours = frames * (frame + prepared / LEVELS) / 3600
        megabytes = frames * size
        bounds = [frames * TASK / 3600, *(megabytes / speed / 3600 for speed in LINKS.values())]
        row = [hours, megabytes / 1e6, *(hours / count for count in CORES), *bounds]
        lines.append(f"| 10{'⁵' if power == 5 else '⁷'} | {' | '.join(map(_short, row))} |")
    return "\n".join(lines) + "\n"


def _set_up(planned: Plan) -> tuple[Setting, Troupe]:
    setting = Setting(planned.on, Control(planned.on.look.light, planned.on.mask, {}))
    photos = tuple(planned.views)
    anchors = [anchor(setting, portrait(planned, photo)) for photo in photos]
    return setting, troupe(setting, Call("infant01", photos, ((0, 1),)), *anchors)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
