"""Templates: the bytes of a template file to landmarks and back.

Knows which suffix is which format, and text as bytes; each format is a file of its own.
Knows no disk and no pixels.  Whatever the bytes, nothing but a MorphkitError comes out.
May import `errors` and `faces`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from morphkit.errors import Finding, TemplateError
from morphkit.faces.imglab import imglab_text, parse_imglab
from morphkit.faces.ljson import from_ljson, is_ljson
from morphkit.faces.mediapipe import from_mesh_csv, from_meshes, is_mesh_csv, meshes
from morphkit.faces.pts import parse_pts, pts_text
from morphkit.faces.tem import parse_tem, tem_text
from morphkit.faces.template import (
    BY_COUNT,
    Collection,
    Entry,
    SizeOf,
    Template,
    fault,
    no_size,
)
from morphkit.faces.template_csv import csv_text, parse_csv
from morphkit.faces.template_json import from_json, json_text, load
from morphkit.faces.tps import parse_tps, tps_text

__all__ = [
    "COLLECTION_SUFFIXES",
    "TEMPLATE_SUFFIXES",
    "Collection",
    "Entry",
    "Template",
    "collection_text",
    "parse_collection",
    "parse_template",
    "template_text",
]

MAX_BYTES = 1_000_000
"""A larger file is no template."""

MAX_COLLECTION = 30_000_000
"""A larger file is no collection of templates."""

MOST_ALIKE = 5
"""Findings of one code that are shown for one file."""


@dataclass(frozen=True, slots=True)
class _Format:
    """How a format is read and, where it is, written."""

    read: Callable[[bytes, SizeOf], Collection]
    write: Callable[[Sequence[Entry]], str] | None = None


def parse_template(
    data: bytes, suffix: str, *, file: str = "", size_of: SizeOf = no_size
) -> Template:
    """Return the template that the bytes of a file hold.

    Parameters
    ----------
    data : bytes
        UTF-8 (or ASCII) with or without byte-order mark; any line ends.  XML says itself.
    suffix : str
        One of `TEMPLATE_SUFFIXES` or `COLLECTION_SUFFIXES`, or ``.ljson``, in upper or lower
        case; it decides the format.
    file : str
        Name to put into findings.
    size_of : callable
        Gives width and height of a photo, for formats that measure from its edges.

    Returns
    -------
    Template
        Coordinates count from 0 at the centre of the top-left pixel, whatever the format.

    Raises
    ------
    TemplateError
        MK201 text that is no such template; MK203 a coordinate that is not finite; MK206 a
        scheme that does not exist; MK215 counts that do not agree; MK216 a line through a
        point that is not there; MK217 point names that are missing, double or unusable;
        MK218 another encoding, decimal commas, other separators; MK219 a wrong value
        beside the points; MK220 another suffix; MK222 the size of the photo is needed and
        not known; MK223 several faces, or none.
    """
    entries = parse_collection(data, suffix, file=file, size_of=size_of).entries
    if len(entries) != 1:
        message = f"the file holds {len(entries)} faces, not one."
        advice = "Write each of them to a file: morphkit convert FILE FOLDER"
        raise TemplateError(Finding("MK223", message, file=file, suggestion=advice))
    return entries[0].template


def parse_collection(
    data: bytes, suffix: str, *, file: str = "", size_of: SizeOf = no_size
) -> Collection:
    """Return all faces that the bytes of a file hold; one for most formats.

    Parameters and errors are those of `parse_template`; MK223 only where there is no face.
    """
    try:
        found = _format(suffix).read(data, size_of)
        if not found.entries:
            raise fault("MK223", "the file holds no face.")
    except TemplateError as error:
        raise TemplateError(*_capped(error.findings, file)) from None
    return found


def template_text(template: Template, suffix: str) -> str:
    """Return the text of a template file (to be written as UTF-8).

    Coordinates are rounded to 0.0001 px, in XML to 1 px.  JSON keeps all but the curves of a
    free scheme; CSV keeps names and coordinates, ``.tem`` coordinates and curves, ``.pts`` and
    ``.tps`` coordinates.

    Raises
    ------
    TemplateError
        MK220 for another suffix, or when the file would be read back as another scheme;
        MK222 for a ``.tps`` of a photo of unknown height.
    """
    return collection_text([Entry("", template)], suffix)


def collection_text(entries: Sequence[Entry], suffix: str) -> str:
    """Return the text of one file with these faces; errors as for `template_text`."""
    write = _format(suffix).write
    if write is None:
        message = f"{suffix} files are read only."
        raise fault("MK220", message, suggestion=f"Written are: {', '.join(_WRITTEN)}.")
    for entry in entries:
        if not entry.image.isprintable():
            message = f"the photo's name {entry.image[:80]!r} has signs that no file can hold."
            raise fault("MK220", message, suggestion="Rename the photo and its template.")
        layout = entry.template.landmarks.scheme
        claimed = BY_COUNT.get(suffix.lower(), {}).get(len(layout.points), layout.name)
        if claimed != layout.name:
            raise fault(
                "MK220",
                f"a {suffix} file of {len(layout.points)} points would be read as {claimed}, "
                f"but these landmarks are {layout.name}.",
                suggestion="Write it as .json, which keeps the names of the points.",
            )
    return write(entries)


def _format(suffix: str) -> _Format:
    known = _FORMATS.get(suffix.lower())
    if known is None:
        advice = f"Known: {', '.join(_FORMATS)}."
        raise fault("MK220", f"there is no template format {suffix!r}.", suggestion=advice)
    return known


_SAVE_UTF8 = "Open it in a text editor and save it as 'UTF-8'."


def _decoded(data: bytes, most: int = MAX_BYTES) -> str:
    """Return the text with LF line ends and without byte-order mark."""
    _refuse_large(data, most)
    if b"\0" in data:
        raise fault("MK218", "the file is saved as UTF-16 or is not text.", suggestion=_SAVE_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\r|\n", data[: error.start]))
        raise fault("MK218", "the file is not UTF-8.", line, suggestion=_SAVE_UTF8) from None
    if not text.strip():
        raise fault("MK201", "the file is empty.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_large(data: bytes, most: int) -> None:
    if len(data) > most:
        raise fault("MK201", f"{len(data)} bytes are too many for a template.")


def _read_json(text: str, size_of: SizeOf) -> Template:
    """Return the template of our own JSON, or of MediaPipe's or menpo's."""
    data = load(text)
    own = isinstance(data, dict) and bool({"scheme", "points"} & data.keys())
    found = [] if own else list(meshes(data))
    if found:
        return from_meshes(found, size_of)
    return from_json(data) if own or not is_ljson(data) else from_ljson(data)


def _read_csv(text: str, size_of: SizeOf) -> Template:
    """Return the template of our own CSV, or of MediaPipe's."""
    mesh = is_mesh_csv(text.lstrip().split("\n")[0])
    return from_mesh_csv(text, size_of) if mesh else parse_csv(text)


