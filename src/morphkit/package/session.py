"""The session: what each observer is shown, in which order, and which key means what.

Values only; `orders` draws them.  Knows rows and trials; no front end, no pixel.  May import
`study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from morphkit.study.table import Stimulus
from morphkit.study.task import Task

Phase = Literal["practice", "test", "pretest", "training", "posttest"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the key that gives it, its word, and the level it stands for.

    Parameters
    ----------
    key : str
        A letter or a digit.
    button : int
        Number of its button, counted from 0.
    label : str
        The word shown to the observer and written to the data.
    level : float
        The end of the path it stands for, −1…1; of a rating the place between the ends.
    """

    key: str
    button: int
    label: str
    level: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One face in one observer's session.

    Parameters
    ----------
    phase : str
    block : int
        Counted from 1 in the session; before every block but the first there is a pause.
    row : int
        Index of the face in `Session.stimuli`.
    fixation_ms : int
    feedback : str
        The answer that feedback calls right; "" where there is no feedback, or where it follows
        from the observer's own balance point.
    """

    phase: Phase
    block: int
    row: int
    fixation_ms: int
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """What a set and a task come to.

    Parameters
    ----------
    task : Task
    stimuli : tuple of Stimulus
        The faces that are shown, in table order.
    answers : tuple of tuple of Answer
        The answers in the order of the screen; the second entry, if there is one, holds for
        every second list.
    lists : tuple of tuple of Trial
        The trials of list 1, 2, …, in order.
    """

    task: Task
    stimuli: tuple[Stimulus, ...]
    answers: tuple[tuple[Answer, ...], ...]
    lists: tuple[tuple[Trial, ...], ...]

    @property
    def lower(self) -> Answer:
        """The answer for the lower end of the path."""
        return min(self.answers[0], key=lambda answer: answer.level)

    @property
    def upper(self) -> Answer:
        """The answer for the upper end of the path."""
        return max(self.answers[0], key=lambda answer: answer.level)

    @property
    def measured(self) -> bool:
        """Whether feedback follows from each observer's own balance point."""
        return self.task.kind == "training" and self.task.training.boundary == "measured"

    @property
    def asks(self) -> str:
        """What is asked, in a word: two-choice or rating."""
        return "rating" if self.task.kind == "rating" else "two-choice"


def list_of(participant: str, lists: int) -> int:
    """Return the list of an observer; every package's script has the same rule.

    A code that ends in digits takes the lists in turn: 1 the first, 2 the second; any other is
    dealt by the sum of its character codes.
    """
    stem = participant.rstrip("0123456789")
    digits = participant[len(stem) :][-9:]
    number = int(digits) - 1 if digits else sum(ord(sign) for sign in participant)
    return number % lists + 1
