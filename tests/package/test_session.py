"""Sessions: the trials of every list, drawn from the set, the task and the seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from morphkit.errors import PackageError
from morphkit.package.design import presentation
from morphkit.package.limits import refuse_unable
from morphkit.package.orders import draw
from morphkit.package.session import Session, list_of
from morphkit.package.words import script_values, trials_csv
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import Stimulus
from morphkit.study.task import Task, parse_task

TRAINING = """\
kind: training
repeats: 3
practice: 4
lists: 4
training: {blocks: 2, repeats: [1, 2, 2, 1], held_out: 1}
"""


def drawn(stimulus_set: StimulusSet, text: str) -> Session:
    return draw(stimulus_set, parse_task(text))


def test_every_list_shows_every_face_as_often_as_asked(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "repeats: 3\n")
    assert len(one.lists) == 10
    for trials in one.lists:
        assert Counter(trial.row for trial in trials) == dict.fromkeys(range(8), 3)
        # each face once before any comes again, and none twice in a row
        for start in (0, 8, 16):
            assert {trial.row for trial in trials[start : start + 8]} == set(range(8))
        assert all(a.row != b.row for a, b in pairwise(trials))
    assert len({tuple(trial.row for trial in trials) for trials in one.lists}) == 10


def test_orders_follow_from_the_seed_alone(stimulus_set: StimulusSet) -> None:
    first, again = drawn(stimulus_set, "seed: 5\n"), drawn(stimulus_set, "seed: 5\n")
    assert first == again
    assert drawn(stimulus_set, "seed: 6\n").lists != first.lists
    more = drawn(stimulus_set, "seed: 5\nlists: 20\n")
    assert more.lists[:10] == first.lists


def test_an_order_is_the_same_on_every_machine(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "lists: 1\n")
    assert [trial.row for trial in one.lists[0]] == [0, 2, 3, 6, 5, 1, 4, 7]


def test_a_training_is_practice_test_blocks_test(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, TRAINING)
    for trials in one.lists:
        phases = [phase for phase, _ in Counter(t.phase for t in trials).items()]
        assert phases == ["practice", "pretest", "training", "posttest"]
        assert Counter(t.phase for t in trials) == {
            "practice": 4, "pretest": 24, "training": 12, "posttest": 24
        }  # fmt: skip
        assert [b for b, _ in Counter(t.block for t in trials).items()] == [1, 2, 3, 4, 5]
        for block in (3, 4):
            rows = Counter(one.stimuli[t.row].frame for t in trials if t.block == block)
            assert rows == {1: 1, 2: 2, 3: 2, 4: 1}


def test_who_is_held_out_is_tested_and_neither_trained_nor_practised(
    stimulus_set: StimulusSet,
) -> None:
    one = drawn(stimulus_set, TRAINING)
    left = []
    for trials in one.lists:
        shown = {t.phase: {one.stimuli[u.row].identity for u in trials if u.phase == t.phase}
                 for t in trials}  # fmt: skip
        assert shown["pretest"] == shown["posttest"] == {"amy", "ben"}
        assert shown["training"] == shown["practice"]
        (out,) = {"amy", "ben"} - shown["training"]
        left.append(out)
    assert left == ["amy", "ben", "amy", "ben"]


def test_infants_who_are_kept_for_practice_are_nowhere_else(
    set_of: Callable[..., StimulusSet],
) -> None:
    text = TRAINING.replace("held_out: 1", "held_out: 1}\npractice_identities: [ben]\n#")
    one = drawn(set_of(("amy", "ben", "cora")), text)
    for trials in one.lists:
        shown = {t.phase: {one.stimuli[u.row].identity for u in trials if u.phase == t.phase}
                 for t in trials}  # fmt: skip
        assert shown["practice"] == {"ben"}
        assert shown["pretest"] == shown["posttest"] == {"amy", "cora"}
        assert len(shown["training"] & {"amy", "cora"}) == len(shown["training"]) == 1
    told = presentation("X", one, set_of(("amy", "ben", "cora")).manifest)
    assert "After 4 practice trials with infants who were shown nowhere else (ben), " in told
    assert "each of 8 faces was shown 3 times" in told


def test_practice_shows_the_ends_in_turn(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "practice: 6\n")
    for trials in one.lists:
        frames = [one.stimuli[t.row].frame for t in trials if t.phase == "practice"]
        assert Counter(frames) == {1: 3, 4: 3}


def test_blocks_of_a_test_are_about_equal(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "repeats: 2\npause_every: 7\n")
    assert Counter(t.block for t in one.lists[0]) == {1: 5, 2: 6, 3: 5}


def test_fixation_is_drawn_from_its_range(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "fixation_ms: [1500, 2500]\nrepeats: 5\n")
    times = [t.fixation_ms for trials in one.lists for t in trials]
    assert min(times) >= 1500
    assert max(times) <= 2500
    assert len(set(times)) > 100


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        # frames 1…4; a frame on the boundary goes to the favoured answer
        ("boundary: 2.5, shift_frames: 0", "ddhh"),
        ("boundary: 2.5, shift_frames: 1", "dhhh"),
        ("boundary: 2.5, shift_frames: 1, favours: lower", "dddh"),
        ("boundary: 2, shift_frames: 0", "dhhh"),
        ("boundary: 2, shift_frames: 0, favours: lower", "ddhh"),
        ("boundary: 3, shift_frames: 0.5", "ddhh"),
    ],
)
def test_a_fixed_boundary_says_what_feedback_calls_right(
    rule: str, wanted: str, stimulus_set: StimulusSet
) -> None:
    one = drawn(stimulus_set, f"kind: training\ntraining: {{blocks: 1, {rule}}}\n")
    told = {one.stimuli[t.row].frame: t.feedback for t in one.lists[0] if t.phase == "training"}
    assert "".join(told[frame][0] for frame in sorted(told)) == wanted
    assert {t.feedback for t in one.lists[0] if t.phase != "training"} == {""}
    refuse_unable(one.task, "gorilla")  # a table can say this


def test_a_measured_boundary_needs_a_script(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, "kind: training\n")
    assert {t.feedback for t in one.lists[0]} == {""}
    with pytest.raises(PackageError, match="MK822"):
        refuse_unable(one.task, "gorilla")


def test_keys_are_exchanged_for_every_second_list(stimulus_set: StimulusSet) -> None:
    plain, swapped = drawn(stimulus_set, "swap_keys: true\n").answers
    assert [(a.key, a.button, a.label) for a in plain] == [
        ("f", 0, "distressed"), ("j", 1, "happy")
    ]  # fmt: skip
    assert [(a.key, a.button, a.label, a.level) for a in swapped] == [
        ("f", 0, "happy", 1), ("j", 1, "distressed", -1)
    ]  # fmt: skip


def test_a_rating_has_a_key_for_each_number(stimulus_set: StimulusSet) -> None:
    (answers,) = drawn(stimulus_set, "kind: rating\nrating: {low: 1, high: 5}\n").answers
    assert [(a.key, a.label, a.level) for a in answers] == [
        ("1", "1", -1), ("2", "2", -0.5), ("3", "3", 0), ("4", "4", 0.5), ("5", "5", 1)
    ]  # fmt: skip


def test_only_what_the_task_chooses_is_shown(set_of: Callable[..., StimulusSet]) -> None:
    one = drawn(set_of(("amy", "ben", "cora")), "identities: [amy, cora]\ncontinua: [dis_hap]\n")
    assert {row.identity for row in one.stimuli} == {"amy", "cora"}
    assert len(one.stimuli) == len(one.lists[0]) == 8


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("continua: [amb]\n", "task.continua"),
        ("practice: 2\npractice_identities: [zoe]\n", "task.practice_identities"),
        ("practice: 2\npractice_identities: [amy, ben]\n", "task.identities"),
        (
            "practice: 2\nidentities: [amy]\npractice_identities: [ben]\n",
            "task.practice_identities",
        ),
        ("identities: [zoe]\n", "task.identities"),
        ("kind: training\ntraining: {repeats: [1, 2, 3]}\n", "task.training.repeats"),
        ("kind: training\ntraining: {held_out: 2}\n", "task.training.held_out"),
        ("kind: training\ntraining: {boundary: 8.5}\n", "task.training.boundary"),
        ("kind: training\ntraining: {boundary: 0.5}\n", "task.training.boundary"),
        ("kind: training\ntraining: {shift_frames: 4}\n", "task.training.shift_frames"),
    ],
)
def test_a_task_that_does_not_fit_the_set(text: str, place: str, stimulus_set: StimulusSet) -> None:
    with pytest.raises(PackageError) as caught:
        drawn(stimulus_set, text)
    assert [(f.code, f.pointer) for f in caught.value.findings] == [("MK821", place)]


@pytest.mark.parametrize(
    ("participant", "lists", "wanted"),
    [("1", 12, 1), ("12", 12, 12), ("13", 12, 1), ("p007", 12, 7), ("0", 12, 12), ("ab", 12, 4),
     ("", 12, 1), ("anything", 1, 1), ("x99999999999999999999", 7, 5)],
)  # fmt: skip
def test_observers_take_lists_in_turn(participant: str, lists: int, wanted: int) -> None:
    assert list_of(participant, lists) == wanted


def test_ten_lists_are_dealt_evenly_to_codes_of_a_panel() -> None:
    rng = random.Random(3)
    codes = ("".join(rng.choice("0123456789abcdef") for _ in range(24)) for _ in range(20_000))
    dealt = Counter(list_of(code, Task().lists) for code in codes)
    assert max(dealt.values()) < 1.15 * min(dealt.values())


def test_the_table_of_trials_is_what_scripts_get(stimulus_set: StimulusSet) -> None:
    one = drawn(stimulus_set, TRAINING)
    lines = trials_csv(one).splitlines()
    assert lines[0] == "list,trial,phase,block,stimulus_id,fixation_ms,feedback_label,feedback_rule"
    assert len(lines) - 1 == sum(map(len, one.lists))
    values = script_values(one, stimulus_set.manifest)
    row, phase, block, fixation, feedback = values["lists"][1][5]
    name = one.stimuli[row].stimulus_id
    assert f"2,6,{phase},{block},{name},{fixation},{feedback}," in lines
    rules = {line.split(",")[2]: line.split(",")[7] for line in lines[1:]}
    assert rules["training"] == "balance point minus 2 frames"
    assert rules["pretest"] == rules["practice"] == ""
    by_one = trials_csv(drawn(stimulus_set, TRAINING.replace("blocks", "shift_frames: 1, blocks")))
    assert "balance point minus 1 frame\n" in by_one


def test_papers_say_what_was_done(stimulus_set: StimulusSet) -> None:
    told = presentation("X", drawn(stimulus_set, TRAINING), stimulus_set.manifest)
    for part in (
        "After 4 practice trials, each of 8 faces was shown 3 times, in one of 4 random orders",
        "Training followed: 2 blocks of 6 trials, in which feedback",
        "moved by 2 frames so that more frames counted as happy",
        "In each list one infant was tested but not trained; the infants took turns, each in 2 of "
        "the 4 lists.",
        "The test was then repeated",
    ):
        assert part in told


def test_nothing_comes_twice_in_a_row_where_that_can_be_had(
    set_of: Callable[..., StimulusSet],
) -> None:
    levels = tuple(place / 7 - 1 for place in range(15))
    one_infant = set_of(("amy",), levels=levels)
    text = "kind: training\nrepeats: 2\npractice: 2\ntraining: {blocks: 3, repeats: 10}\n"
    one = drawn(one_infant, text)
    for trials in one.lists:
        assert all(a.row != b.row for a, b in pairwise(trials))
        blocks = Counter((t.block, t.row) for t in trials if t.phase == "training")
        assert set(blocks.values()) == {10}
    only = drawn(
        one_infant, f"kind: training\ntraining: {{blocks: 1, repeats: {[0] * 14 + [4]}}}\n"
    )
    rows = [t.row for t in only.lists[0] if t.phase == "training"]
    assert rows == [14] * 4


@pytest.mark.parametrize("infants", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("held_out", [1, 2])
def test_nobody_is_held_out_with_the_same_keys_always(
    infants: int, held_out: int, set_of: Callable[..., StimulusSet]
) -> None:
    if held_out >= infants:
        return
    names = tuple(f"i{number}" for number in range(infants))
    text = f"kind: training\nswap_keys: true\nlists: {4 * infants}\n"
    one = drawn(set_of(names), f"{text}training: {{blocks: 1, held_out: {held_out}}}\n")
    left: Counter[tuple[str, int]] = Counter()
    for number, trials in enumerate(one.lists):
        shown = {one.stimuli[t.row].identity for t in trials if t.phase == "training"}
        left.update((who, number % 2) for who in {*names} - shown)
    assert left == dict.fromkeys([(who, keys) for who in names for keys in (0, 1)], 2 * held_out)


def other(whole: StimulusSet, path: str, name: str, levels: Sequence[float]) -> list[Stimulus]:
    """Rows of another series of the set's first infant."""
    row, far = whole.stimuli[0], "distressed" if name.endswith("dis") else "happy"
    near = "distressed" if path == "direct" else "neutral"
    shares = [(level + 1) / 2 if path == "direct" else level for level in levels]
    return [
        replace(row, stimulus_id=f"amy_{name}_{n:02d}", continuum=name, morph_path=path, frame=n,
                morph_level=level, weights={near: 1 - share, far: share})
        for n, (level, share) in enumerate(zip(levels, shares, strict=True), start=1)
    ]  # fmt: skip


