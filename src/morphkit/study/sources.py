"""Which photos there are, whose they are, and what may be done with them.

Reads the text of a ``faces.csv``, or makes the same rows from a list of file names; picks
the rows that a recipe needs.  Knows texts and names: whoever calls lists and reads files.
May import `errors`, `study.source_row` and the standard library.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Sequence

from morphkit.errors import Finding, SetError
from morphkit.study.source_row import (
    COLUMNS,
    PHOTOS,
    REQUIRED,
    TABLE,
    Fault,
    SourceRow,
    cell_fault,
    expression_fault,
    extension,
    identity_fault,
    parse_row,
)

__all__ = ["PHOTOS", "TABLE", "SourceRow", "parse_faces_csv", "select", "sources_from_listing"]


def parse_faces_csv(text: str, file: str = TABLE) -> list[SourceRow]:
    """Return the rows of a ``faces.csv`` text, in its order.

    A byte-order mark, any line ends, blanks around cells and empty lines are fine.

    Raises
    ------
    SetError
        With every fault: MK640 not a table with commas, MK641 unknown column, MK642 column
        missing, MK643 an infant's expression twice, MK644 unlawful identity, MK645 unlawful
        expression, MK646 path not usable, MK647 not yes, no or unknown, MK648 not a date,
        MK649 not an age, MK650 a row too long or too short, MK653 a column twice, MK654 a
        photo named twice.
    """
    lines = _table(text, file)
    header = _trimmed([cell.strip() for cell in lines[0][1]], 0)
    faults = _header_faults(header, lines[0][0], file)
    if faults:
        raise SetError(*faults)
    rows: list[tuple[int, SourceRow]] = []
    for number, written in lines[1:]:
        cells = _trimmed(written, len(header))
        if len(cells) != len(header):
            faults.append(_length_fault(cells, header, number, file))
            continue
        values = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        wrong = [(name, cell_fault(name, text)) for name, text in values.items()]
        found = [_cell(name, fault, number, file) for name, fault in wrong if fault]
        faults += found
        if not found:
            rows.append((number, parse_row(values)))
    faults += _repeats(rows, file)
    if not rows and not faults:
        remedy = "Write one row a photo, or delete the file to go by the photos' names."
        faults.append(
            Finding("MK640", "the table has no rows.", file=file, line=1, suggestion=remedy)
        )
    if faults:
        raise SetError(*sorted(faults, key=lambda fault: fault.line or 0))
    return [row for _, row in rows]


def sources_from_listing(paths: Sequence[str]) -> list[SourceRow]:
    """Return the photos of a folder that has no ``faces.csv``; their rights are undeclared.

    Photos are ``<identity>/<expression>.<ext>`` or ``<identity>_<expression>.<ext>``.
    Hidden files, deeper folders and files that are no photos are left alone.

    Parameters
    ----------
    paths : sequence of str
        Files, relative to the folder, with forward slashes.

    Returns
    -------
    list of SourceRow
        By identity and expression.

    Raises
    ------
    SetError
        MK651 a name breaks the naming law, MK652 two photos of one infant's expression,
        MK655 no photos.
    """
    faults: dict[str, Finding] = {}
    found: dict[tuple[str, str], str] = {}
    for path in sorted(paths):
        key = _named(path)
        if key is None:
            continue
        for fault in _name_faults(*key, path):
            faults.setdefault(fault.message, fault)
        if key in found:
            message = f"{path} and {found[key]} are both the {key[1]} face of {key[0]}."
            faults[message] = Finding("MK652", message, file=path, suggestion="Move one away.")
        found.setdefault(key, path)
    if not found:
        message = "the folder holds no photos named as morphkit needs them."
        remedy = f"Name them i01_happy.jpg or i01/happy.jpg, or write a {TABLE}."
        raise SetError(Finding("MK655", message, suggestion=remedy))
    if faults:
        raise SetError(*faults.values())
    return [SourceRow(*key, image=path) for key, path in sorted(found.items())]


def select(
    rows: Sequence[SourceRow], identities: str | Sequence[str], expressions: Sequence[str]
) -> list[SourceRow]:
    """Return the photos that a recipe needs.

    Parameters
    ----------
    rows : sequence of SourceRow
    identities : "all" or sequence of str
    expressions : sequence of str
        Expressions that every infant needs.

    Returns
    -------
    list of SourceRow
        Sorted by identity; each infant's expressions in the order of `expressions`.

    Raises
    ------
    SetError
        With every fault: MK930 an infant is not there, MK931 an infant lacks an expression,
        MK932 there are no infants, MK701 a photo's owner allows no derivatives.
    """
    by_key = {(row.identity, row.expression): row for row in rows}
    there = sorted({row.identity for row in rows})
    asked = there if identities == "all" else sorted(set(identities))
    if not asked:
        raise SetError(Finding("MK932", "there are no infants to choose from."))
    faults = [_absent(identity, there) for identity in asked if identity not in there]
    chosen: list[SourceRow] = []
    for identity in asked:
        if identity not in there:
            continue
        lacking = [name for name in expressions if (identity, name) not in by_key]
        if lacking:
            has = sorted(row.expression for row in rows if row.identity == identity)
            faults.append(_lacks(identity, lacking, has))
        chosen += [by_key[identity, name] for name in expressions if name not in lacking]
    faults += [forbidden(row) for row in chosen if row.derivatives_allowed == "no"]
    if faults:
        raise SetError(*faults)
    return chosen


def _table(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Return the lines that hold something, with their numbers; the first is the header."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, cells))
    except csv.Error as error:
        message = f"this is not a table of comma-separated values ({error})."
        remedy = "Check the quotation marks in this line; save it as CSV UTF-8."
        line = max(reader.line_num, 1)
        raise SetError(Finding("MK640", message, file=file, line=line, suggestion=remedy)) from None
    if not lines:
        remedy = f"Its first line is: {', '.join(COLUMNS)}."
        raise SetError(Finding("MK640", "the table is empty.", file=file, suggestion=remedy))
    first = lines[0][1]
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(first) == 1 and sign in first[0]:
            message = f"the columns are separated by {word}; commas are needed."
            remedy = "Save it as 'CSV UTF-8 (comma delimited)', or replace the separators."
            raise SetError(
                Finding("MK640", message, file=file, line=lines[0][0], suggestion=remedy)
            )
    return lines


def _trimmed(cells: list[str], least: int) -> list[str]:
    """Drop the empty cells that spreadsheets leave at the end of a line."""
    while len(cells) > least and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _header_faults(header: Sequence[str], line: int, file: str) -> list[Finding]:
    faults = []
    for place, name in enumerate(header):
        if name not in COLUMNS:
            near = difflib.get_close_matches(name[:60].lower(), COLUMNS, n=1, cutoff=0.55)
            remedy = (f"Did you mean {near[0]}? " if near else "") + f"Known: {', '.join(COLUMNS)}."
            message = f"there is no column {name[:60]!r}."
            faults.append(_at("MK641", message, file, line, name[:60], remedy))
        elif name in header[:place]:
            message = f"the column {name} stands here twice."
            faults.append(_at("MK653", message, file, line, name, "Delete one of the two."))
    for name in REQUIRED:
        if name not in header:
            message = f"the column {name} is missing."
            faults.append(_at("MK642", message, file, line, name, "Add it; photos need all three."))
    return faults


def _length_fault(cells: Sequence[str], header: Sequence[str], line: int, file: str) -> Finding:
    message = f"the row has {len(cells)} cells, the header has {len(header)}."
    remedy = "Give an empty cell its comma; put a text that holds commas in quotation marks."
    if len(cells) > len(header):
        remedy += " Numbers have a decimal point, not a comma."
    return _at("MK650", message, file, line, "", remedy)


def _cell(column: str, fault: Fault, line: int, file: str) -> Finding:
    code, message, remedy = fault
    return _at(code, f"{message}.", file, line, column, remedy)


def _at(code: str, message: str, file: str, line: int, pointer: str, remedy: str) -> Finding:
    return Finding(code, message, file=file, line=line, pointer=pointer, suggestion=remedy)


def _repeats(rows: Sequence[tuple[int, SourceRow]], file: str) -> list[Finding]:
    faults = []
    faces: dict[tuple[str, str], int] = {}
    images: dict[str, int] = {}
    for line, row in rows:
        first = faces.setdefault((row.identity, row.expression), line)
        if first != line:
            message = f"the {row.expression} face of {row.identity} is also in line {first}."
            faults.append(_at("MK643", message, file, line, "expression", "Delete one row."))
        first = images.setdefault(row.image, line)
        if first != line:
            message = f"the photo {row.image} is also in line {first}."
            remedy = "One photo is one expression of one infant."
            faults.append(_at("MK654", message, file, line, "image", remedy))
    return faults


def _named(path: str) -> tuple[str, str] | None:
    """Return identity and expression as a photo's path says them, or None."""
    folder, _, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    hidden = any(part.startswith(".") for part in path.split("/"))
    if not dot or hidden or "/" in folder or extension(path) not in PHOTOS:
        return None
    if folder:
        return folder, stem
    identity, joint, expression = stem.partition("_")
    return (identity, expression) if joint else None


