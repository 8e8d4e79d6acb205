"""Which stimuli responses are about: unknown ids, and the continuum that all lie on.

May import `errors`, `observed.values`, `study`, NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from morphkit.errors import CalibrationError, Finding
from morphkit.observed.values import Mask
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.meanings import Ends
from morphkit.study.response_cells import answer_of, number
from morphkit.study.response_table import Responses
from morphkit.study.table import Stimulus

SAME_LEVEL = 0.001
"""Levels that are no further apart are one that a spreadsheet rounded."""

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_SPOILED = re.compile(
    rf"[-+]?[\d.,]+(e[-+]?\d+)?|\d+[-/.]\d+([-/.]\d+)?|\d*-?({_MONTHS})[a-z]*-?\d*|#+|true|false",
    re.IGNORECASE,
)
"""What spreadsheets make of an id: a number, a date."""


def unknown(responses: Responses, rows: Mapping[str, Stimulus]) -> Mask:
    """Say which trials show a stimulus that the set doesn't have."""
    strange = np.array([name not in rows for name in responses.stimuli])
    shown = [strange[np.asarray(column)] for column in responses.shown]
    found: Mask = np.logical_or.reduce(shown)
    return found


def inside(responses: Responses, rows: Mapping[str, Stimulus], continuum: str) -> Mask:
    """Say which trials show stimuli of a continuum only."""
    own = [one in rows and rows[one].continuum == continuum for one in responses.stimuli]
    there = np.array(own)
    shown = [there[np.asarray(column)] for column in responses.shown]
    found: Mask = np.logical_and.reduce(shown)
    return found


def strangers(responses: Responses, names: Sequence[str], mask: Mask) -> CalibrationError:
    """Return MK480 for stimuli that the set doesn't have."""
    row = int(np.argmax(mask))
    some = ", ".join(repr(name[:60]) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    message = f"{int(mask.sum())} trial(s) show what the set doesn't have: {some}{more}."
    advice = "Is this the set that was shown? To leave them out: --exclude unknown."
    if any(_SPOILED.fullmatch(name) for name in names):
        advice = "A spreadsheet seems to have turned ids into numbers or dates: use the file as "
        advice += "the experiment wrote it. To leave these rows out: --exclude unknown."
    file, line = responses.files[responses.file[row]], responses.line[row]
    return CalibrationError(Finding("MK480", message, file=file, line=line, suggestion=advice))


def refuse_other_pictures(responses: Responses, rows: Mapping[str, Stimulus]) -> None:
    """Refuse responses to other pictures than those that have their ids now; MK488."""
    others: dict[int, tuple[str, str, int]] = {}
    for (stimulus, name, cell), row in responses.pictures.items():
        mine = rows.get(responses.stimuli[stimulus])
        if mine and _differs(cell, getattr(mine, name)):
            others.setdefault(stimulus, (name, cell, row))
    if not others:
        return
    stimulus, (name, cell, row) = min(others.items(), key=lambda item: item[1][2])
    who = responses.stimuli[stimulus]
    judged = len({number for number, _, _ in responses.pictures})
    message = (
        f"{name} of {who} is {cell.strip()[:64]} here, and {getattr(rows[who], name)} in the set: "
        f"{len(others)} of {judged} stimuli were other pictures when they were judged."
    )
    advice = "Give the set that the package was made from; this one was built anew since."
    file, line = responses.files[responses.file[row]], responses.line[row]
    raise CalibrationError(
        Finding("MK488", message, file=file, line=line, measured=len(others), suggestion=advice)
    )


def _differs(cell: str, mine: str | float | None) -> bool:
    """Say whether a cell of a picture's column contradicts the set; an empty one doesn't."""
    if mine is None:
        return False
    if isinstance(mine, str):
        return answer_of(cell).lower() not in ("", mine.lower())
    level = number(cell)  # None and NaN say nothing
    return level is not None and abs(level - mine) > SAME_LEVEL


def refuse_falling(entry: ContinuumEntry, ends: Ends) -> None:
    """Refuse a path that leads to the lower answer, along which the upper one falls; MK483."""
    if entry.expressions[-1] == ends.low:
        message = f"{entry.name} leads to {ends.low}, so that {ends.high} answers fall along it."
        advice = f"Choose a continuum that leads to {ends.high}."
        raise CalibrationError(Finding("MK483", message, suggestion=advice))


def continuum_of(
    responses: Responses, rows: Mapping[str, Stimulus], known: Mask, manifest: Manifest, name: str
) -> ContinuumEntry:
    """Return the continuum that is asked for, or that all judged stimuli share; MK483."""
    judged: dict[str, None] = {}
    for column in responses.shown:
        for i in np.unique(np.asarray(column)[known]).tolist():
            judged[rows[responses.stimuli[i]].continuum] = None
    entries = {entry.name: entry for entry in manifest.morphkit.continua}
    there = ", ".join(sorted(judged)) or "none"
    advice = ""
    if name and name not in judged:
        message = f"no response is about the continuum {name!r}; judged were: {there}."
    elif not name and len(judged) != 1:
        message = f"the responses are about several continua: {there}."
        if not judged:
            message = "no response is about a stimulus of this set."
        advice = "Say which one: --continuum NAME."
    elif (name or there) not in entries:
        message = f"{name or there} has no path with levels, it is no continuum."
    else:
        return entries[name or there]
    raise CalibrationError(Finding("MK483", message, suggestion=advice))


def entry_of(stimulus_set: StimulusSet, continuum: str) -> ContinuumEntry:
    """Return a continuum of a set by its name, "" for the only one; MK483."""
    entries = {entry.name: entry for entry in stimulus_set.manifest.morphkit.continua}
    if continuum not in entries and (continuum or len(entries) != 1):
        there = ", ".join(entries) or "none"
        message = f"the set has several continua: {there}."
        if continuum or not entries:
            message = f"the set has no continuum {continuum!r}; there are: {there}."
        advice = "Say which one: --continuum NAME." if entries else ""
        raise CalibrationError(Finding("MK483", message, suggestion=advice))
    return entries[continuum or next(iter(entries))]