def half_paths(
    whole: StimulusSet, *names: str, two_sided: bool = True, who: str = "amy"
) -> StimulusSet:
    """The set with continua of its first infant that begin at neutral."""
    block = whole.manifest.morphkit
    entries = [
        ContinuumEntry(
            name=name, path="from-neutral", midpoint=None, levels=[0, 0.5, 1], identities=[who],
            expressions=["neutral", "distressed" if name.endswith("dis") else "happy"],
        )
        for name in names
    ]  # fmt: skip
    rows = [row for name in names for row in other(whole, "from-neutral", name, (0, 0.5, 1))]
    answers = block.response_map
    if not two_sided:
        answers = [
            {**answer, "label": label, "level": level}
            for answer, label, level in zip(answers, entries[0].expressions, (0, 1), strict=True)
        ]
    block = block.model_copy(
        update={
            "continua": [*(block.continua if two_sided else ()), *entries],
            "response_map": answers,
        }
    )
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    shown = (*(whole.stimuli if two_sided else ()), *rows)
    return replace(whole, manifest=manifest, stimuli=shown)


def practised(one: Session) -> Counter[tuple[str, float | None]]:
    """Continuum and level of the faces of every list's practice."""
    faces = [one.stimuli[t.row] for trials in one.lists for t in trials if t.phase == "practice"]
    return Counter((face.continuum, face.morph_level) for face in faces)


