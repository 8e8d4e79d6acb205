"""Scripts for Inquisit and Presentation: their structure, and what a list comes to."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from closed_languages import Element, Machine, balanced, elements, items, objects, python_of, texts

from morphkit.observed.reading import read_responses
from morphkit.package.orders import draw
from morphkit.package.registry import package
from morphkit.package.session import Session, list_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices
from morphkit.study.table import columns
from morphkit.study.task import parse_task

TWO = "lists: 3\npractice: 2\npause_every: 5\nfixation_ms: [100, 200]\n"
BRIEF = TWO + "exposure_ms: 150\nmask_ms: 100\niti_ms: 70\nswap_keys: true\n"
RATING = "kind: rating\nlists: 2\n"
SILENT = "lists: 1\nfixation_ms: 0\n"
FIXED = (
    BRIEF + "kind: training\ntraining: {blocks: 2, boundary: 2.5, shift_frames: 1, held_out: 1}\n"
)
MEASURED = BRIEF + "repeats: 3\nkind: training\ntraining: {blocks: 2, shift_frames: 1}\n"
TASKS = [TWO, BRIEF, RATING, SILENT, FIXED]
MAP = [
    {"key": "a", "button": 0, "label": "glücklich-müde", "level": 1},
    {"key": "l", "button": 1, "label": "très triste", "level": -1},
]


def made(stimulus_set: StimulusSet, name: str, task: str) -> dict[str, bytes]:
    return dict(package(stimulus_set, name, task=parse_task(task)))


def text(data: bytes) -> str:
    """As the programs read it: ASCII, or UTF-8 with a byte-order mark."""
    assert data.isascii() or data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig")


def drawn(stimulus_set: StimulusSet, task: str) -> Session:
    return draw(stimulus_set, parse_task(task))


# ---- Inquisit


class Script:
    """A script in pieces."""

    def __init__(self, data: bytes) -> None:
        self.all = elements(text(data))

    def of(self, kind: str) -> dict[str, Element]:
        return {one.name: one for one in self.all if one.kind == kind}

    def list(self, name: str) -> list[str]:
        one = self.of("list")[name]
        assert (one.one("selectionrate"), one.one("replace")) == ("always", "true")
        return items(one.one("items"))


def scheduled(value: str) -> list[tuple[int, list[str]]]:
    """Return what a sequence in brackets has at its numbers."""
    out = []
    for part in value.strip("[]").split(";"):
        at, _, names = part.partition(" = ")
        out.append((int(at.split("-")[0]), [name.strip() for name in names.split(",")]))
    return out


@pytest.mark.parametrize("task", TASKS)
def test_a_script_of_inquisit_names_only_what_it_defines(
    stimulus_set: StimulusSet, task: str
) -> None:
    files = made(stimulus_set, "inquisit", task)
    script = Script(files["task.iqx"])
    twins = [(one.kind, one.name) for one in script.all]
    assert len(set(twins)) == len(twins)
    shown = {*script.of("text"), *script.of("picture"), "clearscreen"}
    for trial in script.of("trial").values():
        for _, names in scheduled(trial.one("stimulustimes")):
            assert {*names} <= shown
    plays = {*script.of("trial")}
    for block in script.of("block").values():
        played = re.findall(r"[a-z]\w*", block.one("trials"))
        assert {*played} - {"sequence"} <= plays
    for expt in script.of("expt").values():
        assert {name for _, (name,) in scheduled(expt.one("blocks"))} <= {*script.of("block")}
    (values,) = script.of("values").values()
    everything = text(files["task.iqx"])
    assert {*re.findall(r"values\.(\w+)", everything)} <= {*values.attributes}
    assert {*re.findall(r"list\.(\w+)\.nextvalue", everything)} <= {*script.of("list")}
    files_named = re.findall(r'"([^"]+\.png)"', everything)
    assert {*files_named} == {path for path in files if path.endswith(".png")}


@pytest.mark.parametrize("task", TASKS)
def test_a_script_of_inquisit_plays_the_lists(stimulus_set: StimulusSet, task: str) -> None:
    script = Script(made(stimulus_set, "inquisit", task)["task.iqx"])
    one = drawn(stimulus_set, task)
    blocks, expts = script.of("block"), script.of("expt")
    assert [len(script.list(name)) for name in columns(one.stimuli)] == [
        len(one.stimuli) for _ in columns(one.stimuli)
    ]
    assert script.list("stimulus_id") == [row.stimulus_id for row in one.stimuli]
    for number, trials in enumerate(one.lists, start=1):
        expt = expts[f"list_{number:02d}"]
        if len(one.lists) > 1:
            assert expt.one("subjects") == f"({number} of {len(one.lists)})"
        first, *rest, last = [name for _, (name,) in scheduled(expt.one("blocks"))]
        begin = dict(re.findall(r"values\.(\w+) = (\d+)", blocks[first].one("onblockbegin")))
        assert begin["list"] == str(number)
        assert begin["keys"] == str((number - 1) % len(one.answers) + 1)
        assert last == "finish"
        offset, counted = int(begin["offset"]), 0
        for place, name in enumerate(rest, start=1):
            *screens, run = blocks[name].one("trials").strip("[]").split("; ")
            assert screens == ([] if place == 1 else [f"1 = before_{place}"])
            found = re.fullmatch(r"(\d+)-(\d+) = sequence\((.*)\)", run)
            assert found
            parts = found[3].split(", ")
            many, over = divmod(int(found[2]) - int(found[1]) + 1, len(parts))
            mine = [trial for trial in trials if trial.block == place]
            assert (many, over) == (len(mine), 0)
            assert ("told" in parts) == (mine[0].phase == "training")
            assert ("cross" in parts) == any(trial.fixation_ms for trial in trials)
            counted += many
        assert counted == len(trials)
        at = slice(offset, offset + len(trials))
        assert script.list("rows")[at] == [str(trial.row + 1) for trial in trials]
        assert script.list("phases")[at] == [trial.phase for trial in trials]
        assert script.list("blocks")[at] == [str(trial.block) for trial in trials]
        assert script.list("fixations")[at] == [str(trial.fixation_ms) for trial in trials]
        assert script.list("feedbacks")[at] == [trial.feedback for trial in trials]


def test_a_trial_of_inquisit_has_its_times(stimulus_set: StimulusSet) -> None:
    script = Script(made(stimulus_set, "inquisit", FIXED)["task.iqx"])
    face = script.of("trial")["face"]
    assert scheduled(face.one("stimulustimes")) == [
        (0, ["face_picture", "reminder_text"]),
        (150, ["clearscreen", "mask_picture", "reminder_text"]),
        (250, ["clearscreen", "reminder_text"]),
    ]
    assert face.one("beginresponsetime") == "0"
    assert texts(face.one("correctresponse")) == ["f"]
    assert (
        "if (trial.face.correct == 1) values.pressed = 1 else values.pressed = 2;"
        in (face.attributes["ontrialend"][0])
    )
    assert texts(face.one("validresponse")) == ["f", "j"]
    assert "values.boundary_frame = 1.5;" in face.attributes["ontrialend"][1]
    assert script.of("trial")["cross"].one("pretrialpause") == "70"
    (data,) = script.of("data").values()
    kept = {*re.findall(r"values\.(\w+)", data.one("columns"))}
    assert {"list", "trial", "phase", "block", "response_label", "boundary_frame"} <= kept
    assert {*columns(stimulus_set.stimuli)} <= kept


@pytest.mark.parametrize("task", TASKS)
def test_a_list_of_inquisit_is_counted_by_what_it_is_about(
    stimulus_set: StimulusSet, task: str
) -> None:
    counted: dict[str, set[str]] = {}
    for name, one in Script(made(stimulus_set, "inquisit", task)["task.iqx"]).of("list").items():
        counted.setdefault(one.one("selectionmode"), set()).add(name)
    assert counted == {
        "values.row": {*columns(stimulus_set.stimuli)},
        "values.at": {"rows", "phases", "blocks", "fixations", "feedbacks"},
        "values.answer": {"answer_labels", "answer_levels"},
    }


def test_one_of_three_answers_in_inquisit_is_found_by_its_key(
    set_of: Callable[..., StimulusSet],
) -> None:
    third = {"key": "5", "button": 2, "label": "neither", "level": 0}
    files = made(set_of(response_map=[*MAP, third]), "inquisit", TWO)
    face = Script(files["task.iqx"]).of("trial")["face"]
    found = re.findall(r'responsetext == "(.)"|pressed = (.)', face.one("ontrialend"))
    assert "".join(a or b for a, b in found) == "aA1lL253"


def test_a_rating_in_inquisit_is_found_by_its_key(stimulus_set: StimulusSet) -> None:
    face = Script(made(stimulus_set, "inquisit", RATING)["task.iqx"]).of("trial")["face"]
    found = re.findall(r'responsetext == "(\d)"\) values.pressed = (\d)', face.one("ontrialend"))
    assert found == [(str(n), str(n)) for n in range(1, 10)]


def test_inquisit_exchanges_keys_for_even_lists(set_of: Callable[..., StimulusSet]) -> None:
    script = Script(made(set_of(response_map=MAP), "inquisit", BRIEF)["task.iqx"])
    assert script.list("answer_labels") == [
        *("glücklich-müde", "très triste"),
        *("très triste", "glücklich-müde"),
    ]
    assert texts(script.of("text")["reminder_text"].one("items")) == [
        "A = glücklich-müde     L = très triste",
        "A = très triste     L = glücklich-müde",
    ]


BAD_SCRIPTS = {
    "never closed": '<text a>\n/ items = ("x")\n',
    "stands in no element": "/ items = 3\n",
    "is open": '<text a>\n/ items = ("x"\n</text>\n',
    "closes nothing": "<list a>\n/ items = (1))\n</list>\n",
    "a quote is open": '<text a>\n/ items = ("x)\n</text>\n',
    "is not understood": "<text a>\nitems = 3\n</text>\n",
}


@pytest.mark.parametrize("why", BAD_SCRIPTS)
def test_a_broken_script_is_seen(why: str) -> None:
    with pytest.raises(ValueError, match=why):
        elements(BAD_SCRIPTS[why])


def test_escapes_of_inquisit() -> None:
    from morphkit.package.inquisit import quoted

    awkward = 'say "yes" ~ no\nor'
    balanced(quoted(awkward))
    assert texts(quoted(awkward)) == [awkward]


# ---- Presentation: the scenario


@pytest.mark.parametrize("task", [*TASKS, MEASURED])
def test_a_scenario_names_only_what_it_defines(stimulus_set: StimulusSet, task: str) -> None:
    files = made(stimulus_set, "presentation", task)
    header, things = objects(text(files["task.sce"]))
    every = [one for thing in things for one in thing.all()]
    names = [one.name for one in every if one.name]
    assert len({*names}) == len(names)
    defined = {one.name: one.kind for one in every if one.name}
    assert all(defined[one.uses] == one.kind for one in every if one.uses)
    bitmaps = [one for one in every if one.kind == "bitmap" and one.values]
    assert {"stimuli/" + one.values["filename"][0].strip('"') for one in bitmaps} == {
        path for path in files if path.endswith(".png")
    }
    (faces,) = [one for one in things if one.kind == "array"]
    assert [
        (part.values["filename"][0].strip('"'), part.values["description"][0].strip('"'))
        for part in faces.parts
    ] == [(f"{row.stimulus_id}.png", row.stimulus_id) for row in stimulus_set.stimuli]
    many = 9 if "rating" in task else 2
    assert header["active_buttons"] == str(many + 1)
    assert header["pcl_file"].strip('"') in files
    answering = [str(n) for n in range(1, many + 1)]
    (face,) = [one for one in things if one.name == "face_trial"]
    assert face.values["terminator_button"] == answering
    assert header["default_background_color"] == "128 , 128 , 128"


def test_a_face_of_presentation_has_its_times(stimulus_set: StimulusSet) -> None:
    _, things = objects(text(made(stimulus_set, "presentation", BRIEF)["task.sce"]))
    (face,) = [one for one in things if one.name == "face_trial"]
    assert [event.values["time"] for event in face.parts] == [["0"], ["150"], ["250"]]
    assert [event.values["response_active"] for event in face.parts] == [
        ["true"],
        ["false"],
        ["false"],
    ]
    first = [[part.uses for part in event.parts[0].parts] for event in face.parts]
    assert first == [["first_face", "reminder_text"], ["mask", "reminder_text"], ["reminder_text"]]


def test_faces_of_several_sizes_keep_their_own(stimulus_set: StimulusSet) -> None:
    first, *others = stimulus_set.stimuli
    odd = replace(stimulus_set, stimuli=[replace(first, height_px=64), *others])
    sizes = []
    for one in (stimulus_set, odd):
        face = Script(made(one, "inquisit", BRIEF)["task.iqx"]).of("picture")["face_picture"]
        sizes.append(face.attributes.get("size"))
    assert sizes == [["(48px, 60px)"], None]


@pytest.mark.parametrize(
    "broken", ["begin;\n", 'x = 1;\nbegin;\ntext { caption = "a" } b;\n', "x 1;\nbegin;\n"]
)
def test_a_broken_scenario_is_seen(broken: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        objects(broken)


# ---- Presentation: the program


class Observer:
    """One who answers the lower label at a frame with a probability of its own."""

    def __init__(self, stimulus_set: StimulusSet, one: Session, number: int) -> None:
        self.rng = Random(number)
        self.frames = {row.stimulus_id: row.frame for row in stimulus_set.stimuli}
        answers = one.answers[(number - 1) % len(one.answers)]
        by_key = {a.key: a.label for a in answers}
        self.buttons = {by_key[a.key]: n for n, a in enumerate(one.answers[0], start=1)}
        self.lower, self.upper = one.lower.label, one.upper.label
        self.given: list[str] = []

    def __call__(self, face: str) -> int:
        is_lower = self.rng.random() < 1 - self.frames[face] / 5
        self.given.append(self.lower if is_lower else self.upper)
        return self.buttons[self.given[-1]]


def run(
    stimulus_set: StimulusSet, task: str, subject: str
) -> tuple[Machine, Observer, list[dict[str, str]], Session]:
    one = drawn(stimulus_set, task)
    number = list_of(subject, len(one.lists))
    observer = Observer(stimulus_set, one, number)
    machine = Machine(subject, [row.stimulus_id for row in one.stimuli], observer)
    machine.run(text(made(stimulus_set, "presentation", task)["task.pcl"]))
    lines = list(csv.DictReader(machine.printed.splitlines(), delimiter="\t", strict=True))
    return machine, observer, lines, one


@pytest.mark.parametrize("task", [*TASKS, MEASURED])
@pytest.mark.parametrize("subject", ["1", "p02", "anna"])
def test_a_program_of_presentation_plays_the_list(
    stimulus_set: StimulusSet, task: str, subject: str
) -> None:
    machine, observer, lines, one = run(stimulus_set, task, subject)
    number = list_of(subject, len(one.lists))
    trials = one.lists[number - 1]
    assert len(lines) == len(trials)
    for place, (line, trial) in enumerate(zip(lines, trials, strict=True), start=1):
        assert line["participant"] == subject
        assert (line["list"], line["trial"]) == (str(number), str(place))
        assert (line["phase"], line["block"]) == (trial.phase, str(trial.block))
        assert line["stimulus_id"] == one.stimuli[trial.row].stimulus_id
        assert line["response_label"] == observer.given[place - 1]
        assert (
            float(line["response_level"])
            == {observer.lower: -1, observer.upper: 1}[line["response_label"]]
        )
        assert line["rt_ms"] == "512"
    assert len(machine.screens) == max(trial.block for trial in trials) + 1
    assert machine.screens[0].startswith("You will see")
    assert machine.screens[-1].startswith("Thank you")
    assert machine.file == f"{subject}_small_2.txt"  # one of that name was there


@pytest.mark.parametrize("subject", ["1", "2", "observer3"])
def test_a_program_of_presentation_measures_the_balance_point(
    stimulus_set: StimulusSet, subject: str
) -> None:
    machine, _, lines, one = run(stimulus_set, MEASURED, subject)
    told = list(machine.told)
    for line in lines:
        if line["phase"] != "training":
            assert not line["feedback_label"]
            continue
        boundary = 0.5 - one.task.training.shift_frames
        for frame in range(1, 5):
            shown = [
                x["response_label"] == one.lower.label
                for x in lines
                if (x["phase"], x["identity"], x["frame"])
                == ("pretest", line["identity"], str(frame))
            ]
            boundary += sum(shown) / len(shown)
        assert float(line["boundary_frame"]) == pytest.approx(boundary, abs=1e-4)
        above = int(line["frame"]) - boundary
        right = one.upper.label if above > -1e-9 else one.lower.label  # upper is favoured
        assert line["feedback_label"] == right
        assert line["feedback_right"] == str(int(line["response_label"] == right))
        word = "Right!" if line["feedback_right"] == "1" else "Wrong!"
        assert told.pop(0) == f"{word}\n\nThis face was {right}."
    assert not told and {line["feedback_right"] for line in lines} == {"0", "1", ""}


def test_a_fixed_boundary_is_told_as_drawn(stimulus_set: StimulusSet) -> None:
    _, _, lines, one = run(stimulus_set, FIXED, "2")
    assert [line["feedback_label"] for line in lines] == [trial.feedback for trial in one.lists[1]]
    assert {line["boundary_frame"] for line in lines} == {"", "1.5"}


SUBJECTS = ["1", "12", "0", "p7", "x99", "007", "123456789012", "anna", "A-b c", "z", "q1w"]


@pytest.mark.parametrize("lists", [1, 3, 12])
def test_presentation_deals_lists_as_all_front_ends(stimulus_set: StimulusSet, lists: int) -> None:
    program = text(made(stimulus_set, "presentation", f"lists: {lists}\n")["task.pcl"])
    for subject in SUBJECTS:
        machine = Machine(subject, [row.stimulus_id for row in stimulus_set.stimuli], lambda _: 1)
        machine.run(program)
        line = machine.printed.splitlines()[1].split("\t")
        assert line[:2] == [subject, str(list_of(subject, lists))], subject


def test_words_beyond_ascii_reach_presentation(set_of: Callable[..., StimulusSet]) -> None:
    _, _, lines, _ = run(set_of(response_map=MAP), BRIEF, "2")
    assert {line["response_label"] for line in lines} == {"glücklich-müde", "très triste"}


def test_tables_of_presentation_are_read(stimulus_set: StimulusSet, tmp_path: Path) -> None:
    paths = []
    for subject in ("1", "2"):
        machine, _, lines, one = run(stimulus_set, BRIEF, subject)
        paths.append(tmp_path / f"{subject}.txt")
        paths[-1].write_text(machine.printed, encoding="utf-8")
    read = read_responses(paths)
    assert read.observers == ("1", "2")
    assert {*read.stimuli} == {row.stimulus_id for row in one.stimuli}
    assert {round(seconds, 3) for seconds in read.rt} == {0.512}
    meant = choices(read.answers, stimulus_set.manifest.morphkit.response_map)
    assert dict(zip(read.answers, meant, strict=True)) == {"": -1, "distressed": 0, "happy": 1}
    assert len(lines) < len(read) <= 2 * len(lines)


def test_ratings_of_presentation_are_read(stimulus_set: StimulusSet, tmp_path: Path) -> None:
    machine, _, lines, _ = run(stimulus_set, RATING, "1")
    path = tmp_path / "1.txt"
    path.write_text(machine.printed, encoding="utf-8")
    read = read_responses([path], "ratings")
    assert [f"{rating:g}" for rating in read.rating] == [line["response_label"] for line in lines]


@pytest.mark.parametrize(
    ("why", "program"),
    [
        ("no semicolon", "int a = 1\n"),
        ("an end is missing", "if a == 1 then\n   a = 2;\n"),
        ("an end too many", "end;\n"),
        ("what is this", "a + 1;\n"),
    ],
)
def test_a_broken_program_is_seen(why: str, program: str) -> None:
    with pytest.raises(ValueError, match=why):
        python_of(program)


def test_an_array_of_another_size_is_seen() -> None:
    machine = Machine("1", [], lambda _: 1)
    with pytest.raises(ValueError, match="2 values in an array of 3"):
        machine.run("array<int> rows[3] = {\n   1, 2\n};\n")


def test_escapes_of_presentation() -> None:
    from morphkit.package.presentation import quoted

    assert quoted('a "b" \\ c\nd\te') == '"a \\"b\\" \\\\ c\\nd\\te"'
