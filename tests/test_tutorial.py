"""docs/tutorial.md does what it says: its recipes and commands, run in order."""

from __future__ import annotations

import json
import re
import shlex
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from morphkit.cli import main
from morphkit.files import read_set, write_missing
from morphkit.starter import demo_study

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
WANTED = (0.25, 0.375, 0.5, 0.625, 0.75)


def commands(text: str) -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def recipes(text: str) -> dict[str, str]:
    """Every whole recipe of the page, by the file that the page tells to save it as."""
    found = re.findall(r"[Ss]ave as `([^`]+)`:\n\n```yaml\n(.*?)```", text, re.DOTALL)
    return dict(found)


def test_the_tutorial_ends_where_it_aims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    write_missing(tmp_path, demo_study())
    monkeypatch.chdir(tmp_path)
    assert set(recipes(text)) == {"configs/pilot.yaml", "configs/ambiguous.yaml"}
    for name, recipe in recipes(text).items():
        Path(name).write_text(recipe, encoding="utf-8")
    ran = commands(text)
    assert len(ran) >= 8
    for program, *words in ran:
        assert program == "morphkit"
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, (words, result.output)
    found = json.loads(Path("configs/after.scale.json").read_text(encoding="utf-8"))
    rows = read_set(Path("generated/ambiguous")).stimuli
    for _, some in groupby(rows, key=lambda row: row.identity):
        levels = [row.morph_level or 0.0 for row in some]
        assert np.interp(levels, found["levels"], found["intensities"]) == pytest.approx(
            WANTED, abs=0.04
        )
    recipe = Path("configs/ambiguous.yaml")
    addition = re.findall(r"```yaml\n(scales: .*?)```", text, re.DOTALL)
    recipe.write_text(recipe.read_text(encoding="utf-8") + addition[0], encoding="utf-8")
    result = CliRunner().invoke(main, ["build", str(recipe)])
    assert result.exit_code == 0, result.output
    assert "nothing to render" in result.stderr
    page = Path("generated/ambiguous/report.html").read_text(encoding="utf-8")
    assert "before re-spacing" in page and "after re-spacing" in page
