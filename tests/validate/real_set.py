"""A real set at half size, opened up so that a defect can be seeded and its hashes made to agree.

Two rendered infants on a canvas of 256 × 320 px: large enough for pictures to be measured.
"""

from __future__ import annotations

import csv
import json
import tempfile
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from tiny_set import Tiny

from morphkit import build
from tiny_study import DEMO

INFANTS = ("infant01", "infant03")
ONE = INFANTS[:1]
HEAD = """\
morphkit: 1
name: real
faces: {faces}
identities: [{infants}]
"""
CANVAS = "canvas: {width: 256, height: 320, eye_distance: 85}\n"
DIRECT = f"""\
{CANVAS}continua:
  - {{name: dis_hap, path: direct, from: distressed, to: happy, levels: 15}}
"""
CONTINUA = f"""\
{DIRECT}
  - {{name: thr_neu, path: through-neutral, from: distressed, via: neutral, to: happy, levels: 15,
     identities: [infant01]}}
  - {{name: neu_hap, path: from-neutral, from: neutral, to: happy, levels: 11,
     identities: [infant01]}}
"""
FINE = f"""\
{CANVAS}continua:
  - {{name: dis_hap, path: direct, from: distressed, to: happy, levels: 57}}
"""


def recipe(text: str = CONTINUA, infants: tuple[str, ...] = INFANTS, faces: Path = DEMO) -> str:
    """The text of a recipe for the demo infants."""
    return HEAD.format(faces=faces.as_posix(), infants=", ".join(infants)) + text


def built(home: Path, text: str) -> Path:
    """Build a recipe's set."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return build(path, home / "set").folder


@cache
def _opened(text: str) -> Tiny:
    with tempfile.TemporaryDirectory() as home:
        folder = built(Path(home), text)
        manifest = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        with (folder / "stimuli.csv").open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        images = {}
        for row in rows:
            with Image.open(folder / row["image_file"]) as image:
                images[row["image_file"]] = np.asarray(image.convert("RGB"))
    manifest["morphkit"].pop("seal", None)  # defects are seeded deeper than that
    return Tiny(manifest, rows, images)


def real(text: str = "") -> Tiny:
    """A built set as plain values: one infant from distressed to happy, or another recipe's."""
    return deepcopy(_opened(text or recipe(DIRECT, ONE)))


def wide() -> Tiny:
    """The same with two more paths, and with another infant."""
    return real(recipe())


def fine() -> Tiny:
    """The same first infant from distressed to happy in four times as small steps."""
    return real(recipe(FINE, ONE))
