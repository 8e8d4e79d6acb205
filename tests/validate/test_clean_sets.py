"""Twenty sets as they are built from good photos: no rule finds an error in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_set import built, recipe

from morphkit.validate import validate

DIRECT = "{{name: dis_hap, path: direct, from: distressed, to: happy, levels: {}}}"
THROUGH = (
    "{{name: thr_neu, path: through-neutral, from: distressed, via: neutral, to: happy, "
    "levels: {}}}"
)
NEUTRAL = "{{name: neu_hap, path: from-neutral, from: neutral, to: happy, levels: {}}}"
CRY = "{{name: neu_dis, path: from-neutral, from: neutral, to: distressed, levels: {}}}"


def text(*continua: str, align: str = "eyes", **sections: str) -> str:
    """The rest of a recipe: sections, then continua one to a line."""
    canvas = f"{{width: 256, height: 320, eye_distance: 85, align: {align}}}"
    head = "".join(f"{name}: {value}\n" for name, value in sections.items())
    head += f"canvas: {canvas}\n"
    return head + "continua:\n" + "".join(f"  - {one}\n" for one in continua)


CLEAN = {
    "direct_7": (("infant01",), text(DIRECT.format(7))),
    "direct_9": (("infant02",), text(DIRECT.format(9))),
    "direct_11": (("infant03",), text(DIRECT.format(11))),
    "direct_21": (("infant04",), text(DIRECT.format(21))),
    "direct_41": (("infant01",), text(DIRECT.format(41))),
    "bristol": (("infant02", "infant03"), text(DIRECT.format("bristol15"))),
    "through_9": (("infant01",), text(THROUGH.format(9))),
    "through_15": (("infant03",), text(THROUGH.format(15))),
    "through_21": (("infant04",), text(THROUGH.format(21))),
    "from_neutral_6": (("infant01",), text(NEUTRAL.format(6), CRY.format(6))),
    "from_neutral_11": (("infant04",), text(NEUTRAL.format(11), CRY.format(11))),
    "ambiguous_with_ends": (
        ("infant01", "infant04"),
        text(DIRECT.format(7), DIRECT.replace("dis_hap", "ambig").format("ambiguous5")),
    ),
    "uneven_as_declared": (
        ("infant03",),
        text(DIRECT.format("[-1, -0.6, -0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6, 1]")),
    ),
    "hull": (("infant01",), text(DIRECT.format(9), mask="{shape: hull, feather: 4}")),
    "no_mask": (("infant03",), text(DIRECT.format(9), mask="{shape: none}")),
    "grey": (
        ("infant01", "infant03"),
        text(
            DIRECT.format(9),
            equalise="{luminance: set, contrast: set}",
            output="{greyscale: true}",
        ),
    ),
    "equalised_in_colour": (
        ("infant03",),
        text(THROUGH.format(9), equalise="{luminance: identity, contrast: identity}"),
    ),
    "procrustes": (("infant01",), text(DIRECT.format(9), align="procrustes")),
    "prototype": (
        ("infant01", "infant03"),
        text(
            DIRECT.replace("levels", "identities: [mean], levels").format(9),
            prototypes="[{name: mean, identities: all}]",
        ),
    ),
    "two_paths": (("infant03",), text(DIRECT.format(9), THROUGH.format(9), NEUTRAL.format(5))),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_set_has_no_error(name: str, tmp_path: Path) -> None:
    infants, rest = CLEAN[name]
    report = validate(built(tmp_path, recipe(rest, infants)))
    errors = [str(found) for found in report.findings if found.severity == "error"]
    assert errors == []
    assert report.verdict == "valid"


def test_there_are_twenty() -> None:
    assert len(CLEAN) == len({recipe(rest, who) for who, rest in CLEAN.values()}) == 20
