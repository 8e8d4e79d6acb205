"""The commands that a package's README prints, run as printed, on what its session gives."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from morphkit import files
from morphkit.build import build
from morphkit.cli import main
from morphkit.errors import PackageError
from morphkit.package.registry import BUILT_IN, package, runs_a_task
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import parse_task
from tiny_study import RECIPE, write_study

NINE = RECIPE.replace("levels: 5", "levels: 9")

TASKS = {
    "several continua": "{repeats: 2}",
    "one continuum": "{continua: [thr_neu], repeats: 2}",
    "a rating": "{kind: rating, continua: [dis_hap, thr_neu], rating: {low: 0, high: 6}}",
    "a training": "{kind: training, continua: [dis_hap], repeats: 3, practice: 2, "
    "training: {blocks: 1, boundary: 5}}",
    "a training with several": "{kind: training, continua: [dis_hap, thr_neu], repeats: 2, "
    "training: {blocks: 1, boundary: 5, post_test: false}}",
}
OBSERVERS = 24


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(write_study(tmp_path_factory.mktemp("readme"), recipe=NINE)).folder


def _played(whole: StimulusSet, made: dict[str, bytes]) -> Iterator[dict[str, str]]:
    """Rows as front ends write them: lists played by observers who see what is there."""
    by_id = {row.stimulus_id: row for row in whole.stimuli}
    answers = json.loads(made["response_map.json"])
    trials = list(csv.DictReader(io.StringIO(made["trials.csv"].decode())))
    lists = int(trials[-1]["list"])
    rng = random.Random(5)
    for number in range(OBSERVERS):
        bias = rng.gauss(0, 0.2)
        for trial in (one for one in trials if int(one["list"]) == number % lists + 1):
            level = by_id[trial["stimulus_id"]].morph_level or 0
            happy = 1 / (1 + math.exp(-3 * (level - bias)))
            place = rng.random() < happy
            if len(answers) > 2:
                place = min(max(0, happy + rng.gauss(0, 0.1)), 1)
            told = answers[round(place * (len(answers) - 1))]["label"]
            yield {"participant": f"p{number + 1:02d}", **trial, "response": told, "rt": "0.8"}


@pytest.mark.parametrize("kind", TASKS)
def test_the_printed_command_fits_what_the_session_gives(
    kind: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = files.read_set(built)
    made = dict(package(whole, "psychopy", task=parse_task(TASKS[kind])))
    rows = list(_played(whole, made))
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "all.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    monkeypatch.chdir(tmp_path)
    (command,) = _commands(made)
    words = {"SET": str(built), "data/*.csv": "data/all.csv"}
    told = [words.get(word, word) for word in command]
    done = CliRunner().invoke(main, [*told, "--replicates", "100"])
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "observers.scale.json").read_text(encoding="utf-8"))
    for option in ("--continuum", "--phase", "--task"):  # none is printed in vain
        if option in told and not (option == "--phase" and "post_test: false" in TASKS[kind]):
            less = told[: told.index(option)] + told[told.index(option) + 2 :]
            assert CliRunner().invoke(main, less).exit_code != 0


@pytest.mark.parametrize("name", [name for name in BUILT_IN if runs_a_task(name)])
@pytest.mark.parametrize("kind", TASKS)
def test_all_front_ends_print_the_same_options(name: str, kind: str, built: Path) -> None:
    whole, task = files.read_set(built), parse_task(TASKS[kind])
    try:
        made = dict(package(whole, name, task=task))
    except PackageError:
        assert task.kind == "training"
        return
    (command,) = _commands(made)
    (known,) = _commands(dict(package(whole, "psychopy", task=task)))
    assert command[:3] == known[:3] and command[4:] == known[4:]


@pytest.fixture(scope="module")
def one_sided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = RECIPE + "  - {name: neu_dis, path: from-neutral, from: neutral, to: distressed, "
    recipe += "levels: 5}\n"
    return build(write_study(tmp_path_factory.mktemp("falls"), recipe=recipe)).folder


@pytest.mark.parametrize("name", [name for name in BUILT_IN if runs_a_task(name)])
def test_a_command_that_would_be_refused_is_not_printed(name: str, one_sided: Path) -> None:
    whole = files.read_set(one_sided)
    made = dict(package(whole, name, task=parse_task("{continua: [neu_dis]}")))
    assert not _commands(made)
    told = " ".join(made["README.txt"].decode().split())
    assert "can't be fitted: neu_dis leads to distressed" in told
    assert told.partition(" These answers can't")[0][-1] != ":"  # nothing announces it


def test_the_command_that_is_not_printed_would_be_refused(one_sided: Path, tmp_path: Path) -> None:
    whole = files.read_set(one_sided)
    made = dict(package(whole, "psychopy", task=parse_task("{continua: [neu_dis]}")))
    rows = list(_played(whole, made))
    with (tmp_path / "all.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    words = ["calibrate", "fit", str(one_sided), str(tmp_path / "all.csv")]
    done = CliRunner().invoke(main, [*words, "-o", str(tmp_path / "o.scale.json")])
    assert done.exit_code != 0
    assert "MK483" in done.output


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_readme_says_what_must_be_known(name: str, built: Path) -> None:
    told = dict(package(files.read_set(built), name))["README.txt"].decode()
    for words in (
        "override.txt",
        "morphkit validate THIS_FOLDER",
        "shasum -a 256 -c checksums.sha256 (macOS)",
        "sha256sum -c checksums.sha256 (Linux)",
    ):
        assert words in told
    assert ("One session has 42 trials" in told) == runs_a_task(name)
    assert "@" not in told


def test_the_command_of_bids_names_a_continuum(built: Path) -> None:
    (command,) = _commands(dict(package(files.read_set(built), "bids")))
    assert command[command.index("--continuum") + 1] == "dis_hap"


def _commands(made: dict[str, bytes]) -> list[list[str]]:
    lines = made["README.txt"].decode().splitlines()
    found = [line.split() for line in lines if "calibrate fit" in line]
    assert all(words[:3] == ["morphkit", "calibrate", "fit"] for words in found)
    return [words[1:] for words in found]
