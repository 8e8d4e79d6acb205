"""The OpenSesame package, without OpenSesame: its files, and its Python in a small stand-in."""

from __future__ import annotations

import ast
import csv
import io
import re
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from morphkit.package.orders import draw
from morphkit.package.registry import package
from morphkit.package.session import Session, list_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import columns, stimuli_csv
from morphkit.study.task import parse_task

TRAINING = """
kind: training
repeats: 2
practice: 2
exposure_ms: 150
mask_ms: 100
pause_every: 5
lists: 3
swap_keys: true
training: {blocks: 1, repeats: 1, shift_frames: 0.5}
"""


def made(stimulus_set: StimulusSet, text: str = "{}") -> dict[str, bytes]:
    return dict(package(stimulus_set, "opensesame", task=parse_task(text)))


def members(experiment: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(experiment)) as archive:
        found = ((one.name, archive.extractfile(one)) for one in archive.getmembers())
        return {name: file.read() for name, file in found if file is not None}


def script(files: dict[str, bytes]) -> str:
    return members(files["task.osexp"])["script.opensesame"].decode()


def code(text: str, item: str, phase: str) -> str:
    """Return the Python of an inline script, without the tab before each line."""
    found = re.search(rf"^define inline_script {item}\n((?:\t.*\n|\n)*)", text, re.M)
    assert found, item
    block = re.search(rf"^\t___{phase}__\n(.*?)^\t__end__$", found[1], re.M | re.S)
    return re.sub(r"^\t", "", block[1], flags=re.M) if block else ""


class Variables:
    """OpenSesame's ``var``: the variables of all scripts; a text that is a number reads as one."""

    def __init__(self, held: dict[str, Any]) -> None:
        object.__setattr__(self, "held", held)

    def __getattr__(self, name: str) -> Any:
        value = self.held[name]
        try:
            number = float(value)
        except (TypeError, ValueError):
            return str(value)
        return int(number) if number == int(number) else number

    def __setattr__(self, name: str, value: Any) -> None:
        self.held[name] = value


def run(text: str, held: dict[str, Any]) -> None:
    exec(text, held)  # noqa: S102 - the script that we wrote


def workspace(files: dict[str, bytes], folder: Any, subject: int) -> dict[str, Any]:
    """Run the script `setup` and return what it leaves."""
    inside = members(files["task.osexp"])
    pool = {}
    for name, data in inside.items():
        if name.startswith("pool/"):
            (folder / name[5:]).write_bytes(data)
            pool[name[5:]] = str(folder / name[5:])
    held: dict[str, Any] = {"subject_nr": subject, "canvas_backend": "legacy", "pool": pool}
    held["var"] = Variables(held)
    run(code(script(files), "setup", "prepare"), held)
    return held


def test_the_pictures_are_in_the_pool_and_nowhere_else(stimulus_set: StimulusSet) -> None:
    files = made(stimulus_set, TRAINING)
    inside = members(files["task.osexp"])
    pool = {row.image_file.partition("/")[2]: row for row in stimulus_set.stimuli}
    tables = {"stimuli.csv", "trials.csv", "mask.png"}
    assert {*inside} == {"script.opensesame", *(f"pool/{name}" for name in {*pool, *tables})}
    for name, row in pool.items():
        assert inside[f"pool/{name}"] == stimulus_set.read(row.image_file)
    assert not [path for path in files if path.endswith(".png")]
    rows = list(csv.DictReader(io.StringIO(files["stimuli.csv"].decode())))
    assert [row["image_name"] for row in rows] == [*pool]
    assert "image_file" not in rows[0], "it would be a path in the package"
    assert inside["pool/stimuli.csv"].decode() == stimuli_csv(stimulus_set.stimuli)
    assert inside["pool/trials.csv"] == files["trials.csv"]


def test_the_same_task_gives_the_same_bytes(stimulus_set: StimulusSet) -> None:
    files = made(stimulus_set, TRAINING)
    assert files == made(stimulus_set, TRAINING)
    assert files["task.osexp"][4:8] == bytes(4), "no time in it"
    with tarfile.open(fileobj=io.BytesIO(files["task.osexp"])) as archive:
        for one in archive.getmembers():
            assert (one.mtime, one.uid, one.gid, one.uname, one.gname) == (0, 0, 0, "", "")


