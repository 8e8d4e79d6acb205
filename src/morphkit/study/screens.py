"""Screens: which rows of a table answer the question that a fit is about.

Programs repeat what was shown in the row of every screen of a trial, so that the answer to "how
sure are you?" names a face as the judgement of the face does.  Which is which a column tells that
is known for each program; where several screens were answered, whoever fits must say which one
counts.  Knows text.  May import `errors`, `study.response_cells` and `study.response_columns`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_cells import shows_picture
from morphkit.study.response_columns import program

SCREENS: Mapping[str, tuple[str, ...]] = {
    "jsPsych": ("screen", "task", "test_part", "trial_type", "stimulus"),
    "lab.js": ("sender",),
    "Gorilla": ("object name", "zone name", "screen", "screen name", "display"),
    "Inquisit": ("trialcode",),
}
"""Program → the columns that tell its screens apart, in lower case."""

PARTS = frozenset(("object name", "zone name"))
"""Of these, columns of parts of a screen.  Two keys may be two parts, as in our own package for
Gorilla; only where both were answered in one trial are they two questions."""

DRAWN = "stimulus"
"""jsPsych's column of what a screen drew, of which only counts whether it is a picture."""

MOST = 50
"""Different values of a column that are kept to be told."""

TOLD = 6
"""Values that a sentence names, at most."""


def counted(counts: Mapping[str, int]) -> str:
    """Return in words which values were met, and how often."""
    shown = [f"{value[:40]!r} ({count})" for value, count in [*counts.items()][:TOLD]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


class Chosen:
    """Rows that count, by values of columns.

    Parameters
    ----------
    rows : sequence of (str, str)
        Columns and values; a column may come more than once, ``*`` stands for any text.  Empty
        where all rows count.
    """

    def __init__(self, rows: Sequence[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for column, value in rows:
            self._values.setdefault(column.strip().lower(), []).append(value.strip().lower())
        self._places: list[tuple[int, str, re.Pattern[str]]] = []
        self._others: dict[str, Counter[str]] = {}
        self.aside = 0

    def begin(self, header: Sequence[str], file: str) -> None:
        """Find the columns in the next file; MK477 where one isn't there."""
        plain = [name.strip().lower() for name in header]
        for column in self._values:
            if plain.count(column) != 1:
                _refuse_column(column, plain.count(column), header, file)
        self._places = [
            (plain.index(column), column, re.compile("|".join(map(_pattern, values)), re.DOTALL))
            for column, values in self._values.items()
        ]

    def has(self, column: str) -> bool:
        """Say whether it was given which values of a column count."""
        return column.strip().lower() in self._values

    def takes(self, cells: Sequence[str]) -> bool:
        """Say whether a row counts; note it if it doesn't."""
        for place, column, pattern in self._places:
            value = cells[place].strip()
            if not pattern.fullmatch(value.lower()):
                self.aside += 1
                _count(self._others.setdefault(column, Counter()), value)
                return False
        return True

    def refuse_none(self) -> None:
        """Refuse that no row is left, if other rows are there; CalibrationError MK476."""
        if self._others:
            there = (f"{column!r} holds {counted(met)}" for column, met in self._others.items())
            message = f"--rows leaves no row: in others the column {' and '.join(there)}."
            raise CalibrationError(Finding("MK476", message, pointer="rows"))

    def notes(self) -> list[str]:
        """Return how many rows don't count, in a sentence."""
        return [f"{self.aside} row(s) left aside by --rows."] if self.aside else []


class Screens:
    """Which screens were answered, in several files.

    Parameters
    ----------
    chosen : Chosen
        Columns that it knows tell nothing more.
    """

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._met: dict[tuple[str, str], Counter[str]] = {}
        self._second: dict[tuple[str, str], tuple[str, int]] = {}
        self._columns: list[tuple[int, tuple[str, str]]] = []
        self._number: int | None = None
        self._trial: Sequence[Hashable] = ()
        self._parts: dict[tuple[str, str], str] = {}
        self._questions: set[tuple[str, str]] = set()
        self._file = ""

    def begin(self, header: Sequence[str], file: str) -> bool:
        """Find the columns that tell screens apart in the next file; say if there are any."""
        plain = [name.strip().lower() for name in header]
        name = program(plain).name
        self._columns = [
            (plain.index(column), (name, header[plain.index(column)].strip()))
            for column in SCREENS.get(name, ())
            if column in plain and not self._chosen.has(column)
        ]
        self._number = plain.index("trial number") if "trial number" in plain else None
        self._file, self._trial = file, ()
        return bool(self._columns)

    def answered(self, cells: Sequence[str], line: int, shown: Sequence[Hashable]) -> None:
        """Note the screen of a row that holds an answer; `shown` is what was shown to whom."""
        trial = [*shown, "" if self._number is None else cells[self._number]]
        for place, column in self._columns:
            value = cells[place].strip()
            if column[1].lower() == DRAWN:
                value = "a picture" if shows_picture(value) else "no picture"
            counts = self._met.setdefault(column, Counter())
            if counts and value not in counts:
                self._second.setdefault(column, (self._file, line))
            _count(counts, value)
            if trial == self._trial and self._parts[column] != value:
                self._questions.add(column)
            self._parts[column] = value
        self._trial = trial

    def refuse_several(self) -> None:
        """Refuse answers to several screens; CalibrationError MK489."""
        for column, counts in self._met.items():
            name = column[1]
            if len(counts) < 2 or (name.lower() in PARTS and column not in self._questions):
                continue
            file, line = self._second[column]
            message = (
                f"from here on, answers of several screens name a face: the column {name!r} holds "
                f"{counted(counts)}. Only one of them can be the judgement of the face."
            )
            value = "*.png*" if name.lower() == DRAWN else next(one for one in counts if one)[:40]
            advice = (
                f'Say which rows count, as in --rows "{name}={value}"; '
                "a * stands for any text, and --rows may be given again."
            )
            raise CalibrationError(
                Finding("MK489", message, file=file, pointer=name, line=line, suggestion=advice)
            )


def _pattern(value: str) -> str:
    return ".*".join(map(re.escape, value.split("*")))


def _count(counts: Counter[str], value: str) -> None:
    if value in counts or len(counts) < MOST:
        counts[value] += 1


def _refuse_column(column: str, count: int, header: Sequence[str], file: str) -> None:
    there = ", ".join(repr(name.strip()[:40]) for name in header[:30])
    why = f"stands {count} times" if count else "isn't there"
    message = f"rows: the column {column!r} {why}. There are: {there}."
    advice = "Say which rows count by a column of this file: --rows COLUMN=VALUE."
    raise CalibrationError(
        Finding("MK477", message, file=file, pointer="rows", line=1, suggestion=advice)
    )
