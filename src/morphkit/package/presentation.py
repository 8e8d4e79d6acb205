"""Presentation: a scenario (.sce) with the faces, and a program (.pcl) that plays the lists.

Knows the text of both languages: what is declared in the scenario, arrays, strings, and that
buttons are numbers which the experiment's settings give to keys.  Written to the documented
languages; there is nothing here to load it into.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from morphkit.package.mask import MASK, mask_png
from morphkit.package.papers import form, task_papers
from morphkit.package.session import Answer, Session
from morphkit.package.sheets import facts, image_name, plain_or
from morphkit.package.steps import Step, answers_of, boundary_of, steps
from morphkit.package.words import RIGHT, THIS_WAS, WRONG, grey, plain_name, reminder
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, stimuli_csv

SCENARIO, PROGRAM, FOLDER = "task.sce", "task.pcl", "stimuli"
PHASES = ("practice", "test", "pretest", "training", "posttest")
ROW = 20
"""Numbers of an array on one line."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Presentation scenario (.sce, .pcl) that runs the task, with its images.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    manifest = stimulus_set.manifest
    keys = [a.key.upper() for a in session.answers[0]]
    yield from task_papers(
        "presentation",
        "Presentation (Neurobehavioral Systems, Berkeley, CA)",
        stimulus_set,
        session,
        data=f"*_{plain_name(manifest)}*.txt",
        BUTTONS="\n     ".join(f"{n}  {key}" for n, key in enumerate([*keys, "Space"], start=1)),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    yield SCENARIO, plain_or("utf-8", scenario(session, manifest))
    yield PROGRAM, plain_or("utf-8", program(session, manifest))
    yield from _pictures(stimulus_set, session)


def _pictures(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Yield the faces and the mask in one folder: the stimulus directory of the experiment."""
    for row in session.stimuli:
        yield row.image_file, stimulus_set.read(row.image_file)
    if session.task.mask_ms:
        first = session.stimuli[0]
        yield f"{FOLDER}/{MASK}", mask_png(first.width_px, first.height_px)


def scenario(session: Session, manifest: Manifest) -> str:
    """Return the text of the scenario: everything that is ever on the screen."""
    shade = grey(manifest)
    many = len(session.answers[0])
    answering = ", ".join(str(n) for n in range(1, many + 1))
    height = max(row.height_px for row in session.stimuli)
    low = str(-(height // 2) - 40)
    ink = 255 if shade < 110 else 0
    blanks = {
        "NAME": plain_name(manifest),
        "BUTTONS": str(many + 1),
        "CODES": ", ".join(str(n) for n in range(1, many + 2)),
        "GREY": f"{shade}, {shade}, {shade}",
        "INK": f"{ink}, {ink}, {ink}",
        "FACES": "\n".join(_faces(session)),
        "MASK": f"bitmap {{ filename = {quoted(MASK)}; }} mask;" if session.task.mask_ms else "",
        "ANSWERING": answering,
        "SPACE": str(many + 1),
        "LOW": low,
        "AFTER": "\n".join(_after(session, low)),
    }
    return form(f"presentation/{SCENARIO}", blanks)


def program(session: Session, manifest: Manifest) -> str:
    """Return the text of the program."""
    blanks = {
        **_numbers(session),
        **_trials(session),
        **_known(session),
        **_said(session, manifest),
    }
    return form(f"presentation/{PROGRAM}", blanks)


def _numbers(session: Session) -> dict[str, str]:
    """Return the blanks for what is one number or truth for the whole task."""
    task, training = session.task, session.task.training
    is_up = training.favours == "upper"
    labels = _labels(session)
    return {
        "LISTS": str(len(session.lists)),
        "HALVES": str(len(session.answers)),
        "BUTTONS": str(len(session.answers[0])),
        "ITI": str(task.iti_ms),
        "FEEDBACK_MS": str(training.feedback_ms),
        "IS_TRAINING": str(task.kind == "training").lower(),
        "IS_MEASURED": str(session.measured).lower(),
        "BOUNDARY": str(boundary_of(session) or 0.0),
        "MOVED": str(float(-training.shift_frames if is_up else training.shift_frames)),
        "LOWER": str(labels.index(session.lower.label)),
        "UPPER": str(labels.index(session.upper.label)),
        "FAVOURED": str(labels.index((session.upper if is_up else session.lower).label)),
    }


def _trials(session: Session) -> dict[str, str]:
    """Return the arrays of trials, those of all lists one after another."""
    trials = [one for trials in session.lists for one in trials]
    labels = _labels(session)
    return {
        "FIRSTS": _array("int", "firsts", map(str, _firsts(session))),
        "ROWS": _array("int", "rows", (str(one.row + 1) for one in trials)),
        "PHASES": _array("int", "phases", (str(PHASES.index(one.phase) + 1) for one in trials)),
        "PHASE_NAMES": _array("string", "phase_names", map(quoted, PHASES)),
        "BLOCKS": _array("int", "blocks", (str(one.block) for one in trials)),
        "FIXATIONS": _array("int", "fixations", (str(one.fixation_ms) for one in trials)),
        "TOLD": _array("int", "told", (str(labels.index(one.feedback)) for one in trials)),
    }


def _known(session: Session) -> dict[str, str]:
    """Return the arrays of answers and faces, and the counters of the pretest."""
    known, labels = facts(session), _labels(session)
    halves = range(1, len(session.answers) + 1)
    meant = (str(labels.index(label)) for n in halves for label in _by_button(session, n))
    pairs = [(row.identity, row.continuum) for row in session.stimuli]
    series = {pair: str(n) for n, pair in enumerate(dict.fromkeys(pairs), start=1)}
    zeros = ["0"] * len(known)
    return {
        "LABELS": _array("string", "labels", map(quoted, labels[1:])),
        "LEVELS": _array("string", "levels", (quoted(_level(session, one)) for one in labels[1:])),
        "MEANINGS": _array("int", "meanings", meant),
        "FACTS": _array("string", "facts", (quoted("\t".join(r.values())) for r in known), 1),
        "FRAMES": _array("int", "frames", (str(row.frame) for row in session.stimuli)),
        "SERIES": _array("int", "series", (series[pair] for pair in pairs)),
        "ASKED": _array("int", "asked", zeros),
        "LOWER_ANSWERS": _array("int", "lower_answers", zeros),
        "HEADER": quoted("\t".join(_header(session, list(known[0])))),
    }


def _said(session: Session, manifest: Manifest) -> dict[str, str]:
    """Return the blanks for words."""
    reminders = ("     ".join(reminder(session, manifest, a)) for a in session.answers)
    before, _, after = THIS_WAS.partition("{label}")
    return {
        "FILE": quoted(f"_{plain_name(manifest)}"),
        "SIGNS": quoted("".join(map(chr, range(32, 127)))),
        "REMINDERS": _array("string", "reminders", map(quoted, reminders), 1),
        "STARTS": _array("string", "starts", map(quoted, _starts(session, manifest)), 1),
        "PAUSES": _array("string", "pauses", map(quoted, _pauses(session, manifest)), 1),
        "THANKS": quoted(_text(list(steps(session, manifest, 1))[-1])),
        "RIGHT": quoted(RIGHT),
        "WRONG": quoted(WRONG),
        "BEFORE_LABEL": quoted(before),
        "AFTER_LABEL": quoted(after),
    }


def _labels(session: Session) -> list[str]:
    """Return the answers by their number in the program; 0 is none."""
    return ["", *(a.label for a in session.answers[0])]


def quoted(text: str) -> str:
    """Return a text as both languages read it between quotes."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(sign, sign) for sign in text) + '"'


def _faces(session: Session) -> Iterator[str]:
    """Yield the faces; the first has a name, because a picture needs something to begin with."""
    for place, row in enumerate(session.stimuli):
        file, name = quoted(image_name(row.image_file)), quoted(row.stimulus_id)
        called = "" if place else " first_face"
        yield f"   bitmap {{ filename = {file}; description = {name}; }}{called};"


def _after(session: Session, low: str) -> Iterator[str]:
    """Yield what follows a face that is taken away."""
    task = session.task
    shown: list[tuple[int, str, str]] = []
    if task.mask_ms:
        shown.append((task.exposure_ms or 0, "bitmap mask; x = 0; y = 0; ", "mask"))
    if task.exposure_ms is not None:
        shown.append((task.exposure_ms + task.mask_ms, "", "blank"))
    for time, part, code in shown:
        blanks = {"TIME": str(time), "PART": part, "CODE": code, "LOW": low}
        yield form("presentation/after.sce", blanks).rstrip()


def _array(kind: str, name: str, items: Iterable[str], row: int = ROW) -> str:
    every = list(items)
    lines = (", ".join(every[n : n + row]) for n in range(0, len(every), row))
    joined = ",\n   ".join(lines)
    return f"array<{kind}> {name}[{len(every)}] = {{\n   {joined}\n}};"


def _header(session: Session, names: Iterable[str]) -> Iterator[str]:
    yield from ("participant", "list", "trial", "phase", "block", *names)
    yield from ("button", "response_label", "response_level", "rt_ms")
    if session.task.kind == "training":
        yield from ("boundary_frame", "feedback_label", "feedback_right")


def _firsts(session: Session) -> Iterator[int]:
    """Yield where each list begins among all trials, from 1, and where the last one ends."""
    first = 1
    for trials in session.lists:
        yield first
        first += len(trials)
    yield first


def _level(session: Session, label: str) -> str:
    return next(f"{a.level:g}" for a in session.answers[0] if a.label == label)


def _by_button(session: Session, number: int) -> list[str]:
    """Return what each button means in a list: button n is the n-th key of the first list."""
    by_key: dict[str, Answer] = {a.key: a for a in answers_of(session, number)}
    return [by_key[a.key].label for a in session.answers[0]]


def _starts(session: Session, manifest: Manifest) -> list[str]:
    """Return the first screen, for each half of the lists; one where there is a single list."""
    halves = range(1, len(session.answers) + 1)
    there = len(session.lists)
    return [_text(next(steps(session, manifest, min(n, there)))) for n in halves]


def _pauses(session: Session, manifest: Manifest) -> list[str]:
    """Return what is said before each block; nothing before the first."""
    course = steps(session, manifest, 1)
    return ["", *(_text(step) for step in course if step.kind == "pause")]


def _text(step: Step) -> str:
    return "\n\n".join(step.lines)
