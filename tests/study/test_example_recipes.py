"""The recipes that ship as examples are recipes, and are what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from morphkit.study.levels import levels, midpoint
from morphkit.study.names import stimulus_id
from morphkit.study.recipe import Recipe, parse_recipe, recipe_schema

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
EXAMPLES = sorted(CONFIGS.glob("*.yaml"))


def read(name: str) -> Recipe:
    return parse_recipe((CONFIGS / f"{name}.yaml").read_text(encoding="utf-8"), file=name)


def test_there_are_examples() -> None:
    names = {path.stem for path in EXAMPLES}
    assert {"demo", "carnegie2016", "training_set", "two_paths", "sensitivity"} <= names
    assert "prototypes" in names


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_is_a_recipe_called_like_its_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    recipe = parse_recipe(text, file=path.name)
    assert recipe.name == path.stem
    assert text.startswith("# ")
    assert max(map(len, text.splitlines())) <= 110
    for entry in recipe.continua:
        assert stimulus_id("infant01", entry.name, 1, len(levels(entry.levels, entry.path)))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_fits_the_published_schema(path: Path) -> None:
    value = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert not list(Draft202012Validator(recipe_schema()).iter_errors(value))


def test_the_recipe_of_the_page() -> None:
    page = (CONFIGS.parent / "docs" / "recipe.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert blocks
    assert all(parse_recipe(block) for block in blocks)


def test_demo_shows_every_path() -> None:
    recipe = read("demo")
    assert recipe.faces == "../raw_faces/demo"
    assert recipe.identities == "all"
    assert recipe.packages == ("psychopy", "jspsych")
    assert {(c.name, c.path) for c in recipe.continua} == {
        ("dis_hap", "direct"),
        ("thr_neu", "through-neutral"),
        ("neu_hap", "from-neutral"),
        ("neu_dis", "from-neutral"),
        ("ambig", "direct"),
    }


def test_carnegie_is_fifteen_equal_frames() -> None:
    (continuum,) = read("carnegie2016").continua
    at = levels(continuum.levels, continuum.path)
    assert at == levels(15, "direct")
    assert at[7] == 0
    assert continuum.path == "direct"
    assert continuum.expressions == ("distressed", "happy")
    assert midpoint(continuum.path, at) == continuum.midpoint == "blend"


def test_training_set_has_an_ambiguous_part_and_foils() -> None:
    continua = {c.name: c for c in read("training_set").continua}
    fine = levels(continua["fine"].levels, "direct")
    assert max(map(abs, fine)) < 0.5
    assert [-level for level in reversed(fine)] == list(fine)
    assert {c.path for c in continua.values()} == {"direct", "from-neutral"}


def test_two_paths_differ_in_the_path_only() -> None:
    straight, bent = read("two_paths").continua
    assert levels(straight.levels, straight.path) == levels(bent.levels, bent.path)
    assert (straight.midpoint, bent.midpoint) == ("blend", "photo")
    assert straight.from_ == bent.from_
    assert straight.to == bent.to


def test_prototypes_show_every_operation() -> None:
    recipe = read("prototypes")
    assert [(one.name, one.symmetric) for one in recipe.prototypes] == [
        ("proto", False),
        ("even", True),
    ]
    smile, carica, form = recipe.transforms
    assert (smile.group, smile.identities) == ("all", ("infant04",))
    assert "infant04" not in recipe.identities
    assert carica.amounts[0] == -0.5 and carica.amounts[-1] == 1.5
    assert form.apply.shape and not form.apply.colour
    assert all(sum(weights.values()) == 1 for weights in recipe.mixtures[0].weights)