def test_only_what_a_task_needs_is_in_its_script(stimulus_set: StimulusSet) -> None:
    plain = script(made(stimulus_set, "{lists: 2}"))
    trained = script(made(stimulus_set, TRAINING))
    assert "judge" not in plain and "boundary_frame" not in plain
    assert "\trun judge" in trained and "define feedback feedback" in trained
    for text in (plain, trained):
        assert "@" not in text.replace("feedback['", "")
        defined = re.findall(r"^define \w+ (\w+)$", text, re.M)
        run = re.findall(r"^\trun (\w+)", text, re.M)
        assert sorted(run) == sorted(set(defined) - {"experiment"}), "each item once"
        for item in ("setup", "next_trial", "face"):
            ast.parse(code(text, item, "prepare"))
            ast.parse(code(text, item, "run"))
        logged = re.findall(r'^\tlog "(\w+)"$', text, re.M)
        assert {*columns(stimulus_set.stimuli), "response_label", "list"} <= {*logged}
        assert len(logged) == len({*logged})
    assert "\tset repeat 8\n" in plain


def test_lists_of_unequal_length_are_played_whole(set_of: Callable[..., StimulusSet]) -> None:
    one = set_of(("amy", "ben", "cat"))
    fewer = tuple(r for r in one.stimuli if (r.identity, r.frame) != ("cat", 4))
    uneven = StimulusSet(manifest=one.manifest, stimuli=fewer, read=one.read)
    task = parse_task("{kind: training, lists: 3, training: {held_out: 1}}")
    lengths = {len(trials) for trials in draw(uneven, task).lists}
    assert len(lengths) == 2
    text = script(dict(package(uneven, "opensesame", task=task)))
    assert '\tset repeat "{number_of_trials}"\n' in text


def test_lists_are_those_of_every_package(stimulus_set: StimulusSet, tmp_path: Any) -> None:
    files = made(stimulus_set, "{lists: 5}")
    held = workspace(files, tmp_path, 3)
    assert (held["list"], held["participant"]) == (3, 3)
    assert [held["list_of"](n) for n in range(40)] == [list_of(str(n), 5) for n in range(40)]
    assert held["on_screen"]("<i>", "a & b") == "&lt;i&gt;<br /><br />a &amp; b"


@pytest.mark.parametrize("favours", ["upper", "lower"])
@pytest.mark.parametrize("boundary", ["measured", "2.5"])
@pytest.mark.parametrize("subject", [1, 2])
def test_feedback_is_what_the_session_says(
    stimulus_set: StimulusSet, tmp_path: Any, favours: str, boundary: str, subject: int
) -> None:
    more = f"favours: {favours}, boundary: {boundary}"
    task = TRAINING.replace("shift_frames: 0.5", f"shift_frames: 0.5, {more}")
    files = made(stimulus_set, task)
    drawn: Session = draw(stimulus_set, parse_task(task))
    held, text = workspace(files, tmp_path, subject), script(files)
    # sad up to the second frame; amy's third once of twice: balance points 3 and 2.5
    flips = iter("sadhappy")
    for number, trial in enumerate(drawn.lists[subject - 1]):
        held["live_row"] = number
        for item in ("next_trial", "judge"):
            run(code(text, item, "prepare"), held)
        row = drawn.stimuli[trial.row]
        assert (held["trial"], held["frame"]) == (str(number + 1), str(row.frame))
        assert held["new_block"] == (
            number > 0 and trial.block != drawn.lists[subject - 1][number - 1].block
        )
        label = "happy" if row.frame > 2 else "distressed"
        if trial.phase == "practice":
            label = "distressed"  # which counts for nothing
        if trial.phase == "pretest" and (row.identity, row.frame) == ("amy", 3):
            label = "distressed" if next(flips) == "s" else "happy"
        held["response_label"] = label
        run(code(text, "judge", "run"), held)
        told = (held["boundary_frame"], held["feedback_label"], held["feedback_right"])
        if trial.phase != "training":
            assert told == ("", "", "")
            continue
        balance = 2.5 if boundary != "measured" or row.identity == "ben" else 3
        moved = balance + (-0.5 if favours == "upper" else 0.5)
        is_upper = row.frame > moved or (row.frame == moved and favours == "upper")
        right = "happy" if is_upper else "distressed"
        assert told == (moved, right, int(label == right))
        assert held["feedback_text"].endswith(f"This face was {right}.")


def test_the_readme_says_what_must_be_known(stimulus_set: StimulusSet) -> None:
    told = made(stimulus_set, TRAINING)["README.txt"].decode()
    for words in (
        "OSWeb",
        "image_name",
        "mask.png",
        "boundary_frame",
        "calibrate fit",
        "task.osexp",
    ):
        assert words in told
    plain = made(stimulus_set)["README.txt"].decode()
    assert "mask.png" not in plain and "boundary_frame" not in plain
