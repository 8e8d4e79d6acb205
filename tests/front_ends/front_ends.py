"""Where the real front ends are that packages are run in; `install.sh` puts them there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

VARIABLE = "MORPHKIT_FRONT_ENDS"
_BESIDE = Path(__file__).resolve().parents[2] / ".front_ends"


def home() -> Path:
    """The folder that `install.sh` filled."""
    return Path(os.environ.get(VARIABLE, _BESIDE))


def python(name: str) -> Path:
    """The Python of an environment (psychopy, psychopy_pandas2, opensesame, formats), or skip."""
    found = home() / name / "bin" / "python"
    if not (home() / name / "done").exists():
        pytest.skip(f"{name} is not installed: tests/front_ends/install.sh, {VARIABLE}")
    return found


def node_modules(name: str) -> Path:
    """The ``node_modules`` of an installation (jspsych7, jspsych8, labjs), or skip."""
    found = home() / name / "node_modules"
    if not (found / ".done").exists():
        pytest.skip(f"{name} is not installed: tests/front_ends/install.sh, {VARIABLE}")
    return found


def fonts() -> None:
    """Skip where there is no font: PsychoPy and Psychtoolbox can't write a word then."""
    if not subprocess.run([program("fc-list")], capture_output=True, text=True).stdout.strip():
        pytest.skip("there are no fonts: tests/front_ends/install.sh")


def program(name: str) -> str:
    """The path of a program, or skip."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: tests/front_ends/install.sh")
    return found
