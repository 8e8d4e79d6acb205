"""The Psychtoolbox package in Octave: its files, and its script played to the end.

Played twice: in simulated time, where `octave_stand_ins` take the place of Psychtoolbox and write
down what is shown when; and, where it is installed, with Psychtoolbox and real keys.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import time
from collections.abc import Sequence
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from played_rows import check_rows, rows_of, written
from virtual_screen import virtual_screen

from front_ends import program
from morphkit.observed.reading import read_responses
from morphkit.package.mask import MASK
from morphkit.package.psychtoolbox import variables
from morphkit.package.session import Session, list_of
from morphkit.package.words import PAUSE, START, THANKS, before
from morphkit.study.meanings import choices
from package.conftest import make_set

pytestmark = pytest.mark.front_ends
STAND_INS = Path(__file__).with_name("octave_stand_ins")
FRAME = 1000 / 60

TRAINING = """
kind: training
practice: 2
repeats: 2
fixation_ms: [20, 60]
exposure_ms: 150
mask_ms: 100
iti_ms: 30
pause_every: 9
lists: 3
swap_keys: true
training: {blocks: 2, repeats: [1, 2, 0, 1], shift_frames: 0.5, favours: lower, feedback_ms: 500}
"""
FIXED = """
kind: training
fixation_ms: 0
lists: 2
training: {blocks: 1, boundary: 2, shift_frames: 0, feedback_ms: 8, post_test: false}
"""


def octave(folder: Path, text: str, **variables: str) -> str:
    """Run a script in Octave and return what it prints; its errors are this test's."""
    script = folder / "this_test.m"
    script.write_text(text)
    command = [program("octave"), "--no-gui", "--quiet", "--no-window-system", str(script)]
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def play(
    folder: Path, drawn: Session, number: int, code: str, times: Sequence[int] = (30, 130, 220, 400)
) -> list[tuple[float, str]]:
    """Play a list with answers drawn at random, and return what was shown: when and what."""
    rng = random.Random(f"{code} {number}")
    keys = [one.key for one in drawn.answers[0]]
    trials, presses = drawn.lists[number - 1], ["space:5"]
    for last, one in pairwise([trials[0], *trials]):
        presses += ["space:5"] if one.block != last.block else []
        presses.append(f"{rng.choice(keys)}:{rng.choice(times)}")
    (folder / "presses").write_text(" ".join([*presses, "space:5"]))
    events = folder / f"events_{code}"
    octave(
        folder,
        f"addpath('{STAND_INS}', '{folder}'); run_task('{code}');",
        MORPHKIT_ANSWERS=str(folder / "presses"),
        MORPHKIT_EVENTS=str(events),
    )
    lines = (line.split("\t") for line in events.read_text().splitlines())
    return [(float(when), what) for when, what in lines]


def test_octave_reads_what_was_written(tmp_path: Path) -> None:
    stimulus_set = make_set()
    drawn = written(tmp_path, "psychtoolbox", stimulus_set, TRAINING)
    values = variables(stimulus_set.manifest, drawn)
    told = octave(
        tmp_path,
        """
        made = load('stimuli.mat');
        for row = 1:numel(made.stimuli)
          one = made.stimuli(row);
          image = imread(one.image_file);
          printf('%s %d %.17g %d %d %s\\n', one.stimulus_id, one.frame, one.morph_level, ...
                 size(image, 1), size(image, 2), class(image));
        end
        table = fopen('stimuli.csv');
        lines = textscan(table, '%s %s %*[^\\n]', 'Delimiter', ',', 'HeaderLines', 1);
        printf('%s\\n', lines{2}{:});
        t = made.trials;
        printf('%d %d %s %d %d\\n', [num2cell([t.list, t.trial]), t.phase, ...
                                     num2cell([t.stimulus, t.fixation_ms])]'{:});
        """,
    ).splitlines()
    rows = drawn.stimuli
    assert told[: len(rows)] == [
        f"{row.stimulus_id} {row.frame} {row.morph_level:.17g} 60 48 uint8" for row in rows
    ]
    assert told[len(rows) : 2 * len(rows)] == [row.image_file for row in rows]
    columns = values["trials"].values()
    assert told[2 * len(rows) :] == [
        f"{number} {place} {phase} {face} {fixation}"
        for number, place, phase, _, face, fixation, _ in zip(*columns, strict=True)
    ]


