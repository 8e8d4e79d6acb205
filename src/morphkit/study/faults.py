"""From the faults that a pydantic model finds to findings with line and remedy.

Knows models in general and documents as `study.yaml` reads them; no particular model.  May
import `errors`, `study.yaml` and pydantic.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from morphkit.errors import Finding
from morphkit.study.yaml import Document, Place, nearest, pointer

WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "model_type": "a mapping of keys and values",
    "dict_type": "a mapping of keys and values",
    "mapping_type": "a mapping of keys and values",
    "tuple_type": "a list",
    "finite_number": "a finite number",
}
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
}


def findings(
    document: Document, error: ValidationError, model: type[BaseModel], most: int
) -> list[Finding]:
    """Return the first `most` faults of a model, each with its place in the text.

    Codes: MK904 unknown key, MK905 missing key, MK906 wrong type, MK907 value not allowed;
    or the code that the model's own validator gave.
    """
    found: list[Finding] = []
    for fault in error.errors(include_url=False):
        place: Place = tuple(part for part in fault["loc"] if part != "[key]")
        if len(found) < most and not _under_broken(document, place):
            found.append(_finding(document, place, dict(fault), model))
    return found


def _under_broken(document: Document, place: Place) -> bool:
    return any(place[: len(broken)] == broken for broken in document.broken)


def _finding(
    document: Document, place: Place, fault: dict[str, Any], model: type[BaseModel]
) -> Finding:
    code, message, remedy = _words(document, place, fault, model)
    on_key = code == "MK904" and place in document.key_lines
    measured, limit = _bound(fault)
    return Finding(
        code,
        f"{message}.",
        file=document.file,
        pointer=pointer(place),
        line=document.key_lines[place] if on_key else document.line(place),
        measured=measured,
        limit=limit,
        suggestion=remedy,
    )


def _words(
    document: Document, place: Place, fault: dict[str, Any], model: type[BaseModel]
) -> tuple[str, str, str]:
    """Code, message without its full stop, remedy."""
    kind, context = fault["type"], fault.get("ctx", {})
    shown = document.shown(place, fault["input"])
    if kind.startswith("MK"):
        return kind, context["message"], context["suggestion"]
    if kind == "extra_forbidden":
        known = _fields(_model_at(model, place[:-1]))
        near = nearest(str(place[-1]), known)
        remedy = f"Did you mean {near}? " if near else ""
        return (
            "MK904",
            f"there is no key {str(place[-1])[:60]!r} here",
            remedy + (f"Known here: {', '.join(known)}."),
        )
    if kind == "missing":
        about = _fields(_model_at(model, place[:-1])).get(str(place[-1]), "")
        return "MK905", f"the key {place[-1]} is missing", f"Add it: {about[:1].lower()}{about[1:]}"
    if kind in WANTED:
        return "MK906", f"{shown} stands here; {WANTED[kind]} is needed", ""
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(shown.strip('"'), allowed)
        remedy = f"Did you mean {near}? " if near else ""
        return "MK907", f"{shown} is not allowed here", f"{remedy}Allowed: {', '.join(allowed)}."
    if kind in BOUNDS:
        key, words = BOUNDS[kind]
        return "MK907", f"{shown} stands here; {words} {context[key]:g} is needed", ""
    return "MK907", f"{shown} is not allowed here", str(fault["msg"])


def _bound(fault: dict[str, Any]) -> tuple[float | None, float | None]:
    if fault["type"] not in BOUNDS:
        return None, None
    bound = float(fault["ctx"][BOUNDS[fault["type"]][0]])
    try:
        return float(fault["input"]), bound
    except OverflowError:
        return None, bound


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """Return the model of the mapping at a place."""
    for part in place:
        field = next(
            (f for name, f in model.model_fields.items() if (f.alias or name) == part), None
        )
        if field is not None:
            inner = (field.annotation, *get_args(field.annotation))
            model = next(
                (t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)), model
            )
    return model


def _fields(model: type[BaseModel]) -> dict[str, str]:
    """Keys of a model as users write them, with their descriptions."""
    return {f.alias or name: f.description or "" for name, f in model.model_fields.items()}