def _read_ljson(text: str, _: SizeOf) -> Template:
    data = load(text)
    if not is_ljson(data):
        raise fault("MK201", "the file holds no groups of landmarks, and so is no LJSON.")
    return from_ljson(data)


def _read_xml(data: bytes, _: SizeOf) -> Collection:
    _refuse_large(data, MAX_COLLECTION)
    return parse_imglab(data)


def _one(
    read: Callable[[str, SizeOf], Template], write: Callable[[Template], str] | None = None
) -> _Format:
    """Return a format whose files hold one face."""

    def read_bytes(data: bytes, size_of: SizeOf) -> Collection:
        return Collection((Entry("", read(_decoded(data), size_of)),))

    def write_first(entries: Sequence[Entry]) -> str:
        if len(entries) != 1 or write is None:
            message = f"files of this format hold one face each, and there are {len(entries)}."
            raise fault("MK220", message, suggestion="Name a folder, or a .tps or .xml file.")
        return write(entries[0].template)

    return _Format(read_bytes, write_first if write else None)


_FORMATS: Mapping[str, _Format] = {
    ".json": _one(_read_json, json_text),
    ".tem": _one(lambda text, _: parse_tem(text), tem_text),
    ".pts": _one(lambda text, _: parse_pts(text), pts_text),
    ".csv": _one(_read_csv, csv_text),
    ".tps": _Format(lambda d, size_of: parse_tps(_decoded(d, MAX_COLLECTION), size_of), tps_text),
    ".xml": _Format(_read_xml, imglab_text),
    ".ljson": _one(_read_ljson),
}

COLLECTION_SUFFIXES = (".tps", ".xml")
"""Suffixes of files that may hold many faces."""

TEMPLATE_SUFFIXES = (".json", ".tem", ".pts", ".csv")
"""Suffixes of a photo's template beside it; of several the first one counts.  Those of
collections are none, nor is LJSON: much else is called ``.xml``."""

_WRITTEN = tuple(suffix for suffix, form in _FORMATS.items() if form.write)


def _capped(findings: Sequence[Finding], file: str) -> list[Finding]:
    """Name the file in each finding, and keep a few of those that only repeat themselves."""
    total = Counter(finding.code for finding in findings)
    shown: Counter[str] = Counter()
    kept = []
    for finding in findings:
        shown[finding.code] += 1
        more = total[finding.code] - MOST_ALIKE
        if shown[finding.code] == MOST_ALIKE and more > 0:
            finding = replace(finding, message=f"{finding.message} ({more} more like this.)")
        if shown[finding.code] <= MOST_ALIKE:
            kept.append(replace(finding, file=file))
    return kept
