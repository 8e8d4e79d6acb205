"""What was observed, as what can be fitted: counts, means, choices.

May import `calibrate`, `errors`, `observed.values`, NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.ratings import Ratings
from morphkit.calibrate.scaling import Choices, Task
from morphkit.errors import CalibrationError, Finding
from morphkit.observed.values import Floats, Ints, Mask, Observed, level_of


def judgements(observed: Observed, identity: str = "") -> Judgements:
    """Return counts of two-choice responses, to all infants or to one."""
    rows = _of(observed, identity)
    cell, shape, levels, who = _cells(observed, rows)
    shown = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    happy = np.bincount(cell, observed.value[rows], shape[0] * shape[1]).reshape(shape)
    names = tuple(observed.observers[i] for i in who)
    return Judgements(names, levels, np.rint(happy).astype(np.int64), shown)


def ratings(observed: Observed, identity: str = "") -> Ratings:
    """Return mean ratings of each observer at each level, of all infants or of one.

    Of several infants at a level, an observer's mean is the mean of their means of each infant,
    so that who was shown more often doesn't count for more.
    """
    rows = _of(observed, identity)
    cell, shape, levels, who = _cells(observed, rows)
    infants = list(observed.identities)
    of = np.array([infants.index(row.identity) for row in observed.stimuli])
    fine = cell * len(infants) + of[observed.shown[rows, 0]]
    size = shape[0] * shape[1] * len(infants)
    count = np.bincount(fine, minlength=size)
    total = np.bincount(fine, observed.value[rows], size)
    each = np.where(count > 0, total / np.maximum(count, 1), 0.0).reshape(*shape, -1)
    seen = (count > 0).reshape(*shape, -1).sum(axis=2)
    means = np.where(seen > 0, each.sum(axis=2) / np.maximum(seen, 1), np.nan)
    low, high = observed.span or (0.0, 0.0)
    names = tuple(observed.observers[i] for i in who)
    return Ratings(names, levels, means, int(rows.sum()), low, high)


def compared(observed: Observed, identity: str = "") -> Choices:
    """Return choices between differences or pictures, each in rising order of levels.

    Raises
    ------
    CalibrationError
        MK485 levels that have no order, and trials that show different infants.
    """
    rows = _of(observed, identity)
    _refuse_strangers(observed, rows)
    shown = observed.levels()[rows]
    second = observed.value[rows] == 1
    levels, index = np.unique(shown, return_inverse=True)
    index = index.reshape(shown.shape)
    if observed.task == "triads":
        index, second = _rising(index, second)
    elif observed.task == "quadruples":
        index = np.concatenate([np.sort(index[:, :2]), np.sort(index[:, 2:])], axis=1)
        flat: Mask = np.logical_or.reduce(np.diff(index, axis=1)[:, ::2] == 0, axis=1)
        _refuse(flat, "a half of the quadruple")
    else:
        _refuse(index[:, 0] == index[:, 1], "the pair")
    task: Task = observed.task  # type: ignore[assignment]
    observer = np.unique(observed.observer[rows], return_inverse=True)[1]
    return Choices(task, levels, index, second, observer)


def _rising(index: Ints, second: Mask) -> tuple[Ints, Mask]:
    """Return triads in rising order; one that falls is read from its other end."""
    steps = np.diff(index, axis=1)
    falls: Mask = np.logical_and.reduce(steps < 0, axis=1)
    rises: Mask = np.logical_and.reduce(steps > 0, axis=1)
    _refuse(~falls & ~rises, "the triad")
    return np.where(falls[:, None], index[:, ::-1], index), np.where(falls, ~second, second)


def _refuse_strangers(observed: Observed, rows: Mask) -> None:
    """Refuse trials of different infants: what differs there is not the level alone."""
    infants = list(observed.identities)
    who = np.array([infants.index(row.identity) for row in observed.stimuli])[observed.shown[rows]]
    mixed = int((who != who[:, :1]).any(axis=1).sum())
    if mixed:
        message = f"{mixed} trial(s) compare pictures of different infants."
        advice = "Compare frames of one infant: a step is what its level changes."
        raise CalibrationError(Finding("MK485", message, measured=mixed, suggestion=advice))


def _refuse(wrong: Mask, what: str) -> None:
    if wrong.any():
        message = f"in {int(wrong.sum())} trial(s) {what} neither rises nor falls with the level."
        raise CalibrationError(Finding("MK485", message))


def _of(observed: Observed, identity: str) -> Mask:
    """Say which trials show an infant; all of them for ""."""
    if not identity:
        return np.ones(len(observed.value), dtype=bool)
    own = np.array([row.identity == identity for row in observed.stimuli])
    found: Mask = np.logical_and.reduce(own[observed.shown], axis=1)
    return found


def _cells(observed: Observed, rows: Mask) -> tuple[Ints, tuple[int, int], Floats, Ints]:
    """Return the cell of each trial in a table of observers × levels, its shape and margins."""
    shown, observer = observed.shown[rows, 0], observed.observer[rows]
    known = np.array([level_of(row) for row in observed.stimuli])
    there = np.flatnonzero(np.bincount(shown, minlength=len(known)))
    levels, number = np.unique(known[there], return_inverse=True)
    column = np.zeros(len(known), dtype=np.int64)
    column[there] = number
    who = np.flatnonzero(np.bincount(observer))
    row = np.zeros(int(who[-1]) + 1, dtype=np.int64)
    row[who] = np.arange(len(who)) * len(levels)
    cell = row[observer]
    cell += column[shown]
    return cell, (len(who), len(levels)), levels, who
