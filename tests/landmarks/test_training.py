"""`morphkit train`: who is left out when, what is written, what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from folders_of_faces import drawn, infants, write_face, write_folder

from morphkit import training
from morphkit.cli import main
from morphkit.errors import EnvironmentFault, Finding, MorphkitError, UsageError
from morphkit.landmarks import crops, draft
from morphkit.landmarks.detection import Detection
from morphkit.landmarks.process import LandmarkProcess
from morphkit.training import train

QUICK = {
    "tree_depth": 2,
    "nu": 0.2,
    "num_trees_per_cascade_level": 30,
    "cascade_depth": 6,
    "oversampling_amount": 3,
    "feature_pool_size": 150,
}
STATES = ("happy", "distressed")


class Rehearsal:
    """A landmark process without dlib: it keeps what it is shown, and says the mean shape."""

    def __init__(self) -> None:
        self.learned: list[set[bytes]] = []
        self.asked: list[bytes] = []
        self.fail = ""

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, name: str, arrays: Sequence[Any] = (), **values: Any) -> Any:
        if name == self.fail:
            raise EnvironmentFault(Finding("MK241", "the process that runs dlib crashed."))
        if name == "train_model":
            Path(values["path"]).write_bytes(b"model %d" % len(self.learned))
        if name == "predict":
            self.asked.append(arrays[0].tobytes())
            return {"spread": 0.01}, [np.zeros((68, 2)) + 50 * len(self.learned)]
        return {"scheme": "ibug68"}, []


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    stage = Rehearsal()
    make = crops.lessons

    def lessons(pictures: Any, *rest: Any) -> Any:
        pictures = list(pictures)
        stage.learned.append({landmarks.points.tobytes() for _, landmarks in pictures})
        return make(pictures[:1], *rest)

    monkeypatch.setattr(training, "LandmarkProcess", lambda: stage)
    monkeypatch.setattr(crops, "lessons", lessons)
    monkeypatch.setattr(
        draft, "detection", lambda _, image: Detection((0, 0, 9, 9), 1.0, 0.0, 1, "told")
    )
    return stage


def test_who_is_tried_was_never_learned(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Each infant is drawn on a photo of its own, so that the photos tell who was asked."""
    folder = write_folder(tmp_path / "faces", infants(7))
    train(folder, tmp_path / "lab.dat")
    assert len(rehearsal.learned) == 6  # five groups, and all
    whose = {drawn(who, how)[0].tobytes(): who for who in infants(7) for how in STATES}
    marks = {who: {points(who, how) for how in STATES} for who in infants(7)}
    groups = left_out(rehearsal, whose, marks)
    assert sorted(who for group in groups for who in group) == infants(7)
    assert rehearsal.learned[-1] == set().union(*marks.values())


@pytest.mark.parametrize("torn", [[(0, 2), (1, 3, 4, 5, 6, 7)], [(0,), (1, 2, 3, 4, 5, 6, 7)]])
def test_a_torn_infant_would_be_seen(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: Any
) -> None:
    monkeypatch.setattr(training, "folds", lambda names, seed: torn)
    train(write_folder(tmp_path / "faces", infants(4)), tmp_path / "lab.dat")
    whose = {drawn(who, how)[0].tobytes(): who for who in infants(4) for how in STATES}
    marks = {who: {points(who, how) for how in STATES} for who in infants(4)}
    with pytest.raises(AssertionError, match="left out by half"):
        left_out(rehearsal, whose, marks)


def points(who: str, how: str) -> bytes:
    landmarks = drawn(who, how)[1]
    return landmarks.replaced(np.round(landmarks.points, 4)).points.tobytes()


def left_out(
    rehearsal: Rehearsal, whose: dict[bytes, str], marks: dict[str, set[bytes]]
) -> list[list[str]]:
    """Return who was left out together; fail when one of them was learned from."""
    left: list[list[str]] = []
    for learned in rehearsal.learned[:-1]:
        out = sorted(who for who, some in marks.items() if not some & learned)
        whole = [who for who, some in marks.items() if some <= learned]
        assert sorted([*out, *whole]) == sorted(marks), "an infant was left out by half"
        left.append(out)
    asked = [whose[photo] for photo in rehearsal.asked]
    assert asked == [who for group in left for who in group for _ in STATES]
    return left


