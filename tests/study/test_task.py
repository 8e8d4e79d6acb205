"""Tasks: what they take, what they refuse, and what their presets say."""

from __future__ import annotations

import json

import jsonschema
import pytest

from morphkit.errors import RecipeError
from morphkit.study.recipe import parse_recipe, recipe_schema, resolved
from morphkit.study.task import PRESETS, parse_task, task_schema


def codes(text: str) -> list[tuple[str, str]]:
    with pytest.raises(RecipeError) as caught:
        parse_task(text, file="task.yaml")
    return [(one.code, one.pointer) for one in caught.value.findings]


def test_an_empty_task_is_each_face_once_until_the_answer() -> None:
    task = parse_task("kind: two-choice\n")
    assert (task.repeats, task.exposure_ms, task.mask_ms, task.practice) == (1, None, 0, 0)
    assert (task.fixation_ms, task.lists, task.seed, task.pause_every) == (500, 10, 1, 0)


def test_the_bristol_blocks_have_31_trials_of_15_frames() -> None:
    task = parse_task("preset: bristol-training\n")
    counts = task.training.repeats
    assert isinstance(counts, tuple)
    assert (len(counts), sum(counts), task.repeats) == (15, 31, 3)
    assert counts == counts[::-1]
    assert (task.exposure_ms, task.mask_ms, task.fixation_ms) == (150, 150, (1500, 2500))
    assert (task.training.blocks, task.training.shift_frames) == (6, 2)


def test_what_is_written_overrides_a_preset_key_by_key() -> None:
    task = parse_task("preset: bristol-training\ntraining: {shift_frames: 0}\nrepeats: 2\n")
    assert (task.training.shift_frames, task.training.blocks, task.repeats) == (0, 6, 2)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_task_and_says_where_it_is_from(name: str) -> None:
    task = parse_task(f"preset: {name}\n")
    assert task.preset == name
    assert PRESETS[name].source
    written = task.model_dump(mode="json", exclude_none=True)
    jsonschema.validate(written, task_schema())
    assert parse_task(json.dumps(written)) == task  # what a package carries is the same task


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kinds: rating\n", [("MK904", "kinds")]),
        ("kind: rate\n", [("MK907", "kind")]),
        ("preset: bristol\n", [("MK907", "preset")]),
        ("repeats: 0\n", [("MK907", "repeats")]),
        ("fixation_ms: half a second\n", [("MK906", "fixation_ms")]),
        ("fixation_ms: [2500, 1500]\n", [("MK907", "fixation_ms")]),
        ("fixation_ms: -1\n", [("MK907", "fixation_ms")]),
        ("exposure_ms: 0\n", [("MK907", "exposure_ms")]),
        ("exposure_ms: 7\n", [("MK907", "exposure_ms")]),
        ("exposure_ms: 60001\n", [("MK907", "exposure_ms")]),
        ("exposure_ms: 150\nmask_ms: 7\n", [("MK907", "mask_ms")]),
        ("kind: training\ntraining: {feedback_ms: 0}\n", [("MK907", "training.feedback_ms")]),
        ("mask_ms: 150\n", [("MK924", "mask_ms")]),
        ("kind: rating\nswap_keys: true\n", [("MK924", "swap_keys")]),
        ("kind: rating\nkeys: [a, l]\n", [("MK924", "keys")]),
        ("keys: {happy: j, distressed: f}\n", [("MK906", "keys")]),
        ("keys: fj\n", [("MK906", "keys")]),
        ("keys: [a, k, l]\n", [("MK906", "keys")]),
        ("keys: [a, a]\n", [("MK907", "keys")]),
        ("keys: [A, l]\n", [("MK907", "keys")]),
        ("keys: [a, 1]\n", [("MK907", "keys")]),
        ("keys: [left, right]\n", [("MK907", "keys")]),
        ("training: {blocks: 3}\n", [("MK924", "training")]),
        ("kind: training\nrating: {high: 7}\n", [("MK924", "rating")]),
        ("practice_identities: [amy]\n", [("MK924", "practice_identities")]),
        (
            "mask_ms: 150\npractice_identities: [amy]\nrating: {}\n",
            [("MK924", "mask_ms"), ("MK924", "practice_identities"), ("MK924", "rating")],
        ),
        ("kind: rate\nswap_keys: true\n", [("MK907", "kind")]),  # nothing is guessed of it
        ("continua: [dis_hap, thr_neu, dis_hap]\n", [("MK912", "continua")]),
        ("practice: 2\npractice_identities: [amy, amy]\n", [("MK912", "practice_identities")]),
        ("identities: [amy, amy]\n", [("MK912", "identities")]),
        ("practice: 2\npractice_identities: [Amy]\n", [("MK908", "practice_identities[0]")]),
        ("kind: rating\nrating: {high: 100}\n", [("MK907", "rating.high")]),
        ("kind: rating\nrating: {low: -1}\n", [("MK907", "rating.low")]),
        ("kind: rating\nrating: {low: 9}\n", [("MK907", "rating.low")]),
        ("kind: rating\nrating: {high: true}\n", [("MK906", "rating.high")]),
        ("kind: rating\nrating: {low: 5, high: 5}\n", [("MK907", "rating")]),
        ("kind: training\ntraining: {repeats: [0, 0]}\n", [("MK907", "training.repeats")]),
        ("kind: training\ntraining: {repeats: often}\n", [("MK906", "training.repeats")]),
        ("kind: training\ntraining: {boundary: guessed}\n", [("MK907", "training.boundary")]),
        ("kind: training\ntraining: {favours: happy}\n", [("MK907", "training.favours")]),
        ("kind: training\nkind: rating\n", [("MK903", "kind")]),
        ("continua: [Dis Hap]\n", [("MK908", "continua[0]")]),
        ("lists: 0\nseed: -1\n", [("MK907", "lists"), ("MK907", "seed")]),
    ],
)
def test_bad_tasks(text: str, wanted: list[tuple[str, str]]) -> None:
    assert codes(text) == wanted


