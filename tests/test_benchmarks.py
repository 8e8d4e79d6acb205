"""The benchmarks measure what they say: by values that a hand can check."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import cost, inputs, jobs, landmarks, metrics, real, speed, table, timing, truth
from benchmarks.cases import cases
from morphkit import Face, Landmarks, scheme
from tiny_study import ROOT, SHARED

WIDTH = 256.0
SIDE = 512


def test_costs_are_multiplied_out() -> None:
    row = cost.multiplied(0.36, 0.0, 1.17).splitlines()[3].split(" | ")
    assert row[1:6] == ["1,000", "12", "500", "16", "1"]
    assert row[6:] == ["5.6", "28", "2.8 |"]


def grating(cycles: float, amplitude: float = 0.2) -> np.ndarray:
    """A grating of so many cycles per face width, 0…1."""
    x = np.arange(SIDE)
    return np.tile(0.5 + amplitude * np.cos(2 * np.pi * cycles * x / WIDTH), (SIDE, 1))


def inner() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[128:384, 128:384] = True
    return mask


def picture(values: np.ndarray) -> np.ndarray:
    return np.repeat(np.rint(values * 255).astype(np.uint8)[..., None], 3, axis=2)


def ibug(change=lambda points: None) -> Landmarks:
    """A schematic face of 68 points: jaw 200 px wide, outer eye corners 120 px apart."""
    points = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([128 + 100 * np.cos(turn), 110 + 110 * np.sin(turn)], axis=1)
    points[17:27] = [(70 + 12 * i, 80 - (i % 5)) for i in range(10)]
    points[27:31] = [(128, 110 + 10 * i) for i in range(4)]
    points[31:36] = [(112 + 8 * i, 150) for i in range(5)]
    for first, left in ((36, 68), (42, 148)):
        around = [(0, 0), (13, -8), (27, -8), (40, 0), (27, 8), (13, 8)]
        points[first : first + 6] = np.array(around) + np.array((left, 110))
    turn = np.linspace(np.pi, -np.pi, 13)[:-1]
    points[48:60] = np.stack([128 + 40 * np.cos(turn), 180 - 16 * np.sin(turn)], axis=1)
    points[60:65] = [(98, 180), (113, 176), (128, 176), (143, 176), (158, 180)]
    points[65:68] = [(143, 184), (128, 184), (113, 184)]
    change(points)
    return Landmarks(scheme("ibug68"), points)


@pytest.mark.parametrize("measure", [metrics.power, metrics.sharp_power])
@pytest.mark.parametrize("cycles, band", [(12, 0), (28, 1), (60, 2)])
def test_a_grating_lands_in_its_band(measure, cycles, band):
    found = measure(grating(cycles), inner(), WIDTH)
    assert found.argmax() == band
    assert measure(grating(cycles), inner(), WIDTH) / found == pytest.approx(1)
    assert measure(grating(cycles, 0.1), inner(), WIDTH)[band] / found[band] == pytest.approx(0.25)


def test_a_gaussian_has_half_its_power_at_its_edge():
    finest = metrics.power(grating(32), inner(), WIDTH)[2]
    assert finest == pytest.approx((1 - np.sqrt(0.5)) ** 2 * 0.2**2 / 2, rel=0.02)


def test_sharp_bands_keep_all_power():
    assert metrics.sharp_power(grating(24), inner(), WIDTH)[1] == pytest.approx(0.2**2 / 2)


def test_blur_lowers_the_finest_band():
    noise = np.random.default_rng(1).random((SIDE, SIDE))
    blurred = (noise + np.roll(noise, 1, 1)) / 2
    ratio = metrics.power(blurred, inner(), WIDTH) / metrics.power(noise, inner(), WIDTH)
    assert ratio[2] < 0.7
    assert ratio[0] == pytest.approx(1, abs=0.15)


def test_equal_pictures_are_alike():
    one = picture(grating(20))
    assert metrics.ssim(one, one, inner()) == pytest.approx(1)
    assert metrics.delta_e(one, one, inner()) == 0
    other = picture(grating(20, 0.1))
    assert metrics.ssim(one, other, inner()) < 0.9


def test_luminance_is_linear():
    half = np.full((SIDE, SIDE, 3), 188, dtype=np.uint8)
    assert metrics.luminance(half, inner()) == pytest.approx(0.5, abs=0.005)


def test_a_known_area():
    assert metrics.area(np.array([(0, 0), (4, 0), (4, 3), (0, 3)])) == 12
    # two triangles of 15 × 4 beside a rectangle of 30 × 8, twice half each
    assert metrics.area(metrics.ring(ibug(), "mouth")) == pytest.approx(30 * 8 + 2 * 15 * 8 / 2)


def test_regions():
    on = metrics.regions(ibug(), (256, 256))
    assert on.face_width == pytest.approx(200)
    assert on.eod == pytest.approx(120)
    assert not (on.skin & (on.parts["eyes"] | on.parts["mouth"] | on.parts["brows"])).any()
    assert on.hull[180, 80] and not on.hull[20, 20]
    assert not on.parts["mouth"][180, 128], "the inside of the lips belongs to no part"
    assert on.parts["mouth"][180 - 16 - 9, 128] and not on.parts["mouth"][180 - 16 - 11, 128]


def test_landmark_error():
    def moved(points):
        points[30] += (12, 0)

    mean, _ = metrics.landmark_error(ibug(moved), ibug())
    assert mean == pytest.approx(10 / 68)


def test_lips_apart():
    assert metrics.lips_apart(ibug()) == pytest.approx(8 / 80)


def test_equal_layers_have_no_ghost_and_a_shift_is_found():
    rng = np.random.default_rng(2)
    noise = rng.random((40, 40))
    x = np.linspace(0, 38, 256)
    fine = noise[np.rint(x).astype(int)][:, np.rint(x).astype(int)]
    for _ in range(3):
        fine = (fine + np.roll(fine, 1, axis=0)) / 2
        fine = (fine + np.roll(fine, 1, axis=1)) / 2
    one, other = picture(fine), picture(np.roll(fine, 2, axis=1))
    on = metrics.regions(ibug(), (256, 256))
    assert metrics.misalignment(one, one, on)["rest"][0] == pytest.approx(0, abs=1e-3)
    assert metrics.misalignment(one, other, on)["rest"][0] == pytest.approx(2 / 120 * 100, rel=0.1)


def test_dip_and_relative_power():
    x = np.linspace(-1, 1, 11)
    powers = np.exp(0.3 * x + 0.1 * x**2)
    assert real.dip(powers) == pytest.approx(1 - np.exp(-0.1))
    assert real.relative(np.linspace(2, 4, 11)) == pytest.approx(np.ones(11))


def a_row(level: float, ssim: float = 0.9, mouth: float = 0.0, **more) -> truth.Row:
    values = dict.fromkeys(truth.Row.__dataclass_fields__, 1.0)
    values |= {"infant": "a", "path": "direct", "method": "m", "shut": False}
    return truth.Row(**values | {"level": level, "ssim": ssim, "mouth": mouth} | more)


def test_a_mouth_that_opens_and_shuts_again_is_seen():
    opening = [a_row(level / 4, mouth=m) for level, m in enumerate((0, 1, 3, 2.5, 4))]
    assert truth.back(opening) == pytest.approx(0.5)
    assert truth.back(opening[:3]) == 0
    assert truth.back([a_row(0.5, mouth=float("nan"))]) == 0


def test_what_no_frame_tests_is_not_called_met():
    line = next(line for line in table._mouth() if line.limit == "≤ 0.2")
    untested = [a_row(0.5, mouth=float("nan"), shut=True), a_row(0.5, mouth=3.0)]
    assert table._met(line, untested) == "not tested"
    assert table._met(line, [*untested, a_row(0.5, mouth=0.1, shut=True)]) == "yes"
    assert table._met(line, [*untested, a_row(0.5, mouth=0.3, shut=True)]) == "**no**"


def test_summary_numbers():
    rows = [a_row(level, ssim) for level, ssim in ((0.1, 0.5), (0.4, 0.9), (0.5, 0.8), (0.6, 0.7))]
    assert table.middles(rows) == [pytest.approx(0.8)]
    worse = [a_row(level, 0.75) for level in (0.1, 0.4, 0.5, 0.6)]
    assert table.beaten(rows, worse) == 0.5
    assert table.inside([*rows, a_row(0.2, power_32=0.8)]) == pytest.approx(0.8)


def test_rows_survive_a_file(tmp_path):
    rows = [a_row(0.25), a_row(0.5, shut=True)]
    truth.write_csv(rows, tmp_path / "rows.csv")
    assert truth.read_csv(tmp_path / "rows.csv") == rows


def test_help():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0
    assert "truth" in run.stdout


@pytest.mark.parametrize("part", ["speed", "growth", "png", "cost", "delineation"])
def test_costs_are_measured(part, tmp_path):
    """That a table comes out; how fast anything is, is no test's business."""
    page = tmp_path / "page.md"
    command = [sys.executable, "-m", "benchmarks", part, "--quick", "--docs", str(page)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    text = page.read_text(encoding="utf-8")
    assert f"<!-- {part} -->" in text and "---|" in text.replace(" ", "")


def test_a_claim_says_whether_it_is_met():
    assert speed.Claim("", [3.0, 5.0, 4.0], 4, 5).cells()[5] == "yes"
    assert speed.Claim("", [3.0], 4, 5).cells()[5] == "**no**"
    assert speed.Claim("", [100.0], 200, 150, least=False).cells()[5] == "aim"
    assert speed.Claim("", [], 4, 5).cells()[1] == "not measured"


def test_a_scaled_cost_keeps_its_start():
    cost = timing.Cost(cpu=3.0, wall=4.0, loop_cpu=2.0, loop_wall=2.5, peak=7.0)
    assert cost.scaled(5) == timing.Cost(11.0, 14.0, 10.0, 12.5, 7.0)


def test_works_take_turns():
    order = []
    works = {name: lambda name=name: order.append(name) or name for name in "ab"}
    assert timing.interleaved(works, 2) == {"a": ["a", "a"], "b": ["b", "b"]}
    assert order == list("ababab"), "the first round is not kept"


def test_what_the_system_has_no_peer_for_is_left_out(monkeypatch):
    monkeypatch.setattr(jobs, "find_spec", lambda name: None if name == "cv2" else True)
    assert jobs.missing("opencv") == ["cv2"] and jobs.missing("ours") == []
    assert speed._run({"opencv, all": lambda: 1, "ours": lambda: 2}, 1) == {"ours": [2]}


def test_dense_landmarks_fold_nothing():
    image = np.zeros((96, 96, 3), dtype=np.uint8)
    marks = ibug()
    face = Face(image, marks.replaced(marks.points * 96 / 256))
    one, other = inputs.dense([face, face], 200)
    assert one.landmarks.points.shape == (200, 2)
    assert 0 < np.abs(one.landmarks.points - other.landmarks.points).max() < 3
    assert jobs.ours_between([one, other], "plain")(0.5).shape == (96, 96, 3)


def test_paths_of_the_rendered_infants_are_found():
    if not (SHARED / "synthetic_infants").is_dir():
        pytest.skip("../shared (real photographs, rendered infants) is not here")
    case = next(cases(SHARED / "synthetic_infants"))
    assert case.path == "direct"
    assert [level for level, _ in case.truth] == pytest.approx(np.arange(1, 10) / 10)
    assert case.scale().width == 512


def test_landmark_errors_are_summed_up_without_the_jaw() -> None:
    one, other = np.full(68, 1.0), np.full(68, 3.0)
    one[:17] = 99
    assert landmarks.said([one, other]) == "2.00, worst 3.00 (2 images)"


def test_a_tilted_photo_and_its_landmarks_turn_together() -> None:
    image = np.zeros((101, 101, 3), np.uint8)
    image[50, 80] = 255  # 30 pixels to the right of the centre: below it after 90 degrees
    known = landmarks.Known("dot", "neutral", image, ibug().replaced(np.full((68, 2), (80.0, 50))))
    turned = landmarks.tilted(known, 90)
    assert turned.landmarks.points[0] == pytest.approx([50, 80])
    assert turned.image[80, 50, 0] == 255
