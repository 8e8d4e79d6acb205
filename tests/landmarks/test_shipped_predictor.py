"""The predictor that ships with morphkit, on infants that it was not trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from benchmarks.landmarks import INNER, MODELS, Known, opened, predicted, tilted
from morphkit.faces.conversion import convert
from morphkit.files.faces import read_template
from morphkit.files.photos import read_photo
from morphkit.landmarks.process import LandmarkProcess
from tiny_study import ROOT

pytest.importorskip("dlib")

DEMO = ROOT / "raw_faces" / "demo"
CARD = json.loads((MODELS / "infant68.card.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def asking() -> Iterator[tuple[LandmarkProcess, str]]:
    with LandmarkProcess() as process:
        yield process, opened(process, MODELS / "infant68.dat")[0]


def known(stem: str) -> Known:
    landmarks = read_template(DEMO / f"{stem}.json")[0].landmarks
    image = read_photo(DEMO / f"{stem}.png").image
    return Known(stem, stem.split("_")[1], image, convert(landmarks, "ibug68")[0])


def inner(asking: Any, face: Known) -> float:
    return float(predicted(*asking, face)[INNER].mean())


@pytest.mark.parametrize("state", ["happy", "neutral", "distressed"])
def test_infants_sit(asking: Any, state: str) -> None:
    errors = [inner(asking, known(f"infant0{number}_{state}")) for number in (1, 2, 3, 4)]
    assert np.mean(errors) < 0.9
    assert max(errors) < 1.2


@pytest.mark.parametrize("tilt", [-30, 30])
def test_tilted_infants_sit_too(asking: Any, tilt: float) -> None:
    for stem in ("infant02_distressed", "infant01_happy"):
        assert inner(asking, tilted(known(stem), tilt)) < 1.2


def test_a_template_that_is_off_is_seen(asking: Any) -> None:
    face = known("infant01_happy")
    off = face.landmarks.replaced(face.landmarks.points + np.array([10.0, 0]))
    assert inner(asking, Known("off", "happy", face.image, off)) > 2


def test_the_card_is_this_model_s() -> None:
    data = (MODELS / "infant68.dat").read_bytes()
    assert CARD["sha256"] == hashlib.sha256(data).hexdigest()
    assert sum(CARD["parts"]) == len(data) <= 8_000_000
    assert len(CARD["box"]["reference"]) == CARD["points"] == 68
    assert "10.6084/m9.figshare.5047666" in CARD["attribution"]
    assert "CC BY 4.0" in CARD["licence"] + CARD["attribution"]
