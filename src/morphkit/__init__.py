"""morphkit: calibrated morph continua of infant faces.

The public names are resolved on first use, so that importing morphkit loads nothing else.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Canvas": "morphkit.engine.align",
    "Continuum": "morphkit.engine.continuum",
    "Face": "morphkit.faces.face",
    "Finding": "morphkit.errors",
    "Frame": "morphkit.engine.continuum",
    "IntensityScale": "morphkit.calibrate.scale",
    "Judgements": "morphkit.calibrate.judgements",
    "Landmarks": "morphkit.faces.face",
    "Look": "morphkit.engine.stage",
    "MorphkitError": "morphkit.errors",
    "Scheme": "morphkit.faces.scheme",
    "Stimulus": "morphkit.study.table",
    "StimulusSet": "morphkit.study.manifest",
    "build": "morphkit.build",
    "combine": "morphkit.engine.morph",
    "distance": "morphkit.measure.distance",
    "fit": "morphkit.calibrate.psychometric",
    "package": "morphkit.finished:package_set",
    "parse_recipe": "morphkit.study.recipe",
    "read_face": "morphkit.files",
    "read_scale": "morphkit.scales",
    "read_set": "morphkit.files",
    "scheme": "morphkit.faces.scheme",
    "scheme_names": "morphkit.faces.scheme",
    "validate": "morphkit.validate",
}

__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'morphkit' has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    value = getattr(import_module(module), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps `morphkit.build`, `.package` and `.validate` functions.

    Importing a submodule sets it as an attribute of its package; for these three that would
    put the module in the place of the public function of the same name.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _PUBLIC and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
