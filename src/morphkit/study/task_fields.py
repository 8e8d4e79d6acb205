"""Values of a task that are more than a word or a number: times, counts, keys, a boundary.

May import pydantic and `study.fields`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from morphkit.study.fields import is_number, plain, refusal

LONGEST_MS = 60_000


def _duration(value: Any) -> int | tuple[int, int]:
    """Return milliseconds, or the range from which each trial's are drawn."""
    items = value if isinstance(value, list | tuple) else [value]
    whole = all(isinstance(item, int) and not isinstance(item, bool) for item in items)
    if not whole or len(items) not in (1, 2):
        remedy = "Write fixation_ms: 500, or fixation_ms: [1500, 2500]."
        raise refusal("MK906", "this is no number of milliseconds and no range of two", remedy)
    if min(items) < 0 or max(items) > LONGEST_MS or list(items) != sorted(items):
        remedy = f"Write whole milliseconds from 0 to {LONGEST_MS}, the smaller one first."
        raise refusal("MK907", f"{list(items)} is not allowed here", remedy)
    return int(items[0]) if len(items) == 1 else (int(items[0]), int(items[1]))


def _counts(value: Any) -> int | tuple[int, ...]:
    """Return how often each frame is shown: one number for all, or one for each."""
    items = value if isinstance(value, list | tuple) else [value]
    whole = all(isinstance(item, int) and not isinstance(item, bool) for item in items)
    if not whole or not items:
        remedy = "Write repeats: 2, or a number for each frame such as [1, 2, 3, 2, 1]."
        raise refusal("MK906", "this is no count and no list of counts", remedy)
    if min(items) < 0 or max(items) > 20 or not any(items):
        remedy = "Write counts from 0 to 20, at least one of them more than 0."
        raise refusal("MK907", f"{list(items)[:20]} is not allowed here", remedy)
    if isinstance(value, list | tuple):
        return tuple(int(item) for item in items)
    return int(value)


def _keys(value: Any) -> tuple[str, str]:
    """Return two letters, the key of the answer that stands first on the screen first."""
    remedy = "Write two different letters a to z, that of the lower answer first: keys: [f, j]."
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise refusal("MK906", "this is no list of two keys", remedy)
    if not all(isinstance(one, str) and re.fullmatch("[a-z]", one) for one in value):
        raise refusal("MK907", f"{', '.join(map(str, value))[:60]} is not allowed here", remedy)
    if value[0] == value[1]:
        raise refusal("MK907", f"{value[0]} stands for both answers", remedy)
    return value[0], value[1]


def _boundary(value: Any) -> str | float:
    if value == "measured":
        return "measured"
    if not is_number(value) or not 0 < float(value) < 1000:
        remedy = "Write measured, or a place between frames such as 8.5."
        raise refusal("MK907", "this is neither the word measured nor a frame", remedy)
    return float(value)


_MS = {"type": "integer", "minimum": 0, "maximum": LONGEST_MS}
Duration = Annotated[
    int | tuple[int, int],
    PlainValidator(_duration),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [_MS, {"type": "array", "items": _MS, "minItems": 2, "maxItems": 2}]}),
]
_COUNT = {"type": "integer", "minimum": 0, "maximum": 20}
Counts = Annotated[
    int | tuple[int, ...],
    PlainValidator(_counts),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [_COUNT, {"type": "array", "items": _COUNT, "minItems": 1}]}),
]
_LETTER = {"type": "string", "pattern": "^[a-z]$"}
Keys = Annotated[
    tuple[str, str],
    PlainValidator(_keys),
    PlainSerializer(plain),
    WithJsonSchema(
        {"type": "array", "items": _LETTER, "minItems": 2, "maxItems": 2, "uniqueItems": True}
    ),
]
Boundary = Annotated[
    str | float,
    PlainValidator(_boundary),
    WithJsonSchema({"anyOf": [{"const": "measured"}, {"type": "number", "exclusiveMinimum": 0}]}),
]
