"""The words that every front end shows: instructions, pauses, feedback, and what papers say.

Knows sessions and English; no front end.  May import `package.session` and `study.manifest`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from morphkit.package.session import Answer, Phase, Session
from morphkit.study.manifest import Manifest

START = "Press the space bar to start."
PAUSE = "A short pause. Press the space bar to go on."
THANKS = "Thank you! That was the last face."
RIGHT, WRONG = "Right!", "Wrong!"
THIS_WAS = "This face was {label}."


def plain_name(manifest: Manifest) -> str:
    """Return the name of the set with nothing in it that a file name may not have."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", manifest.name)[:60]


def grey(manifest: Manifest) -> int:
    """Return the grey around the faces as an 8-bit sRGB code; 128 when the recipe has none."""
    canvas = manifest.morphkit.recipe.get("canvas")
    background = canvas.get("background") if isinstance(canvas, dict) else None
    if isinstance(background, int | float) and 0 <= background <= 1:
        return round(255 * background)
    return 128


def ends(manifest: Manifest) -> tuple[str, str]:
    """Return the words for the lower and the upper end of the path."""
    by_level = sorted(manifest.morphkit.response_map, key=lambda entry: float(entry["level"]))
    return str(by_level[0]["label"]), str(by_level[-1]["label"])


def question(session: Session, manifest: Manifest) -> str:
    """Return what is asked of each face, one line."""
    low, high = ends(manifest)
    if session.asks == "rating":
        return f"How does the infant look, from {low} to {high}?"
    labels = [answer.label for answer in session.answers[0]]
    return f"For each face, decide: {listed(labels, 'or')}?"


def instructions(
    session: Session, manifest: Manifest, answers: Sequence[Answer] | None = None
) -> list[str]:
    """Return the instructions to the observer, one paragraph each.

    Parameters
    ----------
    session : Session
    manifest : Manifest
    answers : sequence of Answer, optional
        Those of the observer's list, when lists exchange keys; by default the first.
    """
    shown = answers or session.answers[0]
    low, high = ends(manifest)
    keys = [f"Press {a.key.upper()} for {a.label}." for a in shown]
    if session.asks == "rating":
        first, last = shown[0].key, shown[-1].key
        keys = [f"Press a number from {first} ({low}) to {last} ({high})."]
    brief = (
        ["The face is gone soon. Answer when you have seen it; there is no hurry."]
        if session.task.exposure_ms is not None
        else []
    )
    return [
        "You will see pictures of infants' faces, one at a time. Before each picture there is a "
        "small cross in the middle of the screen: look at it.",
        question(session, manifest),
        *keys,
        *brief,
        "Some faces are hard to tell. Then go with your first impression.",
    ]


def reminder(
    session: Session, manifest: Manifest, answers: Sequence[Answer] | None = None
) -> list[str]:
    """Return what stays on the screen during a trial, one text for each answer."""
    shown = answers or session.answers[0]
    low, high = ends(manifest)
    if session.asks == "rating":
        return [f"{shown[0].key} = {low}", f"{shown[-1].key} = {high}"]
    return [f"{a.key.upper()} = {a.label}" for a in shown]


def before(session: Session) -> dict[Phase, str]:
    """Return what is said before the first block of each phase that the session has."""
    told: dict[Phase, str] = {
        "practice": "First a few faces for practice.",
        "test": "Now it begins.",
        "pretest": "Now it begins.",
        "training": "From now on you are told after each face whether your answer was right.",
        "posttest": "Now without being told. Answer as you see it.",
    }
    phases = dict.fromkeys(trial.phase for trial in session.lists[0])
    return {phase: told[phase] for phase in phases}


def response_map_json(session: Session) -> str:
    """Return ``response_map.json``: what a reader of the data needs to find the choice."""
    rows = []
    for place, answers in enumerate(session.answers):
        lists = {"lists": ("odd", "even")[place]} if len(session.answers) > 1 else {}
        rows += [
            {"key": a.key, "button": a.button, "label": a.label, "level": a.level, **lists}
            for a in answers
        ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def task_json(session: Session) -> str:
    """Return ``task.json``: the task with every default filled in.

    A face that stays until the answer has the exposure null; a task of one's own has no preset.
    """
    data = session.task.model_dump(mode="json")
    if data["preset"] is None:
        del data["preset"]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def trials_csv(session: Session) -> str:
    """Return ``trials.csv``: every list, one row a trial."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        (
            *("list", "trial", "phase", "block", "stimulus_id", "fixation_ms"),
            *("feedback_label", "feedback_rule"),
        )
    )
    rule = _rule(session)
    for number, trials in enumerate(session.lists, start=1):
        for place, one in enumerate(trials, start=1):
            name = session.stimuli[one.row].stimulus_id
            writer.writerow(
                (
                    *(number, place, one.phase, one.block, name, one.fixation_ms, one.feedback),
                    rule if one.phase == "training" else "",
                )
            )
    return out.getvalue()


def _rule(session: Session) -> str:
    """Return by which place between frames feedback goes, in words."""
    training = session.task.training
    place = "balance point" if session.measured else f"frame {training.boundary}"
    if not training.shift_frames:
        return place
    sign = "minus" if training.favours == "upper" else "plus"
    many = "" if training.shift_frames == 1 else "s"
    return f"{place} {sign} {training.shift_frames:g} frame{many}"


def script_values(session: Session, manifest: Manifest) -> Mapping[str, Any]:
    """Return what the script of a front end needs besides its faces, as JSON values.

    ``answers``: one list of answers, or two (the second for even lists); ``lists``: for each
    list its trials as ``[row, phase, block, fixation_ms, feedback]``, rows counted from 0;
    ``feedback``: None where there is no training; its ``boundary`` None where it is measured.
    """
    task, training = session.task, session.task.training
    feedback = None
    if task.kind == "training":
        favoured = session.upper if training.favours == "upper" else session.lower
        feedback = {
            "measured": session.measured,
            "boundary": None if session.measured else training.boundary,
            "shift_frames": training.shift_frames,
            "lower": session.lower.label,
            "upper": session.upper.label,
            "favoured": favoured.label,
            "feedback_ms": training.feedback_ms,
            "right": RIGHT,
            "wrong": WRONG,
            "this_was": THIS_WAS,
        }
    return {
        "name": plain_name(manifest),
        "grey": grey(manifest),
        "asks": session.asks,
        "exposure_ms": task.exposure_ms,
        "mask_ms": task.mask_ms,
        "iti_ms": task.iti_ms,
        "instructions": [instructions(session, manifest, a) for a in session.answers],
        "reminder": [reminder(session, manifest, a) for a in session.answers],
        "start": START,
        "pause": PAUSE,
        "thanks": THANKS,
        "before": before(session),
        "feedback": feedback,
        "answers": [
            [{"key": a.key, "button": a.button, "label": a.label, "level": a.level} for a in one]
            for one in session.answers
        ],
        "lists": [
            [[t.row, t.phase, t.block, t.fixation_ms, t.feedback] for t in trials]
            for trials in session.lists
        ],
    }


def listed(words: Sequence[str], joint: str) -> str:
    """Return words as a sentence has them: "a, b or c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
