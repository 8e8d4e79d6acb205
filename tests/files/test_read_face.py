"""The template beside a photo, and the two together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from morphkit import files
from morphkit.errors import MorphkitError, TemplateError, UsageError
from morphkit.faces.template import Template
from morphkit.faces.templates import parse_template, template_text

FACES = Path(__file__).resolve().parents[3] / "shared" / "synthetic_infants" / "infant01"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    if not FACES.is_dir():
        pytest.skip("../shared/synthetic_infants is not here")
    for name in ("happy.png", "happy.json"):
        (tmp_path / f"i01_{name}").write_bytes((FACES / name).read_bytes())
    return tmp_path / "i01_happy.png"


def template(photo: Path) -> Template:
    return parse_template(photo.with_suffix(".json").read_bytes(), ".json")


def rewrite(photo: Path, **changes: object) -> None:
    text = template_text(replace(template(photo), **changes), ".json")
    photo.with_suffix(".json").write_text(text, encoding="utf-8")


def test_a_face_is_read(photo: Path) -> None:
    face = files.read_face(photo, identity="i01", expression="happy")
    assert (face.identity, face.expression) == ("i01", "happy")
    assert np.array_equal(face.image, files.read_photo(photo).image)
    assert np.array_equal(face.landmarks.points, template(photo).landmarks.points)
    again = files.read_face(str(photo), str(photo.with_suffix(".json")))
    assert np.array_equal(again.landmarks.points, face.landmarks.points)


def test_a_template_comes_with_its_hash(photo: Path) -> None:
    path = photo.with_suffix(".json")
    assert files.read_template(path)[1] == files.sha256(path.read_bytes())


def test_our_own_template_counts(photo: Path) -> None:
    photo.with_suffix(".tem").write_text("a draft of another program")
    photo.with_suffix(".pts").write_text("another")
    assert files.find_template(photo) == photo.with_suffix(".json")
    photo.with_suffix(".json").unlink()
    with pytest.raises(TemplateError) as caught:
        files.find_template(photo)
    assert caught.value.code == "MK232"
    assert "i01_happy.pts and i01_happy.tem" in str(caught.value)
    photo.with_suffix(".pts").unlink()
    assert files.find_template(photo) == photo.with_suffix(".tem")


def test_a_suffix_in_capitals_is_found(photo: Path) -> None:
    photo.with_suffix(".json").rename(photo.with_suffix(".TEM"))
    assert files.find_template(photo) == photo.with_suffix(".TEM")


def test_a_missing_template_names_the_nearest(photo: Path) -> None:
    photo.with_suffix(".json").rename(photo.with_name("i01_hapy.json"))
    with pytest.raises(TemplateError) as caught:
        files.find_template(photo)
    assert caught.value.code == "MK231"
    assert "i01_happy.json" in str(caught.value)
    assert "Did you mean i01_hapy.json?" in str(caught.value)
    with pytest.raises(TemplateError) as caught:
        files.read_face(photo, photo.with_name("i01_hapi.json"))
    assert caught.value.code == "MK231"
    assert "Did you mean" in str(caught.value)
    with pytest.raises(TemplateError):
        files.find_template(photo.parent / "nowhere" / "x.png")


def test_a_template_of_another_photo_is_refused(photo: Path) -> None:
    rewrite(photo, width=999)
    with pytest.raises(MorphkitError) as caught:
        files.read_face(photo)
    assert caught.value.code == "MK211"
    assert caught.value.findings[0].file.endswith("i01_happy.json")


def test_landmarks_outside_the_photo_are_refused(photo: Path) -> None:
    marks = template(photo).landmarks
    rewrite(photo, landmarks=marks.replaced(marks.points + np.array([5000, 0])))
    with pytest.raises(TemplateError) as caught:
        files.read_face(photo)
    assert all(finding.severity == "error" for finding in caught.value.findings)


def test_a_template_is_converted_and_nothing_overwritten(photo: Path) -> None:
    source, target = photo.with_suffix(".json"), photo.with_name("copy.json")
    assert files.convert_template(source, target) == ()
    assert np.array_equal(
        files.read_template(target)[0].landmarks.points, template(photo).landmarks.points
    )
    before = target.read_bytes()
    with pytest.raises(UsageError) as caught:
        files.convert_template(source, target)
    assert (caught.value.code, caught.value.exit_code) == ("MK618", 2)
    assert target.read_bytes() == before
    with pytest.raises(TemplateError):
        files.convert_template(source, photo.with_name("copy.docx"))
    with pytest.raises(TemplateError):
        files.convert_template(source, photo.with_name("other.json"), "no-such-scheme")
    assert not photo.with_name("other.json").exists()
