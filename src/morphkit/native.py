"""The compiled kernel, if there is one for this version of morphkit.

What it computes, NumPy computes too, with the same bits, and what it encodes, Pillow encodes
too, with the same pixels: each function that has a twin asks here whether it may use it.  May
import `morphkit` for its version, and `morphkit._kernel`.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from morphkit import __version__


class KernelWarning(UserWarning):
    """The kernel belongs to another version and is not used; pixels do not change."""


def loaded() -> tuple[Any, str]:
    """Return the kernel or None, and in words what renders pixels here.

    A kernel of another version is left alone, with a `KernelWarning`.
    """
    try:
        found = import_module("morphkit._kernel")
    except ImportError as error:
        return None, (
            f"NumPy: the same pixels, many times slower, since there is no kernel ({error}). "
            "Install a C compiler, then morphkit again."
        )
    if found.version != __version__:
        text = (
            f"the kernel was built for morphkit {found.version}, this is {__version__}: frames "
            "are rendered by NumPy, the same pixels, many times slower. Install morphkit again."
        )
        warnings.warn(text, KernelWarning, stacklevel=2)
        return None, text
    if _older_than_sources(Path(found.__file__ or "")):
        text = (
            "the kernel is older than its sources: frames are rendered by NumPy, the same pixels, "
            "many times slower. Run python src/kernel/build.py."
        )
        warnings.warn(text, KernelWarning, stacklevel=2)
        return None, text
    return found, f"compiled kernel {found.version}"


def _older_than_sources(library: Path) -> bool:
    """Whether someone has changed a checkout since its kernel was built."""
    built = library.stat().st_mtime if library.exists() else 0.0
    sources = library.parents[1].joinpath("kernel").glob("*.[ch]")
    return any(source.stat().st_mtime > built for source in sources)


kernel, about = loaded()
"""The module ``morphkit._kernel`` or None; what `morphkit doctor` says of it."""
