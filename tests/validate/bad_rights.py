"""Seeded bad sets: what is not allowed, and what is private; one small defect each."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_sets import BAD_SETS, BadSet, chunk, deep, shallow
from PIL import Image
from tiny_set import Tiny, photo, png, tiny

# ---- rights


def allowed(values: Tiny, **rights: str | None) -> None:
    """Declare all rights of all photos, but for what is given: of one photo."""
    for number, source in enumerate(values.block["sources"]):
        source |= {"derivatives_allowed": "yes", "publish_allowed": "yes"}
        source |= {"consent_scope": "open_archive", "consent_until": "2999-12-31"}
        source |= rights if number == 4 else {}


def not_allowed(code: str, called: str, use: str | None, **rights: str | None) -> None:
    def change(values: Tiny) -> None:
        allowed(values, **rights)
        if use:
            values.block["recipe"]["use"] = use

    change.__name__ = called
    deep(code)(change)


not_allowed("MK701", "derivatives_forbidden", None, derivatives_allowed="no")
not_allowed("MK702", "lab_photo_put_online", "online_experiment", consent_scope="lab")
not_allowed("MK702", "online_photo_printed", "publication", consent_scope="online_experiment")
not_allowed("MK702", "printed_photo_archived", "open_archive", consent_scope="publication")
not_allowed("MK703", "consent_expired", None, consent_until="2020-02-29")
not_allowed("MK703", "consent_ends_on_no_day", None, consent_until="2999-02-30")
not_allowed("MK703", "consent_ends_in_words", None, consent_until="when she is grown up")
not_allowed("MK704", "consent_undeclared_in_the_lab", "lab", consent_scope=None)
not_allowed("MK704", "consent_undeclared_online", "online_experiment", consent_scope=None)
not_allowed("MK704", "scope_in_other_words", None, consent_scope="research only")
not_allowed("MK705", "not_to_be_printed", "publication", publish_allowed="no")
not_allowed("MK705", "perhaps_to_be_archived", "open_archive", publish_allowed="unknown")
not_allowed("MK705", "publishing_undeclared", "open_archive", publish_allowed=None)


# ---- pictures that don't belong there


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(photo("i01", "happy")).save(out, "JPEG", **options)
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def gps() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0)})
    return jpeg(exif=exif)


def with_file(code: str, path: str, data: Callable[[], bytes]) -> Callable[[str], None]:
    """Note a bad set that has one more file."""

    def name(called: str) -> None:
        def make(folder: Path) -> None:
            values = tiny_with_source()
            values.write(folder)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data())

        codes = frozenset(code.split())
        BAD_SETS.append(BadSet(called, codes, make))

    return name


SOURCE = b"\xff\xd8 the raw photo itself"


def tiny_with_source() -> Tiny:
    """The tiny set made from a photo whose bytes are known here."""
    values = tiny()
    values.block["sources"][0]["sha256"] = hashlib.sha256(SOURCE).hexdigest()
    values.block["sources"][0]["template_sha256"] = hashlib.sha256(b"68 points").hexdigest()
    return values


with_file("MK752", "photo.jpg", jpeg)("photo_beside_the_table")
with_file("MK752", "notes.txt", jpeg)("photo_called_a_text")
with_file("MK752", "packages/mine/stimuli/x.png", lambda: png(photo("i01", "happy")[::2]))(
    "picture_added_to_a_package"
)
with_file("MK752", "packages/p.zip", lambda: zipped(a__b=jpeg()))("photo_in_a_zip")
with_file("MK752", ".cover.jpg", jpeg)("hidden_photo")
with_file("MK752", "stimuli/Thumbs.db", lambda: b"\xd0\xcf\x11\xe0")("thumbnails_of_windows")
with_file("MK752", "film.mp4", lambda: b"\0\0\0\x18ftypisom" + bytes(40))("film_in_the_set")
with_file("MK752 MK751", "photo.jpg", gps)("photo_with_gps")
with_file("MK752 MK751", "x.zip", lambda: zipped(y=zipped(z=gps())))("gps_in_a_zip_in_a_zip")
with_file("MK682 MK751", "stimuli/i01.jpg", gps)("photo_with_gps_among_the_stimuli")
with_file(
    "MK751",
    "page.html",
    lambda: b'<img src="data:image/jpeg;base64,%s">' % base64.b64encode(gps()),
)("gps_in_a_page")
with_file("MK753", "stimuli.bak", lambda: SOURCE)("the_raw_photo")
with_file("MK753", "template.json", lambda: b"68 points")("a_template")
with_file("MK753", "old.zip", lambda: zipped(i01=SOURCE))("the_raw_photo_in_a_zip")
with_file("MK753", "page.htm", lambda: b"data:image/jpeg;base64," + base64.b64encode(SOURCE))(
    "the_raw_photo_in_a_page"
)

# ---- words

with_file("MK754", "notes.txt", lambda: b"\nfrom /home/grace/faces/i01.jpg\n")("home_folder")
with_file("MK754", "packages/p/x.csv", lambda: rb"file,C:\Users\grace\i01.jpg")("home_on_windows")
with_file("MK754", "x.json", lambda: rb'{"from": "D:\\study\\raw"}')("drive_in_json")
with_file("MK754", "x.txt", lambda: rb"see \\ward7\infants")("file_server")
with_file("MK754", "x.md", lambda: b"file:///srv/faces/i01.jpg")("file_address")
with_file("MK754", "x.md", lambda: "/Users/grace/x".encode("utf-16"))("home_in_utf_16")
with_file("MK754", "x.md", lambda: b"ask grace@ward7.hospital.org")("mail_address")
with_file(
    "MK754",
    "book.xlsx",
    lambda: zipped(**{"docProps/core.xml": b"<dc:creator>Grace</dc:creator>"}),
)("workbook_that_says_who_saved_it")


with_file("MK756", "x.zip", lambda: zipped(a=b"some text" * 99)[:-30])("broken_zip")
with_file("MK756", "x.tar.gz", lambda: b"\x1f\x8b\x08" + bytes(20))("archive_of_another_kind")


@deep("MK754")
def a_source_is_a_place_on_a_disk(values: Tiny) -> None:
    values.block["sources"][1]["source"] = "/home/grace/faces"


@deep("MK754")
def a_source_is_a_place_from_the_root_on(values: Tiny) -> None:
    for source in values.block["sources"][1:3]:  # one finding: it is the same text
        source["source"] = "our server, /srv/data/lab"


@deep("MK704", "MK754")
def a_scope_names_a_place(values: Tiny) -> None:
    values.block["sources"][0]["consent_scope"] = "see /srv/papers/consent.pdf"


@deep("MK755")
def identity_is_a_name(values: Tiny) -> None:
    values.rows = [row for row in values.rows if row["identity"] == "i01"]
    kept = {row["image_file"] for row in values.rows}
    values.images = {name: image for name, image in values.images.items() if name in kept}
    for part in ("sources", "anchors"):
        values.block[part] = [one for one in values.block[part] if one["identity"] == "i01"]
        for one in values.block[part]:
            one["identity"] = "grace"
    for row in values.rows:
        image = values.images.pop(row["image_file"])
        for column in ("stimulus_id", "image_file", "identity"):
            row[column] = row[column].replace("i01", "grace")
        values.images[row["image_file"]] = image


@shallow("MK606")
def link_to_a_photo_elsewhere(folder: Path, values: Tiny) -> None:
    secret = folder.with_name(f"{folder.name} secret.jpg")
    secret.write_bytes(jpeg())
    try:
        (folder / "cover.jpg").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")


@shallow("MK752", "MK751")
def thumbnail_in_a_png(folder: Path, values: Tiny) -> None:
    data = png(photo("i01", "happy"))
    (folder / "cover.png").write_bytes(data[:33] + chunk(b"eXIf", b"MM\0*") + data[33:])
