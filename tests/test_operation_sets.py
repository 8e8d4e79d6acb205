"""Sets with prototypes, transforms and mixtures, from recipe to PNG."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morphkit.build import build
from morphkit.engine.morph import aligned, shape, shown_shape
from morphkit.errors import GeometryError, MorphkitError, RecipeError, SetError
from morphkit.files import read_set
from morphkit.finished import package_set
from morphkit.plan import plan
from morphkit.study.manifest import StimulusSet
from morphkit.study.shares import Photo
from morphkit.validate import validate
from tiny_study import change_template, photo_path, write_study

rendering = importlib.import_module("morphkit.render")
building = importlib.import_module("morphkit.build")

INFANTS = ("infant01", "infant02", "infant03", "infant04")
HEAD = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
identities: [infant01, infant02, infant03]
canvas: {width: 128, height: 160, eye_distance: 42}
mask: {shape: oval, feather: 3}
"""
SMILE = (
    "  - {name: smile, base: neutral, from: neutral, to: happy, group: all, "
    "identities: [infant04], amounts: [0, 0.5, 1]}\n"
)
RECIPE = (
    HEAD
    + """\
prototypes:
  - {name: proto}
  - {name: even, symmetric: true}
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 3}
transforms:
"""
    + SMILE
    + """\
  - {name: own, base: neutral, from: neutral, to: happy, group: own,
     identities: [infant01, even], amounts: [-0.5, 0, 1, 1.5]}
  - {name: form, base: neutral, from: neutral, to: happy, group: own, identities: [infant01],
     amounts: [0, 1], apply: {colour: false, texture: false}}
mixtures:
  - {name: mix, weights: [{distressed: 0.25, neutral: 0.5, happy: 0.25}, {neutral: 1}]}
packages: [psychopy, jspsych]
"""
)


def lacking(study: Path, stem: str) -> Path:
    """Take a photo away."""
    for path in photo_path(study, stem).parent.glob(f"{stem}.*"):
        path.unlink()
    return study


