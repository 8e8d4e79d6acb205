"""Templates: the bytes of a template file to landmarks and back, and between schemes.

Knows the four text formats (own JSON, ``.tem``, ``.pts``, own CSV), each with its own
convention of counting, and what makes landmarks implausible for a photo.  Knows no disk
and no pixels.  Whatever the bytes, nothing but a MorphkitError comes out.
May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Curve, Scheme, free_scheme, scheme, scheme_names

MAX_BYTES = 1_000_000
"""A larger file is no template."""

MAX_POINTS = 2000
"""More points than any template has."""

MAX_COORDINATE = 1e6
"""Pixels; what lies further out is no place on a photo."""

MOST_ALIKE = 5
"""Findings of one code that are shown for one file."""

DECIMALS = 4
"""Digits after the point that the writers keep: 0.0001 px."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The landmarks of one image with what its file says about them.

    Parameters
    ----------
    landmarks : Landmarks
    width, height : int or None
        Pixels of the upright photo that it was made for, where the file says so.
    reviewed : bool or None
        Whether a person has looked at it; None when the file does not say.
    origin : mapping
        Who or what made it: detector, file hash, program.
    """

    landmarks: Landmarks
    width: int | None = None
    height: int | None = None
    reviewed: bool | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)


def parse_template(data: bytes, suffix: str, *, file: str = "") -> Template:
    """Return the template that the bytes of a file hold.

    Parameters
    ----------
    data : bytes
        UTF-8 (or ASCII) with or without byte-order mark; any line ends.
    suffix : str
        One of `TEMPLATE_SUFFIXES`, in upper or lower case; it decides the format.
    file : str
        Name to put into findings.

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
        beside the points; MK220 another suffix.
    """
    known = _FORMATS.get(suffix.lower())
    try:
        if known is None:
            raise _unknown_format(suffix)
        return known[0](_decode(data))
    except TemplateError as error:
        raise TemplateError(*_capped(error.findings, file)) from None


def template_text(template: Template, suffix: str) -> str:
    """Return the text of a template file (to be written as UTF-8).

    Coordinates are rounded to 0.0001 px.  JSON keeps everything; CSV keeps names and
    coordinates; ``.tem`` and ``.pts`` keep coordinates only, ``.tem`` also the curves.

    Raises
    ------
    TemplateError
        MK220 for another suffix, or when the file would be read back as another scheme.
    """
    known = _FORMATS.get(suffix.lower())
    if known is None:
        raise _unknown_format(suffix)
    layout = template.landmarks.scheme
    claimed = _BY_COUNT.get(suffix.lower(), {}).get(len(layout.points), layout.name)
    if claimed != layout.name:
        raise _fault(
            "MK220",
            f"a {suffix} file of {len(layout.points)} points would be read as {claimed}, "
            f"but these landmarks are {layout.name}.",
            suggestion="Write it as .json, which keeps the names of the points.",
        )
    return known[1](template)


def _fault(
    code: str, message: str, *, line: int | None = None, pointer: str = "", suggestion: str = ""
) -> TemplateError:
    return TemplateError(Finding(code, message, line=line, pointer=pointer, suggestion=suggestion))


def _capped(findings: Sequence[Finding], file: str) -> list[Finding]:
    """Name the file in each finding, and keep a few of those that only repeat themselves."""
    total = Counter(finding.code for finding in findings)
    shown: Counter[str] = Counter()
    kept = []
    for finding in findings:
        shown[finding.code] += 1
        if shown[finding.code] == MOST_ALIKE and total[finding.code] > MOST_ALIKE:
            more = total[finding.code] - MOST_ALIKE
            finding = replace(finding, message=f"{finding.message} ({more} more like this.)")
        if shown[finding.code] <= MOST_ALIKE:
            kept.append(replace(finding, file=file))
    return kept


def _unknown_format(suffix: str) -> TemplateError:
    return _fault(
        "MK220",
        f"there is no template format {suffix!r}.",
        suggestion=f"Known: {', '.join(TEMPLATE_SUFFIXES)}.",
    )


def _listed(names: Sequence[str], most: int = 8) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


# ---------------------------------------------------------------- text and numbers


_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|[0-9.]*#(ind|inf|qnan|snan)[0-9]*)", re.I)
_COUNT = re.compile(r"[0-9]{1,9}")
_SAVE_UTF8 = "Open it in a text editor and save it as 'UTF-8'."
_USE_POINTS = "Write decimals with a point, not a comma: 565.5, not 565,5."


def _decode(data: bytes) -> str:
    """Return the text with LF line ends and without byte-order mark."""
    if len(data) > MAX_BYTES:
        raise _fault("MK201", f"{len(data)} bytes are too many for a template.")
    if data.startswith(_WIDE) or b"\0" in data:
        raise _fault("MK218", "the file is saved as UTF-16 or is not text.", suggestion=_SAVE_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\r|\n", data[: error.start]))
        raise _fault(
            "MK218", "the file is not saved as UTF-8.", line=line, suggestion=_SAVE_UTF8
        ) from None
    if not text.strip():
        raise _fault("MK201", "the file is empty.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(text: str, line: int | None = None, pointer: str = "") -> float:
    """Return a coordinate that is written as text."""
    if _NOT_FINITE.fullmatch(text):
        return _in_range(float("nan"), text, line, pointer)
    if "," in text:
        raise _fault(
            "MK218",
            f"{text[:40]!r} has a comma.",
            line=line,
            pointer=pointer,
            suggestion=_USE_POINTS,
        )
    if not _NUMBER.fullmatch(text):
        raise _fault("MK201", f"{text[:40]!r} is not a number.", line=line, pointer=pointer)
    return _in_range(float(text), text, line, pointer)


def _in_range(value: float, text: object, line: int | None, pointer: str) -> float:
    if not np.isfinite(value):
        raise _fault(
            "MK203",
            f"the coordinate {str(text)[:40]} is not finite.",
            line=line,
            pointer=pointer,
            suggestion="Place this landmark again.",
        )
    if abs(value) > MAX_COORDINATE:
        raise _fault(
            "MK201", f"{str(text)[:40]} is not a pixel coordinate.", line=line, pointer=pointer
        )
    return value


def _pair(row: str, line: int) -> tuple[float, float]:
    """Return the x and y of a row."""
    if "," in row:
        raise _fault(
            "MK218",
            f"{row[:40]!r} has a comma.",
            line=line,
            suggestion=f"{_USE_POINTS} Separate x and y by a blank or a tab.",
        )
    cells = row.split()
    if len(cells) != 2:
        raise _fault("MK201", f"{row[:40]!r} is not a pair of numbers, x and y.", line=line)
    return _number(cells[0], line), _number(cells[1], line)


def _pairs(rows: Sequence[tuple[int, str]]) -> tuple[list[tuple[float, float]], list[Finding]]:
    """Return the points of numbered rows, and what is wrong with each of the others."""
    points: list[tuple[float, float]] = []
    faults: list[Finding] = []
    for line, row in rows:
        try:
            points.append(_pair(row, line))
        except TemplateError as error:
            faults += error.findings
    return points, faults


def _counted(declared: int, found: int, line: int | None) -> list[Finding]:
    """Return what is wrong with the number of points of a file."""
    if found == declared and 1 <= found <= MAX_POINTS:
        return []
    if found == declared:
        message = f"a template has 1 to {MAX_POINTS} points, this one {found}."
        declared = MAX_POINTS if found else 1
    else:
        message = f"the file announces {declared} points and has {found}."
    return [
        Finding(
            "MK215",
            message,
            line=line,
            measured=float(found),
            limit=float(declared),
            suggestion="Export the template again.",
        )
    ]


def _by_count(suffix: str, count: int) -> Scheme:
    """Return the scheme that a file without names has by its number of points."""
    name = _BY_COUNT[suffix].get(count)
    return scheme(name) if name else free_scheme([f"point_{i:03d}" for i in range(count)])


_BY_COUNT: Mapping[str, Mapping[int, str]] = {
    ".tem": {189: "frl189", 191: "baby191", 83: "fpp83", 106: "fpp106"},
    ".pts": {68: "ibug68"},
}


# ---------------------------------------------------------------- .tem


# A row that does not begin like a number is a comment.
_TEM_DATA = re.compile(r"[+-]?(\.?[0-9]|(nan|inf|infinity)\b)", re.I)


def _parse_tem(text: str) -> Template:
    """Read Psychomorph's and WebMorph's format: count, points, count, lines; from 0."""
    numbered = ((i, row.strip()) for i, row in enumerate(text.split("\n"), start=1))
    rows = [(i, row) for i, row in numbered if _TEM_DATA.match(row)]
    reader = iter(rows)
    (declared,) = _integers(reader, 1, "the number of points")
    # Points stand two in a row, the number of lines that follows them stands alone.
    body = list(takewhile(lambda r: len(re.split(r"[\s,]+", r[1])) > 1, rows[1:]))
    faults = _counted(declared, len(body), rows[len(body)][0])
    points, bad = _pairs(body)
    if faults or bad:
        raise TemplateError(*bad, *faults)
    curves = _tem_curves(iter(rows[1 + len(body) :]), len(points))
    layout = _by_count(".tem", len(points))
    if layout.name not in scheme_names():
        layout = replace(layout, curves=curves)
    return Template(Landmarks(layout, np.array(points)))


def _tem_curves(reader: Iterator[tuple[int, str]], count: int) -> tuple[Curve, ...]:
    """Return the lines of a ``.tem`` as curves.

    A file may end after its points; what follows the last line is left unread.  Lines of
    one point are dropped; a ring that repeats its first point is closed.
    """
    first = next(reader, None)
    if first is None:
        return ()
    (lines,) = _integers(iter([first]), 1, "the number of lines")
    curves = []
    for number in range(1, lines + 1):
        (closed,) = _integers(reader, 1, f"the flag of line {number} (0 open, 1 closed)", most=1)
        (length,) = _integers(reader, 1, f"the number of points of line {number}")
        if not length:
            continue
        chain = _integers(reader, length, f"the points of line {number}", most=count - 1)
        ring = bool(closed) or (len(chain) > 3 and chain[0] == chain[-1])
        if ring and chain[0] == chain[-1]:
            chain = chain[:-1]
        if len(set(chain)) > 1:
            curves.append(Curve(tuple(chain), ring))
    return tuple(curves)


def _integers(
    reader: Iterator[tuple[int, str]], count: int, what: str, most: int | None = None
) -> list[int]:
    """Return the next row as `count` whole numbers of at most `most`."""
    line, row = next(reader, (None, ""))
    if line is None:
        raise _fault(
            "MK215",
            f"the file ends where {what} should follow.",
            suggestion="The file is cut off: export it again.",
        )
    cells = row.split()
    if not all(_COUNT.fullmatch(cell) for cell in cells):
        raise _fault("MK201", f"{row[:40]!r} stands where {what} should.", line=line)
    if len(cells) != count:
        raise _fault(
            "MK215", f"{what}: {count} number(s) announced, {len(cells)} found.", line=line
        )
    numbers = [int(cell) for cell in cells]
    if most is not None and max(numbers) > most:
        raise _fault(
            "MK216", f"{what}: {max(numbers)} is above the highest possible, {most}.", line=line
        )
    return numbers


def _tem_text(template: Template) -> str:
    landmarks = template.landmarks
    rows = [str(len(landmarks.points))]
    rows += [f"{_plain(x)}\t{_plain(y)}" for x, y in landmarks.points]
    rows.append(str(len(landmarks.scheme.curves)))
    for curve in landmarks.scheme.curves:
        rows += ["1" if curve.closed else "0", str(len(curve.points))]
        rows.append(" ".join(str(i) for i in curve.points))
    return "\n".join(rows) + "\n"


def _plain(value: float) -> str:
    return f"{_rounded(value):.{DECIMALS}f}"


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS) + 0.0  # + 0.0: no minus zero


# ---------------------------------------------------------------- .pts


_PTS_KEY = re.compile(r"(version|n_points)\s*:\s*(\S+)")


def _parse_pts(text: str) -> Template:
    """Read iBUG's and menpo's format, whose coordinates count from 1."""
    numbered = ((i, row.strip()) for i, row in enumerate(text.split("\n"), start=1))
    rows = [(i, row) for i, row in numbered if row]
    places = [[k for k, (_, row) in enumerate(rows) if row == brace] for brace in "{}"]
    if [len(found) for found in places] != [1, 1] or places[0] > places[1]:
        raise _fault(
            "MK201",
            "the points do not stand between one { and one }, each on its own line.",
            line=rows[0 if not places[0] else -1][0],
        )
    (start,), (end,) = places
    faults = [
        Finding("MK201", f"{row[:40]!r} follows the closing brace.", line=line)
        for line, row in rows[end + 1 :]
    ]
    points, bad = _pairs(rows[start + 1 : end])
    faults += bad
    declared, line = _pts_header(rows[:start], faults)
    if line is not None:
        faults += _counted(declared, end - start - 1, line)
    if faults:
        raise TemplateError(*faults)
    return Template(Landmarks(_by_count(".pts", len(points)), np.array(points) - 1))


def _pts_header(rows: Sequence[tuple[int, str]], faults: list[Finding]) -> tuple[int, int | None]:
    """Return the announced number of points and its line; add what is wrong to `faults`."""
    found: dict[str, tuple[str, int]] = {}
    for line, row in rows:
        entry = _PTS_KEY.fullmatch(row)
        if entry is None or entry[1] in found:
            message = f"{row[:40]!r} is not 'version: 1' or 'n_points: …', or stands there twice."
            faults.append(Finding("MK201", message, line=line))
        else:
            found[entry[1]] = entry[2], line
    version, line = found.get("version", ("not given", 1))
    if version not in ("1", "1.0"):
        message = f"the version of the format is {version}, not 1."
        faults.append(Finding("MK201", message, line=line))
    count, line = found.get("n_points", ("", 1))
    if not _COUNT.fullmatch(count):
        faults.append(Finding("MK201", "the row 'n_points: <number>' is missing.", line=line))
        return 0, None
    return int(count), line


def _pts_text(template: Template) -> str:
    points = template.landmarks.points
    rows = ["version: 1", f"n_points: {len(points)}", "{"]
    rows += [f"{_plain(x + 1)} {_plain(y + 1)}" for x, y in points]
    return "\n".join([*rows, "}"]) + "\n"


# ---------------------------------------------------------------- own JSON and CSV


def _parse_json(text: str) -> Template:
    data = _json_object(text)
    faults: list[Finding] = []
    points = _json_points(data.get("points"), faults)
    layout = _named_scheme(data.get("scheme"), list(points), faults)
    for key in ("width", "height"):
        size = data.get(key)
        if size is not None and not (_is(size, int) and 1 <= size <= MAX_COORDINATE):
            faults.append(_wrong(key, size, "a whole number of pixels above 0"))
    if not (data.get("reviewed") is None or _is(data["reviewed"], bool)):
        faults.append(_wrong("reviewed", data["reviewed"], "true, false or null"))
    origin = data.get("origin")
    if not (origin is None or isinstance(origin, dict)) or not _writable(origin):
        faults.append(_wrong("origin", origin, "an object of plain values"))
    if faults or layout is None:
        raise TemplateError(*faults)
    return Template(
        Landmarks(layout, np.array([points[name] for name in layout.points])),
        data.get("width"),
        data.get("height"),
        data.get("reviewed"),
        origin or {},
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise _fault("MK201", f"this is not JSON: {error.msg}.", line=error.lineno) from None
    except (ValueError, RecursionError):
        raise _fault("MK201", "this JSON cannot be read: too deep or too long a number.") from None
    if not isinstance(data, dict):
        raise _fault("MK201", "the file does not hold one JSON object.")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if twice:
        raise _fault("MK201", f"a key stands twice in one object: {_listed(twice)!r}.")
    return dict(pairs)


def _json_points(entries: object, faults: list[Finding]) -> dict[str, tuple[float, float]]:
    """Return the points by name; a point with a fault is at (0, 0) and in `faults`."""
    if not isinstance(entries, list):
        faults.append(_wrong("points", entries, "a list of points"))
        return {}
    faults += _counted(len(entries), len(entries), None)
    points: dict[str, tuple[float, float]] = {}
    for i, entry in enumerate(entries[:MAX_POINTS]):
        pointer = f"points[{i}]"
        if not isinstance(entry, dict):
            faults.append(_wrong(pointer, entry, "an object with name, x and y"))
            continue
        name = entry.get("name")
        faults += _name_faults(name, points, pointer, None)
        place = []
        for key in ("x", "y"):
            value: Any = entry.get(key)
            if not (_is(value, int) or _is(value, float)):
                faults.append(_wrong(f"{pointer}.{key}", value, "a number"))
                continue
            try:
                place.append(_in_range(_real(value), value, None, f"{pointer}.{key}"))
            except TemplateError as error:
                faults += error.findings
        points[str(name)] = (place[0], place[1]) if len(place) == 2 else (0.0, 0.0)
    return points


def _is(value: object, kind: type) -> bool:
    """Like isinstance, but true and false are no numbers."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _real(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _wrong(pointer: str, value: object, wanted: str) -> Finding:
    shown = "nothing" if value is None else repr(value)[:40]
    return Finding("MK219", f"{shown} stands where {wanted} should.", pointer=pointer)


