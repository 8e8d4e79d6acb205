"""The table: what a stimulus set says about each of its stimuli.

`Stimulus` is one row of ``stimuli.csv``, the truth for rows.  Knows columns, cells and their
description; no manifest, no disk, no pixels, and not whether what a row says is true.  May
import `errors`, `study.levels` and the standard library.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from morphkit.errors import Finding, SetError
from morphkit.study.levels import MOST_AMOUNT

TABLE = "stimuli.csv"
WEIGHT = "weight_"


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A frame on disk: one row of ``stimuli.csv``.

    Parameters
    ----------
    stimulus_id, image_file : str
        Id, and path relative to the set with forward slashes.
    identity, continuum, morph_path : str
        Whose face, which continuum (or transform, or mixture), and ``direct | through-neutral |
        from-neutral | transform | mixture``.
    frame : int
        Place in the continuum, counted from 1.
    morph_level, percent : float or None
        Level (−1…1, or 0…1 on ``from-neutral``) and ``(level + 1) / 2 · 100``; of a transform
        its amount and None, of a mixture None and None.
    weights : mapping of str to float
        Share of each expression in the shape, whoever shows it; sums to 1.
    width_px, height_px : int
    sha256, pixel_sha256 : str
        Of the file's bytes, and of its decoded pixels.
    intensity, intensity_unit, p_happy, ambiguous : optional
        Known only on a calibrated scale; `ambiguous` is what `is_ambiguous` says of `p_happy`.
    """

    stimulus_id: str
    image_file: str
    identity: str
    continuum: str
    morph_path: str
    frame: int
    morph_level: float | None
    percent: float | None
    weights: Mapping[str, float]
    width_px: int
    height_px: int
    sha256: str
    pixel_sha256: str
    intensity: float | None = None
    intensity_unit: str | None = None
    p_happy: float | None = None
    ambiguous: bool | None = None


_PLAIN = {
    "stimulus_id": str,
    "image_file": str,
    "identity": str,
    "continuum": str,
    "morph_path": str,
    "frame": int,
    "morph_level": float,
    "percent": float,
}
_TAIL = {
    "intensity": float,
    "intensity_unit": str,
    "p_happy": float,
    "ambiguous": bool,
    "width_px": int,
    "height_px": int,
    "sha256": str,
    "pixel_sha256": str,
}
_OPTIONAL = ("intensity", "intensity_unit", "p_happy", "ambiguous")
_EMPTY = {"transform": ("percent",), "mixture": ("morph_level", "percent")}
"""Cells that are empty where a frame lies on no path."""


def is_ambiguous(p_happy: float) -> bool:
    """Say whether observers are undecided: P(happy) in 0.25 to 0.75, in whole percents.

    Levels are rounded, so that a frame that was picked for 0.25 has 0.2498 or 0.2503.
    """
    return 0.25 <= round(p_happy, 2) <= 0.75


def columns(stimuli: Iterable[Stimulus]) -> list[str]:
    """Return the columns of the table; an optional one only when some row has a value."""
    rows = list(stimuli)
    expressions: dict[str, None] = {}
    for row in rows:
        expressions.update(dict.fromkeys(row.weights))
    tail = [
        name
        for name in _TAIL
        if name not in _OPTIONAL or any(getattr(row, name) is not None for row in rows)
    ]
    return [*_PLAIN, *(WEIGHT + name for name in expressions), *tail]


def cells(stimulus: Stimulus, names: Sequence[str]) -> list[str]:
    """Return a row as text, in the order of `names`; an unknown value is empty."""
    return [_cell(cell_value(stimulus, name)) for name in names]


def stimuli_csv(stimuli: Sequence[Stimulus]) -> str:
    """Return ``stimuli.csv``: UTF-8, commas, LF, no BOM."""
    names = columns(stimuli)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(cells(row, names) for row in stimuli)
    return out.getvalue()


def parse_stimuli(text: str) -> list[Stimulus]:
    """Return the rows of a ``stimuli.csv`` text.

    Raises
    ------
    SetError
        MK603 for every column that is missing or stands twice, and for a byte-order mark;
        MK604 for every cell that is not of its type.
    """
    if text.startswith("\ufeff"):
        told = "the table was saved again by a spreadsheet (it begins with a byte-order mark)."
        raise SetError(Finding("MK603", told, file=TABLE, suggestion="Build the set again."))
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header, rows = reader.fieldnames or [], list(reader)
    except csv.Error as error:
        raise SetError(
            Finding("MK603", f"this is not a table with commas ({error}).", file=TABLE)
        ) from None
    wrong = _header_faults(header)
    if wrong:
        raise SetError(*wrong)
    stimuli: list[Stimulus] = []
    faults: list[Finding] = []
    for line, row in enumerate(rows, start=2):
        try:
            stimuli.append(_parse_row(row))
        except _CellFault as fault:
            faults.append(
                Finding(
                    "MK604",
                    f"the cell holds {str(fault.text)[:60]!r}, {fault.wanted} is needed.",
                    file=TABLE,
                    pointer=fault.column,
                    line=line,
                )
            )
    if faults:
        raise SetError(*faults)
    return stimuli


