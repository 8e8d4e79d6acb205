"""The design: what ``methods.txt`` says of the task, and whose it is.

Knows sessions and English; no front end.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from morphkit.package.session import Session, Trial
from morphkit.package.words import ends, listed
from morphkit.study.levels import MorphPath
from morphkit.study.manifest import Manifest
from morphkit.study.table import Stimulus
from morphkit.study.task import Task

BRISTOL = (
    "Penton-Voak, I. S., Bate, H., Lewis, G., & Munafò, M. R. (2012). Effects of emotion "
    "perception training on mood in undergraduate students: Randomised controlled trial. The "
    "British Journal of Psychiatry, 201(1), 71–72. https://doi.org/10.1192/bjp.bp.111.107086",
    "Adams, S., Penton-Voak, I. S., Harmer, C. J., Holmes, E. A., & Munafò, M. R. (2013). "
    "Effects of emotion recognition training on mood among individuals with high levels of "
    "depressive symptoms: Study protocol for a randomised controlled trial. Trials, 14, 161. "
    "https://doi.org/10.1186/1745-6215-14-161",
)
"""Where the presets that bear the name were published."""

FIXATION = "a fixation cross"


def sources(session: Session) -> tuple[str, ...]:
    """Return where the design of a preset was published; nothing for a task of one's own."""
    return BRISTOL if (session.task.preset or "").startswith("bristol") else ()


def part_shown(session: Session, stimuli: Sequence[Stimulus]) -> str:
    """Return which faces of a set a task shows, for ``methods.txt``; "" when it shows all."""
    many = len(session.stimuli)
    if many == len(stimuli):
        return ""
    names = list(dict.fromkeys(row.continuum for row in session.stimuli))
    infants = list(dict.fromkeys(row.identity for row in session.stimuli))
    are_continua = all(row.morph_path in get_args(MorphPath) for row in session.stimuli)
    kind = ("continuum" if len(names) == 1 else "continua") if are_continua else "series"
    return (
        f"Of the {len(stimuli)} images, the task showed {many} "
        f"({kind} {', '.join(names)}; "
        f"{'identity' if len(infants) == 1 else 'identities'} {', '.join(infants)})."
    )


def presentation(program: str, session: Session, manifest: Manifest, before: str = FIXATION) -> str:
    """Return how the faces were shown, for ``methods.txt``.

    Parameters
    ----------
    program : str
    session : Session
    manifest : Manifest
    before : str
        What the front end shows before a face; "" for one that knows no times and no keys.
    """
    parts = (
        f"The task ran in {program}.",
        "Its design was based on Penton-Voak et al. (2012) and Adams et al. (2013)."
        if sources(session)
        else "",
        _trial(session, manifest, before),
        "In every second list the keys were exchanged."
        if session.task.swap_keys and len(session.lists) > 1
        else "",
        _test(session),
        _pauses(session) if before else "",
        *(_training(session) if session.task.kind == "training" else ()),
    )
    return " ".join(part for part in parts if part)


def _trial(session: Session, manifest: Manifest, before: str) -> str:
    task, fixation = session.task, session.task.fixation_ms
    cross = f"{fixation} ms" if isinstance(fixation, int) else f"{fixation[0]} to {fixation[1]} ms"
    face = f"stayed on the screen until {_answer(session, manifest, bool(before), 'it')}"
    if task.exposure_ms is not None:
        mask = f", followed by a mask of noise for {task.mask_ms} ms" if task.mask_ms else ""
        face = f"was shown for {task.exposure_ms} ms{mask}; the screen then waited until "
        face += _answer(session, manifest, bool(before), "the face")
    blank = f", and a blank of {task.iti_ms} ms followed" if before and task.iti_ms else ""
    if not before or not fixation:
        return f"Each face {face}{blank}."
    return f"Each trial began with {before} of {cross}, after which the face {face}{blank}."


def _answer(session: Session, manifest: Manifest, by_key: bool, face: str) -> str:
    """Return what ends a trial."""
    shown = session.answers[0]
    low, high = ends(manifest)
    if session.asks == "rating":
        return f"{face} was rated from {shown[0].key} ({low}) to {shown[-1].key} ({high})"
    if not by_key:
        return f"the answer was given ({listed([one.label for one in shown], 'or')})"
    keys = ", ".join(f"{one.label}: key {one.key.upper()}" for one in shown)
    return f"the answer was given ({keys})"


