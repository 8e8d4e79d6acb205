"""The PNG encoder, read back by three readers that share nothing with it."""

import heapq
import io
from collections import Counter

import numpy as np
import plain_png
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pictures import KINDS, flat, jpeg, made, noise, smooth
from PIL import Image

from morphkit.files.pixels import encode_png
from twins import needs_kernel

CODE_LIMIT, TOLD_LIMIT = 15, 7


def matches(data):
    return sum((block.matches for block in plain_png.blocks(data)), Counter())


def depth(used):
    """How long the longest of Huffman's codes is, if nothing limits it."""
    heap = [(count, 0) for count in used.values()]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, i), (b, j) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, 1 + max(i, j)))
    return heap[0][1]


def checked(image):
    """The file, after two readers have found the image in it."""
    data = encode_png(image)
    assert np.array_equal(plain_png.read(data), image)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), image)
    return data


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(1, 70),
    st.integers(1, 70),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
@example(flat, 1, 1, False, 0)
@example(noise, 1, 70, True, 0)
@example(jpeg, 70, 1, False, 0)
def test_what_is_written_is_read(kind, height, width, grey, seed):
    checked(made(kind, height, width, grey, seed))


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.integers(1, 60), st.sampled_from([1, 3]))
def test_any_bytes_are_written(values, width, channels):
    height = -(-len(values) // (width * channels))
    image = np.resize(np.frombuffer(values, np.uint8), (height, width, channels))
    checked(image[..., 0] if channels == 1 else image)


@needs_kernel
@pytest.mark.parametrize("pixel", [1, 3])
@pytest.mark.parametrize("length", [*range(1, 20), *range(250, 270), *range(510, 525), 800])
def test_runs_of_every_length(length, pixel):
    rng = np.random.default_rng(length)
    for before in (pixel, 4 * pixel, 7 * pixel):
        ends = rng.integers(1, 256, (2, before), np.uint8)
        row = np.concatenate([ends[0], np.zeros(length * pixel, np.uint8), ends[1]])
        stopped = row[: -len(ends[1])]  # the run ends with the row
        for image in (row, stopped, np.tile(stopped, (3, 1)) + np.uint8([[0], [9], [0]])):
            image = np.atleast_2d(image)
            checked(image if pixel == 1 else image.reshape(len(image), -1, 3))
    # as in the pixel before; what is left of a run may be too short for a match
    assert {distance for _, distance in matches(encode_png(np.zeros((9, 900), np.uint8)))} == {1}


@needs_kernel
@pytest.mark.parametrize("pixels", [*range(1, 12), *range(80, 92), 170, 172, 175])
def test_repeats_of_every_length(pixels):
    """Above a row of kinds of its own lies one that differs by greys, of which some recur."""
    rng = np.random.default_rng(pixels)
    light = rng.integers(1, 99, (1, pixels, 1))
    other = rng.integers(100, 200, (1, 7, 1))
    line = np.concatenate([other, light, other[:, ::-1] + 1, light], axis=1)
    image = np.zeros((3, line.shape[1], 3), np.uint8)
    image[1] = image[0] + line
    image[2] = image[1] + line[:, ::-1]
    data = checked(image)
    found = matches(data)
    if pixels >= 2:
        assert any(distance > 3 for _, distance in found)
    assert all(length % 3 == 0 for length, _ in found)


@needs_kernel
@pytest.mark.parametrize("kind", KINDS)
def test_more_than_a_few_blocks(kind):
    data = checked(made(kind, 330, 411))
    assert len(plain_png.blocks(data)) == 7
    far = max((distance for _, distance in matches(data)), default=0)
    assert (20000 < far <= 32768) if kind is jpeg else far <= 32768


@needs_kernel
@pytest.mark.parametrize("kind", [flat, noise, jpeg, smooth])
@pytest.mark.parametrize("width", [21844, 21845, 21846, 70000])
def test_rows_of_about_a_block_and_more(kind, width):
    image = made(kind, 3, width)
    data = encode_png(image)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), image)
    grey = made(kind, 2, 3 * width + 1, grey=True)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(grey)))), grey)


@needs_kernel
def test_long_data_are_several_chunks():
    image = made(noise, 700, 600)
    data = encode_png(image)
    assert plain_png.chunks(data)[0] == ["IHDR", "sRGB", "IDAT", "IDAT", "IEND"]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), image)


@needs_kernel
@pytest.mark.parametrize("shape", [(300, 400, 3), (1, 9999), (9999, 1), (40, 1, 3), (512, 512)])
def test_noise_does_not_grow(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    data = encode_png(image)
    stored = image.size + shape[0]
    stored += 5 * -(-stored // 65535) + 87 + 12 * (stored // 2**20)
    assert len(data) <= 1.001 * stored


@needs_kernel
def test_a_flat_picture_is_next_to_nothing():
    assert len(encode_png(made(flat, 512, 512))) < 0.003 * 512 * 512 * 3


def row_of(counts):
    """A row in which value i comes counts[i] times; the guess is black, so they are written."""
    values = np.repeat(np.arange(len(counts)), counts)
    return np.random.default_rng(0).permutation(values)[None].astype(np.uint8)


@needs_kernel
def test_codes_are_not_too_long():
    counts = [3, 4]
    while len(counts) < 20:
        counts.append(counts[-1] + counts[-2])
    (block,) = plain_png.blocks(checked(row_of(counts[::-1])))
    assert depth(block.symbols) > CODE_LIMIT >= max(block.lengths)


@needs_kernel
def test_codes_for_lengths_are_not_too_long():
    so_many = {1: 1, 3: 1, 4: 2, 5: 3, 6: 4, 7: 4, 8: 5, 9: 6, 10: 8, 11: 13, 12: 21, 13: 34}
    counts = [2 ** (14 - length) for length, times in so_many.items() for _ in range(times)]
    counts += [1] * 120
    counts[8:] = np.random.default_rng(0).permutation(counts[8:])  # no runs of equal lengths
    (block,) = plain_png.blocks(checked(row_of(counts)))
    assert depth(block.told) > TOLD_LIMIT >= max(block.told_lengths)
