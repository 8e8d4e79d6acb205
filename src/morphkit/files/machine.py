"""The machine: how much memory there is, and how many processors.

Knows the operating system.  May import the standard library.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_FREE = Path("/proc/meminfo")
_GROUPS = Path("/proc/self/cgroup")
_BOUNDS = Path("/sys/fs/cgroup")


def processors() -> int:
    """Return how many processors this process may use."""
    given = getattr(os, "sched_getaffinity", None)  # a job of a queue has some of a machine's
    return len(given(0)) if given else os.cpu_count() or 1


def memory() -> float | None:
    """Return the bytes of memory that a program may take; None where the system won't say.

    On Linux what is free or can be freed, within the bounds of a container; on Windows what is
    free; elsewhere all there is.
    """
    return _available()


if sys.platform == "win32":

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("all", "free", "c", "d", "e", "f", "g")),
        ]

    def _available() -> float | None:
        status = _Status(length=ctypes.sizeof(_Status))
        asked = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return float(status.free) if asked else None

else:

    def _available() -> float | None:
        found = [size for size in (_free(), _bound()) if size is not None]
        if not found:
            with suppress(ValueError, OSError):
                found = [float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")]
        return min(found, default=None)


def _free() -> float | None:
    # sysconf counts free pages, without those that a cache of files would give back
    with suppress(OSError, ValueError):
        for line in _FREE.read_text().splitlines():
            name, _, size = line.partition(":")
            if name == "MemAvailable":
                return 1024 * float(size.split()[0])
    return None


def _bound() -> float | None:
    """Return the least bound of the groups that this process is in: a container, a job."""
    found = []
    with suppress(OSError):
        for line in _GROUPS.read_text().splitlines():
            _, kinds, path = line.split(":", 2)
            if kinds == "":
                group, name = _BOUNDS / path.strip("/"), "memory.max"
            elif "memory" in kinds.split(","):
                group, name = _BOUNDS / "memory" / path.strip("/"), "memory.limit_in_bytes"
            else:
                continue
            for one in (group, *group.parents):
                with suppress(OSError, ValueError):  # "max" where there is no bound
                    found.append(float((one / name).read_text()))
    return min(found, default=None)
