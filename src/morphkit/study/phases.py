"""Phases of a session: the words for them, and which of them are fitted together.

Practice and training judge nothing, and what lies between before and after is meant to change the
answers.  A word that isn't known may be any of these, so that beside others it is asked for.
Knows text.  May import `errors`, `study.response_cells` and `study.screens`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from morphkit.errors import CalibrationError, Finding
from morphkit.study.response_cells import answer_of
from morphkit.study.screens import counted

ASIDE = frozenset(("practice", "training"))
"""Phases that judge nothing: answers to them are shaped by what is said about them."""

BEFORE, AFTER = frozenset(("", "test", "pretest")), "posttest"
"""Phases that are not of one piece: what lies between them is meant to change the answers."""

KNOWN = ASIDE | BEFORE | {AFTER}

_SPELLINGS = {"practise": "practice", "pre": "pretest", "post": "posttest"}


def phase_of(cell: str) -> str:
    """Return the phase that a cell says, in the word that is known for it if there is one."""
    plain = answer_of(cell).lower()
    joined = re.sub(r"[\s_-]+", "", plain)
    joined = _SPELLINGS.get(joined, joined)
    return joined if joined in KNOWN else plain


class Phases:
    """The phases that several files tell, and which of them is wanted.

    Parameters
    ----------
    wanted : str
        "" for all but practice and training.
    """

    def __init__(self, wanted: str = "") -> None:
        self._wanted = phase_of(wanted)
        self._phases: dict[str, str] = {}
        self._met: Counter[str] = Counter()
        self._column = ""
        self.aside = 0

    def begin(self, column: str) -> None:
        """Note the column of the next file; "" where it is known already which rows count."""
        self._column = self._column or column

    def is_wanted(self, cell: str) -> bool:
        """Say whether a row of that phase counts; note its phase."""
        phase = self._phases.get(cell)
        if phase is None:
            phase = self._phases[cell] = phase_of(cell)
        self._met[phase] += 1
        wanted = phase == self._wanted if self._wanted else phase not in ASIDE
        self.aside += not wanted
        return wanted

    def refuse_mixed(self) -> None:
        """Refuse phases that may not belong together; CalibrationError MK487."""
        if self._wanted:
            return
        met = self._counted()
        if AFTER in met and BEFORE & {*met}:
            text = f"there are answers of before and after a training: {counted(met)}."
            _refuse(text, "Say which are meant: --phase pretest or --phase posttest.")
        if self._column and len(met) > 1 and not {*met} <= KNOWN:
            text = (
                f"the column {self._column!r} tells phases of which it isn't known whether they "
                f"may be fitted together: {counted(met)}."
            )
            advice = (
                "Say which is meant: --phase WORD; or, if they are parts of one measurement, "
                f'take all: --rows "{self._column}=*".'
            )
            _refuse(text, advice)

    def notes(self) -> list[str]:
        """Return what is to be told of them; sentences."""
        notes = [f"{self.aside} row(s) of other phases left aside."] if self.aside else []
        met = self._counted()
        if not self._wanted and not {*met} <= KNOWN:
            notes.append(f"Taken as one phase: {counted(met)}.")
        return notes

    @property
    def met(self) -> Collection[str]:
        """The phases that there are, wanted or not."""
        return self._met.keys()

    def _counted(self) -> dict[str, int]:
        return {phase: count for phase, count in self._met.items() if phase not in ASIDE}


def _refuse(text: str, advice: str) -> None:
    raise CalibrationError(Finding("MK487", text, pointer="phase", suggestion=advice))
