"""The catalogue, the codes in the source and the page about them are one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from morphkit.study.recipe import LIMITS
from morphkit.validate import QUICK
from morphkit.validate.rules import FAMILIES, RULES, finding, page

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "morphkit"
ABOUT = {
    "photo",
    "template",
    "geometry",
    "recipe",
    "source",
    "folder",
    "set",
    "package",
    "machine",
} | {"config", "responses", "scale"}


def codes_in(text: str) -> set[str]:
    """Codes that stand alone in a string of a Python text: those that findings carry."""
    constants = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return {c for c in constants if isinstance(c, str) and re.fullmatch(r"MK\d{3}", c)}


def used() -> set[str]:
    return {
        code for path in SOURCE.rglob("*.py") for code in codes_in(path.read_text(encoding="utf-8"))
    }


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    assert sorted(used() - RULES.keys()) == []


def test_every_code_named_in_a_docstring_is_in_the_catalogue() -> None:
    named = {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(r"MK\d{3}", path.read_text(encoding="utf-8"))
    }
    assert sorted(named - RULES.keys()) == []


def test_every_rule_is_used() -> None:
    assert sorted(RULES.keys() - used()) == []


def test_codes_are_read_from_source() -> None:
    text = '"""MK999 in passing."""\nfinding("MK123", f"MK456 {x}")\nfault = ("MK789", "no MK1.")'
    assert codes_in(text) == {"MK123", "MK789"}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_is_whole(rule: object) -> None:
    assert re.fullmatch(r"MK[1-9]\d\d", rule.code) and rule.code[2] in FAMILIES
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    assert rule.severity in ("error", "warning")
    assert rule.about in ABOUT
    for text in (rule.summary, rule.reason, rule.remedy):
        assert text[0].isupper() and text.endswith(".") and text.isprintable()


def test_names_are_unique() -> None:
    names = [rule.name for rule in RULES.values()]
    assert len(set(names)) == len(names)


def test_a_code_stands_in_one_file_of_the_catalogue() -> None:
    texts = [f.read_text(encoding="utf-8") for f in (SOURCE / "validate/catalogue").glob("*.toml")]
    codes = [code for text in texts for code in re.findall(r"(?m)^\[(MK\d{3})\]$", text)]
    assert len(set(codes)) == len(codes) == len(RULES)


def test_entries_have_no_key_that_nobody_reads() -> None:
    keys = {"name", "severity", "about", "limit", "summary", "reason", "remedy", "pixels"}
    for path in (SOURCE / "validate/catalogue").glob("*.toml"):
        found = set(re.findall(r"(?m)^(\w+) = ", path.read_text(encoding="utf-8")))
        assert found <= keys, path.name


NEED_PIXELS = ("album", "confounds", "evenness", "extrapolated", "geometry", "pixels")


def test_rules_that_need_pixels_say_so() -> None:
    """A quick validation must not seem to have looked at them."""

    def codes(modules: set[str]) -> set[str]:
        paths = [SOURCE.parent / f"{module.replace('.', '/')}.py" for module in modules]
        return {code for path in paths for code in codes_in(path.read_text(encoding="utf-8"))}

    quick = codes({check.__module__ for check in QUICK})
    full = codes({f"morphkit.validate.{name}" for name in NEED_PIXELS})
    marked = {code for code, rule in RULES.items() if rule.pixels}
    assert full - quick and full - quick <= marked


def test_every_limit_of_a_recipe_belongs_to_one_rule() -> None:
    limits = [rule.limit for rule in RULES.values() if rule.limit]
    assert sorted(limits) == sorted(LIMITS)
    assert all(rule.default == LIMITS[rule.limit] for rule in RULES.values() if rule.limit)


def test_the_page_is_the_catalogue() -> None:
    shown = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert shown == page(), "write docs/rules.md anew, as morphkit/validate/rules.py says"


def test_the_page_says_it_all() -> None:
    text = page()
    for rule in RULES.values():
        assert text.count(f"### {rule.code} {rule.name}\n") == 1
        paragraph = text.partition(f"### {rule.code} ")[2].partition("\n###")[0]
        assert all(part in paragraph for part in (rule.summary, rule.reason, rule.remedy))
        assert rule.limit is None or f"`{rule.limit}`" in paragraph


def test_a_finding_takes_severity_and_remedy_from_its_rule() -> None:
    found = finding("MK307", "the photo is narrow.", file="a.png", measured=0.1)
    assert (found.severity, found.suggestion) == ("warning", RULES["MK307"].remedy)
    assert (found.file, found.measured, found.limit) == ("a.png", 0.1, None)
