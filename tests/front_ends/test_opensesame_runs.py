"""The OpenSesame package, played by OpenSesame with real keys on a screen that nobody sees."""

from __future__ import annotations

import io
import subprocess
import tarfile
from itertools import pairwise
from pathlib import Path

import pytest
from played_rows import check_rows, rows_of, written
from virtual_screen import virtual_screen

from front_ends import program, python
from morphkit.observed.reading import read_responses
from morphkit.study.meanings import choices
from package.conftest import make_set

pytestmark = pytest.mark.front_ends
PLAYER = Path(__file__).with_name("play_opensesame.py")

TRAINING = """
kind: training
practice: 1
fixation_ms: [0, 20]
exposure_ms: 40
mask_ms: 20
pause_every: 5
lists: 3
swap_keys: true
training: {blocks: 1, repeats: 1, shift_frames: 1, feedback_ms: 20}
"""
RATING = "{kind: rating, fixation_ms: 0, lists: 1, rating: {low: 1, high: 5}}"


def play(experiment: Path, log: Path, subject: int) -> subprocess.CompletedProcess[str]:
    command = [str(python("opensesame")), str(PLAYER), str(experiment), str(log), str(subject)]
    program("xdotool")
    with virtual_screen() as screen:
        return subprocess.run(
            command, env=screen, timeout=60, capture_output=True, text=True, check=False
        )


def test_a_training_is_played_to_its_end(tmp_path: Path) -> None:
    stimulus_set = make_set()
    drawn = written(tmp_path, "opensesame", stimulus_set, TRAINING)
    log = tmp_path / "subject-2.csv"
    played = play(tmp_path / "task.osexp", log, 2)
    assert played.returncode == 0, played.stderr[-2000:]
    check_rows(rows_of(log.read_text()), drawn, 2, "2")
    blocks = [trial.block for trial in drawn.lists[1]]
    assert played.stdout.count("pause\n") == sum(a != b for a, b in pairwise(blocks))
    # the faces, the mask, two tables
    assert f"pool {len(drawn.stimuli) + 3}\n" in played.stdout
    found = read_responses([log], phase="pretest")
    assert "OpenSesame" in found.notes[0] and found.observers == ("2",)
    assert {"distressed", "happy", ""} == {*found.answers}
    assert all(0 <= rt < 5 for rt in found.rt), "seconds"
    meant = choices(found.answers, stimulus_set.manifest.morphkit.response_map)
    assert {*meant} == {-1, 0, 1}
    assert {*found.stimuli} == {row.stimulus_id for row in drawn.stimuli}


def test_ratings_are_asked_for(tmp_path: Path) -> None:
    drawn = written(tmp_path, "opensesame", make_set(("amy",)), RATING)
    log = tmp_path / "subject-1.csv"
    played = play(tmp_path / "task.osexp", log, 1)
    assert played.returncode == 0, played.stderr[-2000:]
    check_rows(rows_of(log.read_text()), drawn, 1, "1")
    assert {*read_responses([log], "ratings").rating} <= {2.0, 4.0}


def test_a_missing_picture_stops_it_before_the_first_screen(tmp_path: Path) -> None:
    written(tmp_path, "opensesame", make_set(("amy",)), "{kind: two-choice}")
    whole, log = tmp_path / "task.osexp", tmp_path / "subject-1.csv"
    out = tmp_path / "less.osexp"
    with tarfile.open(whole) as old, tarfile.open(out, "w:gz") as new:
        for member in old.getmembers():
            if member.name != "pool/amy_dis_hap_03.png":
                data = old.extractfile(member)
                assert data is not None
                new.addfile(member, io.BytesIO(data.read()))
    played = play(out, log, 1)
    assert played.returncode != 0
    assert "amy_dis_hap_03.png" in played.stderr and "run phase of item setup" in played.stderr
    assert rows_of(log.read_text()) == []
