"""A set that is not replaced is told from the one that is planned, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from morphkit import differences
from morphkit.build import build
from morphkit.errors import UsageError
from tiny_study import change_template, photo_path, write_study

INFANTS = ("infant01", "infant02")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("study")
    build(write_study(home, INFANTS), home / "set")
    return home


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return write_study(tmp_path, INFANTS)


def refused(recipe: Path, home: Path) -> str:
    with pytest.raises(UsageError, match="MK609") as caught:
        build(recipe, home / "set")
    return caught.value.findings[0].message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("happy, levels: 5}", "happy, levels: 7}", "the recipe's continua.dis_hap.levels (5 → 7)"),
        ("feather: 3", "feather: 2", "the recipe's mask.feather (3 → 2)"),
        ("[0, 0.4, 1]", "[0, 0.5, 1]", "the recipe's continua.neu_hap.levels."),
        ("name: dis_hap", "name: other", "the recipe's continua.dis_hap, the recipe's continua.ot"),
        ("canvas:", "engine: {refine: off}\ncanvas:", "the recipe's engine.refine (flow → off)"),
    ],
)
def test_the_recipe(old: str, new: str, told: str, recipe: Path, home: Path) -> None:
    recipe.write_text(recipe.read_text().replace(old, new, 1))
    message = refused(recipe, home)
    assert told in message
    assert "template" not in message and "photo" not in message


def test_photos_and_infants(recipe: Path, home: Path) -> None:
    path = photo_path(recipe, "infant01_neutral")
    with Image.open(path) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    assert refused(recipe, home).endswith("What differs: the photo infant01 neutral.")
    recipe.write_text(recipe.read_text() + "identities: [infant02]\n")
    assert "4 more" not in refused(recipe, home)
    assert "the recipe's identities" in refused(recipe, home)
    assert "the photo infant01 distressed, which is gone" in refused(recipe, home)
    assert refused(recipe, home).endswith("1 more.")


def moved(template: dict[str, Any]) -> None:
    template["points"][30]["x"] += 0.5


def marked(template: dict[str, Any]) -> None:
    template["reviewed"] = not template["reviewed"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (moved, "What differs: the template of infant02 happy."),
        (marked, "What differs: only what is noted in the template of infant02 happy."),
    ],
)
def test_templates(
    change: Callable[[dict[str, Any]], None], told: str, recipe: Path, home: Path
) -> None:
    change_template(recipe, "infant02_happy", change)
    assert refused(recipe, home).endswith(told)


def test_the_version(recipe: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "__version__", "9.9")
    recipe.write_text(recipe.read_text().replace("feather: 3", "feather: 2"))
    change_template(recipe, "infant02_happy", marked)
    message = refused(recipe, home)
    assert "→ 9.9, the recipe's mask.feather (3 → 2), what is noted in" in message
