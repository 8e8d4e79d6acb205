"""Sets as somebody might make them on purpose: findings or a clear error, never a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_set import Tiny, resource, table_text, tiny

from morphkit.errors import EnvironmentFault
from morphkit.files import trees
from morphkit.validate import checks, formats, validate

POSIX = pytest.mark.skipif(os.name == "nt", reason="such a name or file is impossible there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny().write(tmp_path / "tiny")


def codes(folder: Path) -> set[str]:
    """Judge quickly and in full; both reports can be printed, and a terminal obeys nothing."""
    found: set[str] = set()
    for quick in (True, False):
        report = validate(folder, quick=quick)
        told = formats.text([report])
        assert all(char.isprintable() or char == "\n" for char in told)
        assert json.loads(formats.json([report]))["sets"][0]["verdict"] == report.verdict
        found |= {one.code for one in report.findings}
    return found


# ---- names


@POSIX
@pytest.mark.parametrize(
    "name",
    [
        b"two\nlines.png",
        b"\n%0A::error file=x::y.png",
        b"\x1b[31mred\x1b]0;title\x07.png",
        b"<script>alert(1)<script>.png",
        b"not-utf8-\xff\xfe.png",
        b"bell\x07.png",
        "turned\u202egnp.exe".encode(),
        b"con.png",
        b"blank .",
        b"n" * 230 + b".png",
        b'"quoted".png',
        b"back\\slash.png",
    ],
)
def test_hostile_names(folder: Path, name: bytes) -> None:
    home = os.fsencode(folder / "stimuli")
    Path(os.fsdecode(home + b"/" + name)).write_bytes(b"x")
    assert codes(folder) == {"MK606", "MK682"}


@POSIX
def test_names_that_are_one_elsewhere(folder: Path) -> None:
    for name in ("Notes.txt", "notes.TXT", "caf\u00e9.txt", "cafe\u0301.txt"):
        (folder / name).write_bytes(b"x")
    if len(list(folder.glob("*.[tT]*"))) < 4:
        pytest.skip("this file system takes them for one")
    assert codes(folder) == {"MK627"}


@pytest.mark.parametrize("path", ["../secret.png", "/etc/passwd", "C:\\x.png", "a\nb", "x" * 5000])
def test_hostile_paths_in_the_manifest(folder: Path, path: str) -> None:
    values = tiny()
    values.write(folder)
    values.manifest["resources"][3]["path"] = path
    values.write_manifest(folder)
    assert "MK687" in codes(folder) or "MK681" in codes(folder)


# ---- links, pipes, folders


def link(path: Path, target: Path | str) -> None:
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links")


def test_a_link_to_a_file_outside(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    link(folder / "notes.txt", tmp_path / "secret.txt")
    assert codes(folder) == {"MK606"}


def test_a_link_to_a_folder_outside_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "photo.jpg").write_bytes(b"x")
    link(folder / "stimuli" / "more", tmp_path / "elsewhere")
    assert codes(folder) == {"MK606", "MK628"}


def test_stimuli_in_a_folder_outside(folder: Path, tmp_path: Path) -> None:
    (folder / "stimuli").rename(tmp_path / "elsewhere")
    link(folder / "stimuli", tmp_path / "elsewhere")
    assert codes(folder) == {"MK606", "MK628", "MK681"}


def test_links_that_lead_in_circles(folder: Path) -> None:
    link(folder / "stimuli" / "up", "..")
    link(folder / "self", "self")
    link(folder / "dead", "nowhere")
    for a in "abcdefgh":  # each leads to each: a walk that follows them would never end
        (folder / a).mkdir()
        for b in "abcdefgh":
            link(folder / a / b, f"../{b}")
    assert codes(folder) == {"MK606", "MK628"}  # "up" is the set itself, not inside it


def test_a_manifest_that_is_a_link_outside(folder: Path, tmp_path: Path) -> None:
    (folder / "datapackage.json").rename(tmp_path / "other.json")
    link(folder / "datapackage.json", tmp_path / "other.json")
    assert codes(folder) == {"MK606"}


@POSIX
@pytest.mark.parametrize("name", ["stimuli/i01_dis_hap_002.png", "datapackage.json"])
def test_a_pipe_in_the_place_of_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert codes(folder) == ({"MK605"} if "json" in name else {"MK628", "MK681"})


@POSIX
def test_a_pipe_as_target(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    assert codes(tmp_path / "pipe.zip") == {"MK626"}
    assert codes(Path("/dev/null")) == {"MK626"}


def test_a_folder_called_like_a_picture(folder: Path) -> None:
    path = folder / "stimuli" / "i01_dis_hap_002.png"
    path.unlink()
    path.mkdir()
    assert codes(folder) == {"MK681"}


def test_an_empty_picture(folder: Path) -> None:
    (folder / "stimuli" / "i01_dis_hap_002.png").write_bytes(b"")
    assert codes(folder) == {"MK151", "MK683"}


def test_a_picture_larger_than_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "stimuli" / "i01_dis_hap_002.png").open("r+b") as stream:
        stream.truncate(300_000_000)  # a hole: it takes no room on the disk
    assert codes(folder) == {"MK631"}
    monkeypatch.setattr(trees, "LARGEST", 100)
    assert codes(folder) == {"MK631"}  # not even the manifest is read


# ---- a disk that changes, or can't be written or read


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_a_file_without_permission(folder: Path) -> None:
    (folder / "stimuli" / "i01_dis_hap_002.png").chmod(0)
    with pytest.raises(EnvironmentFault) as caught:
        validate(folder)
    assert (caught.value.code, caught.value.exit_code) == ("MK613", 4)


def while_read(monkeypatch: pytest.MonkeyPatch, trigger: str, change: Callable[[], None]) -> None:
    """Do something to the set as soon as a file of it is being read."""
    pending, real = [change], trees.refuse_large

    def seen(path: str, size: int) -> None:
        if path == trigger and pending:
            pending.pop()()
        real(path, size)

    monkeypatch.setattr(trees, "refuse_large", seen)


def test_files_that_vanish(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = folder / "stimuli" / "i01_dis_hap_002.png"
    while_read(monkeypatch, "stimuli.csv", victim.unlink)
    assert {one.code for one in validate(folder).findings} == {"MK607"}


def test_files_that_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = folder / "stimuli" / "i01_dis_hap_002.png"
    while_read(monkeypatch, "stimuli.csv", lambda: victim.write_bytes(b"\x89PNG\r\n\x1a\n"))
    assert {one.code for one in validate(folder).findings} == {"MK151", "MK683"}


NOTHING_IS_WRITTEN = """
import os, sys
from pathlib import Path
import numpy, PIL.PngImagePlugin
from morphkit.validate import validate

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink",
           "os.truncate", "os.chmod", "os.utime", "shutil.rmtree", "tempfile.mkstemp"}

