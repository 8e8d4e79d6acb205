"""Columns of responses: which is which, in what experiments write.

A column's role is known by its name, or given.  Knows names only; no cell.  May import `errors`
and `study.front_ends`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from morphkit.errors import CalibrationError, Finding
from morphkit.study.front_ends import FRONT_ENDS, PLAIN, FrontEnd, Unit

Task = Literal["two-choice", "ratings", "triads", "quadruples", "pairs"]

SHOWN: Mapping[str, tuple[str, ...]] = {
    "two-choice": ("stimulus_id",),
    "ratings": ("stimulus_id",),
    "pairs": ("stimulus_a", "stimulus_b"),
    "triads": ("stimulus_a", "stimulus_b", "stimulus_c"),
    "quadruples": ("stimulus_a", "stimulus_b", "stimulus_c", "stimulus_d"),
}
"""Task → the columns that say what was shown."""

PICTURES = ("pixel_sha256", "morph_level")
"""Columns of a set's table that tell one picture from another, the surer one first."""

OPTIONAL = ("rt", "block", "trial", "phase")


_TABLES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".iqdat", ".json", ".jsonl")
_STIMULUS = ("stimulus_id", "stim_id", "stimulus", "image_file", "stim_file", "image", "image_name")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "observer": (
        *("observer", "participant", "participant_id", "subject", "subject_id", "subject_nr"),
        *("participant private id", "participant public id", "prolific_pid", "worker_id"),
    ),
    "stimulus_id": (
        *_STIMULUS,
        *(f"spreadsheet: {name}" for name in _STIMULUS),
        "values.stimulus_id",
    ),
    "rt": (
        *("rt", "rt_ms", "rt_s", "response_time", "reaction time", "reaction_time"),
        *("answer.rt", "key_resp.rt", "face.rt", "*.rt", "latency"),
    ),
    # E-Prime's own Block and Trial count the levels of lists
    "block": ("block_number", "block", "spreadsheet: block", "block_nr", "values.block"),
    "trial": (
        "trial_number",
        "values.trial",
        "trial",
        "trial_index",
        "trials.thisn",
        "*.thisn",
        "trial number",
        "event index",
    ),
    "phase": ("phase", "spreadsheet: phase", "values.phase"),
}
_LABEL = ("response_label", "values.response_label")
# our own names first: no other component is known by its name to ask for the judgement
_CHOICE = (*_LABEL, "response", "answer.keys", "*.keys", "choice")
_RATING = ("rating", *_LABEL, "response", "*.rating", "*.response")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row is what.

    Parameters
    ----------
    front_end : FrontEnd
    at : mapping of str to int
        Role → index of its column.
    names : mapping of str to str
        Role → the column's name as it is written.
    rt_unit : {"s", "ms"} or None
        None where nothing says it.
    trials : (int, str) or None
        Column, and what its cell begins with in lower case where a row is a trial.
    picture : (str, int) or None
        Which of `PICTURES` the file has, and its column; None also where trials show several.
    instead : tuple of (str, int)
        Other columns that may hold answers where our packages' words for them are missing.
    """

    front_end: FrontEnd
    at: Mapping[str, int]
    names: Mapping[str, str]
    rt_unit: Unit | None
    trials: tuple[int, str] | None
    picture: tuple[str, int] | None
    instead: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        """Say in words which column is what."""
        named = ", ".join(
            role if role == name else f"{role} = {name!r}" for role, name in self.names.items()
        )
        return f"{self.front_end.name} ({named})"


def columns_of(
    header: Sequence[str],
    task: Task,
    given: Mapping[str, str],
    file: str = "",
    needed: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> Columns:
    """Return which columns hold what.

    Parameters
    ----------
    header : sequence of str
    task : str
    given : mapping of str to str
        Role → column, where the names don't say it.
    file : str
        As findings name it.
    needed : sequence of str
        Optional roles that must have a column all the same.
    roles : sequence of str
        Those that are looked for; by default all.

    Raises
    ------
    CalibrationError
        MK477 for every column that is missing, that stands twice, or that could be several;
        MK476 for what is no long table of responses at all.
    """
    plain = [name.strip().lower() for name in header]
    front_end = _front_end(plain, task)
    if front_end.rt and front_end.rt in plain:
        given = {"rt": front_end.rt, **given}
    names: dict[str, str] = {}
    faults: list[Finding] = []
    for role in roles or ("observer", *SHOWN[task], "response", *OPTIONAL):
        try:
            at = _place(role, task, plain, given, names, needed)
        except _Unclear as unclear:
            # two columns of phases: one may tell practice from test, so none is passed over
            if role not in OPTIONAL or role in (*given, *needed, "phase"):
                faults.append(_finding(role, str(unclear), header, file))
            continue
        if at is not None:
            names[role] = header[at].strip()
    if faults:
        if not (given or {*names} - {*OPTIONAL}):
            _refuse_no_table(header, file)
        raise CalibrationError(*faults)
    places = {role: plain.index(name.lower()) for role, name in names.items()}
    kept = next((c for c in front_end.trials or () if c in plain), None)
    trials = (plain.index(kept), (front_end.trials or {})[kept]) if kept else None
    unit = _unit(names.get("rt", ""), front_end)
    own = "" if "response" in given else names.get("response", "")
    instead = _instead(header, task, own)
    return Columns(front_end, places, names, unit, trials, _picture(plain, task), instead)


class _Unclear(Exception):
    """Why a role's column is not known; a sentence."""


