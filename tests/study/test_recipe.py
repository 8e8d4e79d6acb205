"""Recipes: every fault is caught, where it stands, all at once; and nothing is changed silently."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from morphkit.errors import Finding, RecipeError
from morphkit.package.registry import BUILT_IN
from morphkit.study.levels import PRESETS
from morphkit.study.operations import Apply, Mixture, Prototype, Transform
from morphkit.study.parts import Equalise, Output
from morphkit.study.recipe import (
    FRONT_ENDS,
    LIMITS,
    Canvas,
    Continuum,
    Engine,
    Mask,
    Recipe,
    Spacing,
    parse_recipe,
    recipe_schema,
    resolved,
)

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "recipe",
    "agreement",
    "continuum",
    "operations",
    "operation_fields",
    "program",
    "parts",
    "fields",
    "faults",
    "yaml",
    "names",
    "levels",
    "sources",
    "source_row",
)

GOOD = """\
morphkit: 1
name: demo
faces: ../raw_faces/demo
identities: [i01, i02]
canvas: {width: 512, height: 640}
mask: {shape: none}
engine: {light: srgb, apertures: false, refine: off}
spacing: {scale: level}
limits: {landmark_step_cv: 0.1}
packages: [psychopy]
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 15, midpoint: blend}
  - {name: thr, path: through-neutral, from: distressed, via: neutral, to: happy, levels: [-1, 0]}
  - {name: neu_hap, path: from-neutral, from: neutral, to: happy, levels: tenths11}
