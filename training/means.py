"""Makes the mean templates that ship with morphkit: one infant's face in every scheme.

    python training/means.py --infants DIR --extended DIR --adults DIR --faces DIR --baby FILE

``--infants`` are rendered infants with 68 points (`infants.py`), ``--extended`` rendered ones with
points of hairline and ears beside them, ``--adults`` hand-delineated templates of 189 points (Face
Research Lab London Set), ``--faces`` a folder with templates of 106 and of 83 points, ``--baby``
WebMorph's definition of its 191-point baby template. The mean of adults is bent onto the mean of
infants by the same spline that the bridge uses; the others follow from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from morphkit.engine.align import Canvas, Similarity
from morphkit.faces.conversion import convert
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import Template, parse_template, template_text
from morphkit.landmarks.bridge import plain_bridge
from morphkit.landmarks.mean import mean_template
from morphkit.landmarks.spline import ThinPlate

OUT = Path(__file__).resolve().parents[1] / "src" / "morphkit" / "landmarks" / "means"
CANVAS = Canvas()

# frl189 landmarks ← extended points of a rendered infant
BESIDE = {
    **{135 + i: f"forehead{i + 1}" for i in range(9)},
    **{115: "ear_right_top", 117: "ear_right_outer", 119: "ear_right_lobe"},
    **{120: "ear_left_top", 122: "ear_left_outer", 124: "ear_left_lobe"},
}
INFANTS = "rendered infants of invented identities (own renderings, CC0 mesh data of MakeHuman)"
LONDON = (
    "Face Research Lab London Set, DeBruine & Jones 2017, doi 10.6084/m9.figshare.5047666, "
    "CC BY 4.0"
)


def landmarks(files: Iterable[Path]) -> list[Landmarks]:
    """Read templates."""
    return [parse_template(file.read_bytes(), file.suffix).landmarks for file in sorted(files)]


def extended(folder: Path) -> list[dict[str, tuple[float, float]]]:
    """Read the points of rendered infants, hairline and ears with them: name → (x, y)."""
    faces = [json.loads(file.read_text()) for file in sorted(folder.glob("infant*/*.json"))]
    return [{p["name"]: (p["x"], p["y"]) for p in face["points"]} for face in faces]


def even(mean: Landmarks) -> Landmarks:
    """Return the mean of a mean template and its mirror image, upright on the canvas."""
    both = mean_template([mean, mean.mirrored(CANVAS.width)])
    return both.replaced(np.round(both.points, 2))


def infant68(folders: list[Path]) -> Landmarks:
    """Return the mean of rendered infants."""
    found = landmarks(file for folder in folders for file in folder.glob("*.json"))
    return even(mean_template([face for face in found if face.scheme.name == "ibug68"]))


def infant189(
    adult: Landmarks, infant: Landmarks, faces: list[dict[str, tuple[float, float]]]
) -> Landmarks:
    """Bend the adults' mean onto the infants': by the shared places, then by hairline and ears."""
    inner = plain_bridge("ibug68", adult)(infant).points
    names = scheme("ibug68").points
    goals = np.zeros((len(BESIDE), 2))
    for face in faces:
        start = np.array([face[name] for name in names])
        move = Similarity.from_points(start[17:], infant.points[17:])
        goals += move(np.array([face[name] for name in BESIDE.values()])) / len(faces)
    held = [i for i in range(189) if i < 109 or 125 <= i < 134 or 158 <= i < 183]
    controls = np.concatenate([inner[held], inner[list(BESIDE)]])
    targets = np.concatenate([inner[held], goals])
    unit = CANVAS.eye_distance
    smoothing = np.full(len(controls), 0.01)
    bent = ThinPlate.fitted(controls / unit, targets / unit, smoothing)(inner / unit) * unit
    bent[held] = inner[held]
    return even(Landmarks(scheme("frl189"), bent))


def infant191(file: Path, infant: Landmarks) -> Landmarks:
    """Add the two points that WebMorph's baby template has beside the 189."""
    stock = json.loads(file.read_text(encoding="utf-8"))["points"]
    points = np.array([(point["x"], point["y"]) for point in stock])
    unit = np.hypot(*(points[1] - points[0]))
    smoothing = np.full(189, 0.1)
    bend = ThinPlate.fitted(points[:189] / unit, infant.points, smoothing)
    return even(
        Landmarks(scheme("baby191"), np.concatenate([infant.points, bend(points[189:] / unit)]))
    )


def write(mean: Landmarks, sources: list[str]) -> None:
    """Write a mean template with what it was made from."""
    origin = {"kind": "mean", "of": "; ".join(sources), "made_by": "training/means.py"}
    template = Template(mean, CANVAS.width, CANVAS.height, False, origin)
    (OUT / f"{mean.scheme.name}.json").write_text(template_text(template, ".json"), "utf-8")


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--infants", type=Path, nargs="+", required=True)
    for name in ("--extended", "--adults", "--faces", "--baby"):
        parser.add_argument(name, type=Path, required=True)
    given = parser.parse_args()
    infant = infant68(given.infants)
    adult = even(mean_template(landmarks(given.adults.glob("*.tem"))))
    full = infant189(adult, infant, extended(given.extended))
    write(infant, [INFANTS])
    write(convert(infant, "dlib70")[0], [INFANTS])
    write(full, [INFANTS, LONDON])
    write(convert(full, "pl179")[0], [INFANTS, LONDON])
    write(convert(full, "simple28")[0], [INFANTS, LONDON])
    webmorph = "WebMorph's baby template, DeBruine, webmorph.org, MIT"
    write(infant191(given.baby, full), [INFANTS, LONDON, webmorph])
    for folder in ("lisa", "zoom"):
        own = even(mean_template(landmarks((given.faces / folder).glob("*.tem"))))
        bent = even(plain_bridge("frl189", own)(full))
        write(bent, [INFANTS, LONDON, "two templates of the package webmorphR.stim, CC0"])


if __name__ == "__main__":
    main()
