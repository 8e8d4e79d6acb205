"""Seeded bad pictures: sets whose papers agree, and whose pictures are not what they say.

Each is what a lab could do to a set: a frame of another set put in, one that was retouched,
blurred or saved by another program, a continuum made by dissolving photos.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from misplaced import misplaced_faces
from real_set import DIRECT, ONE, fine, real, recipe, wide
from scipy.ndimage import gaussian_filter
from tiny_set import Tiny

WHO, FIRST, LAST, MIDDLE = "infant01", 1, 15, 8


@dataclass(frozen=True)
class BadPicture:
    """A defect, and codes that a full validation must report for it."""

    name: str
    codes: frozenset[str]
    change: Callable[[Tiny], None]
    clean: Callable[[], Tiny]

    def make(self) -> Tiny:
        """The bad set."""
        values = self.clean()
        self.change(values)
        return values


BAD_PICTURES: list[BadPicture] = []


def seeded(
    *codes: str, clean: Callable[[], Tiny] = real
) -> Callable[[Callable[[Tiny], None]], Callable[[Tiny], None]]:
    def note(change: Callable[[Tiny], None]) -> Callable[[Tiny], None]:
        BAD_PICTURES.append(BadPicture(change.__name__, frozenset(codes), change, clean))
        return change

    return note


def decoded(image: np.ndarray) -> np.ndarray:
    """Linear light of sRGB codes (IEC 61966-2-1)."""
    share = image / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    share = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * share).astype(np.uint8)


def inside(image: np.ndarray) -> np.ndarray:
    return (image != image[0, 0]).any(axis=2, keepdims=True)


def frame(values: Tiny, number: int, continuum: str = "dis_hap") -> np.ndarray:
    return values.image(WHO, continuum, number)


def put(values: Tiny, number: int, image: np.ndarray, continuum: str = "dis_hap") -> None:
    values.images[values.row(WHO, continuum, number)["image_file"]] = image


def relit(image: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Change the light of the face, not the background."""
    return np.where(inside(image), encoded(change(decoded(image))), image)


def every(values: Tiny, change: Callable[[float, np.ndarray], np.ndarray]) -> None:
    """Change all frames of the direct continuum but the photos at its ends, by share 0…1."""
    for number in range(FIRST + 1, LAST):
        share = (number - FIRST) / (LAST - FIRST)
        put(values, number, change(share, frame(values, number)))


def mixed(values: Tiny, share: float, *, light: bool) -> np.ndarray:
    """What a picture program makes of the two ends."""
    a, b = frame(values, FIRST), frame(values, LAST)
    if light:
        return encoded((1 - share) * decoded(a) + share * decoded(b))
    return np.rint((1 - share) * a + share * b).astype(np.uint8)


# ---- a frame of another level, or of another place


@seeded("MK459")
def a_step_moved_by_half_a_step(values: Tiny) -> None:
    put(values, 6, fine().image(WHO, "dis_hap", 4 * 5 + 1 + 2))


@seeded("MK459")
def a_frame_half_a_step_too_early(values: Tiny) -> None:
    put(values, 11, fine().image(WHO, "dis_hap", 4 * 10 + 1 - 2))


@seeded("MK455")
def a_frame_that_is_its_neighbour(values: Tiny) -> None:
    put(values, 8, frame(values, 7))


@seeded("MK455", "MK459")
def a_duplicate_saved_by_another_program(values: Tiny) -> None:
    copy = frame(values, 7).copy()
    copy[160, 128, 0] ^= 1
    put(values, 8, copy)
    values.block["recipe"]["limits"]["duplicate_rmse"] = 1e-4


@seeded("MK454")
def two_frames_swapped(values: Tiny) -> None:
    a, b = frame(values, 7), frame(values, 9)
    put(values, 7, b)
    put(values, 9, a)


@seeded("MK155", "MK454", clean=wide)
def all_frames_in_reverse(values: Tiny) -> None:
    pictures = [frame(values, number) for number in range(FIRST, LAST + 1)]
    for number, picture in zip(range(FIRST, LAST + 1), reversed(pictures), strict=True):
        put(values, number, picture)


@seeded("MK155")
def the_two_ends_exchanged(values: Tiny) -> None:
    a, b = frame(values, FIRST), frame(values, LAST)
    put(values, FIRST, b)
    put(values, LAST, a)


@seeded("MK155", clean=wide)
def neutral_labelled_happy(values: Tiny) -> None:
    put(values, 11, frame(values, 1, "neu_hap"), "neu_hap")


@seeded("MK532", clean=wide)
def a_frame_of_the_other_infant(values: Tiny) -> None:
    put(values, 8, values.image("infant03", "dis_hap", 8))