def test_a_contradiction_is_told_where_it_stands() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_task("kind: two-choice\nrepeats: 2\n\n# noise\nmask_ms: 150\nlists: 3\n")
    (fault,) = caught.value.findings
    assert (fault.line, fault.pointer) == (5, "mask_ms")


@pytest.mark.parametrize("key", ["exposure_ms", "feedback_ms"])
def test_what_is_shown_lasts_a_frame_at_least(key: str) -> None:
    lines = {"exposure_ms": "exposure_ms: 8", "feedback_ms": "training: {feedback_ms: 8}"}
    parse_task(f"kind: training\n{lines[key]}\n")
    with pytest.raises(RecipeError) as caught:
        parse_task(f"kind: training\n{lines[key].replace('8', '3')}\n")
    (fault,) = caught.value.findings
    assert "3 ms" in fault.message and "from 8 " in fault.suggestion


def test_the_schema_knows_the_shortest_times() -> None:
    schema = task_schema()
    for value, lawful in ((0, True), (3, False), (8, True)):
        task = {"exposure_ms": 150, "mask_ms": value}
        assert jsonschema.Draft202012Validator(schema).is_valid(task) is lawful
    assert not jsonschema.Draft202012Validator(schema).is_valid({"exposure_ms": 7})
    assert jsonschema.Draft202012Validator(schema).is_valid({"exposure_ms": None})


def test_a_recipe_for_a_task_is_one_clear_fault() -> None:
    text = "# mine\nmorphkit: 1\nname: demo\nfaces: photos\ntask: {kind: rating}\n"
    with pytest.raises(RecipeError) as fault:
        parse_task(text, file="my_set.yaml")
    (found,) = fault.value.findings
    assert (found.code, found.file, found.line) == ("MK904", "my_set.yaml", 2)
    assert "this is a recipe; a task file begins with kind or preset" in found.message


@pytest.mark.parametrize("text", ["kind: rating\n", "preset: bristol-test\nlists: 4\n"])
def test_a_task_for_a_recipe_is_one_clear_fault(text: str) -> None:
    with pytest.raises(RecipeError) as fault:
        parse_recipe(text, file="my_task.yaml")
    (found,) = fault.value.findings
    assert (found.code, found.file) == ("MK905", "my_task.yaml")
    assert "this is a task file" in found.message and "--task" in found.suggestion


RECIPE = """morphkit: 1
name: demo
faces: photos
continua: [{name: dis_hap, path: direct, from: distressed, to: happy, levels: 5}]
task: """


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_may_name_a_preset(name: str) -> None:
    recipe = parse_recipe(RECIPE + name)
    assert recipe.task == parse_task(f"preset: {name}")
    assert parse_recipe(json.dumps(resolved(recipe))).task == recipe.task
    plain = {**json.loads(json.dumps(resolved(recipe))), "task": name}
    jsonschema.validate(plain, recipe_schema())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bristol-tests", "Did you mean bristol-test?"),
        ("my_task.yaml", "morphkit package --task FILE"),
        ("Rating", "Presets: two-choice, rating, bristol-test, bristol-training."),
    ],
)
def test_a_name_of_no_preset(text: str, told: str) -> None:
    with pytest.raises(RecipeError) as fault:
        parse_recipe(RECIPE + text, file="my_set.yaml")
    (found,) = fault.value.findings
    assert (found.code, found.line, found.pointer) == ("MK907", 5, "task")
    assert told in found.suggestion
    with pytest.raises(jsonschema.ValidationError):
        plain = {"morphkit": 1, "name": "demo", "faces": "photos", "task": text}
        jsonschema.validate(
            {**plain, "continua": resolved(parse_recipe(RECIPE))["continua"]}, recipe_schema()
        )


def test_a_rating_says_why_it_ends_at_nine() -> None:
    with pytest.raises(RecipeError) as fault:
        parse_task("kind: rating\nrating:\n  high: 100\n")
    (found,) = fault.value.findings
    assert found.line == 3
    assert "100 stands here; a rating is one press of a digit key" in found.message
    assert "from 0 to 9" in found.suggestion
