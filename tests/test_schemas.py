"""The published JSON Schemas: named, versioned, committed, and true of what we ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from morphkit.cli import main
from morphkit.validate.schemas import DIALECT, SCHEMAS, published, schema_text
from tiny_study import ROOT

FOLDER = ROOT / "docs" / "schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_a_name_and_a_version_of_its_own(name: str) -> None:
    schema = published(name)
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["title"]) == (DIALECT, schema["title"])
    assert re.fullmatch(rf"urn:morphkit:schema:{name}:[1-9]\d*", schema["$id"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_copies_are_fresh(name: str) -> None:
    shown = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert shown == schema_text(name), f"morphkit schema {name} > docs/schemas/{name}.schema.json"


def test_nothing_else_is_committed() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_printed(name: str) -> None:
    result = CliRunner().invoke(main, ["schema", name])
    assert (result.exit_code, result.stdout) == (0, schema_text(name))


def recipes() -> list[tuple[str, str]]:
    """Every recipe that is shown: the examples, the starter, and those in the docs."""
    starter = ROOT / "src" / "morphkit" / "starter" / "empty" / "configs" / "my_set.yaml"
    paths = [*sorted((ROOT / "configs").glob("*.yaml")), starter]
    found = [(path.name, path.read_text(encoding="utf-8")) for path in paths]
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        found += [(page.name, block) for block in blocks if "morphkit: 1" in block]
    return found


@pytest.mark.parametrize("name, text", recipes(), ids=lambda part: part[:20])
def test_every_recipe_that_is_shown_fits(name: str, text: str) -> None:
    value = YAML(typ="safe", pure=True).load(text)
    assert not list(Draft202012Validator(published("recipe")).iter_errors(value))


def test_recipes_of_the_docs_are_among_them() -> None:
    names = [name for name, _ in recipes()]
    assert {"recipe.md", "my_set.yaml", "demo.yaml"} <= {*names}


@pytest.mark.parametrize(
    "change", [{"canvass": {}}, {"identities": 3}, {"canvas": {"width": 1}}, {"morphkit": 2}]
)
def test_the_recipe_schema_can_refuse(change: dict[str, object]) -> None:
    text = (ROOT / "configs" / "demo.yaml").read_text(encoding="utf-8")
    value = YAML(typ="safe", pure=True).load(text)
    assert not Draft202012Validator(published("recipe")).is_valid({**value, **change})


def test_a_new_study_brings_its_editor_the_schema(tmp_path: Path) -> None:
    home = tmp_path / "study"
    assert CliRunner().invoke(main, ["init", str(home)]).exit_code == 0
    first = (home / "configs" / "my_set.yaml").read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named
    schema = json.loads((home / "configs" / named[1]).read_text(encoding="utf-8"))
    assert schema == published("recipe")


def test_examples_in_the_docs_are_configurations() -> None:
    from morphkit.validate.config import parse_config

    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert blocks
    for block in blocks:
        name = "pyproject.toml" if "[tool.morphkit" in block else "morphkit.toml"
        assert parse_config(block, file=name).levels or parse_config(block, file=name).ignores
