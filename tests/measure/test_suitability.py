"""Each doubt is found in the pair that was spoiled for it, and not in good pairs."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from portraits import EXPRESSIONS, INFANTS, blurred, infant, moved, real, relit, resized

from morphkit.errors import Finding
from morphkit.faces.face import Face, Landmarks
from morphkit.faces.scheme import scheme
from morphkit.measure.facts import Facts, facts
from morphkit.measure.shading import Light
from morphkit.measure.suitability import pair_doubts, photo_doubts
from morphkit.study.recipe import LIMITS
from morphkit.validate.rules import RULES

NAMES = ("distressed", "happy")
ISOLATED = {"MK110", "MK111", "MK112", "MK113", "MK114", "MK115", "MK310", "MK311", "MK312"}


def told(one: Face, other: Face, composited: bool = True, **limits: float) -> list[Finding]:
    pair = facts(one.image, one.landmarks), facts(other.image, other.landmarks)
    found = pair_doubts("infant01", NAMES, pair, {**LIMITS, **limits}, composited=composited)
    for doubt in found:
        assert doubt.file == "infant01 distressed–happy"
        assert (doubt.severity, RULES[doubt.code].severity) == ("warning", "warning")
        assert doubt.message.endswith(".")
        assert doubt.measured > doubt.limit == {**LIMITS, **limits}[RULES[doubt.code].limit]
    return found


def codes(one: Face, other: Face, composited: bool = True, **limits: float) -> set[str]:
    return {doubt.code for doubt in told(one, other, composited, **limits)}


def only(pair: tuple[Facts, Facts], composited: bool = True) -> Finding:
    (doubt,) = pair_doubts("i01", NAMES, pair, LIMITS, composited=composited)
    return doubt


# ---- hand-made facts


def test_the_limits_are_those_of_the_recipe() -> None:
    assert {RULES[code].limit for code in ISOLATED} < set(LIMITS)


def test_nothing_known_nothing_doubted() -> None:
    assert pair_doubts("i01", NAMES, (Facts(), Facts()), LIMITS, composited=False) == []
    assert photo_doubts("i01 happy", Facts(), 9.0, LIMITS) == []


@pytest.mark.parametrize(
    "nose, words",
    [
        (
            (0.06, 0.42),
            "5.9 % of the eye distance to the infant's left (turn) and 2.0 % down (nod)",
        ),
        ((-0.09, 0.4), "9.1 % of the eye distance to the infant's right (turn) and 0.0 % up (nod)"),
        ((0.0, 0.34), "0.1 % of the eye distance to the infant's right (turn) and 6.0 % up (nod)"),
    ],
)
def test_pose(nose: tuple[float, float], words: str) -> None:
    doubt = only((Facts(nose=(0.001, 0.4)), Facts(nose=nose)))
    assert doubt.code == "MK310"
    assert words in doubt.message and "more than 5 %" in doubt.message
    assert doubt.measured == pytest.approx(max(abs(nose[0] - 0.001), abs(nose[1] - 0.4)))


def test_a_pose_at_the_limit_is_none() -> None:
    pair = Facts(nose=(0.0, 0.4)), Facts(nose=(0.049, 0.36))
    assert pair_doubts("i01", NAMES, pair, LIMITS, composited=True) == []


@pytest.mark.parametrize("one, other", [(200.0, 300.0), (300.0, 200.0)])
def test_scale(one: float, other: float) -> None:
    doubt = only((Facts(eye_distance=one), Facts(eye_distance=other)))
    assert (doubt.code, doubt.measured) == ("MK311", 1.5)
    assert f"{one:.0f} px apart in distressed and {other:.0f} px in happy" in doubt.message


def test_light_and_exposure() -> None:
    pair = Facts(light=Light(-1.0, 0.2, 0.1)), Facts(light=Light(-2.0, -0.2, -0.5))
    found = pair_doubts("i01", NAMES, pair, LIMITS, composited=True)
    assert [(d.code, d.measured) for d in found] == [
        ("MK113", 0.4),
        ("MK114", 0.6),
        ("MK115", 1.0),
    ]
    assert "+0.20 stops per eye distance in distressed and by -0.20 in happy" in found[0].message
    assert "2.00 times as bright in distressed" in found[2].message


def test_texture() -> None:
    """ln amplitudes that fall by 0.5 more over the bands' ln(√2)·3."""
    one, other = (0.0, 0.0, 0.0, 0.0), (0.0, -0.1, -0.2, -0.3)
    doubt = only((Facts(texture=one), Facts(texture=other)))
    slope = 0.1 / np.log(np.sqrt(2))
    assert (doubt.code, doubt.measured) == ("MK112", pytest.approx(slope, abs=1e-3))
    assert doubt.message.startswith("happy is blurred against the other photo")
    again = only((Facts(texture=other), Facts(texture=one)))
    assert again.message.startswith("distressed is blurred")


def test_openings_count_where_the_engine_does_not_composite() -> None:
    both = frozenset(["mouth", "right_eye", "left_eye"])
    wide = Facts(openings=(("mouth", 0.3), ("right_eye", 0.1)), parted=both)
    shut = Facts(openings=(("mouth", 0.0), ("right_eye", 0.02)), parted=both)
    assert pair_doubts("i01", NAMES, (wide, shut), LIMITS, composited=True) == []
    doubt = only((wide, shut), composited=False)
    assert (doubt.code, doubt.measured) == ("MK312", 0.3)
    assert "mouth 0.30 and 0.00, right eye 0.10 and 0.02 eye distances" in doubt.message
    coarse = replace(shut, parted=frozenset(["right_eye"]))
    assert "mouth 0.30" in only((wide, coarse)).message
    assert "right eye" not in only((wide, coarse)).message


