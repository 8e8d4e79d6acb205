"""Landmarks: what is found, how far off it is, and how long training takes.

People that a predictor was trained on are never in its numbers.  Errors are mean point distances
in % of the outer-eye-corner distance; "inner" is all of the 68 points but the jaw.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

import morphkit
from benchmarks import bridge
from benchmarks.cases import INFANTS, REAL
from benchmarks.page import markdown
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template
from morphkit.files.photos import read_photo
from morphkit.landmarks import crops
from morphkit.landmarks.detection import detection
from morphkit.landmarks.process import LandmarkProcess

MODELS = Path(morphkit.__file__).parent / "landmarks" / "models"
INNER = list(range(17, 68))
STATES = ("happy", "neutral", "distressed")
TESTED = 24
"""So many people of the London set are kept from own predictors, to test them."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A photo whose landmarks are known."""

    name: str
    state: str
    image: np.ndarray
    landmarks: Landmarks


def table(quick: bool = False) -> str:
    """Return the table: what, what it must reach, what it reaches."""
    rows: list[list[str]] = []
    infants = rendered(INFANTS)
    with LandmarkProcess() as process:
        model, card = opened(process, MODELS / "infant68.dat")
        rows += found_rows(process, infants)
        rows += shipped_rows(process, model, infants)
    rows += card_rows(card)
    for line in bridge.rows(REAL, every=32 if quick else 4):
        what = f"bridge 68 → 189, points {line.points}, known: {line.examples}"
        rows.append([what, "2.0 inner", f"{line.inner:.2f}, worst {line.worst:.2f}"])
    if not quick:
        rows += own_rows()
    return markdown(["", "must reach", "reaches"], rows)


def opened(process: LandmarkProcess, path: Path) -> tuple[str, dict]:
    """Open a model that has a card; return what it is called, and the card."""
    card = json.loads(path.with_suffix(".card.json").read_text(encoding="utf-8"))
    process.call("open_model", path=str(path), sha256=card["sha256"], card=card)
    return card["sha256"], card


def rendered(folder: Path) -> list[Known]:
    """Return the main pictures of the rendered infants."""
    known = []
    for path in sorted(folder.glob("infant*/*.json")):
        points = json.loads(path.read_text(encoding="utf-8"))["points"][:68]
        face = Landmarks(scheme("ibug68"), [[point["x"], point["y"]] for point in points])
        image = read_photo(path.with_suffix(".png")).image
        known.append(Known(path.parent.name, path.stem, image, face))
    return known


def found_rows(process: LandmarkProcess, infants: Sequence[Known]) -> list[list[str]]:
    """Return on how many photos a face is found."""
    sets = {
        "London": sorted((REAL / "london").glob("*.jpg")),
        "Darwin 1872": sorted((REAL / "darwin1872").glob("*.png")),
    }
    rows = []
    for name, paths in sets.items():
        found = sum(detection(process, read_photo(path).image) is not None for path in paths)
        rows.append([f"faces found, {name}", "all", f"{found} of {len(paths)}"])
    found = sum(detection(process, known.image) is not None for known in infants)
    return [*rows, ["faces found, rendered infants", "95 %", f"{found} of {len(infants)}"]]


def predicted(process: LandmarkProcess, model: str, known: Known) -> np.ndarray:
    """Return each point's error from the detector's own box; NaN where there is no face."""
    face = detection(process, known.image)
    if face is None:
        return np.full(len(known.landmarks.points), np.nan)
    _, (points,) = process.call(
        "predict", [known.image], model=model, box=list(face.box), tilt=face.tilt
    )
    away = np.hypot(*(points - known.landmarks.points).T)
    return away / known.landmarks.outer_eye_distance() * 100


def shipped_rows(process: LandmarkProcess, model: str, infants: Sequence[Known]) -> list[list[str]]:
    """Return the errors of the shipped predictor on infants that it hasn't seen."""
    rows = []
    for state in STATES:
        shown = [known for known in infants if known.state == state]
        errors = [predicted(process, model, known) for known in shown]
        rows.append([f"shipped, rendered infants, {state}", "0.9 inner, worst 2", said(errors)])
    for tilt in (-30, 30):
        errors = [predicted(process, model, tilted(known, tilt)) for known in infants]
        rows.append([f"shipped, the same tilted by {tilt}°", "sits too", said(errors)])
    return rows


def said(errors: Sequence[np.ndarray]) -> str:
    """Return mean and worst inner error."""
    inner = np.array([error[INNER].mean() for error in errors])
    return f"{inner.mean():.2f}, worst {inner.max():.2f} ({len(inner)} images)"


def tilted(known: Known, degrees: float) -> Known:
    """Return a photo turned clockwise about its centre."""
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = (np.array(known.image.shape[1::-1]) - 1) / 2
    image = np.array(Image.fromarray(known.image).rotate(-degrees, Image.Resampling.BICUBIC))
    points = (known.landmarks.points - centre) @ rotation.T + centre
    return Known(known.name, known.state, image, known.landmarks.replaced(points))


def card_rows(card: dict) -> list[list[str]]:
    """Return what `training/train.py measure` found with people left out, as the card has it."""
    rows = []
    limits = {"adults_left_out": "2.5 inner", "infants_left_out": ""}
    for group, limit in limits.items():
        for state, row in card["error"].get(group, {}).items():
            what = f"{group.replace('_', ' ')}, {state}"
            reached = f"{row['inner']:.2f}, worst {row['worst_inner']:.2f} ({row['images']} images)"
            rows.append([what, limit, reached])
    return rows


def adults() -> list[Known]:
    """Return the hand-delineated adults, mapped to 68 points."""
    known = []
    for path in sorted((REAL / "london640").glob("*.tem")):
        given = parse_template(path.read_bytes(), path.suffix).landmarks
        image = read_photo(path.with_suffix(".jpg")).image
        known.append(Known(path.stem, "neutral", image, convert(given, "ibug68")[0]))
    return known


def own_rows() -> list[list[str]]:
    """Return the errors of predictors trained on few photos, on people left out."""
    people = adults()
    rows = []
    for count, limit in ((20, "2.7 inner"), (40, "2.2 inner")):
        errors, seconds = own(people[TESTED : TESTED + count], people[:TESTED])
        what = f"own predictor, {count} adults"
        rows.append([what, f"{limit}, 60 s", f"{said(errors)}, {seconds:.0f} s"])
    return rows


def own(known: Sequence[Known], unseen: Sequence[Known]) -> tuple[list[np.ndarray], float]:
    """Return the errors on unseen people, and how long training took."""
    placing = crops.rule([face.landmarks for face in known])
    with LandmarkProcess() as process, tempfile.TemporaryDirectory() as work:
        path = Path(work, "own.dat")
        start = perf_counter()
        arrays = crops.lessons([(face.image, face.landmarks) for face in known], placing)
        settings = crops.settings(len(known), len(arrays[0]))
        process.call("train_model", arrays, path=str(path), seed=0, seconds=1800, **settings)
        seconds = perf_counter() - start
        card = {"scheme": placing.scheme, "box": placing.values()}
        model = hashlib.sha256(path.read_bytes()).hexdigest()
        process.call("open_model", path=str(path), sha256=model, card=card)
        return [predicted(process, model, face) for face in unseen], seconds
