"""What `validate` says of sets made from real photographs, by morphkit and by other means."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.cases import REAL, aligned
from benchmarks.defects import Picture, codes_of, light_of
from benchmarks.inputs import DEMO
from benchmarks.page import markdown
from morphkit import Canvas, build, read_face
from morphkit.validate import SetReport, validate
from morphkit.validate.rules import RULES

PLAIN = 'engine: {refine: "off", texture: "off", apertures: false}\n'
FRAMES = 15

Made = tuple[str, Callable[[Path], Path]]
"""What a set is called, and how it is made in a folder; returns what is to be validated."""


def table(quick: bool = False) -> str:
    """Make every set, validate it, and return the table."""
    rows = []
    for name, make in _quick() if quick else _all():
        print(name, file=sys.stderr, flush=True)
        with TemporaryDirectory() as home:
            rows.append(_row(name, validate(make(Path(home)))))
    head = ["set", "verdict", "label", "errors", "warnings"]
    text = "**Sets.** In brackets the worst measure, and its limit."
    return f"{text}\n\n{markdown(head, rows)}"


def _row(name: str, report: SetReport) -> list[str]:
    told = [_told(report, severity) for severity in ("error", "warning")]
    return [name, report.verdict, report.label or "none", *told]


def _told(report: SetReport, severity: str) -> str:
    """Name each code once, with how often it was found and by how much at worst."""
    parts = []
    found = [one for one in report.findings if one.severity == severity]
    for code in sorted({one.code for one in found}):
        some = [one for one in found if one.code == code]
        name = RULES[code].name if code in RULES else ""
        measured = [one for one in some if one.measured is not None and one.limit]
        worst = max(measured, key=lambda one: abs(one.measured or 0), default=None)
        how = f" ({worst.measured:.3g}, {worst.limit:.3g})" if worst else ""
        parts.append(f"{code} {name} × {len(some)}{how}")
    return "; ".join(parts)


def _quick() -> Iterator[Made]:
    yield "8-bit dissolve of two demo photos", lambda home: dissolve(home, *_demo_pair(), "PNG")


def _all() -> Iterator[Made]:
    recipe = DEMO.parents[1] / "configs" / "demo.yaml"
    yield "demo, 4 rendered infants", lambda home: build(recipe, home / "set").folder
    london = REAL / "london"
    if (london / "auto68").is_dir():
        yield "London, 8 adults, neutral → smiling, 11 frames, automatic points", _london("")
        yield "the same as a plain morph: no flow, texture, apertures", _london(PLAIN)
    for name, first, last in (
        ("two snapshots of one woman (106 points)", "lisa/lisa1", "lisa/lisa2"),
        ("one man from 15 and 60 cm (189 points)", "zoom/15cm", "zoom/60cm"),
    ):
        if (REAL / f"{first}.jpg").is_file():
            yield f"{name}, 11 frames", _pair(first, last)
    if (london / "auto68").is_dir():
        pair = _london_pair()
        yield (
            "two London photos, 8-bit dissolve, JPEG with running numbers",
            lambda home: dissolve(home, *pair, "JPEG"),
        )
        yield (
            "the same as PNG with a table of percent",
            lambda home: dissolve(home, *pair, "PNG", listed=True),
        )
        yield (
            "the same, dissolved as light",
            lambda home: dissolve(home, *pair, "PNG", listed=True, light=True),
        )


def _recipe(home: Path, text: str) -> Path:
    path = home / "recipe.yaml"
    path.write_text(f"morphkit: 1\nname: real\nfaces: faces\n{text}", encoding="utf-8")
    return build(path, home / "set").folder


def _london(engine: str) -> Callable[[Path], Path]:
    def make(home: Path) -> Path:
        faces = home / "faces"
        faces.mkdir()
        for points in sorted((REAL / "london" / "auto68").glob("*.pts")):
            # a name that is an identifier begins with a letter
            shutil.copy(points, faces / f"p{points.name}")
            shutil.copy(REAL / "london" / f"{points.stem}.jpg", faces / f"p{points.stem}.jpg")
        continua = "{name: neu_smi, path: from-neutral, from: neutral, to: smiling, levels: 11}"
        return _recipe(home, f"continua: [{continua}]\n{engine}")

    return make


def _pair(first: str, last: str) -> Callable[[Path], Path]:
    def make(home: Path) -> Path:
        faces = home / "faces"
        faces.mkdir()
        for name, stem in (("one", first), ("other", last)):
            for suffix in (".jpg", ".tem"):
                shutil.copy(REAL / f"{stem}{suffix}", faces / f"p_{name}{suffix}")
        continua = "{name: way, path: direct, from: one, to: other, levels: 11}"
        return _recipe(home, f"continua: [{continua}]\n")

    return make


def _london_pair() -> tuple[Picture, Picture]:
    """Return two photos of one person, aligned by the pupils as labs do by hand."""
    home = REAL / "london"
    one, other = (
        aligned(read_face(home / f"{name}.jpg", home / "auto68" / f"{name}.pts"), Canvas()).image
        for name in ("001_neutral", "001_smiling")
    )
    return one, other


def _demo_pair() -> tuple[Picture, Picture]:
    one, other = (
        aligned(read_face(DEMO / f"infant01_{name}.png"), Canvas(256, 320, 85)).image
        for name in ("distressed", "happy")
    )
    return one, other


def dissolve(
    home: Path,
    first: Picture,
    last: Picture,
    kind: str,
    *,
    listed: bool = False,
    light: bool = False,
) -> Path:
    """Write a series as another program does: pictures with running numbers, perhaps a table."""
    ending = {"JPEG": "jpg", "PNG": "png"}[kind]
    rows = [("image", "percent")]
    ends = [light_of(one) if light else one.astype(np.float64) for one in (first, last)]
    for k, share in enumerate(np.linspace(0, 1, FRAMES)):
        values = (1 - share) * ends[0] + share * ends[1]
        image = codes_of(values) if light else np.rint(values).astype(np.uint8)
        name = f"Frame{k + 1:04}.{ending}"
        Image.fromarray(image).save(home / name, kind, quality=90)
        rows.append((name, f"{100 * share:.4f}"))
    if listed:
        with (home / "levels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return home
