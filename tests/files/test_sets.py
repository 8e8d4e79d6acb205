"""Sets and packages: read without leaving the set, written whole, under names that are safe."""

from __future__ import annotations

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit import files
from morphkit.errors import LockedError, MorphkitError, PackageError, SetError, UsageError
from morphkit.files.folders import CHECKSUMS
from morphkit.files.sets import unsafe
from morphkit.study.table import Stimulus, stimuli_csv

PICTURE = b"not really pixels"
HASH = "0" * 64


def stimulus(image_file: str = "stimuli/i01_1.png") -> Stimulus:
    return Stimulus(
        stimulus_id="i01_1",
        image_file=image_file,
        identity="i01",
        continuum="c",
        morph_path="direct",
        frame=1,
        morph_level=-1.0,
        percent=0.0,
        weights={"happy": 1.0},
        width_px=2,
        height_px=2,
        sha256=HASH,
        pixel_sha256=HASH,
    )


def manifest() -> str:
    block = {
        "schema_version": 1,
        "engine": {"version": "0", "options": {}},
        "recipe": {},
        "landmark_scheme": "free1",
        "landmark_names": [],
        "sources": [],
        "anchors": [],
        "mesh": {"points": [], "triangles": [], "landmarks": []},
        "continua": [],
        "response_map": [],
    }
    return json.dumps({"name": "demo", "resources": [], "morphkit": block})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    (folder / "stimuli").mkdir(parents=True)
    (folder / "stimuli" / "i01_1.png").write_bytes(PICTURE)
    (folder / "stimuli.csv").write_text(stimuli_csv([stimulus()]), encoding="utf-8")
    (folder / "datapackage.json").write_text(manifest(), encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not of this set")
    return folder


# ---- reading


def test_a_set_is_read(folder: Path) -> None:
    found = files.read_set(folder)
    assert found.manifest.name == "demo"
    assert found.stimuli == [stimulus()]
    assert found.read("stimuli/i01_1.png") == PICTURE
    assert files.read_set(str(folder)).stimuli == found.stimuli


@pytest.mark.parametrize(
    "missing, word",
    [
        ("datapackage.json", "datapackage.json"),
        ("stimuli.csv", "stimuli.csv"),
        (None, "Did you mean demo?"),
    ],
)
def test_what_is_no_set_is_said(folder: Path, missing: str | None, word: str) -> None:
    if missing:
        (folder / missing).unlink()
    with pytest.raises(SetError) as caught:
        files.read_set(folder if missing else folder.with_name("demos"))
    assert (caught.value.code, caught.value.exit_code) == ("MK605", 1)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("given", "told", "advice"),
    [
        ("generated/demo/stimuli.csv", "a file of a set", "Give the whole set: generated/demo."),
        ("configs/demo.yaml", "a recipe", "Give the set that it makes: generated/demo."),
        ("configs/next.yaml", "a recipe", "Build it first: morphkit build configs/next.yaml."),
        ("other.yml", "a recipe", "Give the set that it makes: generated/other."),
        ("demo.zip", "a zip", "Unzip it, and give the folder in it"),
        ("data/p01.csv", "a table", "It comes first, then the files."),
        ("data/p01.psydat", "a file", "A set is a folder with a datapackage.json."),
        ("pk/psychopy", "a package", "Give the set that it was made from."),
        ("pk/recipe", "a recipe package", "morphkit rebuild"),
        ("generated", "a folder with sets", "Give one of them: generated/demo."),
        (".", "a folder with sets", "Give one of them: generated/demo."),
    ],
)
def test_what_people_give_in_place_of_a_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: str, told: str, advice: str
) -> None:
    home = folder.parent / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (home / "generated").mkdir()
    folder.rename(home / "generated" / "demo")
    for name, text in {
        "configs/demo.yaml": "morphkit: 1\nname: demo  # so\n",
        "configs/next.yaml": "morphkit: 1\nname: 'next_one'\n",
        "other.yml": "",
        "demo.zip": "",
        "data/p01.csv": "",
        "data/p01.psydat": "",
        "pk/psychopy/checksums.sha256": "",
        "pk/recipe/checksums.sha256": "",
        "pk/recipe/photos.csv": "",
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SetError) as caught:
        files.read_set(given)
    (found,) = caught.value.findings
    assert (found.code, found.file) == ("MK605", given)
    assert told in found.message and advice in found.suggestion


def test_faults_of_the_texts_come_through(folder: Path) -> None:
    (folder / "stimuli.csv").write_bytes(b"identity\n\xe4\n")
    with pytest.raises(SetError) as caught:
        files.read_set(folder)
    assert caught.value.code == "MK617"
    (folder / "stimuli.csv").write_text("identity\n")
    with pytest.raises(SetError) as caught:
        files.read_set(folder)
    assert caught.value.code == "MK603"
    (folder / "datapackage.json").write_text("{}")
    with pytest.raises(SetError) as caught:
        files.read_set(folder)
    assert caught.value.code == "MK601"


