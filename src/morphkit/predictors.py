"""Which predictor drafts landmarks: the user's own, or the one that comes with morphkit.

Files are taken from an explicit path, from the predictors' folder in the user's data folder, or
from morphkit itself; never from a study.  May import `errors`, `faces`, `files` and `landmarks`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.errors import Finding, MorphkitError, UsageError, visible
from morphkit.faces.scheme import scheme, scheme_names
from morphkit.landmarks.draft import Model

SUFFIX, CARD = ".dat", ".card.json"

DATA = "MORPHKIT_DATA"
"""Environment variable with the folder that stands for the user's data folder."""

PUBLIC = "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f"
"""SHA-256 of the public 68-point model (dlib's shape_predictor_68_face_landmarks.dat)."""

PUBLIC_LICENCE = (
    "This model was trained on the iBUG 300-W photos, whose licence excludes commercial use; "
    "its authors ask not to use it in commercial products."
)

NO_CARD = (
    "It has no card: who made it, from which photos and under which licence, is for you to know. "
    "It is asked with the boxes of dlib's face detector."
)

SHIPPED = "infant68"

_LARGEST = 2_000_000_000

MOST_SAID = 400
"""Signs of a card's attribution that are said and kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A model that was chosen.

    Parameters
    ----------
    model : Model
    name : str
        The file's, without folder.
    licence : str
        What the user must know; may be empty.
    """

    model: Model
    name: str
    licence: str = ""

    @property
    def about(self) -> dict[str, Any]:
        """What a template's origin says of it."""
        known = {"model": self.name, "model_sha256": self.model.sha256}
        return known | ({"licence": self.licence} if self.licence else {})


def predictor(path: Path | None = None) -> Predictor:
    """Return the predictor to draft with.

    Parameters
    ----------
    path : Path, optional
        The user's choice; else the newest with a card in `data_folder`, else morphkit's own.

    Raises
    ------
    UsageError
        MK247 no such file; MK249 its card is not to be used.
    """
    if path is not None:
        return _read(path)
    own = _newest()
    return _read(own or _shipped())


def data_folder() -> Path:
    """Return the folder in which predictors are looked for."""
    told = os.environ.get(DATA)
    if told:
        return Path(told) / "predictors"
    from platformdirs import user_data_path  # noqa: PLC0415 - only where it is asked

    return user_data_path("morphkit", appauthor=False) / "predictors"


def _newest() -> Path | None:
    folder = data_folder()
    if not folder.is_dir():
        return None
    names = files.list_files(folder, depth=1)
    found = [folder / name for name in names if Path(name).suffix == SUFFIX]
    found = [path for path in found if path.with_suffix(CARD).name in names]
    return max(found, key=lambda path: (path.stat().st_mtime, path.name), default=None)


def _shipped() -> Path:
    return Path(str(resources.files("morphkit.landmarks"))) / "models" / f"{SHIPPED}{SUFFIX}"


def _read(path: Path) -> Predictor:
    file = files.shown(path)
    if not path.is_file():
        advice = "Name a .dat file that morphkit train, or dlib, has written."
        raise UsageError(
            Finding("MK247", "the predictor is not here.", file=file, suggestion=advice)
        )
    size = path.stat().st_size
    if size > _LARGEST:
        text = f"the file has {size / 1e6:.0f} MB, which no predictor has."
        raise UsageError(
            Finding("MK247", text, file=file, measured=float(size), limit=float(_LARGEST))
        )
    sha256 = files.sha256_of(path)
    beside = path.with_suffix(CARD)
    card = _card(beside, sha256) if beside.is_file() else None
    licence = visible(str(card.get("attribution") or "")[:MOST_SAID]) if card else ""
    if card is None:
        licence = PUBLIC_LICENCE if sha256 == PUBLIC else NO_CARD
    return Predictor(Model(os.path.realpath(path), sha256, card), visible(path.name), licence)


def _card(path: Path, sha256: str) -> Mapping[str, Any]:
    """Read a card, and hold it against the model beside it."""
    text = files.read_text(path, "card of the predictor")
    try:
        card = json.loads(text)
        fault = _fault(card, sha256) if isinstance(card, dict) else "it is no JSON object"
    except (ValueError, RecursionError):
        fault = "it is not JSON"
    except (MorphkitError, TypeError, KeyError) as error:
        fault = f"it lacks what a card needs ({type(error).__name__})"
    if fault:
        advice = "Use the two files as morphkit train has written them."
        message = f"the card of the predictor can't be used: {fault}."
        raise UsageError(Finding("MK249", message, file=files.shown(path), suggestion=advice))
    found: Mapping[str, Any] = card
    return found


def _fault(card: Mapping[str, Any], sha256: str) -> str:
    """Say what is wrong with a card, or return an empty text."""
    if card.get("morphkit_predictor") != 1:
        return "it is not a card of version 1"
    if card.get("sha256") != sha256:
        return "it is the card of another file (sha256 differs)"
    if card.get("scheme") not in scheme_names():
        return f"its scheme {str(card.get('scheme'))[:40]!r} is unknown"
    parts = card.get("parts", [1])
    sound = isinstance(parts, list) and 1 <= len(parts) <= 2
    if not (sound and all(type(part) is int and part > 0 for part in parts)):
        return "its parts are no sizes of one or two predictors"
    count, box = len(scheme(card["scheme"]).points), card["box"]
    reference = [len(point) == 2 and all(_finite(v) for v in point) for point in box["reference"]]
    if len(reference) != count or not all(reference):
        return f"its box has not the {count} points of {card['scheme']}"
    if len(box["detected"]) != 3 or not all(_finite(v) for v in box["detected"]):
        return "its box doesn't say where a face lies in the detector's"
    return ""


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e6
