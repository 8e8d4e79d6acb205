"""Sets that other programs made, read from their files: series of frames with landmarks.

Finds the table, the pictures that it names and the templates beside them.  May import
`errors`, `faces`, `study` and the rest of `files`; templates and NumPy on use, so that names
and levels are read without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from morphkit.errors import Finding, MorphkitError, SetError
from morphkit.files.trees import Read, Tree
from morphkit.study.foreign import (
    LEAST,
    PICTURES,
    ForeignRow,
    grouped,
    parse_foreign_csv,
    rows_by_number,
)

if TYPE_CHECKING:
    from morphkit.faces.face import Landmarks

TABLES = (".csv", ".tsv")
SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class ForeignFrame:
    """A frame that another program made.

    Parameters
    ----------
    id : str
        Its file's path without the extension: folders may hold frames of the same names.
    level : float
        −1…1; 0…1 on ``from-neutral``.
    image_file : str
        Path relative to the set.
    read : callable
        ``read() -> bytes`` of the picture's file.
    landmarks : Landmarks or None
        None where there is no template, or it wasn't asked for or can't be read.
    """

    id: str
    level: float
    image_file: str
    read: Callable[[], bytes] = field(repr=False)
    landmarks: Landmarks | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ForeignSeries:
    """The frames of one identity's continuum, in their order."""

    identity: str
    continuum: str
    path: str
    frames: tuple[ForeignFrame, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ForeignSet:
    """What a folder of pictures from another program holds, and the doubts about it."""

    series: tuple[ForeignSeries, ...]
    findings: tuple[Finding, ...]


def pictures_of(tree: Tree) -> list[str]:
    """Return the pictures among the files, by their extensions."""
    return [path for path in tree.listing if path.rpartition(".")[2].lower() in PICTURES]


def foreign_table(tree: Tree) -> str:
    """Return the table of a folder of pictures; "" where there is none.

    Tables that lie beside a picture of the same name are templates.

    Raises
    ------
    SetError
        MK633 when several tables could be it.
    """
    stems = {_stem(path) for path in pictures_of(tree)}
    tables = [
        path
        for path in tree.listing
        if path.lower().endswith(TABLES) and "/" not in path and _stem(path) not in stems
    ]
    if len(tables) > 1:
        lawful = [path for path in tables if _is_table(tree, path)]
        if len(lawful) != 1:
            text = f"several tables could tell of the frames: {_some(tables)}."
            remedy = "Name the one that counts: morphkit validate FOLDER/TABLE.csv"
            raise SetError(Finding("MK633", text, file=tree.name, suggestion=remedy))
        tables = lawful
    return tables[0] if tables else ""


def lawful_table(tree: Tree) -> bool:
    """Say whether there is a table that tells of frames; SetError as `foreign_table`."""
    table = foreign_table(tree)
    return bool(table) and _is_table(tree, table)


def _is_table(tree: Tree, path: str) -> bool:
    try:
        _parsed(tree, path)
    except SetError:
        return False
    return True


def _parsed(tree: Tree, path: str) -> tuple[list[ForeignRow], list[Finding]]:
    data = tree.read(path)
    try:
        return parse_foreign_csv(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        text = "the table is not UTF-8 text."
        remedy = 'Save it as UTF-8; in Excel as "CSV UTF-8".'
        raise SetError(Finding("MK617", text, file=path, suggestion=remedy)) from None


def read_foreign(tree: Tree, table: str = "", *, templates: bool = True) -> ForeignSet:
    """Read a set that another program made.

    Parameters
    ----------
    tree : Tree
        Pictures, templates, and perhaps a table.
    table : str, optional
        The table's path; by default found by `foreign_table`.
    templates : bool
        Read the templates too (imports NumPy).

    Returns
    -------
    ForeignSet
        Findings: MK636 what was taken for granted, MK634 several paths in one continuum,
        MK662 pictures in more than one row, MK639 pictures without a row, MK632 series too
        short, MK681 rows without a picture, and what is wrong with templates (MK2xx).

    Raises
    ------
    SetError
        MK617, MK633, MK634 or MK637 for a table that can't be read; MK632 when nothing makes
        a series.
    """
    table = table or foreign_table(tree)
    pictures = pictures_of(tree)
    rows, findings = _parsed(tree, table) if table else rows_by_number(pictures)
    placed, missing = _placed(rows, pictures, table)
    findings += missing
    unlisted = sorted(set(pictures) - {row.image for row in placed})
    if unlisted:
        text = f"{len(unlisted)} pictures belong to no series: {_some(unlisted)}."
        findings.append(Finding("MK639", text, severity="warning", file=table))
    there = frozenset(tree.listing) if templates else frozenset()
    series = _series(tree.read, placed, table, there, findings)
    if not series:
        text = f"no {LEAST} pictures make a series of graded faces."
        raise SetError(Finding("MK632", text, file=table or tree.name), *findings)
    return ForeignSet(tuple(series), tuple(findings))


def _series(
    read: Read,
    rows: list[ForeignRow],
    table: str,
    there: frozenset[str],
    findings: list[Finding],
) -> list[ForeignSeries]:
    """Return the series that are long enough; say what is wrong with them and others."""
    series = []
    for frames in grouped(rows):
        name = " ".join(part for part in (frames[0].identity, frames[0].continuum) if part)
        if len(frames) < LEAST:
            text = f"{name!r} has {len(frames)} frames; a series has {LEAST} or more."
            findings.append(Finding("MK632", text, severity="warning", file=table))
            continue
        if len({frame.path for frame in frames}) > 1:
            text = f"{name!r} has frames of several paths; a continuum has one."
            findings.append(Finding("MK634", text, file=table))
        made = (_frame(read, row, there, findings) for row in frames)
        first = frames[0]
        series.append(ForeignSeries(first.identity, first.continuum, first.path, tuple(made)))
    return series


def _placed(
    rows: list[ForeignRow], pictures: list[str], table: str
) -> tuple[list[ForeignRow], list[Finding]]:
    """Return the rows with the paths of their pictures; MK681 for those that have none."""
    ways: dict[str, list[str]] = {}
    for path in pictures:
        name = path.rpartition("/")[2]
        for way in {path, name, _stem(path), _stem(name)}:
            ways.setdefault(way, []).append(path)
    placed, faults, there = [], [], set(pictures)
    for row in rows:
        found = [row.image] if row.image in there else ways.get(row.image, [])
        if len(found) == 1:
            placed.append(replace(row, image=found[0]))
        else:
            why = f"{len(found)} pictures are called so" if found else "it is not there"
            text = f"the row names the picture {row.image[:80]!r}, but {why}."
            faults.append(Finding("MK681", text, file=table, line=row.line))
    twice = [path for path, count in Counter(row.image for row in placed).items() if count > 1]
    if twice:
        text = f"pictures stand in more than one row: {_some(twice)}."
        faults.append(Finding("MK662", text, file=table))
    return placed, faults


def _frame(
    read: Read, row: ForeignRow, there: frozenset[str], findings: list[Finding]
) -> ForeignFrame:
    """Return a frame, with its landmarks where a template is there."""
    marks = None
    if there:
        try:
            marks = _landmarks(read, row, there)
        except MorphkitError as error:
            findings += error.findings
    return ForeignFrame(_stem(row.image), row.level, row.image, partial(read, row.image), marks)


def _landmarks(read: Read, row: ForeignRow, there: frozenset[str]) -> Landmarks | None:
    from morphkit.faces.templates import TEMPLATE_SUFFIXES, parse_template  # noqa: PLC0415

    beside = [_stem(row.image) + suffix for suffix in TEMPLATE_SUFFIXES]
    home = row.image.rpartition("/")[0]
    named = [row.template, f"{home}/{row.template}"] if row.template else beside
    path = next((one for one in named if one in there), "")
    if not path and row.template:
        text = f"the row names the template {row.template[:80]!r}, but it is not there."
        raise SetError(Finding("MK231", text, file=row.image, line=row.line))
    if not path:
        return None
    suffix = path[path.rindex(".") :] if "." in path.rpartition("/")[2] else ""
    return parse_template(read(path), suffix, file=path).landmarks


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return path[: len(path) - len(name)] + (name.rpartition(".")[0] or name)


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(path[:80] for path in paths[:SHOWN]) + more