UNSAFE = [
    "../secret.txt",
    "stimuli/../../secret.txt",
    "stimuli/..",
    "..",
    ".",
    "",
    "/etc/passwd",
    "//server/share/x",
    "C:/x",
    "C:x",
    "c:\\x",
    "..\\secret.txt",
    "stimuli\\i01_1.png",
    "stimuli//i01_1.png",
    "stimuli/./i01_1.png",
    "stimuli/",
    "x\0.png",
    "x\n.png",
    "x\u202e.png",
    "a?.png",
    "a*.png",
    "a|b",
    '"a"',
    "<a>",
    "con",
    "NUL.txt",
    "stimuli/Com1.png",
    "lpt9",
    "aux.tar.gz",
    "point.",
    "blank ",
    "folder /x",
    " blank",
    "x" * 201,
]
SAFE = ["x", "a/b/c.txt", ".hidden", "console.txt", "com10.txt", "ä.txt", "a b.txt", "x" * 200, "-"]


@pytest.mark.parametrize("path", UNSAFE)
def test_unsafe_paths(folder: Path, path: str) -> None:
    assert unsafe(path)
    read = files.read_set(folder).read
    with pytest.raises(SetError) as caught:
        read(path)
    assert caught.value.code == "MK606"
    with pytest.raises(PackageError) as failed:
        files.write_files(folder.parent / "package", [(path, b"")])
    assert failed.value.code == "MK820"
    assert not (folder.parent / "package").exists()


@pytest.mark.parametrize("path", SAFE)
def test_safe_paths(tmp_path: Path, path: str) -> None:
    assert unsafe(path) == ""
    files.write_files(tmp_path / "package", [(path, b"x")])
    assert (tmp_path / "package" / path).read_bytes() == b"x"


@given(st.text(st.sampled_from("./\\:ab C0*\0 conul~"), max_size=14))
@settings(max_examples=300)
def test_a_safe_path_stays_inside(path: str) -> None:
    if not unsafe(path):
        joined = os.path.normpath(f"/folder/{path}")
        assert joined == f"/folder/{path}"


def test_links_are_followed_inside_only(folder: Path) -> None:
    (folder / "stimuli" / "out.png").symlink_to(folder.parent / "secret.txt")
    (folder / "stimuli" / "in.png").symlink_to(folder / "stimuli" / "i01_1.png")
    (folder / "away").symlink_to(folder.parent, target_is_directory=True)
    (folder / "circle.png").symlink_to(folder / "circle.png")
    read = files.read_set(folder).read
    assert read("stimuli/in.png") == PICTURE
    for path in ("stimuli/out.png", "away/secret.txt"):
        with pytest.raises(SetError) as caught:
            read(path)
        assert caught.value.code == "MK606"
        assert "leads out" in str(caught.value)
    with pytest.raises(MorphkitError):
        read("circle.png")
    (folder / "datapackage.json").rename(folder.parent / "datapackage.json")
    (folder / "datapackage.json").symlink_to(folder.parent / "datapackage.json")
    with pytest.raises(SetError) as caught:
        files.read_set(folder)
    assert caught.value.code == "MK606"


@pytest.mark.parametrize("path", ["stimuli/gone.png", "stimuli", "stimuli.csv/x"])
def test_a_file_that_is_not_there(folder: Path, path: str) -> None:
    read = files.read_set(folder).read
    with pytest.raises(SetError) as caught:
        read(path)
    assert caught.value.code == "MK607"
    assert caught.value.findings[0].file == path


def test_the_set_may_itself_be_reached_by_a_link(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    assert files.read_set(folder.parent / "link").read("stimuli/i01_1.png") == PICTURE


# ---- writing


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


PACKAGE = {"index.html": b"<p>", "stimuli/a.png": b"a", "stimuli/b.png": b"b"}


def test_files_are_written_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "package"
    files.write_files(target, iter(PACKAGE.items()))
    assert contents(tmp_path / "new") == {f"package/{k}": v for k, v in PACKAGE.items()}


def test_an_empty_folder_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package").mkdir()
    files.write_files(tmp_path / "package", PACKAGE.items())
    assert contents(tmp_path / "package") == PACKAGE
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    files.write_files(".", PACKAGE.items())
    assert contents(Path()) == PACKAGE, "also the one that a shell stands in"


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    "there", [{"notes.txt": b"mine"}, {"index.html": b"mine"}, {".git/x": b""}]
)
def test_what_is_there_is_not_overwritten(
    tmp_path: Path, there: dict[str, bytes], replace: bool
) -> None:
    files.write_files(tmp_path / "package", there.items())
    with pytest.raises(UsageError) as caught:
        files.write_files(tmp_path / "package", PACKAGE.items(), replace=replace)
    assert caught.value.code == "MK610"
    assert contents(tmp_path) == {f"package/{k}": v for k, v in there.items()}


