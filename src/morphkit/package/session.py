"""The session: what each observer is shown, in which order, and which key means what.

Drawn once, from the set, the task and its seed, so that every front end plays the same trials
and a paper can print them.  Knows rows and trials; no front end, no pixel.  May import `errors`
and `study`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import Literal

from morphkit.errors import Finding, PackageError
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import MorphkitBlock, StimulusSet
from morphkit.study.table import Stimulus
from morphkit.study.task import Task

Phase = Literal["practice", "test", "pretest", "training", "posttest"]
SHUFFLES = 100
"""Orders that are drawn until one shows no face twice in a row; then the best is mended."""

BOTH_ENDS = ("direct", "through-neutral")
"""Paths whose level says how near a face is to one answer or the other."""


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


def session(stimulus_set: StimulusSet, task: Task) -> Session:
    """Draw the session of a set.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set whose response map `refusals` has nothing against.
    task : Task

    Raises
    ------
    PackageError
        MK821 for everything in the task that does not fit the set.
    """
    block = stimulus_set.manifest.morphkit
    faults = task_faults(task, block.continua, list(dict.fromkeys(_who(stimulus_set))))
    if faults:
        raise PackageError(*faults)
    series = [entry.name for entry in _chosen(task, block.continua)]
    shown = tuple(row for row in stimulus_set.stimuli if _is_shown(row, task, series))
    answers = _answers(block, task)
    one = Session(task, shown, answers, ())
    lists = tuple(tuple(_trials(one, number)) for number in range(1, task.lists + 1))
    return Session(task, shown, answers, lists)


def task_faults(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> list[Finding]:
    """Return MK821 for everything in a task that does not fit continua and infants."""
    names = [entry.name for entry in continua]
    faults = [
        ("continua", f"there is no continuum {name!r}", f"There are: {', '.join(names)}.")
        for name in task.continua
        if name not in names
    ]
    named = infants if task.identities == "all" else task.identities
    faults += [
        ("identities", f"there is no infant {name!r}", f"There are: {', '.join(infants[:20])}.")
        for name in named
        if name not in infants
    ]
    shown = _with_faces(task, continua, named)
    if not faults and not shown:
        what = "none of these infants has a face in these continua"
        faults.append(("identities", what, "Name others, or leave one of the two keys out."))
    if task.kind == "training":
        faults += _training_faults(task, continua, shown)
    return [
        Finding("MK821", f"{what}.", pointer=f"task.{key}", suggestion=advice)
        for key, what, advice in faults
    ]


def list_of(participant: str, lists: int) -> int:
    """Return the list of an observer; every package's script has the same rule.

    A code that ends in digits takes the lists in turn: 1 the first, 2 the second; any other is
    dealt by the sum of its character codes.
    """
    stem = participant.rstrip("0123456789")
    digits = participant[len(stem) :][-9:]
    number = int(digits) - 1 if digits else sum(ord(sign) for sign in participant)
    return number % lists + 1


def _who(stimulus_set: StimulusSet) -> Iterator[str]:
    return (row.identity for row in stimulus_set.stimuli)


def _is_shown(row: Stimulus, task: Task, series: Sequence[str]) -> bool:
    """Whether a task shows a row; a training shows nothing but continua."""
    every = not task.continua and task.kind != "training"
    return (every or row.continuum in series) and (
        task.identities == "all" or row.identity in task.identities
    )


def _chosen(task: Task, continua: Sequence[ContinuumEntry]) -> list[ContinuumEntry]:
    return [entry for entry in continua if not task.continua or entry.name in task.continua]


def _with_faces(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> Sequence[str]:
    """Return those of the infants who have a face in what the task shows."""
    if not task.continua and task.kind != "training":
        return infants
    chosen = _chosen(task, continua)
    return [
        name
        for name in infants
        if any(not entry.identities or name in entry.identities for entry in chosen)
    ]


def _training_faults(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    chosen = _chosen(task, continua)
    if not chosen:
        yield "continua", "there is no continuum to train on", "Build one, and name it here."
    for entry in chosen:
        frames, counts = len(entry.levels), task.training.repeats
        if entry.path == "from-neutral":
            what = f"{entry.name} begins at neutral: it has no balance point between the answers"
            yield "continua", what, "Name continua that run from one answer to the other."
        if isinstance(counts, tuple) and len(counts) != frames:
            what = f"there are {len(counts)} counts, {entry.name} has {frames} frames"
            yield "training.repeats", what, f"Write {frames} counts, or one for all frames."
        yield from _boundary_faults(task, entry.name, frames)
    if infants and task.training.held_out >= len(infants):
        what = f"{task.training.held_out} infants are held out, of {len(infants)} that are shown"
        yield "training.held_out", what, "Hold out fewer, so that some are trained."


def _boundary_faults(task: Task, name: str, frames: int) -> Iterator[tuple[str, str, str]]:
    boundary, shift = task.training.boundary, task.training.shift_frames
    if boundary != "measured" and not 1 <= float(boundary) <= frames:
        what = f"{float(boundary):g} is no place between the {frames} frames of {name}"
        yield "training.boundary", what, f"Write a number from 1 to {frames}."
    if shift >= frames:
        what = f"{name} has {frames} frames, and the boundary is moved by {shift:g}"
        yield "training.shift_frames", what, f"Write less than {frames}."


def _answers(block: MorphkitBlock, task: Task) -> tuple[tuple[Answer, ...], ...]:
    if task.kind == "rating":
        low, high = task.rating.low, task.rating.high
        return (
            tuple(
                Answer(str(n), place, str(n), 2 * (n - low) / (high - low) - 1)
                for place, n in enumerate(range(low, high + 1))
            ),
        )
    plain = tuple(
        Answer(one["key"], one.get("button", place), one["label"], one["level"])
        for place, one in enumerate(block.response_map)
    )
    if not task.swap_keys:
        return (plain,)
    keys = [(one.key, one.button) for one in plain]
    swapped = tuple(
        Answer(key, button, one.label, one.level)
        for (key, button), one in zip(keys, reversed(plain), strict=True)
    )
    return plain, swapped


def _trials(one: Session, number: int) -> Iterator[Trial]:
    """Yield the trials of a list; everything in it follows from the seed and its number."""
    rng = random.Random(f"morphkit {one.task.seed} {number}")
    task, held = one.task, _held_out(one, number)
    training = task.kind == "training"
    every = range(len(one.stimuli))
    trained = [row for row in every if one.stimuli[row].identity not in held]
    parts: list[tuple[Phase, list[int]]] = []
    if task.practice:
        parts.append(("practice", _clearest(one, trained, rng)))
    rows = _passes(every, task.repeats, rng, parts[-1][1][-1] if parts else None)
    parts += _chunks("pretest" if training else "test", rows, task.pause_every)
    if training:
        counts = task.training.repeats
        again = [row for row in trained for _ in range(_count(counts, one.stimuli[row].frame))]
        for _ in range(task.training.blocks):
            parts.append(("training", _shuffled(again, rng, parts[-1][1][-1])))
        if task.training.post_test:
            rows = _passes(every, task.repeats, rng, parts[-1][1][-1])
            parts += _chunks("posttest", rows, task.pause_every)
    for block, (phase, rows) in enumerate(parts, start=1):
        for row in rows:
            feedback = _feedback(one, one.stimuli[row].frame) if phase == "training" else ""
            yield Trial(phase, block, row, _drawn(task.fixation_ms, rng), feedback)


def _held_out(one: Session, number: int) -> frozenset[str]:
    """Return who is not trained in a list: all infants in turn.

    Where every second list has other keys, an even round begins one infant later each time: else
    an infant would be held out with the same keys always.
    """
    infants = sorted({row.identity for row in one.stimuli})
    many = one.task.training.held_out if one.task.kind == "training" else 0
    first = (number - 1) * many
    lists = len(infants) // gcd(many, len(infants))
    if one.task.swap_keys and lists % 2 == 0:
        first += (number - 1) // lists
    return frozenset(infants[(first + place) % len(infants)] for place in range(many))


def _clearest(one: Session, rows: Sequence[int], rng: random.Random) -> list[int]:
    """Return practice trials: of each infant the faces nearest to the ends, the ends in turn."""
    ends: list[list[int]] = [[], []]
    for who in dict.fromkeys(one.stimuli[row].identity for row in rows):
        own = [row for row in rows if one.stimuli[row].identity == who]
        levels = {
            row: level
            for row in own
            if one.stimuli[row].morph_path in BOTH_ENDS
            and (level := one.stimuli[row].morph_level) is not None
        }
        place = levels or {row: one.stimuli[row].frame for row in own}
        for end, last in zip(ends, (min(place.values()), max(place.values())), strict=True):
            end += [row for row in place if place[row] == last]
    for end in ends:
        rng.shuffle(end)
    turns = ((ends[place % 2], place // 2) for place in range(one.task.practice))
    return _shuffled([end[place % len(end)] for end, place in turns], rng)


def _passes(
    rows: Sequence[int], times: int, rng: random.Random, before: int | None = None
) -> list[int]:
    """Return every face `times` times: each once before any comes again."""
    order: list[int] = []
    for _ in range(times):
        order += _shuffled(rows, rng, order[-1] if order else before)
    return order


def _shuffled(rows: Sequence[int], rng: random.Random, before: int | None = None) -> list[int]:
    """Return rows in a random order, none twice in a row where that can be had."""
    best: list[int] = []
    fewest = len(rows) + 1
    for _ in range(SHUFFLES):
        order = list(rows)
        rng.shuffle(order)
        again = sum(a == b for a, b in zip([before, *order], order, strict=False))
        if again < fewest:
            best, fewest = order, again
        if not fewest:
            return best
    return _parted(best, rng, before)


def _parted(order: Sequence[int], rng: random.Random, before: int | None) -> list[int]:
    """Return an order in which what came twice in a row has been moved to where it doesn't."""
    kept: list[int] = []
    waiting: list[int] = []
    for row in order:
        again = row == (kept[-1] if kept else before)
        (waiting if again else kept).append(row)
    for patient in (True, False):  # another may make room for one that finds no place
        for row in waiting[:]:
            around = [before, *kept, None]
            free = [g for g in range(len(kept) + 1) if row not in (around[g], around[g + 1])]
            if free or not patient:
                kept.insert(rng.choice(free) if free else len(kept), row)
                waiting.remove(row)
    return kept


def _chunks(phase: Phase, rows: Sequence[int], most: int) -> list[tuple[Phase, list[int]]]:
    """Cut a test into blocks of about equal length, `most` trials at most; 0 for one block."""
    blocks = -(-len(rows) // most) if most else 1
    cuts = [round(place * len(rows) / blocks) for place in range(blocks + 1)]
    return [(phase, list(rows[a:b])) for a, b in pairwise(cuts)]


def _count(counts: int | tuple[int, ...], frame: int) -> int:
    return counts if isinstance(counts, int) else counts[frame - 1]


def _drawn(duration: int | tuple[int, int], rng: random.Random) -> int:
    return duration if isinstance(duration, int) else rng.randint(*duration)


def _feedback(one: Session, frame: int) -> str:
    """Return what feedback calls right, where the boundary is the same for every observer."""
    training = one.task.training
    if training.boundary == "measured":
        return ""
    up = training.favours == "upper"
    shift = -training.shift_frames if up else training.shift_frames
    moved = round(float(training.boundary) + shift, 6)  # as every script does
    # a frame on the boundary goes to the favoured answer
    is_upper = frame > moved or (frame == moved and up)
    return (one.upper if is_upper else one.lower).label
