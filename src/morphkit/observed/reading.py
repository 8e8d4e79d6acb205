"""Files of responses, read together, and the set that they are about.

May import `errors`, `files` and `study`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from morphkit import files
from morphkit.errors import CalibrationError, Finding, SetError
from morphkit.study.front_ends import Unit
from morphkit.study.manifest import MANIFEST, StimulusSet
from morphkit.study.response_columns import Task
from morphkit.study.response_table import Responses
from morphkit.study.responses import Gathering
from morphkit.study.seal import seal
from morphkit.study.table import TABLE


def read_responses(
    paths: Sequence[Path],
    task: Task = "two-choice",
    *,
    columns: Mapping[str, str] | None = None,
    rt_unit: Unit | None = None,
    phase: str = "",
    rows: Sequence[tuple[str, str]] = (),
) -> Responses:
    """Read files of responses together.

    Raises
    ------
    CalibrationError
        MK476…MK478, MK487, MK489 as `study.responses` says; MK481 the same content twice.
    UsageError
        MK616 no such file, MK617 in no encoding that is known.
    """
    gathering = Gathering(task, columns=columns, rt_unit=rt_unit, phase=phase, rows=rows)
    seen: dict[str, str] = {}
    for path in paths:
        name = files.shown(path)
        with files.table_lines(path) as lines:
            content = files.sha256_of(path)
            if content in seen:
                message = f"this is {seen[content]} once more: its answers would count twice."
                raise CalibrationError(Finding("MK481", message, file=name))
            if gathering.add(lines, name):  # who left at once leaves the same as another
                seen[content] = name
    return gathering.done()


def read_judged(folder: Path) -> StimulusSet:
    """Read a set that responses are about, when its papers are as they were written.

    Pictures are not looked at: responses are bound to the pixels that the table records.

    Raises
    ------
    SetError
        MK683 a table other than the manifest's, MK692 a manifest that was changed; else as
        `files.read_set`.
    """
    stimulus_set = files.read_set(folder)
    manifest = stimulus_set.manifest
    advice = "Copy the set again from where it was built, or build it again."
    written = manifest.morphkit.seal
    if written and written != seal(manifest):
        message = "something in the manifest was changed after it was written."
        raise SetError(Finding("MK692", message, file=MANIFEST, suggestion=advice))
    true = f"sha256:{files.sha256(stimulus_set.read(TABLE))}"
    if true not in [one.hash for one in manifest.resources if one.path == TABLE]:
        message = "the table is not the one that the manifest recorded."
        raise SetError(Finding("MK683", message, file=TABLE, suggestion=advice))
    return stimulus_set
