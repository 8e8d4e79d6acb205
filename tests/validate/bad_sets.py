"""The seeded bad sets: one small defect each, and the codes that must find it.

`deep` defects change the set's values and are written with hashes that agree; `shallow`
ones are done to the files afterwards.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tiny_set import Tiny, mixed, photo, pixel_hash, png, resource, table_text, tiny, weights


@dataclass(frozen=True)
class BadSet:
    """A defect, and exactly the codes that a full validation must report for it."""

    name: str
    codes: frozenset[str]
    make: Callable[[Path], None]


BAD_SETS: list[BadSet] = []


def deep(*codes: str) -> Callable[[Callable[[Tiny], None]], Callable[[Tiny], None]]:
    def note(change: Callable[[Tiny], None]) -> Callable[[Tiny], None]:
        def make(folder: Path) -> None:
            values = tiny()
            change(values)
            values.write(folder)

        BAD_SETS.append(BadSet(change.__name__, frozenset(codes), make))
        return change

    return note


def shallow(*codes: str) -> Callable[[Callable[[Path, Tiny], None]], object]:
    def note(change: Callable[[Path, Tiny], None]) -> object:
        def make(folder: Path) -> None:
            values = tiny()
            values.write(folder)
            change(folder, values)

        BAD_SETS.append(BadSet(change.__name__, frozenset(codes), make))
        return change

    return note


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def replace_image(folder: Path, values: Tiny, row: dict[str, str], data: bytes) -> None:
    """Put other bytes in a stimulus's place and mend every hash but that of the pixels."""
    (folder / row["image_file"]).write_bytes(data)
    others = [r for r in values.manifest["resources"] if r["path"] != row["image_file"]]
    entry = resource(row["stimulus_id"], row["image_file"], data)
    row["sha256"] = entry["hash"].removeprefix("sha256:")
    values.manifest["resources"] = [*others, entry]
    rewrite_table(folder, values)


def rewrite_table(folder: Path, values: Tiny) -> None:
    """Write the table as its rows are now, and mend its hash."""
    data = table_text(values.rows).encode()
    (folder / "stimuli.csv").write_bytes(data)
    others = [r for r in values.manifest["resources"] if r["path"] != "stimuli.csv"]
    values.manifest["resources"] = [resource("stimuli", "stimuli.csv", data), *others]
    values.write_manifest(folder)


def set_level(values: Tiny, identity: str, continuum: str, frame: int, level: float) -> None:
    """Give a frame another level, with the weights, percent and picture that go with it."""
    row = values.row(identity, continuum, frame)
    entry = next(e for e in values.block["continua"] if e["name"] == continuum)
    shares = dict(zip(entry["expressions"], weights(entry["path"], level), strict=True))
    row["morph_level"] = repr(level)
    row["percent"] = repr(50 * (level + 1))
    for name in ("distressed", "happy", "neutral"):
        row[f"weight_{name}"] = repr(shares.get(name, 0.0))
    values.images[row["image_file"]] = mixed(identity, shares)


# ---- manifest and table as such


@shallow("MK601")
def manifest_is_no_json(folder: Path, values: Tiny) -> None:
    (folder / "datapackage.json").write_text("{", encoding="utf-8")


@shallow("MK601")
def manifest_lacks_the_mesh(folder: Path, values: Tiny) -> None:
    del values.block["mesh"]
    values.write_manifest(folder)


@shallow("MK601")
def anchor_hash_is_a_word(folder: Path, values: Tiny) -> None:
    values.block["anchors"][0]["pixel_sha256"] = "unknown"
    values.write_manifest(folder)


@shallow("MK602")
def manifest_of_a_newer_schema(folder: Path, values: Tiny) -> None:
    values.block["schema_version"] = 2
    values.write_manifest(folder)


@shallow("MK603")
def table_lacks_a_column(folder: Path, values: Tiny) -> None:
    for row in values.rows:
        del row["pixel_sha256"]
    rewrite_table(folder, values)


@shallow("MK604")
def frame_is_a_word(folder: Path, values: Tiny) -> None:
    values.rows[3]["frame"] = "four"
    rewrite_table(folder, values)


@shallow("MK604")
def level_is_not_finite(folder: Path, values: Tiny) -> None:
    values.rows[3]["morph_level"] = "nan"
    rewrite_table(folder, values)


