"""What a predictor may learn from: every fault of a folder that would spoil it or flatter it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders_of_faces import drawn, infants, write_face, write_folder
from PIL import Image

from morphkit import files
from morphkit.errors import MorphkitError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.faces.templates import template_text
from morphkit.landmarks.examples import kind
from morphkit.reviewed import Reviewed, read_reviewed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "faces", infants(5))


def refused(folder: Path, *words: str, to_scheme: str | None = None) -> MorphkitError:
    with pytest.raises(MorphkitError) as caught:
        read_reviewed(folder, to_scheme)
    for word in words:
        assert word in str(caught.value)
    return caught.value


def codes(reviewed: Reviewed) -> list[str]:
    return [finding.code for finding in reviewed.findings]


def edited(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_sound_folder(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    found = read_reviewed(folder, tell=lambda done, total: told.append((done, total)))
    assert found.infants == tuple(infants(5)) and len(found.examples) == 10
    assert found.layout is scheme("ibug68") and told[-1] == (10, 10)
    assert (found.unreviewed, found.undelineated, found.withheld) == (0, 0, 0)
    assert codes(found) == ["MK261"]  # ten photos are few
    first = found.examples[0]
    assert (first.identity, first.expression, first.licence) == ("i01", "distressed", "undeclared")
    image, landmarks = drawn("i01", "distressed")
    assert np.allclose(first.truth.points, landmarks.points, atol=1e-3)
    assert (first.patch == image[..., 0]).all()


def test_drafts_are_left_out_and_counted(folder: Path) -> None:
    edited(folder / "i01_happy.json", reviewed=False)
    edited(folder / "i02_happy.json", reviewed=None)  # the file doesn't say: made by hand
    (folder / "i03_happy.json").unlink()
    found = read_reviewed(folder)
    assert (len(found.examples), found.unreviewed, found.undelineated) == (8, 1, 1)
    left = {(one.identity, one.expression) for one in found.examples}
    assert ("i02", "happy") in left and ("i01", "happy") not in left


def test_templates_of_other_programs_count_as_reviewed(folder: Path) -> None:
    write_face(folder, "i06_happy", *drawn("i06", "happy"), suffix=".pts")
    assert "i06" in read_reviewed(folder).infants


def test_seven_are_too_few(folder: Path) -> None:
    for stem in ("i01_happy", "i02_happy", "i03_happy"):
        edited(folder / f"{stem}.json", reviewed=False)
    error = refused(folder, "MK260", "7 photos", "3 more have drafts")
    assert (error.findings[0].measured, error.findings[0].limit) == (7, 8)


def test_twenty_are_not_few(tmp_path: Path) -> None:
    assert codes(read_reviewed(write_folder(tmp_path, infants(10)))) == []


def test_an_expression_that_is_not_learned(folder: Path) -> None:
    for infant in infants(2):
        write_face(folder, f"{infant}_neutral", *drawn(infant, "neutral"), reviewed=False)
    found = read_reviewed(folder)
    assert codes(found) == ["MK261", "MK262"]
    assert found.findings[1].pointer == "neutral" and found.findings[1].measured == 0
    edited(folder / "i01_neutral.json", reviewed=True)
    found = read_reviewed(folder)
    assert codes(found) == ["MK261", "MK262"]
    assert "only i01 is neutral" in found.findings[1].message
    edited(folder / "i02_neutral.json", reviewed=True)
    assert codes(read_reviewed(folder)) == ["MK261"]


def test_a_number_is_no_expression(folder: Path) -> None:
    write_face(folder, "i01_happy_2", *drawn("i01", "more"))
    assert {one.expression for one in read_reviewed(folder).examples} == {"happy", "distressed"}
    assert [kind(name) for name in ("happy_2", "happy2", "cry_10", "state1b")] == [
        "happy",
        "happy",
        "cry",
        "state1b",
    ]


def test_mixed_schemes_are_refused_with_their_names(folder: Path) -> None:
    _, landmarks = drawn("i01", "happy")
    layout = scheme("frl189")
    points = np.resize(landmarks.points, (189, 2)) + np.arange(189)[:, None] / 50
    image, _ = drawn("i06", "happy")
    write_face(folder, "i06_happy", image, Landmarks(layout, points), suffix=".tem")
    error = refused(folder, "MK263", "10 of ibug68, 1 of frl189", "i06_happy.png")
    assert "MK260" not in str(error)


def test_a_scheme_is_converted_or_refused(folder: Path) -> None:
    refused(folder, "MK221", "i01_happy.json", to_scheme="frl189")
    refused(folder, "MK206", to_scheme="no_such")
    assert read_reviewed(folder, "ibug68").layout.name == "ibug68"


def test_points_beyond_the_scheme_are_left_out_and_said(folder: Path) -> None:
    path = folder / "i01_happy.json"
    points = json.loads(path.read_text())["points"]
    edited(path, scheme="ibug68+ext", points=[*points, {"name": "mole", "x": 90, "y": 90}])
    found = read_reviewed(folder)
    assert found.layout is scheme("ibug68")
    assert "mole" in found.notes[0]


def test_a_scheme_without_eyes_is_refused(tmp_path: Path) -> None:
    for infant in infants(8):
        image, landmarks = drawn(infant, "happy")
        layout = free_scheme([f"p{n}" for n in range(68)])
        write_face(tmp_path, f"{infant}_happy", image, Landmarks(layout, landmarks.points))
    refused(tmp_path, "MK267", "free68")
    assert read_reviewed(tmp_path, "ibug68").layout.name == "ibug68"


def test_faulty_templates_and_photos_are_all_named(folder: Path) -> None:
    path = folder / "i01_happy.json"
    path.write_text(path.read_text().replace('"x": ', '"x": NaN, "was": ', 1))
    (folder / "i02_happy.json").write_text("{")
    refused(folder, "MK203", "i01_happy.json", "i02_happy.json")


def test_landmarks_outside_the_photo_are_refused(folder: Path) -> None:
    small = Image.open(folder / "i01_happy.png").crop((0, 0, 120, 120))
    small.save(folder / "i01_happy.png")
    edited(folder / "i01_happy.json", width=None, height=None)
    (folder / "i02_happy.png").write_bytes(b"no photo")
    refused(folder, "MK209", "i01_happy.json", "i02_happy.png")


def test_one_photo_as_two_infants_is_refused(folder: Path) -> None:
    for suffix in (".png", ".json"):
        shutil.copy(folder / f"i01_happy{suffix}", folder / f"i09_happy{suffix}")
    refused(folder, "MK264", "i09_happy.png", "i01_happy.png")


def test_a_copy_in_another_size_as_another_infant_is_doubted(folder: Path) -> None:
    image, landmarks = drawn("i01", "happy")
    small = Image.fromarray(image).resize((154, 154), Image.Resampling.BOX)
    less = landmarks.replaced((landmarks.points + 0.5) * 0.7 - 0.5)
    write_face(folder, "i09_happy", np.asarray(small), less)
    found = [one for one in read_reviewed(folder).findings if one.code == "MK265"]
    assert len(found) == 1 and found[0].severity == "warning"
    assert "i01_happy.png and i09_happy.png" in found[0].message
    # the same infant may look alike
    write_face(folder, "i01_calm", np.asarray(small), less)
    (folder / "i09_happy.png").unlink()
    assert "MK265" not in codes(read_reviewed(folder))


def test_an_infant_written_in_two_ways_is_refused(folder: Path) -> None:
    write_face(folder, "i1_calm", *drawn("i1", "calm"))
    refused(folder, "MK265", "i01 and i1")


def test_one_infant_only(tmp_path: Path) -> None:
    write_folder(tmp_path, ["i01"], [f"state_{n}" for n in range(8)])
    found = read_reviewed(tmp_path)
    assert codes(found) == ["MK261", "MK266"] and found.infants == ("i01",)


def test_a_table_names_infants_licences_and_what_may_not_be_used(tmp_path: Path) -> None:
    rows = ["identity,expression,image,template,licence,derivatives_allowed"]
    for number in range(9):
        image, landmarks = drawn(f"n{number}", "happy")
        write_face(tmp_path / "in", f"photo{number}", image, landmarks)
        allowed = "no" if number == 8 else "yes"
        rows.append(f"n{number},happy,in/photo{number}.png,in/photo{number}.json,CC0,{allowed}")
    (tmp_path / "faces.csv").write_text("\n".join(rows))
    found = read_reviewed(tmp_path)
    assert (len(found.examples), found.withheld) == (8, 1)
    assert {one.licence for one in found.examples} == {"CC0"}
    (tmp_path / "in" / "photo3.json").unlink()  # named, but not there: no draft, a fault
    refused(tmp_path, "MK231", "photo3.json")


def test_an_empty_folder(tmp_path: Path) -> None:
    refused(tmp_path, "MK655")


def test_a_scheme_that_no_predictor_can_name_is_refused(folder: Path) -> None:
    for path in folder.glob("*.json"):
        template, _ = files.read_template(path)
        own = replace(template.landmarks.scheme, name="own_lab")
        marks = Landmarks(own, template.landmarks.points)
        path.write_text(template_text(replace(template, landmarks=marks), ".json"))
    refused(folder, "MK267", "own_lab")
