"""What was measured of a set, as tables: a row for each frame, and one for each step.

Pure: series in, text out.  What can't be told is an empty cell, null in JSON; a column that
holds nothing else is left out, unless it was asked for.  Imports no NumPy.  May import
`errors` and the names in `measure`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from json import dumps
from math import isfinite
from typing import Any

from morphkit.errors import visible
from morphkit.measure.metrics import METRICS
from morphkit.measure.series import Series, Values
from morphkit.measure.statistic_names import STATISTICS

MEASURE_VERSION = 1

Row = dict[str, str | float | None]

_FORMULA = re.compile(r"""(?:^|(?<=[;,]))(?=["'\s]*[=+\-@＝＋－＠])""")
"""Where a spreadsheet would begin to evaluate, whether commas or semicolons part its cells."""


def frames(measured: Sequence[Series]) -> list[Row]:
    """Return a row for each frame: stimulus, identity, continuum, level, statistics.

    Parameters
    ----------
    measured : sequence of Series
        One without anchors is no path: its frames have no level.
    """
    names = _told(STATISTICS, (series.statistics for series in measured))
    return [
        {
            "stimulus_id": name,
            "identity": series.identity,
            "continuum": series.continuum,
            "morph_level": _number(level) if series.anchors else None,
            **_values(names, series.statistics, k),
        }
        for series in measured
        for k, (name, level) in enumerate(zip(series.ids, series.levels, strict=True))
    ]


def steps(measured: Sequence[Series], metrics: Sequence[str] = ()) -> list[Row]:
    """Return a row for each step: from and to which stimulus, identity, continuum, metrics.

    Parameters
    ----------
    measured : sequence of Series
    metrics : sequence of str
        Those that are asked for, by default all of `METRICS` that can be told of some step.
    """
    names = [*metrics] or _told(METRICS, (series.steps for series in measured))
    return [
        {
            "from": a,
            "to": b,
            "identity": series.identity,
            "continuum": series.continuum,
            **_values(names, series.steps, k),
        }
        for series in measured
        for k, (a, b) in enumerate(pairwise(series.ids))
    ]


def _told(names: Iterable[str], columns: Iterable[Mapping[str, Values]]) -> list[str]:
    """Return the names of which some value is known, in their order."""
    known = {
        name
        for some in columns
        for name, values in some.items()
        if any(_number(value) is not None for value in values)
    }
    return [name for name in names if name in known]


def _values(names: Iterable[str], columns: Mapping[str, Values], k: int) -> Row:
    return {name: _number(columns[name][k]) if name in columns else None for name in names}


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def frames_csv(measured: Sequence[Series]) -> str:
    """Return the frames as CSV: commas, LF, six digits; names do nothing to a spreadsheet."""
    return _csv(frames(measured), ("stimulus_id", "identity", "continuum", "morph_level"))


def steps_csv(measured: Sequence[Series], metrics: Sequence[str] = ()) -> str:
    """Return the steps as CSV, as `frames_csv` writes it."""
    return _csv(steps(measured, metrics), ("from", "to", "identity", "continuum"))


def _csv(rows: Sequence[Row], header: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0] if rows else header)
    writer.writerows([plain(value) for value in row.values()] for row in rows)
    return out.getvalue()


def plain(value: str | float | None) -> str:
    """Return a cell; what a spreadsheet would evaluate or a terminal obey is made plain text."""
    if value is None:
        return ""
    return _FORMULA.sub("'", visible(value)) if isinstance(value, str) else f"{value:.6g}"


def measure_json(name: str, measured: Sequence[Series], metrics: Sequence[str] = ()) -> str:
    """Return frames and steps for programs, as `measure_schema` describes; ASCII, one line feed.

    Parameters
    ----------
    name : str
        The set as the user named it.
    measured : sequence of Series
    metrics : sequence of str
        As in `steps`.
    """
    content = {
        "morphkit_measure": MEASURE_VERSION,
        "set": name,
        "frames": frames(measured),
        "steps": steps(measured, metrics),
    }
    return dumps(content, indent=1, allow_nan=False) + "\n"


def measure_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `measure_json` writes."""
    text = {"type": "string"}
    level = "-1 to 1, from-neutral 0 to 1; null on no path."
    whose = {"identity": text, "continuum": text}
    frame = {"stimulus_id": text, **whose, "morph_level": _value_schema(level)}
    statistics = {
        one.name: _value_schema(_about(one.description, one.unit)) for one in STATISTICS.values()
    }
    step = {"from": _named("A stimulus."), "to": _named("The next one of its series."), **whose}
    metrics = {
        one.name: _value_schema(_about(one.description, one.unit)) for one in METRICS.values()
    }
    return {
        "title": "morphkit measure --json",
        "description": "Null is what can't be told of one frame or step; what can't be told of "
        "any is left out, unless --metric asks for it.",
        **_object(
            {
                "morphkit_measure": {"const": MEASURE_VERSION},
                "set": _named("The set as the user named it."),
                "frames": {"type": "array", "items": _object(frame, statistics)},
                "steps": {"type": "array", "items": _object(step, metrics)},
            }
        ),
    }


def _about(description: str, unit: str) -> str:
    return f"{description.rstrip('.')} ({unit})" if unit else description.rstrip(".")


def _value_schema(description: str) -> dict[str, Any]:
    return {"type": ["number", "null"], "description": description}


def _named(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _object(
    required: Mapping[str, Any], optional: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": [*required], "properties": properties}
