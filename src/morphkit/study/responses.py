"""Responses: long-format tables of what observers answered, one row a trial.

`Gathering` takes the lines of one file after another and keeps each column as small numbers, so
that a million rows take some fifty megabytes.  Knows text; no file, no set, and not what an
answer means (`study.meanings`).  May import `errors` and `study`.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import nan
from typing import NoReturn

from morphkit.errors import CalibrationError, Finding
from morphkit.study.front_ends import Unit
from morphkit.study.keyboards import Keyboards
from morphkit.study.phases import Phases
from morphkit.study.response_cells import answer_of, is_trial, number, stem
from morphkit.study.response_columns import SHOWN, Columns, Task, columns_of
from morphkit.study.response_gaps import (
    Gap,
    empty,
    left,
    left_at_once,
    never_answered,
    no_trial,
    not_chosen,
    notes,
    nothing,
    other_phase,
)
from morphkit.study.response_table import Codes, Responses
from morphkit.study.response_times import Thousands, in_seconds
from morphkit.study.response_words import Unanswered, Wordless, refuse_wordless, wordless_notes
from morphkit.study.screens import Chosen, Screens
from morphkit.study.separated import Rows, refuse, refuse_ragged, table

MOST_ANSWERS = 1000
"""Different answers of a choice; whoever gives more has rated."""


class Gathering:
    """Responses being read, file after file.

    Parameters
    ----------
    task : str
    columns : mapping of str to str
        Role → column, where the names don't say it.
    rt_unit : {"s", "ms"} or None
        None to go by the program that wrote a file, or by the median.
    phase : str
        The part of the session that is wanted, where a column ``phase`` says it; "" for all but
        practice and training.
    rows : sequence of (str, str)
        Columns and values of the rows that count, where several screens of a trial were
        answered; as `study.screens` reads them.
    """

    def __init__(
        self,
        task: Task = "two-choice",
        *,
        columns: Mapping[str, str] | None = None,
        rt_unit: Unit | None = None,
        phase: str = "",
        rows: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._task, self._given, self._rt_unit = task, columns or {}, rt_unit
        self._observers, self._blocks = Codes(str.strip), Codes(str.strip)
        self._stimuli, self._answers = Codes(stem), Codes(answer_of, "")
        self._shown = tuple(array("i") for _ in SHOWN[task])
        self._observer, self._answer, self._block = array("i"), array("i"), array("i")
        self._trial, self._file, self._line = array("q"), array("i"), array("i")
        self._rating, self._rt = array("d"), array("d")
        self._pictures: dict[tuple[int, str, str], int] = {}
        self._files: list[str] = []
        self._notes: dict[str, int] = {}
        self._skipped, self._buttons = 0, True
        self._phase, self._phases, self._left = phase, Phases(phase), 0
        self._times = Thousands()
        self._keyboards, self._chosen = Keyboards(), Chosen(rows)
        self._screens = Screens(self._chosen)
        self._gaps: list[Gap] = []
        self._unanswered, self._wordless = Unanswered(), list[Wordless]()

    def add(self, lines: Iterable[str], file: str) -> bool:
        """Read one file; return whether it holds responses, or is passed over.

        Parameters
        ----------
        lines : iterable of str
            Text, line ends as they are.
        file : str
            As findings name it.

        Raises
        ------
        CalibrationError
            MK476 when this is no table with a row of column names, MK477 when a column isn't
            clear or there, MK478 when a cell isn't what it should be.
        """
        gap = self._add(lines, file)
        self._gaps += [gap] if gap else []
        return not gap

    def _add(self, lines: Iterable[str], file: str) -> Gap | None:
        found = table(lines, self._knows, file)
        if not found:
            return empty(file)
        rows, header, above = found
        if left_at_once(header) and not self._knows(header):
            return left(file)
        try:
            columns = self._columns(header, file)
        except CalibrationError as fault:
            if never_answered(rows, header, self._task, self._given):
                return left(file, fault)
            raise
        self._files.append(file)
        self._unanswered = Unanswered()
        start, phases, chosen = len(self._rt), self._phases.aside, self._chosen.aside
        begun = self._left
        try:
            columns = self._read(rows, header, above, columns)
        except csv.Error as error:
            refuse(f"here the table ends ({error}).", file, above + rows.line_num)
        if len(self._rt) == start:
            self._files.pop()
            if self._chosen.aside > chosen:
                return not_chosen(file)
            if self._phases.aside > phases:
                return other_phase(file, self._phase)
            return left(file) if self._left > begun else no_trial(file)
        self._wordless += self._unanswered.wordless(file, columns, len(self._rt) - start)
        self._buttons = self._buttons and columns.front_end.buttons
        times = ", no response times"
        if "rt" in columns.at:
            times = in_seconds(self._rt, start, self._rt_unit or columns.rt_unit)
        self._note(f"{columns}{times}.")
        return None

    def done(self) -> Responses:
        """Return what was read.

        Raises
        ------
        CalibrationError
            MK476 when nobody answered anything, MK477 when that is for want of a column, MK479
            when all answers of a file stand in another column, MK487 when answers of several
            phases stand together, MK489 when those to several screens do.
        """
        if self._gaps and not self._observer:
            self._chosen.refuse_none()
            raise nothing(self._gaps, self._phase, self._phases.met)
        refuse_wordless(self._wordless, self._task)
        self._phases.refuse_mixed()
        self._screens.refuse_several()
        told = [f"{count} file(s) read as {what}" for what, count in self._notes.items()]
        told += notes(self._gaps) + wordless_notes(self._wordless, self._task)
        told += self._phases.notes() + self._chosen.notes()
        return Responses(
            self._task,
            self._observers.names,
            self._stimuli.names,
            self._blocks.names,
            self._answers.names,
            tuple(self._files),
            self._observer,
            self._shown,
            self._answer,
            self._rating,
            self._rt,
            self._block,
            self._trial,
            self._file,
            self._line,
            self._skipped,
            self._buttons,
            tuple(told),
            self._pictures,
        )

    def _note(self, told: str) -> None:
        self._notes[told] = self._notes.get(told, 0) + 1

    def _knows(self, header: Sequence[str]) -> bool:
        with suppress(CalibrationError):
            columns_of(header, self._task, self._given)
            return True
        return False

    def _columns(self, header: Sequence[str], file: str, answers: str = "") -> Columns:
        """Return which columns hold what, where `answers` are in one that was found."""
        given = {**self._given, **({"response": answers} if answers else {})}
        return columns_of(header, self._task, given, file, ("phase",) if self._phase else ())

    def _read(self, rows: Rows, header: Sequence[str], above: int, columns: Columns) -> Columns:
        """Read the rows of a file; return its columns, now that rows told which hold answers."""
        file, at, width = len(self._files) - 1, columns.at, len(header)
        rivals = self._keyboards.begin(header, self._task, self._given, self._files[-1])
        self._chosen.begin(header, self._files[-1])
        has_screens = self._screens.begin(header, self._files[-1])
        answers = rivals or [at["response"]]
        self._times = Thousands()
        stimuli = [at[role] for role in SHOWN[self._task]]
        observer, block, told = at["observer"], at.get("block"), ""
        shown = tuple(zip(stimuli, self._shown, strict=True))
        phase = columns.names.get("phase", "")
        self._phases.begin("" if self._chosen.has(phase) else phase)
        for cells in rows:
            if len(cells) != width:
                refuse_ragged(cells, width, self._files[-1], above + rows.line_num)
            elif columns.front_end.once and cells[observer].strip():
                told = cells[observer]
            if len(cells) < width or not is_trial(cells, columns, stimuli):
                self._skipped += bool(cells)
                continue
            if not self._counts(cells, columns, answers):
                continue
            line = above + rows.line_num
            who = cells[observer] if cells[observer].strip() else told
            if not who:
                self._refuse(line, columns, "observer", "the cell is empty: whose answer is this?")
            if columns.picture:
                name, place = columns.picture
                self._pictures.setdefault(
                    (self._stimuli[cells[stimuli[0]]], name, cells[place]), len(self._observer)
                )
            self._observer.append(self._observers[who])
            for place, column in shown:
                column.append(self._stimuli[cells[place]])
            self._block.append(-1 if block is None else self._blocks[cells[block]])
            self._file.append(file)
            self._line.append(line)
            found = self._keyboards.filled(cells, line) if rivals else ""
            if found and found != columns.names["response"]:
                columns = self._columns(header, self._files[-1], found)
            self._add_answer(cells, columns, line)
            if has_screens and answer_of(cells[columns.at["response"]]):
                self._screens.answered(cells, line, [who, *(cells[place] for place in stimuli)])
        self._refuse_thousands(columns)
        return columns

    def _counts(self, cells: Sequence[str], columns: Columns, answers: Sequence[int]) -> bool:
        """Say whether a trial is one of those that are meant; note it if it isn't."""
        if not self._chosen.takes(cells):
            return False
        who = cells[columns.at["observer"]].strip()
        if not who and not any(answer_of(cells[place]) for place in answers):
            self._left += 1  # PsychoPy, left during a trial, writes no more than the face
            self._skipped += 1
            return False
        place = columns.at.get("phase")
        return place is None or self._phases.is_wanted(cells[place])

    def _add_answer(self, cells: Sequence[str], columns: Columns, line: int) -> None:
        """Add what was answered, when, and in which trial."""
        if not answer_of(cells[columns.at["response"]]):
            self._unanswered.add(cells, columns)
        if self._task == "ratings":
            self._rating.append(self._number("response", cells, columns, line))
        else:
            answer = self._answers[cells[columns.at["response"]]]
            if answer > MOST_ANSWERS:
                text = f"these are more than {MOST_ANSWERS} different answers to a choice."
                self._refuse(line, columns, "response", text, "Are they ratings? --task ratings")
            self._answer.append(answer)
        time = self._number("rt", cells, columns, line) if "rt" in columns.at else nan
        if time == time:
            self._times.look(cells[columns.at["rt"]], time, line)
        self._rt.append(time)
        trial = number(cells[columns.at["trial"]]) if "trial" in columns.at else None
        whole = trial is not None and 0 <= trial < 2**62
        self._trial.append(int(trial) if whole and trial is not None else -1)

    def _number(self, role: str, cells: Sequence[str], columns: Columns, line: int) -> float:
        cell = cells[columns.at[role]]
        value = number(cell)
        if value is None:
            self._refuse(line, columns, role, f"the cell holds {cell[:60]!r}, no number.")
        return value

    def _refuse_thousands(self, columns: Columns) -> None:
        """Refuse response times of which some may be a thousand times as long."""
        if doubted := self._times.doubted():
            line, cell = doubted
            text = f"the cell holds {cell!r} beside whole milliseconds: thousands or decimals?"
            advice = "Write times without a sign between thousands, or all with decimals."
            self._refuse(line, columns, "rt", text, advice)

    def _refuse(
        self, line: int, columns: Columns, role: str, text: str, advice: str = ""
    ) -> NoReturn:
        raise CalibrationError(
            Finding(
                "MK478",
                text,
                file=self._files[-1],
                pointer=columns.names[role],
                line=line,
                suggestion=advice,
            )
        )
