"""Keyboards: which of several components holds the answers.

PsychoPy has a column for each component that takes answers, in every row; that of the component
that asked is filled where something was shown, and only a look at the rows tells which it is.
May import `errors`, `study.response_cells` and `study.response_columns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_cells import answer_of
from morphkit.study.response_columns import Task, rivals


class Keyboards:
    """Columns that may hold the answers, in several files."""

    def __init__(self) -> None:
        self._columns: Mapping[int, str] = {}
        self._chosen: dict[frozenset[str], str] = {}
        self._file = ""

    def begin(
        self, header: Sequence[str], task: Task, given: Mapping[str, str], file: str
    ) -> Sequence[int]:
        """Find them in the next file; return their places, none where one is known by its name."""
        self._columns, self._file = rivals(header, task, given), file
        return [*self._columns]

    def filled(self, cells: Sequence[str], line: int) -> str:
        """Return the name of the column that holds the answer in a row; "" for no answer.

        Raises
        ------
        CalibrationError
            MK477 where another one holds an answer, too, in this row or in one before.
        """
        found = [name for place, name in self._columns.items() if answer_of(cells[place])]
        if found:
            before = self._chosen.setdefault(frozenset(self._columns.values()), found[0])
            if others := [name for name in found if name != before]:
                self._refuse(before, others[0], line)
        return found[0] if found else ""

    def _refuse(self, one: str, other: str, line: int) -> None:
        message = f"response: {one!r} and, from here on, {other!r} hold answers to what was shown."
        advice = "Say which it is: --column response=NAME."
        raise CalibrationError(
            Finding("MK477", message, file=self._file, pointer=other, line=line, suggestion=advice)
        )
