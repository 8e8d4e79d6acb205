"""Builds the compiled kernel when morphkit is installed or packed into a wheel.

Where that is not possible the build goes on without: NumPy renders the same pixels, slower,
and ``morphkit doctor`` says so.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface):
    """Puts ``morphkit/_kernel`` beside the modules of a wheel or of an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and make the wheel one of this platform; or leave a pure one."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src" / "kernel"))
        try:
            from build import compiled

            for old in (root / "src" / "morphkit").glob("_kernel.*"):
                old.unlink()
            library = compiled(root / "src" / "morphkit")
        except (Exception, SystemExit) as error:
            self.app.display_warning(f"morphkit is installed without its kernel: {error}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{platform}"
        build_data["artifacts"].append(library.relative_to(root).as_posix())
