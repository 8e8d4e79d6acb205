"""Builds the compiled kernel when morphkit is installed or packed into a wheel.

Where that is not possible the build goes on without: NumPy renders the same pixels, slower,
and ``morphkit doctor`` says so.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface):
    """Puts ``_kernel`` into a wheel, or beside the modules of an editable install."""

    _scratch: str | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; a wheel that holds the library is one of this platform."""
        modules = Path(self.root, "src", "morphkit")
        sys.path.insert(0, str(Path(self.root, "src", "kernel")))
        try:
            if sys.implementation.name != "cpython":
                raise RuntimeError("it needs CPython")
            from build import compiled

            if version == "editable":
                compiled(modules)
                return
            self._scratch = tempfile.mkdtemp(prefix="morphkit-kernel-")
            library = compiled(Path(self._scratch))
            tag = _tag()
        except (Exception, SystemExit) as error:
            if version == "editable":  # an older one must not stay
                for old in modules.glob("_kernel.*"):
                    old.unlink()
            self.app.display_warning(f"morphkit is installed without its kernel: {error}")
            return
        build_data["pure_python"] = False
        build_data["tag"] = tag
        build_data["force_include"][str(library)] = f"morphkit/{library.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled for a wheel."""
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _tag() -> str:
    """Return the wheel's tag: this platform, any CPython from 3.11 on."""
    from hatchling.builders.macos import process_macos_plat_tag
    from packaging.tags import sys_tags

    wide = ("manylinux", "musllinux")  # for who checks what it links to: we cannot promise it
    platform = next(t.platform for t in sys_tags() if not t.platform.startswith(wide))
    if sys.platform == "darwin":
        platform = process_macos_plat_tag(platform, compat=False)
    return f"cp311-abi3-{platform}"
