"""What a quick validation loads, and what is no set at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tiny_set import tiny

from morphkit.validate import validate


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())


def test_it_loads_no_numpy_and_no_picture_reader(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path)
    modules = loaded_by(
        f"from morphkit.validate import validate; r = validate({str(folder)!r}, quick=True); "
        "assert r.verdict == 'valid'"
    )
    assert "morphkit.validate.spacing" in modules
    assert modules.isdisjoint({"numpy", "PIL", "scipy", "morphkit.validate.pixels"})


def test_nor_does_the_command(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path)
    modules = loaded_by(
        "from click.testing import CliRunner; from morphkit.cli import main; "
        f"CliRunner().invoke(main, ['validate', '--quick', {str(folder)!r}])"
    )
    assert "morphkit.validate.weigh" in modules
    assert modules.isdisjoint({"numpy", "PIL", "scipy", "morphkit.validate.formats.sarif"})


def test_a_full_one_loads_numpy(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path)
    assert "numpy" in loaded_by(
        f"from morphkit.validate import validate; validate({str(folder)!r})"
    )


def test_a_folder_that_is_no_set(tmp_path: Path) -> None:
    report = validate(tmp_path)
    assert report.verdict == "invalid" and report.findings
    assert validate(tmp_path / "nowhere").verdict == "invalid"
