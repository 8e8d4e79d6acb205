"""Files of many faces scattered, folders gathered, and what is beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from morphkit import files
from morphkit.cli import main
from morphkit.errors import TemplateError, UsageError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme
from morphkit.faces.template import Template
from morphkit.faces.templates import template_text
from tiny_study import ROOT

DEMO = ROOT / "raw_faces" / "demo"


def run(*words: object) -> object:
    return CliRunner().invoke(main, [str(word) for word in words])


def write(path: Path, seed: int = 0, name: str = "frl189", photo: str = ".png") -> Landmarks:
    """Write a template of random points, and its photo of 40 × 50 pixels."""
    layout = scheme(name)
    points = np.random.default_rng(seed).uniform(1, 39, (len(layout.points), 2))
    marks = Landmarks(layout, points)
    path.parent.mkdir(exist_ok=True)
    path.write_text(template_text(Template(marks), path.suffix))
    if photo:
        Image.new("RGB", (40, 50), "grey").save(path.with_suffix(photo))
    return marks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two templates with photos, a table, and a template without a photo."""
    folder = tmp_path / "faces"
    write(folder / "i01.tem", 1)
    write(folder / "i02.json", 2)
    write(folder / "alone.tem", 3, photo="")
    (folder / "faces.csv").write_text("identity,expression,image\n")
    (folder / "notes.txt").write_text("x")
    return folder


@pytest.mark.parametrize(("suffix", "gap"), [(".tps", 1e-3), (".xml", 0.5)])
def test_a_folder_gathered_and_scattered_again(
    folder: Path, tmp_path: Path, suffix: str, gap: float
) -> None:
    file, back = folder / f"all{suffix}", tmp_path / "back"
    notes = files.convert_template(folder, file)
    assert any("alone" in note for note in notes)
    assert file.read_text().count("i0") == 2
    files.convert_template(file, back)
    assert sorted(path.name for path in back.iterdir()) == ["i01.json", "i02.json"]
    for name in ("i01.tem", "i02.json"):
        given = files.read_template(folder / name)[0].landmarks
        found = files.read_template(back / f"{name[:3]}.json")[0].landmarks
        assert found.scheme == given.scheme
        assert np.abs(found.points - given.points).max() <= gap


