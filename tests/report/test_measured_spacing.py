"""Measured spacing: numbers by hand, in the tracks, the plots and the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, nan, sqrt

import pytest
from gradient_set import DIRECT, Maker
from measured_series import LIMITS, displaced, even, series

from morphkit.measure.series import Series
from morphkit.report.evenness import Track, tracks
from morphkit.report.landmark_path import landmark_paths
from morphkit.report.plots import BOTTOM, TOP, Plot
from morphkit.report.spacing_plots import SpacingFigure, spacing_figure


def bare(levels: Sequence[float], steps: dict[str, Sequence[float | None]], inner: bool) -> Series:
    """A series of which only the steps are known; its anchors are its ends, and 0 if asked."""
    ids = tuple(f"f{k}" for k in range(len(levels)))
    middle = ((0.0, "n"),) if inner else ()
    anchors = ((levels[0], ids[0]), *middle, (levels[-1], ids[-1]))
    held = {name: tuple(values) for name, values in steps.items()}
    return Series("amy", "dis_hap", "direct", ids, tuple(levels), anchors, {}, held)


def track(levels: Sequence[float], *steps: float | None, inner: bool = False) -> Track:
    (found,) = tracks([bare(levels, {"rmse": steps}, inner)], {}, LIMITS)
    return found


def test_spacing_by_hand() -> None:
    # levels a third apart: every step should be 2; ratios 1, 1½, ½
    found = track((-1, -1 / 3, 1 / 3, 1), 2, 3, 1)
    assert found.spacing is not None
    assert found.spacing.ratios == pytest.approx([1, 1.5, 0.5])
    assert found.spacing.cv == pytest.approx(sqrt(0.5 / 3))
    # the third frame is at 5 of 6 instead of 4 of 6: a sixth of the way, half a frame
    assert found.spacing.offset == pytest.approx(1 / 6)
    assert found.frames == pytest.approx(0.5)
    assert (found.cv_beyond, found.offset_beyond) == (True, True)


def test_uneven_levels_that_are_met_are_even() -> None:
    found = track((-1, -0.5, 0.5, 1), 1, 2, 1)
    assert found.spacing is not None
    assert found.spacing.cv == pytest.approx(0, abs=1e-9)
    assert (found.cv_beyond, found.offset_beyond) == (False, False)


def test_legs_have_a_length_of_their_own() -> None:
    levels, steps = (-1, -0.5, 0, 0.5, 1), (3, 3, 1, 1)
    bent, straight = track(levels, *steps, inner=True), track(levels, *steps)
    assert bent.spacing is not None
    assert straight.spacing is not None
    assert bent.spacing.ratios == pytest.approx([1, 1, 1, 1])
    assert straight.spacing.ratios == pytest.approx([1.5, 1.5, 0.5, 0.5])


def test_a_squared_law_is_known() -> None:
    # half the level, a quarter of the step
    (found,) = tracks([bare((-1, -0.5, 0.5, 1), {"ssim": (1, 4, 1)}, False)], {}, LIMITS)
    assert found.spacing is not None
    assert found.spacing.ratios == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("steps", [(1, None, 1), (1, nan, 1), (1, inf, 1), (0, 0, 0), ()])
def test_what_cannot_be_told_has_no_spacing(steps: tuple[float | None, ...]) -> None:
    found = track((-1, -1 / 3, 1 / 3, 1), *steps)
    assert found.spacing is None
    assert found.places() == []
    assert (found.frames, found.unevenness, found.cv_beyond) == (0, 0, False)


def test_a_step_over_neutral_has_no_declared_length() -> None:
    assert track((-1, -0.2, 0.2, 1), 1, 1, 1, inner=True).spacing is None


def test_few_frames_and_unanchored_ones_are_not_judged() -> None:
    assert track((-1, 0, 1), 1, 3).cv_limit is None
    lonely = Series("amy", "x", "direct", ("a",) * 4, even(4), (), {}, {"rmse": (1.0, 3.0, 1.0)})
    (found,) = tracks([lonely], {}, LIMITS)
    assert found.cv_limit is None


def test_landmarks_are_compared_with_the_exact_path(maker: Maker) -> None:
    rows = maker.rows("amy", DIRECT, [-1, -0.4, 0.5, 1])
    (path,), _ = landmark_paths(maker.set(("amy",), (DIRECT,), rows=rows))
    one = bare(DIRECT.levels, {"landmark_path": (9, 9, 9)}, False)
    (found,) = tracks([one], {("amy", "dis_hap"): path}, LIMITS)
    assert found.spacing == path.spacing
    # of other levels than the path's it is compared with its own
    other = bare((-1, 0, 1), {"landmark_path": (1, 1)}, False)
    (found,) = tracks([other], {("amy", "dis_hap"): path}, LIMITS)
    assert found.spacing is not None
    assert found.spacing.measured == (1, 1)


def figure(*measured: Series) -> SpacingFigure:
    return spacing_figure(tracks(measured, {}, LIMITS), {})


def shapes(plot: Plot, kind: str) -> list[str]:
    return [shape.data for shape in plot.shapes if shape.kind.split(" marked")[0] == kind]


def test_places_can_be_read_off() -> None:
    drawn = figure(bare((-1, -1 / 3, 1 / 3, 1), {"rmse": (2, 3, 1)}, False))
    (plot,) = drawn.places
    (line,) = shapes(plot, "line s0")
    pairs = re.findall(r"([\d.]+) ([\d.]+)", line)
    heights = [100 * (BOTTOM - float(y)) / (BOTTOM - TOP) for _, y in pairs]
    assert heights == pytest.approx([0, 100 / 3, 500 / 6, 100], abs=0.1)
    across = [float(x) for x, _ in pairs]
    left, right = plot.x_ticks[0].at, plot.x_ticks[-1].at
    shares = [(x - left) / (right - left) for x in across]
    assert shares == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=0.001)
    assert plot.warning == "Out of place: RMSE."
    assert "RMSE: steps vary by 0.408, worst place 16.7" in plot.description


def test_bars_can_be_read_off() -> None:
    (plot,) = figure(bare((-1, -1 / 3, 1 / 3, 1), {"rmse": (2, 3, 1)}, False)).steps
    unit = next(tick.at for tick in plot.y_ticks if float(tick.text) == 1)
    tops = {
        kind: [(BOTTOM - float(y)) / (BOTTOM - unit) for y in re.findall(r"V([\d.]+)H", data)]
        for kind in ("bar", "bar beyond")
        for data in shapes(plot, kind)
    }
    assert tops["bar"] == pytest.approx([1], abs=0.01)
    assert tops["bar beyond"] == pytest.approx([1.5, 0.5], abs=0.01)
    (band,) = shapes(plot, "allowed")
    edges = sorted({(BOTTOM - float(y)) / (BOTTOM - unit) for y in re.findall(r" ([\d.]+)", band)})
    assert edges == pytest.approx([0.85, 1.15], abs=0.01)


def test_a_huge_step_is_cut_off_and_said() -> None:
    (plot,) = figure(bare((-1, -1 / 3, 1 / 3, 1), {"rmse": (1, 1e6, 1)}, False)).steps
    assert plot.note == ""  # the mean grows with it: three times at most
    levels = even(11)
    (plot,) = figure(bare(levels, {"rmse": (1,) * 9 + (90,)}, False)).steps
    assert plot.note == "Bars at the top go beyond 3."
    assert (
        min(
            float(y) for data in shapes(plot, "bar beyond") for y in re.findall(r"V([\d.]+)H", data)
        )
        >= TOP
    )


def test_of_many_the_least_even_are_drawn_and_all_are_listed() -> None:
    names = [f"i{n:02d}" for n in range(40)]
    faults = {"i33": displaced}
    drawn = figure(*(series(name, fault=faults.get(name)) for name in names))
    assert [plot.title for plot in drawn.places] == ["i00", "i01", "i02", "i03", "i04", "i33"]
    assert drawn.omitted == 34
    assert [identity for identity, _, _ in drawn.rows] == names
    assert drawn.beyond == ("i33",)
    assert {plot.unit for plot in drawn.steps[1:]} == {"bars: i33"}


def test_the_table_tells_numbers_and_marks() -> None:
    drawn = figure(
        bare(
            (-1, -1 / 3, 1 / 3, 1),
            {"rmse": (2, 3, 1), "gabor_jet": (2, 3, 1), "mae": (1, None, 1)},
            False,
        )
    )
    assert [title for _, title, _ in drawn.metrics] == ["RMSE", "MAE", "Gabor jets"]
    ((_, length, (rmse, mae, gabor)),) = drawn.rows
    assert length == ""
    assert (rmse.cv, rmse.frames, rmse.percent[:-2]) == ("0.408", "0.50", "16.7")
    assert (rmse.cv_beyond, rmse.offset_beyond) == (True, True)
    assert mae.cv == ""
    assert (gabor.cv, gabor.cv_beyond) == ("0.408", False)
    assert drawn.limits[-1] == "Gabor jets: shown without a limit."
    assert drawn.limits[0].startswith("RMSE, MAE: steps may vary by 0.15 (CV)")
