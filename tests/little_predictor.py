"""A small predictor, trained in a moment on the demo's infants; and their photos."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from morphkit import files
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.landmarks import crops
from morphkit.landmarks.process import LandmarkProcess
from tiny_study import DEMO

STEMS = [f"infant0{n}_{state}" for n in (1, 2, 3) for state in ("distressed", "happy", "neutral")]


@cache
def photo(stem: str):
    """The pixels of a demo photo: 768 by 768."""
    return files.read_photo(DEMO / f"{stem}.png").image


@cache
def truth(stem: str) -> Landmarks:
    """Its 68 landmarks."""
    return convert(files.read_template(DEMO / f"{stem}.json")[0].landmarks, "ibug68")[0]


def write_predictor(folder: Path, name: str = "little") -> Path:
    """Write `name`.dat and its card."""
    path = folder / f"{name}.dat"
    marks = {stem: truth(stem) for stem in STEMS}
    placing = crops.rule(list(marks.values()))
    lessons = crops.lessons([(photo(stem), one) for stem, one in marks.items()], placing)
    options = {"tree_depth": 2, "cascade_depth": 6, "num_trees_per_cascade_level": 60}
    options |= {"nu": 0.1, "oversampling_amount": 10}
    with LandmarkProcess() as process:
        process.call("train_model", lessons, path=str(path), seed=1, seconds=120, **options)
    write_card(path, placing)
    return path


def write_card(path: Path, placing: crops.Rule) -> None:
    """Write the card of a predictor."""
    card = {
        "morphkit_predictor": 1,
        "scheme": placing.scheme,
        "points": len(placing.reference),
        "box": placing.values(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_suffix(".card.json").write_text(json.dumps(card), encoding="utf-8")