def test_pixels_of_a_photo() -> None:
    (small,) = photo_doubts("i01 happy", Facts(eye_distance=80.0), 3.0, LIMITS)
    assert (small.code, small.file, small.measured) == ("MK110", "i01 happy", 80.0)
    (large,) = photo_doubts("i01 happy", Facts(eye_distance=110.0), 2.5, LIMITS)
    assert (large.code, large.measured, large.limit) == ("MK111", 2.5, 2.0)
    assert "2.50 times enlarged" in large.message and "84 %" in large.message
    assert photo_doubts("i01 happy", Facts(eye_distance=100.0), 2.0, LIMITS) == []


# ---- infants


@pytest.mark.parametrize("identity", INFANTS)
def test_good_pairs_have_no_doubt(identity: str) -> None:
    for one, other in combinations(EXPRESSIONS, 2):
        assert codes(infant(identity, one), infant(identity, other)) == set()


@pytest.mark.parametrize("identity", INFANTS)
@pytest.mark.parametrize("one, other", [("distressed", "happy"), ("neutral", "happy")])
def test_a_spoiled_photo_is_found_by_its_code(identity: str, one: str, other: str) -> None:
    first, second = infant(identity, one), infant(identity, other)
    assert codes(first, blurred(second, 1.25)) == {"MK112"}
    assert "happy is blurred" in told(first, blurred(second, 1.25))[0].message
    assert codes(first, resized(second, 0.7)) == {"MK311"}
    assert codes(first, moved(second, ["ibug31"], (0.06, 0))) == {"MK310"}
    assert codes(first, moved(second, ["ibug31"], (0, -0.07))) == {"MK310"}
    assert codes(first, relit(second, level=-1)) == {"MK115"}
    assert codes(first, relit(second, across=-0.5)) == {"MK113"}


@pytest.mark.parametrize("identity", INFANTS)
@pytest.mark.parametrize("one, other", list(combinations(EXPRESSIONS, 2)))
def test_light_from_the_other_side(identity: str, one: str, other: str) -> None:
    mirrored = infant(identity, other).mirrored()
    assert codes(infant(identity, one), mirrored) - {"MK310"} == {"MK113"}


@pytest.mark.parametrize("identity", INFANTS)
def test_light_from_below(identity: str) -> None:
    face = infant(identity, "neutral")
    assert "MK114" in codes(face, relit(infant(identity, "happy"), down=0.9))
    assert codes(face, relit(face, down=-0.6)) - {"MK115"} == {"MK114"}


def test_what_is_no_doubt() -> None:
    """Tilt, a little blur, half the resolution's detail, and openings that are composited."""
    first, second = infant("infant01", "distressed"), infant("infant01", "happy")
    x, y = second.landmarks.points.T
    side = second.image.shape[1] - 1
    turned = Face(
        np.rot90(second.image).copy(), second.landmarks.replaced(np.stack([y, side - x], axis=1))
    )
    assert codes(first, turned) == set()
    assert codes(first, blurred(second, 0.5)) == set()
    assert codes(first, second, composited=False) == {"MK312"}
    assert codes(first, resized(second, 0.5), scale_ratio=2.1) == set()


def test_a_limit_of_the_recipe_holds() -> None:
    first, second = infant("infant01", "distressed"), infant("infant01", "happy")
    assert codes(first, blurred(second, 1.25), texture_difference=0.8) == set()
    assert "MK113" in codes(first, second, light_across=0.001)


def test_other_schemes_skip_what_they_lack() -> None:
    first, second = infant("infant01", "distressed"), infant("infant01", "happy")
    bare = replace(scheme("ibug68"), name="bare", nose_tip=(), groups=(), apertures=(), mirror=None)
    spoiled = moved(resized(second, 0.7), ["ibug31"], (0.2, 0.2))
    one, other = (Face(f.image, Landmarks(bare, f.landmarks.points)) for f in (first, spoiled))
    assert codes(one, other, composited=False) == {"MK311"}


# ---- real faces


def test_real_pairs_have_no_doubt(shared: Path) -> None:
    """Eight people, neutral and smiling, one camera; automatic landmarks."""
    folder = shared / "real_faces" / "london"
    pairs = sorted({path.stem[:3] for path in (folder / "auto68").glob("*.pts")})
    assert len(pairs) == 8
    for person in pairs:
        names = [f"{person}_{expression}" for expression in ("neutral", "smiling")]
        one, other = (real(folder / f"{n}.jpg", folder / "auto68" / f"{n}.pts") for n in names)
        assert codes(one, other) == set(), person


def test_real_bad_pairs_are_found(shared: Path) -> None:
    """Another room, pose and size; a camera at 15 and at 60 centimetres."""
    rooms = [
        real(
            *(
                (shared / "real_faces" / "lisa" / f"lisa{n}").with_suffix(s)
                for s in (".jpg", ".tem")
            )
        )
        for n in (1, 2)
    ]
    assert codes(*rooms) == {"MK310", "MK311", "MK113", "MK114", "MK115"}
    near = [
        real(*((shared / "real_faces" / "zoom" / n).with_suffix(s) for s in (".jpg", ".tem")))
        for n in ("15cm", "60cm")
    ]
    assert codes(*near) == {"MK310", "MK311", "MK112"}
