"""Data files that experiments wrote when they were played, in ``recorded``, and their reading.

Eight faces of two infants, played by OpenSesame 4.1 (once as our package logs, once with every
variable logged) and by Psychtoolbox 3.0.18 in Octave.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from morphkit.study.meanings import choices
from morphkit.study.response_table import Responses
from morphkit.study.responses import Gathering

RECORDED = Path(__file__).with_name("recorded")
MAP = [
    {"key": "f", "button": 0, "label": "distressed", "level": -1},
    {"key": "j", "button": 1, "label": "happy", "level": 1},
]


def read(name: str) -> Responses:
    gathering = Gathering("two-choice")
    with (RECORDED / name).open(encoding="utf-8", newline="") as lines:
        gathering.add(lines, name)
    return gathering.done()


def rows(name: str) -> Iterator[dict[str, str]]:
    with (RECORDED / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@pytest.mark.parametrize(
    "name, observer, recognised, rt",
    [
        ("opensesame.csv", "2", "OpenSesame", "response_time"),
        ("opensesame_all.csv", "4", "OpenSesame", "response_time"),
        ("psychtoolbox.csv", "p03", "a plain table", "rt_ms"),
    ],
)
def test_what_was_recorded_is_read(name: str, observer: str, recognised: str, rt: str) -> None:
    found, written = read(name), [*rows(name)]
    assert recognised in found.notes[0] and f"rt = '{rt}'" in found.notes[0]
    assert (found.observers, len(found), found.skipped) == ((observer,), 8, 0)
    assert [found.stimuli[one] for one in found.shown[0]] == [r["stimulus_id"] for r in written]
    assert [*found.trial] == [*range(1, 9)]
    assert [*found.rt] == pytest.approx([float(row[rt]) / 1000 for row in written])
    meant = choices(found.answers, MAP)
    assert [meant[one] for one in found.answer] == [int(r["response"] == "j") for r in written]
    assert {*meant[1:]} == {0, 1}


def test_correct_is_never_an_answer() -> None:
    """OpenSesame writes columns `correct…` of its own, which know nothing of our answers."""
    assert "correct" in next(rows("opensesame_all.csv"))
    assert "response = 'response_label'" in read("opensesame_all.csv").notes[0]
