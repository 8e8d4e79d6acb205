"""Packages for front ends that can't be run here: shapes, against the documented formats."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from morphkit.errors import PackageError, UsageError
from morphkit.package.registry import exporters, package
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns
from morphkit.study.task import parse_task
from morphkit.validate import validate

TABLES = ("gorilla", "qualtrics", "eprime", "testable")
NAMES = (*TABLES, "inquisit", "presentation")
TWO = "lists: 3\npractice: 2\npause_every: 5\nfixation_ms: [100, 200]\n"
BRIEF = TWO + "exposure_ms: 150\nmask_ms: 100\niti_ms: 70\nswap_keys: true\n"
RATING = "kind: rating\nlists: 2\n"
TRAINED = BRIEF + "kind: training\ntraining: {blocks: 2, boundary: 2.5, shift_frames: 1}\n"
MEASURED = BRIEF + "kind: training\ntraining: {blocks: 2, shift_frames: 1}\n"
RUNS = [
    *((name, TWO) for name in NAMES),
    *((name, RATING) for name in NAMES),
    *((name, task) for task in (BRIEF, TRAINED) for name in ("gorilla", "eprime", "inquisit")),
    *(("presentation", task) for task in (BRIEF, TRAINED, MEASURED)),
    ("testable", TWO + "exposure_ms: 150\n"),
]
MAP = [
    {"key": "a", "button": 0, "label": "glücklich-müde", "level": 1},
    {"key": "l", "button": 1, "label": "très triste", "level": -1},
]


def made(stimulus_set: StimulusSet, name: str, task: str, **options: object) -> dict[str, bytes]:
    return dict(package(stimulus_set, name, task=parse_task(task), **options))


def rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = io.StringIO(data.decode(), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


def trials(files: dict[str, bytes], number: int) -> list[dict[str, str]]:
    return [row for row in rows(files["trials.csv"]) if row["list"] == str(number)]


def lists(files: dict[str, bytes]) -> range:
    return range(1, json.loads(files["task.json"])["lists"] + 1)


# ---- every one of them


@pytest.mark.parametrize(("name", "task"), RUNS)
def test_a_package_is_valid(
    stimulus_set: StimulusSet, tmp_path: Path, name: str, task: str
) -> None:
    for path, data in made(stimulus_set, name, task).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert validate(tmp_path).findings == ()


@pytest.mark.parametrize(("name", "wanted"), [("mask.png", []), ("masks.png", ["MK843"])])
def test_a_mask_is_the_one_picture_without_a_row(
    stimulus_set: StimulusSet, tmp_path: Path, name: str, wanted: list[str]
) -> None:
    mask = b"mask.png\n"
    for path, data in made(stimulus_set, "gorilla", BRIEF).items():
        told = data.replace(mask, name.encode() + b"\n") if path == "checksums.sha256" else data
        there = tmp_path / path.replace("mask.png", name)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(told)
    assert [fault.code for fault in validate(tmp_path).findings] == wanted


@pytest.mark.parametrize(("name", "task"), RUNS)
def test_a_package_is_the_same_every_time(stimulus_set: StimulusSet, name: str, task: str) -> None:
    assert made(stimulus_set, name, task) == made(stimulus_set, name, task)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_says_what_was_not_tried(stimulus_set: StimulusSet, name: str) -> None:
    files = made(stimulus_set, name, TWO)
    readme = " ".join(files["README.txt"].decode().split())
    assert re.search("Written to the documented (format|languages?)", readme)
    assert "not loaded into the product" in readme
    assert "morphkit calibrate fit SET" in readme
    assert "@" not in readme
    assert all(len(line) < 101 for line in files["README.txt"].decode().splitlines())
    assert not exporters()[name].startswith("MK813")


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_says_how_ratings_are_fitted(stimulus_set: StimulusSet, name: str) -> None:
    told = " --task ratings --range 1 9 -o observers.scale.json\n"
    assert told in made(stimulus_set, name, RATING)["README.txt"].decode()
    assert "ratings" not in made(stimulus_set, name, TWO)["README.txt"].decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_faces_have_one_row_each(stimulus_set: StimulusSet, name: str) -> None:
    files = made(stimulus_set, name, TWO)
    table = rows(files["stimuli.csv"])
    images = [path for path in files if path.endswith(".png")]
    assert sorted(row["image_file"] for row in table) == sorted(images)
    bare = [path.rpartition("/")[2].lower() for path in images]
    assert len(set(bare)) == len(bare)


@pytest.mark.parametrize("name", ["gorilla", "eprime", "inquisit", "qualtrics", "testable"])
def test_a_balance_point_needs_a_script(stimulus_set: StimulusSet, name: str) -> None:
    with pytest.raises(PackageError) as caught:
        made(stimulus_set, name, MEASURED)
    can_train = name not in ("qualtrics", "testable")
    assert caught.value.findings[0].code == ("MK822" if can_train else "MK832")


@pytest.mark.parametrize(
    ("name", "task", "keys"),
    [
        ("qualtrics", TRAINED, ["kind", "exposure_ms", "swap_keys"]),
        ("qualtrics", TWO + "exposure_ms: 100\n", ["exposure_ms"]),
        ("testable", TRAINED, ["kind", "mask_ms", "swap_keys"]),
        ("testable", TWO + "swap_keys: true\n", ["swap_keys"]),
    ],
)
def test_what_can_not_be_shown_is_refused(
    stimulus_set: StimulusSet, name: str, task: str, keys: list[str]
) -> None:
    with pytest.raises(PackageError) as caught:
        made(stimulus_set, name, task)
    assert [(fault.code, fault.pointer) for fault in caught.value.findings] == [
        ("MK832", f"task.{key}") for key in keys
    ]


# ---- Gorilla


BUILDERS = {
    "task_builder_2": ["Randomise Blocks", "Randomise Trials", "Display"],
    "task_builder_1": ["randomise_blocks", "randomise_trials", "display"],
}


@pytest.mark.parametrize("task", [TWO, RATING, BRIEF, TRAINED])
@pytest.mark.parametrize("folder", BUILDERS)
def test_a_spreadsheet_of_gorilla_plays_its_list(
    stimulus_set: StimulusSet, task: str, folder: str
) -> None:
    files = made(stimulus_set, "gorilla", task)
    images = {path.rpartition("/")[2] for path in files if path.endswith(".png")}
    own = BUILDERS[folder]
    sheets = [path for path in files if path.startswith(folder)]
    assert len(sheets) == len(lists(files))
    for number in lists(files):
        data = files[f"{folder}/list_{number:02d}.csv"]
        table = rows(data)
        assert list(table[0])[:3] == own
        assert len({name.lower() for name in table[0]}) == len(table[0])
        assert {row[own[0]] + row[own[1]] for row in table} == {""}
        displays = [row[own[2]] for row in table]
        assert displays[0] == "Instructions" and displays[-1] == "End"
        faces = [row for row in table if row["stimulus_id"]]
        assert {row["image_name"] for row in faces} <= images
        assert all(row["message"] and not row["image_name"] for row in table if row not in faces)
        wanted = trials(files, number)
        for row, trial in zip(faces, wanted, strict=True):
            shared = ("list", "trial", "phase", "block", "stimulus_id", "fixation_ms")
            assert [row[name] for name in shared] == [trial[name] for name in shared]
            assert row[own[2]] == ("Training" if trial["phase"] == "training" else "Trial")
            if "training:" in task:
                assert row["feedback_label"] == trial["feedback_label"]
        assert displays.count("Pause") == int(wanted[-1]["block"]) - 1


def test_displays_of_gorilla_are_those_of_the_readme(stimulus_set: StimulusSet) -> None:
    files = made(stimulus_set, "gorilla", TRAINED)
    used = {row["Display"] for row in rows(files["task_builder_2/list_01.csv"])}
    said = re.search("exactly these names: (.*)\\.", files["README.txt"].decode())
    assert said and set(said[1].split(", ")) == used


def test_gorilla_exchanges_the_words_of_keys(set_of: Callable[..., StimulusSet]) -> None:
    files = made(set_of(response_map=MAP), "gorilla", BRIEF)
    meant = []
    for number in (1, 2):
        row = rows(files[f"task_builder_2/list_{number:02d}.csv"])[1]
        meant.append({row["key_1"]: row["label_1"], row["key_2"]: row["label_2"]})
    assert meant == [
        {"a": "glücklich-müde", "l": "très triste"},
        {"l": "glücklich-müde", "a": "très triste"},
    ]


# ---- E-Prime


@pytest.mark.parametrize("task", [TWO, RATING, BRIEF, TRAINED])
def test_a_list_of_eprime(stimulus_set: StimulusSet, task: str) -> None:
    files = made(stimulus_set, "eprime", task)
    images = {path.rpartition("/")[2] for path in files if path.endswith(".png")}
    for number in lists(files):
        text = files[f"lists/list_{number:02d}.txt"].decode("ascii")
        assert text.count("\r\n") == text.count("\n") and text.endswith("\r\n")
        table = [line.split("\t") for line in text.split("\r\n")[:-1]]
        header, body = table[0], [dict(zip(table[0], line, strict=True)) for line in table[1:]]
        assert header[:3] == ["Weight", "Nested", "Procedure"]
        assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,79}", name) for name in header)
        assert len({name.lower() for name in header}) == len(header)
        taken = {"block", "trial", "subtrial", "session", "subject", "list", "sample"}
        assert not taken & {name.lower() for name in header}
        assert {row["Weight"] for row in body} == {"1"} and {row["Nested"] for row in body} == {""}
        faces = [row for row in body if row["stimulus_id"]]
        assert {row["ImageName"] for row in faces} <= images
        for row, trial in zip(faces, trials(files, number), strict=True):
            assert row["stimulus_id"] == trial["stimulus_id"]
            assert (row["trial_number"], row["block_number"]) == (trial["trial"], trial["block"])
            assert (row["list_number"], row["phase"]) == (str(number), trial["phase"])
            if trial["phase"] == "training":
                assert row["Procedure"] == "TrainingProc"
                assert row[f"label_{row['feedback_key']}"] == trial["feedback_label"]
                assert row["said_if_wrong"].startswith("Wrong!\\nThis face was ")
        assert body[0]["Procedure"] == "ScreenProc" and body[-1]["Procedure"] == "EndProc"
    orders = files["orders.txt"].decode("ascii").split("\r\n")
    assert len(orders) == len(lists(files)) + 2  # a header, and nothing after the last line end


def test_words_beyond_ascii_make_a_list_unicode(set_of: Callable[..., StimulusSet]) -> None:
    data = made(set_of(response_map=MAP), "eprime", BRIEF)["lists/list_02.txt"]
    assert data.startswith(b"\xff\xfe")
    table = [line.split("\t") for line in data.decode("utf-16").split("\r\n")]
    row = dict(zip(table[0], table[2], strict=True))
    assert (row["label_l"], row["level_l"]) == ("glücklich-müde", "1")


# ---- Qualtrics


@pytest.mark.parametrize("task", [TWO, RATING])
def test_a_loop_and_merge_table(stimulus_set: StimulusSet, task: str) -> None:
    base = "https://example.org/faces"
    files = made(stimulus_set, "qualtrics", task, image_url=base)
    said = dict(re.findall(r"Field (\d+)\s+(\w+)", files["README.txt"].decode()))
    for number in lists(files):
        table = rows(files[f"loop_merge/list_{number:02d}.csv"])
        header = list(table[0])
        assert header[0] == "loop"
        assert said == {str(place): name for place, name in enumerate(header[1:], start=1)}
        assert [row["loop"] for row in table] == [str(n + 1) for n in range(len(table))]
        assert {f"{base}/{row['image_name']}" == row["image_url"] for row in table} == {True}
        assert [row["stimulus_id"] for row in table] == [
            trial["stimulus_id"] for trial in trials(files, number)
        ]
    page = files["question.html"].decode() + files["question.js"].decode()
    used = set(re.findall(r"lm://Field/(\d+)", page))
    assert {said[place] for place in used} == {"stimulus_id", "image_url", "width_px", "height_px"}
    assert "Press" not in files["instructions.txt"].decode()
    assert "cross" not in files["instructions.txt"].decode()


def test_without_an_address_the_cells_are_left_to_fill(stimulus_set: StimulusSet) -> None:
    files = made(stimulus_set, "qualtrics", RATING)
    assert {row["image_url"] for row in rows(files["loop_merge/list_01.csv"])} == {""}
    assert "only you know the addresses" in files["README.txt"].decode()


@pytest.mark.parametrize(
    "address", ["faces", "http://example.org/", 'https://example.org/"><b>', "https://a b/"]
)
def test_an_address_that_is_none(stimulus_set: StimulusSet, address: str) -> None:
    with pytest.raises(UsageError) as caught:  # before anything is made
        package(stimulus_set, "qualtrics", task=parse_task(TWO), image_url=address)
    assert [fault.code for fault in caught.value.findings] == ["MK831"]


def test_other_options_are_none_of_theirs(stimulus_set: StimulusSet) -> None:
    with pytest.raises(UsageError):
        made(stimulus_set, "gorilla", TWO, image_url="https://example.org/")


# ---- Testable


@pytest.mark.parametrize("task", [TWO, RATING, TWO + "exposure_ms: 150\niti_ms: 30\n"])
def test_a_trial_file(stimulus_set: StimulusSet, task: str) -> None:
    files = made(stimulus_set, "testable", task)
    images = {path.rpartition("/")[2] for path in files if path.endswith(".png")}
    table = rows(files["trial_file.csv"])
    assert {row["type"] for row in table} == {"instructions", "test"}
    assert set(columns(stimulus_set.stimuli)) - {"image_file"} <= set(table[0])
    assert not any("space bar" in row["trialText"] for row in table)
    for number in lists(files):
        mine = [row for row in table if row["subjectGroup"] == str(number)]
        faces = [row for row in mine if row["type"] == "test"]
        assert {row["stim1"] for row in faces} <= images
        for row, trial in zip(faces, trials(files, number), strict=True):
            iti = 30 if "iti" in task else 0
            assert row["stimulus_id"] == trial["stimulus_id"]
            assert int(row["ITI"]) == int(trial["fixation_ms"]) + iti
            assert row["presTime"] == ("150" if "exposure" in task else "")
            keys = row["keyboard"].split(" ")
            assert all(row[f"label_{key}"] for key in keys) and len(keys) > 1
