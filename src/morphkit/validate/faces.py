"""Photos before they are morphed: the table, and what it names.

A quick look sees that files are there and imports no NumPy; a full one reads every photo and
every template as a build would.  May import `errors`, `files`, `faces`, `photos`, `reading`
and `study`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding
from morphkit.reading import source_rows
from morphkit.study.source_row import TEMPLATES
from morphkit.study.sources import SourceRow, forbidden
from morphkit.validate.rules import finding


def check_faces(folder: Path, *, quick: bool) -> Iterator[Finding]:
    """MK701, MK101, MK231; and what reading the photos and their templates finds.

    Raises
    ------
    SetError
        MK64x or MK65x for a table or names that can't be read.
    """
    rows = source_rows(folder)
    yield from (forbidden(row) for row in rows if row.derivatives_allowed == "no")
    there = frozenset(files.list_files(folder, depth=None))
    missing = [(row, fault) for row in rows for fault in _missing(row, there)]
    yield from (fault for _, fault in missing)
    if quick:
        return
    from morphkit.photos import Faults, read_faces  # noqa: PLC0415 (it imports NumPy)

    known = {row.image for row, _ in missing}
    faults: Faults = {}
    read_faces(folder, [row for row in rows if row.image not in known], faults)
    yield from (found for error in faults.values() for found in error.findings)


def _missing(row: SourceRow, there: frozenset[str]) -> Iterator[Finding]:
    if row.image not in there:
        yield finding("MK101", "the photo is not here.", file=row.image)
    if row.template and row.template not in there:
        yield finding("MK231", "the template is not here.", file=row.template)
    stem = row.image.rpartition(".")[0]
    if not row.template and not any(f"{stem}.{kind}" in there for kind in TEMPLATES):
        yield finding("MK231", "the photo has no template beside it.", file=row.image)
