"""PsychoPy: a conditions table and a Builder experiment that runs the task.

Knows the text of a ``.psyexp``: what must be "set every repeat", which names are free, how a
text is quoted in it.  Does not import PsychoPy.  May import `errors`, `study` and the rest of
`package`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from morphkit.package.papers import form
from morphkit.package.words import grey, instructions, plain_name
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import stimuli_csv

REFERENCE = (
    "Peirce, J., Gray, J. R., Simpson, S., MacAskill, M., Höchenberger, R., Sogo, H., "
    "Kastman, E., & Lindeløv, J. K. (2019). PsychoPy2: Experiments in behavior made easy. "
    "Behavior Research Methods, 51(1), 195–203. https://doi.org/10.3758/s13428-018-01193-y"
)
EXPERIMENT = "task.psyexp"
CONDITIONS = "conditions.csv"


def export(stimulus_set: StimulusSet) -> Iterator[tuple[str, bytes]]:
    """Builder experiment (.psyexp) and conditions table that run the task in PsychoPy.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.

    Yields
    ------
    (str, bytes)
    """
    answers = responses(stimulus_set.manifest)
    shown = presentation("PsychoPy", answers)
    yield "README.txt", readme("psychopy", stimulus_set, answers).encode()
    yield METHODS, methods(stimulus_set, shown, [REFERENCE]).encode()
    yield "response_map.json", response_map_json(answers).encode()
    yield CONDITIONS, stimuli_csv(stimulus_set.stimuli).encode()
    yield EXPERIMENT, _experiment(stimulus_set.manifest, answers).encode()
    for row in stimulus_set.stimuli:
        yield row.image_file, stimulus_set.read(row.image_file)


def _experiment(manifest: Manifest, answers: Sequence[Response]) -> str:
    labels = {a.key: a.label for a in answers}
    levels = {a.key: a.level for a in answers}
    shade = grey(manifest)
    values = {
        "NAME": plain_name(manifest),
        "GREY": f"#{shade:02x}{shade:02x}{shade:02x}",
        "INK": "white" if shade < 110 else "black",
        "FIXATION": f"{FIXATION_MS / 1000:g}",
        "INSTRUCTIONS": "\n\n".join([*instructions(answers), "Press the space bar to start."]),
        "REMINDER": " ".join(f"{a.key.upper()} = {a.label}".center(30) for a in answers),
        "KEYS": ",".join(repr(a.key) for a in answers),
        "WORDS": f"response_labels = {labels!r}\nresponse_levels = {levels!r}",
        "JS_WORDS": f"response_labels = {json.dumps(labels)};\n"
        f"response_levels = {json.dumps(levels)};",
        "RECORD": _record("thisExp.addData('response_{}', response_{}.get(answer.keys, ''))"),
        "JS_RECORD": _record(
            "psychoJS.experiment.addData('response_{}', response_{}[answer.keys]);"
        ),
    }
    blanks = {name: _attribute(value) for name, value in values.items()}
    return form(f"psychopy/{EXPERIMENT}", blanks)


def _record(line: str) -> str:
    return "\n".join(line.format(name, name + "s") for name in ("label", "level"))


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#10;"})
