"""Templates of a demo infant with one group of landmarks off its place."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from morphkit import scheme
from tiny_study import DEMO

CANVAS_PX = 163 / 85
"""Pixels of a demo photo in one of the canvas; its pupils are 163 px apart."""


@cache
def misplaced_faces(group: str, pixels: float) -> Path:
    """A folder of one infant's photos; the happy template's group is off by canvas pixels."""
    home = Path(tempfile.mkdtemp())
    for expression in ("distressed", "neutral", "happy"):
        for suffix in (".png", ".json"):
            shutil.copy(DEMO / f"infant01_{expression}{suffix}", home)
    path = home / "infant01_happy.json"
    template = json.loads(path.read_text(encoding="utf-8"))
    names = [scheme("ibug68").points[i] for i in scheme("ibug68").group(group)]
    for point in template["points"]:
        if point["name"] in names:
            point["x"] += pixels * CANVAS_PX
    path.write_text(json.dumps(template), encoding="utf-8")
    return home
