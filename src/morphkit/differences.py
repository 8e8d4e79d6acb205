"""Where a plan differs from the set that stands in its place, in a few words.

Compares what decides the pixels, as the set's manifest keeps it.  May import `plan` and `study`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from morphkit import __version__
from morphkit.plan import PAPERS, Plan
from morphkit.study.manifest import MorphkitBlock
from morphkit.study.recipe import resolved

MOST = 3
"""Differences that are named; the rest are counted."""

_SCALAR = (str, int, float, bool, type(None))


def differences(block: MorphkitBlock, planned: Plan) -> str:
    """Say where a plan differs from a set: version, recipe, photos, templates.

    Parameters
    ----------
    block : MorphkitBlock
        Of the set's manifest.
    planned : Plan
    """
    version = block.engine.version
    found = [] if version == __version__ else [f"morphkit {version} → {__version__}"]
    there, wanted = (
        {key: value for key, value in recipe.items() if key not in PAPERS}
        for recipe in (block.recipe, resolved(planned.recipe))
    )
    found += [f"the recipe's {place}" for place in _places(there, wanted)]
    noted, others = _sources(block, planned)
    found += others
    if noted and not found:
        return f"only what is noted in {_few([f'the template of {one}' for one in noted])}"
    found += [f"what is noted in the template of {one}" for one in noted]
    return _few(found or ["what its scales or its landmarks come to"])


def _few(told: list[str]) -> str:
    more = [f"{len(told) - MOST} more"] if len(told) > MOST else []
    return ", ".join(told[:MOST] + more)


def _places(there: Any, wanted: Any, place: str = "") -> Iterator[str]:
    """Yield the places where two recipes differ, with plain values."""
    if there == wanted:
        return
    pairs = _pairs(there, wanted)
    if pairs is not None:
        for name, one, other in pairs:
            yield from _places(one, other, f"{place}.{name}" if place else name)
    elif place and isinstance(there, _SCALAR) and isinstance(wanted, _SCALAR):
        yield f"{place} ({_plain(there)} → {_plain(wanted)})"
    else:
        yield place


def _plain(value: object) -> str:
    return value[:40] if isinstance(value, str) else json.dumps(value).removesuffix(".0")


def _pairs(there: Any, wanted: Any) -> list[tuple[str, Any, Any]] | None:
    """Return the parts of two values that are compared one by one; None for plain values."""
    if isinstance(there, list) and isinstance(wanted, list):
        there, wanted = _by_name(there), _by_name(wanted)
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        return [(key, there.get(key), wanted.get(key)) for key in {**there, **wanted}]
    return None


def _by_name(items: list[Any]) -> Mapping[str, Any] | None:
    named = all(isinstance(one, Mapping) and "name" in one for one in items)
    return {str(one["name"]): one for one in items} if named else None


def _sources(block: MorphkitBlock, planned: Plan) -> tuple[list[str], list[str]]:
    """Return the photos whose template differs in no landmark, and all other differences."""
    there = {(one.identity, one.expression): one for one in block.sources}
    placed = {(a.identity, a.expression): a.landmarks for a in block.anchors if not a.mirrored}
    noted: list[str] = []
    others: list[str] = []
    for face, pose in zip(planned.faces, planned.poses, strict=True):
        one, name = there.pop(face.key, None), " ".join(face.key)
        if one is None:
            others.append(f"the photo {name}, which is new")
        elif one.sha256 != face.sha256:
            others.append(f"the photo {name}")
        elif one.template_sha256 != face.template_sha256:
            marks = [(float(x), float(y)) for x, y in pose.landmarks.points]
            is_same = placed.get(face.key) == marks
            (noted if is_same else others).append(name if is_same else f"the template of {name}")
    others += [f"the photo {' '.join(key)}, which is gone" for key in there]
    return noted, others
