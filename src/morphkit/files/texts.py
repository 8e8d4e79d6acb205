"""Texts, journals and listings: what is there to read, and the reading of it.

Knows no format but UTF-8 and line ends.  May import `errors` and `files.disk`.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from morphkit.errors import Finding, MorphkitError, SetError, UsageError
from morphkit.files.disk import absolute, disk_faults, shown


def nearest(path: Path) -> str:
    """Return "Did you mean …?" with the most similar name beside a path; "" without any."""
    import difflib  # noqa: PLC0415 (only where something is missing)

    with suppress(OSError):
        names = [entry.name for entry in path.parent.iterdir() if not hidden(entry.name)]
        close = difflib.get_close_matches(path.name, names, n=1)
        if close:
            return f"Did you mean {close[0]}?"
    return ""


def no_folder(path: Path) -> Finding:
    """Return MK605 for a path where a folder should be."""
    if path.is_file():
        text, advice = "this is a file, not a folder.", "Name the folder that it lies in."
    else:
        text, advice = "there is no such folder.", nearest(path)
    return Finding("MK605", text, file=shown(path), suggestion=advice)


def hidden(name: str) -> bool:
    """Say whether a file or folder is one that people don't see and didn't make."""
    return name.startswith(".") or name.lower() in {"thumbs.db", "desktop.ini"}


def read_text(path: str | Path, what: str) -> str:
    """Return the text of a file: UTF-8 with or without byte-order mark, line ends as they are.

    Parameters
    ----------
    path : path
    what : str
        What the file is to its reader: ``"recipe"``, ``"table of faces"``, …

    Raises
    ------
    UsageError
        MK616 no such file, MK617 not UTF-8.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    path = Path(path)
    with disk_faults(path):
        if not path.is_file():
            text = f"the {what} is not here" if not path.exists() else f"this is no {what}, no file"
            raise UsageError(
                Finding("MK616", f"{text}.", file=shown(path), suggestion=nearest(path))
            )
        data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        raise UsageError(
            Finding(
                "MK617",
                f"the {what} is {'UTF-16' if wide else 'not UTF-8'} text.",
                file=shown(path),
                line=None if wide else data.count(b"\n", 0, error.start) + 1,
                suggestion='Save it as UTF-8; in Excel as "CSV UTF-8".',
            )
        ) from None


def refuse_other(path: Path, what: str, ours: Callable[[str], bool]) -> None:
    """Refuse to write where another file stands than one of the same kind.

    Parameters
    ----------
    path : Path
    what : str
        What is to be written: ``"scale"``, ``"figure"``, …
    ours : callable
        Whether a text is one; ValueError and TypeError say no.

    Raises
    ------
    UsageError
        MK486.
    """
    if not path.exists():
        return
    known = False
    with suppress(ValueError, TypeError, MorphkitError):
        known = ours(read_text(path, what))
    if not known:
        message = f"another file stands here, which is no {what}."
        advice = f"Name another file for the {what}."
        raise UsageError(Finding("MK486", message, file=shown(path), suggestion=advice))


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file that `append_line` wrote; none when there is no file.

    A last line that a killed run left without its end is left out.
    """
    with disk_faults(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return []
    return data.decode("utf-8", "replace").split("\n")[:-1]


def append_line(path: Path, line: str) -> None:
    """Add a line to a journal, on a line of its own even after a killed run's half line."""
    with disk_faults(path), path.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
        stream.write(line.encode() + b"\n")


def list_files(folder: str | Path, depth: int | None = 2) -> list[str]:
    """Return the files of a folder: relative, with forward slashes, sorted.

    Hidden files and folders are left out; links are followed.

    Parameters
    ----------
    folder : path
    depth : int or None
        2 for the files of the folder and of its folders; None for all.

    Raises
    ------
    SetError
        MK605 when there is no such folder.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    folder = Path(folder)
    with disk_faults(folder):
        if not folder.is_dir():
            raise SetError(no_folder(folder))
        return sorted(_walk(folder, "", depth, frozenset()))


def _walk(folder: Path, prefix: str, depth: int | None, above: frozenset[str]) -> Iterator[str]:
    real = os.path.realpath(folder)
    if depth == 0 or real in above:  # a link that leads back up would never end
        return
    for entry in folder.iterdir():
        if hidden(entry.name):
            continue
        if entry.is_dir():
            below = None if depth is None else depth - 1
            yield from _walk(entry, f"{prefix}{entry.name}/", below, above | {real})
        elif entry.is_file():
            yield prefix + entry.name


def above(target: str | Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield the files of some names in the folders above a target, nearest folder first.

    Ends at the folder that holds a ``.git``, or at the root.

    Raises
    ------
    EnvironmentFault
        MK613 or MK614 when a folder cannot be read.
    """
    for folder in absolute(target).parents:
        with disk_faults(folder):
            there = [folder / name for name in names if (folder / name).is_file()]
            last = (folder / ".git").exists()
        yield from there
        if last:
            return