@shallow("MK676", "MK667", "MK682", "MK686")
def table_is_empty(folder: Path, values: Tiny) -> None:
    values.rows.clear()
    rewrite_table(folder, values)


# ---- files and bytes


@shallow("MK606")
def stimulus_is_a_link_out_of_the_set(folder: Path, values: Tiny) -> None:
    path = folder / values.rows[2]["image_file"]
    secret = folder.with_name(f"{folder.name} secret.png")
    path.rename(secret)
    try:
        path.symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")


@shallow("MK605")
def manifest_deleted(folder: Path, values: Tiny) -> None:
    (folder / "datapackage.json").unlink()


@shallow("MK681")
def stimulus_deleted(folder: Path, values: Tiny) -> None:
    (folder / values.rows[7]["image_file"]).unlink()


@shallow("MK681", "MK682")
def stimulus_renamed(folder: Path, values: Tiny) -> None:
    path = folder / values.rows[7]["image_file"]
    path.rename(path.with_name("i01_neu_hap_004b.png"))


@shallow("MK682")
def stray_file_among_stimuli(folder: Path, values: Tiny) -> None:
    (folder / "stimuli" / "copy.png").write_bytes(b"x")


@shallow("MK683", "MK685")
def one_pixel_changed(folder: Path, values: Tiny) -> None:
    row = values.rows[2]
    image = values.images[row["image_file"]].copy()
    image[40, 30, 1] ^= 1
    (folder / row["image_file"]).write_bytes(png(image))


@shallow("MK683")
def table_edited(folder: Path, values: Tiny) -> None:
    path = folder / "stimuli.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n", 1))


@shallow("MK683")
def manifest_gives_another_size(folder: Path, values: Tiny) -> None:
    values.manifest["resources"][3]["bytes"] += 1
    values.write_manifest(folder)


@shallow("MK684")
def row_gives_another_hash(folder: Path, values: Tiny) -> None:
    values.rows[4]["sha256"] = "0" * 64
    rewrite_table(folder, values)


@shallow("MK683", "MK684")
def file_row_and_manifest_all_differ(folder: Path, values: Tiny) -> None:
    values.rows[4]["sha256"] = "0" * 64
    rewrite_table(folder, values)
    values.manifest["resources"][5]["hash"] = "sha256:" + "1" * 64
    values.write_manifest(folder)


@shallow("MK685")
def pixels_changed_and_every_other_hash_mended(folder: Path, values: Tiny) -> None:
    row = values.rows[2]
    image = values.images[row["image_file"]].copy()
    image[40, 30, 1] ^= 1
    replace_image(folder, values, row, png(image))


@shallow("MK686")
def manifest_forgets_an_image(folder: Path, values: Tiny) -> None:
    del values.manifest["resources"][5]
    values.write_manifest(folder)


@shallow("MK686", "MK682", "MK664", "MK665", "MK457")
def row_deleted_and_hash_of_the_table_mended(folder: Path, values: Tiny) -> None:
    values.rows.remove(values.row("i01", "dis_hap", 3))
    rewrite_table(folder, values)


@shallow("MK686")
def manifest_forgets_the_table(folder: Path, values: Tiny) -> None:
    del values.manifest["resources"][0]
    values.write_manifest(folder)


@shallow("MK687", "MK661", "MK686", "MK682")
def row_points_out_of_the_set(folder: Path, values: Tiny) -> None:
    values.rows[4]["image_file"] = "../secret.png"
    rewrite_table(folder, values)


@shallow("MK687")
def manifest_points_out_of_the_set(folder: Path, values: Tiny) -> None:
    values.manifest["resources"].append(resource("x", "/etc/passwd", b""))
    values.write_manifest(folder)


# ---- pictures as files


@shallow("MK151", "MK683")
def stimulus_cut_short(folder: Path, values: Tiny) -> None:
    path = folder / values.rows[4]["image_file"]
    path.write_bytes(path.read_bytes()[:200])


@shallow("MK151")
def stimulus_is_a_text(folder: Path, values: Tiny) -> None:
    replace_image(folder, values, values.rows[4], b"not a picture")


@shallow("MK151")
def picture_data_broken(folder: Path, values: Tiny) -> None:
    row = values.rows[4]
    data = bytearray(png(values.images[row["image_file"]]))
    data[60] ^= 255
    replace_image(folder, values, row, bytes(data))


