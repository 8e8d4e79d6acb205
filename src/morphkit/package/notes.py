"""Notes: what ``README.txt`` says of lists, of how long a session takes, and of fitting the data.

Knows sessions, and the words of `morphkit calibrate fit`; no front end.  May import `study` and
the rest of `package`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from morphkit.package.session import Session
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.meanings import ends_of
from morphkit.study.table import Stimulus

ANSWER_MS = 1000
"""What an answer is thought to take, from the onset of the face."""

TO_FIT = (
    "To fit the answers of all participants, with SET the folder of the set that this package was "
    "made from:"
)
FEW = "With few participants or frames, estimates are printed and no scale is written."


def lists_note(session: Session) -> str:
    """Return how observers come to their lists by their codes."""
    again = len(session.lists) + 1
    return _lists(
        session,
        f"A participant code that ends in a number takes them in turn (1: list 1, {again}: list 1 "
        "again); any other code is dealt a list by its letters.",
        "; response_label says what was meant",
    )


def numbered(session: Session) -> str:
    """Return how observers come to their lists where the front end knows numbers only."""
    again = len(session.lists) + 1
    return _lists(
        session,
        f"Participants take them in turn by their number (1: list 1, {again}: list 1 again).",
        "; response_label says what was meant",
    )


def dealt(session: Session, who: str) -> str:
    """Return how observers come to their lists where the front end deals them, not a code."""
    return _lists(session, f"{who} deals them, not a participant code.")


def _lists(session: Session, rule: str, meant: str = "") -> str:
    many = len(session.lists)
    if many == 1:
        return "Everybody sees the faces in the same order: trials.csv."
    note = (
        f"There are {many} orders, called lists, in trials.csv. {rule} The list is written into "
        "the data."
    )
    if session.task.swap_keys:
        note += f" In even lists the keys of the answers are exchanged{meant}."
    return _filled(note)


def length_note(session: Session, paced: bool = True) -> str:
    """Return how many trials a session has, and about how many minutes it takes.

    A trial lasts as long as its fixation cross (of a range the mean), an answer of a second
    from the onset of the face (which ends face and mask), the blank after it, and in training
    the feedback.  Screens of text are not counted.

    Parameters
    ----------
    session : Session
    paced : bool
        Whether the front end keeps these times; without them only trials are told.
    """
    sizes = sorted({len(trials) for trials in session.lists})
    many = " to ".join(map(str, dict.fromkeys((sizes[0], sizes[-1]))))
    trials = f"One session has {many} trial{'' if many == '1' else 's'}"
    if not paced:
        return f"{trials}."
    return f"{trials}, {_about(_minutes(session))} if each answer takes a second."


def _minutes(session: Session) -> float:
    task, fixation = session.task, session.task.fixation_ms
    cross = fixation if isinstance(fixation, int) else sum(fixation) / 2
    longest = max(session.lists, key=len)
    taught = sum(trial.phase == "training" for trial in longest)
    each = cross + ANSWER_MS + task.iti_ms
    return (len(longest) * each + taught * task.training.feedback_ms) / 60_000


def _about(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    whole = 5 * round(minutes / 5) if minutes > 20 else round(minutes)
    return f"about {whole} minute{'' if whole == 1 else 's'}"


def fit_task(session: Session, manifest: Manifest, files: str) -> str:
    """Return how to fit the data of a session: the command, or why there is none.

    Parameters
    ----------
    session : Session
    manifest : Manifest
    files : str
        The front end's data, as a shell names them.
    """
    told, phase = "", ""
    if session.asks == "rating":
        told += f" --task ratings --range {session.task.rating.low} {session.task.rating.high}"
    if session.task.kind == "training":
        told += " --phase pretest"
        phase = "(or --phase posttest)" if session.task.training.post_test else ""
    return _fit(session.stimuli, manifest, f"{files}{told}", phase)


def fit_keys(session: Session) -> str:
    """Return what it is told besides where data have keys only, which may not be the set's."""
    if session.task.keys is None:
        return ""
    told = ",".join(f"{a.label}={a.key}" for a in session.answers[0])
    return f' --answers "{told}"'


def fit_set(stimulus_set: StimulusSet, files: str) -> str:
    """Return the same for the answers to all faces of a set, in a task that nobody knows."""
    return _fit(stimulus_set.stimuli, stimulus_set.manifest, files)


def _fit(shown: Sequence[Stimulus], manifest: Manifest, told: str, phase: str = "") -> str:
    against = _against(shown, manifest)
    if against:
        return _filled(f"These answers can't be fitted: {against}")
    name = one_continuum(shown, manifest)
    choice = f"One continuum at a time, here {name}." if name else ""
    option = f" --continuum {name}" if name else ""
    command = f"morphkit calibrate fit SET {told}{option} -o observers.scale.json"
    below = [part for part in (phase, choice, FEW) if part]
    return f"{_filled(TO_FIT)}\n\n    {command}\n\n  " + "\n  ".join(below)


def _against(shown: Sequence[Stimulus], manifest: Manifest) -> str:
    """Return why `morphkit calibrate fit` would refuse all answers to some faces; else ""."""
    low, high = ends_of(manifest.morphkit.response_map)
    entries = _continua(shown, manifest)
    if not entries:
        return "the faces lie on no continuum."
    if any(one.expressions[-1] != low for one in entries):
        return ""
    names = " and ".join(one.name for one in entries)
    lead = "leads" if len(entries) == 1 else "lead"
    return f"{names} {lead} to {low}, and only along a path to {high} do they rise."


def one_continuum(shown: Sequence[Stimulus], manifest: Manifest) -> str:
    """Return the continuum to fit first where faces of several are shown; else "".

    One that leads to the upper end, if there is one: along others its answers would fall.
    """
    entries = _continua(shown, manifest)
    if len({row.continuum for row in shown}) < 2 or not entries:
        return ""
    low, high = ends_of(manifest.morphkit.response_map)
    order = {high: 0, low: 2}  # an end that is no answer is better than the wrong one
    return min(entries, key=lambda one: order.get(one.expressions[-1], 1)).name


def _continua(shown: Sequence[Stimulus], manifest: Manifest) -> list[ContinuumEntry]:
    names = {row.continuum for row in shown}
    return [one for one in manifest.morphkit.continua if one.name in names]


def _filled(text: str) -> str:
    """Return a paragraph of a form; its first line is indented there."""
    return textwrap.fill(text, 92, initial_indent="  ", subsequent_indent="  ").lstrip()
