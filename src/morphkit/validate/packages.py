"""A package on its own: what it lists is there, and nothing is in it that it doesn't list.

Imports no NumPy, unless pictures are to be decoded.  May import `errors`, `files`, `study` and
`validate`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from morphkit import files
from morphkit.errors import Finding, ImageError, SetError
from morphkit.validate.png import NotPng, foreign, png_facts
from morphkit.validate.rules import finding
from morphkit.validate.targets import CHECKSUMS

DATA = (".png", ".csv", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".tsv", ".xlsx")
"""Pictures and tables: what an experiment shows or reads."""

RIGHTS, OVERRIDE = "licence_and_consent.txt", "override.txt"
IMAGE, SHA256 = "image_file", "sha256"
TABLES = {".csv": (IMAGE, ","), ".tsv": ("stim_file", "\t")}
"""Ending of a table -> its column of pictures and its separator; the second is BIDS."""

DATASET, UNKNOWN = "dataset_description.json", "n/a"
MODES = ("RGB", "L")
RUNS = "data/"
"""Where the experiments of some packages write what was answered."""

MASK = "mask.png"
"""Noise that follows a face: no row of a table."""


def check_package(tree: files.Tree, *, quick: bool) -> Iterator[Finding]:
    """MK688, MK841…MK845; MK151, MK153, MK751 of its pictures.

    Parameters
    ----------
    tree : Tree
    quick : bool
        Decode no picture.
    """
    yield from tree.findings
    listed: dict[str, str] = {}
    yield from _read_checksums(tree, listed)
    if OVERRIDE in listed:
        yield finding("MK845", "somebody had it made against the checks.", file=OVERRIDE)
    if RIGHTS not in listed:
        yield finding("MK844", f"the package has no {RIGHTS}.", file=CHECKSUMS)
    for path in sorted(listed.keys() - {*tree.listing, *tree.unseen}):
        yield finding("MK688", "the package lists this file, but lacks it.", file=path)
    hashes: dict[str, str] = {}
    others = [path for path in tree.listing if path not in listed and path != CHECKSUMS]
    runs = [path for path in others if path.startswith(RUNS)]
    if runs:
        text = f"{len(runs)} file(s) aren't the package's: what was answered in it, it seems."
        found = finding("MK842", text, file=RUNS)
        advice = "Move them to where your data are, before you hand the package on."
        yield replace(found, severity="warning", suggestion=advice)
    for path in tree.listing:
        if path in listed or (path in {*others} - {*runs} and path.lower().endswith(DATA)):
            yield from _file_faults(tree, path, listed, hashes, quick=quick)
    yield from _table_faults(tree, hashes, listed)


def _read_checksums(tree: files.Tree, listed: dict[str, str]) -> Iterator[Finding]:
    text = tree.read(CHECKSUMS).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        found = re.fullmatch("([0-9a-f]{64})  (.+)", line)
        if found and found[2] not in listed:
            listed[found[2]] = found[1]
        elif line:
            text = f"{line[:80]!r} is not a SHA-256, two blanks and a path of its own."
            yield finding("MK841", text, file=CHECKSUMS, line=number)
    if not listed:
        yield finding("MK841", "it lists no files.", file=CHECKSUMS)


def _file_faults(
    tree: files.Tree,
    path: str,
    listed: Mapping[str, str],
    hashes: dict[str, str],
    *,
    quick: bool,
) -> Iterator[Finding]:
    try:
        data = tree.read(path)
    except SetError as fault:
        yield from fault.findings
        return
    hashes[path] = hashlib.sha256(data).hexdigest()
    if path not in listed:
        yield finding("MK842", "the package doesn't list this file.", file=path)
    elif listed[path] != hashes[path]:
        found = finding("MK688", "the file is not the one that was packed.", file=path)
        yield replace(found, severity="error" if path.lower().endswith(DATA) else "warning")
    if path.lower().endswith(".png"):
        yield from _picture_faults(path, data, quick=quick)


def _picture_faults(path: str, data: bytes, *, quick: bool) -> Iterator[Finding]:
    try:
        facts = png_facts(data)
    except NotPng as fault:
        yield finding("MK151", f"this is not a whole PNG file: {fault}.", file=path)
        return
    if facts.mode not in MODES:
        yield finding("MK153", f"the picture is {facts.mode}, not 8-bit RGB or grey.", file=path)
    carried = foreign(facts)
    if carried:
        yield finding("MK751", f"the picture carries {'; '.join(carried)}.", file=path)
    if not quick and facts.mode in MODES:
        try:
            files.decode_png(data)
        except ImageError as error:
            for found in error.findings:
                text = f"the picture can't be decoded: {found.message}"
                yield finding("MK151", text, file=path)


def _table_faults(
    tree: files.Tree, hashes: Mapping[str, str], listed: Mapping[str, str]
) -> Iterator[Finding]:
    """MK843, MK684: tables that have a column of pictures name those that are there."""
    named: set[str] = set()
    tables = 0
    for table in (path for path in hashes if path in listed and path[-4:].lower() in TABLES):
        column, separator = TABLES[table[-4:].lower()]
        text = tree.read(table).decode("utf-8", "replace").removeprefix("\ufeff")
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            rows = list(reader) if column in (reader.fieldnames or ()) else []
        except csv.Error as error:
            yield finding("MK843", f"the table can't be read ({error}).", file=table)
            continue
        tables += bool(rows)
        home = _home(table, column, hashes)
        for line, row in enumerate(rows, start=2):
            image = row[column] or ""
            if image == UNKNOWN:
                continue
            path = home + image
            named.add(path)
            if path not in hashes:
                text = f"the row names the picture {image[:80]!r}, which is not in the package."
                yield finding("MK843", text, file=table, pointer=column, line=line)
            elif row.get(SHA256) not in (None, hashes[path]):
                text = f"the SHA-256 is not that of {path}."
                yield finding("MK684", text, file=table, pointer=SHA256, line=line)
    for path in sorted(hashes.keys() - named) if tables else ():
        if path.lower().endswith(".png") and path.rpartition("/")[2] != MASK:
            yield finding("MK843", "no row of a table names this picture.", file=path)


def _home(table: str, column: str, hashes: Mapping[str, str]) -> str:
    """Return from where a table counts its paths: its dataset's root, or its own folder.

    BIDS counts from the folder ``stimuli`` of that root.
    """
    parts = table.split("/")[:-1]
    for depth in range(len(parts), -1, -1):
        root = "".join(f"{part}/" for part in parts[:depth])
        if root + DATASET in hashes:
            return root if column == IMAGE else f"{root}stimuli/"
    return "".join(f"{part}/" for part in parts)