def _writable(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _name_faults(
    name: object, known: Mapping[str, Any], pointer: str, line: int | None
) -> list[Finding]:
    """Return what is wrong with the name of a point."""
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        message = f"{str(name)[:40]!r} is not a point name of 1 to 64 letters."
    elif (
        not name.isprintable() or name != name.strip() or not (name[0].isalnum() or name[0] == "_")
    ):
        # Also keeps out what a spreadsheet would take for a formula.
        message = f"the point name {name!r} is not plain text that begins with a letter or digit."
    elif name in known:
        message = f"the point {name!r} stands there twice."
    else:
        return []
    return [Finding("MK217", message, pointer=pointer, line=line)]


def _named_scheme(name: object, names: Sequence[str], faults: list[Finding]) -> Scheme | None:
    """Return the scheme called `name`, extended by the points it does not know."""
    if not isinstance(name, str) or len(name) > 64:
        faults.append(replace(_wrong("scheme", name, "the name of a scheme"), code="MK206"))
        return None
    free = re.fullmatch(r"free([0-9]{0,9})(\+ext)?", name)
    if free:
        if free[1] and not free[2] and not faults:
            faults += _counted(int(free[1]), len(names), None)
        return None if faults else free_scheme(names)
    try:
        layout = scheme(name.removesuffix("+ext"))
    except TemplateError as error:
        faults += [replace(f, pointer="scheme") for f in error.findings]
        return None
    given = set(names)
    missing = [point for point in layout.points if point not in given]
    if missing:
        faults.append(
            Finding(
                "MK217",
                f"{len(missing)} of the {len(layout.points)} points of {layout.name} are "
                f"missing: {_listed(missing)}.",
                pointer="points",
                measured=float(len(layout.points) - len(missing)),
                limit=float(len(layout.points)),
                suggestion="Add them, or name another scheme ('free' takes any points).",
            )
        )
    own = set(layout.points)
    return None if faults else layout.extended([point for point in names if point not in own])


def _json_text(template: Template) -> str:
    landmarks = template.landmarks
    head = {
        "scheme": landmarks.scheme.name,
        "width": template.width,
        "height": template.height,
        "reviewed": template.reviewed,
        "origin": dict(template.origin),
    }
    rows = [f" {_compact(key)}: {_compact(value)}," for key, value in head.items()]
    points = [
        "  " + _compact({"name": name, "x": _rounded(x), "y": _rounded(y)})
        for name, (x, y) in zip(landmarks.scheme.points, landmarks.points, strict=True)
    ]
    return "\n".join(["{", *rows, ' "points": [', ",\n".join(points), " ]", "}"]) + "\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _parse_csv(text: str) -> Template:
    header = next(row for row in text.split("\n") if row.strip())
    if "," not in header and (";" in header or "\t" in header):
        raise _fault(
            "MK218",
            "the cells are separated by semicolons or tabs.",
            line=1,
            suggestion="Save it as 'CSV UTF-8' with commas between and points inside numbers.",
        )
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _fault("MK201", f"this is not CSV: {error}.", line=reader.line_num) from None
    names = [cell.strip() for cell in rows[0][1]] if rows else []
    if names != ["name", "x", "y"]:
        found = ",".join(names)[:40]
        raise _fault("MK201", f"the header is {found!r}, not 'name,x,y'.", line=1)
    faults = _counted(len(rows) - 1, len(rows) - 1, None)
    points: dict[str, tuple[float, float]] = {}
    for line, row in rows[1 : MAX_POINTS + 1]:
        faults += _name_faults(row[0], points, "name", line)
        try:
            points[row[0]] = _csv_pair(row, line)
        except TemplateError as error:
            points[row[0]] = (0.0, 0.0)
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    layout = _scheme_of(list(points))
    return Template(Landmarks(layout, np.array([points[name] for name in layout.points])))


def _csv_pair(row: Sequence[str], line: int) -> tuple[float, float]:
    if len(row) != 3:
        raise _fault(
            "MK218" if len(row) == 5 else "MK201",
            f"{len(row)} cells stand here, name, x and y are three.",
            line=line,
            suggestion=_USE_POINTS if len(row) > 3 else "",
        )
    return _number(row[1].strip(), line, "x"), _number(row[2].strip(), line, "y")


def _scheme_of(names: Sequence[str]) -> Scheme:
    """Return the largest known scheme whose points are all named, extended; or a free one."""
    given = set(names)
    known = [scheme(name) for name in scheme_names()]
    fitting = [layout for layout in known if given.issuperset(layout.points)]
    if not fitting:
        return free_scheme(names)
    layout = max(fitting, key=lambda s: len(s.points))
    own = set(layout.points)
    return layout.extended([name for name in names if name not in own])


def _csv_text(template: Template) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "x", "y"])
    landmarks = template.landmarks
    for name, (x, y) in zip(landmarks.scheme.points, landmarks.points, strict=True):
        writer.writerow([name, _plain(x), _plain(y)])
    return out.getvalue()


