"""Psychtoolbox: a script for MATLAB and Octave, and the faces as a table and as a ``.mat``.

Knows what MATLAB calls things: structs, cells, rows counted from 1, and a file of version 5,
which both programs read.  May import `errors`, `study`, the rest of `package`, and numpy and
scipy where that file is written.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from morphkit.package.papers import form, pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.words import script_values
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, Stimulus, cell_value, columns, stimuli_csv

REFERENCES = (
    "Brainard, D. H. (1997). The Psychophysics Toolbox. Spatial Vision, 10(4), 433–436. "
    "https://doi.org/10.1163/156856897X00357",
    "Kleiner, M., Brainard, D., Pelli, D., Ingling, A., Murray, R., & Broussard, C. (2007). "
    "What's new in Psychtoolbox-3? Perception, 36 (ECVP Abstract Supplement), 14.",
)
SCRIPT, VARIABLES = "run_task.m", "stimuli.mat"
_HEADER = b"MATLAB 5.0 MAT-file, stimuli of morphkit".ljust(116)
_TEXTS = ("intensity_unit",)
"""Optional columns that hold text: an unknown value is no number."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Script (.m), variables (.mat) and table that run the task in MATLAB or Octave.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    program = "MATLAB or Octave with Psychtoolbox 3"
    yield from task_papers(
        "psychtoolbox",
        program,
        stimulus_set,
        session,
        REFERENCES,
        data="data/*.csv",
        TRAINED=_trained(session),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    yield SCRIPT, form(f"psychtoolbox/{SCRIPT}", {}).encode()
    yield VARIABLES, mat(variables(stimulus_set.manifest, session))
    yield from pictures(stimulus_set, session)


def variables(manifest: Manifest, session: Session) -> dict[str, Any]:
    """Return what the script loads: ``stimuli``, ``task`` and ``trials``, as plain values.

    ``stimuli``: one mapping a face; ``trials``: columns, with faces counted from 1.
    """
    values = {**script_values(session, manifest), "lists": len(session.lists)}
    names = columns(session.stimuli)
    rows = [
        (number, place, one)
        for number, trials in enumerate(session.lists, start=1)
        for place, one in enumerate(trials, start=1)
    ]
    return {
        "stimuli": [{name: _value(row, name) for name in names} for row in session.stimuli],
        "task": values,
        "trials": {
            "list": [number for number, _, _ in rows],
            "trial": [place for _, place, _ in rows],
            "phase": [one.phase for _, _, one in rows],
            "block": [one.block for _, _, one in rows],
            "stimulus": [one.row + 1 for _, _, one in rows],
            "fixation_ms": [one.fixation_ms for _, _, one in rows],
            "feedback_label": [one.feedback for _, _, one in rows],
        },
    }


def mat(values: Mapping[str, Any]) -> bytes:
    """Return a MATLAB file of version 5, the same bytes for the same values.

    Mappings become structs, sequences of mappings struct arrays, sequences of numbers columns,
    other sequences columns of cells; None becomes an empty matrix.
    """
    from scipy.io import savemat  # noqa: PLC0415 - packages are made and listed without it

    out = io.BytesIO()
    savemat(out, {name: _matlab(value) for name, value in values.items()}, do_compression=True)
    # the text that a file begins with holds the time and the computer
    return _HEADER + out.getvalue()[len(_HEADER) :]


def _matlab(value: Any) -> Any:
    import numpy  # noqa: PLC0415 - as scipy

    if value is None:
        return numpy.zeros((0, 0))
    if isinstance(value, Mapping):
        return {name: _matlab(part) for name, part in value.items()}
    if isinstance(value, str):
        return value
    if not isinstance(value, Sequence):
        return float(value)
    if value and all(isinstance(part, int | float) for part in value):
        return numpy.array(value, dtype=float).reshape(-1, 1)
    parts = [_matlab(part) for part in value]
    if value and all(isinstance(part, Mapping) for part in value):
        structs = numpy.empty((len(parts), 1), dtype=[(name, object) for name in parts[0]])
        for place, part in enumerate(parts):
            structs[place, 0] = tuple(part.values())
        return structs
    cells = numpy.empty((len(parts), 1), dtype=object)
    for place, part in enumerate(parts):
        cells[place, 0] = part
    return cells


def _value(row: Stimulus, name: str) -> str | float:
    value = cell_value(row, name)
    if value is None:
        return "" if name in _TEXTS else float("nan")
    return value if isinstance(value, str) else float(value)


def _trained(session: Session) -> str:
    if session.task.kind != "training":
        return ""
    return (
        "\n    boundary_frame   where feedback changes from one answer to the other, in frames"
        "\n    feedback_label   the answer that feedback called right"
        "\n    feedback_right   1 when the participant was told so, else 0"
    )
