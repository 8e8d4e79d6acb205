"""Prototypes, transforms and mixtures in a recipe: what is read, refused and made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from morphkit.errors import Finding, RecipeError
from morphkit.study.frames import frames
from morphkit.study.program import Program, program_faults, resolve
from morphkit.study.recipe import parse_recipe, recipe_schema, resolved
from morphkit.study.shares import Photo

HEAD = """\
morphkit: 1
name: demo
faces: ../raw_faces/demo
identities: [i01, i02]
prototypes:
  - {name: proto}
  - {name: even, identities: [i01, i03], symmetric: true}
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 3, identities: [proto]}
transforms:
  - {name: smile, identities: [i05], base: neutral, from: neutral, to: happy, group: all, amounts: [0, 0.5]}
  - {name: own, base: neutral, from: neutral, to: happy, group: own, amounts: [-0.5, 1.5], apply: {texture: false}}
mixtures:
  - {name: mix, identities: [i01], weights: [{distressed: 0.25, neutral: 0.5, happy: 0.25}]}
"""  # noqa: E501
INFANTS = ["i01", "i02", "i03", "i05"]


def program(text: str = HEAD, left_out: tuple[str, ...] = ()) -> Program:
    return resolve(parse_recipe(text), INFANTS, left_out)


def test_reads_what_was_written() -> None:
    recipe = parse_recipe(HEAD)
    assert [(p.name, p.identities, p.symmetric) for p in recipe.prototypes] == [
        ("proto", "all", False),
        ("even", ("i01", "i03"), True),
    ]
    smile, own = recipe.transforms
    assert (smile.base, smile.from_, smile.to, smile.group) == (
        "neutral",
        "neutral",
        "happy",
        "all",
    )
    assert smile.amounts == (0.0, 0.5)
    assert smile.apply.model_dump() == {"shape": True, "colour": True, "texture": True}
    assert own.apply.model_dump() == {"shape": True, "colour": True, "texture": False}
    assert recipe.mixtures[0].weights == ({"distressed": 0.25, "neutral": 0.5, "happy": 0.25},)


def test_resolved_is_the_same_recipe_and_fits_the_schema() -> None:
    recipe = parse_recipe(HEAD)
    full = resolved(recipe)
    assert parse_recipe(json.dumps(full)) == recipe
    check = Draft202012Validator(recipe_schema())
    assert check.is_valid(full)
    without = {**full, "continua": []}
    assert check.is_valid(without) and parse_recipe(json.dumps(without)).continua == ()
    assert not check.is_valid({**without, "transforms": [], "mixtures": []})


BAD: dict[str, tuple[str, str, str, int, str, str]] = {
    "prototype of one": ("[i01, i03]", "[i01]", "MK921", 7, "prototypes[1].identities", "at least"),
    "group of one": ("group: all", "group: [i01]", "MK921", 11, "transforms[0].group", "i01 alone"),
    "an infant's name": ("name: proto}", "name: i01}", "MK922", 6, "prototypes[0].name", "i01"),
    "an unlawful name": (
        "name: proto}",
        "name: pro_to}",
        "MK908",
        6,
        "prototypes[0].name",
        "proto",
    ),
    "a name twice": ("name: even", "name: proto", "MK912", 7, "prototypes[1].name", "again"),
    "a continuum's name": (
        "name: smile",
        "name: dis_hap",
        "MK912",
        11,
        "transforms[0].name",
        "aga",
    ),
    "a prototype's name": ("name: mix", "name: even", "MK912", 14, "mixtures[0].name", "again"),
    "ids that mix": ("name: mix", "name: own_2", "MK912", 14, "mixtures[0].name", "sort"),
    "a long id": ("name: mix", "name: " + "m" * 52, "MK917", 14, "mixtures[0].name", "59"),
    "too far": ("[-0.5, 1.5]", "[-0.5, 1.51]", "MK919", 12, "transforms[1].amounts", "1.51"),
    "too far back": ("[-0.5, 1.5]", "[-0.6, 1.5]", "MK919", 12, "transforms[1].amounts", "-0.6"),
    "percent": ("[-0.5, 1.5]", "[0, 50, 100]", "MK919", 12, "transforms[1].amounts", "50"),
    "falling": ("[-0.5, 1.5]", "[1, 0]", "MK919", 12, "transforms[1].amounts", "rise"),
    "amount twice": ("[-0.5, 1.5]", "[1, 1]", "MK919", 12, "transforms[1].amounts", "rise"),
    "no amounts": ("[-0.5, 1.5]", "[]", "MK919", 12, "transforms[1].amounts", "0 amounts"),
    "a count": ("[-0.5, 1.5]", "5", "MK906", 12, "transforms[1].amounts", "no list"),
    "a text": ("[-0.5, 1.5]", '["1"]', "MK906", 12, "transforms[1].amounts", "no list"),
    "no group": ("group: own, ", "", "MK905", 12, "transforms[1].group", "difference"),
    "unknown group": ("group: own", "group: owns", "MK906", 12, "transforms[1].group", "own"),
    "from is to": ("group: own", "to: neutral, group: own", "MK903", 12, "transforms[1].to", "to"),
    "no difference": (
        "from: neutral, to: happy, group: own",
        "from: happy, to: happy, group: own",
        *("MK910", 12, "transforms[1].to", "from"),
    ),
    "nothing applied": (
        "{texture: false}",
        "{shape: false, colour: false, texture: false}",
        *("MK907", 12, "transforms[1].apply.texture", "nothing is applied"),
    ),
    "unknown part": ("{texture: false}", "{color: false}", "MK904", 12, "apply.color", "colour?"),
    "half": ("neutral: 0.5", "neutral: 0.4", "MK920", 14, "mixtures[0].weights[0]", "0.9"),
    "negative": (
        "neutral: 0.5",
        "neutral: -0.5",
        *("MK907", 14, "mixtures[0].weights[0].neutral", "at least 0"),
    ),
    "no frame": (
        "[{distressed: 0.25, neutral: 0.5, happy: 0.25}]",
        "[]",
        *("MK907", 14, "mixtures[0].weights", "empty"),
    ),
    "a frame twice": (
        "[{distressed: 0.25, neutral: 0.5, happy: 0.25}]",
        "[{happy: 1, neutral: 0}, {happy: 1}]",
        *("MK920", 14, "mixtures[0].weights", "frame 2"),
    ),
    "an unlawful expression": ("{distressed: 0.25", "{Sad: 0.25", "MK908", 14, "weights", "sad"),
    "unknown key": ("symmetric: true", "symetric: true", "MK904", 7, "symetric", "symmetric?"),
    "yes": ("symmetric: true", "symmetric: yes", "MK906", 7, "symmetric", "true or false"),
}


@pytest.mark.parametrize("case", BAD)
def test_catches(case: str) -> None:
    old, new, code, line, where, words = BAD[case]
    assert HEAD.count(old) == 1, old
    with pytest.raises(RecipeError) as caught:
        parse_recipe(HEAD.replace(old, new), file="study.yaml")
    found = caught.value.findings
    hits = [fault for fault in found if fault.code == code]
    assert hits, found
    assert (hits[0].line, hits[0].file) == (line, "study.yaml")
    assert where in hits[0].pointer
    assert words in f"{hits[0].message} {hits[0].suggestion}"
    assert len(found) == 1


def test_a_recipe_makes_something() -> None:
    bare = "morphkit: 1\nname: demo\nfaces: f\n"
    for text, code in ((bare, "MK905"), (bare + "continua: []\n", "MK907")):
        with pytest.raises(RecipeError) as caught:
            parse_recipe(text)
        assert [(f.code, f.pointer) for f in caught.value.findings] == [(code, "continua")]
    mixture = "mixtures: [{name: mix, weights: [{happy: 1}]}]\n"
    assert parse_recipe(bare + mixture).continua == ()


def test_all_is_spelt_out() -> None:
    found = program()
    assert [one.identities for one in found.prototypes] == [["i01", "i02"], ["i01", "i03"]]
    assert [one.identities for one in found.continua] == [["proto"]]
    smile, own = found.transforms
    assert (smile.identities, smile.group) == (["i05"], ["i01", "i02"])
    assert (own.identities, own.group) == (["i01", "i02", "proto", "even"], None)


def test_a_transform_needs_no_photo_of_what_it_gives() -> None:
    needed = {(need.identity, need.expression) for need in program().needs()}
    assert {what for who, what in needed if who == "i05"} == {"neutral"}
    assert {what for who, what in needed if who == "i03"} == {"neutral", "happy"}
    assert ("i02", "distressed") in needed


def faults(found: Program) -> list[Finding]:
    return [fault for _, fault in program_faults(found, INFANTS)]


def test_means_need_two_infants_that_are_left() -> None:
    assert faults(program()) == []
    found = faults(program(left_out=("i02",)))
    assert [(f.code, f.pointer, f.measured) for f in found] == [
        ("MK921", "prototypes[0].identities", 1.0),
        ("MK921", "transforms[0].group", 1.0),
    ]


def test_a_prototype_is_not_called_like_any_infant_of_the_faces() -> None:
    found = faults(program(HEAD.replace("name: even", "name: i03")))
    assert [(f.code, f.pointer) for f in found] == [("MK922", "prototypes[1].name")]


def shares(name: str, **change: Any) -> dict[Photo, tuple[float, float, float]]:
    return dict(next(one for one in frames(program()) if one.stimulus_id == name).shares)


def test_frames_have_hand_computed_weights() -> None:
    assert shares("proto_dis_hap_002") == {
        Photo(who, what): (0.25, 0.25, 0.25)
        for who in ("i01", "i02")
        for what in ("distressed", "happy")
    }
    assert shares("i05_smile_001") == {Photo("i05", "neutral"): (1.0, 1.0, 1.0)}
    assert shares("i05_smile_002") == {
        Photo("i05", "neutral"): (1.0, 1.0, 1.0),
        **{Photo(who, "happy"): (0.25, 0.25, 0.25) for who in ("i01", "i02")},
        **{Photo(who, "neutral"): (-0.25, -0.25, -0.25) for who in ("i01", "i02")},
    }
    assert shares("i01_own_002") == {
        Photo("i01", "neutral"): (-0.5, -0.5, 1.0),
        Photo("i01", "happy"): (1.5, 1.5, 0.0),
    }
    assert shares("even_own_001") == {
        Photo(who, what, side): (share, share, fine)
        for what, share, fine in (("neutral", 0.375, 0.25), ("happy", -0.125, 0.0))
        for who in ("i01", "i03")
        for side in (False, True)
    }


def test_rows_say_what_is_known() -> None:
    rows = {one.stimulus_id: one for one in frames(program())}
    assert list(rows) == sorted(rows)
    smile, own, mix = (rows[n] for n in ("i05_smile_002", "i01_own_002", "i01_mix_001"))
    assert (smile.path, smile.level, smile.percent) == ("transform", 0.5, None)
    assert smile.weights == {"neutral": 0.5, "happy": 0.5}
    assert not smile.plain and not own.plain and mix.plain
    assert (mix.path, mix.level, mix.percent) == ("mixture", None, None)
    assert mix.weights == {"distressed": 0.25, "neutral": 0.5, "happy": 0.25}
    assert rows["proto_dis_hap_001"].percent == 0
