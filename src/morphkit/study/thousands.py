"""Thousands: response times in which a comma or point may separate thousands, not decimals.

1,234 stands for 1234 in one country and for 1.234 in another; beside 779, which no response time
in seconds is, it is 1234 milliseconds.  Read as decimals, slow answers would be the fastest.
Knows text.  May import nothing.
"""

from __future__ import annotations

import re

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