def test_practice_shows_neither_neutral_nor_ambiguous_faces(stimulus_set: StimulusSet) -> None:
    more = [
        *other(stimulus_set, "direct", "ambig", (-0.2, 0, 0.2)),
        *other(stimulus_set, "from-neutral", "neu_dis", (0, 1)),
    ]
    one = drawn(replace(stimulus_set, stimuli=(*more, *stimulus_set.stimuli)), "practice: 8\n")
    for trials in one.lists:
        faces = [one.stimuli[t.row] for t in trials if t.phase == "practice"]
        shown = Counter(max(face.weights, key=face.weights.__getitem__) for face in faces)
        assert shown == {"distressed": 4, "happy": 4}
        assert {max(face.weights.values()) for face in faces} == {1}


def test_practice_shows_the_far_ends_of_paths_from_neutral(stimulus_set: StimulusSet) -> None:
    packed = half_paths(stimulus_set, "neu_dis", "neu_hap")
    one = drawn(packed, "practice: 4\nlists: 3\ncontinua: [neu_dis, neu_hap]\n")
    assert practised(one) == {("neu_dis", 1): 6, ("neu_hap", 1): 6}
    # beside another path, too: its own ends, and the far one of this
    both = practised(drawn(packed, "practice: 6\nlists: 3\ncontinua: [dis_hap, neu_hap]\n"))
    assert {*both} == {("dis_hap", -1), ("dis_hap", 1), ("neu_hap", 1)}
    assert both["dis_hap", -1] == 9


