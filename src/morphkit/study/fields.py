"""The types of a recipe's fields: what each takes, and why it refuses the rest.

A refusal is a pydantic error whose type is its MK code, with a message and a remedy.
Numbers that stand where a text is wanted become the text that was written.  May import
`study.names`, `study.yaml` and pydantic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from morphkit.study import names
from morphkit.study.yaml import as_written, nearest

RECIPE_VERSION = 1

FRONT_ENDS = (
    *("psychopy", "jspsych", "psychtoolbox", "opensesame", "labjs", "gorilla", "qualtrics"),
    *("eprime", "inquisit", "presentation", "testable"),
    *("bids", "psychds", "rocrate", "croissant"),
)
"""Every front end that packages are made for."""

LIMITS: dict[str, float] = {
    "landmark_step_cv": 0.05,
    "landmark_cumulative": 0.015,
    "duplicate_rmse": 0.0,
    "image_step_cv": 0.15,
    "image_cumulative": 0.04,
    "frame_displacement": 0.22,
    "spacing_step_cv": 0.03,
    "luminance_drift": 0.01,
    "contrast_drift": 0.05,
    "colour_drift": 1.0,
    "blur_dip": 0.1,
    "ghost_rise": 0.1,
    "off_path": 2.5,
    "outline_shift": 0.3,
    "aperture_pop": 0.005,
    "layers_p95": 3.0,
    "eye_distance_error": 0.005,
    "eye_tilt": 0.5,
    "eye_place": 0.5,
    "photo_eye_distance": 100.0,
    "enlargement": 2.0,
    "texture_difference": 0.2,
    "light_across": 0.3,
    "light_down": 0.5,
    "exposure_difference": 0.5,
    "pose_difference": 0.05,
    "scale_ratio": 1.25,
    "opening_difference": 0.05,
}
"""Limits of the rule catalogue that a recipe may change, with their defaults."""


def refusal(code: str, message: str, suggestion: str = "") -> PydanticCustomError:
    """Return the error that a validator raises; neither text ends with its own code."""
    return PydanticCustomError(code, "{message}", {"message": message, "suggestion": suggestion})


def _lawful(
    check: Callable[[str], str | None], suggest: Callable[[str], str | None], role: str
) -> AfterValidator:
    def validate(text: str) -> str:
        reason = check(text)
        if reason is None:
            return text
        better = suggest(text)
        better = better if better and check(better) is None else None
        remedy = f"Write {better}, for instance." if better else "Use another name."
        raise refusal("MK908", f"{reason}; it names {role}", remedy)

    return AfterValidator(validate)


def _version(number: int) -> int:
    if number == RECIPE_VERSION:
        return number
    remedy = "Update morphkit." if number > RECIPE_VERSION else f"Write {RECIPE_VERSION}."
    message = f"this is recipe version {number}; this morphkit reads version {RECIPE_VERSION}"
    raise refusal("MK909", message, remedy)


def relative(text: str) -> str:
    """Return a path as it is, or refuse what is none, or leads elsewhere than on this computer."""
    remedy = "Write a path relative to the recipe, such as ../raw_faces/study1."
    if not text or text != text.strip():
        raise refusal("MK907", "the path is empty or has blanks around it", remedy)
    if "\\" in text:
        slashes = text.replace("\\", "/")
        raise refusal("MK907", "the path has backslashes", f"Write forward slashes: {slashes}.")
    if "://" in text:
        raise refusal("MK907", f"{text[:60]!r} is an address; photos stay on this computer", remedy)
    if text.startswith("~"):
        raise refusal("MK907", f"{text[:60]!r} begins with ~, which only a shell knows", remedy)
    return text


def identities(value: Any) -> Literal["all"] | tuple[str, ...]:
    """Return the word all, or lawful identities, each once."""
    if value == "all":
        return "all"
    if not isinstance(value, list | tuple) or not value:
        remedy = "Write identities: all, or a list such as [i01, i02]."
        raise refusal("MK906", "this is neither the word all nor a list of infants", remedy)
    listed = [as_written(item) for item in value]
    strange = [item for item in listed if not isinstance(item, str)]
    if strange:
        raise refusal("MK906", f"{strange[0]!r} is not a name", "Write names such as i01.")
    bad = {}
    for text in listed:
        reason, better = names.check_identity(text), names.suggested_identity(text)
        if reason:
            bad[text] = reason + (f" (write {better})" if better else "")
    if bad:
        remedy = "Use the identities of faces.csv, or of the photos' names."
        raise refusal("MK908", "; ".join(bad.values()), remedy)
    twice = names.collisions(listed)
    if twice:
        raise refusal("MK912", f"listed twice: {', '.join(twice)}", "Write each infant once.")
    return tuple(listed)


def is_number(value: Any) -> bool:
    """Whether a value can be a float."""
    # a whole number of hundreds of digits has no float
    return isinstance(value, float) or (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**300
    )


def _scope(value: Any) -> str | bool:
    value = as_written(value)
    if isinstance(value, bool):
        return "set" if value else False
    if value in ("set", "identity"):
        return str(value)
    remedy = "Write set (all faces alike), identity (those of each infant), or false."
    if not isinstance(value, str):
        raise refusal("MK906", "this is no word and no truth value", remedy)
    near = nearest(value, ("set", "identity"))
    remedy = (f"Did you mean {near}? " if near else "") + remedy
    raise refusal("MK907", f"{value[:60]!r} is not allowed here", remedy)


def only(value: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuse, with MK904, keys that are not known."""
    for key in value:
        if key not in known:
            near = nearest(key, known)
            remedy = f"Did you mean {near}? " if near else ""
            remedy += f"Known here: {', '.join(known)}."
            raise refusal("MK904", f"there is no key {key[:60]!r} here", remedy)


