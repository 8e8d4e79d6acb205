import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit import native
from morphkit.engine.blur import blurred
from twins import by_reference, needs_kernel


@needs_kernel
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(0.3, 9),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 2**32 - 1),
)
def test_same_bits(height, width, sigma, kind, seed):
    values = (1e3 * np.random.default_rng(seed).standard_normal((height, width))).astype(kind)
    expected = by_reference(blurred, values, sigma)
    found = blurred(values, sigma)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@needs_kernel
def test_a_view_is_read_as_it_looks():
    values = np.random.default_rng(0).random((20, 30))[::2, ::-1]
    assert np.array_equal(blurred(values, 1.5), by_reference(blurred, values, 1.5))


@needs_kernel
def test_arrays_that_do_not_fit_are_refused():
    values, taps = np.zeros((4, 5), np.float32), np.ones(2, np.float32)
    with pytest.raises(TypeError, match="values: wanted float64"):
        native.kernel.blur64(values, taps, values.copy())
    with pytest.raises(ValueError, match="out: side 0 is 3, wanted 4"):
        native.kernel.blur32(values, taps, np.zeros((3, 5), np.float32))
    with pytest.raises(ValueError, match="contiguous"):
        native.kernel.blur32(values[:, ::2], taps, values.copy())
