import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit import Canvas, native
from morphkit.engine.align import Similarity
from morphkit.engine.color import decode_table
from morphkit.engine.source import _band_limited, _taps, prepare
from twins import by_reference, needs_kernel

SIDE = st.integers(1, 60)


def photo(height: int, width: int, seed: int) -> np.ndarray:
    """Noise, or black and white, at which the filter overshoots."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (height, width, 3))
    return (codes if seed % 2 else (codes > 127) * 255).astype(np.uint8)


@needs_kernel
@given(SIDE, SIDE, st.floats(1.001, 12), st.sampled_from(["linear", "srgb"]), st.integers(0, 99))
def test_same_bits(height, width, scale, light, seed):
    ratio = max(1.0, scale / 2)
    rng = np.random.default_rng(seed)
    sides = [
        sorted(rng.choice(int(np.ceil(side / ratio)) + 1, 2, replace=False))
        for side in (height, width)
    ]
    rows, columns = (_taps(int(low), int(high), scale, ratio) for low, high in sides)
    args = (photo(height, width, seed), decode_table(light), rows, columns)
    found, expected = _band_limited(*args), by_reference(_band_limited, *args)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@needs_kernel
@settings(deadline=None)
@given(st.floats(0.05, 0.9), st.floats(-3, 3), st.floats(-40, 40))
def test_sources_are_the_same(scale, angle, shift):
    to_canvas = Similarity(scale * np.cos(angle), scale * np.sin(angle), shift, 20.0)
    args = (photo(90, 120, 1), to_canvas, Canvas(40, 50, 20.0), "linear")
    found, expected = prepare(*args), by_reference(prepare, *args)
    assert np.array_equal(found.pixels, expected.pixels)
    assert found.from_canvas == expected.from_canvas


@needs_kernel
def test_a_view_is_read_as_it_looks():
    image = photo(60, 80, 3)[::-2, ::2, ::-1]
    taps = _taps(0, 12, 2.5, 1.25), _taps(3, 20, 2.5, 1.25)
    args = (image, decode_table("linear"), *taps)
    assert np.array_equal(_band_limited(*args), by_reference(_band_limited, *args))


def fitting() -> dict[str, np.ndarray]:
    """Arguments that the twin takes."""
    rows, columns = _taps(0, 12, 2.5, 1.25), _taps(3, 20, 2.5, 1.25)
    return {
        "image": photo(16, 30, 5),
        "table": decode_table("linear"),
        "rows": rows.first,
        "row_taps": rows.taps,
        "columns": columns.first,
        "column_taps": columns.taps,
        "out": np.zeros((12, 17, 3), np.int16),
    }


NOT_FITTING = {
    "image: wanted uint8": {"image": photo(16, 30, 5).astype(np.int16)},
    "image: side 2 is 4, wanted 3": {"image": np.zeros((16, 30, 4), np.uint8)},
    "rows: places": {"image": np.zeros((0, 30, 3), np.uint8)},
    "columns: places": {"image": np.zeros((16, 4, 3), np.uint8)},
    "table: wanted int16": {"table": np.zeros(256)},
    "table: wanted 256": {"table": np.zeros(255, np.int16)},
    "table: wanted 256 values": {"table": -decode_table("linear")},
    "rows: wanted int64": {"rows": np.zeros(12)},
    "rows: side 0 is 12, wanted 11": {"rows": fitting()["rows"][:-1]},
    "rows: places or": {"rows": fitting()["rows"][::-1].copy()},
    "columns: places or": {"columns": fitting()["columns"] + (1 << 62)},
    "columns: places or taps": {"column_taps": fitting()["column_taps"] + 1},
    "columns: wanted int32": {"column_taps": fitting()["column_taps"].astype(np.int64)},
    "rows: places or taps": {"row_taps": fitting()["row_taps"] * np.array([[1 << 17]], np.int32)},
    "out: side 1 is 18, wanted 17": {"out": np.zeros((12, 18, 3), np.int16)},
}


@needs_kernel
@pytest.mark.parametrize("fault", NOT_FITTING)
def test_arrays_that_do_not_fit_are_refused(fault):
    native.kernel.band_limited(*fitting().values())
    with pytest.raises((TypeError, ValueError), match=fault):
        native.kernel.band_limited(*(fitting() | NOT_FITTING[fault]).values())


@needs_kernel
def test_no_pixels_are_no_work():
    none = {"rows": np.zeros(0, np.int64), "row_taps": np.zeros((0, 5), np.int32)}
    out = {"out": np.zeros((0, 17, 3), np.int16)}
    native.kernel.band_limited(*(fitting() | none | out).values())
