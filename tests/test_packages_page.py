"""What docs/packages.md prints is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

from morphkit.package.registry import BUILT_IN
from morphkit.study.task import parse_task

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_presets_are_printed_as_they_are() -> None:
    names = []
    for block in BLOCKS:
        if found := re.match(r"# (bristol\S+)\n", block):
            names.append(found[1])
            preset = parse_task(f"preset: {found[1]}")
            assert parse_task(block) == preset.model_copy(update={"preset": None})
            printed = set(re.findall(r"^ *(\w+):", block, re.MULTILINE))
            assert printed >= preset.model_fields_set - {"preset"}
            assert printed >= (preset.training.model_fields_set if preset.kind == "training"
                               else set())  # fmt: skip
    assert names == ["bristol-test", "bristol-training"]


def test_the_example_is_a_task() -> None:
    (example,) = (block for block in BLOCKS if "preset: bristol-training " in block)
    # it shows the keys of every kind; a rating has no training
    task = parse_task(re.sub(r"^rating:.*\n", "", example, flags=re.MULTILINE))
    assert task.continua == ("dis_hap",) and task.training.held_out == 1


def test_the_front_ends_are_fifteen() -> None:
    assert len(BUILT_IN) == 15
    assert "fifteen" in PAGE and "one of fifteen" in (ROOT / "README.md").read_text("utf-8")