def test_neutral_is_an_end_where_it_is_an_answer(stimulus_set: StimulusSet) -> None:
    packed = half_paths(stimulus_set, "neu_hap", two_sided=False)
    assert practised(drawn(packed, "practice: 4\nlists: 1\n")) == {
        ("neu_hap", 0): 2,
        ("neu_hap", 1): 2,
    }


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("continua: [neu_hap]\n", "distressed"),
        ("continua: [neu_dis]\n", "happy"),
        ("continua: [dis_hap, neu_dis]\npractice_identities: [amy]\n", ""),
        ("continua: [dis_hap, neu_hap]\n", ""),
        ("", ""),
    ],
)
def test_practice_of_one_answer_alone_is_refused(
    stimulus_set: StimulusSet, text: str, lacking: str
) -> None:
    packed = half_paths(stimulus_set, "neu_dis", "neu_hap")
    if not lacking:
        drawn(packed, f"{text}practice: 2\n")
        return
    with pytest.raises(PackageError, match=f"none that is shown is clearly {lacking}") as caught:
        drawn(packed, f"{text}practice: 2\n")
    (fault,) = caught.value.findings
    assert (fault.code, fault.pointer) == ("MK821", "task.practice")
    drawn(packed, f"{text}practice: 0\n")  # nothing else is wrong with it


