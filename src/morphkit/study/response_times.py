"""Response times: their unit, and whether a sign in them separates thousands or decimals.

1,234 stands for 1234 in one country and for 1.234 in another; beside 779, which no response time
in seconds is, it is 1234 milliseconds.  Read as decimals, slow answers would be the fastest.
Knows text.  May import `study.front_ends`.
"""

from __future__ import annotations

import re
from array import array
from statistics import median

from morphkit.study.front_ends import Unit

MILLISECONDS = 30.0
"""Response times with a larger median can't be seconds."""

SOME = 10_000
"""Response times that the median is taken of, at most."""

_THREE = re.compile(r"[1-9]\d?([.,])\d{3}")
_DECIMALS = re.compile(r"\d*([.,])\d+")
_LONG = 100
"""Whole numbers from here on are milliseconds."""


class Thousands:
    """The response times of a file, looked at for separated thousands."""

    def __init__(self) -> None:
        self._doubted: dict[str, tuple[int, str]] = {}
        self._decimal: set[str] = set()
        self._whole = False

    def look(self, cell: str, value: float, line: int) -> None:
        """Look at a cell and the number that was read in it."""
        if cell.isdigit():
            self._whole = self._whole or value >= _LONG
            return
        plain = cell.strip()
        if found := _THREE.fullmatch(plain):
            self._doubted.setdefault(found[1], (line, plain))
        elif found := _DECIMALS.fullmatch(plain):
            self._decimal.add(found[1])

    def doubted(self) -> tuple[int, str] | None:
        """Return line and text of the first cell of which it isn't sure what it says."""
        if not self._whole:
            return None
        places = [place for sign, place in self._doubted.items() if sign not in self._decimal]
        return min(places, default=None)


def in_seconds(times: array[float], start: int, unit: Unit | None) -> str:
    """Turn the times of a file, from a place on, into seconds; say what they were, and by what.

    Where no unit is known their median tells it.
    """
    why = ""
    if unit is None:
        # of a large file some will do: a million numbers in a list take memory for nothing
        some = times[start :: 1 + (len(times) - start) // SOME]
        known = [value for value in some if value == value]
        middle = median(known) if known else 0.0
        unit = "ms" if middle > MILLISECONDS else "s"
        why = f", by their median of {middle:.3g}"
    if unit == "ms":
        for place in range(start, len(times)):
            times[place] /= 1000
    return f", times in {unit}{why}"