def test_a_package_of_ours_is_replaced_on_demand(tmp_path: Path) -> None:
    sums = "".join(f"{files.sha256(v)}  {k}\n" for k, v in PACKAGE.items()).encode()
    target = tmp_path / "package"
    files.write_files(target, (PACKAGE | {CHECKSUMS: sums}).items())
    with pytest.raises(UsageError):
        files.write_files(target, {"x": b"x"}.items())
    files.write_files(target, (PACKAGE | {CHECKSUMS: sums}).items(), replace=True)
    (target / "data").mkdir()
    (target / "data" / "observer1.csv").write_text("an hour of work")
    with pytest.raises(UsageError, match=r"data/observer1\.csv"):
        files.write_files(target, {"x": b"x"}.items(), replace=True)
    (target / "data" / "observer1.csv").unlink()
    (target / "index.html").write_text("<p>mine")
    with pytest.raises(UsageError, match=r"index\.html"):
        files.write_files(target, {"x": b"x"}.items(), replace=True)
    (target / "index.html").write_bytes(PACKAGE["index.html"])
    files.write_files(target, {"x": b"x"}.items(), replace=True)
    assert contents(tmp_path) == {"package/x": b"x"}


def test_a_file_or_a_link_in_the_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, code in (("file", "MK610"), ("link", "MK615")):
        with pytest.raises(UsageError) as caught:
            files.write_files(tmp_path / name, PACKAGE.items(), replace=True)
        assert caught.value.code == code
    assert (tmp_path / "file").read_text() == "mine"


def test_all_bad_names_are_told_at_once(tmp_path: Path) -> None:
    content = [
        ("good.txt", b""),
        ("../up", b""),
        ("GOOD.txt", b""),
        ("a\\b", b""),
        ("stra\u00dfe", b""),
        ("STRASSE", b""),
        ("caf\u00e9", b""),
        ("cafe\u0301", b""),
        ("folder/x", b""),
        ("Folder/X", b""),
        ("good.txt/inside", b""),
        ("folder", b""),
    ]
    with pytest.raises(PackageError) as caught:
        files.write_files(tmp_path / "package", content)
    named = [finding.file for finding in caught.value.findings]
    assert {finding.code for finding in caught.value.findings} == {"MK820"}
    assert named == [content[i][0] for i in (1, 2, 3, 5, 7, 9, 10, 11)]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PackageError):
        files.zipped(content)
    with pytest.raises(PackageError):
        files.write_missing(tmp_path, content)
    assert list(tmp_path.iterdir()) == []


def test_an_exporter_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def content():
        yield "a.txt", b"a"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        files.write_files(tmp_path / "package", content())
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_write_one_package(tmp_path: Path) -> None:
    def content():
        yield "a.txt", b"a"
        with pytest.raises(LockedError):
            files.write_files(tmp_path / "package", PACKAGE.items())
        yield "b.txt", b"b"

    files.write_files(tmp_path / "package", content())
    assert contents(tmp_path) == {"package/a.txt": b"a", "package/b.txt": b"b"}


def test_only_missing_files_are_written(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"mine")
    files.write_missing(tmp_path, PACKAGE.items())
    assert contents(tmp_path) == PACKAGE | {"index.html": b"mine"}


def test_zip_files_are_equal_and_plain() -> None:
    data = files.zipped(PACKAGE.items())
    assert data == files.zipped(reversed(list(PACKAGE.items())))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == sorted(PACKAGE)
        assert {name: archive.read(name) for name in PACKAGE} == PACKAGE
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.create_system == 3
            assert not entry.extra
            assert not entry.comment
        assert not archive.comment


def test_replacing_a_package_needs_its_own_checksums(tmp_path: Path) -> None:
    target = tmp_path / "package"
    files.write_files(target, {CHECKSUMS: b"", "mine.txt": b"x"}.items())
    with pytest.raises(UsageError):
        files.write_files(target, PACKAGE.items(), replace=True)


if os.name == "posix":

    def test_a_device_is_no_file_of_a_set(folder: Path) -> None:
        os.mkfifo(folder / "stimuli" / "pipe.png")
        with pytest.raises(SetError) as caught:
            files.read_set(folder).read("stimuli/pipe.png")
        assert caught.value.code == "MK607"


def _package(text: bytes) -> list[tuple[str, bytes]]:
    return [("a.txt", text), (CHECKSUMS, f"{files.sha256(text)}  a.txt\n".encode())]


def test_what_a_killed_run_left_does_not_stop_the_next(tmp_path: Path) -> None:
    home, old = tmp_path / "psychopy", tmp_path / ".psychopy.old"
    files.write_files(home, _package(b"1"))
    home.rename(old)  # killed between two renames
    files.write_files(home, _package(b"2"), replace=True)
    assert (home / "a.txt").read_bytes() == b"2"
    files.write_files(old, _package(b"1"))  # or before the old one was deleted
    files.write_files(home, _package(b"3"), replace=True)
    assert (home / "a.txt").read_bytes() == b"3"
    home.rename(old)
    (old / "data.csv").write_bytes(b"answers")
    with pytest.raises(UsageError, match="MK610"):
        files.write_files(home, _package(b"4"), replace=True)
    assert (home / "data.csv").read_bytes() == b"answers"
    assert [one.name for one in tmp_path.iterdir()] == ["psychopy"]
