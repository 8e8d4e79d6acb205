"""What methods.txt and CITATION say of the task."""

from __future__ import annotations

import json

import pytest

from morphkit.package.design import BRISTOL
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import parse_task
from package.conftest import make_set


def made(text: str, stimulus_set: StimulusSet | None = None) -> dict[str, str]:
    files = dict(package(stimulus_set or make_set(), "psychopy", task=parse_task(text)))
    names = ("methods.txt", "CITATION", "task.json")
    return {name: files[name].decode() for name in names}


@pytest.mark.parametrize("text", ["{preset: bristol-test}", "{preset: bristol-test, repeats: 2}"])
def test_a_published_design_is_cited(text: str) -> None:
    told = made(text)
    for name in ("methods.txt", "CITATION"):
        assert all(f"\n{source}\n" in told[name] for source in BRISTOL)
    assert "based on Penton-Voak et al. (2012) and Adams et al. (2013)." in told["methods.txt"]


@pytest.mark.parametrize("text", ["{}", "{preset: two-choice}", "{kind: training}"])
def test_a_task_of_ones_own_cites_nobody(text: str) -> None:
    told = made(text)
    assert "Penton-Voak" not in told["methods.txt"] + told["CITATION"]


def test_methods_say_which_faces_were_shown() -> None:
    told = made("{identities: [ben]}")["methods.txt"]
    assert "Of the 8 images, the task showed 4 (continuum dis_hap; identity ben). The" in told
    assert "Of the" not in made("{}")["methods.txt"]
    both = made("{identities: [amy, ben]}", make_set(("amy", "ben", "cat")))["methods.txt"]
    assert "Of the 12 images, the task showed 8 (continuum dis_hap; identities amy, ben)." in both


def shown(
    text: str, identities: tuple[str, ...] = ("amy", "ben"), front_end: str = "psychopy"
) -> str:
    """What methods.txt says from the program on."""
    task = parse_task(text)
    told = dict(package(make_set(identities), front_end, task=task))["methods.txt"].decode()
    own = told.partition("The task ran in ")[2].partition("\n\nReferences")[0].partition(". ")[2]
    based = "Its design was based on Penton-Voak et al. (2012) and Adams et al. (2013). "
    return own.removeprefix(based)


CROSS = "Each trial began with a fixation cross of 500 ms, after which the face "
KEYS = "the answer was given (distressed: key F, happy: key J)"
ORDERS = "Each of 8 faces was shown once, in one of 10 random orders drawn beforehand (seed 1)."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", f"{CROSS}stayed on the screen until {KEYS}. {ORDERS}"),
        (
            "{swap_keys: true, iti_ms: 300}",
            f"{CROSS}stayed on the screen until {KEYS}, and a blank of 300 ms followed. In every "
            f"second list the keys were exchanged. {ORDERS}",
        ),
        (
            "{swap_keys: true, fixation_ms: 0, lists: 1, repeats: 2, pause_every: 6, practice: 2}",
            f"Each face stayed on the screen until {KEYS}. After 2 practice trials, each of 8 "
            "faces was shown 2 times, in one random order, the same for everybody, drawn "
            "beforehand (seed 1). The test had 3 blocks with pauses between them.",
        ),
        (
            "{kind: rating, rating: {high: 7}}",
            f"{CROSS}stayed on the screen until it was rated from 1 (distressed) to 7 (happy). "
            f"{ORDERS}",
        ),
        (
            "{kind: rating, exposure_ms: 90, fixation_ms: [400, 600]}",
            "Each trial began with a fixation cross of 400 to 600 ms, after which the face was "
            "shown for 90 ms; the screen then waited until the face was rated from 1 (distressed) "
            f"to 9 (happy). {ORDERS}",
        ),
        (
            "{preset: bristol-test}",
            "Each trial began with a fixation cross of 1500 to 2500 ms, after which the face was "
            "shown for 150 ms, followed by a mask of noise for 150 ms; the screen then waited "
            f"until {KEYS}. {ORDERS.replace('once', '3 times')}",
        ),
    ],
)
def test_methods_say_how_a_trial_went(text: str, told: str) -> None:
    assert shown(text) == told