def respaced(values: Tiny, places: Sequence[float]) -> None:
    """Show other levels than are declared: places 0…1 for the inner frames."""
    source = fine()
    for number, place in zip(range(FIRST + 1, LAST), places, strict=True):
        put(values, number, source.image(WHO, "dis_hap", 1 + round(56 * place)))


@seeded("MK460", "MK461")
def steps_that_grow(values: Tiny) -> None:
    respaced(values, [(k / 14) ** 1.6 for k in range(1, 14)])


@seeded("MK460", "MK461")
def steps_small_in_the_middle(values: Tiny) -> None:
    respaced(values, [0.5 + 4 * (k / 14 - 0.5) ** 3 for k in range(1, 14)])


@seeded("MK461")
def all_frames_a_step_ahead(values: Tiny) -> None:
    even = [k / 14 for k in range(1, 14)]
    respaced(values, [min(place + 0.1 * min(1, 4 * place, 4 - 4 * place), 1) for place in even])


@seeded("MK460", "MK461", "MK464")
def uneven_in_the_metric_that_was_asked_for(values: Tiny) -> None:
    values.block["recipe"]["spacing"] = {"scale": "rmse"}
    steps_that_grow(values)


@seeded("MK462", clean=wide)
def two_arms_that_look_alike(values: Tiny) -> None:
    """The way to happy comes back past the frames of the way from distressed."""
    for number in (10, 11, 12):
        back = frame(values, 16 - number, "thr_neu")
        ahead = frame(values, number, "thr_neu")
        put(values, number, encoded(0.97 * decoded(back) + 0.03 * decoded(ahead)), "thr_neu")


# ---- blurred, ghosted, dissolved


@seeded("MK529")
def a_blurred_middle(values: Tiny) -> None:
    image = frame(values, MIDDLE)
    light = gaussian_filter(decoded(image), (0.8, 0.8, 0))
    put(values, MIDDLE, np.where(inside(image), encoded(light), image))


@seeded("MK529")
def frames_blurred_towards_the_middle(values: Tiny) -> None:
    def blurred(share: float, image: np.ndarray) -> np.ndarray:
        sigma = 3 * share * (1 - share)
        light = gaussian_filter(decoded(image), (sigma, sigma, 0))
        return np.where(inside(image), encoded(light), image)

    every(values, blurred)


@seeded("MK529")
def frames_sharpened_towards_the_middle(values: Tiny) -> None:
    def sharper(share: float, image: np.ndarray) -> np.ndarray:
        light = decoded(image)
        detail = light - gaussian_filter(light, (1, 1, 0))
        return np.where(inside(image), encoded(light + 2 * share * (1 - share) * detail), image)

    every(values, sharper)


@seeded("MK529", "MK532")
def a_dissolved_middle(values: Tiny) -> None:
    put(values, MIDDLE, mixed(values, 0.5, light=False))


@seeded("MK529")
def every_frame_dissolved_as_codes(values: Tiny) -> None:
    every(values, lambda share, image: mixed(values, share, light=False))


@seeded("MK529")
def every_frame_dissolved_as_light(values: Tiny) -> None:
    every(values, lambda share, image: mixed(values, share, light=True))


def ghosted(image: np.ndarray, pixels: int) -> np.ndarray:
    """Two layers of one picture, apart by some pixels."""
    light = decoded(image)
    return np.where(inside(image), encoded((light + np.roll(light, pixels, 1)) / 2), image)


@seeded("MK532")
def a_frame_with_a_ghost(values: Tiny) -> None:
    put(values, 6, ghosted(frame(values, 6), 3))


@seeded("MK530")
def ghosts_that_grow_to_the_middle(values: Tiny) -> None:
    def doubled(share: float, image: np.ndarray) -> np.ndarray:
        light, weight = decoded(image), 2 * share * (1 - share)
        return np.where(
            inside(image), encoded((1 - weight) * light + weight * np.roll(light, 4, 1)), image
        )

    every(values, doubled)


@seeded("MK532")
def a_frame_from_a_wrong_template(values: Tiny) -> None:
    """The mouth of one photo delineated 3 px off, and nothing to mend it."""
    put(values, MIDDLE, misplaced("mouth").image(WHO, "dis_hap", MIDDLE))


@seeded("MK532")
def a_frame_retouched_at_the_mouth(values: Tiny) -> None:
    image = frame(values, 5).copy()
    y, x = 205, 105
    image[y : y + 24, x : x + 44] = np.clip(image[y : y + 24, x : x + 44] * 1.08, 0, 255)
    put(values, 5, image)


