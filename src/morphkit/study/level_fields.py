"""The types of a recipe's fields that say where frames lie: levels, spacing, scales.

May import `study.calibrated`, `study.fields`, `study.levels`, `study.yaml` and pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from morphkit.study.calibrated import METRICS, OnScale, as_json, check_targets
from morphkit.study.fields import is_number, only, refusal, relative
from morphkit.study.levels import FEWEST, MOST, PRESETS
from morphkit.study.yaml import as_written, nearest

SCOPES = ("set", "identity")


def _levels(value: Any) -> int | str | tuple[float, ...] | OnScale:
    if isinstance(value, dict):
        only(value, ("p_happy", "scale", "scope", "override"))
        if "p_happy" not in value:
            remedy = "Write levels: {p_happy: [0.25, 0.5, 0.75], scale: observers.scale.json}."
            raise refusal("MK905", "the key p_happy is missing", remedy)
        found = _on_scale(value, "scale", _numbers(value["p_happy"]))
        fault = check_targets(found.p_happy)
        if fault:
            raise refusal("MK911", *fault)
        return found
    if isinstance(value, OnScale):
        return value
    if isinstance(value, list | tuple):
        return _numbers(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        remedy = "Write levels: 15, levels: [-1, 0, 1] or levels: bristol15."
        raise refusal("MK906", "this is no count, no list and no preset", remedy)
    return int(value)


def _numbers(value: Any) -> tuple[float, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    strange = [item for item in items if not is_number(item)]
    if strange:
        shown = f"{as_written(strange[0])!r}"[:60]
        raise refusal("MK906", f"the list holds {shown}", "Write numbers, without quotes.")
    return tuple(float(item) for item in items)


def _on_scale(value: Mapping[str, Any], key: str, targets: tuple[float, ...]) -> OnScale:
    """Return what a mapping says of a scale, whose file stands under `key`."""
    if key not in value:
        remedy = f"Write {key}: FILE, such as observers.scale.json of `morphkit calibrate fit`."
        raise refusal("MK905", f"the key {key} is missing", remedy)
    scope, reason = as_written(value.get("scope", "set")), as_written(value.get("override", ""))
    if scope not in SCOPES:
        remedy = "Write scope: set (one curve for all infants) or scope: identity (each its own)."
        raise refusal("MK907", f"{str(scope)[:60]!r} is not allowed here", remedy)
    if not isinstance(reason, str) or (not reason.strip() and "override" in value):
        remedy = "Write the reason in words; it goes on record."
        raise refusal("MK906", "an override is a reason", remedy)
    return OnScale(_file(value[key]), targets, "set" if scope == "set" else "identity", reason)


def _file(value: Any) -> str:
    text = as_written(value)
    if not isinstance(text, str):
        raise refusal("MK906", "a scale is a file", "Write a path such as observers.scale.json.")
    return relative(text)


def _files(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        remedy = "Write scales: [observers.scale.json]."
        raise refusal("MK906", "this is no list of files", remedy)
    found = tuple(_file(item) for item in value)
    names = [OnScale(one).name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"two scales are called {twice[0]}"
        raise refusal("MK912", message, "Give each file a name of its own.")
    return found


def _spacing(value: Any) -> str | OnScale:
    value = as_written(value)
    if isinstance(value, OnScale):
        return value
    if isinstance(value, dict):
        only(value, ("perceived", "scope", "override"))
        return _on_scale(value, "perceived", ())
    known = ("level", *METRICS)
    remedy = f"Known: {', '.join(known)}, or {{perceived: observers.scale.json}}."
    if not isinstance(value, str):
        raise refusal("MK906", "the scale is a word or a mapping", remedy)
    if value not in known:
        near = nearest(value, known)
        remedy = (f"Did you mean {near}? " if near else "") + remedy
        raise refusal("MK907", f"there is no metric {value[:60]!r}", remedy)
    return value


_FILE = {"type": "string", "minLength": 1}
_CHOICE = {"scope": {"enum": list(SCOPES), "default": "set"}, "override": _FILE}
_TARGETS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["p_happy", "scale"],
    "properties": {
        "p_happy": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        },
        "scale": _FILE,
        **_CHOICE,
    },
}
_PERCEIVED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["perceived"],
    "properties": {"perceived": _FILE, **_CHOICE},
}
Levels = Annotated[
    int | str | tuple[float, ...] | OnScale,
    PlainValidator(_levels),
    PlainSerializer(as_json),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": FEWEST, "maximum": MOST},
                {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST,
                    "uniqueItems": True,
                    "items": {"type": "number", "minimum": -1, "maximum": 1},
                },
                {"enum": list(PRESETS)},
                _TARGETS,
            ]
        }
    ),
]
SpacingScale = Annotated[
    str | OnScale,
    PlainValidator(_spacing),
    PlainSerializer(as_json),
    WithJsonSchema({"anyOf": [{"enum": ["level", *METRICS]}, _PERCEIVED]}),
]
ScaleFiles = Annotated[
    tuple[str, ...],
    PlainValidator(_files),
    PlainSerializer(as_json),
    WithJsonSchema({"type": "array", "uniqueItems": True, "items": _FILE}),
]