def test_a_tps_elsewhere_does_not_know_its_photos(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.tps"
    files.convert_template(folder, file)
    with pytest.raises(TemplateError, match=r"MK222.*i01.png"):
        files.convert_template(file, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_nothing_is_overwritten(folder: Path, tmp_path: Path) -> None:
    file, back = folder / "all.xml", tmp_path / "back"
    files.convert_template(folder, file)
    before = file.read_bytes()
    with pytest.raises(UsageError, match="MK618"):
        files.convert_template(folder, file)
    assert file.read_bytes() == before
    back.mkdir()
    (back / "i02.json").write_text("mine")
    with pytest.raises(UsageError, match="MK618"):
        files.convert_template(file, back)
    assert [path.name for path in back.iterdir()] == ["i02.json"]


def image(name: str) -> str:
    return (
        f"<image file='{name}'><box top='1' left='1' width='2' height='2'>"
        "<part name='00' x='1' y='2'/></box></image>"
    )


def scattered(tmp_path: Path, *names: str) -> tuple[list[str], tuple[str, ...]]:
    file, out = tmp_path / "x.xml", tmp_path / "out"
    images = "".join(map(image, names))
    file.write_text(f"<dataset><images>{images}</images></dataset>", encoding="utf-8")
    notes = files.convert_template(file, out)
    inside = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json"))
    assert all(path.startswith("out/") for path in inside), "nothing leaves the folder"
    return [path.removeprefix("out/").removesuffix(".json") for path in inside], notes


@pytest.mark.parametrize(
    ("names", "stems"),
    [
        (["a/b/i01.jpg", "c\\i02.jpg"], ["i01", "i02"]),
        (["i01.jpg", "i01.jpg", "x/I01.png"], ["I01-3", "i01-1", "i01-2"]),
        (["i01.jpg", "i01.png", "i01-1.jpg"], ["i01-1", "i01-2", "i01-3"]),
        (["../../../evil.jpg", "/etc/passwd", "C:\\x.jpg"], ["evil", "passwd", "x"]),
        (["..", ".", "", "...jpg"], ["x-1", "x-2", "x-3", "x-4"]),
        (["con.jpg", "a:b?.jpg", ".hidden.jpg"], ["a_b_", "con_", "hidden"]),
        (["con.left.jpg", "NUL .x.jpg", "icon.x.jpg"], ["NUL_.x", "con_.left", "icon.x"]),
        ([f"{'a' * 300}.jpg"], ["a" * 100]),
    ],
)
def test_names_of_scattered_faces(tmp_path: Path, names: list[str], stems: list[str]) -> None:
    assert scattered(tmp_path, *names)[0] == sorted(stems)


def test_faces_of_one_photo_are_said(tmp_path: Path) -> None:
    _, notes = scattered(tmp_path, "i01.jpg", "i01.jpg", "i02.jpg")
    assert [note for note in notes if "i02" in note] == []
    assert any("'i01.jpg': i01-1.json, i01-2.json" in note for note in notes)


def test_a_single_face_needs_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text(f"<dataset><images>{image('a.jpg')}</images></dataset>")
    files.convert_template(tmp_path / "x.xml", tmp_path / "a.json")
    assert files.read_template(tmp_path / "a.json")[0].landmarks.points.tolist() == [[1, 2]]
    given = write(tmp_path / "i01.tem")
    files.convert_template(tmp_path / "i01.tem", tmp_path / "i01.tps")
    back = files.read_template(tmp_path / "i01.tps")[0]
    assert np.abs(back.landmarks.points - given.points).max() <= 1e-3
    assert (back.width, back.height) == (40, 50)


def test_a_folder_becomes_no_single_template(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"MK220.*\.tps, \.xml"):
        files.convert_template(folder, tmp_path / "all.tem")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TemplateError, match=r"MK223.*no template"):
        files.convert_template(tmp_path / "empty", tmp_path / "all.xml")


def test_two_templates_of_one_photo_are_refused(folder: Path, tmp_path: Path) -> None:
    write(folder / "i01.csv", 4)
    with pytest.raises(TemplateError, match="MK232"):
        files.convert_template(folder, tmp_path / "all.xml")


def test_faults_of_several_templates_come_together(folder: Path, tmp_path: Path) -> None:
    for name in ("i01.tem", "i02.json"):
        (folder / name).write_text("x")
    with pytest.raises(TemplateError) as caught:
        files.convert_template(folder, tmp_path / "all.xml")
    assert len(caught.value.findings) == 2
    assert not (tmp_path / "all.xml").exists()


def test_a_face_that_is_upside_down_is_said(tmp_path: Path) -> None:
    """Some programs write .tps with y from the top."""
    happy = files.read_template(DEMO / "infant01_happy.json")[0]
    points = happy.landmarks.points[:68]
    Image.new("RGB", (768, 768)).save(tmp_path / "a.png")
    rows = "\n".join(f"{x} {y}" for x, y in points)
    (tmp_path / "a.tps").write_text(f"LM=68\n{rows}\nIMAGE=a.png\n")
    notes = files.convert_template(tmp_path / "a.tps", tmp_path / "a.json")
    assert any("MK205" in note for note in notes)


def test_shares_take_the_size_of_the_photo_beside(tmp_path: Path) -> None:
    found = ROOT / "tests" / "faces" / "mediapipe_infant01_happy.json"
    (tmp_path / "a.json").write_bytes(found.read_bytes())
    with pytest.raises(TemplateError, match="MK222"):
        files.read_template(tmp_path / "a.json")
    (tmp_path / "a.png").write_bytes((DEMO / "infant01_happy.png").read_bytes())
    face = files.read_face(tmp_path / "a.png")
    assert face.landmarks.scheme == scheme("mediapipe478")


def test_a_scheme_of_a_lab_s_own(tmp_path: Path) -> None:
    names = ["left a", "right a", "b"]
    points = [
        {"n": n, "name": name, "x": n, "y": n, "sym": [1, 0, 2][n]} for n, name in enumerate(names)
    ]
    (tmp_path / "lab.json").write_text(json.dumps({"name": "lab", "points": points}))
    (tmp_path / "i01.tem").write_text("3\n1 2\n3 4\n5 6\n0\n")
    out = tmp_path / "i01.json"
    result = run("convert", tmp_path / "i01.tem", out, "--scheme-file", tmp_path / "lab.json")
    assert result.exit_code == 0, result.stderr
    found = files.read_template(out)[0].landmarks
    assert found.scheme.points == ("right a", "left a", "b")
    assert (found.scheme.name, found.scheme.mirror) == ("own_lab", (1, 0, 2))
    (tmp_path / "two.tem").write_text("2\n1 2\n3 4\n0\n")
    for wrong in (("two.tem", "lab.json"), ("i01.tem", "two.tem"), ("i01.tem", "none.json")):
        words = ("convert", tmp_path / wrong[0], tmp_path / "o.json")
        assert run(*words, "--scheme-file", tmp_path / wrong[1]).exit_code in (1, 2)
    assert not (tmp_path / "o.json").exists()


# ------------------------------------------------------------------ --compare


def test_compare_prints_every_region(tmp_path: Path) -> None:
    marks = write(tmp_path / "a.json", name="ibug68")
    moved = Template(marks.replaced(marks.points + np.array([3, 4])))
    (tmp_path / "b.pts").write_text(template_text(moved, ".pts"))
    result = run("convert", "--compare", tmp_path / "a.json", tmp_path / "b.pts")
    assert result.exit_code == 0, result.stderr
    rows = {row[:20].strip(): row[20:].split() for row in result.stdout.split("\n")[1:] if row}
    share = f"{500 / marks.outer_eye_distance():.2f}"
    assert rows["all"][:5] == ["68", "5.00", share, "5.00", share]
    assert rows["inner"][0] == "51"
    assert {"jaw, across", "jaw", "mouth"} <= rows.keys()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.png", "b.pts"]


def test_compare_folders(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other / "i01.tem", 1, photo="")
    write(other / "i03.tem", 2, photo="")
    result = run("convert", "--compare", folder, other, "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["morphkit_comparison"] == 1
    assert [face["face"] for face in told["faces"]] == ["i01"]
    assert told["regions"][0]["region"] == "all"
    assert told["regions"][0]["mean"] < 1e-3
    assert "i02.json" in result.stderr
    assert "i03.tem" in result.stderr


def test_compare_faults(folder: Path, tmp_path: Path) -> None:
    assert "MK226" in run("convert", "--compare", folder, folder / "i01.tem").stderr
    other = tmp_path / "other"
    write(other / "i09.tem", 1)
    assert "MK226" in run("convert", "--compare", folder, other).stderr
    free = Template(Landmarks(free_scheme(["a"]), [[1, 2]]))
    (tmp_path / "free.json").write_text(template_text(free, ".json"))
    assert "MK221" in run("convert", "--compare", folder / "i01.tem", tmp_path / "free.json").stderr
    pair = (folder / "i01.tem", folder / "i02.json")
    assert run("convert", "--compare", *pair, "--to-scheme", "ibug68").exit_code == 2
    assert run("convert", *pair, "--json").exit_code == 2


def test_compare_real_raters(shared: Path) -> None:
    """A detector against a person: inner points 2.9 % of the eye distance, jaws across 1.8."""
    london = shared / "real_faces" / "london"
    result = run("convert", "--compare", london, london / "auto68", "--json")
    rows = {row["region"]: row for row in json.loads(result.stdout)["regions"]}
    assert rows["all"]["faces"] == 8
    assert 2.0 < rows["inner"]["mean_percent"] < 3.5
    assert 1.0 < rows["jaw, across"]["mean_percent"] < 2.5 < rows["jaw"]["mean_percent"]


def test_real_imglab_file(shared: Path, tmp_path: Path) -> None:
    file = shared / "real_faces" / "formats" / "imglab_training_with_face_landmarks.xml"
    files.convert_template(file, tmp_path / "out")
    made = sorted((tmp_path / "out").iterdir())
    assert len(made) == 18
    first = files.read_template(tmp_path / "out" / "2007_007763-1.json")[0]
    assert first.landmarks.scheme == scheme("ibug68")
    assert first.landmarks.points[0].tolist() == [201, 107]
    assert (first.width, first.height) == (500, 375)


def test_a_photo_s_name_that_no_system_takes_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "faces.tps"
    path.write_text(f"LM=1\n1 2\nIMAGE={'x' * 390}\nID=0\n", encoding="utf-8")
    with pytest.raises(TemplateError, match="MK222"):
        files.read_template(path)


def test_a_photo_of_many_faces_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from morphkit.files import faces

    Image.new("RGB", (40, 30)).save(tmp_path / "i01.png")
    path = tmp_path / "faces.tps"
    path.write_text("LM=1\n1 2\nIMAGE=i01.png\nID=0\n" * 9, encoding="utf-8")
    asked = []

    def read(photo: Path) -> object:
        asked.append(photo)
        return files.read_photo(photo)

    monkeypatch.setattr(faces, "read_photo", read)
    files.convert_template(path, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 9 and len(asked) == 1
