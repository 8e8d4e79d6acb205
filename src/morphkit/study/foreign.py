"""Sets that other programs made: what their tables and file names say.

Columns are known by their usual names (`ROLES`), the unit of levels by the column's name or
its range; what is taken for granted is said.  Without a table, running numbers in file names
give the order.  Knows texts: no file, no pixel.  May import `errors` and the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from morphkit.errors import Finding, SetError
from morphkit.study.columns import UNITS, is_percent, number, roles_of, scaled, table, unit_of

PICTURES = ("png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp")
"""Extensions of frames, in any case."""

LEAST = 3
"""Frames of a series: two pictures are a pair."""

MOST_ALIKE = 200
"""Faults of one kind in a table that are told one by one."""

_SAME = 1e-6

PATHS = ("direct", "through-neutral", "from-neutral")


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """A frame as a table or a file name tells of it.

    Parameters
    ----------
    image : str
        The picture as it is named there: a path, a bare name, or a stem.
    identity, continuum : str
        As given; empty where nothing is said.
    path : {"direct", "through-neutral", "from-neutral"}
        ``direct`` where nothing is said.
    number : int or None
        Place in the series, from a column or from the file name.
    level : float
        −1…1; 0…1 on ``from-neutral``.
    template : str
        Its template as it is named there; may be empty.
    line : int or None
        In the table.
    """

    image: str
    identity: str
    continuum: str
    path: str
    number: int | None
    level: float
    template: str = ""
    line: int | None = None


def numbered(image: str) -> tuple[str, int | None]:
    """Return a path without its extension and last number, and that number."""
    stem = image.rpartition(".")[0] if "." in image.rpartition("/")[2] else image
    found = re.fullmatch(r"(.*?)[ _.-]?([0-9]{1,9})(?:percent|pct|%|p)?", stem, re.S)
    return (found[1], int(found[2])) if found else (stem, None)


def rows_by_number(images: Iterable[str]) -> tuple[list[ForeignRow], list[Finding]]:
    """Return the frames of series that only running numbers in file names tell of.

    Series have `LEAST` pictures or more; others are left out.  Numbers are taken as evenly
    spaced levels, which MK636 says.
    """
    groups: dict[str, list[tuple[int, str]]] = {}
    for image in sorted(images):
        series, number = numbered(image)
        if number is not None:
            groups.setdefault(series, []).append((number, image))
    rows = [
        row
        for series, frames in groups.items()
        if len({number for number, _ in frames}) >= LEAST
        for row in _by_number(series, frames)
    ]
    text = "there is no table: the numbers in the files' names are taken as the order of the "
    text += "frames and as evenly spaced levels."
    return rows, [Finding("MK636", text, severity="warning")] if rows else []


def _by_number(series: str, frames: Sequence[tuple[int, str]]) -> list[ForeignRow]:
    numbers = [number for number, _ in frames]
    low, high = min(numbers), max(numbers)
    return [
        ForeignRow(
            image, "", series.rstrip("/"), "direct", number, 2 * (number - low) / (high - low) - 1
        )
        for number, image in sorted(frames)
    ]


def parse_foreign_csv(text: str, file: str) -> tuple[list[ForeignRow], list[Finding]]:
    """Return the rows of another program's table, and what was taken for granted in it.

    Commas, semicolons or tabs; any line ends.

    Raises
    ------
    SetError
        MK633 a column that is needed is missing, or stands for two things; MK634 a cell that
        can't be read; MK637 levels whose unit can't be told.
    """
    header, lines = table(text, file)
    roles = roles_of(header, file)
    wrong = [
        _cell_fault(f"the row has {len(cells)} cells, the header has {len(header)}.", file, line)
        for line, cells in lines
        if len(cells) != len(header)
    ]
    _refuse(wrong)
    rows = [(line, dict(zip(header, cells, strict=True))) for line, cells in lines]
    levels, told = _levels(rows, roles, file)
    found = [_row(row, roles, line, level) for (line, row), level in zip(rows, levels, strict=True)]
    known = f"is none of {', '.join(PATHS)}."
    _refuse(
        [
            _cell_fault(f"the path {one.path[:40]!r} {known}", file, one.line)
            for one in found
            if one.path not in PATHS
        ]
    )
    return found, told


def _refuse(faults: Sequence[Finding]) -> None:
    if faults:
        raise SetError(*faults[:MOST_ALIKE])


def _levels(
    rows: Sequence[tuple[int, Mapping[str, str]]], roles: Mapping[str, Sequence[str]], file: str
) -> tuple[list[float], list[Finding]]:
    """Return the level of each row, from the one column or the several that agree."""
    columns = roles.get("level") or roles["number"]
    found: list[list[float]] = []
    told: list[Finding] = []
    for column in columns:
        values = _numbers(rows, column, file)
        unit = unit_of(column, values, percent=any("%" in row[column] for _, row in rows))
        if unit is None:
            text = f"the numbers {min(values):g} to {max(values):g} are neither levels (-1 to 1), "
            text += "shares (0 to 1), percent (0 to 100) nor running numbers."
            raise SetError(Finding("MK637", text, file=file, pointer=column))
        if unit != "level" and not is_percent(column):
            text = f"the numbers are taken as {UNITS[unit]}."
            told.append(Finding("MK636", text, severity="warning", file=file, pointer=column))
        levels = scaled(values, unit)
        if unit == "share" and "path" in roles:
            half = [row[roles["path"][0]] == "from-neutral" for _, row in rows]
            levels = [v if on else at for v, at, on in zip(values, levels, half, strict=True)]
        found.append(levels)
    for column, levels in zip(columns[1:], found[1:], strict=True):
        if not all(abs(a - b) <= _SAME for a, b in zip(levels, found[0], strict=True)):
            text = f"the columns {columns[0]!r} and {column!r} give different levels."
            remedy = "Keep the one that the pictures were made by; rename the other."
            raise SetError(Finding("MK633", text, file=file, line=1, suggestion=remedy))
    return found[0], told


def _numbers(rows: Sequence[tuple[int, Mapping[str, str]]], column: str, file: str) -> list[float]:
    values = [number(row[column]) for _, row in rows]
    _refuse(
        [
            _cell_fault(f"{row[column][:40]!r} is not a number.", file, line, column)
            for (line, row), value in zip(rows, values, strict=True)
            if value is None
        ]
    )
    return [value for value in values if value is not None]


def _row(
    row: Mapping[str, str], roles: Mapping[str, Sequence[str]], line: int, level: float
) -> ForeignRow:
    said = {role: row[columns[0]] for role, columns in roles.items() if role}
    image = _path(said["image"])
    place = number(said.get("number", ""))
    return ForeignRow(
        image,
        said.get("identity", ""),
        said.get("continuum", ""),
        said.get("path") or "direct",
        int(place) if place is not None and place == int(place) else numbered(image)[1],
        level,
        _path(said.get("template", "")),
        line,
    )


def _path(cell: str) -> str:
    return cell.replace("\\", "/").removeprefix("./")


def _cell_fault(text: str, file: str, line: int | None, column: str = "") -> Finding:
    return Finding("MK634", text, file=file, line=line, pointer=column)


def grouped(rows: Iterable[ForeignRow]) -> list[list[ForeignRow]]:
    """Return the rows of each series, in the order of its frames.

    A series is one identity's continuum; where neither is said, the part of the image's name
    before its number.  Order is that of the numbers, where each frame has one of its own; else
    that of the levels.
    """
    series: dict[tuple[str, str], list[ForeignRow]] = {}
    for row in rows:
        said = bool(row.identity or row.continuum)
        name = row.continuum if said else numbered(row.image)[0].rstrip("/")
        series.setdefault((row.identity, name), []).append(replace(row, continuum=name))
    return [_ordered(frames) for frames in series.values()]


def _ordered(frames: list[ForeignRow]) -> list[ForeignRow]:
    numbers = {row.number for row in frames}
    if None in numbers or len(numbers) < len(frames):
        return sorted(frames, key=lambda row: row.level)
    ordered = sorted(frames, key=lambda row: row.number or 0)
    falls = all(a.level > b.level for a, b in pairwise(ordered))
    return ordered[::-1] if falls else ordered
