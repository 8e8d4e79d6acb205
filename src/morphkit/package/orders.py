"""Orders: the trials of every list, drawn once from the set, the task and its seed.

So every front end plays the same trials, and a paper can print them.  Knows how orders are drawn
and answers get their keys; no front end.  May import `errors`, `study` and the rest of `package`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import gcd
from typing import get_args

from morphkit.errors import Finding, PackageError
from morphkit.package.matching import chosen, task_faults
from morphkit.package.session import Answer, Phase, Session, Trial
from morphkit.study.levels import MorphPath
from morphkit.study.manifest import MorphkitBlock, StimulusSet
from morphkit.study.meanings import Ends, ends_of
from morphkit.study.table import Stimulus
from morphkit.study.task import Task

SHUFFLES = 100
"""Orders that are drawn until one shows no face twice in a row; then the best is mended."""

PATHS = get_args(MorphPath)


def draw(stimulus_set: StimulusSet, task: Task) -> Session:
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
    infants = list(dict.fromkeys(row.identity for row in stimulus_set.stimuli))
    faults = task_faults(task, block.continua, infants)
    if faults:
        raise PackageError(*faults)
    series = [entry.name for entry in chosen(task, block.continua)]
    shown = tuple(row for row in stimulus_set.stimuli if _is_shown(row, task, series))
    answers = _answers(block, task)
    one, ends = Session(task, shown, answers, ()), ends_of(block.response_map)
    lists = tuple(tuple(_trials(one, ends, number)) for number in range(1, task.lists + 1))
    return Session(task, shown, answers, lists)


def _is_shown(row: Stimulus, task: Task, series: Sequence[str]) -> bool:
    """Whether a task shows a row; a training shows nothing but continua."""
    every = not task.continua and task.kind != "training"
    return (every or row.continuum in series) and (
        task.identities == "all" or row.identity in task.identities
    )


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
        Answer(key, one.get("button", place), one["label"], one["level"])
        for place, (key, one) in enumerate(zip(_keys(block, task), block.response_map, strict=True))
    )
    if not task.swap_keys:
        return (plain,)
    keys = [(one.key, one.button) for one in plain]
    swapped = tuple(
        Answer(key, button, one.label, one.level)
        for (key, button), one in zip(keys, reversed(plain), strict=True)
    )
    return plain, swapped


def _keys(block: MorphkitBlock, task: Task) -> Sequence[str]:
    """Return the keys of the answers, in the order of the screen: the lower answer first."""
    if task.keys is None:
        return [one["key"] for one in block.response_map]
    levels = [one["level"] for one in block.response_map]
    if len(levels) != len(task.keys):
        raise PackageError(
            Finding(
                "MK821",
                f"the task gives {len(task.keys)} keys, the set has {len(levels)} answers.",
                pointer="task.keys",
                suggestion="Leave keys out.",
            )
        )
    return task.keys if levels[0] <= levels[1] else task.keys[::-1]


def _trials(one: Session, ends: Ends, number: int) -> Iterator[Trial]:
    """Yield the trials of a list; everything in it follows from the seed and its number."""
    rng = random.Random(f"morphkit {one.task.seed} {number}")
    task, held = one.task, _held_out(one, number)
    training = task.kind == "training"
    kept = [r for r, row in enumerate(one.stimuli) if row.identity in task.practice_identities]
    every = [row for row in range(len(one.stimuli)) if row not in kept]
    trained = [row for row in every if one.stimuli[row].identity not in held]
    parts: list[tuple[Phase, list[int]]] = []
    if task.practice:
        parts.append(("practice", _clearest(one, ends, kept or trained, rng)))
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
    infants = sorted({row.identity for row in one.stimuli} - {*one.task.practice_identities})
    many = one.task.training.held_out if one.task.kind == "training" else 0
    first = (number - 1) * many
    lists = len(infants) // gcd(many, len(infants))
    if one.task.swap_keys and lists % 2 == 0:
        first += (number - 1) // lists
    return frozenset(infants[(first + place) % len(infants)] for place in range(many))


def _clearest(one: Session, ends: Ends, rows: Sequence[int], rng: random.Random) -> list[int]:
    """Return practice trials: of each infant the faces nearest to the answers, these in turn.

    Where no face leans to an answer, which only a rating allows, the farthest from the other.
    """
    pools: list[list[int]] = []
    for low, high in (ends[::-1], ends):
        nearest: dict[int, float] = {}
        for who in dict.fromkeys(one.stimuli[row].identity for row in rows):
            own = [row for row in rows if one.stimuli[row].identity == who]
            own = [row for row in own if one.stimuli[row].morph_path in PATHS] or own
            leaning = {row: _leaning(one.stimuli[row], low, high) for row in own}
            nearest |= {row: at for row, at in leaning.items() if at == max(leaning.values())}
        pools.append([row for row, at in nearest.items() if at > 0] or list(nearest))
    for pool in pools:
        rng.shuffle(pool)
    turns = ((pools[place % 2], place // 2) for place in range(one.task.practice))
    return _shuffled([pool[place % len(pool)] for pool, place in turns], rng)


def _leaning(row: Stimulus, low: str, high: str) -> float:
    """Return by how much more a face is of one answer's expression than of the other's."""
    return row.weights.get(high, 0.0) - row.weights.get(low, 0.0)


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