def _header_faults(header: Sequence[str]) -> list[Finding]:
    required = [name for name in (*_PLAIN, *_TAIL) if name not in _OPTIONAL]
    faults = {name: "is missing" for name in required if name not in header}
    # of two cells under one name the last would win in silence
    faults |= {name: f"stands {n} times" for name, n in Counter(header).items() if n > 1}
    return [
        Finding("MK603", f"the column {name[:60]!r} {fault}.", file=TABLE, pointer=name, line=1)
        for name, fault in faults.items()
    ]


class _CellFault(Exception):
    def __init__(self, column: str, text: object, wanted: str) -> None:
        self.column, self.text, self.wanted = column, text, wanted


def cell_value(stimulus: Stimulus, name: str) -> Any:
    """Return what a row has in a column; None for an unknown value."""
    if name.startswith(WEIGHT):
        return stimulus.weights.get(name.removeprefix(WEIGHT), 0.0)
    return getattr(stimulus, name)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _parse_row(row: dict[str, Any]) -> Stimulus:
    if None in row or None in row.values():
        raise _CellFault("", "a row of another length", "one cell for each column")
    kinds: dict[str, type] = {**_PLAIN, **_TAIL}
    values: dict[str, Any] = {}
    weights: dict[str, float] = {}
    for name, text in row.items():
        if name.startswith(WEIGHT):
            weights[name.removeprefix(WEIGHT)] = _parse_cell(name, text, float)
        elif text == "" and name in _EMPTY.get(row.get("morph_path", ""), ()):
            values[name] = None
        elif name in kinds and not (text == "" and name in _OPTIONAL):
            values[name] = _parse_cell(name, text, kinds[name])
    return Stimulus(weights=weights, **values)


def _parse_cell(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text not in ("true", "false"):
            raise _CellFault(name, text, "true or false")
        return text == "true"
    try:
        value = kind(text)
    except ValueError:
        raise _CellFault(name, text, f"{kind.__name__}") from None
    if kind is float and not abs(value) < float("inf"):
        raise _CellFault(name, text, "a finite number")
    return value


def table_schema(stimuli: Sequence[Stimulus]) -> dict[str, Any]:
    """Return the Frictionless Table Schema of the table of these stimuli."""
    fields = [_described(name, stimuli) for name in columns(stimuli)]
    return {"fields": fields, "primaryKey": "stimulus_id", "missingValues": [""]}


def _described(name: str, stimuli: Sequence[Stimulus]) -> dict[str, Any]:
    """Return the field of a column; what lies on no path may have no level, or one beyond 1."""
    field = _FIELDS.get(name) or _weight_field(name)
    if name not in ("morph_level", "percent"):
        return field
    values = [getattr(row, name) for row in stimuli]
    limits = {**field["constraints"], "required": None not in values}
    if any(row.morph_path == "transform" for row in stimuli) and name == "morph_level":
        limits["maximum"] = MOST_AMOUNT
    return {**field, "constraints": limits}


def _field(name: str, kind: str, description: str, **constraints: object) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": kind, "description": description}
    if constraints:
        field["constraints"] = constraints
    return field


def _weight_field(name: str) -> dict[str, Any]:
    expression = name.removeprefix(WEIGHT)
    return _field(name, "number", f"Share of the {expression} face.", required=True)


_HASH = "^[0-9a-f]{64}$"
_FIELDS = {
    field["name"]: field
    for field in (
        _field("stimulus_id", "string", "Id of the stimulus.", required=True, unique=True),
        _field("image_file", "string", "Path of the image, relative to the set.", required=True),
        _field("identity", "string", "Whose face.", required=True),
        _field("continuum", "string", "Which continuum, transform or mixture of the recipe.",
               required=True),
        _field("morph_path", "string", "How the path runs; or transform, or mixture.",
               required=True,
               enum=["direct", "through-neutral", "from-neutral", "transform", "mixture"]),
        _field("frame", "integer", "Place in the continuum, from 1.", required=True, minimum=1),
        _field("morph_level", "number", "Level: -1 first anchor, 0 nominal midpoint, 1 last "
               "(from-neutral: 0 to 1); amount of a transform (-0.5 to 1.5).",
               required=True, minimum=-1, maximum=1),
        _field("percent", "number", "(level + 1) / 2 * 100; empty on no path.", required=True,
               minimum=0, maximum=100),
        _field("intensity", "number", "Position on the calibrated scale."),
        _field("intensity_unit", "string", "Unit of that scale."),
        _field("p_happy", "number", "Share of happy answers.", minimum=0, maximum=1),
        _field("ambiguous", "boolean", "Whether p_happy lies in 0.25 to 0.75, in whole percents."),
        _field("width_px", "integer", "Width in pixels.", required=True, minimum=1),
        _field("height_px", "integer", "Height in pixels.", required=True, minimum=1),
        _field("sha256", "string", "SHA-256 of the file.", required=True, pattern=_HASH),
        _field("pixel_sha256", "string", "SHA-256 of mode, size and pixels.", required=True,
               pattern=_HASH),
    )
}  # fmt: skip
