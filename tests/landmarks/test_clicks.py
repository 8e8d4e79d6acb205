"""Three clicks: the table, what is refused of it, and the mean template placed by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit.errors import MorphkitError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.templates import parse_template
from morphkit.landmarks.clicks import COLUMNS, Clicks, click_faults, mouth, parse_clicks, placed
from morphkit.landmarks.mean import mean_template, stock_mean, stock_means

HEAD = ",".join(COLUMNS)
GOOD = "i01_happy.png,100,200,180,204,141,275"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "real_faces"


def codes(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(TemplateError) as caught:
        parse_clicks(text, "clicks.csv")
    assert all(finding.file == "clicks.csv" for finding in caught.value.findings)
    return [(finding.code, finding.line) for finding in caught.value.findings]


def test_a_table_by_hand():
    found = parse_clicks(f"{HEAD}\n{GOOD}\n\nsub\\b.jpg, 1.5,2,11.5,2 ,6,9e0\n")
    assert list(found) == ["i01_happy.png", "sub/b.jpg"]
    assert found["i01_happy.png"].points.tolist() == [[100, 200], [180, 204], [141, 275]]
    assert found["sub/b.jpg"].points.tolist() == [[1.5, 2], [11.5, 2], [6, 9]]
    assert found["sub/b.jpg"].line == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("MK233", 1)]),
        (HEAD, [("MK233", None)]),
        (f"image,x,y\n{GOOD}", [("MK233", 1)]),
        (HEAD.replace(",", ";") + "\n" + GOOD.replace(",", ";"), [("MK218", 1)]),
        (f"{HEAD}\na.png,1,2,3", [("MK233", 2)]),
        # decimal commas
        (f"{HEAD}\na.png,100,5,200,5,180,5,204,5,141,5,275,5", [("MK218", 2)]),
        (f'{HEAD}\na.png,"100,5",200,180,204,141,275', [("MK218", 2)]),
        (f"{HEAD}\na.png,=A1,200,180,nan,141,275", [("MK233", 2), ("MK203", 2)]),
        (f"{HEAD}\n=cmd.png,100,200,180,204,141,275", [("MK233", 2)]),
        (f"{HEAD}\n../a.png,100,200,180,204,141,275", [("MK233", 2)]),
        (f"{HEAD}\n,100,200,180,204,141,275", [("MK233", 2)]),
        (f"{HEAD}\n{GOOD}\n{GOOD}", [("MK235", 3)]),
        # the eyes exchanged; the mouth above; upside down; one eye twice; mouth far, and near
        (f"{HEAD}\na.png,180,204,100,200,141,275", [("MK234", 2)]),
        (f"{HEAD}\na.png,100,200,180,204,141,125", [("MK234", 2)]),
        (f"{HEAD}\na.png,180,204,100,200,141,125", [("MK234", 2)]),
        (f"{HEAD}\na.png,100,200,101,200,100,275", [("MK234", 2)]),
        (f"{HEAD}\na.png,100,200,180,204,141,475", [("MK234", 2)]),
        (f"{HEAD}\na.png,100,200,180,204,141,215", [("MK234", 2)]),
        # all at once
        (f"{HEAD}\na.png,1,2\n{GOOD}\nb.png,180,204,100,200,141,275", [("MK233", 2), ("MK234", 4)]),
    ],
)
def test_what_is_refused(text, expected):
    assert codes(text) == expected


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=8))
def test_whatever_the_text_only_our_errors_come_out(text, cells):
    for tried in (text, f"{HEAD}\n{text}", f"{HEAD}\n{','.join(cells)}"):
        try:
            found = parse_clicks(tried)
        except MorphkitError:
            continue
        assert all(np.isfinite(clicks.points).all() for clicks in found.values())


def test_clicks_beside_the_photo_and_of_no_photo():
    clicks = parse_clicks(f"{HEAD}\n{GOOD}\ni02.png,100,200,180,204,141,275\n")
    assert click_faults(clicks, {"i01_happy.png": (181, 276), "i02.png": (400, 400)}) == []
    found = click_faults(clicks, {"i01_happy.png": (180, 275)}, "clicks.csv")
    assert [(f.code, f.line, f.pointer) for f in found] == [
        ("MK234", 2, "left_pupil_x"),
        ("MK234", 2, "mouth_x"),
        ("MK235", 3, "image"),
    ]


def test_three_landmarks_lie_where_they_were_clicked():
    for name in sorted(stock_means()):
        clicks = Clicks(np.array([[90.0, 110.0], [171.0, 95.0], [140.0, 190.0]]))
        found = placed(stock_mean(name), clicks)
        assert np.allclose([*found.pupils(), mouth(found)], clicks.points)


def test_the_map_is_affine_by_hand():
    """Clicks twice as wide and as high as a mean of pupils ±1 and mouth 2 below: all doubles."""
    mean = stock_mean("frl189")
    start = np.array([*mean.pupils(), mouth(mean)])
    found = placed(mean, Clicks(start * [2, 3] + [5, 7]))
    assert np.allclose(found.points, mean.points * [2, 3] + [5, 7])


@pytest.mark.parametrize(("name", "index"), [("frl189", 96), ("ibug68", 62), ("fpp106", 95)])
def test_the_mouth_is_the_upper_lips_lower_edge(name, index):
    assert np.array_equal(mouth(stock_mean(name)), stock_mean(name).points[index])


def test_a_mean_that_cannot_be_placed():
    line = stock_mean("ibug68").points.copy()
    line[:, 1] = 5
    clicks = Clicks(np.array([[90.0, 110.0], [171.0, 95.0], [140.0, 190.0]]))
    with pytest.raises(TemplateError, match="MK236"):
        placed(Landmarks(scheme("ibug68"), line), clicks)


@pytest.mark.skipif(not (SHARED / "london640").is_dir(), reason="the shared photos are not here")
def test_london_with_its_own_mean_leave_one_out():
    """Published experience: 2.1 % of the eye distance on inner points, 4.4 on all."""
    files = sorted((SHARED / "london640").glob("*.tem"))
    truth = [parse_template(file.read_bytes(), ".tem").landmarks for file in files]
    layout = scheme("frl189")
    names = ("right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth", "pupils")
    inner = [i for name in (*names, "right_iris", "left_iris") for i in layout.group(name)]
    errors = []
    for out in range(0, len(truth), 4):
        mean = mean_template(truth[:out] + truth[out + 1 :])
        one = truth[out]
        found = placed(mean, Clicks(np.array([*one.pupils(), mouth(one)])))
        apart = np.hypot(*(found.points - one.points).T) / one.outer_eye_distance() * 100
        errors.append((apart[inner].mean(), apart.mean()))
    assert np.mean(errors, axis=0) == pytest.approx([2.1, 4.4], abs=0.2)
