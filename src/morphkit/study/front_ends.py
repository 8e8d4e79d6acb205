"""Programs that run experiments: by what their files of responses are known, and their habits.

A file is known by columns that one program writes.  Imports nothing of morphkit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["s", "ms"]


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """A program that runs experiments.

    Parameters
    ----------
    name : str
    marks : tuple of str
        Columns that it writes and others don't, in lower case; ``*`` stands for any text.
    rt_unit : {"s", "ms"} or None
        The unit of its response times.
    buttons : bool
        Whether 0 and 1 in its files are numbers of buttons, counted from 0.
    trials : mapping of str to str
        Column → what a cell of it begins with where a row is a trial; the first column that is
        there counts.
    rt : str
        Column of its response times, where other programs mean something else by that name.
    once : bool
        Whether it writes what it was told, who the observer is, in one row for all below.
    """

    name: str
    marks: tuple[str, ...]
    rt_unit: Unit | None = None
    buttons: bool = False
    trials: Mapping[str, str] | None = None
    rt: str = ""
    once: bool = False


PLAIN = FrontEnd("a plain table", ())
FRONT_ENDS = (
    FrontEnd("PsychoPy", ("*.thisn",), "s"),
    FrontEnd("PsychoPy", ("psychopyversion",), "s"),
    FrontEnd("jsPsych", ("trial_type", "trial_index"), "ms", buttons=True),
    FrontEnd(
        "Gorilla",
        ("participant private id",),
        "ms",
        trials={"response type": "response", "zone type": "response"},
    ),
    # of its screens, which all get what was shown, only those with an answer are trials
    FrontEnd(
        "lab.js",
        ("sender_type", "ended_on", "time_commit"),
        "ms",
        trials={"ended_on": "response"},
        rt="duration",
        once=True,
    ),
    FrontEnd("OpenSesame", ("subject_nr", "response_time"), "ms"),
    FrontEnd("E-Prime", ("experimentname", "subject", "session"), "ms"),
    FrontEnd("Inquisit", ("subject", "trialcode", "latency"), "ms"),
)
