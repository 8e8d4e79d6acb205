"""Responses that stand there twice: rows, and whole files that were saved anew.

May import `errors`, `observed.values`, `study`, NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from morphkit.errors import CalibrationError, Finding
from morphkit.observed.values import FEWEST, Floats, Ints, Mask
from morphkit.study.response_gaps import SOME
from morphkit.study.response_table import Responses

DIGITS = 4
"""Of response times in seconds: a spreadsheet cuts off the rest of them when it saves."""


def twice(responses: Responses, *, copies: bool = False) -> Mask:
    """Say which rows are there already: the same trial or time, the same in everything.

    Parameters
    ----------
    responses : Responses
    copies : bool
        Whether a file may hold nothing but what another one holds.

    Raises
    ------
    CalibrationError
        MK481 for such a file.
    """
    rt, trial = np.asarray(responses.rt), np.asarray(responses.trial)
    told = np.where(np.isfinite(rt), np.round(rt, DIGITS), -1.0)
    answer = np.asarray(responses.rating if responses.task == "ratings" else responses.answer)
    answer = np.where(np.isfinite(answer), answer, np.inf)  # NaN is never the same
    who = (responses.observer, *responses.shown, responses.block)
    keys = [*map(np.asarray, who), trial, told, answer]
    known: Mask = np.isfinite(rt) | (trial >= 0)
    first, then = _pairs(keys)
    first, then = first[known[first]], then[known[first]]
    if not copies:
        _refuse_copies(responses, known, first, then)
    out = np.zeros(len(rt), dtype=bool)
    out[then] = True
    return out


def _pairs(keys: Sequence[Ints | Floats]) -> tuple[Ints, Ints]:
    """Return rows and the next one that is alike, in the order in which they stand."""
    # alike rows lie side by side in the order of one number each: little memory, however many
    mixed = _mixed(keys)
    order = np.argsort(mixed, kind="stable")
    mixed = mixed[order]
    place = np.flatnonzero(mixed[1:] == mixed[:-1])
    first, then = order[place], order[place + 1]
    same = np.logical_and.reduce([key[first] == key[then] for key in keys])
    return first[same], then[same]


def _mixed(keys: Sequence[Ints | Floats]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return a number for each row: the same for alike rows, and hardly ever for others."""
    total = np.zeros(len(keys[0]), dtype=np.uint64)
    for key in keys:
        total ^= key.astype(np.float64).view(np.uint64)
        total *= np.uint64(0x9E3779B97F4A7C15)
        total ^= total >> np.uint64(29)
    return total


def _refuse_copies(responses: Responses, known: Mask, first: Ints, then: Ints) -> None:
    """Refuse files all of whose rows stand in another one; MK481."""
    file, count = np.asarray(responses.file), len(responses.files)
    timed = bool(np.isfinite(np.asarray(responses.rt)).any())  # else a few are alike by chance
    one, other = file[first], file[then]
    own = one == other
    rows = np.bincount(file[known], minlength=count) - np.bincount(other[own], minlength=count)
    pairs, shared = np.unique(one[~own].astype(np.int64) * count + other[~own], return_counts=True)
    faults = []
    for pair, common in zip(pairs.tolist(), shared.tolist(), strict=True):
        earlier, later = divmod(pair, count)
        for part, whole in ((later, earlier), (earlier, later)):
            if common == rows[part] and (timed or common >= FEWEST):
                name = responses.files[whole]
                message = f"all of its {common} response(s) stand in {name} too, in other writing:"
                message += " they would count twice."
                advice = "Give one of the two, as the experiment wrote it; or, if both were given, "
                advice += "--exclude duplicates."
                file_name = responses.files[part]
                faults.append(Finding("MK481", message, file=file_name, suggestion=advice))
                break
    if faults:
        raise CalibrationError(*faults[:SOME])
