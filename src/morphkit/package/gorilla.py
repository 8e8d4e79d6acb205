"""Gorilla: spreadsheets that play the lists, for both of its task builders.

Knows the columns that a builder itself looks at (`display` and two for random orders), and that
it keeps files without folders.  Written to the documented format; there is nothing here to load
it into.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterator

from morphkit.package.limits import refuse_unable
from morphkit.package.notes import dealt
from morphkit.package.papers import pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.sheets import facts, list_file, sheet
from morphkit.package.steps import Step, answers_of, grey_code, steps
from morphkit.package.words import THIS_WAS, reminder
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, stimuli_csv

REFERENCE = (
    "Anwyl-Irvine, A. L., Massonnié, J., Flitton, A., Kirkham, N., & Evershed, J. K. (2020). "
    "Gorilla in our midst: An online behavioral experiment builder. Behavior Research Methods, "
    "52(1), 388–407. https://doi.org/10.3758/s13428-019-01237-x"
)
BUILDERS = {
    "task_builder_2": ("Randomise Blocks", "Randomise Trials", "Display"),
    "task_builder_1": ("randomise_blocks", "randomise_trials", "display"),
}
"""Folder → the columns that a builder looks at; the first two stay empty: lists are played."""

DISPLAYS = {"start": "Instructions", "pause": "Pause", "trial": "Trial", "end": "End"}
TRAINING = "Training"


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Gorilla spreadsheets (Task Builder 2 and 1), one for each list, and flat images.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    refuse_unable(session.task, "gorilla")
    manifest = stimulus_set.manifest
    yield from task_papers(
        "gorilla",
        "Gorilla (gorilla.sc)",
        stimulus_set,
        session,
        [REFERENCE],
        data="data_exp_*.csv",
        SCREENS=_screens(session),
        DISPLAYS=_displays(session),
        LISTS=dealt(session, "A Randomiser of Gorilla"),
        GREY=grey_code(manifest),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    for number in range(1, len(session.lists) + 1):
        rows = list(_rows(session, manifest, number))
        free = list(dict.fromkeys(name for row in rows for name in row))
        for folder, own in BUILDERS.items():
            header = [*own, *(name for name in free if name != "display")]
            named = ({own[2] if k == "display" else k: v for k, v in row.items()} for row in rows)
            yield f"{folder}/{list_file(number)}.csv", sheet(header, named)
    yield from pictures(stimulus_set, session)


def _rows(session: Session, manifest: Manifest, number: int) -> Iterator[dict[str, object]]:
    known = facts(session)
    answers = answers_of(session, number)
    keys = {f"key_{place}": a.key for place, a in enumerate(answers, start=1)}
    keys |= {f"label_{place}": a.label for place, a in enumerate(answers, start=1)}
    shown = {"reminder": "   ".join(reminder(session, manifest, answers))}
    for step in steps(session, manifest, number):
        if step.trial is None:
            yield {"display": DISPLAYS[step.kind], "message": " ".join(step.lines)}
            continue
        yield {
            "display": _display(step),
            "message": "",
            "list": number,
            "trial": step.place,
            "phase": step.trial.phase,
            "block": step.trial.block,
            **known[step.trial.row],
            "fixation_ms": step.trial.fixation_ms,
            **shown,
            **keys,
            **_feedback(session, step.trial.feedback),
        }


def _display(step: Step) -> str:
    return TRAINING if step.trial and step.trial.phase == "training" else DISPLAYS[step.kind]


def _feedback(session: Session, label: str) -> dict[str, object]:
    """Return what a training needs; no columns where there is none."""
    if session.task.kind != "training":
        return {}
    text = THIS_WAS.format(label=label) if label else ""
    return {"feedback_label": label, "feedback_text": text}


def _displays(session: Session) -> str:
    names = [*DISPLAYS.values()]
    names[3:3] = [TRAINING] if session.task.kind == "training" else []
    return ", ".join(names)


def _screens(session: Session) -> str:
    """Return the screens of the display `Trial` in words, with the task's times."""
    task = session.task
    lines = [
        "Screen 1: the prefab Fixation; bind the duration of its Fixation Timing to fixation_ms.",
        "Screen 2: an Image in the middle, bound to image_name, at its own size.",
        "  A Markdown Text under it, bound to reminder.",
        "  A Keyboard Response for each answer: bind its key to key_1 and its response to",
        "  label_1, then key_2 and label_2, and so on; on the screen, Advance - Response.",
    ]
    if task.exposure_ms is None:
        lines += ["  The face stays until the answer."]
    else:
        lines += [
            f"  Give the image a Trigger - Visible that hides it {task.exposure_ms} ms after the",
            "  screen began. Answers are taken from the first millisecond.",
        ]
    if task.mask_ms:
        lines += [
            "  A second Image at the same place, mask.png, with a Trigger - Visible that shows",
            f"  it after {task.exposure_ms} ms and hides it {task.mask_ms} ms later.",
        ]
    if task.kind == "training":
        lines += [
            "In the display Training, a copy of Trial: on screen 2 a Scorer, its correct answer",
            "  bound to feedback_label; then a screen with a Feedback, which says whether it was",
            "  right, a Markdown Text bound to feedback_text, and Advance - Time Limit of",
            f"  {task.training.feedback_ms} ms.",
        ]
    if task.iti_ms:
        lines += [f"Last screen: empty, with Advance - Time Limit of {task.iti_ms} ms."]
    return "\n     ".join(lines)
