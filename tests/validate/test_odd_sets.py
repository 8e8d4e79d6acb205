"""Odd sets: no neutral face in the middle, equal names in folders, odd papers."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from real_set import CANVAS, ONE, built, real, recipe
from tiny_set import tiny

from morphkit.validate import validate
from morphkit.validate.traces import ADDRESS, traces
from morphkit.validate.track import Look, Strip, Track, Viewer


def test_an_even_count_through_neutral_has_no_face_in_the_middle(tmp_path: Path) -> None:
    text = f"""\
{CANVAS}continua:
  - {{name: thr, path: through-neutral, from: distressed, via: neutral, to: happy, levels: 8}}
"""
    report = validate(built(tmp_path, recipe(text, ONE)))
    assert [str(one) for one in report.findings if one.severity == "error"] == []
    (series,) = report.measured
    assert [at for at, _ in series.anchors] == pytest.approx([-1, -1 / 7, 1 / 7, 1])


def test_folders_may_hold_frames_of_the_same_names(tmp_path: Path) -> None:
    values = real()
    for folder, share in (("light", 1.0), ("dark", 0.6)):
        (tmp_path / folder).mkdir()
        for k, row in enumerate(values.rows, start=1):
            image = (values.images[row["image_file"]] * share).astype(np.uint8)
            Image.fromarray(image).save(tmp_path / folder / f"f{k:02d}.png")
    report = validate(tmp_path)
    assert {one.code for one in report.findings} & {"MK526", "MK527", "MK528"} == set()
    assert {one.ids[0] for one in report.measured} == {"light/f01", "dark/f01"}


@pytest.mark.parametrize(
    "residuals",
    [
        5,
        [1],
        [{"identity": "i01", "expressions": ["a", "b"], "after": {"mouth": {}}}],
        [{"identity": "i01", "expressions": [1], "after": {"mouth": {"mean": 9, "p95": 9}}}],
        [{"identity": "i01", "expressions": ["a"], "after": {"mouth": {"mean": "x", "p95": 1}}}],
    ],
)
def test_odd_residuals_are_a_finding(tmp_path: Path, residuals: Any) -> None:
    values = real()
    values.block["measures"] = {"residuals": residuals}
    report = validate(values.write(tmp_path / "real"), quick=True)
    assert "MK601" in {one.code for one in report.findings}


def test_checksums_that_lead_out_hide_no_other_finding(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "tiny")
    (tmp_path / "elsewhere").write_text("x", encoding="utf-8")
    home = folder / "packages" / "x"
    home.mkdir(parents=True)
    try:
        (home / "checksums.sha256").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("no links here")
    (folder / "stimuli" / "extra.png").write_bytes(b"x")
    report = validate(folder, quick=True)
    assert report.checked == "quick"
    assert {"MK606", "MK682"} <= {one.code for one in report.findings}


def test_an_address_that_is_part_of_a_declared_one_has_its_own_line() -> None:
    text = "an.amy@lab.org\namy@lab.org\n"
    (found,) = traces(text, "a.txt", ["an.amy@lab.org"])
    assert (found.what, found.line, found.count) == (ADDRESS, 2, 1)


def test_equal_outlines_are_unpacked_once() -> None:
    side, frames = 512, 100
    region = np.ones((side, side), dtype=bool)
    ids = tuple(f"f{k}" for k in range(frames))
    levels = tuple(float(k) for k in range(frames))
    strip = Strip("i", "c", "direct", ids, levels, (), (None,) * frames)
    track = Track(strip, Viewer(region, region))
    for _ in ids:
        track.add(Look(outline=np.packbits(region)))
    tracemalloc.start()
    try:
        outlines = track.series().statistics["outline"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outlines == (0.0,) * frames
    # packed, they are 13 bytes a pixel of one frame; unpacked one by one they were 100 more
    assert peak < 30 * side * side
