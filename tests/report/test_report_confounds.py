"""Confounds: what is allowed by hand, who leaves it, and what is drawn of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log10, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured_series import LIMITS, blurred, drifting, even, series

from morphkit.measure import metrics, statistic_names
from morphkit.measure.series import Series, lookup
from morphkit.report.confounds import Confounds, confounds
from morphkit.report.courses import Course, course
from morphkit.report.meanings import GROUPS, METRICS, STATISTICS
from morphkit.report.plots import Plot, factor, line


def one(name: str, *values: float | None, inner: bool = False) -> Series:
    levels = even(len(values))
    ids = tuple(f"f{k}" for k in range(len(values)))
    middle = ((0.0, ids[len(ids) // 2]),) if inner else ()
    anchors = ((-1.0, ids[0]), *middle, (1.0, ids[-1]))
    return Series("amy", "dis_hap", "direct", ids, levels, anchors, {name: tuple(values)})


def walked(name: str, *values: float | None, inner: bool = False) -> Course:
    found = one(name, *values, inner=inner)
    return course(found, name, lookup([found], name), LIMITS)


def test_a_share_of_the_straight_line() -> None:
    # the line from 1 to 2 is 1.5 in the middle; 1 % of it
    found = walked("luminance", 1.0, 1.52, 2.0)
    assert found.low == pytest.approx([0.99, 1.485, 1.98])
    assert found.high == pytest.approx([1.01, 1.515, 2.02])
    assert found.beyond == (2,)
    assert walked("luminance", 1.0, 1.51, 2.0).beyond == ()


def test_through_an_anchor_the_line_bends() -> None:
    found = walked("luminance", 1.0, 2.0, 3.0, 2.0, 1.0, inner=True)
    assert found.beyond == ()
    assert found.high[2] == pytest.approx(3.03)
    assert walked("luminance", 1.0, 2.0, 3.0, 2.0, 1.0).beyond == (2, 3, 4)


def test_a_share_of_power_in_decibels() -> None:
    """Skin that is smoother by some decibels has that much less power."""
    found = walked("smoothness", 30.0, 30.0, 30.0)
    assert found.low[1] == pytest.approx(30 - 10 * log10(1.1))
    assert found.high[1] == pytest.approx(30 - 10 * log10(0.9))
    assert walked("smoothness", 30.0, 30.5, 30.0).beyond == (2,)
    assert walked("smoothness", 30.0, 30.4, 30.0).beyond == ()


@pytest.mark.parametrize(
    "name, values, beyond",
    [
        ("a_star", (9.0, 10.0, 9.0), ()),
        ("a_star", (9.0, 10.1, 9.0), (2,)),
        ("off_path", (None, 1.3, 1.4), (3,)),
        ("nearest", (1.0, 0.9, 1.1), (2,)),
        ("displaced", (None, -0.3, 0.1), (2,)),
        ("outline", (0.0, 0.0, 0.4), (3,)),
        ("symmetry", (0.9, 0.1, 0.9), ()),  # no limit
        ("luminance", (None, 5.0, 1.0), ()),  # no line
        ("luminance", (nan, 5.0, 1.0), ()),
    ],
)
def test_other_limits(name: str, values: Sequence[float | None], beyond: tuple[int, ...]) -> None:
    assert walked(name, *values).beyond == beyond


def test_an_anchor_may_be_elsewhere() -> None:
    found = one("luminance", 1.0, 1.0, 1.0)
    found = Series(
        "amy",
        "ambig",
        "direct",
        found.ids,
        found.levels,
        ((-1.0, "other"), (1.0, "f2")),
        found.statistics,
    )
    known = {"f2": 1.0, "other": 2.0}
    assert course(found, "luminance", known, LIMITS).high == pytest.approx([2.02, 1.515, 1.01])


def drawn(*measured: Series, limits: dict[str, float] = LIMITS) -> Confounds:
    names = dict.fromkeys(name for one in measured for name in one.statistics)
    found = confounds(measured, {name: lookup(measured, name) for name in names}, limits)
    assert found is not None
    return found


def plots(found: Confounds) -> dict[str, Plot]:
    return {plot.title: plot for group in found.groups for plot in group.plots}


def test_faults_are_told_by_identity_and_frame() -> None:
    found = drawn(series("amy"), series("ben", fault=blurred), series("cleo", fault=drifting))
    assert found.beyond == ("Light", "Smoothness of the skin")
    told = plots(found)
    # 4 % in the middle, less toward the ends: more than 1 % from the third frame to the 13th
    assert told["Light"].warning == "Leaves the shaded band: cleo (frames 3–13)."
    assert told["Smoothness of the skin"].warning == "Leaves the shaded band: ben (frame 8)."
    assert drawn(series("amy"), series("ben")).beyond == ()


def test_a_line_can_be_read_off() -> None:
    plot = plots(drawn(one("luminance", 0.2, 0.4, 0.3)))["Light"]
    data = next(shape.data for shape in plot.shapes if shape.kind.startswith("line s0"))
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", data)]
    first, last = plot.y_ticks[0], plot.y_ticks[-1]
    unit = (last.at - first.at) / (float(last.text) - float(first.text))
    read = [float(first.text) + (y - first.at) / unit for y in heights]
    assert read == pytest.approx([0.2, 0.4, 0.3], abs=0.001)
    assert plot.description == "amy 0.2 to 0.4"
    assert "Shaded: straight line ± 1\N{NARROW NO-BREAK SPACE}%." in plot.note


def test_a_gap_is_not_drawn_over() -> None:
    assert line("s0", [(0, 1), (2, 3), None, (4, 5), None]).data == "M0 1L2 3M4 5L4 5"


def test_without_limits_nothing_is_shaded_or_warned_of() -> None:
    found = drawn(series("ben", fault=drifting, statistics=("luminance", "contrast")), limits={})
    assert (found.limited, found.beyond) == (0, ())
    assert not [s for p in plots(found).values() for s in p.shapes if s.kind.startswith("band")]
    assert not [p for p in plots(found).values() if "Shaded" in p.note]


def test_only_what_was_measured_has_a_plot() -> None:
    found = drawn(series("amy", statistics=("ghost", "mouth_area"), unknown=("ghost",)))
    assert [*plots(found)] == ["Mouth opening"]
    assert confounds([series("amy", statistics=())], {}, LIMITS) is None
    assert confounds([series("amy", unknown=tuple(STATISTICS))], {}, LIMITS) is None


def test_an_unknown_statistic_is_shown_by_its_name() -> None:
    found = drawn(series("amy", statistics=("new_thing",)))
    assert [(group.title, [plot.title for plot in group.plots]) for group in found.groups] == [
        ("Other measurements", ["New thing"])
    ]


def test_of_many_those_nearest_to_a_limit_are_drawn_and_all_are_named() -> None:
    names = [f"i{n:02d}" for n in range(40)]
    faults = {"i17": drifting, "i20": drifting, "i33": drifting}
    found = drawn(*(series(name, fault=faults.get(name)) for name in names))
    assert {"i17", "i20", "i33"} <= {identity for _, identity in found.legend}
    assert (len(found.legend), found.omitted) == (6, 34)
    warning = plots(found)["Light"].warning
    assert warning == "Leaves the shaded band: i17 (frames 3–13), i20 (frames 3–13) and 1 more."


def test_tiny_numbers_have_a_power_of_ten() -> None:
    assert factor([0.0, -3e-6]) == (pytest.approx(1e-6), "× 10⁻⁶")
    assert factor([0.31]) == (1.0, "")
    assert factor([]) == (1.0, "")
    plot = plots(drawn(one("mouth_area", 1e-6, 2e-6, 3e-6)))["Mouth opening"]
    assert plot.unit == "EOD², × 10⁻⁶"
    assert {"1.0", "2.0", "3.0"} & {tick.text for tick in plot.y_ticks} or {"1", "2", "3"} & {
        tick.text for tick in plot.y_ticks
    }


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=2, max_size=20))
def test_any_numbers_give_a_drawing(values: list[float | None]) -> None:
    for name in ("luminance", "band_16_32", "displaced", "nearest", "new_thing"):
        measured = [one(name, *values)]
        found = confounds(measured, {name: lookup(measured, name)}, LIMITS)
        if found is not None:
            (plot,) = (plot for group in found.groups for plot in group.plots)
            for shape in plot.shapes:
                assert re.fullmatch(r"[MLZ\d. e+-]+", shape.data), shape.data


def test_every_word_is_there() -> None:
    assert {words.group for words in STATISTICS.values()} | {"other"} == set(GROUPS)
    assert all(words.meaning.endswith(".") for words in STATISTICS.values())
    assert [*METRICS] == [*metrics.METRICS]
    assert {*STATISTICS} == {*statistic_names.STATISTICS}


def test_the_smallest_number_has_a_factor_that_is_not_zero() -> None:
    assert factor([5e-324])[0] > 0
    found = one("luminance", None, 5e-324)
    assert confounds([found], {"luminance": lookup([found], "luminance")}, {}) is not None
