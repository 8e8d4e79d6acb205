"""Everything that must not get into a package is refused before anything is produced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from morphkit.errors import Finding, PackageError
from morphkit.package.refusals import cell_fault, path_fault, refusals
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet

CARED_FOR = ("jspsych", "psychopy")


def _with(stimulus_set: StimulusSet, place: int = 1, **changes: Any) -> StimulusSet:
    rows = list(stimulus_set.stimuli)
    rows[place] = dataclasses.replace(rows[place], **changes)
    return dataclasses.replace(stimulus_set, stimuli=rows)


def _refused(stimulus_set: StimulusSet) -> list[Finding]:
    found = []
    for name in CARED_FOR:
        with pytest.raises(PackageError) as caught:
            package(stimulus_set, name)  # not even the first file is asked for
        found.append(list(caught.value.findings))
    assert found[0] == found[1] == refusals(stimulus_set)
    return found[0]


def test_a_good_set_is_not_refused(stimulus_set: StimulusSet) -> None:
    assert refusals(stimulus_set) == []


def test_an_empty_set_is_refused(stimulus_set: StimulusSet) -> None:
    (finding,) = _refused(dataclasses.replace(stimulus_set, stimuli=[]))
    assert finding.code == "MK801"


@pytest.mark.parametrize(
    "name", ["Amy_01", "1amy", "amy 01", "amy-01", "amy.01", "a" * 60, "", "ämy", "amy_01\n"]
)
def test_an_id_that_some_front_end_does_not_take(name: str, stimulus_set: StimulusSet) -> None:
    finding = _refused(_with(stimulus_set, stimulus_id=name))[0]
    assert (finding.code, finding.pointer, finding.line) == ("MK802", "stimulus_id", 3)
    assert repr(name) in finding.message


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        ("007", "letter first"),
        ("1e5", "letter first"),
        ("F01", "lower-case"),
        ("amy_1", "lower-case"),
        ("=cmd", "lower-case"),
        ("con", "device"),
        ("com1", "device"),
        ("na", "missing"),
        ("nan", "missing"),
        ("none", "missing"),
        ("null", "missing"),
        ("true", "true or false"),
        ("inf", "number"),
        ("infinity", "number"),
    ],
)
def test_an_identity_that_an_importer_would_change(
    identity: str, why: str, stimulus_set: StimulusSet
) -> None:
    (finding,) = _refused(_with(stimulus_set, identity=identity))
    assert (finding.code, finding.pointer, finding.line) == ("MK803", "identity", 3)
    assert why in finding.message


@pytest.mark.parametrize("expression", ["Happy", "very happy", "happy-ish", "h" * 25])
def test_a_column_that_is_no_variable_name(expression: str, stimulus_set: StimulusSet) -> None:
    (finding,) = _refused(_with(stimulus_set, weights={"distressed": 0.5, expression: 0.5}))
    assert (finding.code, finding.pointer) == ("MK804", f"weight_{expression}")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-x", "@SUM(A1)", "[1,2]", "(1,2)", "NA", "none", "N/A", "1,5", "1_000",
        "1e5", "-inf", "TRUE", "false", "a\\new", " jnd", "jnd\n", "j\tnd", "j\x00nd",
    ],
)  # fmt: skip
def test_a_cell_that_would_be_evaluated_or_changed(text: str, stimulus_set: StimulusSet) -> None:
    (finding,) = _refused(_with(stimulus_set, intensity_unit=text))
    assert (finding.code, finding.pointer, finding.line) == ("MK805", "intensity_unit", 3)


@pytest.mark.parametrize("column", ["stimulus_id", "continuum", "morph_path"])
def test_every_text_column_is_looked_at(column: str, stimulus_set: StimulusSet) -> None:
    change: dict[str, Any] = {column: "nan"}
    findings = _refused(_with(stimulus_set, **change))
    assert ("MK805", column) in [(finding.code, finding.pointer) for finding in findings]


def test_negative_numbers_and_empty_cells_are_fine(stimulus_set: StimulusSet) -> None:
    assert refusals(_with(stimulus_set, intensity=-2.5, intensity_unit="JND from the PSE")) == []


def test_two_ids_that_differ_only_in_case(stimulus_set: StimulusSet) -> None:
    findings = _refused(_with(stimulus_set, stimulus_id="AMY_dis_hap_01"))
    (twin,) = [finding for finding in findings if finding.code == "MK806"]
    assert "amy_dis_hap_01" in twin.message
    assert (twin.pointer, twin.line) == ("stimulus_id", 3)


def test_one_image_for_two_stimuli(stimulus_set: StimulusSet) -> None:
    first = stimulus_set.stimuli[0]
    shared = _with(stimulus_set, image_file=first.image_file, sha256=first.sha256)
    (finding,) = _refused(shared)
    assert (finding.code, finding.pointer) == ("MK806", "image_file")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png", "/etc/passwd.png", "stimuli/../../x.png", "stimuli\\a.png", "C:/a.png",
        "stimuli/A.png", "stimuli/a.jpg", "stimuli/con.png", "other/a.png", "stimuli/a b.png",
        "stimuli//a.png", "stimuli/a.png/", "./stimuli/a.png", "stimuli/" + "a" * 60 + ".png", "",
    ],
)  # fmt: skip
def test_an_unsafe_image_path(path: str, stimulus_set: StimulusSet) -> None:
    asked: list[str] = []

    def read(image_file: str) -> bytes:
        asked.append(image_file)
        return stimulus_set.read(image_file)

    bad = dataclasses.replace(_with(stimulus_set, image_file=path), read=read)
    assert "MK807" in [finding.code for finding in _refused(bad)]
    if path_fault(path):
        assert path not in asked


@pytest.mark.parametrize("error", [KeyError, FileNotFoundError, PermissionError])
def test_a_missing_image(error: type[Exception], stimulus_set: StimulusSet) -> None:
    gone = stimulus_set.stimuli[2].image_file

    def read(image_file: str) -> bytes:
        if image_file == gone:
            raise error(image_file)
        return stimulus_set.read(image_file)

    (finding,) = _refused(dataclasses.replace(stimulus_set, read=read))
    assert (finding.code, finding.file) == ("MK808", gone)


def test_a_changed_image(stimulus_set: StimulusSet) -> None:
    changed = stimulus_set.stimuli[2].image_file

    def read(image_file: str) -> bytes:
        data = stimulus_set.read(image_file)
        return data + b"\0" if image_file == changed else data

    (finding,) = _refused(dataclasses.replace(stimulus_set, read=read))
    assert (finding.code, finding.file) == ("MK809", changed)


GOOD = {"key": "f", "button": 0, "label": "distressed", "level": -1}


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({**GOOD, "key": "F1", "label": "happy"}, "key 'F1'"),
        ({**GOOD, "key": "J", "label": "happy"}, "key 'J'"),
        ({**GOOD, "key": 7, "label": "happy"}, "key 7"),
        ({"label": "happy", "level": 1}, "key None"),
        ({**GOOD, "key": "j", "label": ""}, "label ''"),
        ({**GOOD, "key": "j", "label": "=happy"}, "label '=happy'"),
        ({**GOOD, "key": "j", "label": "happy$x"}, "label 'happy$x'"),
        ({**GOOD, "key": "j", "label": "<b>happy"}, "label '<b>happy'"),
        ({**GOOD, "key": "j", "label": "none"}, "label 'none'"),
        ({**GOOD, "key": "j", "label": "h" * 41}, "label 'hhh"),
        ({**GOOD, "key": "j", "label": "happy", "level": "1"}, "level '1'"),
        ({**GOOD, "key": "j", "label": "happy", "level": True}, "level True"),
        ({**GOOD, "label": "happy"}, "key 'f' stands for two"),
        ({**GOOD, "key": "j", "label": "Distressed"}, "label 'distressed' stands for two"),
    ],
)
def test_a_response_map_that_no_task_can_use(
    second: dict[str, Any], why: str, set_of: Callable[..., StimulusSet]
) -> None:
    (finding,) = _refused(set_of(response_map=[GOOD, second]))
    assert finding.code == "MK810"
    assert why in finding.message


@pytest.mark.parametrize("entries", [[], [GOOD]])
def test_a_task_needs_two_answers(
    entries: list[dict[str, Any]], set_of: Callable[..., StimulusSet]
) -> None:
    (finding,) = _refused(set_of(response_map=entries))
    assert (finding.code, finding.message) == ("MK810", "a task needs at least two answers.")


def test_all_faults_are_found_at_once(stimulus_set: StimulusSet) -> None:
    bad = _with(stimulus_set, 0, stimulus_id="Bad One", identity="007")
    bad = _with(bad, 3, continuum="=x", sha256="0" * 63 + "f")
    codes = [finding.code for finding in _refused(bad)]
    assert codes == ["MK802", "MK803", "MK805", "MK809"]


@given(st.text(alphabet="abz09AB_.-/\\: ~$\x00é", max_size=130))
@example("a" * 121)
@example("..")
@example("a/../b")
@example("nul.txt")
@example("aux")
def test_a_path_that_passes_stays_inside_and_is_the_same_everywhere(path: str) -> None:
    if path_fault(path):
        return
    windows = PureWindowsPath(path)
    assert windows.drive == ""
    assert windows.root == ""
    assert not windows.is_reserved()
    assert windows.as_posix() == path
    assert ".." not in windows.parts
    assert len(path) <= 120


@given(st.text(max_size=12))
@example("1,5")
@example("\u0663")  # a digit of another script is a number to Python
def test_a_cell_that_passes_is_the_same_text_after_reading(text: str) -> None:
    if cell_fault(text):
        return
    assert text == text.strip() != ""
    assert text.isprintable()
    with pytest.raises(ValueError, match="could not convert"):
        float(text.replace(",", "."))
