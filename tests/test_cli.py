"""The command line: help, exit codes, streams; and that the docs hold every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from morphkit import __version__
from morphkit.cli import main
from tiny_study import ROOT, write_study

COMMANDS = sorted(main.commands)
PLACES = [
    words
    for name in COMMANDS
    for words in [
        (name,),
        *((name, sub) for sub in sorted(getattr(main.commands[name], "commands", ()))),
    ]
]
"""Every command, and below a group those in it."""
WANTED = {"demo", "init", "build", "validate", "package", "report", "convert", "list", "schema"}


def run(*words: object) -> object:
    return CliRunner().invoke(main, [str(word) for word in words])


def help_page() -> str:
    """docs/cli.md: the help of every command."""
    parts = [
        "# Command line\n",
        "Made from `--help`; a test keeps it so. To write it anew: "
        "`python tests/test_cli.py > docs/cli.md`\n",
        "Data goes to stdout, talk and progress to stderr.\n",
        "| exit code | means |\n|---|---|\n"
        "| 0 | fine |\n| 1 | findings at or above `--fail-on`, or faulty photos and templates |\n"
        "| 2 | wrong usage, or a recipe that cannot be read |\n| 3 | finished partly |\n"
        "| 4 | environment: disk full, too little memory, permission, a missing extra, "
        "no cluster |\n"
        "| 5 | locked by another run |\n| 70 | a bug of ours |\n| 130 | interrupted |\n",
    ]
    for words in [(), *PLACES]:
        result = CliRunner().invoke(
            main, [*words, "--help"], terminal_width=88, prog_name="morphkit"
        )
        title = " ".join(("morphkit", *words))
        parts.append(f"## {title}\n\n```\n{result.output.rstrip()}\n```\n")
    return "\n".join(parts)


def test_commands_of_the_design_exist() -> None:
    assert {*COMMANDS} >= WANTED | {"doctor", "cite"}


@pytest.mark.parametrize("words", PLACES, ids=" ".join)
def test_each_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    text = run(*words, "--help").output
    assert f"morphkit {' '.join(words)}" in text.split("Example:")[1]
    command = main
    for word in words:
        command = command.commands[word]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.name in ("form",), parameter.name


def test_docs_are_fresh() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == help_page()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from morphkit.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'PIL', 'pydantic', 'skimage', 'imageio', 'jinja2', 'dlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_import_loads_nothing() -> None:
    code = "import sys, morphkit; assert not {'numpy', 'scipy', 'click'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_resolve() -> None:
    import morphkit

    for name in morphkit.__all__:
        assert getattr(morphkit, name) is not None
    with pytest.raises(AttributeError):
        morphkit.no_such_name  # noqa: B018


def test_submodules_do_not_hide_public_functions() -> None:
    code = (
        "import morphkit.build, morphkit.validate.checks, morphkit.package.registry\n"
        "import morphkit\n"
        "from morphkit import build, package, validate\n"
        "assert all(callable(f) for f in (build, package, validate))\n"
        "assert callable(morphkit.build) and callable(morphkit.validate)\n"
        "from morphkit.build import build as same; assert same is build"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_version() -> None:
    assert run("--version").output.strip().endswith(__version__)


def test_unknown_command_and_option_are_usage_errors() -> None:
    assert run("bild").exit_code == 2
    assert run("build", "--no-such").exit_code == 2


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_streams_of_other_encodings(encoding: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "morphkit", "list", "rules"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert "≤" in result.stdout.decode("utf-8") or "…" in result.stdout.decode("utf-8")


def test_dry_run_writes_nothing_and_counts(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    plan = json.loads(run("build", study, "--dry-run", "--json").stdout)
    assert plan["stimuli"] == 26
    assert plan["continua"] == {"dis_hap": 10, "thr_neu": 10, "neu_hap": 6}
    assert plan["megabytes"] > 0
    table = run("build", study, "--dry-run").stdout
    assert "26 stimuli" in table
    assert sorted(tmp_path.rglob("*")) == before


def test_build_validate_package_report(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    out = tmp_path / "a set"
    result = run("build", study, "--out", out, "--jobs", 2)
    assert (result.exit_code, result.stdout.strip()) == (0, str(out))
    verdict = run("validate", out, "--format", "json")
    assert verdict.exit_code == 0
    report = json.loads(verdict.stdout)
    assert report["morphkit_report"] == 1
    assert report["sets"][0]["verdict"] == "valid"
    packaged = run("package", out, "--for", "psychopy", "--for", "jspsych", "--zip")
    assert packaged.exit_code == 0, packaged.stderr
    assert [Path(line).suffix for line in packaged.stdout.split("\n")[:2]] == [".zip", ".zip"]
    assert run("report", out).exit_code == 0
    assert "infant01" in run("cite", out).stdout or "2 infants" in run("cite", out).stdout


def test_validate_exit_codes(tmp_path: Path) -> None:
    out = tmp_path / "set"
    run("build", write_study(tmp_path), "--out", out)
    next((out / "stimuli").iterdir()).unlink()
    assert run("validate", out).exit_code == 1
    assert run("validate", out, "--fail-on", "never").exit_code == 0
    saved = tmp_path / "report.json"
    run("validate", out, "--format", "json", "--output", saved)
    assert json.loads(saved.read_text())["sets"][0]["verdict"] == "invalid"
    assert run("validate", tmp_path / "nothing here").exit_code == 1


def test_init_makes_a_study_once(tmp_path: Path) -> None:
    home = tmp_path / "study"
    assert run("init", home).exit_code == 0
    assert (home / "configs" / "my_set.yaml").is_file()
    assert (home / "raw_faces" / "my_set" / "faces.csv").is_file()
    again = run("init", home)
    assert again.exit_code == 2
    assert "MK610" in again.stderr


def test_new_study_builds_once_photos_are_there(tmp_path: Path) -> None:
    home = tmp_path / "study"
    run("init", home)
    faces = home / "raw_faces" / "my_set"
    tiny = write_study(tmp_path / "tiny").parent.parent / "raw_faces" / "tiny"
    (faces / "faces.csv").unlink()
    for path in tiny.iterdir():
        path.rename(faces / path.name)
    recipe = home / "configs" / "my_set.yaml"
    result = run("build", recipe, "--dry-run")
    assert result.exit_code == 0, result.stderr


def test_convert(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    template = study.parent.parent / "raw_faces" / "tiny" / "infant01_happy.json"
    out = tmp_path / "happy.pts"
    result = run("convert", template, out, "--to-scheme", "ibug68")
    assert result.exit_code == 0, result.stderr
    assert "n_points: 68" in out.read_text().replace("  ", " ")
    assert run("convert", template, out).exit_code == 2, "nothing is overwritten"


def test_convert_to_a_scheme_with_more_points(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    faces = study.parent.parent / "raw_faces" / "tiny"
    out = tmp_path / "happy.json"
    result = run("convert", faces / "infant01_happy.json", out, "--to-scheme", "frl189")
    assert result.exit_code == 0, result.stderr
    assert "Estimated" in result.stderr
    made = json.loads(out.read_text())
    assert (made["scheme"], made["reviewed"]) == ("frl189", False)
    assert made["origin"]["bridged_from"].startswith("ibug68")
    # what nobody has reviewed is no example
    examples = tmp_path / "examples"
    examples.mkdir()
    (examples / "infant01_happy.json").write_bytes(out.read_bytes())
    again = tmp_path / "again.json"
    like = ("--to-scheme", "frl189", "--like", examples)
    result = run("convert", faces / "infant01_happy.json", again, *like)
    assert result.exit_code == 0, result.stderr
    assert "1 unreviewed draft" in result.stderr
    assert "mean infant" in result.stderr
    made["reviewed"] = True
    (examples / "infant01_happy.json").write_text(json.dumps(made))
    third = tmp_path / "third.json"
    result = run("convert", faces / "infant01_happy.json", third, *like)
    assert "mean of 1 example" in result.stderr
    assert run("convert", faces / "infant01_happy.json", third, "--like", examples).exit_code == 2


@pytest.mark.parametrize("what", ["exporters", "presets", "rules", "schemes"])
def test_list(what: str) -> None:
    assert len(json.loads(run("list", what, "--json").stdout)) >= 2
    assert run("list", what).stdout


@pytest.mark.parametrize("name", ["manifest", "recipe", "report"])
def test_schema_is_a_json_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run("schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_doctor_and_cite() -> None:
    assert "numpy" in run("doctor").stdout
    assert "doi" in run("cite").stdout.lower()


def test_a_bug_is_exit_70_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("morphkit.about._listing", lambda _: 1 / 0)
    result = run("list", "rules")
    assert result.exit_code == 70
    assert "This is a bug in morphkit" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "error, code", [(MemoryError(), 4), (PermissionError(13, "denied", "x"), 4)]
)
def test_environment_faults_are_exit_4(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr("morphkit.about._listing", fail)
    assert run("list", "rules").exit_code == code


if __name__ == "__main__":
    print(help_page(), end="")
