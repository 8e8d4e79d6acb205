"""What README.txt says of lists, of time and of fitting."""

from __future__ import annotations

import dataclasses

import pytest

from morphkit.package.notes import (
    FEW,
    dealt,
    fit_set,
    fit_task,
    length_note,
    lists_note,
    numbered,
    one_continuum,
)
from morphkit.package.orders import draw
from morphkit.package.session import Session
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import parse_task
from package.conftest import make_set


def drawn(text: str, stimulus_set: StimulusSet | None = None) -> Session:
    return draw(stimulus_set or make_set(), parse_task(text))


def with_another(name: str, last: str) -> StimulusSet:
    """A set that shows the same faces in another continuum, too, which the manifest has first."""
    made = make_set()
    block = made.manifest.morphkit
    path = {"path": "from-neutral", "expressions": ["neutral", last], "levels": [0, 1]}
    entry = ContinuumEntry.model_validate({"name": name, "midpoint": None, **path})
    rows = (
        dataclasses.replace(row, continuum=name, stimulus_id=f"{row.stimulus_id}_{name}")
        for row in made.stimuli
    )
    changed = block.model_copy(update={"continua": [entry, *block.continua]})
    manifest = made.manifest.model_copy(update={"morphkit": changed})
    return dataclasses.replace(made, manifest=manifest, stimuli=(*made.stimuli, *rows))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # 8 trials of 0.5 + 1 s
        ("{}", "8 trials, less than a minute"),
        ("{repeats: 5}", "40 trials, about 1 minute"),
        # the mean of a range, the blank; not exposure and mask, which an answer ends
        (
            "{repeats: 10, fixation_ms: [500, 1500], exposure_ms: 900, mask_ms: 900, iti_ms: 1000}",
            "80 trials, about 4 minutes",
        ),
        # 2 tests of 16 and 2 blocks of 16, feedback in the latter only: 64 × 2 + 32 × 30 s
        (
            "{kind: training, repeats: 2, fixation_ms: 1000, "
            "training: {blocks: 2, repeats: 2, feedback_ms: 30000}}",
            "64 trials, about 18 minutes",
        ),
        ("{repeats: 50, practice: 4, fixation_ms: 5000}", "404 trials, about 40 minutes"),
    ],
)
def test_how_long_a_session_takes(text: str, told: str) -> None:
    said = length_note(drawn(text))
    assert said == f"One session has {told} if each answer takes a second."


def test_without_times_only_trials_are_told() -> None:
    assert length_note(drawn("{}"), paced=False) == "One session has 8 trials."


def test_lists_of_unequal_length_are_a_range() -> None:
    one = drawn("{lists: 2}")
    uneven = dataclasses.replace(one, lists=(one.lists[0][:3], one.lists[1]))
    assert length_note(uneven, paced=False) == "One session has 3 to 8 trials."


def test_who_deals_the_lists() -> None:
    many, single = drawn("{lists: 4, swap_keys: true}"), drawn("{lists: 1}")
    codes, numbers, dealer = (
        " ".join(note.split())
        for note in (lists_note(many), numbered(many), dealt(many, "A randomiser"))
    )
    assert "There are 4 orders" in codes and "There are 4 orders" in numbers
    assert "(1: list 1, 5: list 1 again); any other code is dealt a list by its letters." in codes
    assert "letters" not in numbers and "by their number (1: list 1, 5: list 1 again)" in numbers
    assert "A randomiser deals them" in dealer and "response_label" not in dealer
    assert all("In even lists the keys of the answers are exchanged" in note
               for note in (codes, numbers, dealer))  # fmt: skip
    for note in (lists_note(single), numbered(single), dealt(single, "Nobody")):
        assert note == "Everybody sees the faces in the same order: trials.csv."
    assert max(map(len, lists_note(many).splitlines())) < 93


OTHER = f"One continuum at a time, here other.\n  {FEW}"


def to_fit(options: str, below: str) -> str:
    """What is printed where the answers can be fitted."""
    lead = (
        "To fit the answers of all participants, with SET the folder of the set that this package\n"
        "  was made from:"
    )
    command = f"morphkit calibrate fit SET d/*.csv{options} -o observers.scale.json"
    return f"{lead}\n\n    {command}\n\n  {below}"


@pytest.mark.parametrize(
    ("text", "told", "beside"),
    [
        ("{}", "", ""),
        ("{kind: rating, rating: {high: 7}}", " --task ratings --range 1 7", ""),
        ("{kind: training}", " --phase pretest", "(or --phase posttest)\n  "),
        ("{kind: training, training: {post_test: false}}", " --phase pretest", ""),
    ],
)
def test_what_the_fit_is_told(text: str, told: str, beside: str) -> None:
    made = make_set()
    one = drawn(text, made)
    assert fit_task(one, made.manifest, "d/*.csv") == to_fit(told, f"{beside}{FEW}")


def test_of_several_continua_the_first_that_rises_is_named() -> None:
    made = with_another("hap_dis", "distressed")
    assert one_continuum(make_set().stimuli, make_set().manifest) == ""
    assert one_continuum(made.stimuli, made.manifest) == "dis_hap"
    falling = with_another("falls", "distressed")
    only = [row for row in falling.stimuli if row.continuum == "falls"]
    mixed = [*only, dataclasses.replace(only[0], continuum="a_mixture")]
    assert one_continuum(mixed, falling.manifest) == "falls"
    assert one_continuum([mixed[-1], dataclasses.replace(mixed[-1], continuum="b")],
                         falling.manifest) == ""  # fmt: skip


def test_a_continuum_is_named_only_where_several_are_shown() -> None:
    made = with_another("other", "happy")
    every, one = drawn("{}", made), drawn("{continua: [dis_hap]}", made)
    named = to_fit(" --continuum other", OTHER)
    assert fit_task(every, made.manifest, "d/*.csv") == fit_set(made, "d/*.csv") == named
    plain = to_fit("", FEW)
    assert fit_task(one, made.manifest, "d/*.csv") == fit_set(make_set(), "d/*.csv") == plain


@pytest.mark.parametrize("kind", ["two-choice", "rating"])
def test_no_command_is_printed_that_would_be_refused(kind: str) -> None:
    falling = with_another("neu_dis", "distressed")
    one = drawn(f"{{kind: {kind}, continua: [neu_dis]}}", falling)
    told = " ".join(fit_task(one, falling.manifest, "d/*.csv").split())
    assert told == (
        "These answers can't be fitted: neu_dis leads to distressed, and only along a path to "
        "happy do they rise."
    )
    both = drawn(f"{{kind: {kind}, continua: [neu_dis, dis_hap]}}", falling)
    assert "--continuum dis_hap" in fit_task(both, falling.manifest, "d/*.csv")

    rows = tuple(dataclasses.replace(row, continuum="a_mixture") for row in make_set().stimuli)
    mixed = dataclasses.replace(make_set(), stimuli=rows)
    assert fit_set(mixed, "d") == "These answers can't be fitted: the faces lie on no continuum."


def test_a_path_to_an_answer_goes_before_one_to_none() -> None:
    sad = with_another("neu_sad", "sad")
    assert one_continuum(sad.stimuli, sad.manifest) == "dis_hap"
