"""What is wanted of responses, what was found, and responses joined to a continuum.

May import `study` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.study.entries import ContinuumEntry
from morphkit.study.meanings import Given
from morphkit.study.response_columns import Task
from morphkit.study.table import Stimulus

EXCLUDED = ("duplicates", "one-key", "reversed", "too-fast", "unknown")
"""What can be left out on request."""

FASTEST = 0.15
"""Seconds; whoever answers faster has not looked."""

FEWEST = 5
"""Answers from which on "always the same one" says something about an observer."""

MOST_OBSERVERS = 5000
"""A fit keeps a third of a megabyte for each of them."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Small = np.ndarray[tuple[int, ...], np.dtype[np.int32]]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses are wanted.

    Parameters
    ----------
    continuum : str
        Its name; "" for the one that all judged stimuli share.
    exclude : frozenset of str
        What to leave out, of `EXCLUDED`.
    without : tuple of str
        Observers to leave out.
    fastest : float
        Seconds.
    answers : sequence of (str, str)
        Word and answer, where the set's response map doesn't say what an answer means.
    span : (float, float) or None
        Ends of the rating scale.
    """

    continuum: str = ""
    exclude: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()
    fastest: float = FASTEST
    answers: Given = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was there, and what is odd about it.

    Parameters
    ----------
    files, rows, skipped : int
        Files, trials in them, and rows that are no trials.
    elsewhere : int
        Trials of other continua.
    unknown : int
        Trials of stimuli that the set doesn't have; `unknown_ids` are those.
    no_response, too_fast, duplicates : int
    unanswered : tuple of str
        Files without a single response.
    one_key : tuple of str
        Observers who always gave the same answer.
    reversed : tuple of str
        Observers whose answers fall as the level rises: with their keys exchanged, perhaps.
    several : tuple of str
        Observers with answers in more than one file: one of several sessions, or a code that
        two people were given.
    cells, missing : int
        Observers × judged stimuli, and how many of these were never answered; 0 where several
        stimuli are compared.
    used : int
        Trials that are left to be fitted.
    """

    files: int
    rows: int
    skipped: int
    elsewhere: int = 0
    unknown: int = 0
    unknown_ids: tuple[str, ...] = ()
    no_response: int = 0
    unanswered: tuple[str, ...] = ()
    too_fast: int = 0
    duplicates: int = 0
    one_key: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    cells: int = 0
    missing: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Responses to the stimuli of one continuum.

    Parameters
    ----------
    task : str
    entry : ContinuumEntry
        The continuum: its name, path and expressions.
    stimuli : tuple of Stimulus
        Those that were judged.
    observers : tuple of str
    observer : (n,) int array
    shown : (n, s) int array
        Indices of stimuli, s of them in a trial.
    value : (n,) float array
        1 and 0 for a choice (the upper end, the second alternative), or the rating.
    counts : Counts
    excluded : tuple of str
        Who and what was left out, and why.
    span : (float, float) or None
        Ends of the rating scale.
    """

    task: Task
    entry: ContinuumEntry
    stimuli: tuple[Stimulus, ...]
    observers: tuple[str, ...]
    observer: Small
    shown: Small
    value: Floats
    counts: Counts
    excluded: tuple[str, ...]
    span: tuple[float, float] | None = None

    @property
    def identities(self) -> tuple[str, ...]:
        """Whose faces were judged, in the table's order."""
        return tuple(sorted({row.identity for row in self.stimuli}))

    def levels(self) -> Floats:
        """Return (n, s): the level of each stimulus shown."""
        return np.array([level_of(row) for row in self.stimuli])[self.shown]


def level_of(row: Stimulus) -> float:
    """Return the level of a stimulus, without the last bits."""
    return round(row.morph_level or 0.0, 9)
