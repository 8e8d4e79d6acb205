"""Files of responses without a single one: somebody left early, or did another phase.

Beside others they are passed over and named; alone they are refused.  May import `errors` and
`study`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import NamedTuple

from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_cells import is_trial
from morphkit.study.response_columns import SHOWN, Task, columns_of
from morphkit.study.separated import Rows

SOME = 10
"""Names in a list; of more the number is told."""


class Gap(NamedTuple):
    """Why a file is passed over, and what is said where all of them are."""

    why: str
    finding: Finding


def empty(file: str) -> Gap:
    """Return that nothing stands in a file."""
    return Gap("empty", Finding("MK476", "the table is empty.", file=file))


def no_trial(file: str) -> Gap:
    """Return that nothing was shown."""
    text = "no row of this table is a trial."
    return Gap("left before the first trial", Finding("MK476", text, file=file))


def left(file: str, fault: CalibrationError | None = None) -> Gap:
    """Return why a file of an experiment that was left early is passed over."""
    text = "nobody answered anything in this table."
    finding = fault.findings[0] if fault else Finding("MK476", text, file=file)
    return Gap("left before the first answer that counts", finding)


def not_chosen(file: str) -> Gap:
    """Return that no row of a file is one of those that count."""
    text = "no row is one of those that --rows takes."
    return Gap(text[:-1], Finding("MK476", text, file=file, pointer="rows"))


def other_phase(file: str, phase: str) -> Gap:
    """Return that the wanted part of a session is not in a file; "" for any but practice."""
    text = f"no row is of phase {phase}." if phase else "all rows are of practice or training."
    return Gap(text[:-1], Finding("MK476", text, file=file, pointer="phase"))


def left_at_once(header: Sequence[str]) -> bool:
    """Whether somebody left a PsychoPy experiment before its first loop: nothing was shown."""
    plain = [name.strip().lower() for name in header]
    return "psychopyversion" in plain and not any(fnmatchcase(one, "*thisn") for one in plain)


def never_answered(rows: Rows, header: Sequence[str], task: Task, given: Mapping[str, str]) -> bool:
    """Whether a table without a column of answers misses none: no row tells whose it is.

    PsychoPy writes the columns of an answer with the first one, and of a trial that was left
    only what was to be shown.
    """
    with suppress(CalibrationError, csv.Error):
        columns = columns_of(header, task, given, roles=("observer", *SHOWN[task]))
        stimuli, told = [columns.at[role] for role in SHOWN[task]], ""
        for cells in rows:
            if len(cells) < len(header):
                if any(cells):
                    return False
                continue
            who = cells[columns.at["observer"]].strip()
            told = who if columns.front_end.once and who else told
            if (who or told) and is_trial(cells, columns, stimuli):
                return False
        return True
    return False


def notes(gaps: Sequence[Gap]) -> list[str]:
    """Return which files are passed over and why, in sentences."""
    by: dict[str, list[str]] = {}
    for gap in gaps:
        by.setdefault(gap.why, []).append(gap.finding.file)
    return [f"{len(who)} file(s) passed over, {why}: {listed(who)}." for why, who in by.items()]


def nothing(gaps: Sequence[Gap], phase: str, others: Collection[str]) -> CalibrationError:
    """Return why nothing can be fitted where all files are passed over."""
    if not others:
        return CalibrationError(*(gap.finding for gap in gaps[:SOME]))
    there = listed(sorted(one or "(empty)" for one in others))
    text, advice = f"no row is of phase {phase}; there are: {there}.", ""
    if not phase:
        text = f"no answer counts: all are of phase {there}."
        advice = "To fit them all the same, say so: --phase practice or --phase training."
    return CalibrationError(Finding("MK476", text, pointer="phase", suggestion=advice))


def listed(names: Sequence[str]) -> str:
    """Return names one after another, and how many more there are."""
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return ", ".join(names[:SOME]) + more
