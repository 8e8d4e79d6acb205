"""A small real study for tests: the demo infants at a quarter of their size."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
DEMO = ROOT / "raw_faces" / "demo"
SHRINK = 4

RECIPE = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 128, height: 160, eye_distance: 42}
mask: {shape: oval, feather: 3}
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 5}
  - {name: thr_neu, path: through-neutral, from: distressed, via: neutral, to: happy, levels: 5}
  - {name: neu_hap, path: from-neutral, from: neutral, to: happy, levels: [0, 0.4, 1]}
"""


@cache
def small_photo(stem: str) -> Image.Image:
    """A demo photo at a quarter of its size."""
    with Image.open(DEMO / f"{stem}.png") as image:
        return image.convert("RGB").resize((192, 192), Image.Resampling.BOX)


def small_template(stem: str) -> dict:
    """Its template, with pixel centres kept in place."""
    template = json.loads((DEMO / f"{stem}.json").read_text(encoding="utf-8"))
    template["width"] = template["height"] = 192
    for point in template["points"]:
        point["x"] = (point["x"] + 0.5) / SHRINK - 0.5
        point["y"] = (point["y"] + 0.5) / SHRINK - 0.5
    return template


def write_study(
    home: Path, infants: tuple[str, ...] = ("infant01", "infant02"), recipe: str = RECIPE
) -> Path:
    """Write a study and return its recipe's path."""
    faces = home / "raw_faces" / "tiny"
    faces.mkdir(parents=True)
    (home / "configs").mkdir()
    for infant in infants:
        for expression in ("distressed", "neutral", "happy"):
            stem = f"{infant}_{expression}"
            small_photo(stem).save(faces / f"{stem}.png")
            (faces / f"{stem}.json").write_text(json.dumps(small_template(stem)), encoding="utf-8")
    path = home / "configs" / "tiny.yaml"
    path.write_text(recipe, encoding="utf-8")
    return path


def change_template(study: Path, stem: str, change) -> None:
    """Rewrite one template of a study."""
    path = study.parent.parent / "raw_faces" / "tiny" / f"{stem}.json"
    template = json.loads(path.read_text(encoding="utf-8"))
    change(template)
    path.write_text(json.dumps(template), encoding="utf-8")


def photo_path(study: Path, stem: str) -> Path:
    """Where a photo of a study lies."""
    return study.parent.parent / "raw_faces" / "tiny" / f"{stem}.png"
