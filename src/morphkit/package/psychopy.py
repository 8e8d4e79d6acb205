"""PsychoPy: a conditions table and a Builder experiment that runs the task.

Knows the text of a ``.psyexp``: what must be "set every repeat", which names are free, how a
text is quoted in it.  Does not import PsychoPy.  May import `errors`, `study`, the rest of
`package` and XlsxWriter.
"""

from __future__ import annotations

import datetime
import io
import json
import pprint
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from morphkit.package.papers import form, pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.words import grey, plain_name, script_values
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import Stimulus, cell_value, columns, stimuli_csv

REFERENCE = (
    "Peirce, J., Gray, J. R., Simpson, S., MacAskill, M., Höchenberger, R., Sogo, H., "
    "Kastman, E., & Lindeløv, J. K. (2019). PsychoPy2: Experiments in behavior made easy. "
    "Behavior Research Methods, 51(1), 195–203. https://doi.org/10.3758/s13428-018-01193-y"
)
EXPERIMENT = "task.psyexp"
CONDITIONS = "conditions.csv"
WORKBOOK = "conditions.xlsx"
_WRITTEN = datetime.datetime(1980, 1, 1)
"""The date in a workbook, which must have one; the same for all, so that bytes repeat."""
_GAP = " " * 12
"""Between the answers in the reminder of the keys."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Builder experiment (.psyexp) and conditions table that run the task in PsychoPy.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    blanks = {"data": "data/*.csv", "COLUMNS": _columns_note(session)}
    yield from task_papers("psychopy", "PsychoPy", stimulus_set, session, [REFERENCE], **blanks)
    yield CONDITIONS, stimuli_csv(session.stimuli).encode()
    yield WORKBOOK, _workbook(session.stimuli)
    yield EXPERIMENT, _experiment(session, stimulus_set.manifest).encode()
    yield from pictures(stimulus_set, session)


def _workbook(stimuli: Sequence[Stimulus]) -> bytes:
    """Return the conditions as a workbook: texts, numbers and truth values as what they are."""
    data = io.BytesIO()
    names = columns(stimuli)
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.set_properties({"created": _WRITTEN})
        sheet = book.add_worksheet("conditions")
        for column, name in enumerate(names):
            sheet.write_string(0, column, name)
            for row, stimulus in enumerate(stimuli, start=1):
                _write(sheet, row, column, cell_value(stimulus, name))
    return data.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)


def _experiment(session: Session, manifest: Manifest) -> str:
    """Return the Builder experiment: its form, with the routines that the session needs."""
    task, shade = session.task, grey(manifest)
    training = task.kind == "training"
    values = script_values(session, manifest)
    blanks = {
        "NAME": plain_name(manifest),
        "GREY": f"#{shade:02x}{shade:02x}{shade:02x}",
        "INK": "white" if shade < 110 else "black",
        "KEYS": ",".join(repr(key) for key in sorted({a.key for a in session.answers[0]})),
        "EXPOSURE": _seconds(task.exposure_ms),
        "MASK_S": _seconds(task.mask_ms),
        "FEEDBACK_S": _seconds(task.training.feedback_ms),
        "ITI_S": _seconds(task.iti_ms),
        "THANKS": values["thanks"],
        **_scripts(values),
    }
    quoted = {name: escape(value, {'"': "&quot;"}) for name, value in blanks.items()}
    parts = {
        "MASK": _part("mask", quoted) if task.mask_ms else "",
        "FEEDBACK": _part("feedback", quoted) if training else "",
        "BLANK": _part("blank", quoted) if task.iti_ms else "",
        "FEEDBACK_FLOW": '\n    <Routine name="feedback"/>' if training else "",
        "BLANK_FLOW": '\n    <Routine name="blank"/>' if task.iti_ms else "",
    }
    text = form(f"psychopy/{EXPERIMENT}", {**quoted, **parts})
    # a reader of XML makes blanks of the line ends in an attribute, unless they are written so
    return re.sub(r'"[^"]*"', lambda value: value[0].replace("\n", "&#10;"), text)


def _part(name: str, quoted: Mapping[str, str]) -> str:
    return "\n" + form(f"psychopy/{name}.xml", quoted).rstrip()


def _scripts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what the experiment knows of the session, in Python and in JavaScript."""
    told = {
        "instructions": ["\n\n".join([*one, values["start"]]) for one in values["instructions"]],
        "reminder": [_GAP.join(one) for one in values["reminder"]],
        **{name: values[name] for name in ("start", "pause", "before", "answers", "feedback")},
    }
    lists = ",\n".join(
        f"  {json.dumps(one, ensure_ascii=False, separators=(',', ':'))}" for one in values["lists"]
    )
    python = {"TASK": pprint.pformat(told, width=96, sort_dicts=False), "LISTS": lists}
    script = {"TASK": json.dumps(told, ensure_ascii=False, indent=1), "LISTS": lists}
    return {
        "PYTHON": form("psychopy/session.py.txt", python),
        "JAVASCRIPT": form("psychopy/session.js.txt", script),
    }


def _seconds(duration_ms: int | None) -> str:
    """Return a duration as PsychoPy takes it; for one that does not end, ""."""
    return "" if duration_ms is None else f"{duration_ms / 1000:g}"


def _columns_note(session: Session) -> str:
    """Return the lines of ``README.txt`` about columns that only a training has."""
    if session.task.kind != "training":
        return ""
    return (
        "\n    feedback_label   the answer that feedback called right (training only)"
        "\n    feedback_right   1 if that answer was given, else 0"
        "\n    boundary_frame   the place between frames by which feedback went: frames above it\n"
        f"                     counted as {session.upper.label}, below it as {session.lower.label}"
    )
