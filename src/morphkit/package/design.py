"""The design: what ``methods.txt`` says of the task, and whose it is.

Knows sessions and English; no front end.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Sequence

from morphkit.package.session import Session
from morphkit.package.words import ends
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


def sources(session: Session) -> tuple[str, ...]:
    """Return where the design of a preset was published; nothing for a task of one's own."""
    return BRISTOL if (session.task.preset or "").startswith("bristol") else ()


def part_shown(session: Session, stimuli: Sequence[Stimulus]) -> str:
    """Return which faces of a set a task shows, for ``methods.txt``; "" when it shows all."""
    many = len(session.stimuli)
    if many == len(stimuli):
        return ""
    continua = list(dict.fromkeys(row.continuum for row in session.stimuli))
    infants = list(dict.fromkeys(row.identity for row in session.stimuli))
    return (
        f"Of the {len(stimuli)} images, the task showed {many} "
        f"({'continuum' if len(continua) == 1 else 'continua'} {', '.join(continua)}; "
        f"{'identity' if len(infants) == 1 else 'identities'} {', '.join(infants)})."
    )


def presentation(program: str, session: Session, manifest: Manifest) -> str:
    """Return how the faces were shown, for ``methods.txt``."""
    task, shown = session.task, session.answers[0]
    low, high = ends(manifest)
    keys = ", ".join(f"{a.label}: key {a.key.upper()}" for a in shown)
    answer = f"the answer ({keys})"
    if session.asks == "rating":
        answer = f"a rating from {shown[0].key} ({low}) to {shown[-1].key} ({high})"
    if task.swap_keys:
        answer += ", keys exchanged for every second list"
    fixation = task.fixation_ms
    cross = f"{fixation} ms" if isinstance(fixation, int) else f"{fixation[0]} to {fixation[1]} ms"
    face = f"the face then stayed on the screen until {answer}"
    if task.exposure_ms is not None:
        mask = f", followed by a mask of noise for {task.mask_ms} ms" if task.mask_ms else ""
        face = f"the face was shown for {task.exposure_ms} ms{mask}, then the screen waited for "
        face += answer
    blank = f" and a blank of {task.iti_ms} ms" if task.iti_ms else ""
    return " ".join(
        part
        for part in (
            f"The task ran in {program}.",
            "Its design was based on Penton-Voak et al. (2012) and Adams et al. (2013)."
            if sources(session)
            else "",
            f"Each trial began with a fixation cross of {cross}; {face}{blank}.",
            *_design(session),
        )
        if part
    )


def _design(session: Session) -> list[str]:
    task = session.task
    many = sum(row.identity not in task.practice_identities for row in session.stimuli)
    times = "once" if task.repeats == 1 else f"{task.repeats} times"
    practice = f"After {_count(task.practice, 'practice trial')}{_others(task)}, "
    practice = practice if task.practice else ""
    said = f"{practice}{'e' if practice else 'E'}ach of {many} faces was shown {times}"
    orders = (
        f"in one of {task.lists} random orders" if task.lists > 1 else "in the same random order"
    )
    lists = f"drawn beforehand (seed {task.seed})"
    if task.kind != "training":
        return [f"{said}, {orders} {lists}."]
    training = task.training
    per_block = sum(trial.block == _first_training(session) for trial in session.lists[0])
    rule = (
        "the observer's own balance point for that infant in this test"
        if training.boundary == "measured"
        else f"a place between frames, {training.boundary:g}"
    )
    favoured = session.upper if training.favours == "upper" else session.lower
    moved = (
        f"moved by {_count(training.shift_frames, 'frame')} so that more of them counted as "
        f"{favoured.label}"
        if training.shift_frames
        else "not moved (a control condition)"
    )
    out = [
        f"{said}, {orders} {lists}. {_blocks(training.blocks)} of {per_block} trials "
        f"followed; after each answer feedback was shown for {training.feedback_ms} ms. Feedback "
        f"went by {rule}, {moved}."
    ]
    if training.held_out:
        who = (
            "One infant, another"
            if training.held_out == 1
            else f"{training.held_out} infants, others"
        )
        out.append(f"{who} in each list, had no training.")
    if training.post_test:
        out.append("The test was then repeated in another order.")
    return out


def _first_training(session: Session) -> int:
    return next(trial.block for trial in session.lists[0] if trial.phase == "training")


def _blocks(count: int) -> str:
    return "One training block" if count == 1 else f"{count} training blocks"


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"


def _others(task: Task) -> str:
    """Return who is shown in practice, where these are shown nowhere else."""
    who = ", ".join(task.practice_identities)
    return f" with infants who were shown nowhere else ({who})" if who else ""
