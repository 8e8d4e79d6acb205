"""A tiny set made in code: two infants, three continua, pictures of 64 × 80 px.

`Tiny` holds the set as plain, changeable values; `write` puts it on disk with every hash
made to agree, so that a test can seed a defect deeper than a wrong hash.  Its hashes are
computed here, from the text of the design, not with the code under test.
"""

from __future__ import annotations

import hashlib
import io
import json
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from morphkit.engine.align import Canvas
from morphkit.engine.mesh import build_mesh
from morphkit.faces.scheme import scheme

WIDTH, HEIGHT, EYES = 64, 80, 22.0
IDENTITIES = ("i01", "i02")
CONTINUA = {
    # name: path, expressions, levels, midpoint
    "dis_hap": ("direct", ("distressed", "happy"), [-1.0, -0.5, 0.0, 0.5, 1.0], "blend"),
    "neu_hap": ("from-neutral", ("neutral", "happy"), [0.0, 0.2, 0.6, 1.0], None),
    "thr_neu": (
        "through-neutral",
        ("distressed", "neutral", "happy"),
        [-1.0, -0.7, -0.4, 0.0, 0.4, 0.7, 1.0],
        "photo",
    ),
}


@dataclass
class Tiny:
    """The set as plain values: change them, then `write`."""

    manifest: dict[str, Any]
    rows: list[dict[str, str]]
    images: dict[str, np.ndarray]
    extra: dict[str, bytes] = field(default_factory=dict)

    @property
    def block(self) -> dict[str, Any]:
        return self.manifest["morphkit"]

    def row(self, identity: str, continuum: str, frame: int) -> dict[str, str]:
        return next(
            row
            for row in self.rows
            if (row["identity"], row["continuum"], row["frame"])
            == (identity, continuum, str(frame))
        )

    def image(self, identity: str, continuum: str, frame: int) -> np.ndarray:
        return self.images[self.row(identity, continuum, frame)["image_file"]]

    def write(self, folder: Path) -> Path:
        """Write the set with hashes that agree with it."""
        (folder / "stimuli").mkdir(parents=True, exist_ok=True)
        resources = []
        for row in self.rows:
            image = self.images[row["image_file"]]
            data = png(image)
            row["sha256"] = hashlib.sha256(data).hexdigest()
            row["pixel_sha256"] = pixel_hash(image)
            (folder / row["image_file"]).write_bytes(data)
            resources.append(resource(row["stimulus_id"], row["image_file"], data))
        table = table_text(self.rows).encode()
        (folder / "stimuli.csv").write_bytes(table)
        self.manifest["resources"] = [resource("stimuli", "stimuli.csv", table), *resources]
        for name, data in self.extra.items():
            (folder / name).write_bytes(data)
        return self.write_manifest(folder)

    def write_manifest(self, folder: Path) -> Path:
        (folder / "datapackage.json").write_text(json.dumps(self.manifest), encoding="utf-8")
        return folder


def png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def pixel_hash(image: np.ndarray) -> str:
    height, width = image.shape[:2]
    return hashlib.sha256(f"RGB {width} {height} ".encode() + image.tobytes()).hexdigest()


