"""The rules in the script of the page, run by node, against the same rules in Python."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest

from morphkit.package.registry import package
from morphkit.package.session import list_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import Task

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
RULE = {"measured": True, "lower": "distressed", "upper": "happy", "boundary": None}


def node(expression: str, given: object) -> Any:
    """Evaluate an expression of `given` with the rules of the page."""
    rules = resources.files("morphkit.package") / "forms" / "web" / "rules.js"
    script = rules.read_text(encoding="utf-8") + (
        'const given = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
        f"console.log(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps(given).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_participants_come_to_the_same_lists() -> None:
    rng = random.Random(3)
    letters = "abcXYZ_-0123456789äß😀"
    codes = ["p07", "p0", "0", "", "7", "p12", "5fab1", "1" * 30, "p-9", "a1b", "9876543210"]
    codes += ["".join(rng.choices(letters, k=rng.randint(1, 24))) for _ in range(500)]
    asked = [[code, lists] for code in codes for lists in (1, 2, 7, 12, 200)]
    assert node("given.map(([code, lists]) => listOf(code, lists))", asked) == [
        list_of(code, lists) for code, lists in asked
    ]


def _answers(rng: random.Random, frames: int) -> list[dict[str, Any]]:
    """Answers of a pretest to two infants and two continua; some have none."""
    return [
        {
            "identity": who,
            "continuum": name,
            "frame": frame,
            "label": rng.choice(
                ["distressed", "happy", "happy" if frame > 4 else "distressed", ""]
            ),
        }
        for who in ("amy", "ben")
        for name in ("dis_hap", "thr_neu")
        for frame in range(1, frames + 1)
        for _ in range(3)
    ]


def _boundary(answers: list[dict[str, Any]], face: dict[str, Any], shift: Fraction) -> Fraction:
    point = Fraction(1, 2)
    for frame in {one["frame"] for one in answers}:
        said = [
            one["label"] == "distressed"
            for one in answers
            if one["frame"] == frame and one["label"]
            if (one["identity"], one["continuum"]) == (face["identity"], face["continuum"])
        ]
        point += Fraction(sum(said), len(said)) if said else 0
    return point + shift


@pytest.mark.parametrize("favoured", ["happy", "distressed"])
def test_feedback_goes_by_the_balance_point(favoured: str) -> None:
    rng = random.Random(favoured)
    rule = {**RULE, "favoured": favoured, "shift_frames": 1.5}
    cases, wanted = [], []
    for _ in range(60):
        answers = _answers(rng, 8)
        face = {
            "identity": rng.choice(["amy", "ben"]),
            "continuum": rng.choice(["dis_hap", "thr_neu"]),
            "frame": rng.randint(1, 8),
        }
        up = favoured == "happy"
        boundary = _boundary(answers, face, Fraction(-3 if up else 3, 2))
        on = face["frame"] == boundary and up
        right = "happy" if face["frame"] > boundary or on else "distressed"
        cases.append([face, "happy", "", answers, rule])
        wanted.append((float(boundary), right, int(right == "happy")))
    found = node("given.map((one) => feedbackOf(...one))", cases)
    assert [(one["feedback_label"], one["feedback_right"]) for one in found] == [
        (right, hit) for _, right, hit in wanted
    ]
    assert [one["boundary_frame"] for one in found] == pytest.approx(
        [boundary for boundary, _, _ in wanted], abs=1e-6
    )


@pytest.mark.parametrize("favoured, right", [("happy", "happy"), ("distressed", "distressed")])
def test_a_frame_on_the_boundary_goes_to_the_favoured_answer(favoured: str, right: str) -> None:
    """Also when the shares are thirds, whose sum in binary is next to the frame."""
    said = {1: "ddd", 2: "ddh", 3: "ddh", 4: "ddh", 5: "dhh", 6: "ddh", 7: "dhh", 8: "hhh"}
    words = {"d": "distressed", "h": "happy"}
    answers = [
        {"identity": "amy", "continuum": "c", "frame": frame, "label": words[letter]}
        for frame, letters in said.items()
        for letter in letters
    ]  # 0.5 + 1 + 4 · 2/3 + 2 · 1/3 = 4.8333
    face = {"identity": "amy", "continuum": "c", "frame": 4}
    shift = 5 / 6 if favoured == "happy" else -5 / 6
    rule = {**RULE, "favoured": favoured, "shift_frames": shift}
    found = node("feedbackOf(...given)", [face, "happy", "", answers, rule])
    assert (found["boundary_frame"], found["feedback_label"]) == (4, right)


@pytest.mark.parametrize("favours", ["upper", "lower"])
@pytest.mark.parametrize("boundary", [2.5, 3])
def test_a_boundary_for_all_is_that_of_the_session(
    favours: str, boundary: float, stimulus_set: StimulusSet
) -> None:
    training = {"boundary": boundary, "shift_frames": 1, "favours": favours, "blocks": 1}
    task = Task.model_validate({"kind": "training", "training": training})
    script = dict(package(stimulus_set, "jspsych", task=task))["stimuli.js"].decode()
    right = "feedbackOf(STIMULI[row], 'happy', '', [], TASK.feedback)"
    trials = f"LISTS[0].map(([row, , , , given]) => [given, {right}]).filter(([given]) => given)"
    found = node(f"eval(given + '; ' + {json.dumps(trials)})", script.replace("const ", "var "))
    assert len(found) == 8
    moved = boundary + (-1 if favours == "upper" else 1)
    for given, one in found:
        assert (one["boundary_frame"], one["feedback_label"]) == (moved, given)


def test_what_a_trial_says_is_right_is_right() -> None:
    face = {"identity": "amy", "continuum": "c", "frame": 9}
    rule = {**RULE, "measured": False, "boundary": 2, "shift_frames": 0, "favoured": "happy"}
    found = node("feedbackOf(...given)", [face, "happy", "distressed", [], rule])
    assert found == {"boundary_frame": 2, "feedback_label": "distressed", "feedback_right": 0}