def watch(event, details):
    if event in CHANGES or (event == "open" and details[2] and details[2] & WRITES):
        raise SystemExit(f"{event} {details}")

sys.addaudithook(watch)
for target in sys.argv[1:]:
    assert validate(target).verdict == "valid", target
"""


def test_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder).as_posix())
    run = subprocess.run(
        [sys.executable, "-B", "-c", NOTHING_IS_WRITTEN, str(folder), str(tmp_path / "a.zip")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr


# ---- what a manifest may hold

DEEP = [50, 400, 900, 20_000]


@pytest.mark.parametrize("depth", DEEP)
@pytest.mark.parametrize(
    "way",
    [
        ("morphkit", "recipe", "x"),
        ("morphkit", "scales"),
        ("morphkit", "measures"),
        ("morphkit", "engine", "options", "x"),
        ("morphkit", "doubts"),
        ("x",),
    ],
    ids=".".join,
)
def test_deep_nesting(folder: Path, way: tuple[str, ...], depth: int) -> None:
    with_raw(folder, way, "[" * depth + "]" * depth)
    codes(folder)


HUGE = ["1e999", "-1e999", "NaN", "1" + "0" * 400, "1" + "0" * 5000, "-1" + "0" * 400]


@pytest.mark.parametrize("number", HUGE, ids=lambda text: f"{text[:4]}({len(text)})")
@pytest.mark.parametrize(
    "way",
    [
        ("morphkit", "schema_version"),
        ("morphkit", "recipe", "canvas", "width"),
        ("morphkit", "continua", 0, "levels", 1),
        ("morphkit", "anchors", 0, "landmarks", 0, 0),
        ("morphkit", "mesh", "triangles", 0, 0),
        ("morphkit", "mesh", "landmarks", 0),
        ("resources", 1, "bytes"),
        ("morphkit", "doubts", 0, "measured"),
    ],
    ids=lambda way: ".".join(map(str, way)),
)
def test_huge_numbers(folder: Path, way: tuple[Any, ...], number: str) -> None:
    with_raw(folder, way, number)
    assert codes(folder)


def with_raw(folder: Path, way: tuple[Any, ...], text: str) -> None:
    """Write the manifest with any text in one place."""
    values = tiny()
    values.write(folder)
    values.block["doubts"] = [{"code": "MK110", "message": "A doubt.", "measured": 1.0}]
    spot: Any = values.manifest
    for key in way[:-1]:
        spot = spot[key]
    spot[way[-1]] = "@@"
    told = json.dumps(values.manifest).replace('"@@"', text)
    (folder / "datapackage.json").write_text(told, encoding="utf-8")


def test_more_doubts_than_a_build_has(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST_DOUBTS", 20)
    values = tiny()
    values.write(folder)
    values.block["doubts"] = [{"code": "MK110", "message": f"Doubt {i}."} for i in range(21)]
    values.write_manifest(folder)
    report = validate(folder, quick=True)
    assert [one.code for one in report.findings] == ["MK601"] + ["MK110"] * 20


def test_more_faults_than_anybody_reads(folder: Path) -> None:
    values = tiny()
    values.write(folder)
    values.block["sources"] = [{}] * 5000
    values.write_manifest(folder)
    assert len(validate(folder).findings) == 1000


# ---- large sets: the time grows as the set does


def repeated(times: int) -> Tiny:
    """A set of so many times two infants; pictures are not there."""
    values = tiny()
    rows, sources, anchors = [], [], []
    for turn in range(times):
        for who in ("i01", "i02"):
            name = f"{who}x{turn}"
            for row in values.rows:
                if row["identity"] == who:
                    new = {key: cell.replace(who, name) for key, cell in row.items()}
                    rows.append(new | {"sha256": "0" * 64, "pixel_sha256": f"{len(rows):064x}"})
            for kept, known in (
                (sources, values.block["sources"]),
                (anchors, values.block["anchors"]),
            ):
                kept += [{**one, "identity": name} for one in known if one["identity"] == who]
    values.rows, values.images = rows, {}
    values.block["sources"], values.block["anchors"] = sources, anchors
    return values


def calls(folder: Path) -> int:
    """How many Python functions a quick validation calls."""
    count = 0

    def watch(frame: object, event: str, _: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(watch)
    try:
        validate(folder, quick=True)
    finally:
        sys.setprofile(None)
    return count


def test_no_check_is_quadratic(tmp_path: Path) -> None:
    counts = []
    for times in (4, 16):
        values = repeated(times)
        folder = tmp_path / str(times)
        (folder / "stimuli").mkdir(parents=True)
        table = table_text(values.rows).encode()
        (folder / "stimuli.csv").write_bytes(table)
        values.manifest["resources"] = [resource("stimuli", "stimuli.csv", table)]
        values.write_manifest(folder)
        counts.append(calls(folder))
    assert counts[1] < 4.6 * counts[0]
