"""The tiny set with a prototype, a transform onto another infant, and a mixture."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from tiny_set import HEIGHT, WIDTH, Tiny, photo, tiny

Shares = dict[tuple[str, str], float]
BOTH = ("i01", "i02")
AMOUNTS = (0.0, 0.5, 1.0)
MIXED = ({"distressed": 0.25, "neutral": 0.5, "happy": 0.25}, {"happy": 1.0})


def with_operations() -> Tiny:
    """Return a clean set: prototype `both`, transform `smile` of i01, mixture `mix` of both."""
    values = tiny()
    who = {"name": "both", "identities": list(BOTH), "symmetric": False}
    move = {
        **{"name": "smile", "identities": ["i01"], "base": "neutral", "from": "neutral"},
        **{"to": "happy", "group": list(BOTH), "amounts": list(AMOUNTS)},
    }
    mixture = {"name": "mix", "identities": ["both"], "weights": [dict(one) for one in MIXED]}
    for key, entry in (("prototypes", who), ("transforms", move), ("mixtures", mixture)):
        values.block[key] = [entry]
        values.block["recipe"][key] = [deepcopy(entry)]
    values.block["frame_weights"] = {}
    for number, amount in enumerate(AMOUNTS, start=1):
        shares = {("i01", "neutral"): 1 - amount / 2, ("i02", "neutral"): -amount / 2}
        shares |= {(one, "happy"): amount / 2 for one in BOTH}
        add(values, "i01", "smile", "transform", number, repr(amount), shares)
    for number, weights in enumerate(MIXED, start=1):
        shares = {(one, name): w / 2 for name, w in weights.items() for one in BOTH}
        add(values, "both", "mix", "mixture", number, "", shares)
    values.rows.sort(key=lambda row: row["stimulus_id"])
    return values


def add(
    values: Tiny, identity: str, name: str, path: str, frame: int, level: str, shares: Shares
) -> None:
    """Add a row with its picture, and its photos' weights where the table can't say them."""
    shares = {photo: share for photo, share in shares.items() if share}
    stimulus = f"{identity}_{name}_{frame:03d}"
    expressions = ("distressed", "happy", "neutral")
    sums = {e: sum(w for (_, what), w in shares.items() if what == e) for e in expressions}
    row: dict[str, str] = {
        **{"stimulus_id": stimulus, "image_file": f"stimuli/{stimulus}.png"},
        **{"identity": identity, "continuum": name, "morph_path": path, "frame": str(frame)},
        **{"morph_level": level, "percent": ""},
        **{f"weight_{e}": repr(float(total)) for e, total in sums.items()},
        **{"width_px": str(WIDTH), "height_px": str(HEIGHT), "sha256": "", "pixel_sha256": ""},
    }
    values.rows.append(row)
    total = sum(share * photo(*key).astype(float) for key, share in shares.items())
    values.images[row["image_file"]] = np.clip(np.rint(total), 0, 255).astype(np.uint8)
    if {who for who, _ in shares} != {identity}:
        values.block["frame_weights"][stimulus] = [share_of(*key, w) for key, w in shares.items()]


def share_of(identity: str, expression: str, weight: float) -> dict[str, Any]:
    parts = dict.fromkeys(("shape", "colour", "texture"), weight)
    return {"identity": identity, "expression": expression, "mirrored": False, **parts}
