"""Patches: the landmarks stay where they are on the face; copies of a photo are known again."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_faces import face
from folders_of_faces import drawn
from PIL import Image

from morphkit.landmarks import crops
from morphkit.landmarks.patch import ALIKE, AROUND, alike, patch, thumbnail


def spot(size: int, place: np.ndarray, width: float) -> np.ndarray:
    """A black picture with a soft white spot."""
    along = np.arange(size)
    across, down = (np.exp(-(((along - middle) / width) ** 2)) for middle in place)
    grey = np.rint(255 * down[:, None] * across[None, :]).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.mark.parametrize("times", [3, 4, 5])
def test_landmarks_lie_on_the_same_content(times: int) -> None:
    """A spot with a landmark in its middle has its mass there, also in the patch."""
    _, small = face(2, scale=1.3, size=400)
    large = small.replaced(small.points * times)
    apart = float(np.hypot(*(large.pupils()[1] - large.pupils()[0])))
    grey, moved = patch(spot(400 * times, large.points[30], 6.0 * times), large)
    rows, columns = np.nonzero(grey)
    mass = grey[rows, columns].astype(float)
    middle = (mass * columns).sum() / mass.sum(), (mass * rows).sum() / mass.sum()
    assert moved.points[30] == pytest.approx(middle, abs=0.02)
    smaller = apart / float(np.hypot(*(moved.pupils()[1] - moved.pupils()[0])))
    assert smaller == pytest.approx(int(apart / 130), abs=1e-9)
    assert max(grey.shape) <= 2 * AROUND * apart / smaller + 3


@pytest.mark.parametrize("times", [1, 3, 6])
def test_a_predictor_learns_from_a_patch_what_it_sees_on_the_photo(times: int) -> None:
    """Coloured, so that a patch of another light would be seen; also where it is averaged."""
    image, landmarks = drawn("i01", "happy")
    tint = np.random.default_rng(4).uniform(0.3, 1, (6, 6, 3))
    image = np.rint(image * tint.repeat(40, axis=0)[:220].repeat(40, axis=1)[:, :220])
    large = image.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)
    marks = landmarks.replaced((landmarks.points + 0.5) * times - 0.5)
    rule = crops.rule([landmarks])
    part, moved = patch(large, marks)
    seen = crops.view(large, rule.by_points(marks.points)).astype(int)
    learned = crops.view(part, rule.by_points(moved.points)).astype(int)
    away = np.abs(seen - learned)
    assert away.mean() < 1.5
    other = crops.view(large[..., 0], rule.by_points(marks.points)).astype(int)
    assert np.abs(other - learned).mean() > 5


def test_a_face_at_the_border_and_a_tiny_photo() -> None:
    image, landmarks = face(3, scale=0.6, size=220)
    moved = landmarks.replaced(landmarks.points + np.array([-400, 300]))  # all of it is outside
    grey, inside = patch(image, moved)
    assert min(grey.shape) >= 1
    assert np.allclose(inside.points - inside.points[0], moved.points - moved.points[0])
    dot, _ = patch(np.full((1, 1, 3), 7, np.uint8), landmarks)
    assert dot.tolist() == [[7]]
    assert np.isfinite(thumbnail(dot, landmarks)).all()


def test_a_copy_is_known_again_and_other_faces_are_not() -> None:
    shown = [drawn(f"i{number}", "happy") for number in range(12)]
    patches = [patch(image, landmarks) for image, landmarks in shown]
    image, landmarks = shown[4]
    small = Image.fromarray(image).resize((154, 154), Image.Resampling.BOX)
    half = landmarks.replaced((landmarks.points + 0.5) * 0.7 - 0.5)
    patches.append(patch(np.asarray(small), half))
    brighter = np.clip(image.astype(int) + 25, 0, 255).astype(np.uint8)
    patches.append(patch(brighter, landmarks))
    found = alike([thumbnail(*one) for one in patches])
    assert [pair[:2] for pair in found] == [(4, 12), (4, 13), (12, 13)]
    assert all(ALIKE < match <= 1.0001 for *_, match in found)