def copied(study: Path, stem: str, other: str) -> None:
    """Put a copy of one photo in the place of another."""
    for suffix in (".png", ".json"):
        there = photo_path(study, stem)
        shutil.copy(there.with_suffix(suffix), there.with_name(other + suffix))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four infants, of whom the last has a neutral photo only."""
    path = write_study(tmp_path_factory.mktemp("study"), INFANTS, RECIPE)
    return lacking(lacking(path, "infant04_happy"), "infant04_distressed")


@pytest.fixture(scope="module")
def folder(study: Path) -> Path:
    """The set that is built of them."""
    built = build(study)
    assert built.rendered == built.stimuli == 15 + 3 + 8 + 2 + 10
    return built.folder


@pytest.fixture(scope="module")
def whole(folder: Path) -> StimulusSet:
    return read_set(folder)


def pixels(folder: Path, name: str) -> np.ndarray:
    with Image.open(folder / "stimuli" / f"{name}.png") as image:
        return np.asarray(image).astype(int)


def hashes(stimulus_set: StimulusSet) -> dict[str, str]:
    return {row.stimulus_id: row.pixel_sha256 for row in stimulus_set.stimuli}


def test_the_set_is_valid(folder: Path) -> None:
    report = validate(folder)
    assert report.verdict == "valid"
    # photos are tiny, and light that is exaggerated can leave its range
    assert {found.code for found in report.findings} <= {"MK110", "MK525"}


def test_rows_say_what_is_known(whole: StimulusSet) -> None:
    rows = {row.stimulus_id: row for row in whole.stimuli}
    smile = rows["infant04_smile_002"]
    assert (smile.morph_path, smile.morph_level, smile.percent) == ("transform", 0.5, None)
    assert smile.weights == {"distressed": 0, "neutral": 0.5, "happy": 0.5}
    mix = rows["proto_mix_001"]
    assert (mix.identity, mix.morph_path, mix.morph_level) == ("proto", "mixture", None)
    assert rows["even_dis_hap_002"].percent == 50
    assert rows["infant01_own_004"].weights["happy"] == 1.5


def test_the_manifest_has_every_photos_weight(whole: StimulusSet) -> None:
    block = whole.manifest.morphkit
    listed = block.frame_weights["infant04_smile_003"]
    found = {(one.identity, one.expression): one.shape for one in listed}
    third = pytest.approx(1 / 3)
    assert found == {
        ("infant04", "neutral"): 1,
        **{(who, "happy"): third for who in INFANTS[:3]},
        **{(who, "neutral"): pytest.approx(-1 / 3) for who in INFANTS[:3]},
    }
    form = {one.expression: one for one in block.frame_weights["infant01_form_002"]}
    assert (form["happy"].shape, form["happy"].colour, form["happy"].texture) == (1, 0, 0)
    assert (form["neutral"].shape, form["neutral"].colour) == (0, 1)
    assert "infant01_own_001" not in block.frame_weights  # the table says it all
    assert block.prototypes[0].identities == list(INFANTS[:3])


def test_landmarks_of_a_mirrored_photo_are_its_mirror_image(whole: StimulusSet) -> None:
    found = {
        Photo(a.identity, a.expression, a.mirrored): np.array(a.landmarks)
        for a in whole.manifest.morphkit.anchors
    }
    assert sum(photo.mirrored for photo in found) == 9
    plain, turned = (found[Photo("infant01", "happy", side)] for side in (False, True))
    names = whole.manifest.morphkit.landmark_names
    assert turned[names.index("ibug01")] == pytest.approx(
        [127 - plain[names.index("ibug17")][0], plain[names.index("ibug17")][1]], abs=0
    )
    assert "iris_right" in names and not any(name.startswith("forehead") for name in names)


def test_ends_are_the_photos_bit_for_bit(whole: StimulusSet) -> None:
    anchors = {
        (a.identity, a.expression): a.pixel_sha256
        for a in whole.manifest.morphkit.anchors
        if not a.mirrored
    }
    made = hashes(whole)
    assert made["infant04_smile_001"] == anchors["infant04", "neutral"]
    assert made["infant01_own_002"] == anchors["infant01", "neutral"]
    assert made["infant01_own_003"] == anchors["infant01", "happy"]
    assert made["infant01_form_001"] == made["infant01_mix_002"] == anchors["infant01", "neutral"]


def test_a_transform_moves_the_infants_own_face(folder: Path) -> None:
    base = pixels(folder, "infant04_smile_001")
    half, full = (pixels(folder, f"infant04_smile_00{i}") for i in (2, 3))
    assert 0.5 < np.abs(half - base).mean() < np.abs(full - base).mean()
    # nearer to the infant it is made of than to the mean of the others
    assert np.abs(full - base).mean() < np.abs(full - pixels(folder, "proto_dis_hap_003")).mean()


def test_shape_alone_keeps_the_colour(folder: Path) -> None:
    own, form = pixels(folder, "infant01_own_003"), pixels(folder, "infant01_form_002")
    base = pixels(folder, "infant01_own_002")
    assert np.abs(form - base).mean() > 0.5
    assert np.abs(form - own).mean() > 0.5


@pytest.mark.parametrize("name", ["even_dis_hap_001", "even_dis_hap_002", "even_own_004"])
def test_a_symmetric_prototype_is_symmetric(folder: Path, name: str) -> None:
    made = pixels(folder, name)
    assert np.abs(made - made[:, ::-1]).mean() < 0.1
    other = pixels(folder, "proto_dis_hap_001")
    assert np.abs(other - other[:, ::-1]).mean() > 1


def test_a_composite_is_the_mean_of_what_it_is_made_of(folder: Path, study: Path) -> None:
    """Where faces hardly move, the mean's light is the mean of the photos' light."""
    planned = plan(study)
    inside = planned.on.mask == planned.on.mask.max()
    light = [
        (aligned(rendering.pinned_photo(planned, Photo(who, "neutral")), planned.on) / 255) ** 2.2
        for who in INFANTS[:3]
    ]
    made = (pixels(folder, "proto_mix_002") / 255) ** 2.2
    assert np.abs(made[inside].mean(axis=0) - np.mean(light, axis=0)[inside].mean(axis=0)).max() < (
        0.01
    )


@pytest.mark.parametrize("name", ["psychopy", "jspsych"])
def test_packages(folder: Path, whole: StimulusSet, name: str) -> None:
    there = dict(package_set(whole, name))
    assert (folder / "packages" / name / "methods.txt").exists()
    rights = " ".join(there["licence_and_consent.txt"].decode().split())
    assert "infant04 neutral" in rights and "infant03 distressed" in rights
    methods = there["methods.txt"].decode()
    for words in ("Prototype proto", "Transform smile", "Mixture mix", "infant04"):
        assert words in methods
    assert validate(folder).verdict == "valid"


def test_a_second_build_has_nothing_to_do(study: Path, folder: Path) -> None:
    assert build(study).rendered == 0


def test_threads_and_a_kill_do_not_matter(
    study: Path, whole: StimulusSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, real = [0], rendering.troupe.drawn

    def killed(*arguments: object) -> object:
        count[0] += 1
        if count[0] > 20:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rendering.troupe, "drawn", killed)
        build(study, tmp_path / "again", jobs=1)
    again = build(study, tmp_path / "again", jobs=3)
    assert 0 < again.rendered < again.stimuli
    assert hashes(read_set(again.folder)) == hashes(whole)


def test_a_build_that_stopped_after_its_last_frame_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is in the journal, and nothing is left to be rendered."""
    study = write_study(
        tmp_path, INFANTS[:3], HEAD + "mixtures: [{name: m, weights: [{neutral: 1}]}]\n"
    )

    def stopped(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(building, "_finish", stopped)
        build(study)
    again = build(study)
    assert (again.rendered, again.stimuli) == (0, 3)


def test_a_frame_does_not_depend_on_the_rest_of_the_set(tmp_path: Path, study: Path) -> None:
    """Anchors are the same, so mesh and mask are; only the list of frames differs."""
    fewer = write_study(
        tmp_path,
        INFANTS[:3],
        HEAD + "prototypes: [{name: proto}]\ncontinua:\n"
        "  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 3}\n",
    )
    more = fewer.with_name("more.yaml")
    more.write_text(
        fewer.read_text(encoding="utf-8")
        + "transforms:\n  - {name: own, base: distressed, from: distressed, to: happy, group: own,"
        " amounts: [0.5], identities: [infant01]}\n",
        encoding="utf-8",
    )
    one = hashes(read_set(build(fewer, tmp_path / "one").folder))
    two = hashes(read_set(build(more, tmp_path / "two").folder))
    assert {name: two[name] for name in one} == one


EQUAL = (
    HEAD.replace(", infant03", "")
    + """\
transforms:
  - {name: same, base: neutral, from: happy, to: copy, group: own, identities: [infant01],
     amounts: [-0.5, 0.7, 1.5]}
  - {name: zero, base: neutral, from: happy, to: copy, group: all, identities: [infant03],
     amounts: [1]}
mixtures:
  - {name: mix, identities: [infant01, infant03], weights: [{neutral: 1}]}
"""
)


def test_a_transform_between_equal_faces_is_the_base(tmp_path: Path) -> None:
    """Bit for bit; but a group's shares of openings and texture are floats: within 1 code."""
    study = write_study(tmp_path, INFANTS[:3], EQUAL)
    for who in INFANTS[:3]:
        copied(study, f"{who}_happy", f"{who}_copy")
    folder = build(study).folder
    made = hashes(read_set(folder))
    for number in (1, 2, 3):
        assert made[f"infant01_same_00{number}"] == made["infant01_mix_001"]
    away = np.abs(pixels(folder, "infant03_zero_001") - pixels(folder, "infant03_mix_001"))
    assert away.max() <= 1 and np.count_nonzero(away) < 10


COPIES = (
    HEAD.replace(", infant03", "")
    + """\
prototypes: [{name: proto}]
mixtures: [{name: mix, weights: [{happy: 1}]}]
"""
)


def test_a_composite_of_copies_is_the_original(tmp_path: Path) -> None:
    study = write_study(tmp_path, INFANTS[:2], COPIES)
    copied(study, "infant01_happy", "infant02_happy")
    made = hashes(read_set(build(study, force=True).folder))
    assert made["proto_mix_001"] == made["infant01_mix_001"] == made["infant02_mix_001"]


# ---- what is refused


def found(study: Path, kind: type[MorphkitError]) -> list[tuple[str, str, int | None]]:
    with pytest.raises(kind) as caught:
        plan(study)
    return [(f.code, f.pointer, f.line) for f in caught.value.findings]


def test_what_is_missing_is_told_all_at_once(tmp_path: Path) -> None:
    text = RECIPE.replace("identities: [infant04]", "identities: [infant04, infant9]")
    study = lacking(write_study(tmp_path, INFANTS, text), "infant04_neutral")
    lacking(study, "infant02_happy")
    lines = text.splitlines()
    smile = next(i for i, line in enumerate(lines, start=1) if "smile" in line)
    assert set(found(study, SetError)) == {
        ("MK931", "infant04", smile),
        ("MK930", "transforms[0].identities", smile),
        ("MK931", "infant02", smile - 2),
    }


def test_a_prototype_called_like_an_infant(tmp_path: Path) -> None:
    study = write_study(tmp_path, INFANTS, RECIPE.replace("name: proto", "name: infant04"))
    assert found(study, RecipeError) == [("MK922", "prototypes[0].name", 8)]


def test_a_mean_over_one(tmp_path: Path) -> None:
    study = write_study(tmp_path, INFANTS, RECIPE.replace(", infant02, infant03]", "]"))
    assert {code for code, _, _ in found(study, RecipeError)} == {"MK921"}


def test_keep_going_leaves_an_infant_out_of_means(tmp_path: Path) -> None:
    study = lacking(
        write_study(tmp_path, INFANTS, HEAD + "transforms:\n" + SMILE), "infant02_happy"
    )
    planned = plan(study, keep_going=True)
    assert planned.skipped == ("infant02",)
    assert planned.program.transforms[0].group == ["infant01", "infant03"]


def test_photos_that_allow_no_derivatives_enter_nothing(tmp_path: Path) -> None:
    study = write_study(tmp_path, INFANTS, HEAD + "transforms:\n" + SMILE)
    rows = ["identity,expression,image,derivatives_allowed"]
    rows += [
        f"{who},{what},{who}_{what}.png,{'no' if who == 'infant03' else 'yes'}"
        for who in INFANTS
        for what in ("neutral", "happy")
    ]
    photo_path(study, "x").with_name("faces.csv").write_text("\n".join(rows), encoding="utf-8")
    assert {code for code, _, _ in found(study, SetError)} == {"MK701"}


def free(template: dict) -> None:
    template["scheme"] = "free85"


def test_a_symmetric_prototype_needs_a_mirror_map(tmp_path: Path) -> None:
    text = HEAD.replace("mask:", "engine: {apertures: false}\nmask:") + (
        "prototypes: [{name: even, symmetric: true}]\n"
        "mixtures: [{name: mix, weights: [{happy: 1}]}]\n"
    )
    study = write_study(tmp_path, INFANTS[:3], text)
    for who in INFANTS[:3]:
        change_template(study, f"{who}_happy", free)
    codes = found(study, MorphkitError)
    assert ("MK923", "prototypes[0].symmetric") in [(code, where) for code, where, _ in codes]


def test_the_plan_tells_how_many(study: Path) -> None:
    planned = plan(study)
    assert planned.identities == (
        *("even", "infant01", "infant02", "infant03", "infant04", "proto"),
    )
    assert planned.infants == INFANTS
    assert json.dumps([list(photo) for photo in planned.mirrors])


def cry(amount: float) -> str:
    return HEAD + (
        "transforms:\n  - {name: cry, base: neutral, from: neutral, to: distressed, group: own, "
        f"identities: [infant01], amounts: [{amount}]}}\n"
    )


def test_lips_that_overtake_each_other_stay_shut(tmp_path: Path) -> None:
    planned = plan(write_study(tmp_path, INFANTS[:3], cry(-0.5)))
    (one,) = planned.frames
    marks = [planned.views[photo][1].landmarks for photo in one.shares]
    weights = [parts[0] for parts in one.shares.values()]
    mouth = marks[0].scheme.apertures[0]
    assert mouth.name == "mouth"
    gaps = [
        made.points[list(mouth.lower)][1:-1, 1] - made.points[list(mouth.upper)][1:-1, 1]
        for made in (shape(marks, weights), shown_shape(marks, weights))
    ]
    assert gaps[0].min() < -1
    assert np.abs(gaps[1]).max() < 0.1


def test_a_face_that_folds_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path, INFANTS[:3], cry(1.5))
    assert {code for code, _, _ in found(study, GeometryError)} == {"MK302"}