@shallow("MK152")
def stimulus_resized(folder: Path, values: Tiny) -> None:
    row = values.rows[2]
    replace_image(folder, values, row, png(values.images[row["image_file"]][::2, ::2]))


@shallow("MK153")
def stimulus_saved_grey(folder: Path, values: Tiny) -> None:
    row = values.rows[2]
    replace_image(folder, values, row, png(values.images[row["image_file"]][:, :, 0]))


@shallow("MK153")
def stimulus_saved_with_transparency(folder: Path, values: Tiny) -> None:
    row = values.rows[2]
    image = values.images[row["image_file"]]
    clear = np.full((*image.shape[:2], 1), 255, dtype=np.uint8)
    replace_image(folder, values, row, png(np.concatenate([image, clear], axis=2)))


@deep("MK154")
def one_infant_on_another_canvas(values: Tiny) -> None:
    for row in values.rows:
        if row["identity"] == "i02":
            row["height_px"] = "78"
            name = row["image_file"]
            values.images[name] = np.ascontiguousarray(values.images[name][:78])
    for anchor in values.block["anchors"]:
        if anchor["identity"] == "i02":
            image = np.ascontiguousarray(photo("i02", anchor["expression"])[:78])
            anchor["pixel_sha256"] = pixel_hash(image)


@deep("MK154")
def canvas_is_not_the_recipes(values: Tiny) -> None:
    values.block["recipe"]["canvas"]["height"] = 96


def _with_chunk(name: bytes, body: bytes) -> Callable[[Path, Tiny], None]:
    def change(folder: Path, values: Tiny) -> None:
        row = values.rows[4]
        data = png(values.images[row["image_file"]])
        replace_image(folder, values, row, data[:33] + chunk(name, body) + data[33:])

    change.__name__ = f"{name.decode()}_planted"
    return change


