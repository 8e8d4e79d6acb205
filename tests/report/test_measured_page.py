"""The page of a set that was measured: whole, escaped, well formed, and narrow enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from gradient_set import DIRECT, THROUGH, Maker
from measured_series import LIMITS, displaced, drifting, even, series
from test_report_page import HOSTILE, Parsed, assert_self_contained, hostile_set

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.report import page
from morphkit.study.manifest import StimulusSet

D15 = DIRECT.model_copy(update={"levels": list(even(15))})
T15 = THROUGH.model_copy(update={"levels": list(even(15))})


def faulty() -> list[Series]:
    return [
        series("amy"),
        series("ben", fault=drifting, lift=0.1),
        series("amy", "thr_neu", "through-neutral"),
        series("ben", "thr_neu", "through-neutral", fault=displaced),
    ]


def text_of(
    stimulus_set: StimulusSet,
    measured: Sequence[Series],
    findings: Sequence[Finding] = (),
    label: str | None = "physically checked",
) -> str:
    return page(
        stimulus_set, findings, verdict="valid", label=label, measured=measured, limits=LIMITS
    )


def test_everything_that_was_measured_is_shown(maker: Maker) -> None:
    parsed = Parsed(text_of(maker.set(entries=(D15, T15)), faulty()))
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert {"spacing", "confounds", "words"} <= set(ids)
    labels = {i for value in parsed.values("aria-labelledby") for i in value.split()}
    assert labels <= set(ids)
    for text in ("Light", "Contrast", "Redness", "Fine detail", "Mouth opening", "Gabor jets"):
        assert text in parsed.text, text
    assert "Spacing : beyond a limit in thr_neu (ben)" in parsed.text
    assert "What else changes : beyond a limit in dis_hap (Light) of ben" in parsed.text
    assert "Leaves the shaded band: ben (frames 3–13)." in parsed.text
    # half a step of 14: about 3.6 % of the way
    assert re.search(r"▲ CV 0\.\d+", parsed.text)
    assert_self_contained(parsed)


def test_a_clean_set_is_within_every_limit(maker: Maker) -> None:
    measured = [series("amy"), series("amy", "thr_neu", "through-neutral")]
    text = Parsed(text_of(maker.set(("amy",), (D15, T15)), measured)).text
    assert text.count("within every limit") == 2
    assert "▲ CV" not in text
    assert "Leaves the shaded band" not in text


def test_the_page_is_the_same_every_time(maker: Maker) -> None:
    made = maker.set(entries=(D15, T15))
    assert text_of(made, faulty()) == text_of(made, faulty())


def test_drawings_are_well_formed_xml(maker: Maker) -> None:
    text = text_of(maker.set(entries=(D15, T15)), faulty())
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) > 90
    for drawing in drawings:
        ElementTree.fromstring(drawing)
    named = [one for one in drawings if 'role="img"' in one]
    assert all("<title" in one and "<desc" in one for one in named)


def test_colours_are_never_alone(maker: Maker) -> None:
    """Lines of one plot differ in their dashes and their marks too."""
    text = text_of(maker.set(entries=(D15,)), faulty()[:2])
    style = text.split("<style>")[1].split("</style>")[0]
    dashes = [re.search(rf"\.s{n} {{ stroke: #\w+;(.*?)}}", style) for n in range(7)]
    assert len({found[1] for found in dashes if found}) == 7
    shapes = re.findall(r'<marker id="m(\d)".*?<path d="(.*?)"', text)
    assert len({shape for _, shape in shapes}) == len(shapes) == 7
    assert all(f".marked.s{n} {{ marker: url(#m{n}); }}" in style for n, _ in shapes)


@pytest.mark.parametrize(
    "measured",
    [
        [],
        [series("amy", levels=(0.0,))],
        [series("amy", statistics=())],
        [series("amy", metrics=())],
        [series("amy", statistics=(), metrics=())],
        [series("amy", unknown=("luminance", "rmse", "landmark_path", "ghost"))],
        [series("amy", levels=even(101))],
        [series("amy", levels=(0.0, 0.0, 0.0))],
        [series("amy", levels=(1.0, -1.0, 0.5))],
        [series("amy", statistics=("new_thing",), metrics=("new_metric",))],
        [series("zoe", "elsewhere")],
    ],
)
def test_whatever_was_measured_gives_a_page(maker: Maker, measured: list[Series]) -> None:
    text = text_of(maker.set(("amy",), (D15,)), measured)
    Parsed(text)
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"base64,[^\"]+", "", text.split("<main>")[1]))
    shown = 'id="confounds"' in text
    assert shown == any(len(one.levels) > 1 and bool(one.statistics) for one in measured)


def test_without_measurements_the_landmark_figure_is_shown(maker: Maker) -> None:
    quick = Parsed(text_of(maker.set(), [], label="nominal"))
    assert "Position on the landmark path" in quick.texts
    assert "Place of each frame" not in quick.text
    full = Parsed(text_of(maker.set(entries=(D15, T15)), faulty()))
    assert "Position on the landmark path" not in full.texts
    # one continuum was measured: the other keeps its landmark figure
    half = Parsed(text_of(maker.set(entries=(D15, T15)), faulty()[:2]))
    assert half.texts.count("Position on the landmark path") == 1
    assert "Place of each frame" in half.texts


def test_hostile_names_stay_texts(maker: Maker) -> None:
    measured = [
        series(HOSTILE, HOSTILE, statistics=("luminance", HOSTILE), metrics=("rmse", HOSTILE)),
    ]
    finding = Finding("MK526", HOSTILE, ignored=True, reason=HOSTILE)
    text = text_of(hostile_set(maker), measured, [finding])
    parsed = Parsed(text)
    assert {tag for tag, _ in parsed.tags} & {"script", "iframe", "object", "base", "form"} == set()
    assert not [n for _, attrs in parsed.tags for n in attrs if n.startswith("on") or n == "style"]
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(drawing)
    assert_self_contained(parsed)


@pytest.mark.parametrize(
    "label, measured, words",
    [
        ("nominal", False, "Have the pictures measured"),
        ("nominal", True, "decide on each whether it matters"),
        ("physically checked", True, "collect responses"),
        ("perceptually calibrated", True, "cite both"),
    ],
)
def test_what_to_do_next_is_told(maker: Maker, label: str, measured: bool, words: str) -> None:
    text = text_of(maker.set(("amy",), (D15,)), [series("amy")] if measured else [], label=label)
    parsed = Parsed(text)
    assert words in parsed.text
    assert ("not measured" in parsed.text.split("What to do next")[0]) == (not measured)
    earned = [attrs for tag, attrs in parsed.tags if tag == "li" and attrs.get("class") == "earned"]
    ladder = ["nominal", "physically checked", "perceptually calibrated"]
    assert len(earned) == 1 + ladder.index(label)


def test_many_stimuli_make_a_page_of_reasonable_size(maker: Maker) -> None:
    """40 identities of 15 frames, every number known: what is drawn doesn't grow with them."""
    names = [f"i{n:02d}" for n in range(40)]
    made = maker.set(names, (D15,), rows=())
    few, all_of_them = (
        len(text_of(made, [series(name) for name in some])) for some in (names[:6], names)
    )
    rows = 34 * 7 * 110
    assert all_of_them < few + rows
