"""E-Prime: tab-delimited lists that a List object imports, one for each order.

Knows what a List object looks at (`Weight`, `Nested`, `Procedure`), which attribute names it
takes, and that Windows ends lines its own way.  Written to the documented format; there is
nothing here to load it into.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from morphkit.package.limits import refuse_unable
from morphkit.package.notes import numbered
from morphkit.package.papers import pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.sheets import IMAGE_NAME, facts, list_file, plain_or
from morphkit.package.steps import answers_of, grey_code, key_of, steps
from morphkit.package.words import RIGHT, THIS_WAS, WRONG, reminder
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, stimuli_csv

OWN = ("Weight", "Nested", "Procedure")
"""The columns that a List object itself looks at."""

PROCEDURES = {"start": "ScreenProc", "pause": "ScreenProc", "trial": "TrialProc", "end": "EndProc"}
TRAINING = "TrainingProc"
BREAK = "\\n"
"""A line break in the text of an E-Prime object."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """E-Prime lists (tab-delimited), one for each order, with everything a trial needs.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    refuse_unable(session.task, "eprime")
    manifest = stimulus_set.manifest
    orders = range(1, len(session.lists) + 1)
    keys = "".join(a.key for a in session.answers[0])
    yield from task_papers(
        "eprime",
        "E-Prime (Psychology Software Tools, Pittsburgh, PA)",
        stimulus_set,
        session,
        data="export.txt",
        KEYS=keys,
        LISTS=numbered(session),
        OBJECTS=_objects(session),
        LABELS=", ".join(f"label_{key}" for key in keys),
        GREY=grey_code(manifest),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    yield (
        "orders.txt",
        _table(
            [*OWN, "list_number"],
            ({"Procedure": f"List{n:02d}Proc", "list_number": n} for n in orders),
        ),
    )
    for number in orders:
        rows = list(_rows(session, manifest, number))
        header = list(dict.fromkeys([*OWN, *(name for row in rows for name in row)]))
        yield f"lists/{list_file(number)}.txt", _table(header, rows)
    yield from pictures(stimulus_set, session)


def _table(header: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return a list as E-Prime imports it; no cell is quoted, so none may hold a tab."""
    lines = [list(header)]
    for row in rows:
        cells = {"Weight": 1, **row}
        lines.append([str(cells.get(name, "")) for name in header])
    text = "".join("\t".join(line) + "\r\n" for line in lines)
    return plain_or("utf-16-le", text)


def _rows(session: Session, manifest: Manifest, number: int) -> Iterator[dict[str, object]]:
    known, task = facts(session), session.task
    answers = answers_of(session, number)
    labels = {f"label_{a.key}": a.label for a in answers}
    levels = {f"level_{a.key}": f"{a.level:g}" for a in answers}
    shown = "     ".join(reminder(session, manifest, answers))
    for step in steps(session, manifest, number):
        one = step.trial
        if one is None:
            yield {"Procedure": PROCEDURES[step.kind], "message": (BREAK * 2).join(step.lines)}
            continue
        row = {
            "Procedure": TRAINING if one.phase == "training" else PROCEDURES["trial"],
            "message": "",
            "list_number": number,
            "trial_number": step.place,
            "block_number": one.block,
            "phase": one.phase,
            **{
                "ImageName" if name == IMAGE_NAME else name: v for name, v in known[one.row].items()
            },
            "fixation_ms": one.fixation_ms,
            "exposure_ms": -1 if task.exposure_ms is None else task.exposure_ms,
            "mask_ms": task.mask_ms,
            "iti_ms": task.iti_ms,
            "reminder": shown,
            **labels,
            **levels,
        }
        yield row | (_feedback(session, number, one.feedback) if task.kind == "training" else {})


def _feedback(session: Session, number: int, label: str) -> dict[str, object]:
    said = BREAK + THIS_WAS.format(label=label) if label else ""
    return {
        "feedback_label": label,
        "feedback_key": key_of(session, number, label),
        "said_if_right": RIGHT + said if label else "",
        "said_if_wrong": WRONG + said if label else "",
    }


def _objects(session: Session) -> str:
    """Return the objects of `TrialProc` in words, with the task's times."""
    task = session.task
    brief = task.exposure_ms is not None
    time, ends = ("[exposure_ms]", "Jump, label Answered") if brief else ("(infinite)", "Terminate")
    lines = [
        "Cross   TextDisplay with a +; Duration [fixation_ms].",
        "Face    Slide with a SlideImage (Filename stimuli\\[ImageName], Stretch No) and under",
        f"        it a SlideText [reminder]; Duration {time}, Time Limit (infinite);",
        f"        Keyboard, Allowable as below, End Action {ends}; log RESP and RT.",
    ]
    if task.mask_ms:
        lines += ["Mask    as Face, with mask.png and no input of its own; Duration [mask_ms]."]
    if brief:
        lines += [
            "Wait    Slide with the SlideText [reminder] alone, no input of its own; Duration",
            "        (infinite). The answer to Face ends it, whenever it comes.",
            "Answered  a Label.",
        ]
    lines += ["Word    the InLine below."]
    if task.iti_ms:
        lines += ["Blank   empty TextDisplay; Duration [iti_ms]."]
    if task.kind == "training":
        lines += [
            "TrainingProc has the same objects, Face with Correct [feedback_key], and after Word",
            "Told    FeedbackDisplay; Input Face, Correct [said_if_right], Incorrect",
            f"        [said_if_wrong], Duration {task.training.feedback_ms}.",
        ]
    return "\n     ".join(lines)
