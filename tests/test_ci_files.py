"""The GitHub Action and the pre-commit hooks: valid, and they do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from store import stored_schema
from tiny_study import ROOT, write_study

ACTION = YAML(typ="safe", pure=True).load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = YAML(typ="safe", pure=True).load(
    (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)
GITLAB = (
    "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
)
STEP = next(step for step in ACTION["runs"]["steps"] if step.get("name") == "Validate")
DEFAULTS = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good set and a bad one."""
    from morphkit.build import build

    home = tmp_path_factory.mktemp("study")
    for name in ("good", "bad"):
        build(write_study(home / name, ("infant01",)), home / "generated" / name, jobs=1)
    next((home / "generated" / "bad" / "stimuli").iterdir()).unlink()
    return home


def test_the_action_fits_its_schema() -> None:
    Draft7Validator(stored_schema("github-action")).validate(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    assert {"path", "fail-on", "sarif-file", "python-version"} <= ACTION["inputs"].keys()
    assert all(one["description"] for one in ACTION["inputs"].values())


def test_no_input_of_the_action_is_pasted_into_a_shell() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    used = re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(used) == ACTION["inputs"].keys()


def run_step(study: Path, tmp_path: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the action's step; its exit code, its log and its summary."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    program = binaries / "morphkit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m morphkit "$@"\n')
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    given = {**DEFAULTS, **inputs}
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in STEP["env"].items()
    }
    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEP["run"]],
        cwd=study,
        env={
            **os.environ,
            **variables,
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTIONS": "true",
        },
        capture_output=True,
        text=True,
    )
    return result.returncode, result.stdout, summary.read_text() if summary.exists() else ""


needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in")


@needs_bash
def test_the_action_passes_a_good_set(study: Path, tmp_path: Path) -> None:
    code, log, summary = run_step(
        study, tmp_path, path="generated/good\n", **{"sarif-file": "a b.sarif", "quick": "true"}
    )
    assert code == 0
    assert not re.search("(?m)^::error", log)
    assert "generated/good: valid" in log
    assert re.search("(?m)^    generated/good: valid", summary)
    assert '"version": "2.1.0"' in (study / "a b.sarif").read_text()


@needs_bash
def test_the_action_fails_a_bad_set(study: Path, tmp_path: Path) -> None:
    code, log, summary = run_step(
        study, tmp_path, path="generated/good\r\ngenerated/bad", **{"junit-file": "j.xml"}
    )
    assert code == 1
    assert "::error title=MK681 file-missing,file=generated/bad/stimuli/" in log
    assert re.search("(?m)^    generated/bad: invalid", summary)
    assert "<failure" in (study / "j.xml").read_text()


@needs_bash
@pytest.mark.parametrize("fail_on, expected", [("never", 0), ("sometimes", 2)])
def test_the_action_hands_on_what_it_is_told(
    study: Path, tmp_path: Path, fail_on: str, expected: int
) -> None:
    code, *_ = run_step(study, tmp_path, path="generated/bad", **{"fail-on": fail_on})
    assert code == expected


@needs_bash
@pytest.mark.parametrize(
    "path", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "--output=pwned", "a' pwned"]
)
def test_the_action_runs_nothing_that_an_input_says(study: Path, tmp_path: Path, path: str) -> None:
    code, *_ = run_step(study, tmp_path, path=path)
    assert code == 1
    assert not (study / "pwned").exists()


def test_the_hooks_fit_their_schema() -> None:
    Draft7Validator(stored_schema("pre-commit-hooks")).validate(HOOKS)
    assert [hook["id"] for hook in HOOKS] == ["morphkit-validate", "morphkit-recipe"]
    assert all(hook["language"] == "python" for hook in HOOKS)


@pytest.mark.parametrize(
    "path, hooks",
    [
        ("generated/demo/datapackage.json", {"morphkit-validate"}),
        ("stimuli.csv", {"morphkit-validate"}),
        ("configs/demo.yaml", {"morphkit-recipe"}),
        ("study/configs/a.yml", {"morphkit-recipe"}),
        ("generated/demo/stimuli.csv.bak", set()),
        ("configs/observers.scale.json", set()),
        ("mystimuli.csv", set()),
    ],
)
def test_what_the_hooks_look_at(path: str, hooks: set[str]) -> None:
    assert {hook["id"] for hook in HOOKS if re.search(hook["files"], path)} == hooks


def test_the_hook_takes_the_papers_of_a_set(study: Path) -> None:
    papers = [f"generated/bad/{name}" for name in ("datapackage.json", "stimuli.csv")]
    result = subprocess.run(
        [sys.executable, "-m", *HOOKS[0]["entry"].split(), *papers],
        cwd=study,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stdout.count("generated/bad: invalid") == 1


@pytest.mark.parametrize(
    "heading, schema",
    [
        ("GitHub", "github-workflow"),
        ("GitLab", GITLAB),
        ("pre-commit", "pre-commit-config"),
    ],
)
def test_the_examples_of_the_page_fit_their_schemas(heading: str, schema: str) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    part = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
    value = YAML(typ="safe", pure=True).load(block)
    Draft7Validator(stored_schema(schema)).validate(value)
    if schema == "github-workflow":
        ours = value["jobs"]["stimuli"]["steps"][1]
        assert ours["with"].keys() <= ACTION["inputs"].keys()
