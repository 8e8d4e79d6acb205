"""Columns of tables that other programs wrote: which is which, and the unit of levels.

A column is known by its usual names (`ROLES`); the unit of its numbers by its name or by
their range.  Knows texts and numbers; no frame.  May import `errors` and the standard library.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Literal

from morphkit.errors import Finding, SetError

ROLES: Mapping[str, tuple[str, ...]] = {
    "image": (
        *("image", "imagefile", "imagename", "img", "file", "filename", "filepath", "path"),
        *("picture", "picturefile", "photo", "stimulus", "stimulusfile", "stim", "stimfile"),
        "outname",
    ),
    "level": (
        *("morphlevel", "level", "percent", "percentage", "pct", "morphpercent", "percentmorph"),
        *("percenthappy", "happypercent", "morph", "weight", "morphweight", "alpha", "ratio"),
        *("morphratio", "proportion", "intensity", "strength", "amount", "mix", "position"),
    ),
    "number": (
        *("frame", "framenumber", "framenr", "frameno", "morphframe", "step", "morphstep"),
        *("stepnumber", "number", "nr", "no"),
    ),
    "identity": (
        *("identity", "infant", "baby", "child", "model", "face", "person", "actor", "poser"),
        *("sitter", "faceid", "modelid", "transimg"),
    ),
    "continuum": ("continuum", "series", "morphseries", "sequence", "pair", "toimg"),
    "template": ("template", "templatefile", "landmarks", "landmarkfile", "tem", "pts", "points"),
    "path": ("morphpath",),
}
"""What a column is for → its usual names, in lower case, letters and digits only."""

BATCH = "shape"
"""The column of WebMorph's batches that holds the level, beside ``trans-img``."""

Unit = Literal["level", "share", "percent", "signed percent", "number"]

UNITS = {
    "share": "shares from 0 (first face) to 1 (last)",
    "percent": "percent from 0 (first face) to 100 (last)",
    "signed percent": "percent from -100 (first face) to 100 (last)",
    "number": "running numbers, evenly spaced",
}


def table(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the lines below that hold something, with their numbers."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = text.lstrip("\n").partition("\n")[0]
    sign = max(",;\t", key=head.count)
    lines: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text), delimiter=sign)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                kept = [cell.strip() for cell in cells]
                while len(kept) > len(lines[0][1] if lines else kept) and not kept[-1]:
                    kept.pop()  # a comma too many, as experiments write them
                lines.append((reader.line_num, kept))
    except csv.Error as error:
        told = f"this is not a table ({error})."
        raise SetError(Finding("MK633", told, file=file, line=reader.line_num or 1)) from None
    if len(lines) < 2:
        raise SetError(Finding("MK633", "the table has no rows.", file=file, line=1))
    return lines[0][1], lines[1:]


def role_of(column: str) -> str:
    """Return what a column is for by its name, one of `ROLES`; "" when unknown."""
    plain = re.sub(r"[^a-z0-9]", "", column.lower().replace("%", "percent"))
    known = (role for role, names in ROLES.items() if plain in names)
    return next(known, "level" if plain.endswith("percent") else "")


def roles_of(header: Sequence[str], file: str) -> dict[str, list[str]]:
    """Return the columns of each role, of unknown ones under ""; SetError MK633.

    Several columns may give the level; every other role has one.
    """
    roles: dict[str, list[str]] = {}
    for column in header:
        roles.setdefault(role_of(column), []).append(column)
    plain = {re.sub(r"[^a-z]", "", column.lower()): column for column in header}
    if "transimg" in plain and BATCH in plain:
        roles["level"] = [plain[BATCH]]
    faults = []
    for role in ("image", "level"):
        if role not in roles and not (role == "level" and "number" in roles):
            there = ", ".join(repr(name[:40]) for name in header[:20])
            faults.append(
                Finding(
                    "MK633",
                    f"no column is known to hold the {role} of a frame; there are {there}.",
                    file=file,
                    line=1,
                    suggestion=f"Call it {role}, or one of: {', '.join(ROLES[role])}.",
                )
            )
    for role, columns in roles.items():
        repeated = len(set(columns)) < len(columns)
        if role and len(columns) > 1 and (role != "level" or repeated):
            several = " and ".join(repr(name[:40]) for name in columns)
            text = f"the columns {several} can each be the {role} of a frame."
            remedy = "Keep one of these names, and give the others names of their own."
            faults.append(Finding("MK633", text, file=file, line=1, suggestion=remedy))
    if faults:
        raise SetError(*faults)
    return roles


def is_percent(column: str) -> bool:
    """Say whether a column's name says that it holds percent."""
    return re.search("percent|pct|%", column.lower()) is not None


def number(cell: str) -> float | None:
    """Return the number in a cell, with a point or a comma; None where there is none."""
    try:
        value = float(cell.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) else None


def unit_of(column: str, values: Sequence[float], *, percent: bool) -> Unit | None:
    """Return the unit of levels by the column's name and range; None when it can't be told."""
    low, high = min(values), max(values)
    if percent or is_percent(column):
        if low >= 0 and 1 < high <= 100:
            return "percent"
        return "signed percent" if -100 <= low < -1 and high <= 100 else None
    if role_of(column) == "number":
        return "number" if high > low else None
    if low < 0:
        if low >= -1 and high <= 1:
            return "level"
        return "signed percent" if low >= -100 and high <= 100 else None
    if high <= 1:
        return "share"
    run = sorted(set(values))
    if run == [run[0] + i for i in range(len(run))] and run[0] in (0, 1):
        return "number"
    return "percent" if 20 <= high <= 100 else None


def scaled(values: Sequence[float], unit: Unit) -> list[float]:
    """Return numbers as levels, -1 to 1."""
    low, high = {
        "level": (-1.0, 1.0),
        "share": (0.0, 1.0),
        "percent": (0.0, 100.0),
        "signed percent": (-100.0, 100.0),
        "number": (min(values), max(values)),
    }[unit]
    return [2 * (value - low) / (high - low) - 1 for value in values]
