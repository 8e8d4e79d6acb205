"""Responses that were read: columns of small numbers, one entry a trial.

May import `study.response_columns`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from morphkit.study.response_columns import Task


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What observers answered; the columns have one entry a trial, in the order of the files.

    Parameters
    ----------
    task : str
    observers, stimuli, blocks : tuple of str
        Names, in the order in which they were met; stimuli without folder and extension.
    answers : tuple of str
        The different answers to a choice; the first is "", none.
    files : tuple of str
    observer, block, file : array of int
        Indices of the names; block −1 where there is none.
    shown : tuple of array of int
        Indices of stimuli: one column, or as many as a trial shows.
    answer : array of int
        Of choices, the index of the answer, 0 where there was none; else empty.
    rating : array of float
        Of ratings, NaN where there was none; else empty.
    rt : array of float
        Seconds; NaN where it is not known.
    trial : array of int
        Number of the trial as it was written; −1 where it wasn't.
    line : array of int
        Line in the file, counted from 1.
    skipped : int
        Rows that are no trials: instructions, fixation, ends of files.
    buttons : bool
        Whether all files are of programs that write numbers of buttons, counted from 0.
    notes : tuple of str
        What was recognised, file by file; sentences.
    pictures : mapping of (int, str, str) to int
        What files say about the pictures that were shown: stimulus, column and cell → the first
        row in which these stand together.
    """

    task: Task
    observers: tuple[str, ...]
    stimuli: tuple[str, ...]
    blocks: tuple[str, ...]
    answers: tuple[str, ...]
    files: tuple[str, ...]
    observer: array[int]
    shown: tuple[array[int], ...]
    answer: array[int]
    rating: array[float]
    rt: array[float]
    block: array[int]
    trial: array[int]
    file: array[int]
    line: array[int]
    skipped: int
    buttons: bool
    notes: tuple[str, ...]
    pictures: Mapping[tuple[int, str, str], int]

    def __len__(self) -> int:
        return len(self.observer)


class Codes(dict[str, int]):
    """Cell → number of the name in it; what is met for the first time gets the next one."""

    def __init__(self, clean: Callable[[str], str], *names: str) -> None:
        self._clean = clean
        self._numbers = {name: number for number, name in enumerate(names)}

    def __missing__(self, cell: str) -> int:
        name = self._clean(cell)
        number = self[cell] = self._numbers.setdefault(name, len(self._numbers))
        return number

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names, in the order in which they were met."""
        return tuple(self._numbers)
