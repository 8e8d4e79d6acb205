"""The engine on rendered infants and on adults' photographs with hand-made templates."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morphkit.engine.align import Canvas
from morphkit.engine.mesh import FEATURES, Mesh
from morphkit.engine.morph import aligned, frame, pinned, shape
from morphkit.engine.stage import Look, pose, stage
from morphkit.engine.triangulation import areas, folded_triangles
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template

CANVAS = Canvas()
EXPRESSIONS = ("distressed", "neutral", "happy")


def template(path: Path) -> Landmarks:
    return parse_template(path.read_bytes(), path.suffix).landmarks


def infant(folder: Path, name: str) -> Landmarks:
    points = json.loads((folder / f"{name}.json").read_text())["points"]
    extended = scheme("ibug68").extended([p["name"] for p in points[68:]])
    return Landmarks(extended, [[p["x"], p["y"]] for p in points])


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def one_mesh(marks: list[Landmarks], labels: list[str], canvas: Canvas = CANVAS) -> Mesh:
    """The mesh of a set, checked in every anchor."""
    places = pose(marks, canvas)
    on = stage(places, [(1350, 1350)] * len(marks), canvas, Look(mask="none"), labels)
    for place in places:
        vertices = on.mesh.vertices(place.landmarks.points)
        assert not folded_triangles(on.mesh, vertices, canvas.eye_distance).any()
        assert (areas(vertices, on.mesh.triangles)[on.mesh.aperture < 0] > 0).all()
        covered = areas(vertices, on.mesh.triangles).sum() / 2
        assert covered == pytest.approx(canvas.width * canvas.height)
    return on.mesh


@pytest.fixture(scope="module")
def infants(shared: Path) -> dict[tuple[str, str], Landmarks]:
    folders = sorted((shared / "synthetic_infants").glob("infant0*"))
    assert len(folders) == 4
    return {(f.name, e): infant(f, e) for f in folders for e in EXPRESSIONS}


CANVASES = [CANVAS, replace(CANVAS, align="procrustes"), Canvas(512, 512, 120.0)]


@pytest.mark.parametrize("canvas", CANVASES, ids=["eyes", "procrustes", "square"])
def test_rendered_infants_make_one_mesh(
    infants: dict[tuple[str, str], Landmarks], canvas: Canvas
) -> None:
    mesh = one_mesh(list(infants.values()), [" ".join(key) for key in infants], canvas)
    names = next(iter(infants.values())).scheme.points
    left_out = {names[i] for i in set(range(len(names))) - set(mesh.landmarks.tolist())}
    assert left_out == {"iris_right", "iris_left"}, "crying eyes are shut"
    assert mesh.doubts == ()


@pytest.mark.parametrize("canvas", CANVASES, ids=["eyes", "procrustes", "square"])
def test_automatic_templates_make_one_mesh(shared: Path, canvas: Canvas) -> None:
    files = sorted((shared / "real_faces" / "london" / "auto68").glob("*.pts"))
    assert len(files) == 16
    mesh = one_mesh([template(f) for f in files], [f.stem for f in files], canvas)
    assert len(mesh.landmarks) == 68
    assert mesh.doubts == ()


def test_hand_made_templates_of_eight_make_one_mesh(shared: Path) -> None:
    files = sorted((shared / "real_faces" / "london").glob("*.tem"))
    assert len(files) == 8
    mesh = one_mesh([template(f) for f in files], [f.stem for f in files])
    assert mesh.doubts == ()


def test_hand_made_templates_of_ninety_six_make_one_mesh(shared: Path) -> None:
    """Some creases touch the lids, some smile lines climb; a few points are left out."""
    files = sorted((shared / "real_faces" / "london640").glob("*.tem"))
    assert len(files) == 96
    marks = [template(f) for f in files]
    mesh = one_mesh(marks, [f.stem for f in files])
    out = [doubt for doubt in mesh.doubts if doubt.code == "MK308"]
    off = [doubt for doubt in mesh.doubts if doubt.code == "MK309"]
    assert 0 < len(out) <= 8
    assert all(0 <= doubt.measured < 0.05 for doubt in out)
    assert all(doubt.file.endswith("_neutral") for doubt in mesh.doubts)
    assert {doubt.pointer for doubt in off} == {"chin"}, "long faces on the default canvas"
    layout = marks[0].scheme
    features = {i for name in FEATURES for i in layout.group(name)}
    missing = features - set(mesh.landmarks.tolist())
    assert {layout.points[i] for i in missing} == {"chin"}


@pytest.mark.parametrize("path", ["direct", "neutral_to_happy", "neutral_to_distressed"])
def test_landmarks_between_anchors_are_those_of_the_rendered_truth(shared: Path, path: str) -> None:
    """Truth pictures are 512 px, the anchors' 768; mean distance within 1 % EOD."""
    ends = {
        "direct": ("distressed", "happy"),
        "neutral_to_happy": ("neutral", "happy"),
        "neutral_to_distressed": ("neutral", "distressed"),
    }[path]
    for folder in sorted((shared / "synthetic_infants").glob("infant0*")):
        places = pose([infant(folder, end) for end in ends], CANVAS)
        files = sorted((folder / "truth" / path).glob("*.json"))
        assert len(files) in (6, 11)
        for number, file in enumerate(files):
            w = number / (len(files) - 1)
            found = shape([p.landmarks for p in places], [1 - w, w])
            (truth,) = pose([infant(file.parent, file.stem)], CANVAS)
            difference = found.points - truth.landmarks.points
            distance = np.sqrt((difference**2).sum(axis=1)) / found.outer_eye_distance()
            assert distance.mean() < 0.01, f"{folder.name} {file.stem}"


def london(shared: Path, identity: str) -> list[Face]:
    folder = shared / "real_faces" / "london"
    return [
        Face(
            picture(folder / f"{identity}_{e}.jpg"),
            template(folder / "auto68" / f"{identity}_{e}.pts"),
            identity,
            e,
        )
        for e in ("neutral", "smiling")
    ]


def test_a_real_continuum(shared: Path) -> None:
    """Ends are the photos, bit for bit; between them light and shape go evenly."""
    cast, on = pinned(london(shared, "001"), CANVAS, Look())
    assert on.lost.tolist() == [0, 0]
    images = []
    for w in (0.0, 0.25, 0.5, 0.75, 1.0):
        image = frame(cast, [1 - w, w], on).image
        images.append(image.astype(float))
    assert np.array_equal(images[0], aligned(cast.anchors[0], on))
    assert np.array_equal(images[-1], aligned(cast.anchors[1], on))
    steps = [np.sqrt(((b - a) ** 2).mean()) for a, b in pairwise(images)]
    assert max(steps) < 2 * min(steps), "no frame stands out"
    whole = np.sqrt(((images[-1] - images[0]) ** 2).mean())
    assert max(steps) < whole


def test_three_anchors_of_an_infant(shared: Path) -> None:
    folder = shared / "synthetic_infants" / "infant03"
    sources = [
        Face(picture(folder / f"{e}.png"), infant(folder, e), "infant03", e) for e in EXPRESSIONS
    ]
    cast, on = pinned(sources, CANVAS, Look())
    third = frame(cast, [1 / 3] * 3, on)
    assert third.image.shape == (640, 512, 3)
    assert np.array_equal(frame(cast, [0, 1, 0], on).image, aligned(cast.anchors[1], on))
