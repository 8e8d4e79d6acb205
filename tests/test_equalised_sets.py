"""Equalised sets, from recipe to PNG: statistics meet, and nothing else has moved."""

from __future__ import annotations

import importlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morphkit.build import build
from morphkit.control import first_pass
from morphkit.engine.color import WHITE, decode_table
from morphkit.engine.luminance import luminance
from morphkit.engine.spectrum import spectrum
from morphkit.errors import ImageError
from morphkit.files import read_set
from morphkit.plan import plan
from morphkit.study.shares import Photo
from tiny_study import RECIPE, photo_path, write_study

FULL = 1 << 15
rendering = importlib.import_module("morphkit.render")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """Return a function: lines of a recipe → (study, built set); each built once."""
    done: dict[str, tuple[Path, Path]] = {}

    def make(lines: str) -> tuple[Path, Path]:
        if lines not in done:
            study = write_study(tmp_path_factory.mktemp("study"), recipe=RECIPE + lines)
            done[lines] = study, build(study).folder
        return done[lines]

    return make


def light_of(folder: Path, row) -> np.ndarray:
    with Image.open(folder / row.image_file) as image:
        assert image.mode == "RGB"
        return decode_table("linear")[np.asarray(image)].astype(np.int64)


def spread(study: Path, folder: Path, identity: str = "") -> tuple[float, float]:
    """The worst coefficients of variation of mean luminance and RMS contrast, whatever counts
    as inside the mask: all that shows a face, half of it, or only it."""
    mask = plan(study).on.mask
    rows = [row for row in read_set(folder).stimuli if identity in ("", row.identity)]
    worst = np.zeros(2)
    for inside in (mask > 0, mask >= FULL // 2, mask == FULL):
        shown = [luminance(light_of(folder, row))[inside] / WHITE for row in rows]
        measured = np.array([(y.mean(), y.std() / y.mean()) for y in shown])
        worst = np.maximum(worst, measured.std(axis=0) / measured.mean(axis=0))
    return float(worst[0]), float(worst[1])


def measures(folder: Path) -> dict:
    return read_set(folder).manifest.morphkit.measures["equalise"]


def doubts(folder: Path) -> set[str]:
    return {doubt["code"] for doubt in read_set(folder).manifest.morphkit.doubts}


BOTH = "equalise: {luminance: set, contrast: set}\n"
OWN = "equalise: {luminance: identity, contrast: identity}\n"
OCTAVES = "equalise: {luminance: identity, contrast: identity, spectrum: identity}\n"
HISTOGRAM = "equalise: {histogram: set}\n"
EVERY = [BOTH, OWN, HISTOGRAM, "equalise: {spectrum: identity}\noutput: {greyscale: true}\n"]


def test_without_equalise_statistics_differ(made) -> None:
    """The checks below can fail."""
    light, contrast = spread(*made(""))
    assert light > 0.2 and contrast > 0.1
    assert max(spread(*made(""), identity)[0] for identity in ("infant01", "infant02")) > 0.02
    assert "equalise" not in read_set(made("")[1]).manifest.morphkit.measures


@pytest.mark.parametrize("lines", [BOTH, HISTOGRAM, BOTH + "output: {greyscale: true}\n"])
def test_over_the_set_statistics_are_equal_in_every_frame(made, lines: str) -> None:
    light, contrast = spread(*made(lines))
    assert light <= 0.01
    assert contrast <= 0.02


@pytest.mark.parametrize("identity", ["infant01", "infant02"])
def test_within_an_infant_statistics_are_equal_and_skin_tone_is_kept(made, identity: str) -> None:
    study, folder = made(OWN)
    light, contrast = spread(study, folder, identity)
    assert light <= 0.01
    assert contrast <= 0.02
    assert "MK523" not in doubts(folder)
    assert "MK523" in doubts(made(BOTH)[1]), "but over the set it is not"
    for anchor in measures(folder)["anchors"]:
        ratio = anchor["after"]["luminance"] / anchor["before"]["luminance"]
        assert 1 / 1.5 < ratio < 1.5
        before, after = (
            np.array(anchor[when]["colour"]) / anchor[when]["luminance"]
            for when in ("before", "after")
        )
        assert np.abs(after / before - 1).max() < 0.05, "hue and saturation"


def test_luminance_alone_leaves_contrast_as_it_is(made) -> None:
    study, folder = made("equalise: {luminance: set}\n")
    assert spread(study, folder)[0] <= 0.01
    for anchor in measures(folder)["anchors"]:
        assert set(anchor["target"]) == {"luminance"}
        assert anchor["after"]["contrast"] == pytest.approx(anchor["before"]["contrast"], rel=0.03)
    assert measures(folder)["pairs"] == []


@pytest.mark.parametrize("lines", EVERY)
def test_spacing_order_and_ends_stay(made, lines: str) -> None:
    """Levels, weights and landmarks are the plain set's; frames go from end to end in order."""
    plain, other = (read_set(made(x)[1]) for x in ("", lines))
    assert [(r.stimulus_id, r.morph_level, r.weights) for r in plain.stimuli] == [
        (r.stimulus_id, r.morph_level, r.weights) for r in other.stimuli
    ]
    assert [a.landmarks for a in plain.manifest.morphkit.anchors] == [
        a.landmarks for a in other.manifest.morphkit.anchors
    ]
    folder = made(lines)[1]
    for identity in ("infant01", "infant02"):
        rows = [r for r in other.stimuli if (r.identity, r.continuum) == (identity, "dis_hap")]
        frames = [light_of(folder, row).astype(float) for row in rows]
        away = [np.sqrt(((f - frames[0]) ** 2).mean()) for f in frames]
        back = [np.sqrt(((f - frames[-1]) ** 2).mean()) for f in frames]
        # a mouth that shuts late makes the last step small: in order to a percent
        assert all(a < 1.01 * b for a, b in pairwise(away))
        assert all(1.01 * a > b for a, b in pairwise(back))


@pytest.mark.parametrize("lines", EVERY)
def test_the_frame_of_weight_one_is_the_equalised_photo(made, lines: str) -> None:
    """`validate` compares hashes, MK155; the build has run it, and it can fail."""
    folder = made(lines)[1]
    whole = read_set(folder)
    anchors = {(a.identity, a.expression): a.pixel_sha256 for a in whole.manifest.morphkit.anchors}
    ends = [r for r in whole.stimuli if 1 in r.weights.values()]
    assert len(ends) == 2 * (2 + 3 + 2)
    for row in ends:
        (expression,) = [name for name, weight in row.weights.items() if weight == 1]
        assert row.pixel_sha256 == anchors[row.identity, expression]
    plain = {a.pixel_sha256 for a in read_set(made("")[1]).manifest.morphkit.anchors}
    assert not plain & set(anchors.values())


def test_histograms_of_anchors_are_equal(made) -> None:
    """Cumulative histograms within 1 %, of faces without the background's share."""
    study, folder = made(HISTOGRAM)
    assert shares_apart(made("")[0], made("")[1]) > 0.5, "they were not"
    assert shares_apart(study, folder) <= 0.01


def shares_apart(study: Path, folder: Path) -> float:
    """The largest difference of the anchors' cumulative histograms, pixels weighted by the
    mask; where it shows under a fifth of a face, the code tells too little of it."""
    mask, grey = plan(study).on.mask / FULL, decode_table("linear")[128]
    inside, shares = mask > 0.2, []
    part = mask[inside][:, None]
    for row in read_set(folder).stimuli:
        if 1 in row.weights.values():
            bare = (light_of(folder, row)[inside] - (1 - part) * grey) / part
            shown = luminance(np.rint(bare).astype(np.int64))
            order = np.argsort(shown)
            below = np.cumsum(mask[inside][order]) / mask[inside].sum()
            steps = np.arange(0, WHITE, 40)
            places = np.searchsorted(shown[order], steps, side="right")
            shares.append(np.concatenate([[0], below])[places])
    return float(np.ptp(np.array(shares), axis=0).max())


def test_octaves_of_anchors_are_equal(made) -> None:
    study, folder = made(OCTAVES)
    before, after = [], []
    for anchor in measures(folder)["anchors"]:
        if anchor["identity"] == "infant01":
            for when, values in (("before", before), ("after", after)):
                values.append([band["value"] for band in anchor[when]["bands"]])
    aside = [np.ptp(np.array(v), axis=0) / np.mean(v, axis=0) for v in (before, after)]
    assert aside[0].max() > 0.1, "they were not"
    assert aside[1].max() <= 0.02
    light, contrast = spread(study, folder, "infant01")
    assert light <= 0.01
    assert contrast <= 0.02


def test_octaves_of_the_written_pictures_are_nearer(made) -> None:
    """By a window of their own, in which the edge of the mask has no part."""
    apart = []
    for study, folder in (made(""), made(OCTAVES)):
        mask = plan(study).on.mask
        window, found = np.where(mask == FULL, mask, 0), []
        for row in read_set(folder).stimuli:
            if row.identity == "infant01" and 1 in row.weights.values():
                with Image.open(folder / row.image_file) as image:
                    found.append(spectrum(np.asarray(image), window, 4).own())
        apart.append((np.ptp(np.array(found), axis=0) / np.mean(found, axis=0)).max())
    assert apart[1] < 0.1 < 0.3 < apart[0]


def test_greyscale_is_equal_red_green_and_blue(made) -> None:
    plain, grey = made("")[1], made("output: {greyscale: true}\n")[1]
    for a, b in zip(read_set(plain).stimuli, read_set(grey).stimuli, strict=True):
        light = light_of(grey, b)
        assert (light[..., 0] == light[..., 1]).all() and (light[..., 0] == light[..., 2]).all()
        difference = luminance(light) - luminance(light_of(plain, a))
        # luminance is rounded for each photo, so skin is aligned a little differently
        assert np.abs(difference / WHITE).max() < 0.03
        assert abs(difference.mean() / WHITE) < 2e-4
    assert "equalise" not in read_set(grey).manifest.morphkit.measures


def test_greyscale_of_mixed_codes(tmp_path: Path) -> None:
    recipe = RECIPE + "engine: {light: srgb}\noutput: {greyscale: true}\n"
    folder = build(write_study(tmp_path, ("infant01",), recipe)).folder
    light = light_of(folder, read_set(folder).stimuli[2])
    assert (light[..., 0] == light[..., 1]).all() and (light[..., 0] == light[..., 2]).all()


def test_the_manifest_says_what_was_measured_and_done(made) -> None:
    block = measures(made(BOTH)[1])
    assert {(a["identity"], a["expression"]) for a in block["anchors"]} == {
        (i, e) for i in ("infant01", "infant02") for e in ("distressed", "neutral", "happy")
    }
    for anchor in block["anchors"]:
        for name, limit in (("luminance", 0.01), ("contrast", 0.02)):
            assert anchor["after"][name] == pytest.approx(anchor["target"][name], rel=limit)
        expected = anchor["before"]["luminance"] * anchor["tone"]["gain"] + anchor["tone"]["offset"]
        assert expected == pytest.approx(anchor["target"]["luminance"], rel=0.02)
    pairs = {(p["identity"], *p["expressions"]) for p in block["pairs"]}
    assert len(pairs) == len(block["pairs"]) == 2 * 3
    assert all(0 <= p["missing_variance"] < 0.6 for p in block["pairs"])


@pytest.mark.parametrize("jobs", [1, 3])
def test_threads_do_not_matter(made, tmp_path: Path, jobs: int) -> None:
    first = read_set(made(BOTH)[1])
    second = read_set(build(write_study(tmp_path, recipe=RECIPE + BOTH), jobs=jobs).folder)
    assert [r.pixel_sha256 for r in first.stimuli] == [r.pixel_sha256 for r in second.stimuli]
    assert first.manifest.morphkit.measures == second.manifest.morphkit.measures


def test_a_killed_build_goes_on_to_the_same_pixels(
    made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, count, real = write_study(tmp_path, recipe=RECIPE + BOTH), [0], rendering.troupe.drawn

    def killed(*arguments: object) -> object:
        count[0] += 1
        if count[0] > 9:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rendering.troupe, "drawn", killed)
        build(study, jobs=1)
    again = build(study)
    assert 0 < again.rendered < again.stimuli
    whole, first = read_set(again.folder), read_set(made(BOTH)[1])
    assert [r.pixel_sha256 for r in whole.stimuli] == [r.pixel_sha256 for r in first.stimuli]
    assert whole.manifest.morphkit.measures == first.manifest.morphkit.measures
    assert build(study).rendered == 0


def test_another_wish_is_another_set(made, tmp_path: Path) -> None:
    study = write_study(tmp_path, recipe=RECIPE + BOTH)
    plain = plan(made("")[0])
    assert plan(study).pixel_key != plain.pixel_key


@pytest.mark.parametrize(
    "paint, words", [((128, 128, 128), "flat"), ((0, 0, 0), "black")], ids=["grey", "black"]
)
def test_a_photo_without_contrast_is_refused(tmp_path: Path, paint: tuple, words: str) -> None:
    study = write_study(tmp_path, recipe=RECIPE + OWN)
    photo = photo_path(study, "infant02_neutral")
    with Image.open(photo) as image:
        Image.new("RGB", image.size, paint).save(photo)
    with pytest.raises(ImageError) as caught:
        build(study)
    (fault,) = caught.value.findings
    assert (fault.code, fault.file, fault.pointer) == ("MK521", "infant02 neutral", "equalise")
    assert words in fault.message and fault.measured < fault.limit and fault.suggestion
    assert not (study.parent.parent / "generated" / "tiny").exists()


def test_a_face_that_the_mask_leaves_out_is_refused(made) -> None:
    planned = plan(made(BOTH)[0])
    lost = np.array([0.1, 1.0, *[0.0] * 4])
    hidden = replace(planned.on, mask=np.zeros_like(planned.on.mask), lost=lost)
    with ThreadPoolExecutor(1) as executor, pytest.raises(ImageError) as caught:
        pins = partial(rendering.pinned_photo, planned)
        photos = [Photo(*face.key) for face in planned.faces]
        first_pass(replace(planned, on=hidden), lambda place: pins(photos[place]), executor)
    (fault,) = caught.value.findings
    assert (fault.code, fault.file) == ("MK520", " ".join(planned.faces[1].key))


def test_four_infants_of_every_skin_tone(shared: Path, tmp_path: Path) -> None:
    """The numbers that docs/method.md gives, on smaller pictures."""
    faces = shared / "synthetic_infants"
    home = tmp_path / "raw_faces" / "tiny"
    home.mkdir(parents=True)
    (tmp_path / "configs").mkdir()
    for infant in sorted(faces.glob("infant0*")):
        for expression in ("distressed", "neutral", "happy"):
            for kind in ("png", "json"):
                data = (infant / f"{expression}.{kind}").read_bytes()
                (home / f"{infant.name}_{expression}.{kind}").write_bytes(data)
    recipe = RECIPE.replace(
        "128, height: 160, eye_distance: 42", "256, height: 320, eye_distance: 85"
    )
    study = tmp_path / "configs" / "tiny.yaml"
    study.write_text(recipe + BOTH, encoding="utf-8")
    built = build(study)
    assert built.report.verdict == "valid"
    light, contrast = spread(study, built.folder)
    assert light <= 0.01
    assert contrast <= 0.02
    changed = {
        d["file"].split()[0]
        for d in json.loads((built.folder / "datapackage.json").read_text(encoding="utf-8"))[
            "morphkit"
        ]["doubts"]
        if d["code"] == "MK523"
    }
    assert "infant02" in changed
