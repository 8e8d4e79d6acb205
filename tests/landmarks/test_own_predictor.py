"""Training and asking a predictor, in the process that runs dlib: faces that were drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_faces import face

from morphkit.errors import EnvironmentFault
from morphkit.landmarks import crops
from morphkit.landmarks.process import LandmarkProcess

pytest.importorskip("dlib")

QUICK = {
    "tree_depth": 2,
    "nu": 0.1,
    "num_trees_per_cascade_level": 40,
    "cascade_depth": 8,
    "oversampling_amount": 8,
    "feature_pool_size": 200,
}


def lessons(first: int = 0, count: int = 40) -> tuple[Any, ...]:
    faces = [face(seed) for seed in range(first, first + count)]
    placing = crops.rule([landmarks for _, landmarks in faces])
    return (*crops.lessons(faces, placing, seed=1), placing)


@pytest.fixture(scope="module")
def process() -> Iterator[LandmarkProcess]:
    with LandmarkProcess() as running:
        yield running


@pytest.fixture(scope="module")
def trained(process: LandmarkProcess, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    path = tmp_path_factory.mktemp("model") / "drawn.dat"
    *arrays, placing = lessons()
    answer, _ = process.call("train_model", arrays, path=str(path), seed=5, **QUICK)
    assert answer["bytes"] == path.stat().st_size
    return path, {"scheme": placing.scheme, "box": placing.values()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def opened(process: LandmarkProcess, path: Path, card: Any) -> str:
    answer, _ = process.call("open_model", path=str(path), sha256=sha256(path), card=card)
    assert answer == {"points": 68, "scheme": "ibug68"}
    return sha256(path)


def error(landmarks: Any, points: np.ndarray) -> float:
    """Mean distance in per cent of the outer-eye-corner distance."""
    away = np.hypot(*(points - landmarks.points).T)
    return float(away.mean() / landmarks.outer_eye_distance() * 100)


def asked(
    process: LandmarkProcess,
    model: str,
    rule: crops.Rule,
    tilt: float,
    seed: int,
    wrong: float = 6,
) -> Any:
    """What is predicted for an unseen face from a box and a tilt that are not quite right."""
    photo, landmarks = face(seed, tilt, 0.7)
    box, found = rule.box(landmarks.pupils())
    off = np.tile(np.random.default_rng(seed).normal(0, 5, 2), 2)
    values, (points,) = process.call(
        "predict", [photo], model=model, box=list(off + box), tilt=found + wrong
    )
    return landmarks, values, points


def test_it_finds_what_was_drawn_also_tilted(process: LandmarkProcess, trained: Any) -> None:
    model, card = opened(process, *trained), trained[1]
    rule = crops.Rule("ibug68", np.array(card["box"]["reference"]))
    for tilt in (0, 30, -30):
        by_mean, by_model = [], []
        for seed in range(100, 108):
            landmarks, values, points = asked(process, model, rule, tilt, seed)
            best = crops.apply(rule.by_points(landmarks.points), rule.reference)
            by_mean.append(error(landmarks, best))
            by_model.append(error(landmarks, points))
            assert 0 < values["spread"] < 0.05
        assert np.mean(by_model) < 1.5 < 2.5 < np.mean(by_mean)


def test_a_tilt_that_the_detector_has_not_seen_is_found(
    process: LandmarkProcess, trained: Any
) -> None:
    model, card = opened(process, *trained), trained[1]
    rule = crops.Rule("ibug68", np.array(card["box"]["reference"]))
    for wrong in (55, -55):
        for seed in range(110, 114):
            landmarks, _, points = asked(process, model, rule, -wrong, seed, wrong)
            assert error(landmarks, points) < 2.5


def test_colour_or_grey_large_or_small_is_the_same_face(
    process: LandmarkProcess, trained: Any
) -> None:
    model, card = opened(process, *trained), trained[1]
    rule = crops.Rule("ibug68", np.array(card["box"]["reference"]))
    photo, landmarks = face(200)
    box, tilt = rule.box(landmarks.pupils())
    ask = {"model": model, "box": list(box), "tilt": tilt}
    _, (colour,) = process.call("predict", [photo], **ask)
    _, (grey,) = process.call("predict", [photo[..., 0]], **ask)
    assert (colour == grey).all()
    large = np.repeat(np.repeat(photo, 3, axis=0), 3, axis=1)  # pixel i covers 3i … 3i + 2
    ask["box"] = [3 * v + 1 for v in box]
    _, (points,) = process.call("predict", [large], **ask)
    assert error(landmarks, (points - 1) / 3) == pytest.approx(error(landmarks, colour), abs=0.3)


def test_equal_seeds_give_equal_bytes(process: LandmarkProcess, tmp_path: Path) -> None:
    *arrays, _ = lessons(count=10)
    settings = QUICK | {"cascade_depth": 3}
    made = []
    for number, seed in enumerate([5, 5, 6]):
        path = tmp_path / f"{number}.dat"
        # a number of threads that would change the sums is not taken from outside
        process.call(
            "train_model", arrays, path=str(path), seed=seed, num_threads=1 + number, **settings
        )
        made.append(path.read_bytes())
    assert made[0] == made[1] != made[2]


def refusal(process: LandmarkProcess, name: str, arrays: Any = (), **values: Any) -> str:
    with pytest.raises(EnvironmentFault) as caught:
        process.call(name, arrays, **values)
    assert caught.value.code == "MK242"
    return str(caught.value)


def test_lessons_that_cannot_be_learned_are_refused(
    process: LandmarkProcess, tmp_path: Path
) -> None:
    images, points, boxes, _ = lessons(count=2)
    ask = {"path": str(tmp_path / "never.dat"), "seed": 1, **QUICK}
    few = refusal(process, "train_model", [images[:7], points[:7], boxes[:7]], **ask)
    assert "7 crops are too few" in few
    assert "differ" in refusal(process, "train_model", [images, points[:7], boxes], **ask)
    assert "differ" in refusal(process, "train_model", [images, points, boxes[:, :3]], **ask)
    nowhere = points.copy()
    nowhere[3, 5, 0] = np.nan
    assert "not finite" in refusal(process, "train_model", [images, nowhere, boxes], **ask)
    wide = images.astype(np.float64)
    assert "uint8" in refusal(process, "train_model", [wide, points, boxes], **ask)
    assert "no option 'depth'" in refusal(
        process, "train_model", [images, points, boxes], **ask, depth=3
    )
    assert not (tmp_path / "never.dat").exists()


def test_a_file_that_is_no_such_model_is_refused(
    process: LandmarkProcess, trained: Any, tmp_path: Path
) -> None:
    data, card = trained[0].read_bytes(), trained[1]
    bad = tmp_path / "bad.dat"

    def said(content: bytes, card: Any = card, **other: Any) -> str:
        bad.write_bytes(content)
        ask = {"path": str(bad), "sha256": sha256(bad), "card": card} | other
        return refusal(process, "open_model", **ask)

    assert "hash differs" in said(data, sha256="0" * 64)
    assert "can't be read" in said(data, path=str(tmp_path / "nowhere.dat"))
    assert "damaged" in said(b"")
    assert "damaged" in said(b"not a model at all")
    assert "damaged" in said(data[: len(data) // 2])
    assert "its card says frl189" in said(data, card={**card, "scheme": "frl189"})


def test_a_model_without_card_is_taken_by_its_number_of_points(
    process: LandmarkProcess, trained: Any, tmp_path: Path
) -> None:
    assert process.call("open_model", path=str(trained[0]), sha256=sha256(trained[0]), card=None)
    images, points, boxes, _ = lessons(count=4)
    odd = tmp_path / "odd.dat"
    process.call("train_model", [images, points[:, :40], boxes], path=str(odd), seed=1, **QUICK)
    text = refusal(process, "open_model", path=str(odd), sha256=sha256(odd), card=None)
    assert "40 points" in text and "68 (ibug68)" in text


def test_a_foreign_model_is_asked_in_the_detector_s_box(
    process: LandmarkProcess, trained: Any, tmp_path: Path
) -> None:
    """A model learned in boxes of another rule: as a public one, it has no card."""
    loose = np.random.default_rng(1).normal(0, 5, (120, 3))
    faces = [face(seed, tilt=turn) for seed, turn in enumerate(loose[:, 2])]
    images = np.stack([photo[..., 0] for photo, _ in faces])
    points = np.stack([landmarks.points for _, landmarks in faces])
    boxes = np.array([60.0, 60, 250, 250]) + np.tile(loose[:, :2], 2)
    path = tmp_path / "foreign.dat"
    process.call("train_model", [images, points, boxes], path=str(path), seed=2, **QUICK)
    process.call("open_model", path=str(path), sha256=sha256(path), card=None)
    for tilt in (0.0, 25.0):
        photo, landmarks = face(300, tilt)
        turn = np.radians(tilt)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        eyes = np.array([150.0, 130])
        middle = eyes + rotation @ (np.array([155.0, 155]) - eyes)
        values, (found,) = process.call(
            "predict",
            [photo],
            model=sha256(path),
            box=[*(middle - 95), *(middle + 95)],
            tilt=tilt - 8 if tilt else 0,  # the detector tries steps of 20 degrees
        )
        assert error(landmarks, found) < 3
        assert values["spread"] < 0.05
