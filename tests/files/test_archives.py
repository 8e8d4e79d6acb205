"""Archives that anybody may have made: read in memory, or refused by the right code."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morphkit import files
from morphkit.errors import SetError
from morphkit.files import archives


def written(path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return path


def codes(path: Path) -> list[str]:
    """Codes of everything that opening an archive and reading all of it finds."""
    try:
        with files.archive_tree(path) as tree:
            found = [fault.code for fault in tree.findings]
            for name in tree.listing:
                try:
                    tree.read(name)
                except SetError as fault:
                    found.append(fault.code)
            return found
    except SetError as fault:
        return [fault.code]


def test_files_of_one_folder(tmp_path: Path) -> None:
    entries = [("top/b/c.txt", b"c"), ("top/a.txt", b"a"), ("top/.DS_Store", b"x")]
    with files.archive_tree(written(tmp_path / "a.zip", entries)) as tree:
        assert (tree.listing, tree.findings) == (("a.txt", "b/c.txt"), ())
        assert (tree.read("a.txt"), tree.read("b/c.txt")) == (b"a", b"c")
        for path, code in (("d.txt", "MK607"), ("../a.txt", "MK606")):
            with pytest.raises(SetError) as caught:
                tree.read(path)
            assert caught.value.code == code


def test_what_a_mac_adds_is_left_out(tmp_path: Path) -> None:
    entries = [("set/a.txt", b"a"), ("__MACOSX/set/._a.txt", b"x")]
    with files.archive_tree(written(tmp_path / "a.zip", entries)) as tree:
        assert tree.listing == ("a.txt",)


@pytest.mark.parametrize(
    "name",
    ["../a", "/etc/passwd", "a/../../b", "a\\b", "C:/x", "con.txt", "a/nul", "x\ny", "a/", "a "],
)
def test_path_tricks(tmp_path: Path, name: str) -> None:
    if name == "a/":
        name = "a//b"
    path = written(tmp_path / "a.zip", [("ok.txt", b""), (name, b"x")])
    assert "MK606" in codes(path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("second", ["A.TXT", "a.txt", "\u00e9.txt"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_collide(tmp_path: Path, second: str) -> None:
    first = "e\u0301.txt" if second == "\u00e9.txt" else "a.txt"
    assert codes(written(tmp_path / "a.zip", [(first, b""), (second, b"")])) == ["MK627"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_entries_that_are_no_files(tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("a.txt")
    entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
    path = written(tmp_path / "a.zip", [(entry, b"/etc/passwd")])
    assert codes(path) == ["MK630"]
    with files.archive_tree(path) as tree:
        assert tree.listing == ()


def test_encrypted_entries(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", [("a.txt", b"secret")])
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the file's own header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert codes(path) == ["MK630"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_bound(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.txt", b"a" * 100)
    assert codes(tmp_path / "a.zip") == ["MK630"]


def test_a_bomb_by_its_declared_size(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", [("a.txt", bytes(20_000_000))])
    assert path.stat().st_size < 30_000
    assert codes(path) == ["MK631"]


def test_a_bomb_by_the_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.zip", [(f"{i}.txt", bytes(900_000)) for i in range(5)])
    assert codes(path) == []
    monkeypatch.setattr(archives, "MOST_BYTES", 4_000_000)
    assert codes(path) == ["MK631"]


def test_a_bomb_that_declares_little(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", [("a.txt", bytes(5_000_000))])
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 24, 100)
    struct.pack_into("<I", data, 22, 100)
    path.write_bytes(data)
    assert codes(path) == ["MK629"]


def test_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    path = written(tmp_path / "a.zip", [(f"{i}.txt", b"") for i in range(11)])
    assert codes(path) == ["MK631"]


def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", [("a.txt", b"x" * 99), ("b.txt", b"x" * 99)])
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)  # both begin at the first one's header
    path.write_bytes(data)
    assert codes(path) == ["MK629"]


def test_a_file_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("morphkit.files.trees.LARGEST", 10)
    assert codes(written(tmp_path / "a.zip", [("a.txt", b"x" * 11)])) == ["MK631"]


def test_a_zip_in_a_zip_is_a_file(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../x", b"")
    assert codes(written(tmp_path / "a.zip", [("inner.zip", inner.getvalue())])) == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, b"no zip" * 9])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert codes(tmp_path / "a.zip") == ["MK629"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0), st.integers(0, 8), st.binary(max_size=8))
def test_damaged_bytes(tmp_path: Path, place: int, cut: int, noise: bytes) -> None:
    path = written(tmp_path / "a.zip", [("top/a.txt", b"a" * 50), ("top/b.txt", b"b" * 50)])
    data = path.read_bytes()
    place %= len(data)
    path.write_bytes(data[:place] + noise + data[place + cut :])
    codes(path)
