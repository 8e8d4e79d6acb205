"""Three clicks a photo, both pupils and the mouth, and a mean template moved by them.

The mouth is clicked in the middle of the lower edge of the upper lip: where the lips meet in
a closed mouth.  May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.plausibility import MOUTH_DISTANCE, OUTSIDE
from morphkit.faces.template import USE_POINTS, fault, listed, number

COLUMNS = (
    "image",
    *("right_pupil_x", "right_pupil_y", "left_pupil_x", "left_pupil_y", "mouth_x", "mouth_y"),
)
"""The header of the CSV.  Right and left are the infant's own."""

MAX_ROWS = 100_000
"""More photos than any folder has."""

LEAST_APART = 4.0
"""Pixels between two clicks of a photo, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Clicks:
    """Where three landmarks lie in a photo.

    Parameters
    ----------
    points : (3, 2) array
        The infant's right pupil, left pupil, and the middle of the upper lip's lower edge;
        x, y in pixels, 0 at the centre of the top-left pixel.
    line : int or None
        Where they stand in their file.
    """

    points: FloatArray
    line: int | None = None


def parse_clicks(text: str, file: str = "") -> dict[str, Clicks]:
    """Return the clicks of a CSV: name of the photo → where.

    Parameters
    ----------
    text : str
        A header of `COLUMNS`, then one row a photo; LF line ends.
    file : str
        Name to put into findings.

    Raises
    ------
    TemplateError
        MK233 it is no such table; MK234 clicks that can't be those of a face; MK235 a photo that
        stands there twice; MK201, MK203, MK218 for what is no coordinate.  All at once.
    """
    faults: list[Finding] = []
    found: dict[str, Clicks] = {}
    try:
        for line, row in _rows(text):
            try:
                image = _image(row[0], line, found)
                found[image] = _clicks(row, line)
            except TemplateError as error:
                faults += error.findings
    except TemplateError as error:
        faults += error.findings
    if faults:
        raise TemplateError(*(replace(finding, file=file) for finding in faults))
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows below the header, each with its line."""
    header = text.lstrip().split("\n")[0]
    if "," not in header and (";" in header or "\t" in header):
        advice = "Save it as 'CSV UTF-8' with commas between and points inside numbers."
        raise fault("MK218", "the cells are separated by semicolons or tabs.", 1, "", advice)
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise fault("MK233", f"this is not CSV: {error}.", reader.line_num) from None
    names = tuple(cell.strip() for cell in rows[0][1]) if rows else ()
    advice = f"The first line must be: {','.join(COLUMNS)}"
    if names != COLUMNS:
        raise fault("MK233", f"the header is {','.join(names)[:80]!r}.", 1, "", advice)
    if not 2 <= len(rows) <= MAX_ROWS:
        raise fault("MK233", f"{len(rows) - 1} photos stand below the header, not 1 to {MAX_ROWS}.")
    return rows[1:]


def _image(cell: str, line: int, known: Mapping[str, Clicks]) -> str:
    """Return the name of a photo."""
    name = cell.strip().replace("\\", "/")
    shown = name[:60]
    if not name or not name.isprintable() or name[0] in "=+-@/" or ".." in name.split("/"):
        advice = "Name the photo as it lies in the folder, such as i01_happy.png."
        raise fault("MK233", f"{shown!r} is not the name of a photo.", line, "image", advice)
    if name in known:
        message = f"{shown} has clicks twice, first in line {known[name].line}."
        raise fault("MK235", message, line, "image", "Delete one of the rows.")
    return name


def _clicks(row: Sequence[str], line: int) -> Clicks:
    if len(row) != len(COLUMNS):
        # Thirteen cells are what decimal commas make of seven.
        code, advice = ("MK218", USE_POINTS) if len(row) == 13 else ("MK233", "")
        message = f"{len(row)} cells stand here, {len(COLUMNS)} are wanted."
        raise fault(code, message, line, "", advice)
    values: list[float] = []
    faults: list[Finding] = []
    for column, cell in zip(COLUMNS[1:], row[1:], strict=True):
        try:
            values.append(number(cell.strip(), line, column))
        except TemplateError as error:
            faults += (
                replace(finding, code="MK233") if finding.code == "MK201" else finding
                for finding in error.findings
            )
    if faults:
        raise TemplateError(*faults)
    points = np.array(values).reshape(3, 2)
    points.flags.writeable = False
    _check(points, line)
    return Clicks(points, line)