def test_a_training_is_played_in_time(tmp_path: Path) -> None:
    drawn = written(tmp_path, "psychtoolbox", make_set(), TRAINING)
    shown = play(tmp_path, drawn, 2, "p05")
    log = tmp_path / "data" / "small_p05.csv"
    rows = rows_of(log.read_text())
    check_rows(rows, drawn, 2, "p05")
    with pytest.raises(AssertionError):
        check_rows([*rows[:-1], {**rows[-1], "response_label": "sad"}], drawn, 2, "p05")
    mask = f"picture {len(drawn.stimuli) + 1};"
    last, faces, masks = (0.0, ""), 0, 0
    for when, what in shown:
        then, before_it = last
        passed = when - then
        if before_it == "cross":
            fixation = drawn.lists[1][faces].fixation_ms
            assert what.startswith("picture") and abs(passed - fixation) < FRAME
            assert what.startswith(f"picture {drawn.lists[1][faces].row + 1}; ")
            faces += 1
        elif what.startswith(mask):
            assert abs(passed - 150) < FRAME, "the face"
            masks += 1
        elif before_it.startswith(mask) and " = " in what:
            assert abs(passed - 100) < FRAME, "the mask; the keys stay"
        elif re.match("Right!|Wrong!", before_it):
            assert abs(passed - 500) < FRAME and not what
        last = when, what
    assert faces == len(rows) and 0 < masks < faces, "an early answer ends the trial"
    for row in rows:
        assert min(abs(float(row["rt_ms"]) - time) for time in (30, 130, 220, 400)) <= FRAME
        assert float(row["shown_ms"]) <= 150 + FRAME
    texts = [what for _, what in shown]
    begun = [
        (one.phase, one.phase != last_one.phase)
        for last_one, one in pairwise(drawn.lists[1])
        if one.block != last_one.block
    ]
    said = [f"{before(drawn)[phase]}  {START}" if new else PAUSE for phase, new in begun]
    assert [text for text in texts if "space bar" in text][1:] == said
    assert {True, False} == {new for _, new in begun}
    assert texts[-1] == THANKS and "Press F for happy." in texts[0]
    found = read_responses([log], phase="posttest")
    assert len(found) == sum(row["phase"] == "posttest" for row in rows)
    assert found.observers == ("p05",) and max(found.rt) == pytest.approx(0.4, abs=0.02)


def test_a_boundary_for_everybody_and_a_face_that_stays(tmp_path: Path) -> None:
    drawn = written(tmp_path, "psychtoolbox", make_set(), FIXED)
    shown = play(tmp_path, drawn, 1, "7", times=(300,))
    rows = rows_of((tmp_path / "data" / "small_7.csv").read_text())
    check_rows(rows, drawn, 1, "7")
    assert {row["boundary_frame"] for row in rows} == {"", "2"}
    assert all(abs(float(row["shown_ms"]) - 300) < 2 * FRAME for row in rows)
    assert not any(what == "cross" or MASK in what for _, what in shown)