def test_practice_needs_both_answers_of_the_infants_kept_for_it(stimulus_set: StimulusSet) -> None:
    packed = half_paths(stimulus_set, "neu_hap")
    block = packed.manifest.morphkit
    only_ben = block.continua[0].model_copy(update={"identities": ["ben"]})
    block = block.model_copy(update={"continua": [only_ben, *block.continua[1:]]})
    packed = replace(packed, manifest=packed.manifest.model_copy(update={"morphkit": block}))
    drawn(packed, "practice: 2\npractice_identities: [ben]\n")
    with pytest.raises(PackageError, match="none that is shown is clearly distressed"):
        drawn(packed, "practice: 2\npractice_identities: [amy]\n")


def test_a_rating_practises_neutral_where_nothing_reaches_an_end(stimulus_set: StimulusSet) -> None:
    packed = half_paths(stimulus_set, "neu_hap")
    one = drawn(packed, "kind: rating\npractice: 4\nlists: 1\ncontinua: [neu_hap]\n")
    assert practised(one) == {("neu_hap", 0): 2, ("neu_hap", 1): 2}


def test_a_training_shows_nothing_but_continua(stimulus_set: StimulusSet) -> None:
    more = other(stimulus_set, "transform", "tr", (0, 0.1, 0.2, 0.3, 0.4, 0.5))
    one = drawn(replace(stimulus_set, stimuli=(*more, *stimulus_set.stimuli)), TRAINING)
    assert {row.continuum for row in one.stimuli} == {"dis_hap"}


def test_continua_that_not_every_infant_has(stimulus_set: StimulusSet) -> None:
    block = stimulus_set.manifest.morphkit
    (entry,) = block.continua
    block = block.model_copy(
        update={"continua": [entry.model_copy(update={"identities": ["amy"]})]}
    )
    manifest = stimulus_set.manifest.model_copy(update={"morphkit": block})
    rows = [row for row in stimulus_set.stimuli if row.identity == "amy"]
    rows += [replace(row, identity="ben") for row in other(stimulus_set, "transform", "tr", (0,))]
    partly = replace(stimulus_set, manifest=manifest, stimuli=tuple(rows))
    for text in (
        "continua: [dis_hap]\nidentities: [ben]\npractice: 2\n",
        "continua: [dis_hap]\nkind: training\ntraining: {held_out: 1}\n",
    ):
        with pytest.raises(PackageError, match="MK821"):
            drawn(partly, text)