_Format = tuple[Callable[[str], Template], Callable[[Template], str]]

_FORMATS: Mapping[str, _Format] = {
    ".json": (_parse_json, _json_text),
    ".tem": (_parse_tem, _tem_text),
    ".pts": (_parse_pts, _pts_text),
    ".csv": (_parse_csv, _csv_text),
}

TEMPLATE_SUFFIXES = tuple(_FORMATS)
"""Suffixes of template files; of several beside a photo the first one counts."""


# ---------------------------------------------------------------- from scheme to scheme


def convert(landmarks: Landmarks, to: str) -> tuple[Landmarks, tuple[str, ...]]:
    """Return the landmarks in another scheme, and what is lost on the way.

    Parameters
    ----------
    landmarks : Landmarks
    to : str
        Name of the target scheme.

    Returns
    -------
    landmarks : Landmarks
    notes : tuple of str
        Sentences for the user; empty when nothing changes.

    Raises
    ------
    TemplateError
        MK206 when there is no such scheme, MK221 when there is no way to it: landmarks
        are dropped or interpolated, never invented.
    """
    start = landmarks.scheme.name
    if start == to:
        return landmarks, ()
    target, base = scheme(to), start.removesuffix("+ext")
    notes: tuple[str, ...] = ()
    if base != start and base in scheme_names():
        plain = scheme(base)
        extra = landmarks.scheme.points[len(plain.points) :]
        landmarks = Landmarks(plain, landmarks.points[: len(plain.points)])
        notes = (f"{len(extra)} extra point(s) are left out: {_listed(extra)}.",)
    if landmarks.scheme.name == to:
        return landmarks, notes
    rule = _CONVERSIONS.get((base, to))
    if rule is None:
        ways = ", ".join(f"{a} → {b}" for a, b in _CONVERSIONS)
        raise _fault(
            "MK221",
            f"there is no conversion from {start} to {to}.",
            suggestion=f"Possible: {ways}; and from any scheme with extra points to the same "
            "scheme without.",
        )
    points, lost = rule(landmarks.points)
    return Landmarks(target, points), (*notes, *lost)


