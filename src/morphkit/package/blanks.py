"""The forms of a package: texts of ours with blanks, and what fills them.

A form lies in the folder ``forms``; a blank is a name in capitals between two ``@``.  Knows
the ``README.txt`` of a package; what else a form says is its front end's.  May import
`package.task` and `study.manifest`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources

from morphkit.package.task import Response, plain_name
from morphkit.study.manifest import StimulusSet


def form(path: str, blanks: Mapping[str, str]) -> str:
    """Return a form with its blanks filled.

    Parameters
    ----------
    path : str
        In the folder ``forms``, with forward slashes.
    blanks : mapping of str to str
        Name of a blank -> its text; every blank of the form must be among them.
    """
    text = (resources.files("morphkit.package") / "forms" / path).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda blank: blanks[blank[1]], text)


def readme(
    front_end: str, stimulus_set: StimulusSet, answers: Sequence[Response], **more: str
) -> str:
    """Return ``README.txt``: what to open, how to run it, where the data go."""
    manifest = stimulus_set.manifest
    blanks = {
        "NAME": plain_name(manifest),
        "COUNT": str(len(stimulus_set.stimuli)),
        "ANSWERS": "\n  ".join(f"{a.key.upper()}  {a.label} (level {a.level:g})" for a in answers),
        "COMMON": form("common.txt", {"VERSION": manifest.morphkit.engine.version}).rstrip(),
        **more,
    }
    return form(f"{front_end}/README.txt", blanks)
