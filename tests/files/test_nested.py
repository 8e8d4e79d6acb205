"""Archives looked into: all members, and no harm from hostile ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.files import nested
from morphkit.files.nested import unpacked


def zipped(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def seen(data: bytes) -> list[tuple[str, str]]:
    return [(one.inside, one.fault) for one in unpacked(data)]


def test_a_file_is_itself() -> None:
    (one,) = unpacked(b"some bytes")
    assert (one.inside, one.data, one.fault) == ("", b"some bytes", "")


def test_members_of_archives_in_archives() -> None:
    data = zipped({"a/b.txt": b"b", "inner.zip": zipped({"c.txt": b"c"}), "empty/": b""})
    found = {one.inside: one.data for one in unpacked(data)}
    assert list(found) == ["", "a/b.txt", "inner.zip", "inner.zip/c.txt"]
    assert (found["a/b.txt"], found["inner.zip/c.txt"]) == (b"b", b"c")


def test_an_archive_that_lies_too_deep() -> None:
    data = b"at the bottom"
    for _ in range(nested.DEPTH + 1):
        data = zipped({"x": data})
    *above, (name, fault) = seen(data)
    assert name == "/".join("x" * nested.DEPTH) and "too deep" in fault
    assert all(not fault for _, fault in above)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "FREE", 100_000)
    bomb = zipped({"zeros": bytes(5_000_000), "after": b"x"})
    assert len(bomb) < 10_000
    *_, (name, fault) = seen(bomb)
    assert name == "" and "unpacks to far more" in fault
    assert max(len(one.data) for one in unpacked(bomb)) < 200_000


def test_many_small_bombs_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "FREE", 100_000)
    small = zipped({"zeros": bytes(90_000)})
    data = zipped({f"{n}.zip": small for n in range(50)})
    total = sum(len(one.data) for one in unpacked(data))
    assert total < 100_000 + nested.TIMES * len(data) + 2 * len(data)
    assert any("unpacks to far more" in fault for _, fault in seen(data))


def test_a_size_that_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(zipped({"zeros": bytes(50_000)}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert any(fault for _, fault in seen(bytes(data)))


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "MOST_MEMBERS", 3)
    assert seen(zipped({str(n): b"" for n in range(4)}))[-1] == ("", "it has more than 3 files")


def test_one_that_is_locked() -> None:
    data = bytearray(zipped({"secret": b"some text"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert "locked" in seen(bytes(data))[-1][1]


@pytest.mark.parametrize("start", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"])
def test_archives_of_another_kind(start: bytes) -> None:
    assert seen(start + bytes(30)) == [("", "it is an archive of another kind than zip or tar")]


def tarred(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def test_a_tar_in_a_gzip_and_what_is_in_it() -> None:
    data = gzip.compress(tarred({"script": b"text", "pool/a.zip": zipped({"b": b"c"})}))
    found = {one.inside: one.data for one in unpacked(data)}
    assert list(found)[1:] == [
        "content", "content/script", "content/pool/a.zip", "content/pool/a.zip/b"
    ]  # fmt: skip
    assert (found["content/script"], found["content/pool/a.zip/b"]) == (b"text", b"c")


def test_a_bomb_in_a_gzip_and_in_a_tar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "FREE", 100_000)
    for bomb in (gzip.compress(bytes(5_000_000)), gzip.compress(tarred({"z": bytes(5_000_000)}))):
        assert "unpacks to far more" in seen(bomb)[-1][1]
        assert max(len(one.data) for one in unpacked(bomb)) < 200_000


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08" + bytes(30), b"n".ljust(257, b"\0") + b"ustar"])
def test_broken_ones(data: bytes) -> None:
    assert "broken" in seen(data)[-1][1]


@given(st.integers(0), st.binary(max_size=30), st.integers(0, 30))
def test_whatever_the_bytes(place: int, noise: bytes, cut: int) -> None:
    data = zipped({"a.txt": b"some text " * 20, "b.zip": zipped({"c": b"d" * 50})})
    place %= len(data)
    for one in unpacked(data[:place] + noise + data[place + cut :]):
        assert isinstance(one.data, bytes)