_Conversion = Callable[[FloatArray], tuple[FloatArray, tuple[str, ...]]]

# First ibug68 landmark of a row: the frl189 landmarks whose mean it is (one that stands there
# more often weighs more), then those of the next ibug68 landmarks.
_IBUG_FROM_FRL: Mapping[int, Sequence[tuple[int, ...]]] = {
    0: ((109,), (110,), (111,), (125, 125, 111), (125, 125, 126), (126,), (127,), (128,)),
    8: ((129,),),
    9: ((130,), (131,), (132,), (133, 133, 132), (133, 133, 114), (114,), (113,), (112,)),
    17: ((71,), (72,), (73,), (74,), (75,)),
    22: ((78,), (79,), (80,), (81,), (82,)),
    27: ((51, 57), (52, 58), (53, 59), (54, 60)),
    31: ((64,), (180,), (55,), (181,), (69,)),
    36: ((18,),),
    39: ((22,),),
    42: ((23,),),
    45: ((27,),),
    48: ((87,), (88,), (89,), (90,), (91,), (92,), (93,)),
    55: ((108,), (107,), (106,), (105,), (104,)),
    60: ((87, 87, 87, 94), (95,), (96,), (97,)),
    64: ((93, 93, 93, 98), (102,), (101,), (100,)),
}

