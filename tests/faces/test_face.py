import numpy as np
import pytest

from morphkit.errors import TemplateError
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import Scheme, free_scheme, scheme

IBUG = scheme("ibug68")
POINTS = np.stack([np.arange(68.0), 100 + np.arange(68.0) ** 2 / 10], axis=1)

# A face of five points: eyes, nose, mouth corners.
FIVE = Scheme(
    name="five",
    points=("right_eye", "left_eye", "nose", "right_mouth", "left_mouth"),
    mirror=(1, 0, 2, 4, 3),
    right_pupil=(0,),
    left_pupil=(1,),
    outer_eye_corners=(0, 1),
)
FIVE_POINTS = np.array([[2.0, 3.0], [6.0, 3.0], [4.0, 5.0], [3.0, 7.0], [5.0, 7.5]])


def test_points_are_a_read_only_copy():
    given = POINTS.copy()
    landmarks = Landmarks(IBUG, given)
    given[0] = -1
    assert landmarks.points[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        landmarks.points[0] = 1
    assert landmarks.points.dtype == np.float64


@pytest.mark.parametrize(("points", "count"), [(POINTS[:67], 67), (np.zeros((69, 2)), 69), ([], 0)])
def test_wrong_number_of_points(points, count):
    with pytest.raises(TemplateError) as caught:
        Landmarks(IBUG, points)
    assert caught.value.code == "MK202"
    assert (caught.value.findings[0].measured, caught.value.findings[0].limit) == (count, 68)


def test_three_columns_are_no_points():
    with pytest.raises(TemplateError, match="MK202"):
        Landmarks(IBUG, np.zeros((68, 3)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_points_that_are_not_finite_are_named(value):
    points = POINTS.copy()
    points[[4, 30], 1] = value
    with pytest.raises(TemplateError) as caught:
        Landmarks(IBUG, points)
    assert caught.value.code == "MK203"
    assert "ibug05, ibug31" in str(caught.value)
    assert caught.value.findings[0].pointer == "ibug05"


def test_pupils_are_the_means_of_the_lid_points():
    pupils = Landmarks(IBUG, POINTS).pupils()
    assert np.array_equal(pupils[0], POINTS[[37, 38, 40, 41]].mean(axis=0))
    assert np.array_equal(pupils[1], POINTS[[43, 44, 46, 47]].mean(axis=0))


def test_outer_eye_distance():
    points = np.zeros((68, 2))
    points[36], points[45] = [10, 20], [13, 24]
    assert Landmarks(IBUG, points).outer_eye_distance() == 5.0


def test_a_free_scheme_has_no_eyes_and_no_mirror():
    landmarks = Landmarks(free_scheme(["a", "b"]), [[0, 0], [1, 1]])
    with pytest.raises(TemplateError, match="MK207"):
        landmarks.pupils()
    with pytest.raises(TemplateError, match="MK207"):
        landmarks.outer_eye_distance()
    with pytest.raises(TemplateError, match="MK208"):
        landmarks.mirrored(100)


def test_mirrored_lands_on_pixel_centres_and_keeps_the_infants_sides():
    mirrored = Landmarks(FIVE, FIVE_POINTS).mirrored(10)
    expected = [[3.0, 3.0], [7.0, 3.0], [5.0, 5.0], [4.0, 7.5], [6.0, 7.0]]
    assert mirrored.points.tolist() == expected
    assert mirrored.mirrored(10).points.tolist() == FIVE_POINTS.tolist()


def test_replaced():
    landmarks = Landmarks(FIVE, FIVE_POINTS).replaced(FIVE_POINTS + 1)
    assert landmarks.scheme is FIVE
    assert landmarks.points[0].tolist() == [3.0, 4.0]


def picture():
    image = np.zeros((9, 10, 3), dtype=np.uint8)
    image[3, 2] = [255, 0, 0]
    image[3, 6] = [0, 255, 0]
    return image


def test_a_face_is_read_only():
    face = Face(picture(), Landmarks(FIVE, FIVE_POINTS))
    with pytest.raises(ValueError, match="read-only"):
        face.image[0, 0] = 1


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((9, 10), dtype=np.uint8),
        np.zeros((9, 10, 4), dtype=np.uint8),
        np.zeros((9, 10, 3), dtype=np.float64),
    ],
)
def test_other_pixels_are_refused(image):
    with pytest.raises(TypeError, match="uint8"):
        Face(image, Landmarks(FIVE, FIVE_POINTS))


def test_named():
    face = Face(picture(), Landmarks(FIVE, FIVE_POINTS)).named("infant01", "happy")
    assert (face.identity, face.expression) == ("infant01", "happy")


def test_a_mirrored_face_has_its_landmarks_on_the_same_pixels():
    face = Face(picture(), Landmarks(FIVE, FIVE_POINTS), "infant01", "happy").mirrored()
    (right_x, right_y), (left_x, left_y) = face.landmarks.pupils().astype(int)
    assert face.image[right_y, right_x].tolist() == [0, 255, 0]
    assert face.image[left_y, left_x].tolist() == [255, 0, 0]
    assert face.identity == "infant01"
