"""Faults between the parts of a recipe: names that collide, wishes that contradict each other.

Found as far as a document can be read at all, so that they are told together with the faults
of single values.  May import `errors`, `study.names`, `study.parts` and `study.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from morphkit.errors import Finding, RecipeError
from morphkit.study import names
from morphkit.study.parts import Equalise
from morphkit.study.yaml import Document, Place, as_written, pointer

SERIES = ("continua", "transforms", "mixtures")
"""Keys of a recipe whose items make frames; at least one item is needed."""

NAMED = ("prototypes", *SERIES)
"""Keys of a recipe whose items have names: one name, one thing."""


def set_faults(document: Document) -> list[Finding]:
    """Return the faults between the parts of a recipe; codes as `recipe.parse_recipe` has them."""
    value = document.value if isinstance(document.value, dict) else {}
    packages = [as_written(item) for item in _list(value.get("packages"))]
    named = [(place, name) for key in NAMED for place, name in _names(value, key)]
    faults = _nothing_made(document, value) + _twice(document, named)
    faults += _twice(document, [(("packages", i), name) for i, name in enumerate(packages)])
    series = [(place, name) for place, name in named if place[0] != "prototypes"]
    faults += _id_faults(document, value, series)
    faults += _like_infants(document, value)
    return faults + _coded_statistics(document, value)


def _names(value: dict[str, Any], key: str) -> list[tuple[Place, Any]]:
    """Return where the names of a list's items stand, and the names."""
    items = [item if isinstance(item, dict) else {} for item in _list(value.get(key))]
    return [((key, i, "name"), as_written(item.get("name"))) for i, item in enumerate(items)]


def _nothing_made(document: Document, value: dict[str, Any]) -> list[Finding]:
    if not value or any(value.get(key) not in ([], None) for key in SERIES):
        return []
    remedy = "A set has at least one continuum (or transforms, or mixtures)."
    if value.get("continua") == []:
        return [_fault(document, "MK907", "the list is empty.", ("continua",), remedy)]
    if "continua" in value:
        return []  # it has its fault already
    return [_fault(document, "MK905", "the key continua is missing.", ("continua",), remedy)]


def _id_faults(
    document: Document, value: dict[str, Any], series: list[tuple[Place, Any]]
) -> list[Finding]:
    """MK912 ids that would mix when sorted, MK917 ids that are too long."""
    first = {name: place for place, name in reversed(series) if isinstance(name, str)}
    lawful = sorted((name for name in first if not names.check_id(name)), key=_order(first))
    faults = []
    for short, long in names.interleaving(lawful):
        message = f"the stimulus ids of {long!r} would sort among those of {short!r}."
        remedy = f"Put a letter behind {short}_, or drop the underscore."
        faults.append(_fault(document, "MK912", message, first[long], remedy))
    infants = [str(as_written(item)) for item in _list(value.get("identities"))]
    infants += [str(name) for _, name in _names(value, "prototypes")]
    longest = max(infants, key=len, default="i")
    for name in lawful:
        try:
            names.stimulus_id(longest, name, 1, 1)
        except RecipeError as error:
            fault = error.findings[0]
            faults.append(
                _fault(document, fault.code, fault.message, first[name], fault.suggestion)
            )
    return faults


def _order(first: dict[str, Place]) -> Callable[[str], tuple[int, Any]]:
    return lambda name: (NAMED.index(str(first[name][0])), first[name][1])


def _like_infants(document: Document, value: dict[str, Any]) -> list[Finding]:
    infants = {as_written(item) for item in _list(value.get("identities")) if _plain(item)}
    return [
        _fault(document, *like_an_infant(str(name), place))
        for place, name in _names(value, "prototypes")
        if _plain(name) and name in infants
    ]


def _plain(item: Any) -> bool:
    return not isinstance(item, list | dict)


def like_an_infant(name: str, place: Place) -> tuple[str, str, Place, str]:
    """Return code, message, place and remedy for a prototype that is called like an infant."""
    remedy = "Give the prototype another name, such as proto."
    return "MK922", f"{name!r} is the name of an infant as well.", place, remedy


def _coded_statistics(document: Document, value: dict[str, Any]) -> list[Finding]:
    engine, wishes = value.get("engine"), value.get("equalise")
    if not isinstance(engine, dict) or not isinstance(wishes, dict):
        return []
    asked = [key for key in Equalise.model_fields if wishes.get(key) in (True, "set", "identity")]
    if engine.get("light") != "srgb" or not asked:
        return []
    message = "mixed display codes (light: srgb) don't keep the statistics of what is mixed."
    remedy = "Write light: linear, or delete equalise."
    return [_fault(document, "MK918", message, ("equalise", asked[0]), remedy)]


def _twice(document: Document, items: list[tuple[Place, Any]]) -> list[Finding]:
    faults, seen = [], set()
    for place, item in items:
        if isinstance(item, str) and item in seen:
            message, remedy = f"{item[:60]!r} stands here again.", "Write each name once."
            faults.append(_fault(document, "MK912", message, place, remedy))
        elif isinstance(item, str):
            seen.add(item)
    return faults


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _fault(document: Document, code: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(
        code,
        message,
        file=document.file,
        pointer=pointer(place),
        line=document.line(place),
        suggestion=remedy,
    )
