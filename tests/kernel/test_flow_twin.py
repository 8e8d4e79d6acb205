import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit import Canvas, Look, native, read_face
from morphkit.engine import flow
from morphkit.engine.evidence import View, evidence
from morphkit.engine.morph import pinned
from twins import by_reference, needs_kernel

SIDE = st.integers(1, 45)
SEED = st.integers(0, 2**32 - 1)


def single(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)


def view(rng: np.random.Generator, shape: tuple[int, int], reach: float, flat: bool) -> View:
    """A picture of any size, looked at in places that lie in it, beyond it, or far away."""
    sides = rng.integers(1, 50, 2)
    picture = np.full(sides, 0.3) if flat else rng.standard_normal(sides)
    y, x = (
        place * (side / max(*shape)) + reach * rng.standard_normal(shape)
        for place, side in zip(np.indices(shape), sides, strict=True)
    )
    return View([single(picture)], single(x), single(y))


def trusted(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """All, some, or nothing; whole rows and columns without any."""
    trust = rng.random(shape) * (rng.random(shape) < rng.choice([0.0, 0.05, 0.7, 1.0]))
    trust[rng.random(shape[0]) < rng.choice([0.0, 0.5])] = 0
    trust[:, rng.random(shape[1]) < rng.choice([0.0, 0.5])] = 0
    return single(trust)


@needs_kernel
@given(SIDE, SIDE, st.integers(1, 20), st.sampled_from([0.0, 1.0, 40.0, 1e12, 1e37]), SEED)
def test_evidence_has_the_same_bits(height, width, cell, reach, seed):
    rng = np.random.default_rng(seed)
    shape = (height, width)
    a, b = (view(rng, shape, reach, flat=rng.random() < 0.2) for _ in range(2))
    nodes = (2, -(-height // cell), -(-width // cell))
    field = rng.standard_normal(nodes) * rng.choice([0, 1, 30, 1e30])
    args = (a, b, 0, field, trusted(rng, shape), cell)
    found, expected = evidence(*args), by_reference(evidence, *args)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@needs_kernel
@given(st.integers(1, 30), st.integers(1, 30), st.floats(1e-3, 10), st.booleans(), SEED)
def test_relaxed_has_the_same_bits(rows, columns, bend, far, seed):
    rng = np.random.default_rng(seed)
    field, creases = rng.standard_normal((2, 2, rows, columns))
    slopes = rng.standard_normal((3, rows, columns))
    x, y, apart = single(slopes)
    found = np.stack([x * x, x * y, y * y, x * apart, y * apart]) * np.float32(far * 9 + 1)
    args = (field, found, rng.choice([0.0, 0.7, 5.0]), bend, bend * creases, 0.4 if far else 99.0)
    moved, expected = flow._relaxed(*args), by_reference(flow._relaxed, *args)
    assert moved.dtype == expected.dtype
    assert np.array_equal(moved, expected)


@needs_kernel
@pytest.mark.parametrize("cell", [1, 4, 7])
def test_views_of_arrays_are_read_as_they_look(cell):
    rng = np.random.default_rng(5)
    wide = single(rng.standard_normal((7, 60, 80)))[:, ::2, ::-2]
    a, b = View([wide[0]], 20 * wide[1], 20 * wide[2]), View([wide[3]], 9 * wide[4], 9 * wide[5])
    field = rng.standard_normal((-(-30 // cell), -(-40 // cell), 2)).transpose(2, 0, 1)
    trust = np.abs(wide[6])
    args = (a, b, 0, field, trust, cell)
    assert np.array_equal(evidence(*args), by_reference(evidence, *args))
    found = evidence(*args)
    more = (field, found[:, ::-1], 1.0, 0.2, field[::-1], 9.0)
    assert np.array_equal(flow._relaxed(*more), by_reference(flow._relaxed, *more))


@needs_kernel
@pytest.mark.parametrize("eye_distance", [60.0, 110.0])
def test_residuals_of_a_rendered_pair_are_the_same(shared, eye_distance):
    home = shared / "synthetic_infants" / "infant01"
    files = [home / f"{name}.png" for name in ("distressed", "happy")]
    faces = [read_face(file, file.with_suffix(".json")) for file in files]
    canvas, look = Canvas(250, 310, eye_distance), Look(texture="off")
    found = pinned(faces, canvas, look)[0].pairs[0, 1]
    expected = by_reference(pinned, faces, canvas, look)[0].pairs[0, 1]
    assert found.field.any()
    assert np.array_equal(found.field, expected.field)
    assert (found.before, found.after) == (expected.before, expected.after)


def fitting() -> dict[str, object]:
    """Arguments that evidence's twin takes."""
    picture, place = np.zeros((5, 6), np.float32), np.zeros((7, 9), np.float32)
    return {
        "a": (picture, place, place),
        "b": (picture, place, place),
        "field": np.zeros((2, 2, 3), np.float32),
        "trust": np.ones((7, 9), np.float32),
        "cell": 4,
        "doubt": 2.5,
        "out": np.zeros((5, 2, 3), np.float32),
    }


NOT_FITTING = {
    "picture: wanted float32": {"a": (np.zeros((5, 6)), *fitting()["a"][1:])},
    "picture: 6 x 1 pixels do": {"b": (np.zeros((1, 6), np.float32), *fitting()["a"][1:])},
    "x: side 1 is 8, wanted 9": {
        "a": (np.zeros((5, 6), np.float32), *2 * [np.zeros((7, 8), np.float32)])
    },
    "y: side 0 is 6, wanted 7": {
        "b": (*fitting()["a"][:2], np.zeros((6, 9), np.float32)),
    },
    "field: side 2 is 4, wanted 3": {"field": np.zeros((2, 2, 4), np.float32)},
    "field: wanted float32": {"field": np.zeros((2, 2, 3))},
    "trust: wanted float32": {"trust": np.ones((7, 9), bool)},
    "cell: wanted 1": {"cell": 0},
    "out: side 0 is 4, wanted 5": {"out": np.zeros((4, 2, 3), np.float32)},
    "integer|int": {"cell": 4.5},
}


@needs_kernel
@pytest.mark.parametrize("fault", NOT_FITTING)
def test_evidence_that_does_not_fit_is_refused(fault):
    native.kernel.evidence(*fitting().values())
    with pytest.raises((TypeError, ValueError), match=fault):
        native.kernel.evidence(*(fitting() | NOT_FITTING[fault]).values())


@needs_kernel
def test_a_cell_larger_than_the_picture_and_no_pixels_at_all():
    largest = np.iinfo(np.intp).max
    one = np.zeros((2, 1, 1), np.float32), np.zeros((5, 1, 1), np.float32)
    args = fitting() | {"field": one[0], "cell": largest, "out": one[1]}
    with pytest.raises(ValueError, match="cell"):
        native.kernel.evidence(*args.values())
    none = np.zeros((0, 9), np.float32)
    sides = (fitting()["a"][0], none, none)
    empty = {"a": sides, "b": sides, "trust": none}
    empty |= {"field": np.zeros((2, 0, 3), np.float32), "out": np.zeros((5, 0, 3), np.float32)}
    native.kernel.evidence(*(fitting() | empty).values())


@needs_kernel
def test_what_is_no_number_is_no_place():
    place = np.full((7, 9), np.nan, np.float32)
    args = fitting() | {"a": (fitting()["a"][0], place, place)}
    native.kernel.evidence(*args.values())


@needs_kernel
def test_fields_that_do_not_fit_are_refused():
    field, found = np.zeros((2, 3, 4)), np.zeros((5, 3, 4), np.float32)
    more = (1.0, 0.1, field, 9.0, 24)
    with pytest.raises(TypeError, match="found: wanted float32"):
        native.kernel.relaxed(field, field, *more, field.copy())
    with pytest.raises(ValueError, match="found: side 2 is 3, wanted 4"):
        native.kernel.relaxed(field, found[..., 1:].copy(), *more, field.copy())
    with pytest.raises(ValueError, match="field: side 0 is 3, wanted 2"):
        native.kernel.relaxed(np.zeros((3, 3, 4)), found, *more, field.copy())
    with pytest.raises(ValueError, match="out: side 1 is 2, wanted 3"):
        native.kernel.relaxed(field, found, *more, np.zeros((2, 2, 4)))
    none = np.zeros((2, 0, 4))
    native.kernel.relaxed(none, found[:, :0].copy(), 1.0, 0.1, none, 9.0, 24, none.copy())
