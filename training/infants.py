"""Renders infants of invented identities for training the predictor that ships with morphkit.

    python training/infants.py --generator DIR --data DIR --out DIR [--first 1] [--last 60]

Run by a Python that has Blender as a module (``bpy`` 4.5, NumPy, SciPy, Pillow). ``--generator``
is the folder of the generator that made the demo's infants, ``--data`` its CC0 mesh data. Each
identity is drawn from a generator seeded by its number and shown in six states, each under its own
head pose, camera, lights, gaze and background; a picture that is there already is left.

Every picture gets a template in morphkit's own JSON format beside it (68 points of iBUG order).
Blur, noise, greyscale and roll cost nothing to add later, so ``train.py`` adds those.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

STATES = ("happy", "smile", "neutral", "distressed", "whimper", "between")
SIZE = 448
SAMPLES = 6

# pairs of opposite shape targets, and how far they are pushed (the generator halves it again)
OPPOSITES = {
    "head/head": ("fat", "scale-depth", "scale-horiz", "scale-vert", "age"),
    "cheek/lr:cheek": ("bones", "inner", "volume"),
    "chin/chin": ("bones", "height", "jaw-drop", "prognathism", "prominent", "width"),
    "ears/lr:ear": ("wing", "scale", "lobe"),
    "eyes/lr:eye": ("bag", "height1", "height2", "height3", "scale"),
    "forehead/forehead": ("nubian", "scale-vert", "temple"),
    "mouth/mouth": (
        "cupidsbow",
        "lowerlip-height",
        "lowerlip-volume",
        "lowerlip-width",
        "scale-horiz",
        "scale-vert",
        "upperlip-height",
        "upperlip-volume",
        "upperlip-width",
    ),
    "nose/nose": (
        "flaring",
        "hump",
        "nostrils-width",
        "point-width",
        "scale-depth",
        "scale-horiz",
        "scale-vert",
        "volume",
        "width1",
        "width2",
        "width3",
    ),
}
MOVES = (
    ("eyes/lr:eye-trans-down", "eyes/lr:eye-trans-up"),
    ("eyes/lr:eye-trans-in", "eyes/lr:eye-trans-out"),
    ("eyes/lr:eye-corner1-down", "eyes/lr:eye-corner1-up"),
    ("eyes/lr:eye-corner2-down", "eyes/lr:eye-corner2-up"),
    ("eyes/lr:eye-epicanthus-in", "eyes/lr:eye-epicanthus-out"),
    ("mouth/mouth-trans-down", "mouth/mouth-trans-up"),
    ("nose/nose-trans-down", "nose/nose-trans-up"),
    ("nose/nose-point-down", "nose/nose-point-up"),
    ("nose/nose-base-down", "nose/nose-base-up"),
    ("cheek/lr:cheek-trans-down", "cheek/lr:cheek-trans-up"),
)
SHAPES = ("head/head-round", "head/head-oval", "head/head-square", "head/head-triangular")
UNEVEN = ("brown-1", "brown-2", "cheek-1", "eye-1", "eye-3", "jaw-1", "mouth-1", "nose-1", "nose-2")

SKINS = np.array(
    [
        (0.95, 0.80, 0.73),
        (0.90, 0.73, 0.60),
        (0.78, 0.58, 0.45),
        (0.58, 0.40, 0.30),
        (0.36, 0.24, 0.18),
    ]
)
IRISES = ((0.30, 0.44, 0.58), (0.33, 0.40, 0.30), (0.33, 0.24, 0.12), (0.19, 0.11, 0.06))
HAIRS = ((0.72, 0.58, 0.38), (0.45, 0.30, 0.18), (0.20, 0.13, 0.085), (0.06, 0.05, 0.045))

EYES = ("left", "right")


def _pairs(names: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [
        (f"{stem}-{name}-decr", f"{stem}-{name}-incr")
        for stem, all in names.items()
        for name in all
    ]


def identity(number: int, baby: dict[str, float]) -> dict:
    """An invented infant: proportions, skin, eyes, hair; the same for a number, always."""
    draw = np.random.default_rng([2024, number])
    details = dict(baby)
    for low, high in [*_pairs(OPPOSITES), *MOVES]:
        push = draw.normal(0, 0.32)
        target = high if push > 0 else low
        details[target] = details.get(target, 0.0) + min(abs(push), 0.9)
    details[str(draw.choice(SHAPES))] = draw.uniform(0, 0.6)
    for target in draw.choice(UNEVEN, 3, replace=False):
        details[f"asym/asym-{target}-{draw.choice(['l', 'r'])}"] = draw.uniform(0.1, 0.5)
    tone = draw.uniform(0, len(SKINS) - 1)
    skin = np.array([np.interp(tone, range(len(SKINS)), SKINS[:, c]) for c in range(3)])
    lip = np.clip(skin * draw.uniform((0.82, 0.60, 0.62), (0.98, 0.74, 0.78)), 0, 1)
    dark = min(int(draw.integers(0, 4) + tone / 2), 3)
    return {
        "name": f"invented{number:03d}",
        "seed": 1000 + number,
        "ethnic": tuple(draw.dirichlet((0.6, 0.6, 0.6))),
        "male": float(draw.uniform()),
        "skin": tuple(skin),
        "lip": tuple(lip),
        "iris": IRISES[dark],
        "hair": {
            "colour": HAIRS[dark],
            "density": float(draw.choice([0.0, 0.4, 0.8, 1.2], p=[0.1, 0.3, 0.3, 0.3])),
            "cap": float(draw.uniform(0.2, 0.7)),
            "length": float(draw.uniform(0.04, 0.18)),
            "lift": float(draw.uniform(0.2, 0.9)),
            "curl": float(draw.uniform(0, 1.2)),
            "thick": 0.0014,
            "brow_n": int(draw.integers(120, 700)),
        },
        "cloth": tuple(draw.uniform(0.15, 0.95, 3)),
        "details": details,
    }


def _smile(draw: np.random.Generator, wide: bool) -> dict[str, float]:
    eyes = draw.uniform(0.15, 0.6)
    weights = {
        "mouth-corner-puller": draw.uniform(0.6, 1.0),
        "mouth-retraction": draw.uniform(0, 0.2),
    }
    if wide:
        weights |= {
            "mouth-open": draw.uniform(0.12, 0.5),
            "mouth-parling": draw.uniform(0.2, 0.7),
            "mouth-upward-retraction": draw.uniform(0, 0.2),
        }
    else:
        weights["mouth-compression"] = draw.uniform(0, 0.2)
    weights |= {f"eye-{side}-slit": eyes for side in EYES}
    weights |= {f"eyebrows-{side}-up": draw.uniform(0, 0.35) for side in EYES}
    return weights | {"flush": draw.uniform(0, 0.2)}


def _rest(draw: np.random.Generator) -> dict[str, float]:
    kind = draw.uniform()
    if kind < 0.15:  # asleep, or a blink
        weights = {f"eye-{side}-closure": draw.uniform(0.7, 1.0) for side in EYES}
    else:
        weights = {f"eye-{side}-opened-up": draw.uniform(0, 0.35) for side in EYES}
    if kind > 0.6:  # babbling
        weights |= {"mouth-open": draw.uniform(0.05, 0.3), "mouth-pursing": draw.uniform(0, 0.4)}
    elif kind > 0.45:
        weights["mouth-protusion"] = draw.uniform(0, 0.5)
    return weights


def _cry(draw: np.random.Generator, loud: bool) -> dict[str, float]:
    down, squeeze = draw.uniform(0.5, 1.0), draw.uniform(0.3, 1.0)
    weights = {"flush": draw.uniform(0.3, 1.0), "neck-platysma": draw.uniform(0, 0.3)}
    for side in EYES:
        weights |= {
            f"eyebrows-{side}-down": down,
            f"eyebrows-{side}-inner-up": draw.uniform(0, 0.5),
            f"eye-{side}-slit": 0.85 * squeeze,
            f"eye-{side}-closure": 0.7 * squeeze,
            f"nose-{side}-elevation": draw.uniform(0.1, 0.55),
            f"nose-{side}-dilatation": draw.uniform(0, 0.5),
        }
    if loud:
        return weights | {
            "mouth-open": draw.uniform(0.3, 0.85),
            "mouth-part-later": draw.uniform(0.1, 0.55),
            "mouth-depression-retraction": draw.uniform(0.1, 0.6),
            "mouth-retraction": draw.uniform(0, 0.5),
            "mouth-depression": draw.uniform(0, 0.4),
        }
    return weights | {
        "mouth-depression": draw.uniform(0.3, 0.8),
        "mouth-elevation": draw.uniform(0, 0.4),
        "mouth-open": draw.uniform(0, 0.12),
    }


def expression(state: str, draw: np.random.Generator) -> dict[str, float]:
    """Expression-unit weights of a state, drawn within what the mesh bears."""
    if state in ("happy", "smile"):
        return _smile(draw, state == "happy")
    if state == "neutral":
        return _rest(draw)
    if state in ("distressed", "whimper"):
        return _cry(draw, state == "distressed")
    one, other = _smile(draw, True), _cry(draw, True)
    share = draw.uniform(0.3, 0.7)
    keys = sorted({*one, *other})
    return {key: share * one.get(key, 0) + (1 - share) * other.get(key, 0) for key in keys}


class TurnedCamera:
    """A pinhole camera that looks at a point from any side, for rendering and projecting.

    Parameters
    ----------
    target : (3,) model coordinates (x to the infant's left, y up, z to the front), dm.
    size : int, pixels of the square picture.
    yaw, pitch : float, degrees; distance, height : float, dm (height of the picture at the target).
    shift : (2,) float, where the target lies off the middle, in picture heights.
    """

    def __init__(self, target, size, yaw, pitch, distance, height, shift, sensor):
        turn, nod = np.radians(yaw), np.radians(pitch)
        self.back = np.array([np.sin(turn) * np.cos(nod), np.sin(nod), np.cos(turn) * np.cos(nod)])
        self.right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        self.up = np.cross(self.back, self.right)
        self.res = size
        self.zoom = distance / height  # focal length in picture heights
        self.lens = sensor * self.zoom
        self.pos = (
            np.asarray(target, float)
            + self.back * distance
            - self.right * (shift[0] * height)
            - self.up * (shift[1] * height)
        )

    def project(self, points):
        """(N, 3) model coordinates -> (N, 2) pixels, integer at pixel centres, y down."""
        away = np.asarray(points, float) - self.pos
        depth = -(away @ self.back)
        x = self.res / 2 + self.zoom * self.res * (away @ self.right) / depth - 0.5
        y = self.res / 2 - self.zoom * self.res * (away @ self.up) / depth - 0.5
        return np.stack([x, y], -1)


def stage(render, bpy, infant, quality, draw):
    """One picture's camera, lights and background; the infant is built for them."""
    from mathutils import Matrix  # noqa: PLC0415 - comes with Blender

    infant.build(quality)
    yaw, pitch = np.clip(draw.normal(0, (11, 7)), (-30, -18), (30, 18))
    infant.cam = camera = TurnedCamera(
        infant.cam_target,
        quality["res"],
        yaw,
        pitch,
        draw.uniform(6, 18),
        draw.uniform(1.45, 2.0),
        draw.uniform(-0.03, 0.03, 2),
        render.SENSOR,
    )
    eye = bpy.context.scene.camera
    axes = [render.B(v) for v in (camera.right, camera.up, camera.back)]
    eye.matrix_world = (
        Matrix.Translation(render.B(camera.pos)) @ Matrix(np.array(axes).T.tolist()).to_4x4()
    )
    eye.data.lens = camera.lens
    for lamp in [o for o in bpy.context.scene.objects if o.type == "LIGHT"]:
        bpy.data.objects.remove(lamp)
    middle, light = infant.cam_target, infant.idn.get("light", 1.0)
    key = np.array([draw.uniform(-8, 8), draw.uniform(1, 7), draw.uniform(6, 11)])
    warm = draw.uniform((0.9, 0.88, 0.78), (1.0, 1.0, 1.0))
    size = draw.uniform(1.5, 6)
    render.area("key", middle + key, middle, size, draw.uniform(500, 1300) * light, tuple(warm))
    fill = np.array([-np.sign(key[0]) * draw.uniform(4, 8), draw.uniform(-1, 3), 8.0])
    render.area(
        "fill", middle + fill, middle, 7.0, draw.uniform(100, 450) * light, (0.95, 0.97, 1), False
    )
    above = np.add(middle, (0, 9.0, -3.0))
    render.area("top", above, middle, 5.0, draw.uniform(50, 400) * light, (1, 1, 1), False)
    for node in bpy.context.scene.world.node_tree.nodes:
        if node.type == "BACKGROUND" and node.inputs[1].default_value == 1.0:
            grey = draw.uniform(0.02, 0.8)
            node.inputs[0].default_value = (*np.clip(grey + draw.normal(0, 0.05, 3), 0, 1), 1)


def template(infant, state: str) -> dict:
    """The picture's 68 points in morphkit's own template format."""
    names, points = infant.landmarks3d()
    pixels = infant.cam.project(points)[:68]
    return {
        "scheme": "ibug68",
        "width": infant.cam.res,
        "height": infant.cam.res,
        "reviewed": True,
        "origin": {"kind": "rendered", "infant": infant.idn["name"], "state": state},
        "points": [
            {"name": name, "x": round(float(x), 3), "y": round(float(y), 3)}
            for name, (x, y) in zip(names[:68], pixels, strict=True)
        ],
    }


def main() -> None:
    """Render what isn't there yet."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--generator", required=True)
    options.add_argument("--data", required=True)
    options.add_argument("--out", required=True, type=Path)
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--last", type=int, default=60)
    chosen = options.parse_args()
    sys.path.insert(0, chosen.generator)
    import bpy  # noqa: PLC0415 - Blender, in its own environment
    import infant as infants  # noqa: PLC0415 - the generator's
    import render  # noqa: PLC0415
    from identities import BABY  # noqa: PLC0415
    from infantgen import Model  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    model = Model(chosen.data)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for number in range(chosen.first, chosen.last + 1):
        infant = infants.Infant(model, identity(number, BABY))
        for place, state in enumerate(STATES):
            target = chosen.out / f"{infant.idn['name']}_{state}.png"
            if target.with_suffix(".json").exists():
                continue
            started = time.time()
            draw = np.random.default_rng([2025, number, place])
            infant.idn[state] = expression(state, draw)
            stage(render, bpy, infant, {"res": SIZE, "spp": SAMPLES, "seed": 7 + place}, draw)
            infant.set_expression(infant.weights(state))
            unfinished = target.with_suffix(".part.png")
            infant.render(str(unfinished))
            Image.open(unfinished).convert("RGB").save(target, optimize=True)
            unfinished.unlink()
            target.with_suffix(".json").write_text(json.dumps(template(infant, state), indent=1))
            print(f"{target.name} {time.time() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
