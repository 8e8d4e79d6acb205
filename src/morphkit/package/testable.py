"""Testable: a trial file with all lists, one row a trial.

Knows the columns that Testable looks at; it keeps any other in the results.  Written to the
documented format; there is nothing here to load it into.  May import `study` and the rest of
`package`.
"""

from __future__ import annotations

from collections.abc import Iterator

from morphkit.package.limits import refuse_unable
from morphkit.package.notes import dealt, fit_keys
from morphkit.package.papers import pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.sheets import IMAGE_NAME, facts, sheet
from morphkit.package.steps import answers_of, grey_code, steps
from morphkit.package.words import PAUSE, START, reminder
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, stimuli_csv

REFERENCE = (
    "Rezlescu, C., Danaila, I., Miron, A., & Amariei, C. (2020). More time for science: Using "
    "Testable to create and share behavioral experiments faster, recruit better participants, "
    "and engage students in hands-on research. Progress in Brain Research, 253, 243–262. "
    "https://doi.org/10.1016/bs.pbr.2020.06.005"
)
OWN = (
    *("subjectGroup", "type", "trialText", "stim1", "keyboard", "ITI", "presTime"),
    "button1",
)
"""Columns that Testable looks at."""


def export(stimulus_set: StimulusSet, session: Session) -> Iterator[tuple[str, bytes]]:
    """Testable trial file with all lists as groups of participants, and flat images.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session

    Yields
    ------
    (str, bytes)
    """
    refuse_unable(session.task, "testable")
    manifest = stimulus_set.manifest
    yield from task_papers(
        "testable",
        "Testable (testable.org)",
        stimulus_set,
        session,
        [REFERENCE],
        data=f"results*.csv{fit_keys(session)}",
        before="a blank",
        GROUPS=str(len(session.lists)),
        LISTS=dealt(session, "Testable"),
        GREY=grey_code(manifest),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    rows = [
        row
        for number in range(1, len(session.lists) + 1)
        for row in _rows(session, manifest, number)
    ]
    free = dict.fromkeys(name for row in rows for name in row if name not in OWN)
    yield "trial_file.csv", sheet([*OWN, *free], rows)
    yield from pictures(stimulus_set, session)


def _rows(session: Session, manifest: Manifest, number: int) -> Iterator[dict[str, object]]:
    known, task = facts(session), session.task
    answers = answers_of(session, number)
    shown = "     ".join(reminder(session, manifest, answers))
    labels = {f"label_{a.key}": a.label for a in answers}
    for step in steps(session, manifest, number):
        one = step.trial
        if one is None:  # left with a button, so nothing is said of the space bar
            said = (line for line in step.lines if line != START)
            text = " ".join(said).replace(PAUSE, PAUSE.partition(".")[0] + ".")
            yield {
                "subjectGroup": number,
                "type": "instructions",
                "trialText": text,
                "button1": "Next",
            }
            continue
        yield {
            "subjectGroup": number,
            "type": "test",
            "trialText": shown,
            "stim1": known[one.row][IMAGE_NAME],
            "keyboard": " ".join(a.key for a in answers),
            "ITI": one.fixation_ms + task.iti_ms,
            "presTime": "" if task.exposure_ms is None else task.exposure_ms,
            "list": number,
            "trial": step.place,
            "phase": one.phase,
            "block": one.block,
            **known[one.row],
            "fixation_ms": one.fixation_ms,
            **labels,
        }