def _check(points: FloatArray, line: int) -> None:
    """Raise for clicks that are not those of an upright face."""
    right, left, mouth = points
    across, down = left - right, mouth - (left + right) / 2
    apart = float(np.hypot(*across))
    if apart < LEAST_APART:
        message = f"the pupils lie {apart:.1f} px apart, at least {LEAST_APART:g} are needed."
        raise fault("MK234", message, line, "left_pupil_x", "Click the other eye as well.")
    turned = float(across[0] * down[1] - across[1] * down[0]) / apart
    if turned < 0:
        message = "the eyes are exchanged, or the mouth lies above them."
        advice = "Right and left are the infant's own: the right pupil is on the photo's left."
        raise fault("MK234", message, line, "right_pupil_x", advice)
    if across[0] <= 0:
        message = "the face is upside down: the right pupil lies on the photo's right."
        raise fault("MK234", message, line, "right_pupil_x", "Turn the photo upright first.")
    low, high = MOUTH_DISTANCE
    if not low <= turned / apart <= high:
        message = (
            f"the mouth lies {turned / apart:.2f} pupil distances below the eyes, "
            f"a face has {low} to {high}."
        )
        raise fault("MK234", message, line, "mouth_y", "Click the three places again.")


def click_faults(
    clicks: Mapping[str, Clicks], photos: Mapping[str, tuple[int, int]], file: str = ""
) -> list[Finding]:
    """Return what speaks against clicks being those of photos.

    Parameters
    ----------
    clicks : mapping
        As `parse_clicks` returns them.
    photos : mapping
        Name → width and height in pixels.
    file : str
        Name of the clicks' file, for the findings.

    Returns
    -------
    list of Finding
        MK235 for a photo that is not there, MK234 for a click beside the photo.
    """
    found = []
    for name, click in clicks.items():
        if name not in photos:
            advice = f"Photos here: {listed(sorted(photos), 4)}."
            message = f"there is no photo {name[:60]} that these clicks could be of."
            found.append(Finding("MK235", message, "error", file, "image", click.line))
            found[-1] = replace(found[-1], suggestion=advice)
            continue
        width, height = photos[name]
        edge = np.array([width, height]) - 1 + OUTSIDE
        beside = np.flatnonzero(((click.points < -OUTSIDE) | (click.points > edge)).any(axis=1))
        for which in beside:
            x, y = click.points[which]
            message = f"{x:g}, {y:g} lies outside the photo {name[:60]} ({width} × {height} px)."
            column = COLUMNS[1 + 2 * int(which)]
            found.append(Finding("MK234", message, "error", file, column, click.line))
    return found


def placed(mean: Landmarks, clicks: Clicks) -> Landmarks:
    """Return a mean template moved so that its three landmarks lie where they were clicked.

    The affine map is exact: it may scale width and height differently and shear.

    Parameters
    ----------
    mean : Landmarks
        Of a scheme with pupils and a mouth.
    clicks : Clicks

    Raises
    ------
    TemplateError
        MK207 for a scheme without pupils, MK236 for one without a mouth or with all three on one
        line.
    """
    start = np.concatenate([mean.pupils(), mouth(mean)[None]])
    plane = np.concatenate([start, np.ones((3, 1))], axis=1)
    if abs(np.linalg.det(plane)) < 1e-6:
        message = "in the mean template, pupils and mouth lie on one line."
        raise TemplateError(Finding("MK236", message, suggestion="Look at the examples."))
    move = np.linalg.solve(plane, clicks.points)
    everywhere = np.concatenate([mean.points, np.ones((len(mean.points), 1))], axis=1)
    return mean.replaced(everywhere @ move)


def mouth(landmarks: Landmarks) -> FloatArray:
    """Return x, y of the middle of the upper lip's lower edge.

    Raises
    ------
    TemplateError
        MK236 for a scheme that has no such landmark.
    """
    layout = landmarks.scheme
    for aperture in layout.apertures:
        if aperture.name == "mouth":
            middle = aperture.upper[len(aperture.upper) // 2]
            break
    else:
        middle = layout.points.index("mouth_middle") if "mouth_middle" in layout.points else -1
    if middle >= 0:
        return np.array(landmarks.points[middle])
    message = f"scheme {layout.name} doesn't say where the mouth is."
    raise TemplateError(Finding("MK236", message, suggestion="Use a scheme such as ibug68."))
