"""Compiles the kernel: `python src/kernel/build.py` puts it beside the modules of a checkout.

An ordinary install does the same by `hatch_build.py`.  Needs setuptools and a C compiler.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from setuptools import Distribution, Extension

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMITED_API = "0x030B0000"  # one file for Python 3.11 and every later one

# No fused multiply-add, no reordering: the kernel's floats are NumPy's, bit for bit.
_FLAGS = ("-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden")
_FLAGS_MSVC = ("/O2", "/std:c11", "/fp:precise")
_SANITIZE = ("-g", "-fno-wrapv", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


def compiled(into: Path, *, sanitize: bool = False) -> Path:
    """Compile the kernel into a folder; return the library's path.

    Parameters
    ----------
    into : Path
    sanitize : bool
        For tests: stop at any access out of bounds and at undefined behaviour.
    """
    flags = [*(_FLAGS_MSVC if sys.platform == "win32" else _FLAGS)]
    extension = Extension(
        "_kernel",
        sorted(path.name for path in HERE.glob("*.c")),
        depends=sorted(path.name for path in HERE.glob("*.h")),
        define_macros=[
            ("Py_LIMITED_API", LIMITED_API),
            ("MORPHKIT_VERSION", f'"{_version()}"'),
            ("MORPHKIT_SOURCE", f'"{source_digest()}"'),
        ],
        extra_compile_args=flags + (list(_SANITIZE) if sanitize else []),
        extra_link_args=list(_SANITIZE) if sanitize else [],
        py_limited_api=True,
    )
    command = Distribution({"ext_modules": [extension]}).get_command_obj("build_ext")
    came_from = Path.cwd()
    os.chdir(HERE)
    try:
        with tempfile.TemporaryDirectory(prefix="morphkit-kernel-") as scratch:
            command.build_lib = command.build_temp = scratch
            command.ensure_finalized()
            command.run()
            built = Path(command.get_ext_fullpath("_kernel"))
            return Path(shutil.copy(built, into / built.name))
    finally:
        os.chdir(came_from)


def source_digest() -> str:
    """Return what stands for the kernel's sources, so that a stale build is recognised."""
    digest = hashlib.sha256()
    for path in sorted(HERE.glob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def _version() -> str:
    text = (ROOT / "src" / "morphkit" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise RuntimeError("src/morphkit/__init__.py states no version")
    return found[1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compile the kernel.")
    parser.add_argument("--into", type=Path, default=ROOT / "src" / "morphkit")
    parser.add_argument("--sanitize", action="store_true")
    given = parser.parse_args()
    print(compiled(given.into.resolve(), sanitize=given.sanitize))
