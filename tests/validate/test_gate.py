"""`validate` as CI uses it: formats, files, configuration, streams and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_set import tiny

from morphkit import about, files, gate
from morphkit.cli import main
from morphkit.validate import formats, schemas
from tiny_study import photo_path, write_study


@pytest.fixture(autouse=True)
def no_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests say themselves whether they are inside GitHub Actions."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, top of a repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def broken(home: Path) -> str:
    """A set that lacks a picture and holds one that nobody names."""
    folder = tiny().write(home / "generated" / "tiny")
    picture = folder / "stimuli" / "i01_dis_hap_001.png"
    picture.rename(folder / "stimuli" / "note.png")
    return "generated/tiny"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def codes(result: Result) -> list[tuple[str, bool]]:
    (one,) = json.loads(result.stdout)["sets"]
    return [(found["code"], found["ignored"]) for found in one["findings"]]


def test_the_names_are_those_that_there_are() -> None:
    assert tuple(formats.FORMATS) == gate.FORMATS
    assert tuple(schemas.SCHEMAS) == about.SCHEMAS


@pytest.mark.parametrize("form", gate.FORMATS)
def test_a_report_is_all_that_stdout_gets(broken: str, form: str) -> None:
    result = run("validate", broken, "--quick", "--format", form)
    assert result.exit_code == 1
    assert result.stderr == ""
    if form not in ("text", "github"):
        starts = {"json": "{", "jsonl": '{"set"', "junit": "<?xml", "sarif": "{"}
        assert result.stdout.startswith(starts[form])


def test_github_is_chosen_by_itself(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    annotation = "::error title=MK681 file-missing,file=generated/tiny/stimuli/i01_dis_hap_001.png"
    assert annotation not in run("validate", broken).stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert annotation in run("validate", broken).stdout
    assert annotation not in run("validate", broken, "--format", "text").stdout
    run("validate", broken, "--output", "report.txt")
    assert "::" not in Path("report.txt").read_text()
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert annotation not in run("validate", broken).stdout


def test_annotations_name_files_from_the_working_folder(broken: str) -> None:
    result = run("validate", Path(broken).absolute(), "--format", "github")
    assert ",file=generated/tiny/stimuli/note.png::" in result.stdout
    assert run("validate", broken, "--format", "github").stdout == result.stdout


def test_several_outputs_at_once(broken: str) -> None:
    words = ["--output", "sarif=a.sarif", "--output", "junit=b=c.xml", "--format", "jsonl"]
    result = run("validate", broken, *words)
    assert json.loads(result.stdout.splitlines()[-1])["verdict"] == "invalid"
    assert json.loads(Path("a.sarif").read_text())["version"] == "2.1.0"
    assert Path("b=c.xml").read_text().startswith("<?xml")
    result = run("validate", broken, *words, "--output", "plain.jsonl")
    assert result.stdout == ""
    assert json.loads(Path("plain.jsonl").read_text().splitlines()[-1])["verdict"] == "invalid"


def test_papers_of_a_set_mean_the_set_once(broken: str) -> None:
    papers = [f"{broken}/datapackage.json", f"{broken}/stimuli.csv", broken, f"{broken}/"]
    result = run("validate", *papers, "--quick", "--format", "json")
    (one,) = json.loads(result.stdout)["sets"]
    assert one["set"] == broken


def test_the_configuration_above_a_set_is_used(broken: str, home: Path) -> None:
    assert codes(run("validate", broken, "--format", "json")) == [
        ("MK681", False),
        ("MK682", False),
    ]
    (home / "morphkit.toml").write_text(
        '[rules]\nMK681 = "off"\n[[ignore]]\nrule = "MK682"\npath = "stimuli/note.png"\n'
        'reason = "A note."\n'
    )
    result = run("validate", broken, "--format", "json")
    assert result.exit_code == 0
    assert codes(result) == [("MK681", True), ("MK682", True)]
    assert json.loads(result.stdout)["sets"][0]["label"] is None, "ignoring earns no label"
    (home / "other.toml").write_text("")
    named = run("validate", broken, "--config", "other.toml")
    assert named.exit_code == 1


def test_an_unused_ignore_fails_whom_warnings_fail(broken: str, home: Path) -> None:
    (home / "morphkit.toml").write_text(
        '[rules]\nMK681 = "off"\nMK682 = "off"\n[[ignore]]\nrule = "MK683"\nreason = "x"\n'
    )
    result = run("validate", broken, "--format", "github", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "::warning title=MK942 ignore-unused,file=morphkit.toml,line=4::" in result.stdout
    assert run("validate", broken).exit_code == 0


@pytest.mark.parametrize("text, code", [("[rule]", "MK940"), ('[[ignore]]\nrule="MK682"', "MK941")])
def test_a_broken_configuration_is_exit_2(broken: str, home: Path, text: str, code: str) -> None:
    (home / "morphkit.toml").write_text(text)
    result = run("validate", broken)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{code} error: morphkit.toml:1 ")
    assert run("validate", broken, "--config", "nowhere.toml").exit_code == 2


def test_a_configuration_that_is_no_text(broken: str, home: Path) -> None:
    (home / "morphkit.toml").write_bytes(b"\xff\xfe[\x00")
    result = run("validate", broken)
    assert result.exit_code == 2 and "MK617" in result.stderr


def test_errors_on_the_console_are_harmless(home: Path) -> None:
    evil = "a\x1b[2J\n::error::x.yaml"
    result = run("build", evil)
    assert result.exit_code == 2
    assert all(char.isprintable() or char == "\n" for char in result.stderr)
    assert not any(line.startswith("::") for line in result.stderr.splitlines())


# exit codes: one test per code of the table; 0, 1, 2 are above


def test_finished_partly_is_exit_3(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    photo_path(study, "infant02_happy").write_bytes(b"no photo")
    result = run("build", study, "--out", tmp_path / "set", "--keep-going", "--jobs", 1)
    assert result.exit_code == 3, result.stderr


def test_a_missing_place_to_write_is_exit_4(broken: str) -> None:
    Path("file").write_text("")
    result = run("validate", broken, "--output", "file/report.txt")
    assert result.exit_code == 4, result.output


def test_locked_is_exit_5(tmp_path: Path) -> None:
    study = write_study(tmp_path, ("infant01",))
    with files.lock(tmp_path / "set"):
        result = run("build", study, "--out", tmp_path / "set")
    assert result.exit_code == 5, result.stderr
    assert "MK611" in result.stderr


def test_a_bug_in_a_check_is_exit_70(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(_: object) -> None:
        raise AssertionError("\x1b[31mno such thing")

    monkeypatch.setattr(sys.modules["morphkit.validate"], "QUICK", (bug,))
    result = run("validate", broken)
    assert (result.exit_code, result.stdout) == (70, "")
    assert "bug in morphkit" in result.stderr and "\x1b" not in result.stderr


def test_interrupted_is_exit_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("morphkit.about._listing", stop)
    result = run("list", "rules")
    assert result.exit_code == 130
    assert "again" in result.stderr
