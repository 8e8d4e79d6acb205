"""The task that the packages run: one face at a time, one answer of a few.

Knows the words and numbers that every front end shows: the answers, the instructions, the
fixation time, the grey.  Knows no front end.  May import `study.manifest`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from morphkit.study.manifest import Manifest

FIXATION_MS = 500


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: the key that gives it, its word, and the level it stands for.

    Parameters
    ----------
    key : str
        A letter or a digit.
    button : int
        Number of its button, counted from 0.
    label : str
        The word shown to the observer and written to the data.
    level : float
        The end of the path it stands for, −1…1.
    """

    key: str
    button: int
    label: str
    level: float


def plain_name(manifest: Manifest) -> str:
    """Return the name of the set with nothing in it that a file name may not have."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", manifest.name)[:60]


def responses(manifest: Manifest) -> list[Response]:
    """Return the answers of a manifest whose response map has been checked."""
    return [
        Response(
            key=entry["key"],
            button=entry.get("button", place),
            label=entry["label"],
            level=entry["level"],
        )
        for place, entry in enumerate(manifest.morphkit.response_map)
    ]


def response_map_json(answers: Sequence[Response]) -> str:
    """Return ``response_map.json``: what a reader of the data needs to find the choice."""
    rows = [{"key": a.key, "button": a.button, "label": a.label, "level": a.level} for a in answers]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def instructions(answers: Sequence[Response]) -> list[str]:
    """Return the instructions to the observer, one paragraph each."""
    return [
        "You will see pictures of infants' faces, one at a time. Before each picture there is a "
        "small cross in the middle of the screen: look at it.",
        f"For each face, decide: {_listed([a.label for a in answers], 'or')}?",
        *(f"Press {a.key.upper()} for {a.label}." for a in answers),
        "Some faces are hard to tell. Then go with your first impression.",
    ]


def reminder(answers: Sequence[Response]) -> list[str]:
    """Return what stays on the screen during a trial, one text for each answer."""
    return [f"{a.key.upper()} = {a.label}" for a in answers]


def presentation(program: str, answers: Sequence[Response]) -> str:
    """Return how the faces were shown, for ``methods.txt``."""
    keys = ", ".join(f"{a.label}: key {a.key.upper()}" for a in answers)
    return (
        f"The task ran in {program}. Each trial began with a fixation cross of {FIXATION_MS} ms; "
        f"the face then stayed on the screen until the answer ({keys}). Every face was shown "
        "once, in random order."
    )


def grey(manifest: Manifest) -> int:
    """Return the grey around the faces as an 8-bit sRGB code; 128 when the recipe has none."""
    canvas = manifest.morphkit.recipe.get("canvas")
    background = canvas.get("background") if isinstance(canvas, dict) else None
    if isinstance(background, int | float) and 0 <= background <= 1:
        return round(255 * background)
    return 128


def _listed(words: Sequence[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
