"""What methods.txt and CITATION say of the task."""

from __future__ import annotations

import json

import pytest

from morphkit.package.design import BRISTOL
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import parse_task
from package.conftest import make_set


def made(text: str, stimulus_set: StimulusSet | None = None) -> dict[str, str]:
    files = dict(package(stimulus_set or make_set(), "psychopy", task=parse_task(text)))
    names = ("methods.txt", "CITATION", "task.json")
    return {name: files[name].decode() for name in names}


@pytest.mark.parametrize("text", ["{preset: bristol-test}", "{preset: bristol-test, repeats: 2}"])
def test_a_published_design_is_cited(text: str) -> None:
    told = made(text)
    for name in ("methods.txt", "CITATION"):
        assert all(f"\n{source}\n" in told[name] for source in BRISTOL)
    assert "based on Penton-Voak et al. (2012) and Adams et al. (2013)." in told["methods.txt"]


@pytest.mark.parametrize("text", ["{}", "{preset: two-choice}", "{kind: training}"])
def test_a_task_of_ones_own_cites_nobody(text: str) -> None:
    told = made(text)
    assert "Penton-Voak" not in told["methods.txt"] + told["CITATION"]


def test_methods_say_which_faces_were_shown() -> None:
    told = made("{identities: [ben]}")["methods.txt"]
    assert "Of the 8 images, the task showed 4 (continuum dis_hap; identity ben). The" in told
    assert "Of the" not in made("{}")["methods.txt"]
    both = made("{identities: [amy, ben]}", make_set(("amy", "ben", "cat")))["methods.txt"]
    assert "Of the 12 images, the task showed 8 (continuum dis_hap; identities amy, ben)." in both


@pytest.mark.parametrize(
    "text",
    ["{}", "{exposure_ms: 90}", "{preset: bristol-test, exposure_ms: null, mask_ms: 0}"],
)
def test_every_setting_is_in_the_task_and_it_reads_back(text: str) -> None:
    written = made(text)["task.json"]
    assert parse_task(written) == parse_task(text)
    settings = json.loads(written)
    assert settings["exposure_ms"] == parse_task(text).exposure_ms
    assert ("preset" in settings) == ("preset" in text)
