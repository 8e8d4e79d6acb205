"""The letters that a task gives its answers: in every package, and none of f and j is left."""

from __future__ import annotations

import io
import json
import re
import shlex
from typing import Any

import pytest
import scipy.io

from morphkit.errors import PackageError
from morphkit.files.nested import unpacked
from morphkit.package.registry import package
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices, given_answers
from morphkit.study.task import parse_task

CLICKED = ("qualtrics",)
FRONT_ENDS = (
    *("eprime", "gorilla", "inquisit", "jspsych", "labjs", "opensesame", "presentation"),
    *("psychopy", "psychtoolbox", "testable", *CLICKED),
)
SWAPPED = [name for name in FRONT_ENDS if name not in ("qualtrics", "testable")]


def words_of(stimulus_set: StimulusSet, name: str, task: str) -> dict[str, str]:
    """Every text of a package, archives and MATLAB's files unpacked."""
    found: dict[str, str] = {}
    for path, data in package(stimulus_set, name, task=parse_task(task)):
        for number, item in enumerate(unpacked(data)):
            if path.endswith(".mat"):
                read = scipy.io.loadmat(io.BytesIO(item.data), simplify_cells=True)
                found[path] = json.dumps(read, default=lambda _: "")
            elif b"\0" not in item.data or path.endswith(".txt"):
                wide = item.data[:2] == b"\xff\xfe"
                found[f"{path} {number}"] = item.data.decode("utf-16" if wide else "utf-8")
    return found


def used(words: dict[str, str], letters: str) -> set[str]:
    """Texts in which one of some letters stands as a key, and the letters that do."""
    capital = letters.upper()
    pattern = re.compile(
        rf"Press ([{capital}])\b|\b([{capital}]) = |['\"]([{letters}{capital}])['\"]"
        rf"|label_([{letters}])\b|key ([{capital}])\b|^ +([{capital}])  "
        rf"|^ +\d  ([{capital}])$|,([{letters}]),|Allowable: ([{letters}]+)",
        re.MULTILINE,
    )
    return {
        "".join(one.groups(default="")).lower()
        for text in words.values()
        for one in pattern.finditer(text)
    }


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_the_letters_arrive_and_no_other_is_left(name: str, stimulus_set: StimulusSet) -> None:
    """The same look that finds nothing of f and j finds them where nobody gave keys."""
    plain = used(words_of(stimulus_set, name, "kind: two-choice\n"), "fj")
    assert {"f", "j"} <= plain
    own = words_of(stimulus_set, name, "keys: [q, z]\n")
    assert used(own, "fj") == set()
    assert {"q", "z"} <= used(own, "qz")
    assert used(words_of(stimulus_set, name, "kind: two-choice\n"), "qz") == set()


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_the_sets_own_letters_change_nothing(name: str, stimulus_set: StimulusSet) -> None:
    plain = words_of(stimulus_set, name, "kind: two-choice\n")
    own = words_of(stimulus_set, name, "keys: [f, j]\n")
    differ = {path.split()[0] for path in plain.keys() | own.keys() if plain[path] != own[path]}
    # what says the task, and what Testable's data must be told
    told = {"README.txt"} if name == "testable" else set()
    assert differ == {"task.json", "checksums.sha256"} | told


def answers(stimulus_set: StimulusSet, name: str, task: str) -> list[dict[str, Any]]:
    made = dict(package(stimulus_set, name, task=parse_task(task)))
    found: list[dict[str, Any]] = json.loads(made["response_map.json"])
    assert parse_task(made["task.json"].decode()) == parse_task(task)
    return found


def test_the_first_letter_is_that_of_the_lower_answer(set_of: Any) -> None:
    (low, high) = answers(set_of(("amy",)), "psychopy", "keys: [q, z]\n")
    assert (low["key"], low["label"], low["button"]) == ("q", "distressed", 0)
    assert (high["key"], high["label"], high["button"]) == ("z", "happy", 1)


@pytest.mark.parametrize("name", SWAPPED)
def test_letters_are_exchanged_in_every_second_list(name: str, stimulus_set: StimulusSet) -> None:
    told = answers(stimulus_set, name, "keys: [q, z]\nswap_keys: true\n")
    assert [(one["key"], one["label"], one["lists"]) for one in told] == [
        *(("q", "distressed", "odd"), ("z", "happy", "odd")),
        *(("q", "happy", "even"), ("z", "distressed", "even")),
    ]
    assert used(words_of(stimulus_set, name, "keys: [q, z]\nswap_keys: true\n"), "fj") == set()


@pytest.mark.parametrize("keys", ["[q, z]", "[j, f]"])
def test_data_of_keys_alone_are_fitted_as_the_readme_says(
    keys: str, stimulus_set: StimulusSet
) -> None:
    """Only Testable writes no word beside a key; the set's map knows other keys, or the wrong."""
    made = dict(package(stimulus_set, "testable", task=parse_task(f"keys: {keys}\n")))
    readme = made["README.txt"].decode()
    line = next(line for line in readme.splitlines() if "calibrate fit" in line)
    words = shlex.split(line)
    given = given_answers([words[words.index("--answers") + 1]])
    lower, upper = keys.strip("[]").split(", ")
    known = stimulus_set.manifest.morphkit.response_map
    assert choices((upper, lower, ""), known, given) == (1, 0, -1)


def test_a_set_of_three_answers_takes_no_two_keys(set_of: Any) -> None:
    more = [
        {"key": key, "button": n, "label": label, "level": level}
        for n, (key, label, level) in enumerate(
            [("f", "distressed", -1), ("g", "neutral", 0), ("j", "happy", 1)]
        )
    ]
    with pytest.raises(PackageError, match="MK821"):
        package(set_of(("amy",), more), "psychopy", task=parse_task("keys: [q, z]\n"))