# ibug68 lid landmarks ← one and two thirds along these frl189 lids (not iris points, which
# are elsewhere in closed or squeezed eyes).
_LIDS: Mapping[tuple[int, int], tuple[int, ...]] = {
    (37, 38): (18, 19, 20, 21, 22),
    (41, 40): (18, 28, 29, 30, 22),
    (43, 44): (23, 24, 25, 26, 27),
    (47, 46): (23, 31, 32, 33, 27),
}


def _frl_to_ibug(points: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    out = np.empty((68, 2))
    for first, row in _IBUG_FROM_FRL.items():
        for index, sources in enumerate(row, start=first):
            out[index] = points[list(sources)].mean(axis=0)
    for pair, lid in _LIDS.items():
        out[list(pair)] = _along(points[list(lid)], np.array([1 / 3, 2 / 3]))
    return out, (
        "Pupils, irises, ears, hairline, neck, head outline, creases, cheekbones and the edges "
        "of the nostrils have no place in ibug68 and are left out.",
        "Jaw points lie elsewhere along the jaw than a 68-point detector puts them (about 8 % of "
        "the eye distance): do not mix converted and detected templates in one set.",
        "Lid points are taken at one and two thirds of each lid; nose bridge, some jaw points "
        "and the inner mouth corners are means of their neighbours.",
    )


def _along(chain: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the points at these shares (0…1) of a chain's length."""
    steps = np.diff(chain, axis=0)
    length = np.concatenate([[0.0], np.cumsum(np.sqrt((steps * steps).sum(axis=1)))])
    at = shares * length[-1]
    return np.stack([np.interp(at, length, chain[:, k]) for k in range(2)], axis=1)


def _without_head_joints(points: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    return points[:189], (
        "The two points where the ears meet the head, and the line over the head that joins "
        "them, are left out.",
    )


_CONVERSIONS: Mapping[tuple[str, str], _Conversion] = {
    ("frl189", "ibug68"): _frl_to_ibug,
    ("baby191", "ibug68"): _frl_to_ibug,
    ("baby191", "frl189"): _without_head_joints,
}


# ---------------------------------------------------------------- landmarks against a photo


OUTSIDE = 0.5
"""Pixels beyond the outermost pixel centres that a landmark may lie: the pixel's edge."""

SAME_PLACE = 0.01
"""Pixels; two landmarks that are nearer to each other coincide."""

MIN_PUPILS = 4.0
"""Pixels between the pupils below which the coordinates are no pixels of a face."""

MOUTH_DISTANCE = (0.4, 2.2)
"""Eyes to mouth in pupil distances; real faces have 0.8 (infants) to 1.3."""

MAX_ASYMMETRY = 1.0
"""Outer-eye-corner distances between a landmark and its mirrored partner; hand-made
templates reach 0.37, a head turned by some 30 degrees 0.72."""


def plausibility(
    landmarks: Landmarks,
    width: int,
    height: int,
    file: str = "",
    *,
    declared: tuple[int | None, int | None] = (None, None),
) -> list[Finding]:
    """Return what speaks against these landmarks being those of the face on a photo.

    Parameters
    ----------
    landmarks : Landmarks
    width, height : int
        Pixels of the upright photo.
    file : str
        Name to put into findings.
    declared : (int or None, int or None)
        Width and height that the template says it was made for.

    Returns
    -------
    list of Finding
        MK204 left and right exchanged; MK205 mouth above the eyes; MK209 landmarks outside
        the photo; MK210 (warning) landmarks that coincide; MK211 made for another image
        size; MK212 face on its side, or x and y exchanged; MK213 proportions of no face;
        MK214 landmarks far from where their mirror partners say.
    """
    findings = _other_size(declared, (width, height)) or _outside(landmarks, width, height)
    findings += _coincident(landmarks)
    findings += _posture(landmarks)
    return [replace(finding, file=file) for finding in findings]


def _other_size(declared: tuple[int | None, int | None], actual: tuple[int, int]) -> list[Finding]:
    if all(said in (None, is_) for said, is_ in zip(declared, actual, strict=True)):
        return []
    said = " × ".join("?" if side is None else str(side) for side in declared)
    message = (
        f"the template was made for an image of {said} pixels, "
        f"the photo has {actual[0]} × {actual[1]}."
    )
    return [
        Finding("MK211", message, suggestion="Use the photo it was made on, or a new template.")
    ]


def _outside(landmarks: Landmarks, width: int, height: int) -> list[Finding]:
    points = landmarks.points
    beyond = np.maximum(-points, points - [width - 1, height - 1]).max(axis=1)
    out = np.flatnonzero(beyond > OUTSIDE)
    if not out.size:
        return []
    names = [landmarks.scheme.points[i] for i in out]
    return [
        Finding(
            "MK209",
            f"{len(names)} landmark(s) lie outside the photo of {width} × {height} pixels, by up "
            f"to {beyond.max():.1f}: {_listed(names)}.",
            pointer=names[0],
            measured=float(beyond.max()),
            limit=OUTSIDE,
            suggestion="Is this the template of this photo, and of this size of it?",
        )
    ]


def _coincident(landmarks: Landmarks) -> list[Finding]:
    """Find landmarks on one place, other than closed lips and lids and what they touch."""
    points = landmarks.points
    apart = np.abs(points[:, None] - points[None, :]).max(axis=2)
    same = np.argwhere(np.triu(apart < SAME_PLACE, k=1))
    names = landmarks.scheme.points
    pairs = [f"{names[i]} and {names[j]}" for i, j in same if not _may_meet(landmarks.scheme, i, j)]
    if not pairs:
        return []
    return [
        Finding(
            "MK210",
            f"{len(pairs)} pair(s) of landmarks lie on the same place: {_listed(pairs, 5)}.",
            severity="warning",
            pointer=pairs[0].split(" and ")[0],
            measured=float(len(pairs)),
            limit=0.0,
            suggestion="Check that each landmark was placed.",
        )
    ]


def _may_meet(layout: Scheme, i: int, j: int) -> bool:
    for aperture in layout.apertures:
        if {i, j} in [set(pair) for pair in zip(aperture.upper, aperture.lower, strict=True)]:
            return True
        rim = {*aperture.upper, *aperture.lower, *aperture.inner}
        if {i, j} <= rim and {i, j} & set(aperture.inner):
            return True
    return False


def _posture(landmarks: Landmarks) -> list[Finding]:
    """Find faces that are mirrored, turned or of impossible proportions."""
    layout, points = landmarks.scheme, landmarks.points
    mouth, corners = layout.group("mouth"), layout.outer_eye_corners
    if not (layout.right_pupil and layout.left_pupil and mouth and corners):
        return []
    right, left = landmarks.pupils()
    across = left - right
    down = points[list(mouth)].mean(axis=0) - (left + right) / 2
    outer = points[corners[1]] - points[corners[0]]
    eyes = layout.points[layout.right_pupil[0]]
    apart = float(np.sqrt((across * across).sum()))
    if min(apart, landmarks.outer_eye_distance()) < MIN_PUPILS:
        message = f"the eyes lie only {apart:.2f} pixels apart."
        advice = "Coordinates are needed in pixels of the photo, not as shares of its size."
        return [_misshapen("MK213", message, eyes, advice, apart, MIN_PUPILS)]
    if abs(across[1]) > np.sqrt(3) * abs(across[0]):  # tilted by more than 60 degrees
        exchanged = across[0] * down[1] < across[1] * down[0]
        message = "one eye lies above the other: the face is on its side."
        advice = "Are x and y exchanged?" if exchanged else "Turn the photo upright first."
        return [_misshapen("MK212", message, eyes, advice)]
    if down[1] <= 0:
        advice = "Does y count from the bottom of the photo? It must count from the top."
        return [_misshapen("MK205", "the mouth lies above the eyes.", eyes, advice)]
    if across[0] < 0 or outer[0] < 0:
        message = "the infant's right eye lies on the right side of the photo."
        advice = (
            "Left and right are the infant's own: right landmarks belong on the photo's left. "
            "Are the eyes exchanged, or is the photo mirrored?"
        )
        return [_misshapen("MK204", message, eyes, advice)]
    return _proportions(float(np.sqrt((down * down).sum())) / apart) + _misplaced(landmarks)


def _proportions(mouth_distance: float) -> list[Finding]:
    low, high = MOUTH_DISTANCE
    if low <= mouth_distance <= high:
        return []
    message = (
        f"eyes and mouth lie {mouth_distance:.2f} pupil distances apart, "
        f"a face has {low} to {high}."
    )
    limit = low if mouth_distance < low else high
    advice = "Is this the scheme that the template was made with?"
    return [_misshapen("MK213", message, "mouth", advice, mouth_distance, limit)]


def _misplaced(landmarks: Landmarks) -> list[Finding]:
    """Find landmarks that lie far from the mirror image of their partner."""
    base = landmarks.scheme.name.removesuffix("+ext")
    mirror = scheme(base).mirror if base in scheme_names() else None
    if mirror is None:
        return []
    right, left = landmarks.pupils()
    across = (left - right) / np.sqrt(((left - right) ** 2).sum())
    place = landmarks.points[: len(mirror)] - (left + right) / 2
    image = place - 2 * (place @ across)[:, None] * across
    gap = image[list(mirror)] - place
    error = np.sqrt((gap * gap).sum(axis=1)) / landmarks.outer_eye_distance()
    names = [landmarks.scheme.points[i] for i in np.flatnonzero(error > MAX_ASYMMETRY)]
    if not names:
        return []
    message = (
        f"{len(names)} landmark(s) lie up to {error.max():.1f} eye distances from where their "
        f"mirror partners say: {_listed(names)}."
    )
    advice = "One of each pair is misplaced, or the points are in the order of another scheme."
    return [_misshapen("MK214", message, names[0], advice, float(error.max()), MAX_ASYMMETRY)]


def _misshapen(
    code: str,
    message: str,
    pointer: str,
    suggestion: str,
    measured: float | None = None,
    limit: float | None = None,
) -> Finding:
    return Finding(
        code, message, pointer=pointer, measured=measured, limit=limit, suggestion=suggestion
    )
