"""Seeded bad sets: manifests that contradict themselves, stale scales, faults across a set."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from bad_sets import deep, rewrite_table, set_level, shallow
from tiny_set import Tiny, photo, pixel_hash

# ---- what can be derived again


def described(values: Tiny) -> list[dict[str, Any]]:
    """Describe table and images as a build does, and return the resources."""
    kinds = {"frame": "integer", "width_px": "integer", "height_px": "integer"}
    kinds |= dict.fromkeys(("morph_level", "percent"), "number")
    kinds |= {f"weight_{what}": "number" for what in ("distressed", "happy", "neutral")}
    fields = [{"name": name, "type": kinds.get(name, "string")} for name in values.rows[0]]
    for one in values.manifest["resources"]:
        one |= {"format": "png", "mediatype": "image/png"}
    table = values.manifest["resources"][0]
    table |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    table["schema"] = {"fields": fields, "primaryKey": "stimulus_id"}
    found: list[dict[str, Any]] = values.manifest["resources"]
    return found


@shallow("MK691")
def resource_with_another_name(folder: Path, values: Tiny) -> None:
    described(values)[3]["name"] = "face"
    values.write_manifest(folder)


@shallow("MK691")
def resource_called_a_jpeg(folder: Path, values: Tiny) -> None:
    described(values)[3]["mediatype"] = "image/jpeg"
    values.write_manifest(folder)


@shallow("MK691")
def resource_listed_twice(folder: Path, values: Tiny) -> None:
    resources = described(values)
    resources.append(resources[3])
    values.write_manifest(folder)


@shallow("MK691")
def schema_lacks_a_column(folder: Path, values: Tiny) -> None:
    del described(values)[0]["schema"]["fields"][4]
    values.write_manifest(folder)


@shallow("MK691")
def schema_calls_a_level_a_text(folder: Path, values: Tiny) -> None:
    described(values)[0]["schema"]["fields"][6]["type"] = "string"
    values.write_manifest(folder)


@shallow("MK691")
def table_has_a_column_that_nobody_describes(folder: Path, values: Tiny) -> None:
    schema = described(values)[0]["schema"]
    for row in values.rows:
        row["rating"] = "3"
    rewrite_table(folder, values)
    values.manifest["resources"][0]["schema"] = schema
    values.write_manifest(folder)


@deep("MK692")
def sealed_by_another_hash(values: Tiny) -> None:
    values.block["seal"] = "0" * 64


ANSWERS = [
    {"key": "f", "button": 0, "label": "distressed", "level": -1},
    {"key": "j", "button": 1, "label": "happy", "level": 1},
]


@deep("MK696")
def answers_exchanged(values: Tiny) -> None:
    a, b = deepcopy(ANSWERS)
    a["label"], b["label"] = b["label"], a["label"]
    values.block["response_map"] = [a, b]


@deep("MK696")
def answer_for_another_level(values: Tiny) -> None:
    values.block["response_map"] = [{**ANSWERS[0], "level": 0}, ANSWERS[1]]


@deep("MK697")
def licence_of_a_source_is_not_the_sets(values: Tiny) -> None:
    values.block["sources"][2]["licence"] = "CC BY-NC 4.0"
    values.manifest["licenses"] = [{"name": "CC0-1.0", "title": "CC0-1.0"}]


@deep("MK697")
def licence_that_no_source_declares(values: Tiny) -> None:
    values.manifest["licenses"] = [{"name": "CC0-1.0", "title": "CC0-1.0"}]


@deep("MK698")
def engine_option_is_not_the_recipes(values: Tiny) -> None:
    values.block["engine"]["options"] = {"light": "srgb"}


@deep("MK698")
def set_is_not_called_as_its_recipe(values: Tiny) -> None:
    values.manifest["name"] = "small"


@deep("MK699")
def photo_that_nothing_is_made_of(values: Tiny) -> None:
    more = deepcopy(values.block["sources"][0])
    more |= {"expression": "sad", "sha256": "1" * 64}
    values.block["sources"].append(more)


@deep("MK699")
def anchor_that_nothing_is_made_of(values: Tiny) -> None:
    more = deepcopy(values.block["anchors"][0])
    more |= {"expression": "sad", "pixel_sha256": "1" * 64}
    values.block["anchors"].append(more)


# ---- scales


def scale(values: Tiny) -> dict[str, Any]:
    """Give the set a fresh scale, and return it."""
    pixels = {
        row["stimulus_id"]: pixel_hash(values.images[row["image_file"]]) for row in values.rows
    }
    found = {
        **{"morphkit_scale": 1, "unit": "JND", "basis": "2afc", "levels": [-1.0, 0.0, 1.0]},
        **{"intensities": [-3.0, 0.5, 4.0], "pse": {"level": -0.1, "low": -0.2, "high": 0.05}},
        **{"observers": 20, "trials": 900, "pixel_sha256": pixels},
    }
    values.block["scales"] = {"observers": found}
    return found


def calibrate(values: Tiny) -> None:
    """Give every row the intensity that the scale has at its level."""
    scale(values)
    for row in values.rows:
        level = float(row["morph_level"])
        row["intensity"] = repr(0.5 + 3.5 * level)
        row["intensity_unit"] = "JND"


@deep("MK678")
def scale_of_other_pixels(values: Tiny) -> None:
    scale(values)["pixel_sha256"]["i01_dis_hap_003"] = "2" * 64


@deep("MK678")
def scale_of_another_set(values: Tiny) -> None:
    scale(values)["pixel_sha256"]["i09_dis_hap_003"] = "2" * 64


SPOILT: dict[str, Any] = {
    "unit": "",
    "levels": [-1.0, 1.0, 0.0],
    "intensities": [-3.0, 4.0],
    "pse": {"level": -0.1, "low": 0.0, "high": 0.05},
    "observers": 0,
    "pixel_sha256": {},
}


def _spoilt(key: str, value: object) -> None:
    def change(values: Tiny) -> None:
        scale(values)[key] = value

    change.__name__ = f"scale_without_true_{key}"
    deep("MK679")(change)


for _key, _value in SPOILT.items():
    _spoilt(_key, _value)


@deep("MK679")
def scale_whose_pse_has_no_interval(values: Tiny) -> None:
    del scale(values)["pse"]["high"]


@deep("MK680")
def intensity_off_the_scale(values: Tiny) -> None:
    calibrate(values)
    values.row("i01", "dis_hap", 2)["intensity"] = "0.75"


@deep("MK680")
def intensity_on_an_unknown_scale(values: Tiny) -> None:
    calibrate(values)
    values.row("i01", "dis_hap", 2)["intensity_unit"] = "rating"


@deep("MK680")
def intensity_without_a_scale(values: Tiny) -> None:
    calibrate(values)
    values.block["scales"] = {}


# ---- across a set


@shallow("MK627")
def file_in_other_case(folder: Path, values: Tiny) -> None:
    (folder / "Stimuli.csv").write_text("mine", encoding="utf-8")
    if (folder / "stimuli.csv").read_text(encoding="utf-8") == "mine":
        pytest.skip("this file system takes both for one")


@shallow("MK627")
def file_with_accents_written_in_two_ways(folder: Path, values: Tiny) -> None:
    (folder / "caf\u00e9.txt").write_text("a", encoding="utf-8")
    (folder / "cafe\u0301.txt").write_text("b", encoding="utf-8")
    if len(list(folder.glob("caf*"))) == 1:
        pytest.skip("this file system takes both for one")


@shallow("MK606")
def file_that_windows_does_not_take(folder: Path, values: Tiny) -> None:
    try:
        (folder / "why?.txt").write_text("a", encoding="utf-8")
    except OSError:
        pytest.skip("this system doesn't take it")


@deep("MK693")
def an_infant_without_a_continuum_that_all_have(values: Tiny) -> None:
    values.block["continua"][0]["identities"] = ["i01"]
    gone = [r for r in values.rows if (r["identity"], r["continuum"]) == ("i02", "dis_hap")]
    for row in gone:
        values.rows.remove(row)
        del values.images[row["image_file"]]


@shallow("MK694")
def practice_face_in_the_test(folder: Path, values: Tiny) -> None:
    lines = ["stimulus_id,list", "i01_dis_hap_001,practice", "i02_dis_hap_001,test"]
    place = folder / "packages" / "mine"
    place.mkdir(parents=True)
    (place / "trials.csv").write_text("\n".join([*lines, "i01_neu_hap_002,test"]), encoding="utf-8")


@shallow("MK694")
def training_block_with_an_infant_of_the_test(folder: Path, values: Tiny) -> None:
    for row in values.rows:
        row["block"] = "2" if row["identity"] == "i02" else "3"
    values.row("i02", "dis_hap", 1)["block"] = "Training 1"
    rewrite_table(folder, values)


@deep("MK695")
def one_photo_of_two_infants(values: Tiny) -> None:
    values.block["sources"][3]["sha256"] = values.block["sources"][0]["sha256"]


@deep("MK695", "MK455", "MK454")
def one_photo_copied_and_saved_anew(values: Tiny) -> None:
    values.block["anchors"][5]["pixel_sha256"] = pixel_hash(photo("i02", "distressed"))
    for row in values.rows:
        if (row["identity"], row["weight_neutral"]) == ("i02", "1.0"):
            values.images[row["image_file"]] = photo("i02", "distressed")


@deep("MK666", "MK668", "MK451", "MK452")
def direct_and_through_neutral_in_one_continuum(values: Tiny) -> None:
    row = values.row("i01", "dis_hap", 2)
    image = values.images[row["image_file"]]
    set_level(values, "i01", "dis_hap", 2, -0.5)
    row |= {"morph_path": "through-neutral", "weight_distressed": "0.5"}
    row |= {"weight_neutral": "0.5", "weight_happy": "0.0"}
    values.images[row["image_file"]] = image
