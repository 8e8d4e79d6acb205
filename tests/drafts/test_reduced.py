"""Small copies: means of areas, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.landmarks.reduced import grey, reduced


def test_whole_squares_are_averaged() -> None:
    image = np.array([[0, 10, 20, 30], [10, 20, 30, 40]], np.uint8)
    small, scale = reduced(image, 2)
    assert small.tolist() == [[10, 30]]
    assert scale.tolist() == [2, 2]


def test_a_pixel_that_is_cut_counts_by_its_share() -> None:
    row = np.array([[0, 60, 240]], np.uint8)
    small, scale = reduced(row, 2)  # 1.5 pixels each: (0 + 60/2) / 1.5, (60/2 + 240) / 1.5
    assert small.tolist() == [[20, 180]]
    assert scale.tolist() == [1.5, 1]


def test_a_small_photo_stays_itself() -> None:
    image = np.zeros((3, 5, 3), np.uint8)
    small, scale = reduced(image, 5)
    assert small is image and scale.tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(1, 700), (1000, 3), (641, 640, 3)])
def test_nothing_is_longer_than_the_side_and_a_plain_photo_stays_plain(shape: tuple) -> None:
    small, scale = reduced(np.full(shape, 77, np.uint8), 640)
    assert max(small.shape[:2]) == 640 and min(small.shape) >= 1
    assert (small == 77).all()
    assert np.allclose(scale * small.shape[1::-1], shape[1::-1])


def test_luma() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [80, 80, 80]]], np.uint8)
    assert grey(colours).tolist() == [[76, 149, 28, 80]]
    assert grey(grey(colours)).tolist() == [[76, 149, 28, 80]]