def _name_faults(identity: str, expression: str, path: str) -> list[Finding]:
    faults = []
    for check in (identity_fault(identity), expression_fault(expression)):
        if check:
            _, message, remedy = check
            remedy = (
                f"Rename the files, or leave them and write a {TABLE} that names them. {remedy}"
            )
            faults.append(Finding("MK651", f"{message}.", file=path, suggestion=remedy))
    return faults


def _absent(identity: str, there: Sequence[str]) -> Finding:
    near = difflib.get_close_matches(identity, there, n=1)
    known = ", ".join(there[:20]) + (", …" if len(there) > 20 else "")
    return Finding(
        "MK930",
        f"the recipe asks for {identity}, who is not among the faces.",
        pointer="identities",
        suggestion=(f"Did you mean {near[0]}? " if near else "") + f"There are: {known}.",
    )


def _lacks(identity: str, lacking: Sequence[str], has: Sequence[str]) -> Finding:
    return Finding(
        "MK931",
        f"{identity} has no face that is {' or '.join(lacking)}; there is {', '.join(has)}.",
        pointer=identity,
        suggestion="Add the photo, or list the identities of the recipe without this one.",
    )


def forbidden(row: SourceRow) -> Finding:
    """Return MK701 about a photo whose owner allows no derivatives."""
    return Finding(
        "MK701",
        f"{TABLE} says that no derivatives of this photo are allowed; a morph is one.",
        file=row.image,
        pointer="derivatives_allowed",
        suggestion="Get permission, or list the identities of the recipe without this one.",
    )
