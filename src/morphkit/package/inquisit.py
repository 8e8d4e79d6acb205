"""Inquisit: a script that plays the lists, and the images beside it.

Knows the text of an ``.iqx`` script: elements, item sets, lists, expressions and escapes.  Written
to the documented language; there is nothing here to load it into.  May import `study` and the
rest of `package`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from morphkit.package.limits import refuse_unable
from morphkit.package.notes import numbered
from morphkit.package.papers import form, pictures, task_papers
from morphkit.package.session import Session, Trial
from morphkit.package.sheets import list_file, plain_or
from morphkit.package.steps import Step, boundary_of, steps
from morphkit.package.words import RIGHT, THIS_WAS, WRONG, grey, reminder
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, cells, columns, stimuli_csv

SCRIPT = "task.iqx"
ROW = 12
"""Items of a list on one line."""

Block = tuple[int, str, int]
"""Place in the session, phase, and how many trials."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Inquisit script (.iqx) that runs the task, with its images.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    refuse_unable(session.task, "inquisit")
    yield from task_papers(
        "inquisit",
        "Inquisit (Millisecond Software)",
        stimulus_set,
        session,
        data="data/*.iqdat",
        LISTS=numbered(session),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    yield SCRIPT, plain_or("utf-8", script(session, stimulus_set.manifest))
    yield from pictures(stimulus_set, session)


def script(session: Session, manifest: Manifest) -> str:
    """Return the text of the script."""
    task, shade = session.task, grey(manifest)
    keys = [a.key for a in session.answers[0]]
    names = columns(session.stimuli)
    recall = ";\n  ".join(f"values.{n} = list.{n}.nextvalue" for n in names)
    coming = _part("next", ITI=str(task.iti_ms), RECALL=recall)
    has_cross = _has_cross(session)
    blanks = {
        "GREY": f"({shade}, {shade}, {shade})",
        "INK": "(255, 255, 255)" if shade < 110 else "(0, 0, 0)",
        "VALUES": "\n".join(f'/ {name} = ""' for name in names),
        "FACES": _numbered(row.image_file for row in session.stimuli),
        "SIZE": _size(session),
        "MASK": _part("mask", SIZE=_size(session)) if task.mask_ms else "",
        "REMINDERS": _texts("     ".join(reminder(session, manifest, a)) for a in session.answers),
        "LISTS": _lists(session, names),
        "CROSS": _part("cross", NEXT=coming) if has_cross else "",
        "FIRST": "" if has_cross else coming,
        "TIMES": _times(session),
        "KEYS": ", ".join(map(quoted, keys)),
        "FIRST_KEY": quoted(keys[0]),
        "PRESSED": _pressed(keys),
        "ANSWERS": str(len(keys)),
        "JUDGE": _judge(session),
        "TOLD": _told(session),
        "SCREENS": "\n\n".join(_screens(session, manifest)),
        "BLOCKS": "\n\n".join(_blocks(session)),
        "COLUMNS": _columns(session, names),
    }
    return "\n".join(_tidy(form(f"inquisit/{SCRIPT}", blanks).splitlines())) + "\n"


def _tidy(lines: Iterable[str]) -> Iterator[str]:
    """Leave empty lines between elements, one at a time, and none in an element."""
    inside, before = False, ""
    for line in lines:
        if line.startswith("<"):
            inside = not line.startswith("</")
        if line or (before and not inside):
            before = line
            yield line


def _part(name: str, **blanks: str) -> str:
    return form(f"inquisit/{name}.iqx", blanks).rstrip()


def _has_cross(session: Session) -> bool:
    return any(trial.fixation_ms for trials in session.lists for trial in trials)


def _is_told(session: Session) -> bool:
    return session.task.kind == "training" and session.task.training.feedback_ms > 0


def quoted(text: str) -> str:
    """Return a text as Inquisit reads it between quotes."""
    escaped = text.replace("~", "~~").replace('"', '~"').replace("\n", "~n")
    return f'"{escaped}"'


def _numbered(texts: Iterable[str]) -> str:
    return "\n".join(f"/ {n} = {quoted(text)}" for n, text in enumerate(texts, start=1))


def _texts(texts: Iterable[str]) -> str:
    return ", ".join(map(quoted, texts))


def _size(session: Session) -> str:
    """Return the size in pixels, if the faces have one; else each has its own."""
    sizes = {(row.width_px, row.height_px) for row in session.stimuli}
    if len(sizes) > 1:
        return ""
    width, height = sizes.pop()
    return f"/ size = ({width}px, {height}px)"


def _list(name: str, at: str, items: Iterable[str]) -> str:
    """Return a list whose next value is the item that a value of the script counts."""
    every = list(items)
    lines = (", ".join(every[n : n + ROW]) for n in range(0, len(every), ROW))
    separated = ",\n  ".join(lines)
    return _part("items", NAME=name, ITEMS=separated, AT=at)


def _lists(session: Session, names: Sequence[str]) -> str:
    """Return what is known of each face, and each trial, as lists that are looked up."""
    table = [dict(zip(names, cells(row, names), strict=True)) for row in session.stimuli]
    trials = [one for trials in session.lists for one in trials]
    answers = [a for one in session.answers for a in one]
    return "\n\n".join(
        [
            *(_list(name, "row", (quoted(row[name]) for row in table)) for name in names),
            _list("rows", "at", (str(one.row + 1) for one in trials)),
            _list("phases", "at", (quoted(one.phase) for one in trials)),
            _list("blocks", "at", (str(one.block) for one in trials)),
            _list("fixations", "at", (str(one.fixation_ms) for one in trials)),
            _list("feedbacks", "at", (quoted(one.feedback) for one in trials)),
            _list("answer_labels", "answer", (quoted(a.label) for a in answers)),
            _list("answer_levels", "answer", (f"{a.level:.6g}" for a in answers)),
        ]
    )


def _times(session: Session) -> str:
    """Return what is on the screen from the onset of a face, in milliseconds."""
    task = session.task
    shown = ["0 = face_picture, reminder_text"]
    if task.exposure_ms is not None:
        gone = task.exposure_ms
        if task.mask_ms:
            shown.append(f"{gone} = clearscreen, mask_picture, reminder_text")
            gone += task.mask_ms
        shown.append(f"{gone} = clearscreen, reminder_text")
    return "; ".join(shown)


def _pressed(keys: Sequence[str]) -> str:
    """Return the lines that find which key was pressed, counted from 1."""
    if len(keys) == 2:  # correct is the first one, by the trial's correctresponse
        return "if (trial.face.correct == 1) values.pressed = 1 else values.pressed = 2"
    lines = []
    for number, key in enumerate(keys, start=1):
        same = dict.fromkeys([key, key.upper()])  # a letter may come back in either case
        test = " || ".join(f'trial.face.responsetext == "{one}"' for one in same)
        lines.append(f"if ({test}) values.pressed = {number}")
    return ";\n  ".join(lines)


def _judge(session: Session) -> str:
    boundary = boundary_of(session)
    if boundary is None:
        return ""
    return _part("judge", BOUNDARY=f"{boundary:g}", RIGHT=quoted(RIGHT), WRONG=quoted(WRONG))


def _told(session: Session) -> str:
    if not _is_told(session):
        return ""
    says = THIS_WAS.format(label="<% values.feedback_label %>")
    time = str(session.task.training.feedback_ms)
    return _part("told", SAYS=quoted(f"<% values.verdict %>\n\n{says}"), FEEDBACK_MS=time)


def _columns(session: Session, names: Sequence[str]) -> str:
    trained = ("boundary_frame", "feedback_label", "feedback_right")
    own = [
        *("list", "trial", "phase", "block", *names, "response_label", "response_level"),
        *(trained if session.task.kind == "training" else ()),
    ]
    return ",\n  ".join(
        ["date, time, subject, blockcode, trialcode"]
        + [f"values.{name}" for name in own]
        + ["responsetext, response, latency"]
    )


def _screen(name: str, texts: Iterable[str]) -> str:
    return _part("screen", NAME=name, TEXTS=_texts(texts))


def _screens(session: Session, manifest: Manifest) -> Iterator[str]:
    """Yield the screens of text; where keys are exchanged, the first has a text for each half."""
    halves = range(1, min(len(session.answers), len(session.lists)) + 1)
    start = [_text(next(steps(session, manifest, number))) for number in halves]
    yield _screen("start", start)
    course = list(steps(session, manifest, 1))
    pauses = (step for step in course if step.kind == "pause")
    for block, step in enumerate(pauses, start=2):
        yield _screen(f"before_{block}", [_text(step)] * len(start))
    yield _screen("end", [_text(course[-1])] * len(start))


def _text(step: Step) -> str:
    return "\n\n".join(step.lines)


def _shape(trials: Sequence[Trial]) -> list[Block]:
    """Return the blocks of a list."""
    groups = groupby(trials, key=lambda one: (one.block, one.phase))
    return [(block, phase, len(list(those))) for (block, phase), those in groups]


def _blocks(session: Session) -> Iterator[str]:
    """Yield the blocks that the lists share, and an experiment for each list."""
    shapes = [_shape(trials) for trials in session.lists]
    for block in sorted({one for shape in shapes for one in shape}):
        yield _block(session, block)
    yield "<block finish>\n/ trials = [1 = end]\n</block>"
    offset, many = 0, len(session.lists)
    for number, shape in enumerate(shapes, start=1):
        blocks = [f"begin_{list_file(number)}", *map(_name, shape), "finish"]
        yield _part(
            "list",
            LIST=list_file(number),
            NUMBER=str(number),
            OFFSET=str(offset),
            KEYS=str((number - 1) % len(session.answers) + 1),
            SUBJECTS=f"/ subjects = ({number} of {many})" if many > 1 else "",
            BLOCKS="; ".join(f"{n} = {name}" for n, name in enumerate(blocks, start=1)),
        )
        offset += sum(count for _, _, count in shape)


def _name(block: Block) -> str:
    return f"block_{block[0]}_{block[1]}_{block[2]}"


def _block(session: Session, block: Block) -> str:
    place, phase, count = block
    told = ["told"] if phase == "training" and _is_told(session) else []
    parts = [*(["cross"] if _has_cross(session) else []), "face", *told]
    first = [] if place == 1 else [f"1 = before_{place}"]
    begin = len(first) + 1
    end = begin + count * len(parts) - 1
    trials = "; ".join([*first, f"{begin}-{end} = sequence({', '.join(parts)})"])
    return f"<block {_name(block)}>\n/ trials = [{trials}]\n</block>"
