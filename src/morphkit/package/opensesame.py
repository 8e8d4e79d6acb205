"""OpenSesame: an experiment file that runs the task, with the faces in its file pool.

Knows the format of an ``.osexp``: a compressed tar of a script and a folder ``pool``, which has
no folders in it.  Does not import OpenSesame.  May import `errors`, `study`, the rest of
`package` and the standard library.
"""

from __future__ import annotations

import csv
import gzip
import io
import pprint
import tarfile
from collections.abc import Iterator
from typing import Any

from morphkit.package.notes import numbered
from morphkit.package.papers import TRIALS, form, pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.words import grey, plain_name, script_values, trials_csv
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, cells, columns, stimuli_csv

REFERENCE = (
    "Mathôt, S., Schreij, D., & Theeuwes, J. (2012). OpenSesame: An open-source, graphical "
    "experiment builder for the social sciences. Behavior Research Methods, 44(2), 314–324. "
    "https://doi.org/10.3758/s13428-011-0168-7"
)
EXPERIMENT = "task.osexp"
_VALUES = (
    *("lists", "exposure_ms", "mask_ms", "iti_ms", "answers", "reminder", "instructions"),
    *("start", "pause", "before", "thanks", "feedback"),
)
_LOGGED = (
    *("participant", "subject_nr", "list", "trial", "phase", "block", "fixation_ms"),
    *("response", "response_label", "response_level", "response_time"),
)
_TRAINED = ("boundary_frame", "feedback_label", "feedback_right")
_ABOUT = ("opensesame_version", "canvas_backend", "width", "height")
_BELOW = 64
"""Pixels that the reminder of the keys needs below a face."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Experiment file (.osexp) that runs the task in OpenSesame 4, pictures inside.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
        The pictures are in the experiment's pool and nowhere else: `named_csv` lists them.
    """
    mask = "\n                           mask.png is the mask that follows each face"
    yield from task_papers(
        "opensesame",
        "OpenSesame",
        stimulus_set,
        session,
        [REFERENCE],
        data="subject-*.csv",
        VERSION=stimulus_set.manifest.morphkit.engine.version,
        MASK=mask if session.task.mask_ms else "",
        LISTS=numbered(session),
        TRAINED=_trained(session),
    )
    yield TABLE, named_csv(session).encode()
    pool = {TABLE: stimuli_csv(session.stimuli).encode(), TRIALS: trials_csv(session).encode()}
    for path, data in pictures(stimulus_set, session):
        pool[path.rpartition("/")[2]] = data
    yield EXPERIMENT, _osexp(_script(stimulus_set.manifest, session), pool)


def named_csv(session: Session) -> str:
    """Return the table of the faces, with the names that they have in the pool.

    The column is ``image_name``: an ``image_file`` would be a path in the package.
    """
    names = columns(session.stimuli)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("image_name" if name == "image_file" else name for name in names)
    for row in session.stimuli:
        texts = dict(zip(names, cells(row, names), strict=True))
        texts["image_file"] = texts["image_file"].rpartition("/")[2]
        writer.writerow(texts.values())
    return out.getvalue()


def _script(manifest: Manifest, session: Session) -> str:
    shade = grey(manifest)
    trains = session.task.kind == "training"
    tallest = max(row.height_px for row in session.stimuli)
    widest = max(row.width_px for row in session.stimuli)
    logged = [*_LOGGED, *(_TRAINED if trains else ()), *columns(session.stimuli), *_ABOUT]
    blanks = {
        "NAME": plain_name(manifest),
        "WIDTH": str(max(1024, widest)),
        "HEIGHT": str(max(768, tallest + 2 * _BELOW)),
        "GREY": f"#{shade:02x}{shade:02x}{shade:02x}",
        "INK": "white" if shade < 110 else "black",
        "REPEAT": _trials(session),
        "VALUES": _indented(_values(manifest, session)),
        "MORE": '\trun judge "True"\n\trun feedback "phase == \'training\'"' if trains else "",
        "ITEMS": form("opensesame/training.opensesame", {}) if trains else "",
        "COLUMNS": _indented("\n".join(f'log "{name}"' for name in logged)),
    }
    return form("opensesame/script.opensesame", blanks).replace("\n\n\trun", "\n\trun")


def _values(manifest: Manifest, session: Session) -> str:
    """Return the task as lines of Python, which users read and change."""
    values = {**script_values(session, manifest), "lists": len(session.lists)}
    return "\n".join(f"{name} = {_literal(values[name])}" for name in _VALUES)


def _trials(session: Session) -> str:
    """Return how often the loop runs: a number, which users see, unless lists differ."""
    lengths = {len(trials) for trials in session.lists}
    return str(lengths.pop()) if len(lengths) == 1 else '"{number_of_trials}"'


def _literal(value: Any) -> str:
    return pprint.pformat(value, width=96, sort_dicts=False)


def _indented(text: str) -> str:
    return "\n".join(f"\t{line}" for line in text.split("\n"))


def _osexp(script: str, pool: dict[str, bytes]) -> bytes:
    """Return an experiment file, the same bytes for the same content."""
    out = io.BytesIO()
    with (
        # pictures are compressed already
        gzip.GzipFile("", "wb", compresslevel=0, fileobj=out, mtime=0) as packed,
        tarfile.TarFile(mode="w", fileobj=packed, format=tarfile.USTAR_FORMAT) as archive,
    ):
        members = {"script.opensesame": script.encode()}
        members |= {f"pool/{name}": data for name, data in sorted(pool.items())}
        for name, data in members.items():
            entry = tarfile.TarInfo(name)  # owner, group and time are 0
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def _trained(session: Session) -> str:
    if session.task.kind != "training":
        return ""
    return (
        "\n    boundary_frame      where feedback changes from one answer to the other, in frames"
        "\n    feedback_label      the answer that feedback called right"
        "\n    feedback_right      1 when the participant was told so, else 0"
    )
