"""Distances between pictures, and legs."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_operations import with_operations
from tiny_set import mixed, tiny

from morphkit import files
from morphkit.study.manifest import ContinuumEntry
from morphkit.validate import validate
from morphkit.validate.pixels import legs, rms_difference

BLACK = np.zeros((2, 3, 3), dtype=np.int16)


def test_black_and_white_differ_by_one() -> None:
    assert rms_difference(BLACK, BLACK + np.int16(32767)) == pytest.approx(1)


def test_one_white_value_of_eighteen() -> None:
    other = BLACK.copy()
    other[1, 2, 0] = 32767
    assert rms_difference(BLACK, other) == pytest.approx(sqrt(1 / 18))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_it_is_a_distance(seed: int) -> None:
    noise = np.random.default_rng(seed)
    a, b, c = noise.integers(0, 32768, (3, 4, 5, 3), dtype=np.int16)
    assert rms_difference(a, a) == 0 < rms_difference(a, b) == rms_difference(b, a)
    assert rms_difference(a, c) <= rms_difference(a, b) + rms_difference(b, c) + 1e-12


def entry(path: str, names: list[str]) -> ContinuumEntry:
    return ContinuumEntry(name="x", path=path, midpoint=None, expressions=names, levels=[])


def test_legs_meet_at_the_photo_in_the_middle(tmp_path: Path) -> None:
    stimuli = files.read_set(tiny().write(tmp_path)).stimuli
    series = [row for row in stimuli if (row.identity, row.continuum) == ("i01", "thr_neu")]
    first, second = legs(series, entry("through-neutral", ["distressed", "neutral", "happy"]), {})
    assert [row.frame for row in first.frames] == [1, 2, 3, 4]
    assert [row.frame for row in second.frames] == [4, 5, 6, 7]
    assert (first.start.frame, first.end.frame, second.end.frame) == (1, 4, 7)


def test_a_photo_elsewhere_in_the_set_stands_for_an_end(tmp_path: Path) -> None:
    stimuli = files.read_set(tiny().write(tmp_path)).stimuli
    series = [row for row in stimuli if (row.identity, row.continuum) == ("i01", "dis_hap")]
    other = next(row for row in stimuli if row.continuum == "neu_hap" and row.frame == 4)
    names = ["distressed", "happy"]
    (leg,) = legs(series[1:4], entry("direct", names), {("i01", "happy"): other})
    assert (leg.start, leg.end) == (series[1], other)
    assert legs(series[:1], entry("direct", names), {}) == []


def test_a_reversed_middle_is_seen_by_photos_elsewhere(tmp_path: Path) -> None:
    """Without its ends a reversed continuum looks right to itself."""
    values = tiny()
    values.block["continua"][0].update(levels=[-0.5, 0.0, 0.5])
    values.block["recipe"]["continua"][0]["levels"] = [-0.5, 0.0, 0.5]
    for identity in ("i01", "i02"):
        for frame in (1, 5):
            values.rows.remove(values.row(identity, "dis_hap", frame))
    for row in values.rows:
        if row["continuum"] == "dis_hap":
            row["frame"] = str(int(row["frame"]) - 1)
    assert validate(values.write(tmp_path / "good")).findings == ()
    a, b = (values.row("i01", "dis_hap", frame)["image_file"] for frame in (1, 3))
    values.images[a], values.images[b] = values.images[b], values.images[a]
    assert {f.code for f in validate(values.write(tmp_path / "bad")).findings} == {"MK454"}


@pytest.mark.parametrize("shift, codes", [(0.3, set()), (0.2, {"MK456"})])
def test_a_quarter_of_a_step_is_the_limit(shift: float, codes: set[str], tmp_path: Path) -> None:
    values = tiny()
    happy = 0.25 * (1 + shift)
    name = values.row("i01", "dis_hap", 3)["image_file"]
    values.images[name] = mixed("i01", {"distressed": 1 - happy, "happy": happy})
    assert {f.code for f in validate(values.write(tmp_path)).findings} == codes


def test_the_recipe_can_ask_for_a_difference_between_neighbours(tmp_path: Path) -> None:
    values = tiny()
    values.block["recipe"]["limits"] = {"duplicate_rmse": 0.9}
    report = validate(values.write(tmp_path))
    assert {(f.code, f.limit) for f in report.findings} == {("MK455", 0.9)}


def test_every_picture_is_decoded_once_whoever_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = with_operations()  # legs that share an end, frames on no leg, negative weights
    values.write(tmp_path)
    decode, decoded = files.decode_png, []

    def counted(data: bytes) -> np.ndarray:
        decoded.append(files.sha256(data))
        return decode(data)

    monkeypatch.setattr(files, "decode_png", counted)
    assert validate(tmp_path).findings == ()
    shown = [row.sha256 for row in files.read_set(tmp_path).stimuli]
    assert sorted(decoded) == sorted(set(shown)) and len(decoded) < len(shown)


def test_a_picture_that_claims_an_enormous_size_is_not_decoded(tmp_path: Path) -> None:
    values = tiny()
    values.write(tmp_path)
    path = tmp_path / values.rows[2]["image_file"]
    data = bytearray(path.read_bytes())
    data[16:24] = (2**31 - 1).to_bytes(4, "big") * 2
    path.write_bytes(data)
    codes = {f.code for f in validate(tmp_path).findings}
    assert codes == {"MK152", "MK683"}
