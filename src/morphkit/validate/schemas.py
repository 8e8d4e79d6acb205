"""The published JSON Schemas: what there is, and under which identifier.

An identifier is a URN with a version: the same for ever, and never fetched.  New keys may come
within a version; a key that goes makes a new one.  May import `measure`, `study` and
`validate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from json import dumps
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: Mapping[str, tuple[int, str]] = {
    "recipe": (1, "morphkit.study.recipe"),
    "manifest": (1, "morphkit.study.manifest"),
    "report": (1, "morphkit.validate.formats"),
    "measure": (1, "morphkit.measure.tables"),
    "config": (1, "morphkit.validate.config"),
    "scale": (1, "morphkit.study.scale"),
    "task": (1, "morphkit.study.task"),
}
"""Name → version, and the module whose ``<name>_schema`` makes it."""


def published(name: str) -> dict[str, Any]:
    """Return one of `SCHEMAS` with its dialect and identifier."""
    version, module = SCHEMAS[name]
    made: dict[str, Any] = getattr(import_module(module), f"{name}_schema")()
    return {"$schema": DIALECT, "$id": f"urn:morphkit:schema:{name}:{version}", **made}


def schema_text(name: str) -> str:
    """Return a schema as it is printed and committed, ending in a line feed."""
    return dumps(published(name), indent=1, ensure_ascii=False) + "\n"