"""


def faults(text: str, **options: Any) -> list[Finding]:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, file="study.yaml", **options)
    assert caught.value.exit_code == 2
    return list(caught.value.findings)


def with_line(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_reads_what_was_written() -> None:
    recipe = parse_recipe(GOOD)
    assert recipe.name == "demo"
    assert recipe.identities == ("i01", "i02")
    assert recipe.canvas.eye_distance == 170
    assert recipe.mask.shape == "none"
    assert recipe.engine.refine == "off"
    assert recipe.limits == {**LIMITS, "landmark_step_cv": 0.1}
    assert recipe.packages == ("psychopy",)
    assert [c.expressions for c in recipe.continua] == [
        ("distressed", "happy"),
        ("distressed", "neutral", "happy"),
        ("neutral", "happy"),
    ]
    assert recipe.continua[1].levels == (-1.0, 0.0)
    assert recipe.continua[2].levels == "tenths11"


def test_defaults_are_the_designs() -> None:
    recipe = parse_recipe(
        "morphkit: 1\nname: a\nfaces: f\n"
        "continua: [{name: c, path: direct, from: x, to: y, levels: 2}]"
    )
    assert recipe.canvas.model_dump() == {
        "width": 512,
        "height": 640,
        "eye_distance": 170,
        "background": 0.5,
        "align": "eyes",
    }
    assert recipe.mask.model_dump() == {"shape": "oval", "feather": 8}
    assert recipe.engine.model_dump() == {
        "light": "linear",
        "sampler": "catmull-rom",
        "apertures": True,
        "refine": "flow",
        "texture": "restore",
    }
    assert recipe.equalise.model_dump() == dict.fromkeys(
        ("luminance", "contrast", "histogram", "spectrum"), False
    )
    assert recipe.output.model_dump() == {"greyscale": False}
    assert (recipe.identities, recipe.packages, recipe.spacing.scale) == ("all", (), "level")


# old text, new text, code, line, pointer, words of message and suggestion
BAD = {
    "another version": ("morphkit: 1", "morphkit: 2", "MK909", 1, "morphkit", "Update"),
    "version zero": ("morphkit: 1", "morphkit: 0", "MK909", 1, "morphkit", "Write 1"),
    "version in quotes": ("morphkit: 1", 'morphkit: "1"', "MK906", 1, "morphkit", '"1"'),
    "version true": ("morphkit: 1", "morphkit: true", "MK906", 1, "morphkit", "whole number"),
    "version missing": ("morphkit: 1", "", "MK905", 2, "morphkit", "version of the recipe"),
    "number as name": ("name: demo", "name: 007", "MK908", 2, "name", "'007'"),
    "upper case": ("name: demo", "name: Demo-Set", "MK908", 2, "name", "demo_set"),
    "nothing as name": ("name: demo", "name:", "MK906", 2, "name", "nothing stands"),
    "truth value as name": ("name: demo", "name: true", "MK906", 2, "name", "true"),
    "missing-value name": ("name: demo", 'name: "null"', "MK908", 2, "name", "missing value"),
    "device name": ("name: demo", "name: con", "MK908", 2, "name", "Windows"),
    "date-like name": ("name: demo", "name: mar1", "MK908", 2, "name", "date"),
    "long name": ("name: demo", "name: " + "a" * 60, "MK908", 2, "name", "60"),
    "shell folder": ("../raw_faces/demo", "~/faces", "MK907", 3, "faces", "relative"),
    "address": ("../raw_faces/demo", "https://x.org/f", "MK907", 3, "faces", "address"),
    "home": ("../raw_faces/demo", "~/faces", "MK907", 3, "faces", "relative"),
    "backslashes": ("../raw_faces/demo", "..\\raw\\demo", "MK907", 3, "faces", "../raw/demo"),
    "no folder": ("../raw_faces/demo", '""', "MK907", 3, "faces", "empty"),
    "numeric identities": ("[i01, i02]", "[001, 002]", "MK908", 4, "identities", "write i001"),
    "number-like identity": ("[i01, i02]", "[inf]", "MK908", 4, "identities", "number"),
    "identity twice": ("[i01, i02]", "[i01, i01]", "MK912", 4, "identities", "i01"),
    "no identities": ("[i01, i02]", "[]", "MK906", 4, "identities", "all"),
    "one identity": ("[i01, i02]", "i01", "MK906", 4, "identities", "list"),
    "null identity": ("[i01, i02]", "[~]", "MK906", 4, "identities", "None"),
    "narrow": ("width: 512", "width: 12", "MK907", 5, "canvas.width", "at least 64"),
    "wide": ("width: 512", "width: 9999", "MK907", 5, "canvas.width", "at most 8192"),
    "broken pixel": ("width: 512", "width: 512.5", "MK906", 5, "canvas.width", "whole"),
    "text as number": ("width: 512", 'width: "512"', "MK906", 5, "canvas.width", '"512"'),
    "hexadecimal": ("width: 512", "width: 0x200", "MK906", 5, "canvas.width", "0x200"),
    "endless number": ("height: 640", "background: .inf", "MK906", 5, "background", "finite"),
    "not a number": ("height: 640", "background: .nan", "MK906", 5, "background", "finite"),
    "overflow": ("height: 640", "eye_distance: 1e999", "MK906", 5, "eye_distance", "finite"),
    "huge number": ("height: 640", "background: 1" + "0" * 299, "MK907", 5, "background", "most"),
    "huge count": ("height: 640", "eye_distance: 1" + "0" * 5000, "MK906", 5, "eye", "finite"),
    "eyes too far": ("height: 640", "eye_distance: 512", "MK907", 5, "eye_distance", "170"),
    "eyes too near": ("height: 640", "eye_distance: 8", "MK907", 5, "eye_distance", "16"),
    "unknown key": ("height: 640", "hight: 640", "MK904", 5, "canvas.hight", "mean height?"),
    "key above its value": ("mask: {", "masks:\n  {", "MK904", 6, "masks", "mean mask?"),
    "no mapping": ("{width: 512, height: 640}", "512", "MK906", 5, "canvas", "mapping"),
    "unknown word": ("shape: none", "shape: ovel", "MK907", 6, "mask.shape", "mean oval?"),
    "null for none": ("shape: none", "shape: ~", "MK907", 6, "mask.shape", "Allowed: oval"),
    "negative feather": ("shape: none", "feather: -1", "MK907", 6, "mask.feather", "0"),
    "true is no number": ("shape: none", "feather: true", "MK906", 6, "mask.feather", "true"),
    "yes is a text": ("apertures: false", "apertures: yes", "MK906", 7, "apertures", "true or"),
    "off is a text": ("apertures: false", "apertures: off", "MK906", 7, "apertures", "off"),
    "apertures": ("apertures: false", "apertures: 1", "MK906", 7, "engine.apertures", "true"),
    "flow": ("refine: off", "refine: flo", "MK907", 7, "engine.refine", "flow"),
    "false for off": ("refine: off", "refine: false", "MK907", 7, "engine.refine", "off"),
    "another metric": ("scale: level", "scale: gabor", "MK907", 8, "spacing.scale", "gabor_jet?"),
    "no scale file": ("scale: level", "scale: {scope: set}", "MK905", 8, "spacing.scale", "FILE"),
    "backslash": ("scale: level", "scale: {perceived: a\\b}", "MK907", 8, "spacing", "a/b"),
    "scope": ("scale: level", "scale: {perceived: a, scope: all}", "MK907", 8, "spacing", "set"),
    "no reason": (
        "scale: level",
        'scale: {perceived: a, override: ""}',
        "MK906",
        8,
        "spacing",
        "reason",
    ),
    "perceive": ("scale: level", "scale: {perceive: a}", "MK904", 8, "spacing", "Did you mean"),
    "scale number": ("scale: level", "scale: [1]", "MK906", 8, "spacing.scale", "word"),
    "unknown limit": ("landmark_step_cv", "landmark_cv", "MK904", 9, "limits", "landmark_step_cv?"),
    "negative limit": ("cv: 0.1", "cv: -0.1", "MK907", 9, "limits.landmark_step_cv", "at least 0"),
    "text as limit": ("cv: 0.1", "cv: strict", "MK906", 9, "limits.landmark_step_cv", "number"),
    "limit missing": ("cv: 0.1", "cv: ~", "MK906", 9, "limits.landmark_step_cv", "~"),
    "unknown front end": ("[psychopy]", "[psychpy]", "MK907", 10, "packages[0]", "mean psychopy?"),
    "package twice": ("[psychopy]", "[jspsych, jspsych]", "MK912", 10, "packages[1]", "again"),
    "no list": ("[psychopy]", "psychopy", "MK906", 10, "packages", "list"),
    "name twice": ("name: thr,", "name: dis_hap,", "MK912", 13, "continua[1].name", "again"),
    "mixed ids": ("name: thr,", "name: dis_hap_2,", "MK912", 13, "continua[1].name", "sort"),
    "long continuum": ("name: thr,", f"name: {'a' * 52},", "MK917", 13, "continua[1].name", "60"),
    "no path": ("path: direct, ", "", "MK905", 12, "continua[0].path", "path"),
    "unknown path": ("path: direct", "path: straight", "MK907", 12, "continua[0].path", "direct"),
    "underscored path": (
        "through-neutral",
        "through_neutral",
        "MK907",
        13,
        "path",
        "mean through-",
    ),
    "needless via": ("direct,", "direct, via: neutral,", "MK910", 12, "continua[0].via", "Delete"),
    "via missing": ("via: neutral, ", "", "MK910", 13, "continua[1].via", "via: neutral"),
    "from is to": ("from: neutral, to: happy", "from: happy, to: happy", "MK910", 14, "to", "from"),
    "via is from": ("via: neutral", "via: distressed", "MK910", 13, "continua[1].via", "from"),
    "via is to": ("via: neutral", "via: happy", "MK910", 13, "continua[1].to", "via"),
    "long expression": ("via: neutral", "via: " + "n" * 25, "MK908", 13, "via", "24 at most"),
    "one level": ("levels: 15", "levels: 1", "MK911", 12, "continua[0].levels", "2 to 1001"),
    "too many": ("levels: 15", "levels: 1002", "MK911", 12, "continua[0].levels", "1002"),
    "broken count": ("levels: 15", "levels: 15.0", "MK906", 12, "continua[0].levels", "count"),
    "true count": ("levels: 15", "levels: true", "MK906", 12, "continua[0].levels", "count"),
    "count as text": ("levels: 15", 'levels: "15"', "MK911", 12, "continua[0].levels", "plain"),
    "unknown preset": ("tenths11", "tenth11", "MK911", 14, "levels", "Did you mean 'tenths11'?"),
    "text in list": ("[-1, 0]", "[-1, zero]", "MK906", 13, "continua[1].levels", "'zero'"),
    "empty list": ("[-1, 0]", "[]", "MK911", 13, "continua[1].levels", "0 level"),
    "infinite level": ("[-1, 0]", "[-1, .inf]", "MK911", 13, "continua[1].levels", "finite"),
    "huge level": ("[-1, 0]", "[-1, 1e300]", "MK911", 13, "continua[1].levels", "outside"),
    "percent": ("[-1, 0]", "[0, 50, 100]", "MK911", 13, "continua[1].levels", "[-1, 0, 1]"),
    "falling": ("[-1, 0]", "[1, 0, -1]", "MK911", 13, "continua[1].levels", "[-1, 0, 1]"),
    "level twice": ("[-1, 0]", "[-1, 0, 0]", "MK911", 13, "continua[1].levels", "twice"),
    "negative intensity": ("tenths11", "[-1, 1]", "MK911", 14, "levels", "outside 0"),
    "targets in percent": (
        "tenths11",
        "{p_happy: [25, 50], scale: a}",
        "MK911",
        14,
        "levels",
        "[0.25, 0.5]",
    ),
    "falling targets": (
        "tenths11",
        "{p_happy: [0.5, 0.4], scale: a}",
        "MK911",
        14,
        "levels",
        "low",
    ),
    "target twice": ("tenths11", "{p_happy: [0.5, 0.5], scale: a}", "MK911", 14, "levels", "once"),
    "no target": ("tenths11", "{p_happy: [], scale: a}", "MK911", 14, "levels", "0 shares"),
    "no targets": ("tenths11", "{scale: a}", "MK905", 14, "levels", "p_happy"),
    "target is text": ("tenths11", "{p_happy: [half], scale: a}", "MK906", 14, "levels", "'half'"),
    "no scale": ("tenths11", "{p_happy: [0.5]}", "MK905", 14, "levels", "scale: FILE"),
    "address of a scale": (
        "tenths11",
        '{p_happy: [0.5], scale: "http://a/b"}',
        "MK907",
        14,
        "levels",
        "address",
    ),
    "miswritten target": ("tenths11", "{p_hapy: [0.5]}", "MK904", 14, "levels", "mean p_happy?"),
    "even count": ("levels: 15", "levels: 14", "MK913", 12, "continua[0].midpoint", "odd count"),
    "photo on direct": ("midpoint: blend", "midpoint: photo", "MK913", 12, "midpoint", "a blend"),
    "middle of an arm": ("tenths11", "5, midpoint: photo", "MK913", 14, "midpoint", "Delete"),
    "continuum is text": (
        "- {name: neu_hap",
        "- text\n  - {name: n",
        "MK906",
        14,
        "[2]",
        "mapping",
    ),
    "anchor": ("name: demo", "name: &a demo", "MK902", 2, "name", "anchor"),
    "alias": ("name: demo", "name: *a", "MK902", 2, "name", "alias"),
    "tag": ("name: demo", "name: !!str demo", "MK902", 2, "name", "tag"),
    "dangerous tag": (
        "name: demo",
        "name: !!python/object/apply:os.system [x]",
        "MK902",
        2,
        "",
        "",
    ),
    "tag on a key": ("name: demo", "!x name: demo", "MK902", 2, "name", "tag"),
    "alias as key": ("name: demo", "name: demo\n*a : 1", "MK902", 3, "", "alias"),
    "merge key": ("mask: {", "mask: {<<: {feather: 3}, ", "MK902", 6, "mask", "merge"),
    "key twice": ("name: demo", "name: demo\nname: other", "MK903", 3, "name", "line 2"),
    "inner key twice": ("shape: none", "shape: oval, shape: hull", "MK903", 6, "mask.shape", "6"),
    "list as key": ("name: demo", "name: demo\n[a]: 1", "MK901", 3, "", "plain word"),
    "second document": ("name: demo", "name: demo\n---\nx: 1", "MK901", 3, "", "second"),
    "control character": ("name: demo", "name: de\x00mo", "MK901", 2, "", "U+0000"),
    "hidden line end": ("name: demo", "name: de\u2028mo", "MK901", 2, "", "U+2028"),
    "escaped control": ("../raw_faces/demo", r'"a\x07"', "MK901", 3, "faces", "control"),
    "half a character": ("../raw_faces/demo", r'"a\ud800"', "MK901", 3, "faces", "control"),
    "tab": ("name: demo", "name: demo\n\tx: 1", "MK901", 3, "", "tab"),
    "no-break space": ("name: demo", "name:\u00a0demo", "MK901", 3, "", "YAML"),
    "bracket": ("[i01, i02]", "[i01, i02", "MK901", 5, "", "YAML"),
    "impossible escape": ("name: demo", r'name: "\U00110000"', "MK901", None, "", "YAML"),
}


@pytest.mark.parametrize("case", BAD)
def test_catches(case: str) -> None:
    old, new, code, line, where, words = BAD[case]
    found = faults(with_line(old, new))
    hits = [f for f in found if f.code == code]
    assert hits, found
    fault = hits[0]
    assert (fault.line, fault.file) == (line, "study.yaml")
    assert where in fault.pointer
    assert words in f"{fault.message} {fault.suggestion}"
    assert fault.severity == "error"


@pytest.mark.parametrize("case", [c for c in BAD if BAD[c][2] not in ("MK901", "MK902", "MK903")])
def test_one_mistake_makes_one_finding(case: str) -> None:
    old, new, *_ = BAD[case]
    assert len(faults(with_line(old, new))) == 1


LINEAR = GOOD.replace("light: srgb, ", "")

BAD_EQUALISE = {
    "histogram and mean": (
        "equalise: {histogram: set, luminance: identity}",
        ("MK916", "equalise.histogram", "Delete luminance"),
    ),
    "histogram and contrast": (
        "equalise: {contrast: true, luminance: true, histogram: set}",
        ("MK916", "equalise.histogram", "luminance and contrast"),
    ),
    "histogram and spectrum": (
        "equalise: {histogram: set, spectrum: set}",
        ("MK916", "equalise.spectrum", "undo"),
    ),
    "unknown scope": ("equalise: {luminance: sett}", ("MK907", "equalise.luminance", "mean set?")),
    "yes": ("equalise: {luminance: yes}", ("MK907", "equalise.luminance", "or false")),
    "a number": ("equalise: {contrast: [1]}", ("MK906", "equalise.contrast", "or false")),
    "unknown statistic": ("equalise: {luminence: set}", ("MK904", "equalise", "mean luminance?")),
    "no mapping": ("equalise: set", ("MK906", "equalise", "mapping")),
    "grayscale": ("output: {grayscale: true}", ("MK904", "output", "mean greyscale?")),
    "a word for a switch": ("output: {greyscale: on}", ("MK906", "greyscale", "true or false")),
}


@pytest.mark.parametrize("case", BAD_EQUALISE)
def test_catches_statistics(case: str) -> None:
    line, (code, where, words) = BAD_EQUALISE[case]
    (fault,) = faults(LINEAR + line + "\n")
    assert (fault.code, fault.line, fault.file) == (code, 15, "study.yaml")
    assert where in fault.pointer and words in f"{fault.message} {fault.suggestion}"


@pytest.mark.parametrize("key", ["luminance", "contrast", "histogram", "spectrum"])
def test_statistics_of_mixed_codes_are_refused(key: str) -> None:
    (fault,) = faults(GOOD + f"equalise:\n  {key}: identity\n")
    assert (fault.code, fault.line, fault.pointer) == ("MK918", 16, f"equalise.{key}")
    off = GOOD + f"equalise: {{{key}: false}}\noutput: {{greyscale: true}}\n"
    assert parse_recipe(off).output.greyscale


def test_true_is_the_whole_set() -> None:
    recipe = parse_recipe(LINEAR + "equalise: {luminance: true, contrast: identity}\n")
    assert resolved(recipe)["equalise"] == {
        "luminance": "set",
        "contrast": "identity",
        "histogram": False,
        "spectrum": False,
    }


def test_what_is_done_for_the_middle_is_on_unless_switched_off() -> None:
    engine = parse_recipe(with_line("refine: off", "refine: flow")).engine
    assert (engine.apertures, engine.refine, engine.texture) == (False, "flow", "restore")


def test_all_faults_at_once_in_line_order() -> None:
    text = GOOD
    for old, new in [
        ("name: demo", "nam: demo"),
        ("[i01, i02]", "&a [001, i02]"),
        ("width: 512", "width: 12, width: 13"),
        ("levels: 15", "levels: [1, -1]"),
        ("path: through-neutral", "path: *a"),
    ]:
        text = text.replace(old, new)
    found = faults(text)
    assert [(f.code, f.line) for f in found] == [
        ("MK905", 1),
        ("MK904", 2),
        ("MK902", 4),
        ("MK908", 4),
        ("MK903", 5),
        ("MK907", 5),
        ("MK911", 12),
        ("MK902", 13),
    ]


def test_an_empty_text_is_refused() -> None:
    for text in ("", "# only a comment\n", "---\n", "[]", "demo"):
        assert faults(text)[0].code in ("MK901", "MK906")


def test_a_list_of_no_continua_is_refused() -> None:
    text = "morphkit: 1\nname: a\nfaces: f\ncontinua: []\n"
    assert [(f.code, f.line, f.pointer) for f in faults(text)] == [("MK907", 4, "continua")]


def test_too_large_and_too_deep() -> None:
    assert "1000001 bytes" in faults("#" * 1_000_001)[0].message
    assert parse_recipe(GOOD + "#" * (1_000_000 - len(GOOD))).name == "demo"
    assert "20 deep" in faults("a: " + "[" * 20 + "]" * 20)[0].message
    assert "20 deep" not in faults("a: " + "[" * 19 + "]" * 19)[0].message


def test_very_many_faults_are_cut_off() -> None:
    found = faults(GOOD + "".join(f"k{i}: 1\n" for i in range(150)))
    assert len(found) <= 101


def test_directives() -> None:
    assert parse_recipe("%YAML 1.2\n---\n" + GOOD).name == "demo"
    assert faults("%YAML 1.1\n---\n" + GOOD)[0].code == "MK902"
    assert faults("%TAG ! tag:x\n---\n" + GOOD)[0].code == "MK902"


def test_texts_keep_how_they_were_written() -> None:
    for written in ("007", "1e5", "2016", "1.50", "yes", "0x10", "off", "1_000"):
        assert parse_recipe(with_line("../raw_faces/demo", written)).faces == written


def test_byte_order_mark_and_windows_line_ends() -> None:
    assert parse_recipe("\ufeff" + GOOD.replace("\n", "\r\n")) == parse_recipe(GOOD)
    found = faults(GOOD.replace("cv: 0.1", "cv: x").replace("\n", "\r\n"))
    assert found[0].line == 9


def test_every_front_end_that_is_named_has_an_exporter() -> None:
    assert set(FRONT_ENDS) == set(BUILT_IN)
    for name in FRONT_ENDS:
        assert parse_recipe(with_line("[psychopy]", f"[{name}]")).packages == (name,)
    assert faults(with_line("[psychopy]", "[bidz]"))[0].code == "MK907"


def test_id_length_counts_the_longest_identity() -> None:
    text = with_line("name: thr,", f"name: {'a' * 45},").replace("i02", "infant000002")
    assert [f.code for f in faults(text)] == ["MK917"]
    assert parse_recipe(text.replace("infant000002", "i02")).name == "demo"


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        parse_recipe(GOOD).name = "other"  # type: ignore[misc]


def as_yaml(value: Any) -> str:
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, out)
    return out.getvalue()


SPECS = st.one_of(
    st.integers(2, 1001),
    st.sampled_from(sorted(PRESETS)),
    st.lists(st.floats(0, 1), min_size=2, max_size=8, unique=True).map(sorted),
)
CONTINUA = st.fixed_dictionaries(
    {
        "path": st.sampled_from(["direct", "from-neutral", "through-neutral"]),
        "levels": SPECS,
        "from": st.sampled_from(["distressed", "a1"]),
        "to": st.sampled_from(["happy", "b_2"]),
    }
)
RECIPES = st.fixed_dictionaries(
    {"morphkit": st.just(1), "name": st.from_regex(r"\A[a-z][a-z_]{5,20}\Z")},
    optional={
        "identities": st.lists(st.from_regex(r"\Ai[0-9]{1,4}\Z"), min_size=1, unique=True),
        "canvas": st.fixed_dictionaries(
            {"width": st.integers(200, 8192)},
            optional={
                "eye_distance": st.floats(16, 199),
                "background": st.floats(0, 1),
                "align": st.sampled_from(["eyes", "procrustes"]),
            },
        ),
        "mask": st.fixed_dictionaries({"feather": st.floats(0, 1000)}),
        "engine": st.fixed_dictionaries({"sampler": st.sampled_from(["bilinear", "catmull-rom"])}),
        "equalise": st.dictionaries(
            st.sampled_from(["luminance", "contrast", "spectrum"]),
            st.sampled_from([True, False, "set", "identity"]),
        ),
        "output": st.fixed_dictionaries({"greyscale": st.booleans()}),
        "limits": st.dictionaries(st.sampled_from(sorted(LIMITS)), st.floats(0, 1e9)),
        "packages": st.lists(st.sampled_from(["psychopy", "jspsych"]), unique=True),
        "use": st.sampled_from(["lab", "online_experiment", "publication", "open_archive"]),
    },
)
FOLDERS = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\\:~/"), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(RECIPES, st.lists(CONTINUA, min_size=1, max_size=4), FOLDERS)
def test_resolved_gives_the_same_recipe(head: Any, continua: Any, folder: str) -> None:
    for number, entry in enumerate(continua):
        entry["name"] = "c" + "abcd"[number]
        if entry["path"] == "through-neutral":
            entry["via"] = "neutral"
    recipe = parse_recipe(json.dumps({**head, "faces": folder, "continua": continua}))
    assert recipe.faces == folder
    full = resolved(recipe)
    for text in (json.dumps(full), json.dumps(full, ensure_ascii=False), as_yaml(full)):
        again = parse_recipe(text)
        assert again == recipe
        assert resolved(again) == full
    assert not list(Draft202012Validator(recipe_schema()).iter_errors(full))


@pytest.mark.parametrize("word", ["archive", "[lab]", "Lab"])
def test_a_use_is_one_of_four(word: str) -> None:
    (fault,) = faults(GOOD + f"use: {word}\n")
    assert (fault.code, fault.line, fault.pointer) == ("MK907", 15, "use")
    assert "lab, online_experiment, publication, open_archive" in fault.suggestion


def test_nothing_asked_is_not_written() -> None:
    assert parse_recipe(GOOD).use is None and "use" not in resolved(parse_recipe(GOOD))


def test_resolved_names_every_key() -> None:
    full = resolved(parse_recipe(GOOD + "use: lab\ntask: {kind: rating}\n"))
    assert list(full) == [f.alias or n for n, f in Recipe.model_fields.items()]
    for key, model in [
        ("canvas", Canvas),
        ("mask", Mask),
        ("engine", Engine),
        ("equalise", Equalise),
        ("output", Output),
    ]:
        assert list(full[key]) == list(model.model_fields)
    assert set(full["limits"]) == set(LIMITS)
    assert set(full["continua"][1]) == {f.alias or n for n, f in Continuum.model_fields.items()}


def allowed_or_refused(text: str) -> None:
    try:
        assert isinstance(parse_recipe(text), Recipe)
    except RecipeError as error:
        assert all(re.fullmatch("MK9[0-3][0-9]", fault.code) for fault in error.findings)


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_gives_a_recipe_or_a_recipe_error(text: str) -> None:
    allowed_or_refused(text)


PIECES = st.sampled_from(
    [
        *(
            "&a ",
            "*a",
            "!!x ",
            "<<: ",
            "- ",
            "? ",
            "{",
            "}",
            "[",
            "]",
            ": ",
            "\n",
            "  ",
            "\t",
            "|\n",
        ),
        *("%YAML 3\n", "---\n", "...\n", '"', "'", "#", "~", ".nan", "9" * 400, "\ufeff", ","),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), PIECES | st.none()), max_size=4))
def test_a_damaged_recipe_gives_a_recipe_or_a_recipe_error(damage: Any) -> None:
    text = GOOD
    for place, piece in damage:
        text = text[:place] + (piece or "") + text[place + (piece is None) :]
    allowed_or_refused(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = sorted({f.alias or n for n, f in Recipe.model_fields.items()})


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_value_under_any_key_gives_a_recipe_or_a_recipe_error(value: Any) -> None:
    allowed_or_refused(json.dumps({**resolved(parse_recipe(GOOD)), **value}))
    continuum = {**resolved(parse_recipe(GOOD))["continua"][0], "levels": value.get("name")}
    allowed_or_refused(json.dumps({**resolved(parse_recipe(GOOD)), "continua": [continuum]}))


def test_schema_is_a_schema_and_refuses() -> None:
    schema = recipe_schema()
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    full = resolved(parse_recipe(GOOD))
    assert check.is_valid(full)
    continuum = full["continua"][0]
    for wrong in (
        {"morphkit": 2},
        {"nam": "x"},
        {"name": "A"},
        {"continua": []},
        {"continua": [{**continuum, "levels": 1}]},
        {"continua": [{**continuum, "levels": "bristol"}]},
        {"continua": [{**continuum, "level": 3}]},
        {"limits": {"landmark_cv": 1}},
        {"packages": ["psychopi"]},
        {"use": "press"},
        {"identities": "some"},
        {"canvas": {"width": 1}},
        {"equalise": {"luminance": "all"}},
        {"equalise": {"light": True}},
        {"output": {"greyscale": "yes"}},
    ):
        assert not check.is_valid({**full, **wrong}), wrong


def test_the_page_documents_every_key() -> None:
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    models: list[type[BaseModel]] = [Recipe, Canvas, Mask, Engine, Continuum, Spacing]
    models += [Equalise, Output, Prototype, Transform, Apply, Mixture]
    keys = {f.alias or name for model in models for name, f in model.model_fields.items()}
    missing = [k for k in {*keys, *LIMITS, *PRESETS, *FRONT_ENDS} if f"`{k}`" not in page]
    assert not missing


def test_the_page_states_the_defaults() -> None:
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    for name, default in LIMITS.items():
        assert re.search(rf"\| `{name}` \|.*\| {default:g} \|", page), name


def test_the_page_knows_every_code() -> None:
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    code = "".join(
        (ROOT / "src" / "morphkit" / "study" / f"{name}.py").read_text(encoding="utf-8")
        for name in MODULES
    )
    assert set(re.findall(r'"(MK[0-9]{3})"', code)) <= set(re.findall(r"MK[0-9]{3}", page))