def test_the_errors_are_those_of_the_trials(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rehearsal says (50, 50) after the first training, (100, 100) after the second …"""
    folder = write_folder(tmp_path / "faces", infants(4))
    found = train(folder, tmp_path / "lab.dat")
    expected = []
    for number, learned in enumerate(rehearsal.learned[:-1], start=1):
        for who in infants(4):
            for how in STATES:
                if points(who, how) not in learned:
                    truth = drawn(who, how)[1]
                    far = np.hypot(*(truth.points - 50 * number).T).mean()
                    expected.append(100 * far / truth.outer_eye_distance())
    error = found.card["error"]
    assert error["regions"]["all"]["mean"] == pytest.approx(np.mean(expected), abs=1e-2)
    assert error["regions"]["all"]["worst"] == pytest.approx(np.max(expected), abs=1e-2)
    assert (error["images"], error["folds"], error["left_out"]) == (8, 4, "one infant at a time")


def test_faces_that_are_not_found_are_counted_and_named(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = drawn("i02", "happy")[0].tobytes()
    monkeypatch.setattr(
        draft,
        "detection",
        lambda _, image: (
            None if image.tobytes() == missing else Detection((0, 0, 9, 9), 1.0, 0.0, 1, "told")
        ),
    )
    found = train(write_folder(tmp_path / "faces", infants(4)), tmp_path / "lab.dat")
    assert found.not_found == ("i02_happy.png",)
    assert found.card["error"]["not_found"] == 1
    assert found.card["error"]["expressions"]["happy"]["images"] == 3


def test_one_infant_s_error_is_not_known(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", ["i01"], [f"state_{n}" for n in range(9)])
    found = train(folder, tmp_path / "lab.dat")
    assert found.card["error"] is None and found.worst is None
    assert "not known" in found.card["notes"][0]
    assert len(rehearsal.learned) == 1 and rehearsal.asked == []


def test_a_card_names_nobody_and_no_place(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", infants(6))
    train(folder, tmp_path / "lab.dat")
    text = (tmp_path / "lab.card.json").read_text(encoding="utf-8")
    card = json.loads(text)
    assert card["morphkit_predictor"] == 1 and card["points"] == 68
    data = (tmp_path / "lab.dat").read_bytes()
    assert card["sha256"] == hashlib.sha256(data).hexdigest()
    assert card["training"]["expressions"] == {"distressed": 6, "happy": 6}
    for word in ("i01", "i06", ".png", str(tmp_path), "faces", "/", "\\"):
        assert word not in text.replace(card["sha256"], ""), word


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("at", ["train_model", "open_model", "predict"])
def test_a_crash_leaves_nothing(rehearsal: Rehearsal, tmp_path: Path, at: str) -> None:
    rehearsal.fail = at
    folder = write_folder(tmp_path / "faces", infants(4))
    with pytest.raises(EnvironmentFault):
        train(folder, tmp_path / "out" / "lab.dat")
    assert left(tmp_path / "out") == []


def test_the_process_is_ended_before_its_file_is_cleared_away(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is interrupted may still be writing."""
    there = []
    monkeypatch.setattr(
        Rehearsal, "__exit__", lambda *_: there.extend((tmp_path / "out").iterdir())
    )
    train(write_folder(tmp_path / "faces", infants(4)), tmp_path / "out" / "lab.dat")
    assert len(there) == 1
    assert left(tmp_path / "out") == ["lab.card.json", "lab.dat"]


def test_what_is_there_is_replaced_only_by_force(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder, target = write_folder(tmp_path / "faces", infants(4)), tmp_path / "lab.dat"
    target.write_bytes(b"older")
    with pytest.raises(UsageError, match="MK618"):
        train(folder, target)
    assert target.read_bytes() == b"older" and rehearsal.learned == []
    target.rename(tmp_path / "lab.card.json")
    with pytest.raises(UsageError, match="MK618"):
        train(folder, target)
    train(folder, target, force=True)
    assert left(tmp_path) == ["faces", "lab.card.json", "lab.dat"]
    assert json.loads((tmp_path / "lab.card.json").read_text())["seed"] == 1


def test_both_files_or_none(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder, out = write_folder(tmp_path / "faces", infants(4)), tmp_path / "out"
    out.mkdir()
    (out / "lab.dat").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="MK615"):
        train(folder, out / "lab.dat", force=True)
    assert left(out) == ["lab.dat"] and not (tmp_path / "elsewhere").exists()
    assert rehearsal.learned == [], "it is said before the time is spent"


def test_a_predictor_is_called_dat(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"MK269.*lab\.dat"):
        train(tmp_path, tmp_path / "lab.model")


def test_the_photos_are_not_changed(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", infants(4))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    train(folder, folder / "lab.dat")  # also when the predictor goes among them
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name: after.pop(name) for name in before} == before
    assert sorted(after) == ["lab.card.json", "lab.dat"]


def run(*words: object) -> Any:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_command_prints_errors_and_talks_aside(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", infants(4))
    result = run("train", folder, "-o", tmp_path / "lab.dat")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["%", "of", "eye", "distance", "mean", "worst", "photo"]
    assert {line.split()[0] for line in lines[1:4]} == {"all", "inner", "jaw,"}
    assert [line.split()[:3] for line in lines[-3:-1]] == [
        ["distressed", "4", "0"],
        ["happy", "4", "0"],
    ]
    assert lines[-1] == str(tmp_path / "lab.dat")
    assert "8 photos of 4 infants (ibug68)." in result.stderr
    assert "MK261 warning" in result.stderr and "5 of 5 trainings" in result.stderr
    result = run("train", folder, "-o", tmp_path / "again.dat", "--json")
    said = json.loads(result.stdout)
    assert said["predictor"].endswith("again.dat")
    assert said["card"] == json.loads((tmp_path / "again.card.json").read_text())


def test_the_command_s_exit_codes(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", infants(3))
    assert run("train", folder, "-o", tmp_path / "lab.dat").exit_code == 1  # six are too few
    assert run("train", folder).exit_code == 2
    assert run("train", folder, "-o", tmp_path / "lab.txt").exit_code == 2
    rehearsal.fail = "train_model"
    write_folder(folder, infants(4))
    assert run("train", folder, "-o", tmp_path / "lab.dat").exit_code == 4


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of a second; boxes that are off by a twentieth of the face."""
    pytest.importorskip("dlib")
    rule = crops.rule([drawn(who, "happy")[1] for who in infants(20)])

    def told(_: object, image: np.ndarray) -> Detection:
        off = np.tile(np.random.default_rng(len(image.tobytes())).normal(0, 4, 2), 2)
        for who in infants(24):
            for how in STATES:
                shown, landmarks = drawn(who, how)
                if (shown == image).all():
                    box, tilt = rule.box(landmarks.pupils())
                    return Detection(tuple((off + box).tolist()), 1.0, tilt, 1, "told")
        raise AssertionError("a photo that was not drawn")

    monkeypatch.setattr(draft, "detection", told)
    monkeypatch.setattr(training, "CROPS", 1)
    monkeypatch.setattr(crops, "settings", lambda photos, crops: QUICK)


@pytest.mark.usefixtures("quick")
def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "faces", infants(5))
    made = []
    for number, seed in enumerate([3, 3, 4]):
        target = tmp_path / f"{number}.dat"
        train(folder, target, seed=seed)
        made.append((target.read_bytes(), target.with_suffix(".card.json").read_bytes()))
    assert made[0] == made[1]
    assert made[0][0] != made[2][0]


@pytest.mark.usefixtures("quick")
def test_the_error_is_that_on_strangers(tmp_path: Path) -> None:
    """Learned from 16 infants; the told error is that on 8 others, not that on the learned."""
    folder = write_folder(tmp_path / "faces", infants(16))
    found = train(folder, tmp_path / "lab.dat")
    told = found.card["error"]["regions"]["all"]["mean"]

    def error(who: str) -> float:
        image, truth = drawn(who, "happy")
        box = draft.detection(process, image)
        ask = {"model": found.card["sha256"], "box": list(box.box), "tilt": box.tilt}
        _, (points,) = process.call("predict", [image], **ask)
        far = np.hypot(*(points - truth.points).T).mean()
        return float(100 * far / truth.outer_eye_distance())

    with LandmarkProcess() as process:
        card = {"path": str(found.path), "sha256": found.card["sha256"], "card": found.card}
        process.call("open_model", **card)
        strangers = np.mean([error(who) for who in infants(24)[16:]])
        learned = np.mean([error(who) for who in infants(16)])
    assert learned < 0.75 * strangers
    assert told == pytest.approx(strangers, rel=0.35)
    assert abs(told - strangers) < abs(told - learned)


def test_rendered_infants_from_the_photo_on(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four infants in three states, two left out in turn, found by the detector itself."""
    pytest.importorskip("dlib")
    monkeypatch.setattr(crops, "settings", lambda photos, crops: QUICK)
    folder = tmp_path / "faces"
    for infant in sorted((shared / "synthetic_infants").glob("infant0*")):
        (folder / infant.name).mkdir(parents=True)
        for state in ("happy", "neutral", "distressed"):
            for suffix in (".png", ".json"):
                shutil.copy(infant / f"{state}{suffix}", folder / infant.name)
    error = train(folder, tmp_path / "lab.dat").card["error"]
    assert (error["images"], error["not_found"], error["folds"]) == (12, 0, 4)
    assert set(error["expressions"]) == {"distressed", "happy", "neutral"}
    assert error["regions"]["inner"]["mean"] < 6  # few trees, twelve photos


@pytest.mark.usefixtures("quick")
def test_what_is_no_face_is_an_error_and_no_crash(tmp_path: Path) -> None:
    """All landmarks of an eye on one place: nothing to place a crop by."""
    folder = write_folder(tmp_path / "faces", infants(8), ["happy"])
    image, landmarks = drawn("i01", "happy")
    write_face(folder, "i01_happy", image, landmarks.replaced(np.full((68, 2), 100.0)))
    with pytest.raises(MorphkitError, match="MK213"):
        train(folder, tmp_path / "lab.dat")


@pytest.mark.parametrize("target", [".", "/"])
def test_a_folder_is_no_name_of_a_predictor(tmp_path: Path, target: str) -> None:
    with pytest.raises(UsageError, match="MK269"):
        train(tmp_path, Path(target))
