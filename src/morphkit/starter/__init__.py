"""Studies to start from: an empty one for ``init``, the rendered infants for ``demo``.

Reads only what ships with morphkit, writes nothing.  May import the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_HERE = resources.files("morphkit.starter")


def empty_study() -> Iterator[tuple[str, bytes]]:
    """Yield the files of a new study: (relative path, bytes)."""
    return _walk(_HERE / "empty", "")


def demo_study() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the demo study: recipe and rendered infants."""
    shipped = _HERE / "demo"
    # a checkout keeps the demo at its top level; a wheel carries it inside
    home: Traversable = shipped if shipped.is_dir() else Path(__file__).parents[3]
    yield "configs/demo.yaml", (home / "configs" / "demo.yaml").read_bytes()
    yield from _walk(home / "raw_faces" / "demo", "raw_faces/demo/")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()
