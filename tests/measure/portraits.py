"""Faces to measure: the demo infants, real pairs, a painted one; and ways to spoil them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from morphkit.engine.color import WHITE, decode_table, encode_table
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template
from tiny_study import DEMO

EXPRESSIONS = ("distressed", "neutral", "happy")
INFANTS = ("infant01", "infant02", "infant03", "infant04")
COMMON_EOD = 245.0
"""Eye distance on the default canvas: blur is told in its pixels."""


@cache
def infant(identity: str, expression: str) -> Face:
    """A demo infant with the 68 points that have a mirror map."""
    path = DEMO / f"{identity}_{expression}"
    marks = parse_template(path.with_suffix(".json").read_bytes(), ".json").landmarks
    with Image.open(path.with_suffix(".png")) as image:
        pixels = np.array(image.convert("RGB"))
    return Face(pixels, Landmarks(scheme("ibug68"), marks.points[:68]), identity, expression)


def real(photo: Path, template: Path) -> Face:
    with Image.open(photo) as image:
        pixels = np.array(image.convert("RGB"))
    return Face(pixels, parse_template(template.read_bytes(), template.suffix).landmarks)


def blurred(face: Face, canvas_pixels: float) -> Face:
    """Blurred by a Gaussian, its standard deviation in pixels of the default canvas."""
    sigma = canvas_pixels * face.landmarks.outer_eye_distance() / COMMON_EOD
    soft = ndimage.gaussian_filter(face.image.astype(float), (sigma, sigma, 0))
    return Face(np.rint(soft).astype(np.uint8), face.landmarks)


def resized(face: Face, factor: float) -> Face:
    height, width = (round(side * factor) for side in face.image.shape[:2])
    small = Image.fromarray(face.image).resize((width, height), Image.Resampling.LANCZOS)
    ratio = np.array([width, height]) / np.array(face.image.shape[1::-1])
    points = (face.landmarks.points + 0.5) * ratio - 0.5
    return Face(np.array(small), face.landmarks.replaced(points))


def relit(face: Face, across: float = 0.0, down: float = 0.0, level: float = 0.0) -> Face:
    """Lit otherwise, by so many stops per eye distance, and exposed by so many more."""
    right, left = face.landmarks.points[list(face.landmarks.scheme.outer_eye_corners)]
    unit, middle = face.landmarks.outer_eye_distance(), (right + left) / 2
    y, x = np.mgrid[: face.image.shape[0], : face.image.shape[1]]
    stops = level + across * (x - middle[0]) / unit + down * (y - middle[1]) / unit
    light = decode_table("linear")[face.image] * 2.0 ** stops[..., None]
    codes = encode_table("linear")[np.clip(np.rint(light), 0, WHITE).astype(int)]
    return Face(codes, face.landmarks)


def moved(face: Face, names: list[str], by: tuple[float, float]) -> Face:
    """Some landmarks moved, by eye distances."""
    points = face.landmarks.points.copy()
    index = [face.landmarks.scheme.points.index(name) for name in names]
    points[index] += np.array(by) * face.landmarks.outer_eye_distance()
    return Face(face.image, face.landmarks.replaced(points))


def painted(stops: np.ndarray, landmarks: Landmarks) -> Face:
    """A grey picture whose log₂ luminance is given."""
    light = np.clip(np.rint(WHITE * 2.0**stops), 0, WHITE).astype(int)
    codes = encode_table("linear")[light]
    return Face(np.repeat(codes[..., None], 3, axis=2), landmarks)
