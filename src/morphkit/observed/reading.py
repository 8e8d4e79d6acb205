"""Files of responses, read together.

May import `errors`, `files` and `study`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from morphkit import files
from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_columns import Task, Unit
from morphkit.study.responses import Gathering, Responses


def read_responses(
    paths: Sequence[Path],
    task: Task = "two-choice",
    *,
    columns: Mapping[str, str] | None = None,
    rt_unit: Unit | None = None,
) -> Responses:
    """Read files of responses together.

    Raises
    ------
    CalibrationError
        MK476…MK478 as `study.responses` says; MK481 the same content twice.
    UsageError
        MK616 no such file, MK617 in no encoding that is known.
    """
    gathering = Gathering(task, columns=columns, rt_unit=rt_unit)
    seen: dict[str, str] = {}
    for path in paths:
        name = files.shown(path)
        with files.table_lines(path) as lines:
            content = files.sha256_of(path)
            if content in seen:
                message = f"this is {seen[content]} once more: its answers would count twice."
                raise CalibrationError(Finding("MK481", message, file=name))
            seen[content] = name
            gathering.add(lines, name)
    return gathering.done()
