"""Drawn faces whose 68 landmarks are known: ovals for eyes and mouth, bars for brows."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme

FINER = 4
"""Drawn so much larger and averaged, so that edges lie between pixels."""


def arc(middle: tuple[float, float], across: float, high: float, angles: list[float]):
    turn = np.radians(angles)
    return np.stack([middle[0] - across * np.cos(turn), middle[1] - high * np.sin(turn)], axis=1)


def shape(draw: np.random.Generator) -> np.ndarray:
    """A face about (0, 0), pupils 100 apart: mouth, brows and eyes are each their own."""
    mouth, opening = draw.uniform(35, 60), draw.uniform(4, 30)
    height, low = draw.uniform(6, 14), draw.uniform(75, 95)
    brow = draw.uniform(-42, -28)
    points = np.zeros((68, 2))
    points[:17] = arc((0, 20), 105, -110, list(np.linspace(0, 180, 17)))
    for first, x in ((17, -50), (22, 50)):
        points[first : first + 5] = [(x + step, brow) for step in (-26, -13, 0, 13, 26)]
    points[27:31] = [(0, y) for y in (0, 12, 24, 36)]
    points[31:36] = [(x, 46) for x in (-14, -7, 0, 7, 14)]
    for first, x in ((36, -50), (42, 50)):
        points[first : first + 6] = arc((x, 0), 20, height, [0, 60, 120, 180, 240, 300])
    points[48:60] = arc((0, low), mouth, opening + 8, list(np.arange(0, 360, 30)))
    points[60:] = arc((0, low), mouth - 6, opening, list(np.arange(0, 360, 45)))
    return points


def picture(points: np.ndarray, size: int, dark: int = 60, light: int = 200) -> np.ndarray:
    """(size, size, 3) uint8 of a shape in pixels."""
    sheet = Image.new("L", (size * FINER, size * FINER), 120)
    pen = ImageDraw.Draw(sheet)
    places = [tuple(place) for place in (points + 0.5) * FINER]
    width = round(float(np.hypot(*(points[45] - points[36]))) / 18 * FINER)
    pen.polygon(places[:17], fill=light)
    for first, last in ((17, 22), (22, 27), (27, 31), (31, 36)):
        pen.line(places[first:last], fill=dark, width=width)
    for first, last, tone in ((36, 42, 250), (42, 48, 250), (48, 60, 110), (60, 68, 20)):
        pen.polygon(places[first:last], fill=tone)
    for lids in (points[36:42], points[42:48]):
        x, y = (lids.mean(axis=0) + 0.5) * FINER
        pen.ellipse([x - width, y - width, x + width, y + width], fill=30)
    small = np.array(sheet.resize((size, size), Image.Resampling.BOX))
    return np.repeat(small[..., None], 3, axis=2)


def face(seed: int, tilt: float = 0.0, scale: float = 0.8, size: int = 300):
    """A photo and its landmarks; the middle between the pupils lies a little above its centre."""
    turn = np.radians(tilt)
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    points = shape(np.random.default_rng(seed)) @ np.array([[cos, sin], [-sin, cos]])
    landmarks = Landmarks(scheme("ibug68"), points + np.array([size / 2, size / 2 - 20]))
    return picture(landmarks.points, size), landmarks