def test_methods_of_a_survey_claim_no_times_and_no_keys() -> None:
    assert shown("{iti_ms: 300, pause_every: 3}", front_end="qualtrics") == (
        f"Each face stayed on the screen until the answer was given (distressed or happy). {ORDERS}"
    )
    blank = shown("{}", front_end="testable")
    assert blank.startswith("Each trial began with a blank of 500 ms, after which the face ")


@pytest.mark.parametrize(
    ("training", "told"),
    [
        (
            "{}",
            "Feedback called a face happy when its frame lay at or above a boundary, else "
            "distressed; the boundary was the observer's own balance point for that infant in this "
            "test (in frames: 0.5 plus the sum over frames of the share of distressed answers), "
            "moved by 2 frames so that more frames counted as happy.",
        ),
        (
            "{boundary: 2, shift_frames: 1, favours: lower}",
            "Feedback called a face happy when its frame lay above a boundary, else distressed; "
            "the boundary was frame 2, moved by 1 frame so that more frames counted as distressed.",
        ),
        (
            "{boundary: 2.5, shift_frames: 0}",
            "the boundary was frame 2.5, not moved (a control condition).",
        ),
    ],
)
def test_methods_say_what_feedback_called_right(training: str, told: str) -> None:
    text = f"{{kind: training, training: {training}}}"
    assert told in shown(text)
    assert "Training followed: 6 blocks of 8 trials, in which feedback was shown for 1000 ms" in (
        shown(text)
    )
    assert shown(text).endswith("The test was then repeated in another order.")
    short = shown("{kind: training, training: {blocks: 1, feedback_ms: 500, post_test: false}}")
    assert "Training followed: one block of 8 trials, in which feedback was shown for 500 ms" in (
        short
    )
    assert "repeated" not in short


@pytest.mark.parametrize("favours", ["upper", "lower"])
def test_what_methods_say_of_feedback_is_what_trials_say(favours: str) -> None:
    rule = f"{{boundary: 3, shift_frames: 1, favours: {favours}}}"
    text = f"{{kind: training, lists: 1, training: {rule}}}"
    files = dict(package(make_set(), "psychopy", task=parse_task(text)))
    boundary = 2 if favours == "upper" else 4
    for line in files["trials.csv"].decode().splitlines():
        _, _, phase, _, name, _, feedback, _ = line.split(",")
        if phase == "training":
            frame = int(name[-2:])
            is_happy = frame >= boundary if favours == "upper" else frame > boundary
            assert feedback == ("happy" if is_happy else "distressed")


@pytest.mark.parametrize(
    ("held_out", "lists", "told"),
    [
        (1, 10, "one infant was tested but not trained; the infants took turns, each in 3 or 4 of "
                "the 10 lists."),
        (1, 6, "one infant was tested but not trained; the infants took turns, each in 2 of the 6 "
               "lists."),
        (2, 6, "2 infants were tested but not trained; the infants took turns, each in 4 of the 6 "
               "lists."),
        (1, 2, "one infant was tested but not trained; the infants took turns, each in at most 1 "
               "of the 2 lists."),
    ],
)  # fmt: skip
def test_methods_say_how_held_out_infants_take_turns(held_out: int, lists: int, told: str) -> None:
    text = f"{{kind: training, lists: {lists}, training: {{held_out: {held_out}}}}}"
    assert f"In each list {told}" in shown(text, ("amy", "ben", "cat"))
    assert "tested but not trained" not in shown("{kind: training}")


def test_methods_name_who_is_held_out_of_the_only_list() -> None:
    one = shown("{kind: training, lists: 1, training: {held_out: 1}}")
    assert "Of the infants, amy was tested but not trained." in one
    two = shown("{kind: training, lists: 1, training: {held_out: 2}}", ("amy", "ben", "cat"))
    assert "Of the infants, amy and ben were tested but not trained." in two


@pytest.mark.parametrize(
    "text",
    ["{}", "{exposure_ms: 90}", "{preset: bristol-test, exposure_ms: null, mask_ms: 0}"],
)
def test_every_setting_is_in_the_task_and_it_reads_back(text: str) -> None:
    written = made(text)["task.json"]
    assert parse_task(written) == parse_task(text)
    settings = json.loads(written)
    assert settings["exposure_ms"] == parse_task(text).exposure_ms
    assert ("preset" in settings) == ("preset" in text)
