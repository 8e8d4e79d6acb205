"""The seal: one hash over what a build wrote into a manifest, so that no number changes unseen.

Most of a manifest can't be derived again without the photos: landmarks, mesh, measures.  The
seal shows an edit by accident; whoever edits on purpose can seal anew.  Knows values; no disk.
May import `study.manifest`.
"""

from __future__ import annotations

import hashlib
import json

from morphkit.study.manifest import REPORT, Manifest


def seal(manifest: Manifest) -> str:
    """Return the SHA-256 of a manifest as JSON: sorted keys, ASCII, no blanks, no defaults.

    Left out are the seal itself, and what is written anew with the report and checked by
    itself: the label, and the report's own entry.  Without defaults the seal outlives keys
    that a later version adds.
    """
    content = manifest.model_dump(by_alias=True, exclude_defaults=True)
    for name in ("seal", "label"):
        content["morphkit"].pop(name, None)
    content["resources"] = [one for one in content["resources"] if one["path"] != REPORT]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(manifest: Manifest) -> Manifest:
    """Return a manifest with its seal."""
    block = manifest.morphkit.model_copy(update={"seal": seal(manifest)})
    return manifest.model_copy(update={"morphkit": block})
