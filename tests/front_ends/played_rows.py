"""What the data of a played session must say, worked out from the session again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from morphkit.package.orders import draw
from morphkit.package.registry import package
from morphkit.package.session import Session
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import cells, columns
from morphkit.study.task import Task, parse_task

Row = Mapping[str, str]


def written(folder: Path, name: str, stimulus_set: StimulusSet, text: str) -> Session:
    """Write a package for a task, given as YAML, and return its session."""
    task: Task = parse_task(text)
    for path, data in package(stimulus_set, name, task=task):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return draw(stimulus_set, task)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def check_rows(rows: Sequence[Row], drawn: Session, number: int, participant: str) -> None:
    """Compare the rows of a participant with list `number`: order, columns, answers, feedback."""
    trials = drawn.lists[number - 1]
    assert len(rows) == len(trials)
    names = columns(drawn.stimuli)
    answers = {a.key: a for a in drawn.answers[(number - 1) % len(drawn.answers)]}
    for place, (row, trial) in enumerate(zip(rows, trials, strict=True), start=1):
        stimulus = drawn.stimuli[trial.row]
        assert (row["participant"], row["list"]) == (participant, str(number))
        assert (row["trial"], row["phase"]) == (str(place), trial.phase)
        assert (row["block"], row["fixation_ms"]) == (str(trial.block), str(trial.fixation_ms))
        for name, cell in zip(names, cells(stimulus, names), strict=True):
            assert _same(row[name], cell), name
        given = answers[row["response"]]
        assert row["response_label"] == given.label
        assert float(row["response_level"]) == given.level
    if drawn.task.kind == "training":
        told = [(r["boundary_frame"], r["feedback_label"], r["feedback_right"]) for r in rows]
        assert [_feedback(one) for one in told] == list(_expected(rows, drawn, number))


def _same(found: str, expected: str) -> bool:
    try:
        return abs(float(found) - float(expected)) < 1e-12
    except ValueError:
        return found == expected


def _feedback(cells_: tuple[str, str, str]) -> tuple[float, str, int] | None:
    boundary, label, right = cells_
    return (round(float(boundary), 6), label, int(right)) if boundary else None


def _expected(
    rows: Sequence[Row], drawn: Session, number: int
) -> Iterator[tuple[float, str, int] | None]:
    """Yield what feedback must be: None outside training."""
    training = drawn.task.training
    lower, upper = drawn.lower.label, drawn.upper.label
    favoured = upper if training.favours == "upper" else lower
    shift = Fraction(training.shift_frames) * (-1 if favoured == upper else 1)
    pretest = [row for row in rows if row["phase"] == "pretest"]
    for row in rows:
        if row["phase"] != "training":
            yield None
            continue
        if drawn.measured:
            mine = [r for r in pretest if _series(r) == _series(row)]
            boundary = Fraction(1, 2)
            for frame in {r["frame"] for r in mine}:
                said = [r["response_label"] == lower for r in mine if r["frame"] == frame]
                boundary += Fraction(sum(said), len(said))
        else:
            boundary = Fraction(training.boundary)
        boundary += shift
        frame = int(row["frame"])
        label = favoured if frame == boundary else upper if frame > boundary else lower
        yield round(float(boundary), 6), label, int(row["response_label"] == label)


def _series(row: Row) -> tuple[str, str]:
    return row["identity"], row["continuum"]