def resource(name: str, path: str, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    return {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": len(data)}


def table_text(rows: list[dict[str, str]]) -> str:
    header = rows[0] if rows else tiny().rows[0]
    return "\n".join([",".join(header), *(",".join(row.values()) for row in rows)]) + "\n"


def weights(path: str, level: float) -> tuple[float, ...]:
    if path == "direct":
        return (1 - level) / 2, (1 + level) / 2
    if path == "from-neutral":
        return 1 - level, level
    return max(0.0, -level), 1 - abs(level), max(0.0, level)


def landmarks(identity: str, expression: str) -> list[list[float]]:
    """68 points of a round face; happy widens the mouth, distress opens it."""
    width = {"distressed": 0.9, "neutral": 1.0, "happy": 1.3}[expression]
    opening = {"distressed": 6.0, "neutral": 1.0, "happy": 3.0}[expression]
    wide = 1.0 if identity == "i01" else 1.05
    points: list[tuple[float, float]] = []
    for i in range(17):  # jaw, from the infant's right ear
        turn = np.pi * i / 16
        points.append((-24 * wide * np.cos(turn), 2 + 28 * np.sin(turn)))
    for side in (-1, 1):  # brows
        points += [(side * 11 + 1.8 * k, -8 - 1.2 * (2 - abs(k)) / 2) for k in range(-2, 3)]
    points += [(0.0, -3 + 3.0 * k) for k in range(4)]  # nose bridge
    points += [(2.0 * k, 9 - 0.3 * abs(k)) for k in range(-2, 3)]  # nostrils
    eye = [(-4, 0), (-1.5, -1.8), (1.5, -1.8), (4, 0), (1.5, 1.8), (-1.5, 1.8)]
    for side in (-1, 1):
        points += [(side * 11 + x, y) for x, y in eye]
    lips, mouth = 8 * width, 17.0
    for k in range(12):  # outer lip, clockwise from the infant's right corner
        turn = np.pi - 2 * np.pi * k / 12
        points.append((lips * np.cos(turn), mouth - (2.5 + opening / 2) * np.sin(turn)))
    for k in range(8):  # inner lip
        turn = np.pi - 2 * np.pi * k / 8
        points.append((0.7 * lips * np.cos(turn), mouth - opening / 2 * np.sin(turn)))
    return [[float(x + (WIDTH - 1) / 2), float(y + 0.45 * (HEIGHT - 1))] for x, y in points]


def photo(identity: str, expression: str) -> np.ndarray:
    """A picture of smooth gradients, another one for each infant and expression."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / np.array([HEIGHT, WIDTH]).reshape(2, 1, 1)
    turn = {"distressed": 0.2, "neutral": 1.3, "happy": 2.6}[expression]
    turn += 0.4 * IDENTITIES.index(identity)
    channels = [128 + 100 * np.sin(turn + (c + 2) * x + (3 - c) * y) for c in range(3)]
    return np.rint(np.stack(channels, axis=2)).astype(np.uint8)


def mixed(identity: str, shares: dict[str, float]) -> np.ndarray:
    total = sum(share * photo(identity, name).astype(float) for name, share in shares.items())
    return np.rint(total).astype(np.uint8)


@cache
def _mesh() -> dict[str, Any]:
    pairs = [(who, what) for who in IDENTITIES for what in ("distressed", "neutral", "happy")]
    shapes = np.array([landmarks(*pair) for pair in pairs])
    canvas = Canvas(WIDTH, HEIGHT, EYES)
    mesh = build_mesh(scheme("ibug68"), shapes, canvas, [" ".join(pair) for pair in pairs])
    return {
        "points": mesh.mean.tolist(),
        "triangles": mesh.triangles.tolist(),
        "landmarks": mesh.landmarks.tolist(),
    }


def _recipe() -> dict[str, Any]:
    keys = {2: ("from", "to"), 3: ("from", "via", "to")}
    return {
        "morphkit": 1,
        "name": "tiny",
        "faces": "../raw_faces/tiny",
        "canvas": {"width": WIDTH, "height": HEIGHT, "eye_distance": EYES},
        "continua": [
            {
                "name": name,
                "path": path,
                "levels": levels,
                **dict(zip(keys[len(names)], names, strict=True)),
            }
            for name, (path, names, levels, _) in CONTINUA.items()
        ],
    }


def tiny() -> Tiny:
    """Return a clean set."""
    pairs = [(who, what) for who in IDENTITIES for what in ("distressed", "happy", "neutral")]
    rows, images = [], {}
    for identity in IDENTITIES:
        for name, (path, names, levels, _) in CONTINUA.items():
            for frame, level in enumerate(levels, start=1):
                shares = dict(zip(names, weights(path, level), strict=True))
                stimulus = f"{identity}_{name}_{frame:03d}"
                percent = 50 * (level + 1)
                row = {
                    "stimulus_id": stimulus,
                    "image_file": f"stimuli/{stimulus}.png",
                    "identity": identity,
                    "continuum": name,
                    "morph_path": path,
                    "frame": str(frame),
                    "morph_level": repr(level),
                    "percent": repr(round(percent, 12)),
                    **{
                        f"weight_{what}": repr(shares.get(what, 0.0))
                        for what in ("distressed", "happy", "neutral")
                    },
                    "width_px": str(WIDTH),
                    "height_px": str(HEIGHT),
                    "sha256": "",
                    "pixel_sha256": "",
                }
                rows.append(row)
                images[row["image_file"]] = mixed(identity, shares)
    block = {
        "schema_version": 1,
        "engine": {"version": "0", "options": {}},
        "recipe": _recipe(),
        "landmark_scheme": "ibug68",
        "landmark_names": list(scheme("ibug68").points),
        "sources": [
            {
                "identity": who,
                "expression": what,
                "sha256": hashlib.sha256(f"{who} {what}".encode()).hexdigest(),
                "template_sha256": hashlib.sha256(f"{who} {what} t".encode()).hexdigest(),
            }
            for who, what in pairs
        ],
        "anchors": [
            {
                "identity": who,
                "expression": what,
                "landmarks": landmarks(who, what),
                "pixel_sha256": pixel_hash(photo(who, what)),
            }
            for who, what in pairs
        ],
        "mesh": _mesh(),
        "continua": [
            {
                "name": name,
                "path": path,
                "midpoint": kind,
                "expressions": list(names),
                "levels": list(levels),
            }
            for name, (path, names, levels, kind) in CONTINUA.items()
        ],
        "response_map": [],
    }
    manifest = {"name": "tiny", "resources": [], "morphkit": block}
    return Tiny(deepcopy(manifest), rows, images)
