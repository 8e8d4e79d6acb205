"""Answers without our packages' words for them: the keys were changed, and the words stayed away.

Counts them file by file.  May import `errors` and `study`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_cells import answer_of
from morphkit.study.response_columns import Columns, Task
from morphkit.study.response_gaps import listed

_ADVICE = {"two-choice": " --answers happy=…,distressed=…", "ratings": ""}
_COMPARED = " --answers first=…,second=…"


@dataclass(frozen=True, slots=True)
class Wordless:
    """Trials of a file whose answers stand in another column than the one that is read.

    Parameters
    ----------
    file, column, instead : str
        The file, the column that is empty, and the one that isn't.
    answers : tuple of str
        What stands there, the most frequent first.
    count : int
    whole : bool
        Whether these are all trials of the file.
    """

    file: str
    column: str
    instead: str
    answers: tuple[str, ...]
    count: int
    whole: bool


@dataclass(slots=True)
class Unanswered:
    """Trials of a file without an answer, while it is read."""

    count: int = 0
    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, cells: Sequence[str], columns: Columns) -> None:
        """Note one, and what stands in other columns."""
        self.count += 1
        for name, place in columns.instead:
            answer = answer_of(cells[place])
            if answer:
                self.found[name, answer] += 1

    def wordless(self, file: str, columns: Columns, trials: int) -> list[Wordless]:
        """Return where answers are instead, if most of those that are missing are there.

        A key that ends a pause stands in few of the rows.
        """
        filled: Counter[str] = Counter()
        for (name, _), count in self.found.items():
            filled[name] += count
        return [
            Wordless(
                file,
                columns.names["response"],
                name,
                tuple(one for (own, one), _ in self.found.most_common() if own == name),
                count,
                self.count == trials,
            )
            for name, count in filled.most_common(1)
            if 2 * count >= self.count
        ]


def refuse_wordless(found: Sequence[Wordless], task: Task) -> None:
    """Refuse files in which all answers stand elsewhere; MK479."""
    whole = [one for one in found if one.whole]
    if whole:
        files = listed([one.file for one in whole])
        message = f"{whole[0].column} is empty in every trial of {files}, {_told(whole)}."
        advice = f"If they are the answers, and mean the same to all: {_advice(whole[0], task)}"
        raise CalibrationError(Finding("MK479", message, suggestion=advice))


def wordless_notes(found: Sequence[Wordless], task: Task) -> list[str]:
    """Return in sentences where some answers of a file stand elsewhere."""
    return [
        f"Odd: {one.count} trial(s) of {one.file} have no {one.column}, {_told([one])}: "
        f"{_advice(one, task)}"
        for one in found
        if not one.whole
    ]


def _told(found: Sequence[Wordless]) -> str:
    answers = dict.fromkeys(answer for one in found for answer in one.answers[:8])
    return f"but {found[0].instead} holds {listed([repr(one[:20]) for one in answers])}"


def _advice(one: Wordless, task: Task) -> str:
    return f"--column response={one.instead}{_ADVICE.get(task, _COMPARED)}"
