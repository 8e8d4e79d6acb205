"""Files that belong together, and files that another process writes for us.

May import `errors` and `files.disk`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from morphkit.files.disk import (
    TEMPORARY,
    absolute,
    disk_faults,
    move,
    refuse_link,
    sync_folder,
    write_fresh,
)


def write_together(contents: Sequence[tuple[Path, bytes]]) -> None:
    """Write files that belong together: none is in place before all are on the disk.

    Raises
    ------
    UsageError
        MK615 when a link stands in the place of one.
    EnvironmentFault
        MK612 disk full, MK613 no permission, MK614 another fault of the system.
    """
    made = [(_temporary(path), path) for path, _ in contents]
    try:
        for (temporary, path), (_, data) in zip(made, contents, strict=True):
            with disk_faults(path, len(data)):
                refuse_link(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_fresh(temporary, data)
        for temporary, path in made:
            with disk_faults(path):
                move(temporary, path)
            sync_folder(path.parent)
    finally:
        for temporary, _ in made:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def scratch(path: str | Path) -> Iterator[Path]:
    """Name a file beside `path` that another process may write; it is gone afterwards.

    Raises
    ------
    EnvironmentFault
        MK612, MK613 or MK614 when its folder cannot be made.
    """
    name = _temporary(absolute(path))
    with disk_faults(path):
        name.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield name
    finally:
        with suppress(OSError):
            name.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(TEMPORARY.format(os.urandom(8).hex()))


def read_data(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(path):
        return path.read_bytes()