def misplaced(group: str) -> Tiny:
    """A set whose happy template is 3 px off, made without residual alignment."""
    text = DIRECT.replace("continua:", 'engine: {refine: "off", texture: "off"}\ncontinua:')
    return real(recipe(text, ONE, misplaced_faces(group, 3.0)))


# ---- light, contrast, colour


@seeded("MK526")
def a_middle_mixed_as_codes(values: Tiny) -> None:
    """Warped rightly, but mixed as encoded values."""
    text = DIRECT.replace("continua:", "engine: {light: srgb}\ncontinua:")
    put(values, MIDDLE, real(recipe(text, ONE)).image(WHO, "dis_hap", MIDDLE))


@seeded("MK526")
def one_frame_brighter(values: Tiny) -> None:
    put(values, 9, relit(frame(values, 9), lambda light: 1.015 * light))


@seeded("MK526")
def light_that_rises_and_falls(values: Tiny) -> None:
    every(values, lambda s, image: relit(image, lambda light: (1 + 0.16 * s * (1 - s)) * light))


@seeded("MK526")
def a_darker_middle(values: Tiny) -> None:
    every(values, lambda s, image: relit(image, lambda light: (1 - 0.12 * s * (1 - s)) * light))


@seeded("MK527")
def contrast_that_falls_in_the_middle(values: Tiny) -> None:
    def flatter(s: float, image: np.ndarray) -> np.ndarray:
        mean = decoded(image)[inside(image)[..., 0]].mean(axis=0)
        return relit(image, lambda light: mean + (1 - 0.6 * s * (1 - s)) * (light - mean))

    every(values, flatter)


@seeded("MK528")
def red_that_rises_and_falls(values: Tiny) -> None:
    tint = np.array([1.0, -0.25, -0.25])
    every(values, lambda s, image: relit(image, lambda x: x * (1 + 0.5 * s * (1 - s) * tint)))


@seeded("MK528")
def one_frame_of_other_colour(values: Tiny) -> None:
    put(values, 5, relit(frame(values, 5), lambda light: light * np.array([1.05, 1, 0.92])))


# ---- mask, place


@seeded("MK534")
def a_mask_moved_by_two_pixels(values: Tiny) -> None:
    image = frame(values, 6)
    whole = np.where(inside(image), image, np.roll(image, 2, 1))
    moved = np.roll(inside(image), 2, 1)
    put(values, 6, np.where(moved, whole, image[0, 0]).astype(np.uint8))


@seeded("MK534")
def a_face_moved_by_two_pixels(values: Tiny) -> None:
    put(values, 6, np.roll(frame(values, 6), 2, 0))


@seeded("MK534")
def a_corner_cut_off(values: Tiny) -> None:
    image = frame(values, 10).copy()
    image[:, :56] = image[0, 0]
    put(values, 10, image)


def anchor(values: Tiny, expression: str) -> dict:
    return next(
        one
        for one in values.block["anchors"]
        if (one["identity"], one["expression"]) == (WHO, expression)
    )


def placed(values: Tiny, change: Callable[[np.ndarray], np.ndarray]) -> None:
    one = anchor(values, "happy")
    one["landmarks"] = change(np.array(one["landmarks"])).tolist()


@seeded("MK535")
def a_face_that_grows(values: Tiny) -> None:
    placed(values, lambda points: (points - 128) * 1.02 + 128)


@seeded("MK536")
def a_face_that_turns(values: Tiny) -> None:
    turn = np.radians(1.5)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    placed(values, lambda points: (points - 128) @ turned + 128)


@seeded("MK537")
def a_face_that_moves(values: Tiny) -> None:
    placed(values, lambda points: points + np.array([0, 1.5]))


@seeded("MK531")
def layers_that_disagree(values: Tiny) -> None:
    values.block["label"] = "nominal"
    values.block["measures"]["residuals"][0]["after"]["mouth"] = {"mean": 1.0, "p95": 6.5}


@seeded("MK531")
def layers_that_disagree_on_average(values: Tiny) -> None:
    values.block["label"] = "nominal"
    values.block["measures"]["residuals"][0]["after"]["eyes"] = {"mean": 3.2, "p95": 3.0}


@seeded("MK533")
def a_mouth_that_pops(values: Tiny) -> None:
    row = values.row(WHO, "dis_hap", 5)
    row["weight_distressed"], row["weight_happy"] = row["weight_happy"], row["weight_distressed"]


@seeded("MK689")
def a_label_that_is_not_earned(values: Tiny) -> None:
    values.block["label"] = "perceptually calibrated"
