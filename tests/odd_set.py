"""A set with everything that is rare: gaps in the table, odd licences, ids that nearly agree."""

from __future__ import annotations

import dataclasses

from morphkit.study.entries import Share
from morphkit.study.manifest import StimulusSet
from package.conftest import make_set

LICENCE = 'Lab’s own "licence" <b>\n  {no} \\ ☺'
SECRET = "/home/somebody/photos"
"""A path that no file of a package may hold."""


def odd_set() -> StimulusSet:
    """Eight stimuli: half of them on no path, half of them with a calibrated place."""
    plain = make_set()
    rows = list(plain.stimuli)
    renamed = ["a_b1", "ab_1", "ab1", "ab1x2", *(f"i_{n}" for n in range(4))]
    for place, name in enumerate(renamed):
        known = place % 2 == 0
        rows[place] = dataclasses.replace(
            rows[place],
            stimulus_id=name,
            intensity=0.25 * place if known else None,
            intensity_unit='JND "wide", é' if known else None,
            p_happy=place / 10 if known else None,
            ambiguous=place == 4 if known else None,
            morph_path="transform" if place > 5 else rows[place].morph_path,
            morph_level=1.25 if place > 5 else rows[place].morph_level,
            percent=None if place > 5 else rows[place].percent,
        )
    block = plain.manifest.morphkit
    sources = [
        block.sources[0].model_copy(update={"licence": LICENCE, "source": "Zoë\tO'Brien & sons"}),
        *block.sources[1:],
    ]
    told = block.model_copy(
        update={
            "sources": sources,
            "recipe": {
                **block.recipe,
                "faces": SECRET,
                "scales": [{"scale": SECRET}],
                "spacing": {"scale": f"perceived: {SECRET}"},
                "packages": ["psychopy"],
            },
            "frame_weights": {
                "i_3": [
                    Share(identity=i, expression="happy", shape=0.5, colour=0.5, texture=0.5)
                    for i in dict.fromkeys(row.identity for row in rows)
                ]
            },
        }
    )
    manifest = plain.manifest.model_copy(update={"morphkit": told, "name": "odd_set-1"})
    return dataclasses.replace(plain, manifest=manifest, stimuli=tuple(rows))
