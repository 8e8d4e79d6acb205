"""The disk: writing so that nothing is ever half there, and what to say when it fails.

Knows the operating system and turns its errors into findings.  Knows nothing of what is in
the files.  May import `errors` and the standard library.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from morphkit.errors import EnvironmentFault, Finding, UsageError

TEMPORARY = ".morphkit-{}.tmp"
"""Name of a file that is being written; what a killed run leaves of it may be deleted."""

PATIENCE = 2.0
"""Seconds to wait, on Windows, for a virus scanner or a cloud folder to let go of a file."""

_WINDOWS = os.name == "nt"
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_MB = 1_000_000


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; an empty text when there is none.

    Raises
    ------
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(path):
        try:
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return ""


def shown(path: str | Path) -> str:
    """Return a path as findings name it.

    With forward slashes and relative to the working folder when it lies inside it; else as it
    was given.
    """
    path = Path(os.path.normpath(path))
    with suppress(ValueError, OSError):  # elsewhere, or the working folder is gone
        return absolute(path).relative_to(Path.cwd()).as_posix()
    return str(path)


def beside(path: str | Path, folder: str | Path) -> str:
    """Return a path as seen from a folder, with forward slashes; from the root if it can't be."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except (ValueError, OSError):  # another drive, or the working folder is gone
        return Path(path).as_posix()


@contextmanager
def disk_faults(path: str | Path, needed: int = 0) -> Iterator[None]:
    """Turn an error of the operating system into one that says what to do.

    Parameters
    ----------
    path : path
        What is being read or written.
    needed : int
        Bytes about to be written, for the message of a full disk.

    Raises
    ------
    EnvironmentFault
        MK612 disk full, MK613 no permission or read-only, MK614 anything else.
    """
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(_disk_finding(error, Path(path), needed)) from error


def _disk_finding(error: OSError, path: Path, needed: int) -> Finding:
    if error.errno in _FULL:
        return _full(path, needed / _MB)
    reason = error.strerror or type(error).__name__
    if error.errno in _FORBIDDEN:
        return Finding(
            "MK613",
            f"this may not be read or written here ({reason}).",
            file=shown(path),
            suggestion="Check the folder's permissions, close programs that use it, "
            "or choose another folder.",
        )
    return Finding(
        "MK614",
        f"the system cannot read or write this ({reason}).",
        file=shown(path),
        suggestion="Check the path and the disk, or choose another folder.",
    )


def _full(path: Path, needed: float) -> Finding:
    free = 0.0
    with suppress(OSError):
        free = _free(path)
    wanted = f"{_size(needed)} are needed, " if needed else ""
    return Finding(
        "MK612",
        f"the disk is full: {wanted}{_size(free)} are free.",
        file=shown(path),
        measured=free,
        limit=needed or None,
        suggestion="Free some space, or choose a folder on another disk.",
    )


def _free(path: Path) -> float:
    from shutil import disk_usage  # noqa: PLC0415 (it imports compressors; a face needs none)

    return disk_usage(_existing(path)).free / _MB


def _size(megabytes: float) -> str:
    return f"{megabytes:.1f} MB" if megabytes >= 0.1 else f"{1000 * megabytes:.0f} kB"


def _existing(path: Path) -> Path:
    """Return the nearest folder on the way to a path that exists."""
    path = absolute(path)
    return next(folder for folder in (path, *path.parents) if folder.exists())


def absolute(path: str | Path) -> Path:
    """Return a path from the root, without ``..``, links as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (resolve would follow links)


def check_space(folder: str | Path, megabytes: float) -> None:
    """Refuse before anything is written when a folder has too little space left.

    Raises
    ------
    EnvironmentFault
        MK612 with what is needed and what is free, in MB (10⁶ bytes).
    """
    with disk_faults(folder):
        free = _free(Path(folder))
    if free < megabytes:
        raise EnvironmentFault(_full(Path(folder), megabytes))


def write_atomic(path: str | Path, data: bytes, *, secret: bool = False) -> None:
    """Write a file so that it is there whole or not at all; makes its folder if need be.

    Parameters
    ----------
    path : str or Path
    data : bytes
    secret : bool
        Whether other users of the computer may not read it; Windows goes by the folder.

    Raises
    ------
    EnvironmentFault
        MK612 disk full, MK613 no permission, MK614 another fault of the system.  What was
        there before stays as it was.
    UsageError
        MK615 when a link stands in the place.
    """
    path = Path(path)
    temporary = path.with_name(TEMPORARY.format(os.urandom(8).hex()))
    with disk_faults(path, len(data)):
        refuse_link(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_fresh(temporary, data, 0o600 if secret else 0o666)
            move(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(path.parent)


def refuse_link(path: Path) -> None:
    """Refuse to write where a link stands: what it leads to is not ours to change.

    Raises
    ------
    UsageError
        MK615.
    """
    if path.is_symlink():
        raise UsageError(
            Finding(
                "MK615",
                "a link stands here, and morphkit does not write through links.",
                file=shown(path),
                suggestion="Name the place that it leads to, or remove the link.",
            )
        )


def write_fresh(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file where there is none, down to the disk; for folders not in place yet."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def move(source: Path, target: Path) -> None:
    """Rename a file over another, or a folder; on Windows wait for who holds it open."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if not _WINDOWS or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can."""
    if _WINDOWS:
        return
    with suppress(OSError):  # some network folders can't; the files themselves are safe
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Delete a file, or a folder with all that is in it; fine when there is none."""
    import shutil  # noqa: PLC0415 (as above)

    with disk_faults(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Delete all that is in a folder, but not the folder."""
    with disk_faults(folder):
        entries = list(folder.iterdir())
    for entry in entries:
        remove(entry)