def _front_end(plain: Sequence[str], task: Task) -> FrontEnd:
    if {"observer", "response", *SHOWN[task]} <= {*plain}:
        return PLAIN
    return program(plain)


def program(plain: Sequence[str]) -> FrontEnd:
    """Return the program that wrote a file with these columns, in lower case."""
    for one in FRONT_ENDS:
        if all(any(fnmatchcase(name, mark) for name in plain) for mark in one.marks):
            return one
    return PLAIN


def _place(
    role: str,
    task: Task,
    plain: Sequence[str],
    given: Mapping[str, str],
    found: Mapping[str, str],
    needed: Sequence[str],
) -> int | None:
    """Return the index of a role's column; None for an optional one that isn't there."""
    if role in given:
        wanted = given[role].strip().lower()
        if wanted not in plain:
            raise _Unclear(f"there is no column {given[role]!r}, which was given for it")
        return _once(wanted, plain)
    known = _NAMES.get(role, (role, f"spreadsheet: {role}"))
    if role == "response":
        known = _answers(task)
    if role == "rt":  # of the component that gave the response
        own = found.get("response", "").lower().rpartition(".")[0]
        known = (f"{own}.rt", *known) if own else known
    for name in known:
        there = _there(name, plain)
        if len(there) > 1 and role != "response":  # of answers the rows tell; see `rivals`
            raise _Unclear(f"each of the columns {', '.join(map(repr, there[:6]))} may hold it")
        if there:
            return _once(there[0], plain)
    if role in OPTIONAL and role not in needed:
        return None
    raise _Unclear(f"no column holds it by its name; looked for {', '.join(known)}")


def _answers(task: Task) -> tuple[str, ...]:
    return _RATING if task == "ratings" else _CHOICE


def _there(name: str, plain: Sequence[str]) -> list[str]:
    """Return the columns of that name, in which ``*`` stands for any text."""
    there = [column for column in dict.fromkeys(plain) if fnmatchcase(column, name)]
    # PsychoPy writes some columns again with the loop's name before them
    return [c for c in there if c.count(".") < 2] or there


def rivals(header: Sequence[str], task: Task, given: Mapping[str, str]) -> dict[int, str]:
    """Return the places and names of the columns that may hold answers, if there are several."""
    plain = [name.strip().lower() for name in header]
    found = (_there(name, plain) for name in _answers(task))
    there = next((columns for columns in found if columns), [])
    if "response" in given or len(there) < 2:
        return {}
    return {plain.index(column): header[plain.index(column)].strip() for column in there}


def _picture(plain: Sequence[str], task: Task) -> tuple[str, int] | None:
    """Return the column that says which picture was shown: one of the set's own table.

    Programs put something before names of columns, as in ``Spreadsheet: morph_level``.
    """
    for name in PICTURES if len(SHOWN[task]) == 1 else ():
        there = [column for column in plain if re.fullmatch(rf"(.*[^a-z0-9_])?{name}", column)]
        there = [column for column in there if column == name] or there
        if len(there) == 1:
            return name, plain.index(there[0])
    return None


def _instead(header: Sequence[str], task: Task, own: str) -> tuple[tuple[str, int], ...]:
    if own.lower() not in _LABEL:
        return ()
    known = [name for name in _answers(task) if name not in _LABEL]
    return tuple(
        (name.strip(), place)
        for place, name in enumerate(header)
        if any(fnmatchcase(name.strip().lower(), one) for one in known) and name.count(".") < 2
    )


def _once(name: str, plain: Sequence[str]) -> int:
    if plain.count(name) > 1:
        raise _Unclear(f"the column {name!r} stands {plain.count(name)} times")
    return plain.index(name)


def _finding(role: str, why: str, header: Sequence[str], file: str) -> Finding:
    there = ", ".join(repr(name.strip()[:40]) for name in header[:30])
    message = f"{role}: {why}. There are: {there}."
    advice = f"Say which it is: --column {role}=NAME."
    if _like_data(header):
        advice = "The first row seems to be data: put a row with the names of columns above it."
    return Finding("MK477", message, file=file, pointer=role, line=1, suggestion=advice)


def _refuse_no_table(header: Sequence[str], file: str) -> None:
    """Refuse a header of which nothing is known, if naming its columns wouldn't help; MK476."""
    if "responseid" in (name.strip().lower() for name in header):
        text = "this is a wide table, with a row for each participant, as Qualtrics exports it."
        advice = "Make a long one of it, with a row for each answer: the package's README says how."
    elif len(header) < 2 or not file.lower().endswith(_TABLES):
        first = header[0].strip()[:60] if header else ""
        text = f"this is no table of responses; it begins with {first!r}."
        advice = "Give the tables that the experiment wrote, mostly .csv files."
    else:
        return
    raise CalibrationError(Finding("MK476", text, file=file, line=1, suggestion=advice))


def _like_data(header: Sequence[str]) -> bool:
    numbers = [cell.strip().replace(",", ".").replace(".", "", 1).isdigit() for cell in header]
    digits = [any(sign.isdigit() for sign in cell) for cell in header]
    return any(numbers) or 2 * sum(digits) > len(digits)


def _unit(name: str, front_end: FrontEnd) -> Unit | None:
    if name.lower() in ("rt_ms", "rt_s"):
        return "ms" if name.lower() == "rt_ms" else "s"
    return front_end.rt_unit