def test_ratings_codes_and_a_session_that_is_stopped(tmp_path: Path) -> None:
    rating = "{kind: rating, lists: 4, rating: {low: 0, high: 4}}"
    drawn = written(tmp_path, "psychtoolbox", make_set(), rating)
    play(tmp_path, drawn, 3, "b003")
    log = tmp_path / "data" / "small_b003.csv"
    check_rows(rows_of(log.read_text()), drawn, 3, "b003")
    assert {*read_responses([log], "ratings").rating} <= {0.0, 1.0, 2.0, 3.0, 4.0}
    whole = log.read_text()
    (tmp_path / "presses").write_text("space:5 1:300 2:300 ESCAPE:300")
    with pytest.raises(AssertionError, match="Stopped by Escape"):
        octave(
            tmp_path,
            f"addpath('{STAND_INS}'); run_task('b003');",
            MORPHKIT_ANSWERS=str(tmp_path / "presses"),
            MORPHKIT_EVENTS=str(tmp_path / "events"),
        )
    assert log.read_text() == whole, "a code that is used again overwrites nothing"
    kept = rows_of((tmp_path / "data" / "small_b003_2.csv").read_text())
    assert [row["response"] for row in kept] == ["1", "2"]
    with pytest.raises(AssertionError, match="A participant code has letters"):
        octave(tmp_path, "run_task('../p 1');")
    (tmp_path / drawn.stimuli[4].image_file).unlink()
    with pytest.raises(AssertionError, match=drawn.stimuli[4].image_file):
        octave(tmp_path, f"addpath('{STAND_INS}'); run_task('b004');")


def test_the_letters_of_a_task_are_taken_and_read_back(tmp_path: Path) -> None:
    stimulus_set = make_set()
    drawn = written(tmp_path, "psychtoolbox", stimulus_set, "keys: [q, z]\nswap_keys: true\n")
    shown = play(tmp_path, drawn, 2, "p02")
    assert "Press Q for happy." in shown[0][1]
    log = tmp_path / "data" / "small_p02.csv"
    rows = rows_of(log.read_text())
    check_rows(rows, drawn, 2, "p02")
    assert {(row["response"], row["response_label"]) for row in rows} == {
        *(("q", "happy"), ("z", "distressed"))
    }
    found = read_responses([log])
    meant = choices(found.answers, stimulus_set.manifest.morphkit.response_map)
    told = [row["response_label"] == "happy" for row in rows]
    assert [meant[code] == 1 for code in found.answer] == told


def test_lists_are_those_of_every_package(tmp_path: Path) -> None:
    written(tmp_path, "psychtoolbox", make_set(), "{kind: two-choice, lists: 7}")
    text = (tmp_path / "run_task.m").read_text()
    rule = re.search(r"^function list = list_of.*?^end", text, re.M | re.S)
    assert rule
    (tmp_path / "list_of.m").write_text(rule[0])
    codes = ["1", "7", "8", "p07", "0", "000", "ann", "a-b_c", "x12345678901234", "3b"]
    cells = ", ".join(f"'{code}'" for code in codes)
    told = octave(tmp_path, f"for c = {{{cells}}}, printf('%d\\n', list_of(c{{1}}, 7)); end")
    assert [int(line) for line in told.split()] == [list_of(code, 7) for code in codes]


def test_psychtoolbox_itself_plays_it(tmp_path: Path) -> None:
    program("xdotool")
    if "3" not in octave(tmp_path, "disp(exist('Screen'))"):
        pytest.skip(
            "Psychtoolbox is not installed in Octave: apt-get install octave-psychtoolbox-3"
        )
    task = "{kind: two-choice, lists: 2, fixation_ms: 50, exposure_ms: 60, mask_ms: 50}"
    drawn = written(tmp_path, "psychtoolbox", make_set(), task)
    (tmp_path / "this_test.m").write_text(
        "Screen('Preference', 'SkipSyncTests', 2); Screen('Preference', 'VisualDebugLevel', 0);\n"
        "run_task('2');\n"
    )
    with virtual_screen() as screen:
        command = [program("octave"), "--no-gui", "--quiet", "this_test.m"]
        with (
            (tmp_path / "told").open("w") as told,
            subprocess.Popen(command, cwd=tmp_path, env=screen, stdout=told, stderr=told) as run,
        ):
            try:
                late = time.monotonic() + 50
                for key in cycle(("space", "f", "space", "j")):
                    if run.poll() is not None or time.monotonic() > late:
                        break
                    subprocess.run(
                        ["xdotool", "key", "--delay", "40", key], env=screen, check=False
                    )
            finally:
                run.kill()
    log = tmp_path / "data" / "small_2.csv"
    assert log.exists(), (tmp_path / "told").read_text()[-2000:]
    check_rows(rows_of(log.read_text()), drawn, 2, "2")
