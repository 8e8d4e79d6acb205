"""Cells of responses: numbers as people write them, names of stimuli, and nothing in many words.

Knows text.  May import `study.response_columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, nan

from morphkit.study.response_columns import Columns

NOTHING = frozenset(
    ("", "none", "null", "na", "n/a", "nan", "undefined", "timeout", "no response", "no_response")
)
"""Cells, in lower case, that say that there was no answer or that nothing is known."""

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


def number(cell: str) -> float | None:
    """Return the number in a cell, with a point or a comma; NaN for none, None for no number."""
    try:
        value = float(cell)
    except ValueError:
        if cell.strip().lower() in NOTHING:
            return nan
        try:
            value = float(cell.replace(",", "."))
        except ValueError:
            return None
    return None if isinf(value) or "_" in cell else value


def is_trial(cells: Sequence[str], columns: Columns, stimuli: Sequence[int]) -> bool:
    """Say whether something was shown in a row, and an answer asked for."""
    if columns.trials:
        place, begins = columns.trials
        if not cells[place].strip().lower().startswith(begins):
            return False
    for place in stimuli:
        cell = cells[place]
        if cell.strip().lower() in NOTHING or cell.lstrip().startswith("<"):  # a page of HTML
            return False
    return True


def stem(cell: str) -> str:
    """Return the name of a stimulus without folder and extension of a picture."""
    name = cell.strip().replace("\\", "/").rpartition("/")[2]
    for ending in _PICTURES:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def shows_picture(cell: str) -> bool:
    """Say whether a cell names a picture, be it within other text."""
    plain = cell.lower()
    return any(ending in plain for ending in _PICTURES)


def answer_of(cell: str) -> str:
    """Return an answer as it was written; "" for none."""
    plain = cell.strip()
    return "" if plain.lower() in NOTHING else plain
