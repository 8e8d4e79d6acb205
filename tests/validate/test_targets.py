"""What `validate` can be pointed at besides a set's folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from tiny_set import landmarks, mixed, png, tiny, weights

from morphkit import files, package
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.template import Template
from morphkit.faces.templates import template_text
from morphkit.validate import SetReport, validate
from tiny_study import write_study

ANSWERS = [
    {"button": 1, "key": "f", "label": "distressed", "level": -1.0},
    {"button": 2, "key": "j", "label": "happy", "level": 1.0},
]


def codes(target: Path, *, quick: bool = False) -> set[str]:
    return {found.code for found in validate(target, quick=quick).findings}


def packed(folder: Path, target: Path, top: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, top + path.relative_to(folder).as_posix())
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    values = tiny()
    values.block["response_map"] = ANSWERS
    return values.write(tmp_path / "tiny")


@pytest.fixture
def psychopy(folder: Path, tmp_path: Path) -> Path:
    target: Path = tmp_path / "psychopy"
    files.write_files(target, package(files.read_set(folder), "psychopy"))
    return target


# ---- sets


@pytest.mark.parametrize("name", ["", "datapackage.json", "stimuli.csv"])
def test_a_set_by_its_folder_or_a_file_in_it(folder: Path, name: str) -> None:
    report = validate(folder / name)
    assert (report.verdict, report.label) == ("valid", "nominal")
    assert report.set == str(folder / name)


@pytest.mark.parametrize("top", ["", "tiny/", "a/b/"])
def test_a_set_in_a_zip(folder: Path, tmp_path: Path, top: str) -> None:
    report = validate(packed(folder, tmp_path / "tiny.zip", top))
    if top == "a/b/":
        assert [found.code for found in report.findings] == ["MK626"]
        return
    assert (report.verdict, report.label, report.findings) == ("valid", "nominal", ())
    assert {one.name for one in tmp_path.iterdir()} == {"tiny", "tiny.zip"}


def test_a_defect_in_a_zip(folder: Path, tmp_path: Path) -> None:
    (folder / "stimuli" / "i01_dis_hap_002.png").write_bytes(png(mixed("i02", {"happy": 1.0})))
    assert codes(packed(folder, tmp_path / "a.zip")) >= {"MK683", "MK685"}


def test_half_a_set(folder: Path) -> None:
    (folder / "datapackage.json").unlink()
    assert codes(folder) == codes(folder / "stimuli.csv") == {"MK605"}


# ---- packages


@pytest.mark.parametrize("quick", [True, False])
def test_a_package(psychopy: Path, tmp_path: Path, quick: bool) -> None:
    for target in (
        psychopy,
        psychopy / "checksums.sha256",
        packed(psychopy, tmp_path / "p.zip", "top/"),
    ):
        report = validate(target, quick=quick)
        assert (report.verdict, report.label, report.findings) == ("valid", None, ())


def picture(folder: Path) -> Path:
    return min(folder.rglob("*.png"))


def test_a_package_that_lacks_a_picture(psychopy: Path) -> None:
    picture(psychopy).unlink()
    assert codes(psychopy) == {"MK688", "MK843"}


def test_a_package_with_another_picture(psychopy: Path) -> None:
    picture(psychopy).write_bytes(png(mixed("i02", {"happy": 0.3, "neutral": 0.7})))
    assert codes(psychopy) == {"MK688", "MK684"}


def test_a_package_with_an_edited_script_is_a_doubt(psychopy: Path) -> None:
    path = psychopy / "README.txt"
    path.write_bytes(path.read_bytes() + b"ours")
    report = validate(psychopy)
    assert report.verdict == "valid" and codes(psychopy) == {"MK688"}


@pytest.mark.parametrize("name", ["photo.jpg", "stimuli/more.png", "people.csv"])
def test_a_package_with_more_in_it(psychopy: Path, name: str) -> None:
    (psychopy / name).write_bytes(picture(psychopy).read_bytes())
    wanted = {"MK842", "MK843"} if name.endswith(".png") else {"MK842"}
    assert codes(psychopy) == wanted


def test_data_of_runs_are_one_doubt(psychopy: Path) -> None:
    (psychopy / "data").mkdir()
    for name in ("p1.csv", "p2.csv", "p1.log"):
        (psychopy / "data" / name).write_text("image_file,key\nstimuli/no.png,f\n,\n")
    report = validate(psychopy)
    assert report.verdict == "valid"
    assert [(one.code, one.severity, one.file) for one in report.findings] == [
        ("MK842", "warning", "data/")
    ]
    assert "3 file(s)" in report.findings[0].message


def test_a_package_with_notes_is_fine(psychopy: Path) -> None:
    (psychopy / "notes.txt").write_text("room 3", encoding="utf-8")
    assert codes(psychopy) == set()


def relisted(folder: Path) -> None:
    """Write the checksums anew, so that only a deeper fault is left."""
    names = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*")) if p.is_file()]
    lines = [f"{files.sha256_of(folder / n)}  {n}\n" for n in names if n != "checksums.sha256"]
    (folder / "checksums.sha256").write_text("".join(lines), encoding="utf-8")


def test_a_package_whose_picture_carries_text(psychopy: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    note, path = PngInfo(), picture(psychopy)
    note.add_text("Author", "somebody")
    Image.open(path).save(path, pnginfo=note)
    relisted(psychopy)
    assert codes(psychopy) == {"MK751", "MK684"}


def test_a_package_whose_picture_breaks_off(psychopy: Path) -> None:
    path = picture(psychopy)
    path.write_bytes(path.read_bytes()[:-40])
    relisted(psychopy)
    assert codes(psychopy) == {"MK151", "MK684"}


def test_a_package_whose_picture_has_damaged_pixels(psychopy: Path) -> None:
    path = picture(psychopy)
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 30] ^= 0xFF
    path.write_bytes(data)
    relisted(psychopy)
    assert codes(psychopy, quick=True) == {"MK684"}
    assert codes(psychopy) == {"MK151", "MK684"}


def test_a_package_whose_table_names_another_picture(psychopy: Path) -> None:
    path = psychopy / "conditions.csv"
    path.write_bytes(path.read_bytes().replace(b"stimuli/i01_dis_hap_002", b"stimuli/i01_x_002"))
    relisted(psychopy)
    assert codes(psychopy) == {"MK843"}


def test_a_package_without_its_rights(psychopy: Path) -> None:
    (psychopy / "licence_and_consent.txt").unlink()
    relisted(psychopy)
    assert codes(psychopy) == {"MK844"}


@pytest.mark.parametrize("text", ["", "nonsense\n", "0" * 64 + " one-blank\n"])
def test_checksums_that_say_nothing(psychopy: Path, text: str) -> None:
    (psychopy / "checksums.sha256").write_text(text, encoding="utf-8")
    assert codes(psychopy) == {"MK841", "MK842", "MK844"}


# ---- recipes and faces


def test_a_recipe(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    report = validate(recipe)
    assert (report.verdict, report.label) == ("valid", None)
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("to: happy", "to: hapy"), encoding="utf-8")
    report = validate(recipe)
    assert (report.verdict, report.label) == ("invalid", None) and "MK931" in codes(recipe)
    recipe.write_text(text.replace("canvas", "canvass"), encoding="utf-8")
    assert codes(recipe, quick=True) and validate(recipe, quick=True).verdict == "invalid"
    assert list((tmp_path).rglob("generated")) == []


def test_photos(tmp_path: Path) -> None:
    faces = write_study(tmp_path, ("infant01",)).parents[1] / "raw_faces" / "tiny"
    assert validate(faces).findings == ()
    rows = sorted(path.name for path in faces.glob("*.png"))
    cells = [f"infant01,{Path(name).stem.partition('_')[2]},{name}" for name in rows]
    table = faces / "faces.csv"
    lines = ["identity,expression,image,derivatives_allowed", *(f"{cell}," for cell in cells)]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert codes(table) == codes(faces) == set()
    table.write_text("\n".join([*lines[:-1], f"{cells[-1]},no"]) + "\n", encoding="utf-8")
    assert codes(table) == codes(table, quick=True) == {"MK701"}
    table.write_text("\n".join(lines).replace(rows[0], "gone.png") + "\n", encoding="utf-8")
    assert codes(table) == codes(table, quick=True) == {"MK101", "MK231"}
    table.write_text("\n".join(lines).replace("infant01,", "1,", 1) + "\n", encoding="utf-8")
    assert codes(table) == {"MK644"}
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (faces / rows[0]).write_bytes(b"\xff\xd8\xff\xe0 no more")
    assert codes(table, quick=True) == set()
    assert codes(table) == {"MK102"}


# ---- sets that other programs made

LEVELS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def foreign(folder: Path, suffix: str = "png", table: str | None = "image,percent") -> Path:
    """A continuum as another program leaves it: frames, templates beside them, a table."""
    folder.mkdir()
    rows = []
    for number, level in enumerate(LEVELS, start=1):
        shares = dict(zip(("distressed", "happy"), weights("direct", level), strict=True))
        name = f"morph_{number:03d}"
        Image.fromarray(mixed("i01", shares)).save(folder / f"{name}.{suffix}")
        points = [
            [a * shares["distressed"] + b * shares["happy"] for a, b in zip(p, q, strict=True)]
            for p, q in zip(landmarks("i01", "distressed"), landmarks("i01", "happy"), strict=True)
        ]
        template = Template(Landmarks(scheme("ibug68"), points))
        text = template_text(template, ".pts")
        (folder / f"{name}.pts").write_text(text, encoding="utf-8")
        rows.append(f"{name}.{suffix},{50 * (level + 1):g}")
    if table:
        lines = "\n".join([table, *rows]) + "\n"
        (folder / "morphs.csv").write_text(lines, encoding="utf-8")
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "morphs.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_foreign_set(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    for target in (folder, folder / "morphs.csv", packed(folder, tmp_path / "f.zip")):
        report = validate(target)
        assert (report.verdict, report.label, report.findings) == ("valid", None, ())


def test_a_foreign_set_is_handed_over(tmp_path: Path) -> None:
    found = files.read_foreign(files.folder_tree(foreign(tmp_path / "f")))
    (series,) = found.series
    assert (series.identity, series.continuum, series.path) == ("", "morph", "direct")
    assert [frame.level for frame in series.frames] == list(LEVELS)
    assert series.frames[0].id == "morph_001"
    assert series.frames[0].read() == (tmp_path / "f" / "morph_001.png").read_bytes()
    marks = series.frames[0].landmarks
    assert marks is not None and marks.scheme.name == "ibug68"
    assert marks.points[0] == pytest.approx(landmarks("i01", "distressed")[0], abs=1e-3)


def test_frames_of_a_morphing_program(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f", "jpg", table=None)
    report = validate(folder)
    assert report.verdict == "valid" and codes(folder) == {"MK635", "MK636"}
    assert all(found.severity == "warning" for found in report.findings)


def test_frames_out_of_order(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    edit(folder, "002.png,25", "002.png,60")
    assert codes(folder) == codes(folder, quick=True) == {"MK453"}


def test_a_frame_twice(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    shutil.copy(folder / "morph_002.png", folder / "morph_003.png")
    assert codes(folder) == codes(folder, quick=True) == {"MK455"}


def test_ends_may_be_shared_by_an_infants_continua_but_not_by_infants(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f", table="image,percent,infant,continuum")
    text = (folder / "morphs.csv").read_text(encoding="utf-8").splitlines()
    more = []
    for number, row in enumerate(text[1:], start=1):
        name, percent = row.split(",")
        shutil.copy(folder / name, folder / f"other_{number:03d}.png")
        if 1 < number < 5:
            image = mixed("i02", {"happy": 0.1 * number, "neutral": 1 - 0.1 * number})
            (folder / f"other_{number:03d}.png").write_bytes(png(image))
        more.append(f"other_{number:03d}.png,{percent},WHO,b")
    lines = [text[0], *(f"{row},i01,a" for row in text[1:]), *more]
    for who, wanted in (("i01", set()), ("i02", {"MK455"})):
        made = "\n".join(lines).replace("WHO", who) + "\n"
        (folder / "morphs.csv").write_text(made, encoding="utf-8")
        assert codes(folder) == wanted


def test_frames_of_two_sizes(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    Image.open(folder / "morph_002.png").resize((60, 80)).save(folder / "morph_002.png")
    assert codes(folder) == codes(folder, quick=True) == {"MK154"}


@pytest.mark.parametrize(
    "old, new, code",
    [
        ("image,", "bild,", "MK633"),
        (",percent", ",emotion", "MK633"),
        (",50\n", ",half\n", "MK634"),
        (",100\n", ",1000\n", "MK637"),
        ("morph_003.png", "morph_033.png", "MK681"),
        ("morph_003.png", "morph_002.png", "MK662"),
    ],
)
def test_tables_that_need_a_word(tmp_path: Path, old: str, new: str, code: str) -> None:
    folder = foreign(tmp_path / "f")
    edit(folder, old, new)
    assert code in codes(folder)
    assert validate(folder / "morphs.csv").verdict == "invalid"


def test_several_tables(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    (folder / "notes.csv").write_text("day,room\n1,2\n", encoding="utf-8")
    assert codes(folder) == set()
    shutil.copy(folder / "morphs.csv", folder / "again.csv")
    assert codes(folder) == {"MK633"}
    assert codes(folder / "again.csv") == set()


def test_pictures_that_no_row_names(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    shutil.copy(folder / "morph_002.png", folder / "source.png")
    assert codes(folder) == {"MK639"}


def test_a_series_of_two(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "t.csv").write_text("image,level\na.png,-1\nb.png,1\n", encoding="utf-8")
    for name in ("a", "b"):
        (folder / f"{name}.png").write_bytes(png(mixed("i01", {"happy": 1.0})))
    assert codes(folder) == {"MK632"}


def test_a_broken_template(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    (folder / "morph_002.pts").write_text("version: 1\nn_points: 68\n{\n1 x\n}\n")
    assert codes(folder, quick=True) == set()
    assert {code[:3] for code in codes(folder)} == {"MK2"}


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(20), b"no picture"])
def test_frames_that_are_no_picture(tmp_path: Path, data: bytes) -> None:
    folder = foreign(tmp_path / "f")
    (folder / "morph_002.png").write_bytes(data)
    assert codes(folder) == codes(folder, quick=True) == {"MK151"}


# ---- anything else


@pytest.mark.parametrize("name", ["notes.txt", "photo.png", "x", "data.json"])
def test_other_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    report = validate(tmp_path / name)
    assert [found.code for found in report.findings] == ["MK626"]
    assert "faces.csv" in report.findings[0].suggestion and report.label is None


def test_folders_of_other_things(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert codes(tmp_path / "empty") == {"MK626"}
    report = validate(tmp_path)
    assert codes(tmp_path) == {"MK626"} and "tiny" in report.findings[0].message
    assert codes(tmp_path / "nowhere") == {"MK605"}


@pytest.mark.parametrize("what", ["package", "zip", "foreign", "faces", "recipe"])
def test_a_quick_look_loads_no_numpy(
    psychopy: Path, folder: Path, tmp_path: Path, what: str
) -> None:
    recipe = write_study(tmp_path / "study", ("infant01",))
    target = {
        "package": lambda: psychopy,
        "zip": lambda: packed(folder, tmp_path / "a.zip"),
        "foreign": lambda: foreign(tmp_path / "f"),
        "faces": lambda: recipe.parents[1] / "raw_faces" / "tiny",
        "recipe": lambda: recipe,
    }[what]()
    script = f"import sys; from morphkit.validate import validate; r = validate({str(target)!r}, "
    script += "quick=True); assert r.verdict == 'valid', r; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_reports_can_be_printed(tmp_path: Path) -> None:
    from morphkit.validate import formats

    reports: list[SetReport] = [validate(tmp_path / "nowhere"), validate(tmp_path)]
    assert json.loads(formats.json(reports))["sets"][0]["label"] is None
    assert "MK626" in formats.text(reports)


# ---- tasks


def test_a_task_is_no_recipe(tmp_path: Path) -> None:
    task = tmp_path / "my_task.yaml"
    for text in ("kind: rating\n", "preset: bristol-test\nrepeats: 2\n"):
        task.write_text(text, encoding="utf-8")
        report = validate(task)
        assert (report.verdict, report.label, report.findings) == ("valid", None, ())


def test_the_faults_of_a_task_are_its_own(tmp_path: Path) -> None:
    task = tmp_path / "my_task.yaml"
    task.write_text("preset: bristol-test\nrepeat: 3\nlists: 0\n", encoding="utf-8")
    found = validate(task).findings
    assert [(one.code, one.line, one.pointer) for one in found] == [
        *(("MK904", 2, "repeat"), ("MK907", 3, "lists"))
    ]
    assert {one.file for one in found} == {str(task)}


def test_a_recipe_with_a_kind_stays_a_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "my_set.yaml"
    recipe.write_text("morphkit: 1\nkind: rating\n", encoding="utf-8")
    assert "MK905" in codes(recipe, quick=True)
    assert "kind" in {one.pointer for one in validate(recipe, quick=True).findings}
