"""Responses in JSON: objects with a key for each column, as jsPsych, lab.js and JATOS save them.

One list of objects, several after another, or an object a line.  Knows no column.  May import
`errors`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NoReturn

from morphkit.errors import CalibrationError, Finding

_BETWEEN = " \t\r\n,"


class JsonRows:
    """Rows of cells, and the line on which the object of the last one begins."""

    def __init__(self, header: list[str], objects: list[tuple[int, dict[str, object]]]) -> None:
        self._header, self._left, self.line_num = header, iter(objects), 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self.line_num, row = next(self._left)
        return [_cell(row.get(name)) for name in self._header]


def json_table(text: str, file: str) -> tuple[JsonRows, list[str]]:
    """Return the rows and the header of a JSON text: every key, in the order it is met in.

    Raises
    ------
    CalibrationError
        MK476 where it is no JSON, cut off, or holds something else than objects.
    """
    objects: list[tuple[int, dict[str, object]]] = []
    read, at, line, counted, depth = json.JSONDecoder().raw_decode, 0, 1, 0, 0
    while at < len(text):
        if text[at] in _BETWEEN:
            at += 1
        elif text[at] in "[]":
            depth += 1 if text[at] == "[" else -1
            at += 1
        else:
            line, counted = line + text.count("\n", counted, at), at
            try:
                value, at = read(text, at)
            except (ValueError, RecursionError):
                _refuse("here the JSON ends or is none.", file, line)
            if not isinstance(value, dict):
                _refuse("a row is no object with a key for each column.", file, line)
            objects.append((line, value))
    if depth:
        _refuse("the brackets of the JSON don't match: is it cut off?", file, line)
    header = [*dict.fromkeys(name for _, row in objects for name in row)]
    return JsonRows(header, objects), header


def _refuse(message: str, file: str, line: int) -> NoReturn:
    advice = "Save the data again; of jsPsych as CSV, by jsPsych.data.get().csv()."
    raise CalibrationError(Finding("MK476", message, file=file, line=line, suggestion=advice))


def _cell(value: object) -> str:
    """Return a value as a table writes it: nothing for null, and lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
