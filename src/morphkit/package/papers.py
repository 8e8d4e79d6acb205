"""What a package that runs a task carries besides the files of its front end.

Knows which papers these are and how a form becomes a text.  Knows no front end.  May import
`study` and the rest of `package`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from morphkit.package.design import FIXATION, part_shown, presentation, sources
from morphkit.package.documents import CITATION, METHODS, citation, methods
from morphkit.package.mask import MASK, mask_png
from morphkit.package.notes import fit_task, length_note, lists_note
from morphkit.package.session import Session
from morphkit.package.words import (
    ends,
    plain_name,
    response_map_json,
    task_json,
    trials_csv,
)
from morphkit.study.manifest import StimulusSet

README, RESPONSE_MAP, TASK, TRIALS = "README.txt", "response_map.json", "task.json", "trials.csv"


def form(path: str, blanks: Mapping[str, str]) -> str:
    """Return a form with its blanks filled: names in capitals between two ``@``.

    Parameters
    ----------
    path : str
        In the folder ``forms``, with forward slashes.
    blanks : mapping of str to str
        Name of a blank -> its text; every blank of the form must be among them, but PAPERS,
        which stands for the form ``papers.txt``: what every package holds.
    """
    text = _form(path).replace("@PAPERS@", _form("papers.txt").rstrip())
    return re.sub(r"@([A-Z_]+)@", lambda blank: blanks[blank[1]], text)


def _form(path: str) -> str:
    return (resources.files("morphkit.package") / "forms" / path).read_text(encoding="utf-8")


def task_papers(
    folder: str,
    program: str,
    stimulus_set: StimulusSet,
    session: Session,
    references: Sequence[str] = (),
    *,
    data: str,
    before: str = FIXATION,
    **blanks: str,
) -> Iterator[tuple[str, bytes]]:
    """Yield README, methods, citation, response map, task and trials of a package.

    Parameters
    ----------
    folder : str
        Of the front end in ``forms``; its ``README.txt`` is filled.
    program : str
        As the methods name it: "The task ran in …".
    stimulus_set : StimulusSet
    session : Session
    references : sequence of str
        Of the front end.
    data : str
        What it writes, as a shell names the files of all participants.
    before : str
        What it shows before a face; "" when it knows no times and no keys.
    **blanks : str
        More blanks of the ``README.txt``.
    """
    manifest = stimulus_set.manifest
    part = part_shown(session, stimulus_set.stimuli)
    shown = f"{part} {presentation(program, session, manifest, before)}".strip()
    references = (*references, *sources(session))
    yield README, readme(folder, stimulus_set, session, data, **blanks).encode()
    yield METHODS, methods(stimulus_set, shown, references).encode()
    yield CITATION, citation(stimulus_set, references).encode()
    yield RESPONSE_MAP, response_map_json(session).encode()
    yield TASK, task_json(session).encode()
    yield TRIALS, trials_csv(session).encode()


def pictures(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Yield the faces that a session shows, and its mask if it has one, under `image_file`."""
    for row in session.stimuli:
        yield row.image_file, stimulus_set.read(row.image_file)
    if session.task.mask_ms:
        yield MASK, mask_png(session.stimuli[0].width_px, session.stimuli[0].height_px)


def readme(folder: str, stimulus_set: StimulusSet, session: Session, data: str, **more: str) -> str:
    """Return ``README.txt``: what to open, how to run it, where the data go.

    The blanks of every form: NAME, COUNT, ANSWERS, LISTS, LENGTH, FIT, and COMMON, the
    list of the papers.
    """
    manifest = stimulus_set.manifest
    low, high = ends(manifest)
    answers = [f"{a.key.upper()}  {a.label} (level {a.level:g})" for a in session.answers[0]]
    if session.asks == "rating":
        first, last = session.answers[0][0].key, session.answers[0][-1].key
        answers = [f"a number from {first} ({low}) to {last} ({high})"]
    mask = "\n  mask.png                 the mask that follows each face"
    blanks = {
        "NAME": plain_name(manifest),
        "COUNT": str(len(session.stimuli)),
        "ANSWERS": "\n  ".join(answers),
        "LISTS": lists_note(session),
        "LENGTH": length_note(session),
        "FIT": fit_task(session, manifest, data),
        "COMMON": form(
            "common.txt",
            {
                "VERSION": manifest.morphkit.engine.version,
                "MASK": mask if session.task.mask_ms else "",
            },
        ).rstrip(),
        **more,
    }
    return form(f"{folder}/README.txt", blanks)
