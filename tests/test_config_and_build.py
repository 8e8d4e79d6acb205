"""What a lab ignores changes what `validate` says, never what `build` and `report` write."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from morphkit.cli import main
from tiny_study import write_study


def run(*words: str | Path) -> int:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code in (0, 1), result.output
    return result.exit_code


def papers(folder: Path) -> dict[str, bytes]:
    names = ("report.html", "datapackage.json", "stimuli.csv")
    return {name: (folder / name).read_bytes() for name in names}


def test_a_configuration_does_not_reach_a_set(tmp_path: Path) -> None:
    study = write_study(tmp_path, ("infant01",))
    plain, weighed = tmp_path / "plain", tmp_path / "weighed"
    assert run("build", study, "--out", plain) == 0
    assert run("validate", plain) == 0
    # photos of a quarter of their size have pupils too near each other: a doubt
    (tmp_path / "morphkit.toml").write_text('[rules]\nMK110 = "error"\n', encoding="utf-8")
    assert run("validate", plain) == 1
    assert run("build", study, "--out", weighed) == 0
    assert papers(weighed) == papers(plain)
    run("report", weighed)
    assert papers(weighed) == papers(plain)
    ignore = '[[ignore]]\nrule = "MK110"\nreason = "It is a test."\n'
    (tmp_path / "morphkit.toml").write_text(ignore, encoding="utf-8")
    assert run("validate", plain, "--fail-on", "warning") == 0
    run("report", weighed)
    assert papers(weighed) == papers(plain)