def _limit_name(name: str) -> str:
    if name not in LIMITS:
        near = nearest(name, LIMITS)
        remedy = (f"Did you mean {near}? " if near else "") + f"Known: {', '.join(LIMITS)}."
        raise refusal("MK904", f"there is no limit {name[:60]!r}", remedy)
    return name


def _front_end(name: str) -> str:
    if name not in FRONT_ENDS:
        near = nearest(name, FRONT_ENDS)
        remedy = (f"Did you mean {near}? " if near else "") + f"Known: {', '.join(FRONT_ENDS)}."
        raise refusal("MK907", f"there is no front end {name[:60]!r}", remedy)
    return name


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


Version = Annotated[int, AfterValidator(_version), WithJsonSchema({"const": RECIPE_VERSION})]
Text = Annotated[str, BeforeValidator(as_written)]
_ID = WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,58}$"})
Id = Annotated[Text, _lawful(names.check_id, names.suggested_id, "files and folders"), _ID]
Expression = Annotated[
    Text,
    _lawful(names.check_expression, names.suggested_id, "a column"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,23}$"}),
]
Folder = Annotated[Text, AfterValidator(relative)]
INFANTS = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"type": "string", "pattern": "^[a-z][a-z0-9]*$"},
}
Identity = Annotated[
    Text,
    _lawful(names.check_identity, names.suggested_identity, "an identity"),
    WithJsonSchema(INFANTS["items"]),
]
Identities = Annotated[
    Literal["all"] | tuple[str, ...],
    PlainValidator(identities),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [{"const": "all"}, INFANTS]}),
]
Scope = Annotated[
    Literal["set", "identity", False],
    PlainValidator(_scope),
    WithJsonSchema({"enum": ["set", "identity", True, False]}),
]
LimitName = Annotated[Text, AfterValidator(_limit_name)]
FrontEnd = Annotated[Text, AfterValidator(_front_end), WithJsonSchema({"enum": list(FRONT_ENDS)})]
