"""A look at every file of a package as it leaves: does it tell more than it may?

Photos, templates, what pictures carry, places on this computer and the names of its accounts.
May import `accounts`, `errors`, `files`, `study` and `validate`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from morphkit.accounts import account_names, names_it
from morphkit.errors import Finding, PackageError
from morphkit.files.nested import unpacked
from morphkit.study.manifest import MANIFEST, StimulusSet
from morphkit.validate.privacy import DECLARED, declared_places, leaks
from morphkit.validate.traces import readable

FAULT = "This is a fault of the exporter: tell its authors."


def looked_at(
    stimulus_set: StimulusSet,
    made: Iterator[tuple[str, bytes]],
    places: Sequence[str],
    *,
    templates: bool = False,
    said: str = "",
    others: Collection[bytes] = (),
) -> Iterator[tuple[str, bytes]]:
    """Pass files on; stop at the first that tells more than it may.

    Parameters
    ----------
    stimulus_set : StimulusSet
    made : iterator of (str, bytes)
    places : sequence of str
        Paths that no file may name.
    templates : bool
        Whether the templates of the photos belong to the package.
    said : str
        What was written for this package in plain words, besides what the set declares.
    others : collection of bytes
        Files of others that belong to the package; their authors sign them.

    Raises
    ------
    PackageError
        MK754 for a place in what the set declares; while passing on, MK751, MK753, MK754 or
        MK756.
    """
    declared = list(declared_places(stimulus_set.manifest.morphkit.sources))
    if declared:
        raise PackageError(*declared)
    words = "\n".join([said, *(text for _, text in _words(stimulus_set))])
    names = [name for name in account_names() if not names_it(words, name)]
    look = leaks(stimulus_set, templates=templates)

    def passed() -> Iterator[tuple[str, bytes]]:
        for path, data in made:
            found = [one for one in look(path, data) if one.severity == "error"]
            found += _places(path, data, places)
            found += [] if data in others else _names(path, data, names)
            if found:
                raise PackageError(*found)
            yield path, data

    return passed()


def told_names(stimulus_set: StimulusSet) -> list[Finding]:
    """Return MK754 as a warning where somebody who works here stands in what was declared."""
    words = list(_words(stimulus_set))
    found = []
    for name in account_names():
        where = [pointer for pointer, text in words if names_it(text, name)]
        if where:
            more = f", and in {len(where) - 1} more" if len(where) > 1 else ""
            found.append(
                Finding(
                    "MK754",
                    f"a name of your account on this computer stands here{more}: packages tell it.",
                    severity="warning",
                    file=MANIFEST,
                    pointer=where[0],
                    suggestion="If they shall not, write it otherwise in faces.csv or the recipe "
                    "and build again.",
                )
            )
    return found


def _words(stimulus_set: StimulusSet) -> Iterator[tuple[str, str]]:
    """Yield what people wrote into a set in plain words, and where it stands."""
    manifest = stimulus_set.manifest
    yield "name", manifest.name
    for number, source in enumerate(manifest.morphkit.sources):
        for field in ("identity", "expression", *DECLARED):
            yield f"morphkit.sources.{number}.{field}", getattr(source, field) or ""
    names = ((row.identity, row.continuum) for row in stimulus_set.stimuli)
    yield "morphkit.recipe", " ".join(dict.fromkeys(chain.from_iterable(names)))
    yield "morphkit.scales", json.dumps(manifest.morphkit.scales, ensure_ascii=False, default=str)


def _names(path: str, data: bytes, names: Sequence[str]) -> Iterator[Finding]:
    if not names:
        return
    for item in unpacked(data):
        text = readable(item.data)
        if text and any(names_it(text, name) for name in names):
            yield Finding(
                "MK754",
                "the file names an account of this computer.",
                file=path,
                pointer=item.inside,
                suggestion=FAULT,
            )


def _places(path: str, data: bytes, places: Sequence[str]) -> Iterator[Finding]:
    known = [(place.rstrip("/\\").encode(), _named(place)) for place in places]
    # a plain search is a hundred times as fast, and mostly all that is needed
    if any(
        pattern and plain in item.data and re.search(pattern, item.data)
        for item in unpacked(data)
        for plain, pattern in known
    ):
        text = "the file names a place on this computer."
        yield Finding("MK754", text, file=path, suggestion=FAULT)


def _named(place: str) -> bytes:
    """Return a pattern for a place; of one part, only for an absolute path into it, since
    ``images/`` may be a folder of the package and ``/data`` may close a mark."""
    plain = place.rstrip("/\\")
    parts = len(re.findall(r"[^/\\]+", plain))
    if parts > 1:
        return rb"(?<![\w.])" + re.escape(plain.encode()) + rb"(?!\w)"
    is_absolute = plain.startswith("/")
    return rb"(?<![\w.<])" + re.escape(plain.encode()) + rb"/\w" if is_absolute else b""
