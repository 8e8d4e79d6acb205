"""Seeded bad sets with prototypes, transforms and mixtures: one small defect each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bad_sets import BAD_SETS, BadSet
from tiny_operations import share_of, with_operations
from tiny_set import Tiny


def deep(*codes: str) -> Callable[[Callable[[Tiny], None]], Callable[[Tiny], None]]:
    def note(change: Callable[[Tiny], None]) -> Callable[[Tiny], None]:
        def make(folder: Path) -> None:
            values = with_operations()
            change(values)
            values.write(folder)

        BAD_SETS.append(BadSet(change.__name__, frozenset(codes), make))
        return change

    return note


@deep("MK677")
def a_photo_of_a_transform_has_another_weight(values: Tiny) -> None:
    values.block["frame_weights"]["i01_smile_002"][0]["shape"] += 0.01
    values.block["frame_weights"]["i01_smile_002"][1]["shape"] -= 0.01


@deep("MK677")
def only_the_colour_of_a_photo_has_another_weight(values: Tiny) -> None:
    values.block["frame_weights"]["i01_smile_002"][0]["colour"] += 0.01


@deep("MK677")
def a_photo_of_another_infant_is_not_listed(values: Tiny) -> None:
    del values.block["frame_weights"]["i01_smile_002"][1]


@deep("MK677")
def weights_of_a_plain_frame_are_listed(values: Tiny) -> None:
    listed = [share_of("i01", "distressed", 0.5), share_of("i01", "happy", 0.5)]
    values.block["frame_weights"]["i01_dis_hap_003"] = listed


@deep("MK677", "MK671")
def weights_of_a_prototype_are_missing(values: Tiny) -> None:
    del values.block["frame_weights"]["both_mix_001"]


@deep("MK665")
def an_amount_is_not_the_declared_one(values: Tiny) -> None:
    values.row("i01", "smile", 2)["morph_level"] = "0.6"


@deep("MK665")
def a_mixture_has_a_level(values: Tiny) -> None:
    values.row("both", "mix", 1)["morph_level"] = "-1.0"


@deep("MK670")
def a_transform_has_a_percentage(values: Tiny) -> None:
    values.row("i01", "smile", 2)["percent"] = "75.0"


@deep("MK668")
def the_table_gives_a_transform_other_weights(values: Tiny) -> None:
    row = values.row("i01", "smile", 2)
    row["weight_happy"], row["weight_neutral"] = "0.4", "0.6"


@deep("MK668", "MK669")
def weights_of_a_mixture_do_not_sum_to_one(values: Tiny) -> None:
    values.row("both", "mix", 1)["weight_happy"] = "0.3"


@deep("MK665", "MK673")
def a_transform_goes_too_far(values: Tiny) -> None:
    values.block["transforms"][0]["amounts"] = [0.0, 0.5, 1.0, 1.75]


@deep("MK673")
def the_recipe_has_another_mixture(values: Tiny) -> None:
    values.block["recipe"]["mixtures"][0]["weights"][0] = {"neutral": 1.0}


@deep("MK667")
def a_prototype_lacks_its_mixture(values: Tiny) -> None:
    gone = [row for row in values.rows if row["continuum"] == "mix"]
    values.rows = [row for row in values.rows if row["continuum"] != "mix"]
    for row in gone:
        del values.images[row["image_file"]]
        del values.block["frame_weights"][row["stimulus_id"]]


@deep("MK666")
def a_transform_is_called_a_path(values: Tiny) -> None:
    values.row("i01", "smile", 2).update(morph_path="direct", percent="75.0")


@deep("MK666")
def an_infant_has_a_mixture_that_is_not_declared_for_it(values: Tiny) -> None:
    values.block["mixtures"][0]["identities"] = ["both"]
    row = {**values.row("i01", "dis_hap", 3)}
    row.update(stimulus_id="i01_mix_001", image_file="stimuli/i01_mix_001.png")
    row.update(continuum="mix", morph_path="mixture", frame="1", morph_level="", percent="")
    values.images[row["image_file"]] = values.image("i01", "dis_hap", 3)
    values.rows.append(row)
    values.rows.sort(key=lambda one: one["stimulus_id"])


@deep("MK671")
def the_source_of_another_infants_photo_is_not_named(values: Tiny) -> None:
    # whose restrictions the frame has is then unknown
    values.block["continua"] = [c for c in values.block["continua"] if c["name"] == "dis_hap"]
    values.block["recipe"]["continua"] = values.block["recipe"]["continua"][:1]
    values.rows = [r for r in values.rows if r["continuum"] in ("dis_hap", "smile", "mix")]
    kept = {row["image_file"] for row in values.rows}
    values.images = {name: image for name, image in values.images.items() if name in kept}
    values.block["sources"] = [
        source
        for source in values.block["sources"]
        if (source["identity"], source["expression"]) != ("i02", "neutral")
    ]
