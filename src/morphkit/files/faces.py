"""Faces on disk: the template beside a photo, and the two together.

May import `errors`, `faces` and the rest of `files`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from morphkit.errors import Finding, TemplateError, UsageError
from morphkit.faces.conversion import convert
from morphkit.faces.face import Face
from morphkit.faces.plausibility import plausibility
from morphkit.faces.template import Template
from morphkit.faces.templates import TEMPLATE_SUFFIXES, parse_template, template_text
from morphkit.files.disk import disk_faults, sha256, shown, write_atomic
from morphkit.files.photos import read_photo
from morphkit.files.texts import nearest

OWN_SUFFIX = ".json"


def read_template(path: str | Path) -> tuple[Template, str]:
    """Read a template, with the SHA-256 of its file.

    Raises
    ------
    TemplateError
        MK231 no such file; and as `parse_template`.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    path = Path(path)
    with disk_faults(path):
        if not path.is_file():
            text = "the template is not here."
            raise TemplateError(Finding("MK231", text, file=shown(path), suggestion=nearest(path)))
        data = path.read_bytes()
    return parse_template(data, path.suffix, file=shown(path)), sha256(data)


def find_template(photo: str | Path) -> Path:
    """Return the template beside a photo: the file with its stem and a template's suffix.

    Where there are several, morphkit's own JSON counts.

    Raises
    ------
    TemplateError
        MK231 when there is none; MK232 when there are several and none is our own.
    EnvironmentFault
        MK613 or MK614 when the folder cannot be read.
    """
    photo = Path(photo)
    with disk_faults(photo.parent):
        beside = [
            entry
            for entry in sorted(photo.parent.iterdir() if photo.parent.is_dir() else [])
            if entry.stem == photo.stem and entry.suffix.lower() in TEMPLATE_SUFFIXES
        ]
    own = [entry for entry in beside if entry.suffix.lower() == OWN_SUFFIX]
    if own or len(beside) == 1:
        return (own or beside)[0]
    file = shown(photo)
    if not beside:
        wanted = photo.with_suffix(OWN_SUFFIX)
        near = nearest(wanted)
        near = "" if photo.name in near else near  # the photo itself is the nearest name of all
        raise TemplateError(
            Finding(
                "MK231",
                f"the photo has no template: {wanted.name}, or {photo.stem} with another of "
                f"{', '.join(TEMPLATE_SUFFIXES)}.",
                file=file,
                suggestion=near or "Place its landmarks first, or name its template in faces.csv.",
            )
        )
    names = " and ".join(entry.name for entry in beside)
    raise TemplateError(
        Finding(
            "MK232",
            f"the photo has several templates: {names}.",
            file=file,
            suggestion="Keep one of them, or convert the right one to .json.",
        )
    )


def convert_template(
    source: str | Path, target: str | Path, to_scheme: str | None = None
) -> tuple[str, ...]:
    """Write a template in the format that the target's suffix names; never over a file.

    Parameters
    ----------
    source, target : path
    to_scheme : str, optional
        Also convert the landmarks to this scheme.

    Returns
    -------
    tuple of str
        What is lost on the way.

    Raises
    ------
    TemplateError
        As `read_template`, and where the format or the scheme cannot hold the landmarks.
    UsageError
        MK618 when the target exists.
    EnvironmentFault
        MK612, MK613 or MK614.
    """
    source, target = Path(source), Path(target)
    template, _ = read_template(source)
    lost: tuple[str, ...] = ()
    if to_scheme:
        landmarks, lost = convert(template.landmarks, to_scheme)
        template = replace(template, landmarks=landmarks)
    text = template_text(template, target.suffix)
    if target.exists():
        raise UsageError(
            Finding(
                "MK618",
                "there is a file of this name, which is not overwritten.",
                file=shown(target),
                suggestion="Choose another name, or move the file.",
            )
        )
    again = parse_template(text.encode(), target.suffix, file=shown(target)).landmarks.scheme
    if again.name != template.landmarks.scheme.name:
        lost = (
            *lost,
            f"A {target.suffix} file names no scheme: morphkit reads this one as {again.name}, "
            f"not as {template.landmarks.scheme.name}. Keep a .json for building sets.",
        )
    write_atomic(target, text.encode())
    return lost


def read_face(
    image: str | Path,
    template: str | Path | None = None,
    *,
    identity: str = "",
    expression: str = "",
) -> Face:
    """Read a photo and its template as a face.

    Parameters
    ----------
    image : path
        The photo.
    template : path, optional
        By default the one beside the photo, see `find_template`.
    identity, expression : str
        Who, and with which expression.

    Raises
    ------
    ImageError
        As `read_photo`.
    TemplateError
        As `find_template` and `read_template`, and for landmarks that cannot be those of the
        photo (`morphkit.faces.plausibility`).
    """
    photo = read_photo(image)
    path = Path(template) if template else find_template(image)
    read, _ = read_template(path)
    height, width = photo.image.shape[:2]
    doubts = plausibility(
        read.landmarks, width, height, shown(path), declared=(read.width, read.height)
    )
    errors = [finding for finding in doubts if finding.severity == "error"]
    if errors:
        raise TemplateError(*errors)
    return Face(photo.image, read.landmarks, identity, expression)
