"""Model files that are broken or hostile: an error, never a crash of ours, never a wrong draft."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from little_predictor import photo, write_card
from morphkit import files
from morphkit.cli import main
from morphkit.errors import EnvironmentFault
from morphkit.landmarks import crops
from morphkit.landmarks.draft import Model, opened, predicted
from morphkit.landmarks.process import LandmarkProcess
from tiny_study import DEMO

MUTANTS = 300


def drafted(path: Path) -> str:
    """What becomes of asking a model without card: a code, or "drafted"."""
    with LandmarkProcess() as process:
        model = Model(str(path), files.sha256_of(path))
        try:
            found = predicted(process, photo("infant01_neutral"), model, opened(process, model))
        except EnvironmentFault as error:
            return error.code
    assert found is not None and np.isfinite(found.landmarks.points).all()
    return "drafted"


def mutant(data: bytes, draw: random.Random) -> bytes:
    """Flip, cut, double or overwrite a few bytes; most near the head, where sizes stand."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        near = draw.choice([64, 1000, len(changed)])
        place = draw.randrange(min(near, len(changed)))
        kind = draw.randrange(4)
        if kind == 0:
            changed[place] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[place : place + draw.randint(1, 9)]
        elif kind == 2:
            changed[place:place] = changed[place : place + draw.randint(1, 9)]
        else:
            changed[place : place + 4] = draw.randbytes(4)
    return bytes(changed)


def test_a_whole_model_drafts(predictor_file: Path, tmp_path: Path) -> None:
    assert drafted(Path(shutil.copy(predictor_file, tmp_path / "bare.dat"))) == "drafted"


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.1, 0.5, 0.999])
def test_a_model_that_is_cut_off(predictor_file: Path, tmp_path: Path, share: float) -> None:
    data = predictor_file.read_bytes()
    path = tmp_path / "cut.dat"
    path.write_bytes(data[: int(share * len(data))])
    assert drafted(path) in {"MK241", "MK242"}


@pytest.mark.parametrize(
    "data", [b"\0" * 4000, b"\xff" * 4000, b"PK\x03\x04", b"\x01\x01" + b"\x08\xff" * 200]
)
def test_what_is_no_model(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.dat"
    path.write_bytes(data)
    assert drafted(path) in {"MK241", "MK242"}


def test_mutants_kill_at_most_the_child(predictor_file: Path, tmp_path: Path) -> None:
    data, draw = predictor_file.read_bytes(), random.Random(6)
    image = np.ascontiguousarray(photo("infant01_neutral")[::3, ::3])
    box = [65.0, 79.0, 190.0, 203.0]
    fates: dict[str, int] = {}
    process = LandmarkProcess()
    for number in range(MUTANTS):
        path = tmp_path / f"m{number}.dat"
        path.write_bytes(mutant(data, draw))
        model = Model(str(path), files.sha256_of(path))
        fate = "points"
        try:
            opened(process, model)
            _, (points,) = process.call("predict", [image], model=model.sha256, box=box, tilt=0.0)
            assert points.shape == (68, 2) and np.isfinite(points).all()
        except EnvironmentFault as error:
            fate = error.code
        if fate == "MK241":
            process.close()
            process = LandmarkProcess()
        fates[fate] = fates.get(fate, 0) + 1
        path.unlink()
    process.close()
    assert {*fates} <= {"MK241", "MK242", "points"} and fates["MK242"] > MUTANTS / 10, fates


def test_a_model_that_changes_after_it_was_chosen(predictor_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(predictor_file, tmp_path / "m.dat"))
    model = Model(str(path), files.sha256_of(path))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with LandmarkProcess() as process, pytest.raises(EnvironmentFault, match="hash differs"):
        opened(process, model)


def test_a_card_of_another_scheme(predictor_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(predictor_file, tmp_path / "m.dat"))
    write_card(path, crops.Rule("simple28", np.zeros((28, 2))))
    shutil.copy(DEMO / "infant01_happy.png", tmp_path)
    result = CliRunner().invoke(main, ["delineate", str(tmp_path), "--predictor", str(path)])
    assert result.exit_code == 4 and "MK242" in result.stderr and "m.dat" in result.stderr
    assert not (tmp_path / "infant01_happy.json").exists()


def test_a_model_without_a_card_is_taken_and_said(predictor_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(predictor_file, tmp_path / "bare.dat"))
    shutil.copy(DEMO / "infant01_happy.png", tmp_path)
    result = CliRunner().invoke(main, ["delineate", str(tmp_path), "--predictor", str(path)])
    assert result.exit_code == 0 and "no card" in result.stderr
    origin = json.loads((tmp_path / "infant01_happy.json").read_text("utf-8"))["origin"]
    assert origin["model_sha256"] == files.sha256_of(path) and "no card" in origin["licence"]


def test_a_child_that_dies_takes_one_photo_and_no_more(
    predictor_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is ended for its time is a crash as any other."""
    from morphkit import drafting
    from morphkit.delineate import delineate, photos_of
    from morphkit.landmarks import draft
    from morphkit.predictors import predictor

    for stem in ("infant01_happy", "infant02_happy", "infant03_happy"):
        shutil.copy(DEMO / f"{stem}.png", tmp_path)
    begun = []

    def fatal(process: LandmarkProcess, image: np.ndarray) -> draft.Detection | None:
        begun.append(process)
        if len(begun) == 2:
            process._child.kill()
        return found(process, image)

    found = draft.detection
    monkeypatch.setattr(draft, "detection", fatal)
    way = drafting.by_predictor(predictor(predictor_file))
    looked = delineate(tmp_path, photos_of(tmp_path), way, jobs=1)
    states = {one.image: one.state for one in looked}
    assert states == {
        "infant01_happy.png": "drafted",
        "infant02_happy.png": "failed",
        "infant03_happy.png": "drafted",
    }
    assert looked[0].findings[0].code == "MK241"
    assert begun[0] is begun[1] is not begun[2]


@pytest.mark.parametrize("program", ["", "/nowhere/python"])
def test_a_process_that_cannot_be_started(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", program)
    with pytest.raises(EnvironmentFault, match="MK240"):
        LandmarkProcess()
