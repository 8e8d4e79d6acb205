"""Calibration on the page: what is drawn lies where it should, and nothing breaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from gradient_set import DIRECT, Maker
from test_report_page import Parsed, assert_self_contained
from told_scale import by_hand, simulated

from morphkit.package.documents import methods
from morphkit.report import page
from morphkit.report.calibration import Calibration, calibration
from morphkit.report.infant_plots import MOST_INFANTS
from morphkit.report.placed import variation
from morphkit.study.manifest import ContinuumEntry, StimulusSet
from morphkit.study.table import Stimulus

LEVELS = (-0.5, 0.0, 0.5)
THREE = DIRECT.model_copy(update={"levels": list(LEVELS)})
BEFORE = {"p_happy": [0.5], "scale": "../configs/before.scale.json"}
CHOSEN = {"name": "small", "continua": [{"name": "dis_hap", "levels": BEFORE}]}
FROM_NEUTRAL = ContinuumEntry(
    name="neu_hap",
    path="from-neutral",
    midpoint=None,
    expressions=["neutral", "happy"],
    levels=[0.0, 0.5, 1.0],
)


def made(
    maker: Maker,
    scales: Mapping[str, Any],
    rows: Sequence[Stimulus] | None = None,
    entry: ContinuumEntry = THREE,
    **changes: Any,
) -> StimulusSet:
    shown = maker.rows("amy", entry) if rows is None else rows
    return maker.set(("amy",), (entry,), rows=shown, changes={"scales": dict(scales), **changes})


def text_of(stimulus_set: StimulusSet) -> str:
    return page(stimulus_set, [], verdict="valid", label="nominal")


def section(stimulus_set: StimulusSet) -> Parsed:
    text = text_of(stimulus_set)
    Parsed(text)
    start = text.index('<section id="calibration">')
    return Parsed(text[start : text.index("</section>", start) + len("</section>")])


def told(stimulus_set: StimulusSet) -> Calibration:
    found = calibration(stimulus_set)
    assert found is not None
    return found


def kinds(shapes: Sequence[Any]) -> dict[str, str]:
    return {shape.kind: shape.data for shape in shapes}


def test_no_scales_no_section(maker: Maker) -> None:
    text = text_of(made(maker, {}))
    assert calibration(made(maker, {})) is None
    assert 'id="calibration"' not in text and 'href="#calibration"' not in text
    assert "Scale " not in methods(made(maker, {}))


def test_everything_lies_where_it_should(maker: Maker) -> None:
    """Levels −1…1 are at x 94…530, shares 0…1 at y 300…58."""
    drawn = told(made(maker, {"before": by_hand()})).parts[0].diagram
    shapes = kinds(drawn.shapes)
    assert shapes["stroke s0"] == "M94 300L312 179L530 58"
    # up along the upper ends and back along the lower ones
    assert shapes["band f0"] == "M94 275.8L312 154.8L530 58L530 82.2L312 203.2L94 300Z"
    assert shapes["drop"] == "M312 179V300"
    assert shapes["f0"].startswith("M290.2 177.9H355.6v2.2H290.2Z")
    assert drawn.half == 179.0
    # a quarter of the trials is a quarter of the area
    assert [(r, dot.x, dot.y) for _, r, dot in drawn.dots] == [(5.5, 203, 239.5), (2.8, 421, 118.5)]
    # frames at −0.5 and 0.5 were judged there; the one at 0 is a diamond on the curve
    assert shapes["mark"].startswith("M312 172.5l6.5 6.5")
    assert shapes["mark"].count("M") == 1
    assert [(tick.level, tick.percent[:-2]) for tick in drawn.x_ticks] == [
        ("−1.0", "0"),
        ("−0.5", "25"),
        ("0.0", "50"),
        ("0.5", "75"),
        ("1.0", "100"),
    ]
    (_, measured), (_, own) = drawn.rows
    assert [label.text for label, _ in drawn.rows] == ["measured", "this set"]
    assert measured == "M203 12v10M421 12v10"
    assert own == "M203 32v10M312 32v10M421 32v10"
    assert [(color, label.text) for color, label in drawn.labels] == [(0, "0.00")]


def test_sentences_are_plain(maker: Maker) -> None:
    text = section(made(maker, {"before": by_hand()}, recipe=CHOSEN)).text
    for wanted in (
        "Half of the answers are “happy” at level 0.00 (95 % −0.10 to 0.20), 50 % of the way "
        "from distressed to happy.",
        "A step of 0.13 from there (the JND; 95 % 0.10 to 0.16; 6.5 % of the continuum) turns",
        "between levels −0.16 and 0.16",
        "Measured on 1 other frame of the same continuum. The frames of dis_hap were chosen by it.",
        "0.130 (0.100 to 0.160)",
        "Population mothers",
        "Answers 1 200",
    ):
        assert wanted in text, wanted


def test_a_curve_that_is_elsewhere_at_its_pse_is_not_called_half(maker: Maker) -> None:
    off = by_hand(pse={"level": 0.3, "low": 0.2, "high": 0.4})
    text = section(made(maker, {"free": off})).text
    assert "Half of the answers" not in text
    assert "The balance point (PSE) is at level 0.30" in text
    assert "the curve is at 0.65 there" in text


def test_its_very_pictures_are_told_from_others(maker: Maker) -> None:
    rows = maker.rows("amy", THREE)
    text = section(made(maker, {"own": by_hand(rows)}, rows)).text
    assert "Measured on these very pictures (dis_hap)." in text
    assert "Predicted steps" not in text
    rebuilt = [replace(row, pixel_sha256="f" * 64) for row in rows[:2]] + rows[2:]
    stale = section(made(maker, {"own": by_hand(rows)}, rebuilt)).text
    assert "Measured on 2 other frames of the same continuum, and on 1 of this set’s." in stale
    name = rows[0].stimulus_id
    again = by_hand(rows, reproduced={name: rows[0].pixel_sha256, "other": "0"}, accepted="a pilot")
    again = section(made(maker, {"own": again}, rebuilt)).text
    assert "Rendered again, 1 of the 3 have the very same pixels." in again
    assert "have other pixels now. Used all the same: a pilot" in again
    silent = section(made(maker, {"own": by_hand(pixel_sha256={})}, rows)).text
    assert "doesn’t say on which pictures" in silent
    elsewhere = section(made(maker, {"own": by_hand(path="through-neutral")}, rows)).text
    assert "of a path that this set doesn’t have" in elsewhere


def test_predicted_steps_are_told(maker: Maker) -> None:
    (table,) = told(made(maker, {"before": by_hand()}, recipe=CHOSEN)).parts[0].steps
    assert table.rows == (
        ("1", "−0.50", "25\N{NARROW NO-BREAK SPACE}%", "0.250 (0.200 to 0.350)", "–"),
        ("2", "0.00", "50\N{NARROW NO-BREAK SPACE}%", "0.500 (0.400 to 0.600)", "0.250"),
        ("3", "+0.50", "75\N{NARROW NO-BREAK SPACE}%", "0.750 (0.650 to 0.800)", "0.250"),
    )
    assert table.note == "Predicted steps vary by 0.000 (CV)."
    # steps 1 and 3: mean 2, standard deviation 1
    assert variation([0.0, 1.0, 4.0]) == 0.5
    assert variation([0.0, 1.0]) is None
    assert variation([0.0, None, 1.0, 2.0]) is None
    assert variation([1.0, 1.0, 1.0]) is None


def test_before_and_after_share_a_diagram(maker: Maker) -> None:
    rows = maker.rows("amy", THREE)
    after = by_hand(rows, levels=[-0.5, 0.5], intensities=[0.3, 0.8], low=[], high=[],
                    pse={"level": -0.1, "low": -0.2, "high": 0.0})  # fmt: skip
    stimulus_set = made(maker, {"after": after, "before": by_hand()}, rows, recipe=CHOSEN)
    (part,) = told(stimulus_set).parts
    shapes = kinds(part.diagram.shapes)
    assert shapes["stroke s1"] == "M94 300L312 179L530 58"
    assert shapes["stroke s0"] == "M203 227.4L421 106.4"
    assert [label.text for label, _ in part.diagram.rows] == ["before", "this set"]
    assert [label.text for _, label in part.diagram.labels] == ["0.00 before", "−0.10 after"]
    # near labels stand one above the other
    assert [label.y for _, label in part.diagram.labels] == [292, 274]
    assert part.columns == ("before re-spacing", "after re-spacing")
    assert [row[-1] for row in part.steps[0].rows] == ["0.300", "0.550", "0.800"]
    parsed = section(stimulus_set)
    assert "before → after" in parsed.text
    assert "Before re-spacing, the balance point was at level 0.00 (95 % −0.10 to 0.20)." in (
        parsed.text
    )
    assert "within 0.050 of what was predicted before" in parsed.text
    # scales in other units are shown one by one
    rated = after | {"unit": "rating", "basis": "ratings"}
    assert len(told(made(maker, {"a": rated, "b": by_hand()}, rows)).parts) == 2


def test_infants_have_small_diagrams_and_their_own_frames(maker: Maker) -> None:
    own = by_hand(points=[], intensities=[0.1, 0.6, 0.9])
    shifted = own | {"pse": {"level": -0.2, "low": -0.3, "high": -0.1}}
    amy, ben = (
        maker.rows(who, THREE.model_copy(update={"levels": levels}))
        for who, levels in (("amy", [-0.5, 0.0]), ("ben", [0.0, 0.5]))
    )
    scale = by_hand(identities={"amy": own, "ben": shifted, "cleo": {"pse": own["pse"]}})
    stimulus_set = made(maker, {"before": scale}, [*amy, *ben])
    (part,) = told(stimulus_set).parts
    assert [plot.title for plot in part.infants.plots] == ["amy", "ben"]
    first, second = (kinds(plot.shapes) for plot in part.infants.plots)
    # levels −1…1 at x 58…288, shares 0…1 at y 160…8: the curve is at 0.35 and 0.6
    assert first["stroke s0"] == "M58 144.8L173 68.8L288 23.2"
    assert re.findall(r"M(\S+) (\S+?)l", first["mark"]) == [("115.5", "101.8"), ("173", "63.8")]
    assert re.findall(r"M(\S+) (\S+?)l", second["mark"]) == [("173", "63.8"), ("230.5", "41")]
    # all infants' curve doesn't bear marks that belong to single infants
    assert "mark" not in kinds(part.diagram.shapes)
    assert [row[:2] for row in part.people[0][1]] == [
        ("amy", "0.000"),
        ("ben", "−0.200"),
        ("cleo", "0.000"),
    ]
    (table,) = part.steps
    assert table.rows[0] == ("amy", "−0.50, 0.00", "0.35, 0.60", "–")
    assert table.rows[1] == ("ben", "0.00, 0.50", "0.60, 0.75", "–")


def test_of_many_infants_the_most_unlike_are_drawn(maker: Maker) -> None:
    people = {
        f"i{n:02d}": by_hand(pse={"level": n / 50, "low": n / 50, "high": n / 50})
        for n in range(30)
    }
    stimulus_set = made(maker, {"before": by_hand(identities=people)})
    (part,) = told(stimulus_set).parts
    assert [plot.title for plot in part.infants.plots] == [f"i{n:02d}" for n in range(18, 30)]
    assert part.infants.omitted == 30 - MOST_INFANTS
    parsed = section(stimulus_set)
    assert "whose balance point is farthest from that of all, of 30" in parsed.text
    folds = [attrs for tag, attrs in parsed.tags if tag == "details"]
    assert "open" not in folds[0]


def test_from_neutral_has_its_own_way(maker: Maker) -> None:
    scale = by_hand(path="from-neutral", expressions=["neutral", "happy"], levels=[0.0, 0.5, 1.0],
                    pse={"level": 0.5, "low": 0.4, "high": 0.6})  # fmt: skip
    stimulus_set = made(maker, {"n": scale}, entry=FROM_NEUTRAL)
    (part,) = told(stimulus_set).parts
    assert "50\N{NARROW NO-BREAK SPACE}% of the way from neutral to happy" in part.sentences[0]
    assert kinds(part.diagram.shapes)["stroke s0"] == "M94 300L312 179L530 58"
    assert {tick.percent for tick in part.diagram.x_ticks} == {""}


def test_overrides_stand_out(maker: Maker) -> None:
    reason = "12 observers are too few to calibrate by. Used all the same: a pilot."
    stimulus_set = made(maker, {"before": by_hand(overrides=[reason])})
    parsed = section(stimulus_set)
    assert "overridden" in parsed.values("class")
    assert reason in parsed.texts
    assert f"On record: {reason}" in methods(stimulus_set)
    assert "overridden" not in section(made(maker, {"before": by_hand()})).values("class")


def test_methods_say_what_a_scale_rests_on(maker: Maker) -> None:
    text = methods(made(maker, {"before": by_hand()}, recipe=CHOSEN))
    for wanted in (
        "Scale before (p_happy, two-choice answers, 30 observers, 1200 answers) was measured on "
        "1 images, not all of this set.",
        "PSE 0.00 (−0.10 to 0.20), JND 0.13 (0.10 to 0.16)",
        "The levels of dis_hap were chosen by it.",
        "Prins, N. (2012).",
    ):
        assert wanted in text, wanted
    assert "Maloney" not in text
    assert "Maloney" in methods(made(maker, {"m": by_hand(basis="mlds", unit="perceived")}))


def test_simulated_observers_before_and_after(maker: Maker) -> None:
    """Observers judge 9 levels, then 5 near their balance point: both curves meet."""
    shifts = {"amy": -0.1, "ben": 0.1}
    wide, close = (
        DIRECT.model_copy(update={"levels": levels})
        for levels in ([k / 4 - 1 for k in range(9)], [-0.4, -0.3, -0.2, -0.1, 0.0])
    )
    first = [row for who in shifts for row in maker.rows(who, wide)]
    maker = Maker()
    then = [replace(row, pixel_sha256=row.sha256) for w in shifts for row in maker.rows(w, close)]
    scales = {"before": simulated(first, shifts), "after": simulated(then, shifts)}
    stimulus_set = made(maker, scales, then, close, recipe=CHOSEN)
    (part,) = told(stimulus_set).parts
    assert [plot.title for plot in part.infants.plots] == ["amy", "ben"]
    gap = re.search(r"within (0\.\d+) of", " ".join(part.sentences))
    assert gap and float(gap[1]) < 0.08
    text = text_of(stimulus_set)
    assert text == text_of(stimulus_set)
    parsed = Parsed(text)
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert {i for v in parsed.values("aria-labelledby") for i in v.split()} <= set(ids)
    assert_self_contained(parsed)
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(drawing)
