"""Faces on disk: the template beside a photo, and the two together.

May import `errors`, `faces` and the rest of `files`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import Face
from morphkit.faces.plausibility import plausibility
from morphkit.faces.template import Template
from morphkit.faces.templates import TEMPLATE_SUFFIXES, parse_template
from morphkit.files.decode import SUFFIXES
from morphkit.files.disk import disk_faults, sha256, shown
from morphkit.files.photos import read_photo
from morphkit.files.texts import nearest

OWN_SUFFIX = ".json"

PHOTO_SUFFIXES = frozenset(suffix for usual in SUFFIXES.values() for suffix in usual)


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
    data = read_bytes(path)
    sizes = photo_sizes(path)
    return parse_template(data, path.suffix, file=shown(path), size_of=sizes), sha256(data)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a template's file; errors as for `read_template`."""
    with disk_faults(path):
        if not path.is_file():
            text = "the template is not here."
            raise TemplateError(Finding("MK231", text, file=shown(path), suggestion=nearest(path)))
        return path.read_bytes()


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


def photo_sizes(path: Path) -> Callable[[str], tuple[int, int] | None]:
    """Return what knows the size of the photos beside a template file.

    A photo is called as the file says, whatever folder it names; "" is the photo with the
    template file's own stem.  Each photo is read once.
    """

    @cache
    def size_of(name: str) -> tuple[int, int] | None:
        photo = path.parent / last_part(name) if name else photo_of(path)
        there = False
        with suppress(OSError):  # a name that the system does not take
            there = photo is not None and photo.is_file()
        if photo is None or not there:
            return None
        height, width = read_photo(photo).image.shape[:2]
        return width, height

    return size_of


def last_part(name: str) -> str:
    """Return the last part of a path of any system; "." and ".." are none."""
    last = re.split(r"[/\\]", name)[-1]
    return "" if last in (".", "..") or "\0" in last else last


def photo_of(template: Path) -> Path | None:
    """Return the photo beside a template, if there is one."""
    with disk_faults(template.parent):
        found = [
            entry
            for entry in sorted(template.parent.iterdir() if template.parent.is_dir() else ())
            if entry.stem == template.stem and entry.suffix.lower() in PHOTO_SUFFIXES
        ]
    return found[0] if found else None


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
