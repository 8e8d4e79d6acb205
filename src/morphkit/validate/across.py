"""Across a set: names that any system keeps apart, equal designs, one photo one face, lists.

Imports no NumPy.  May import `errors`, `files.sets`, `study` and `validate`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from morphkit.errors import Finding, SetError
from morphkit.study.entries import ContinuumEntry, MixtureEntry, TransformEntry
from morphkit.study.manifest import MANIFEST
from morphkit.study.program import resolve
from morphkit.study.table import TABLE
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding

LISTS = ("phase", "list", "block", "part")
"""Columns that say in which part of an experiment a row is shown."""

PRACTICE = frozenset(
    ("practice", "training", "train", "warmup", "familiarisation", "familiarization", "example")
)
"""Words in those columns, before any number, for trials that don't count."""

NUMBERED = "0123456789 _-"

TASK = "task.json"


def check_parallel(evidence: Evidence) -> Iterator[Finding]:
    """MK693: who the recipe says has a continuum has it; others are declared by name."""
    block = evidence.block
    if evidence.recipe is None:
        return
    infants = list(dict.fromkeys(source.identity for source in block.sources))
    there = {*infants, *(one.name for one in block.prototypes)}
    asked = resolve(evidence.recipe, infants)
    pairs = (
        ("continua", _who(asked.continua), _who(block.continua)),
        ("transforms", _who(asked.transforms), _who(block.transforms)),
        ("mixtures", _who(asked.mixtures), _who(block.mixtures)),
    )
    for key, wanted, listed in pairs:
        for number, (name, identities) in enumerate(wanted.items()):
            mine = listed.get(name)  # where nobody is listed, everybody is meant
            lacking = sorted({*identities} & there - {*mine}) if mine else []
            if lacking:
                text = f"{', '.join(lacking[:5])} should have {name}, as others do; the set is "
                text += "not parallel."
                yield finding("MK693", text, file=MANIFEST, pointer=f"morphkit.{key}.{number}")


def _who(
    entries: Iterable[ContinuumEntry | TransformEntry | MixtureEntry],
) -> dict[str, list[str]]:
    return {entry.name: entry.identities for entry in entries}


def check_photos(evidence: Evidence) -> Iterator[Finding]:
    """MK695: one photo is one expression of one infant."""
    first: dict[str, str] = {}
    told: set[tuple[str, str]] = set()

    def same(digest: str, called: str, place: str) -> Iterator[Finding]:
        other = first.setdefault(digest, called)
        if other != called and (other, called) not in told:
            told.add((other, called))
            text = f"{called} and {other} are one and the same photo."
            yield finding("MK695", text, file=MANIFEST, pointer=place)

    block = evidence.block
    for number, source in enumerate(block.sources):
        place = f"morphkit.sources.{number}"
        yield from same(source.sha256, f"{source.identity} {source.expression}", place)
    for number, anchor in enumerate(block.anchors):
        if not anchor.mirrored:
            place = f"morphkit.anchors.{number}"
            yield from same(anchor.pixel_sha256, f"{anchor.identity} {anchor.expression}", place)


def check_lists(evidence: Evidence) -> Iterator[Finding]:
    """MK694: an infant of the practice trials is in no other list of the same table.

    Packages that say by their task who is shown when are left alone.
    """
    for path in sorted(evidence.listing):
        if path != TABLE and not (path.startswith("packages/") and path.endswith(".csv")):
            continue
        if f"{'/'.join(path.split('/')[:2])}/{TASK}" in evidence.listing:
            continue
        try:
            text = evidence.set.read(path).decode("utf-8-sig", "replace")
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
        except (SetError, csv.Error):
            continue  # has its own finding, or is no table of ours
        for column in LISTS:
            if rows and column in rows[0]:
                yield from _leaks(evidence, path, column, rows)


def _leaks(
    evidence: Evidence, path: str, column: str, rows: Sequence[Mapping[str | None, object]]
) -> Iterator[Finding]:
    whose = {row.stimulus_id: row for row in evidence.set.stimuli}
    practised: set[str] = set()
    tested: dict[str, int] = {}
    for line, cells in enumerate(rows, start=2):
        word = str(cells.get(column) or "").strip().lower()
        row = whose.get(str(cells.get("stimulus_id")))
        identity = row.identity if row else str(cells.get("identity") or "")
        infants = {photo.identity for photo in evidence.shares(row)} if row else {identity}
        if word.rstrip(NUMBERED) in PRACTICE:
            practised |= infants
        elif word:
            tested |= {infant: tested.get(infant, line) for infant in infants}
    for infant in sorted(practised & tested.keys() - {""}):
        yield finding(
            "MK694",
            f"{infant} is shown in practice, and again in another {column}.",
            file=path,
            pointer=column,
            line=tested[infant],
        )
