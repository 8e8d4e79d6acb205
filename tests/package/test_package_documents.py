"""The papers of a package say what the manifest says, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from morphkit.package.documents import RIGHTS_FIELDS, checksums, methods, rights
from morphkit.package.orders import draw
from morphkit.package.words import grey, instructions
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import Task


def _told(stimulus_set: StimulusSet, **changes: Any) -> StimulusSet:
    block = stimulus_set.manifest.morphkit.model_copy(update=changes)
    manifest = stimulus_set.manifest.model_copy(update={"morphkit": block})
    return dataclasses.replace(stimulus_set, manifest=manifest)


def test_methods_has_the_numbers_of_the_manifest(stimulus_set: StimulusSet) -> None:
    text = methods(stimulus_set, "Shown on paper.", ["Somebody (2020)."])
    for wanted in (
        "8 PNG images (48 × 60 pixels) of 2 identities (amy, ben)",
        "made with morphkit 0.1.0.",
        "4 photographs, each delineated with 3 landmarks (scheme ibug68; templates on record as "
        "reviewed: 4 of 4)",
        "Continuum dis_hap (direct path, distressed to happy, midpoint: blend) had 4 levels: "
        "−1, −0.3333, 0.3333, 1.",
        "Canvas: background 0.5, eye distance 20, height 60, width 48.",
        "(1 triangle)",
        "Engine options: light linear, sampler catmull-rom, texture restore.",
        "Mask: feather 8, shape oval.",
        "(label: nominal)",
        "Shown on paper.",
        "Tiddeman, B., Burt, M., & Perrett, D. (2001).",
        "Somebody (2020).\n",
    ):
        assert wanted in text


def test_methods_say_so_where_each_identity_has_levels_of_its_own(
    stimulus_set: StimulusSet,
) -> None:
    (entry,) = stimulus_set.manifest.morphkit.continua
    own = {"amy": [-0.9, 0, 0.3, 0.9], "ben": [-1, 0.2, 0.5, 1]}
    means = entry.model_copy(update={"own_levels": own, "levels": [-0.95, 0.1, 0.4, 0.95]})
    assert "had 4 levels, of each identity its own, here their means: −0.95, 0.1, 0.4, 0.95." in (
        methods(_told(stimulus_set, continua=[means]))
    )


def test_methods_leaves_out_what_the_manifest_does_not_say(stimulus_set: StimulusSet) -> None:
    engine = stimulus_set.manifest.morphkit.engine.model_copy(update={"options": {}})
    bare = _told(stimulus_set, recipe={}, sources=[], continua=[], label=None, engine=engine)
    text = methods(bare)
    for unsaid in ("Canvas", "Mask", "Engine options", "photographs, each", "Continuum", "label"):
        assert unsaid not in text
    assert "Tiddeman" not in text  # texture was not restored
    assert "None" not in text
    assert "  " not in text


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("physically checked", "not calibrated to perception"),
        ("perceptually calibrated", "calibrated to observers' responses"),
    ],
)
def test_methods_claims_no_more_than_the_label(
    label: str, wanted: str, stimulus_set: StimulusSet
) -> None:
    text = methods(_told(stimulus_set, label=label))
    assert wanted in text
    assert "nominal" not in text


def test_an_unreviewed_template_is_said(stimulus_set: StimulusSet) -> None:
    sources = list(stimulus_set.manifest.morphkit.sources)
    sources[0] = sources[0].model_copy(update={"reviewed": False})
    sources[1] = sources[1].model_copy(update={"reviewed": None})
    assert "reviewed: 2 of 4)" in methods(_told(stimulus_set, sources=sources))


def test_rights_says_undeclared_where_nobody_said_anything(stimulus_set: StimulusSet) -> None:
    text = rights(stimulus_set.manifest)
    assert "4 of 4 photographs have something undeclared." in text
    _, _, happy = text.partition("\n\namy happy, ben happy\n")
    assert happy.startswith(
        "  source: undeclared\n  licence: CC0-1.0\n  derivatives_allowed: undeclared\n"
    )
    assert "\n\namy distressed, ben distressed\n" in text
    assert text.count("licence: undeclared") == 1


def test_rights_with_everything_declared_has_no_warning(stimulus_set: StimulusSet) -> None:
    said = dict.fromkeys(
        (
            "source", "licence", "derivatives_allowed", "publish_allowed", "consent_scope",
            "consent_until",
        ),
        "said",
    )  # fmt: skip
    sources = [s.model_copy(update=said) for s in stimulus_set.manifest.morphkit.sources]
    text = rights(_told(stimulus_set, sources=sources).manifest)
    assert "undeclared" not in text.lower()
    assert text.count(": said") == 6
    assert "amy distressed, amy happy, ben distressed, ben happy\n  source: said\n" in text


@pytest.mark.parametrize("silent", [None, "", " "])
def test_a_consent_without_a_last_day_is_not_undeclared(
    silent: str | None, stimulus_set: StimulusSet
) -> None:
    said = dict.fromkeys(RIGHTS_FIELDS, "said") | {"consent_until": silent}
    first, *others = (one.model_copy(update=said) for one in stimulus_set.manifest.morphkit.sources)
    text = rights(_told(stimulus_set, sources=[first, *others]).manifest)
    assert "undeclared" not in text.lower()
    assert text.count("  consent_until: no last day declared\n") == 1
    bare = first.model_copy(update={"licence": silent})
    text = rights(_told(stimulus_set, sources=[bare, *others]).manifest)
    assert "1 of 4 photographs have something undeclared." in text


def test_a_long_list_of_photographs_is_wrapped(set_of: Callable[..., StimulusSet]) -> None:
    names = tuple(f"infant{number:02d}" for number in range(30))
    text = rights(set_of(names).manifest)
    assert max(map(len, text.splitlines())) < 93
    told = " ".join(text.split())
    assert all(f"{name} happy" in told for name in names)


def test_rights_without_sources_is_undeclared(stimulus_set: StimulusSet) -> None:
    assert "all of this is undeclared" in rights(_told(stimulus_set, sources=[]).manifest)


def test_checksums_are_sorted_lines() -> None:
    assert checksums({"b": "22", "a": "11"}) == "11  a\n22  b\n"


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        ({"canvas": {"background": 0.5}}, 128),
        ({"canvas": {"background": 0}}, 0),
        ({"canvas": {"background": 1.0}}, 255),
        ({"canvas": {}}, 128),
        ({"canvas": None}, 128),
        ({}, 128),
    ],
)
def test_the_grey_is_that_of_the_stimuli(
    recipe: dict[str, Any], code: int, stimulus_set: StimulusSet
) -> None:
    assert grey(_told(stimulus_set, recipe=recipe).manifest) == code


def test_the_words_of_the_instructions_are_those_of_the_response_map(
    stimulus_set: StimulusSet,
) -> None:
    answers = [
        {"key": "a", "label": "sad", "level": -1},
        {"key": "b", "label": "neutral", "level": 0},
        {"key": "c", "label": "glad", "level": 1},
    ]
    told = _told(stimulus_set, response_map=answers)
    found = draw(told, Task())
    assert [answer.button for answer in found.answers[0]] == [0, 1, 2]
    text = "\n".join(instructions(found, told.manifest))
    assert "decide: sad, neutral or glad?" in text
    assert "Press B for neutral." in text
    assert "happy" not in text
