"""What the encoder is given and gives: odd input, other readers, the way without a kernel."""

import hashlib
import shutil
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import plain_png
import pytest
from pictures import KINDS, jpeg, made, smooth

from morphkit import native
from morphkit.files.pixels import encode_png
from twins import by_reference, needs_kernel

SHAPES = [(1, 1), (1, 70), (70, 1), (37, 53), (150, 200)]


@pytest.mark.parametrize("wrong", [np.zeros((4, 5)), np.zeros((4, 5, 4), np.uint8)])
def test_what_are_no_pixels_is_refused(wrong):
    for way in (encode_png, lambda image: by_reference(encode_png, image)):
        with pytest.raises(TypeError, match=r"pixels must be \(H, W, 3\) or \(H, W\) uint8"):
            way(wrong)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 5, 3), (5, 0, 3)])
def test_no_picture_without_pixels(shape):
    for way in (encode_png, lambda image: by_reference(encode_png, image)):
        with pytest.raises(ValueError, match="at least one pixel"):
            way(np.zeros(shape, np.uint8))


@needs_kernel
def test_the_kernel_checks_for_itself():
    png = native.kernel.png
    with pytest.raises(TypeError, match="pixels: wanted uint8"):
        png(np.zeros((4, 5, 3), np.int16))
    with pytest.raises(TypeError, match="with 3 sides"):
        png(np.zeros((4, 5), np.uint8))
    with pytest.raises(TypeError):
        png([[[1, 2, 3]]])
    with pytest.raises(ValueError, match="contiguous"):
        png(np.zeros((4, 10, 3), np.uint8)[:, ::2])
    for shape in [(4, 5, 0), (4, 5, 2), (4, 5, 4)]:
        with pytest.raises(ValueError, match="wanted 1 or 3 channels"):
            png(np.zeros(shape, np.uint8))
    for shape in [(0, 5, 3), (5, 0, 1)]:
        with pytest.raises(ValueError, match="no PNG has"):
            png(np.zeros(shape, np.uint8))


def test_any_view_is_written_as_it_looks():
    wide = made(smooth, 40, 60)
    for view in (wide[::2, ::-1], wide[..., 1], np.asfortranarray(wide), wide[3:-3, 5:]):
        assert encode_png(view) == encode_png(view.copy())
        assert np.array_equal(plain_png.read(encode_png(view)), view)
    wide.flags.writeable = False
    assert np.array_equal(plain_png.read(encode_png(wide)), wide)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_without_a_kernel_the_pixels_are_the_same(kind, grey):
    image = made(kind, 50, 60, grey)
    ours, pillows = encode_png(image), by_reference(encode_png, image)
    assert np.array_equal(plain_png.read(pillows), image)
    assert plain_png.chunks(ours)[:2] == plain_png.chunks(pillows)[:2]


@needs_kernel
def test_the_same_bytes_on_every_machine():
    """Of pixels that are whole numbers without any library's help."""
    y, x = np.mgrid[:90, :110]
    face = np.stack([x * x // 40 + y, x + y * y // 50, (x * y >> 6) + 7 * (x ^ y) % 5], axis=-1)
    light = (x * 7 ^ y * 13) % 23 + y
    like_a_jpeg = np.stack([light + 3, light + 60, light + 90], axis=-1)
    digest = hashlib.sha256()
    for pixels in (face, like_a_jpeg, light):
        digest.update(encode_png((pixels % 256).astype(np.uint8)))
    assert digest.hexdigest().startswith("c85bc50c395676c71c8668e663bd382c")


@needs_kernel
def test_threads_and_what_was_written_before_change_nothing():
    images = [made(kind, *shape, seed=i) for i, shape in enumerate(SHAPES) for kind in KINDS]
    alone = [encode_png(image) for image in images]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(encode_png, images * 4)) == alone * 4


@pytest.mark.parametrize("kind", KINDS)
def test_pngcheck_has_nothing_to_say(kind, tmp_path):
    if not shutil.which("pngcheck"):
        pytest.skip("pngcheck is not installed")
    for i, (height, width) in enumerate([*SHAPES, (700, 600)]):
        for grey in (False, True):
            path = tmp_path / f"{i}{grey}.png"
            path.write_bytes(encode_png(made(kind, height, width, grey)))
    said = subprocess.run(["pngcheck", *tmp_path.iterdir()], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert said.stdout.count("OK: ") == 12, said.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_opencv_reads_it(kind):
    cv2 = pytest.importorskip("cv2")
    for shape in SHAPES:
        image = made(kind, *shape)
        found = cv2.imdecode(np.frombuffer(encode_png(image), np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(found[..., ::-1], image)


class TestThePlainReader:
    """It has to be right, and to refuse what is not."""

    @pytest.mark.parametrize("level", [0, 1, 6, 9])
    @pytest.mark.parametrize("kind", KINDS)
    def test_reads_what_zlib_writes(self, kind, level):
        image = made(kind, 60, 70)
        for method in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED):
            packer = zlib.compressobj(level, zlib.DEFLATED, 15, 9, method)
            data = packer.compress(image.tobytes()) + packer.flush()
            assert plain_png.inflated(data)[0] == image.tobytes()

    def test_refuses_a_changed_bit(self):
        data = encode_png(made(jpeg, 20, 20))
        for place in range(8 * 8, 8 * len(data), 7):
            broken = bytearray(data)
            broken[place // 8] ^= 1 << place % 8
            with pytest.raises((plain_png.Damaged, KeyError, UnicodeDecodeError)):
                plain_png.read(bytes(broken))

    def test_refuses_codes_that_are_not_complete(self):
        plain_png.decoder([1, 2, 2])
        for lengths in ([1, 2], [1, 1, 1], [2, 2, 2], [1]):
            with pytest.raises(plain_png.Damaged):
                plain_png.decoder(lengths)
        assert plain_png.distance_decoder([0, 0, 1]) == ({0: (2, 1)}, 1)
        with pytest.raises(plain_png.Damaged):
            plain_png.distance_decoder([0, 2])