_GPS = bytes.fromhex("4d4d002a000000080001882500040000000100000000")
for _name, _body in (
    (b"eXIf", _GPS),
    (b"tEXt", b"Author\0somebody"),
    (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
    (b"tIME", b"\x07\xe8\x01\x01\x00\x00\x00"),
    (b"abCd", b"anything"),
):
    shallow("MK751")(_with_chunk(_name, _body))


@shallow("MK751")
def second_picture_behind_the_first(folder: Path, values: Tiny) -> None:
    row = values.rows[4]
    data = png(values.images[row["image_file"]])
    replace_image(folder, values, row, data + data)


# ---- names and order of rows


@deep("MK661")
def id_in_capitals(values: Tiny) -> None:
    row = values.row("i02", "thr_neu", 7)
    image = values.images.pop(row["image_file"])
    row["stimulus_id"] = "i02_thr_neu_X07"
    row["image_file"] = "stimuli/i02_thr_neu_X07.png"
    values.images[row["image_file"]] = image
    # a capital sorts before the digits' small neighbours, so only the law is broken


@deep("MK661")
def expression_that_heads_no_column(values: Tiny) -> None:
    for row in values.rows:
        row["weight_2"] = "0.0"


@deep("MK661")
def identity_is_a_device(values: Tiny) -> None:
    for part in ("sources", "anchors"):
        for entry in values.block[part]:
            entry["identity"] = entry["identity"].replace("i02", "nul")
    for row in values.rows:
        row["identity"] = row["identity"].replace("i02", "nul")


@deep("MK661")
def file_is_not_called_as_its_id(values: Tiny) -> None:
    row = values.row("i02", "thr_neu", 7)
    values.images["stimuli/other.png"] = values.images.pop(row["image_file"])
    row["image_file"] = "stimuli/other.png"


@deep("MK661", "MK662")
def id_twice(values: Tiny) -> None:
    first, second = values.row("i01", "dis_hap", 2), values.row("i01", "dis_hap", 3)
    second["stimulus_id"] = first["stimulus_id"]


@deep("MK627", "MK661", "MK662")
def ids_differ_in_case_only(values: Tiny) -> None:
    row = values.row("i01", "dis_hap", 1)
    image = values.images.pop(row["image_file"])
    row["stimulus_id"] = "i01_dis_haP_002"
    row["image_file"] = f"stimuli/{row['stimulus_id']}.png"
    values.images[row["image_file"]] = image


@deep("MK663")
def rows_shuffled(values: Tiny) -> None:
    values.rows[1], values.rows[2] = values.rows[2], values.rows[1]


@deep("MK663")
def ids_do_not_sort(values: Tiny) -> None:
    for old, new in (("003", "015"), ("004", "011")):
        row = values.row("i01", "neu_hap", int(old))
        image = values.images.pop(row["image_file"])
        row["stimulus_id"] = f"i01_neu_hap_{new}"
        row["image_file"] = f"stimuli/{row['stimulus_id']}.png"
        values.images[row["image_file"]] = image


@deep("MK664")
def frames_counted_from_zero(values: Tiny) -> None:
    for row in values.rows:
        row["frame"] = str(int(row["frame"]) - 1)


# ---- declarations


@deep("MK665", "MK451", "MK452")
def wrong_label(values: Tiny) -> None:
    # the picture stays, level and weights are another's
    row = values.row("i01", "dis_hap", 4)
    image = values.images[row["image_file"]]
    set_level(values, "i01", "dis_hap", 4, 0.25)
    values.images[row["image_file"]] = image


@deep("MK665", "MK451", "MK452", "MK673")
def levels_declared_off_the_path(values: Tiny) -> None:
    values.block["continua"][0]["levels"][-1] = 1.5


@deep("MK666", "MK667", "MK673")
def continuum_not_declared(values: Tiny) -> None:
    values.block["continua"][0]["name"] = "other"


@deep("MK666", "MK673")
def continuum_declared_twice(values: Tiny) -> None:
    values.block["continua"].append(values.block["continua"][0])


@deep("MK666")
def row_on_another_path(values: Tiny) -> None:
    values.rows[2]["morph_path"] = "through-neutral"


@deep("MK666", "MK673")
def path_with_an_expression_too_many(values: Tiny) -> None:
    values.block["continua"][0]["expressions"].insert(1, "neutral")


@deep("MK666", "MK671")
def infant_without_sources(values: Tiny) -> None:
    values.block["sources"] = values.block["sources"][:3]


@deep("MK667")
def infant_without_a_continuum(values: Tiny) -> None:
    values.rows = [
        row for row in values.rows if (row["identity"], row["continuum"]) != ("i02", "dis_hap")
    ]


@deep("MK668", "MK451", "MK452")
def weights_are_not_the_levels(values: Tiny) -> None:
    values.rows[1]["weight_distressed"] = "0.65"
    values.rows[1]["weight_happy"] = "0.35"


@deep("MK668", "MK669", "MK451", "MK452")
def weights_sum_to_more(values: Tiny) -> None:
    values.rows[1]["weight_neutral"] = "0.001"


@deep("MK670")
def percent_is_not_the_levels(values: Tiny) -> None:
    values.rows[1]["percent"] = "26.0"


@deep("MK671")
def anchor_missing(values: Tiny) -> None:
    del values.block["anchors"][1]


@deep("MK671")
def anchor_twice(values: Tiny) -> None:
    values.block["anchors"].append(values.block["anchors"][0])


@deep("MK671")
def anchor_lacks_a_landmark(values: Tiny) -> None:
    del values.block["anchors"][1]["landmarks"][5]


@deep("MK672")
def recipe_gone(values: Tiny) -> None:
    values.block["recipe"] = {}


@deep("MK672")
def recipe_with_an_unknown_limit(values: Tiny) -> None:
    values.block["recipe"]["limits"] = {"evenness": 1}


@deep("MK463")
def a_limit_that_a_label_rests_on_loosened(values: Tiny) -> None:
    values.block["recipe"]["limits"] = {"image_step_cv": 0.151, "photo_eye_distance": 50}


@deep("MK673")
def recipe_of_another_set(values: Tiny) -> None:
    values.block["recipe"]["continua"][0]["levels"] = 7


@deep("MK674", "MK680")
def intensity_without_unit(values: Tiny) -> None:
    for row in values.rows:
        row["intensity"] = "0.5"


@deep("MK674", "MK680")
def probability_above_one(values: Tiny) -> None:
    for row in values.rows:
        row["p_happy"] = "1.2"


@deep("MK674", "MK680")
def clear_face_called_ambiguous(values: Tiny) -> None:
    for row in values.rows:
        row["p_happy"], row["ambiguous"] = "0.9", "true"


@deep("MK675")
def mesh_with_a_point_too_few(values: Tiny) -> None:
    del values.block["mesh"]["points"][-1]


@deep("MK675")
def mesh_with_an_unknown_landmark(values: Tiny) -> None:
    values.block["mesh"]["landmarks"][0] = 99


@deep("MK302")
def mesh_with_a_folded_triangle(values: Tiny) -> None:
    values.block["mesh"]["triangles"][0].reverse()


# ---- endpoints, spacing, order


@deep("MK155")
def endpoint_blurred(values: Tiny) -> None:
    name = values.row("i01", "dis_hap", 5)["image_file"]
    image = values.images[name]
    values.images[name] = np.rint(image / 2 + np.roll(image, 1, axis=1) / 2).astype(np.uint8)


@deep("MK155", "MK454", "MK455")
def neutral_photo_of_another_infant(values: Tiny) -> None:
    name = values.row("i01", "thr_neu", 4)["image_file"]
    values.images[name] = photo("i02", "neutral")


@deep("MK451", "MK452", "MK457", "MK665")
def step_moved_by_half_a_step(values: Tiny) -> None:
    set_level(values, "i01", "dis_hap", 3, 0.25)


@deep("MK452", "MK457", "MK665")
def even_steps_that_drift(values: Tiny) -> None:
    for frame, level in ((2, -0.51), (3, -0.02), (4, 0.47), (5, 0.96)):
        set_level(values, "i02", "dis_hap", frame, level)


@deep("MK453", "MK665", "MK451", "MK452", "MK454")
def two_levels_exchanged(values: Tiny) -> None:
    set_level(values, "i01", "thr_neu", 2, -0.4)
    set_level(values, "i01", "thr_neu", 3, -0.7)


@deep("MK454")
def two_pictures_exchanged(values: Tiny) -> None:
    a, b = (values.row("i01", "dis_hap", frame)["image_file"] for frame in (2, 3))
    values.images[a], values.images[b] = values.images[b], values.images[a]


@deep("MK454")
def two_pictures_exchanged_through_neutral(values: Tiny) -> None:
    a, b = (values.row("i02", "thr_neu", frame)["image_file"] for frame in (5, 6))
    values.images[a], values.images[b] = values.images[b], values.images[a]


@deep("MK155", "MK454", "MK455")
def continuum_reversed(values: Tiny) -> None:
    names = [values.row("i01", "dis_hap", frame)["image_file"] for frame in range(1, 6)]
    pictures = [values.images[name] for name in names]
    values.images.update(zip(names, reversed(pictures), strict=True))


@deep("MK455")
def frame_doubled(values: Tiny) -> None:
    name = values.row("i01", "thr_neu", 3)["image_file"]
    values.images[name] = values.image("i01", "thr_neu", 2).copy()


@deep("MK455")
def frame_of_another_infant(values: Tiny) -> None:
    name = values.row("i01", "dis_hap", 3)["image_file"]
    values.images[name] = values.image("i02", "dis_hap", 3).copy()


@shallow("MK455", "MK685")
def frame_doubled_behind_the_tables_back(folder: Path, values: Tiny) -> None:
    row = values.row("i01", "dis_hap", 3)
    replace_image(folder, values, row, png(values.image("i01", "dis_hap", 2)))


@deep("MK456")
def frame_doubled_and_touched_up(values: Tiny) -> None:
    name = values.row("i01", "dis_hap", 3)["image_file"]
    values.images[name] = mixed("i01", {"distressed": 0.74, "happy": 0.26})


@deep("MK457", "MK665", "MK451", "MK452")
def midpoint_beside_the_middle(values: Tiny) -> None:
    set_level(values, "i01", "dis_hap", 3, 0.1)


@deep("MK458")
def photo_declared_for_a_blend(values: Tiny) -> None:
    values.block["continua"][0]["midpoint"] = "photo"


@deep("MK458")
def kind_of_midpoint_not_declared(values: Tiny) -> None:
    values.block["continua"][2]["midpoint"] = None


@deep("MK458")
def midpoint_declared_from_neutral(values: Tiny) -> None:
    values.block["continua"][1]["midpoint"] = "photo"
