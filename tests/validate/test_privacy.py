"""Privacy: where a finding points, what it doesn't repeat, and what is let pass."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from bad_rights import SOURCE, gps, jpeg, tiny_with_source, zipped
from bad_sets import BAD_SETS
from tiny_operations import with_operations
from tiny_set import Tiny, photo, png, tiny

from morphkit.errors import Finding
from morphkit.validate import validate


def found(folder: Path, values: Tiny | None = None, **more: bytes) -> list[Finding]:
    """Write a set with some more files (`__` is a slash), and validate it quickly."""
    (values or tiny()).write(folder)
    for name, data in more.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(validate(folder, quick=True).findings)


def test_a_finding_says_where_in_which_archive(tmp_path: Path) -> None:
    inner = zipped(**{"faces/i01.jpg": SOURCE})
    (fault,) = found(tmp_path, tiny_with_source(), **{"old.zip": zipped(**{"raw.zip": inner})})
    assert (fault.code, fault.file, fault.pointer) == (
        "MK753",
        "old.zip",
        "raw.zip/faces/i01.jpg",
    )
    assert "the photo i01 distressed" in fault.message


def test_a_finding_says_which_picture_of_a_page(tmp_path: Path) -> None:
    uris = [base64.b64encode(data).decode() for data in (jpeg(), gps())]
    page = "\n".join(f'<img src="data:image/jpeg;base64,{uri}">' for uri in uris)
    (fault,) = found(tmp_path, **{"page.html": page.encode()})
    assert (fault.code, fault.pointer) == ("MK751", "#picture 2")
    assert "a place (GPS)" in fault.message


def test_what_was_found_is_not_repeated(tmp_path: Path) -> None:
    text = b"\n/home/grace/x\ngrace@ward7.org\nD:\\grace\\x\n"
    faults = found(tmp_path, **{"notes.txt": text})
    assert [one.severity for one in faults] == ["error", "error", "warning"]
    assert {one.line for one in faults} == {2, 3, 4}
    assert all("grace" not in f"{one.message}{one.suggestion}{one.pointer}" for one in faults)


def test_an_address_that_a_licence_declares_may_stand(tmp_path: Path) -> None:
    values = tiny()
    values.block["sources"][0]["source"] = "Museum of Faces, faces@museum.org"
    text = b"the faces are by faces@museum.org"
    assert found(tmp_path, values, **{"notes.txt": text}) == []


@pytest.mark.parametrize("place", ["packages/mine/", ""], ids=["a folder", "a zip"])
def test_stimuli_and_packed_pictures_are_let_pass(tmp_path: Path, place: str) -> None:
    values = tiny()
    values.write(tmp_path)
    stimulus = (tmp_path / values.rows[0]["image_file"]).read_bytes()
    cross = png(photo("i01", "happy")[:8, :8])
    listed = f"{hashlib.sha256(cross).hexdigest()}  cross.png\n".encode()
    files = {"stimuli/a.png": stimulus, "cross.png": cross, "checksums.sha256": listed}
    more = {place + name: data for name, data in files.items()}
    assert found(tmp_path, **(more if place else {"packages/mine.zip": zipped(**files)})) == []


def test_a_picture_that_was_put_into_a_packed_zip_is_seen(tmp_path: Path) -> None:
    files = {"checksums.sha256": b"0" * 64 + b"  cross.png\n", "more/i01.jpg": jpeg()}
    (fault,) = found(tmp_path, **{"packages/mine.zip": zipped(**files)})
    assert (fault.code, fault.pointer) == ("MK752", "more/i01.jpg")


def test_version_control_is_left_alone(tmp_path: Path) -> None:
    assert found(tmp_path, **{".git/logs/HEAD": b"grace@ward7.org /home/grace"}) == []


@pytest.mark.parametrize("name", ["i7", "kdf", "af", "infant", "baby", "x"])
def test_code_names_are_no_names(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, renamed(name)) == []


@pytest.mark.parametrize("name", ["grace", "amy", "bob"])
def test_names_are_doubted_once(tmp_path: Path, name: str) -> None:
    (fault,) = found(tmp_path, renamed(name))
    assert (fault.code, fault.severity) == ("MK755", "warning")
    assert fault.pointer == "morphkit.sources.0.identity"


def renamed(name: str) -> Tiny:
    """The tiny set with one infant only, of another name."""
    values = tiny()
    values.rows = [row for row in values.rows if row["identity"] == "i01"]
    for part in ("sources", "anchors"):
        values.block[part] = [one for one in values.block[part] if one["identity"] == "i01"]
        for one in values.block[part]:
            one["identity"] = name
    images = values.images
    values.images = {}
    for row in values.rows:
        old = row["image_file"]
        for column in ("stimulus_id", "image_file", "identity"):
            row[column] = row[column].replace("i01", name)
        values.images[row["image_file"]] = images[old]
    return values


def test_a_prototype_may_be_called_anything(tmp_path: Path) -> None:
    assert found(tmp_path, with_operations()) == []


def test_a_stimulus_with_a_place_says_gps(tmp_path: Path) -> None:
    bad = next(one for one in BAD_SETS if one.name == "eXIf_planted")
    bad.make(tmp_path)
    said = [one.message for one in validate(tmp_path).findings if one.code == "MK751"]
    assert said == [
        "the picture carries camera data (EXIF) in chunk 'eXIf'; a place (GPS) in chunk 'eXIf'."
    ]
