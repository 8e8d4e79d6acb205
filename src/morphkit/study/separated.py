"""Tables of text: which sign separates the cells, and where the header is.

Commas, semicolons and tabs, as spreadsheets of different countries write them; quoted cells may
hold line ends; or JSON.  Knows no column.  May import `errors` and `study.json_rows`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NoReturn, Protocol

from morphkit.errors import CalibrationError, Finding
from morphkit.study.json_rows import json_table

SEPARATORS = (",", ";", "\t")


_EPRIME = re.compile(r".*\.e(dat|mrg)\d?\W*", re.IGNORECASE)
"""The name of the file that E-Prime's text was exported from, in the line above the header."""


class Rows(Protocol):
    """Rows of cells, and the line that the last one ended on."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def table(
    lines: Iterable[str], known: Callable[[Sequence[str]], bool], file: str
) -> tuple[Rows, list[str], int] | None:
    """Return the rows of a table, its header, and the lines above what `Rows` counts.

    None where nothing stands in it.

    Parameters
    ----------
    lines : iterable of str
        Line ends as they are.
    known : callable
        Whether a header has the columns that are needed: tells the separator where several
        signs stand in it.
    file : str
        As findings name it.

    Raises
    ------
    CalibrationError
        MK476 where two signs could separate the cells of its header, and as `json_table`.
    """
    rest, above, sign = iter(lines), 0, ""
    first = ""
    for first in rest:
        if first.strip("\r\n,; \t\ufeff"):
            if first.lower().startswith("sep="):  # a spreadsheet's hint
                sign = first.rstrip("\r\n")[4:5]
            elif not _EPRIME.fullmatch(first.strip()):
                break
        above += 1
    else:
        return None
    if first.lstrip().startswith(("[", "{")):
        objects, header = json_table(first + "".join(rest), file)
        return (objects, header, above) if header else None
    sign = sign or _separator(first, known, file)
    reader = csv.reader(chain([first], rest), delimiter=sign)
    try:
        header = next(reader)
    except csv.Error as error:
        refuse(f"this is no table ({error}).", file, above + 1)
    while header and not header[-1].strip():
        header.pop()  # a comma too many, as experiments write them
    return reader, header, above


def refuse(message: str, file: str, line: int | None = None, advice: str = "") -> NoReturn:
    """Say that this is no table of responses; CalibrationError MK476."""
    raise CalibrationError(Finding("MK476", message, file=file, line=line, suggestion=advice))


def _separator(line: str, known: Callable[[Sequence[str]], bool], file: str) -> str:
    headers = {sign: _cells(line, sign) for sign in SEPARATORS}
    several = [sign for sign, cells in headers.items() if len(cells) > 1]
    fit = [sign for sign in several if known(headers[sign])]
    chosen = fit or several or [","]
    if len(chosen) > 1:
        ways = " or ".join(
            f"{len(headers[sign])} columns by {'tab' if sign == chr(9) else repr(sign)}"
            for sign in chosen
        )
        advice = "Separate cells by one sign, and quote cells that hold it."
        refuse(f"it can't be told what separates the columns: {ways}.", file, 1, advice)
    return chosen[0]


def _cells(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=sign))
    except csv.Error:
        return []


def refuse_ragged(cells: Sequence[str], width: int, file: str, line: int) -> None:
    """Refuse a row of another length, but for a line with a single word and empty cells."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if len(filled) > 1 and (len(cells) < width or filled[-1] >= width):
        text = f"the row has {len(cells)} cells, the header {width}."
        advice = "Was the file cut off, or does a cell hold the separator without quotes?"
        refuse(text, file, line, advice)
