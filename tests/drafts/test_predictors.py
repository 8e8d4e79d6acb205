"""Which predictor is taken, and what is refused before dlib sees it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from morphkit import predictors
from morphkit.errors import UsageError
from morphkit.predictors import predictor


def copied(source: Path, folder: Path, name: str, card: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.dat"
    path.write_bytes(source.read_bytes())
    if card:
        text = source.with_suffix(".card.json").read_text("utf-8")
        path.with_suffix(".card.json").write_text(text, "utf-8")
    return path


def test_the_users_file_first(predictor_file: Path) -> None:
    found = predictor(predictor_file)
    assert found.name == "little.dat" and found.licence == ""
    assert found.model.sha256 == hashlib.sha256(predictor_file.read_bytes()).hexdigest()
    assert found.model.card is not None and found.model.card["scheme"] == "ibug68"
    assert found.about == {"model": "little.dat", "model_sha256": found.model.sha256}


def test_then_the_newest_with_a_card_in_the_data_folder(
    predictor_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORPHKIT_DATA", str(tmp_path))
    for age, name in enumerate(("newer", "older")):
        path = copied(predictor_file, tmp_path / "predictors", name)
        os.utime(path, (1e9 - age, 1e9 - age))
    copied(predictor_file, tmp_path / "predictors", "newest_without_card", card=False)
    assert predictor().name == "newer.dat"


def test_then_the_one_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORPHKIT_DATA", str(tmp_path))
    assert predictors._shipped().name == "infant68.dat"
    if not predictors._shipped().is_file():
        pytest.skip("no predictor ships with this checkout")
    assert predictor().name == "infant68.dat"


def test_the_data_folder_is_the_systems_without_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MORPHKIT_DATA", raising=False)
    assert predictors.data_folder().parts[-2:] == ("morphkit", "predictors")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        predictor(tmp_path / "none.dat")
    assert caught.value.code == "MK247"


def test_a_model_without_a_card_is_taken_and_said(predictor_file: Path, tmp_path: Path) -> None:
    found = predictor(copied(predictor_file, tmp_path, "bare", card=False))
    assert found.model.card is None and "no card" in found.about["licence"]


def test_the_public_model_is_known_by_its_hash_and_its_licence_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "any_name.dat"
    path.write_bytes(b"stands for it")
    monkeypatch.setattr(predictors, "PUBLIC", hashlib.sha256(b"stands for it").hexdigest())
    found = predictor(path)
    assert "excludes commercial use" in found.licence
    assert found.about["licence"] == found.licence


@pytest.mark.parametrize(
    "change, word",
    [
        ({"sha256": "0" * 64}, "another file"),
        ({"morphkit_predictor": 2}, "version"),
        ({"scheme": "none9"}, "none9"),
        ({"scheme": ["ibug68"]}, "unknown"),
        ({"scheme": "frl189"}, "189 points"),
        ({"box": None}, "lacks"),
        ({"parts": "abc"}, "parts"),
        ({"parts": [1, "2"]}, "parts"),
        ({"parts": [-5, 10]}, "parts"),
        ({"parts": []}, "parts"),
        ({"parts": [1, 2, 3]}, "parts"),
        ({"box": {"reference": [[1, 2]] * 68}}, "lacks"),
        ({"box": {"reference": [[1, 2]] * 68, "detected": [0, 1]}}, "detector"),
        ({"box": {"reference": [[1, float("nan")]] * 68, "detected": [0, 1, 2]}}, "68 points"),
        ({"box": {"reference": [[1, "2"]] * 68, "detected": [0, 1, 2]}}, "68 points"),
    ],
)
def test_cards_that_are_wrong(
    predictor_file: Path, tmp_path: Path, change: dict[str, object], word: str
) -> None:
    path = copied(predictor_file, tmp_path, "m")
    card = json.loads(path.with_suffix(".card.json").read_text("utf-8")) | change
    path.with_suffix(".card.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(UsageError) as caught:
        predictor(path)
    assert caught.value.code == "MK249" and word in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 5000, '"x"', "null"])
def test_cards_that_are_no_cards(predictor_file: Path, tmp_path: Path, text: str) -> None:
    path = copied(predictor_file, tmp_path, "m")
    path.with_suffix(".card.json").write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        predictor(path)
    assert caught.value.code == "MK249"


def test_what_a_card_says_obeys_no_terminal(predictor_file: Path, tmp_path: Path) -> None:
    path = copied(predictor_file, tmp_path, "m")
    card = json.loads(path.with_suffix(".card.json").read_text("utf-8"))
    card["attribution"] = "\x1b[31mred\ud800" + "x" * 9000
    path.with_suffix(".card.json").write_text(json.dumps(card), "utf-8")
    found = predictor(path)
    assert found.licence.startswith(r"\x1b[31mred\ud800xxx") and len(found.licence) < 2000
    assert found.licence.isprintable() and found.licence.encode()


def test_a_name_that_is_not_utf8_is_shown(predictor_file: Path, tmp_path: Path) -> None:
    try:
        path = copied(predictor_file, tmp_path, "caf\udce9")
    except OSError:
        pytest.skip("this system has no such names")
    assert predictor(path).name == r"caf\udce9.dat"