def _test(session: Session) -> str:
    task = session.task
    many = sum(row.identity not in task.practice_identities for row in session.stimuli)
    times = "once" if task.repeats == 1 else f"{task.repeats} times"
    start = "Each"
    if task.practice:
        start = f"After {_count(task.practice, 'practice trial')}{_others(task)}, each"
    order = "one random order, the same for everybody,"
    if task.lists > 1:
        order = f"one of {task.lists} random orders"
    return (
        f"{start} of {many} faces was shown {times}, in {order} drawn beforehand "
        f"(seed {task.seed})."
    )


def _pauses(session: Session) -> str:
    """Return into how many blocks a test was cut; "" for one."""
    tests = {trial.block for trial in session.lists[0] if trial.phase in ("test", "pretest")}
    return f"The test had {len(tests)} blocks with pauses between them." if len(tests) > 1 else ""


def _training(session: Session) -> Iterator[str]:
    training = session.task.training
    sizes = sorted({_block_size(trials) for trials in session.lists})
    size = " to ".join(map(str, dict.fromkeys((sizes[0], sizes[-1]))))
    blocks = "one block" if training.blocks == 1 else f"{training.blocks} blocks"
    yield (
        f"Training followed: {blocks} of {size} trials, in which feedback was shown for "
        f"{training.feedback_ms} ms after each answer."
    )
    yield _feedback(session)
    if training.held_out:
        yield _held_out(session)
    if training.post_test:
        yield "The test was then repeated in another order."


def _block_size(trials: Sequence[Trial]) -> int:
    """Return how many trials a block of training has; in one list all have the same."""
    blocks = [trial.block for trial in trials if trial.phase == "training"]
    return blocks.count(blocks[0])


def _feedback(session: Session) -> str:
    """Return by which rule feedback called a face what; a frame on the boundary is favoured."""
    training, lower, upper = session.task.training, session.lower.label, session.upper.label
    is_up = training.favours == "upper"
    several = len({row.continuum for row in session.stimuli}) > 1
    place = (
        f"the observer's own balance point for that infant{' and continuum' if several else ''} in "
        f"this test (in frames: 0.5 plus the sum over frames of the share of {lower} answers)"
        if session.measured
        else f"frame {training.boundary:g}"
    )
    moved = (
        f"moved by {_count(training.shift_frames, 'frame')} so that more frames counted as "
        f"{upper if is_up else lower}"
        if training.shift_frames
        else "not moved (a control condition)"
    )
    where = "at or above" if is_up else "above"
    return (
        f"Feedback called a face {upper} when its frame lay {where} a boundary, else {lower}; the "
        + (f"boundary was {place}, {moved}.")
    )


def _held_out(session: Session) -> str:
    """Return who was not trained: all in turn, as far as the lists go."""
    apart = session.task.practice_identities
    tested = dict.fromkeys(row.identity for row in session.stimuli if row.identity not in apart)
    trained = [
        {session.stimuli[trial.row].identity for trial in trials if trial.phase == "training"}
        for trials in session.lists
    ]
    many, lists = session.task.training.held_out, len(trained)
    if lists == 1:
        names = [who for who in tested if who not in trained[0]]
        return f"Of the infants, {listed(names, 'and')} {_were(many)} tested but not trained."
    often = [sum(who not in those for those in trained) for who in tested]
    fewest, most = min(often), max(often)
    times = (
        f"{fewest} {'or' if most == fewest + 1 else 'to'} {most}" if fewest else f"at most {most}"
    )
    times = f"{most}" if fewest == most else times
    who = "one infant" if many == 1 else f"{many} infants"
    return (
        f"In each list {who} {_were(many)} tested but not trained; the infants took turns, each "
        f"in {times} of the {lists} lists."
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"


def _others(task: Task) -> str:
    """Return who is shown in practice, where these are shown nowhere else."""
    who = ", ".join(task.practice_identities)
    return f" with infants who were shown nowhere else ({who})" if who else ""
