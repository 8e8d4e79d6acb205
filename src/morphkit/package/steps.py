"""Steps: what an observer of a list meets, one after another: screens and trials.

For front ends that are told their course by a table or a written script.  Knows sessions and
their words; no front end.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from morphkit.package.session import Answer, Session, Trial
from morphkit.package.words import PAUSE, START, THANKS, before, grey, instructions
from morphkit.study.manifest import Manifest

Kind = Literal["start", "pause", "trial", "end"]


@dataclass(frozen=True, slots=True)
class Step:
    """A screen that is read, or a trial.

    Parameters
    ----------
    kind : {"start", "pause", "trial", "end"}
    lines : tuple of str
        What a screen says, one paragraph each; empty for a trial.
    place : int
        Number of a trial in its list, from 1; 0 for a screen.
    trial : Trial or None
    """

    kind: Kind
    lines: tuple[str, ...] = ()
    place: int = 0
    trial: Trial | None = None


def steps(session: Session, manifest: Manifest, number: int) -> Iterator[Step]:
    """Yield the steps of a list, from the instructions to the thanks."""
    told = before(session)
    told_of = {session.lists[number - 1][0].phase}
    yield Step("start", (*instructions(session, manifest, answers_of(session, number)), START))
    block = 1
    for place, trial in enumerate(session.lists[number - 1], start=1):
        if trial.block != block:
            block = trial.block
            is_new = trial.phase not in told_of
            told_of.add(trial.phase)
            yield Step("pause", (told[trial.phase], START) if is_new else (PAUSE,))
        yield Step("trial", place=place, trial=trial)
    yield Step("end", (THANKS,))


def answers_of(session: Session, number: int) -> tuple[Answer, ...]:
    """Return the answers of a list, in the order of the screen; keys may be exchanged."""
    return session.answers[(number - 1) % len(session.answers)]


def key_of(session: Session, number: int, label: str) -> str:
    """Return the key that gives an answer in a list; "" for no answer."""
    return next((a.key for a in answers_of(session, number) if a.label == label), "")


def boundary_of(session: Session) -> float | None:
    """Return the place between frames by which feedback goes, where it is one for everybody."""
    training = session.task.training
    if session.task.kind != "training" or training.boundary == "measured":
        return None
    moved = training.shift_frames if training.favours == "lower" else -training.shift_frames
    return float(training.boundary) + moved


def grey_code(manifest: Manifest) -> str:
    """Return the grey around the faces as people type it into a field for a colour."""
    shade = grey(manifest)
    return f"#{shade:02x}{shade:02x}{shade:02x} (red, green and blue {shade})"
