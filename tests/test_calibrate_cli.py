"""`morphkit calibrate`: a rehearsal from simulated observers to levels, and what it refuses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from judged_set import judged_set, write_set
from morphkit.cli import main

PSE = -0.2
COUNT = 15
SET = judged_set(np.round(np.linspace(-1, 1, COUNT), 6).tolist(), neutral=False)
ENOUGH = ("--observers", 24, "--repeats", 2, "--seed", 3)
QUICK = ("--replicates", 100)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["calibrate", *(str(word) for word in words)])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set, the responses of simulated observers, and their scale."""
    home = tmp_path_factory.mktemp("calibrate")
    write_set(home / "set", SET)
    made = run("simulate", home / "set", "--pse", PSE, "--jnd", 0.2, *ENOUGH, "-o", home / "r.csv")
    assert made.exit_code == 0, made.stderr
    words = ("--population", "simulated", "--exposure-ms", 500)
    found = run(
        "fit", home / "set", home / "r.csv", "-o", home / "o.scale.json", *QUICK, *words, "--json"
    )
    assert found.exit_code == 0, found.stderr
    (home / "fit.json").write_text(found.stdout, encoding="utf-8")
    return home


def scale(home: Path) -> dict:
    return json.loads((home / "o.scale.json").read_text(encoding="utf-8"))


def of_one_infant(home: Path) -> list[str]:
    """The header and the responses to one infant: one fit in place of three."""
    lines = (home / "r.csv").read_text(encoding="utf-8").splitlines()
    return [lines[0], *(line for line in lines if "i01_" in line)]


def change(home: Path, name: str, **keys: object) -> Path:
    """Write the scale anew with some keys changed."""
    path = home / name
    path.write_text(json.dumps(scale(home) | keys), encoding="utf-8")
    return path


def test_the_truth_is_recovered(home: Path) -> None:
    found = json.loads((home / "fit.json").read_text(encoding="utf-8"))
    pse = next(
        one for one in found["estimates"] if (one["who"], one["what"]) == ("all infants", "PSE")
    )
    assert pse["low"] < PSE < pse["high"] and pse["high"] - pse["low"] < 0.25
    assert pse["percent"]["value"] == pytest.approx(50 * (pse["value"] + 1))
    assert {one["who"] for one in found["estimates"]} == {"all infants", "i01", "i02"}
    assert found["responses"]["used"] == 24 * 2 * 2 * COUNT


def test_the_scale_holds_what_it_rests_on(home: Path) -> None:
    data = scale(home)
    assert (data["morphkit_scale"], data["unit"], data["basis"]) == (1, "p_happy", "two-choice")
    assert max(np.diff(data["levels"])) == pytest.approx(0.01)
    assert (np.diff(data["intensities"]) > 0).all()
    assert all(
        lo < p < hi
        for lo, p, hi in zip(data["low"], data["intensities"], data["high"], strict=True)
    )
    assert (data["path"], data["expressions"]) == ("direct", ["distressed", "happy"])
    assert sum(point["trials"] for point in data["points"]) == data["trials"] == 24 * 4 * COUNT
    assert set(data["identities"]) == {"i01", "i02"} and "levels" in data["identities"]["i01"]
    rows = {row.stimulus_id: row for row in SET.stimuli}
    assert data["pixel_sha256"] == {name: row.pixel_sha256 for name, row in rows.items()}
    assert data["stimuli"]["i02_dis_hap_f001"] == {"identity": "i02", "level": -1.0}
    assert data["context"] == {
        "population": "simulated",
        "task": "two-choice",
        "exposure_ms": 500.0,
    }
    assert (data["observers"], data["excluded"], data["overrides"]) == (24, [], [])


def test_pick_gives_levels_and_the_line_of_a_recipe(home: Path) -> None:
    found = run(
        "pick", home / "o.scale.json", "--p-happy", "0.25,0.5", "--p-happy", "0.75", "--json"
    )
    assert found.exit_code == 0, found.stderr
    picks = json.loads(found.stdout)["picks"]
    assert [one["p_happy"] for one in picks] == [0.25, 0.5, 0.75]
    data = scale(home)
    there = np.interp([one["level"] for one in picks], data["levels"], data["intensities"])
    assert there == pytest.approx([0.25, 0.5, 0.75], abs=1e-6)
    assert all(one["low"] < one["level"] < one["high"] for one in picks)
    assert "levels: {p_happy: [0.25, 0.5, 0.75], scale: " in found.stderr
    words = ("--p-happy", "0.6,0.5", "--identity", "i02", "--override", "a trial")
    own = run("pick", home / "o.scale.json", *words)
    assert own.exit_code == 0 and "0.6" in own.stdout
    assert "[0.5, 0.6], scale: " in own.stderr
    assert own.stderr.rstrip().endswith('scope: identity, override: "a trial"}')


@pytest.mark.parametrize(
    "words, code, told",
    [
        (("--p-happy", "1.5"), 2, "between 0 and 1"),
        (("--p-happy", "half"), 2, "write numbers"),
        (("--p-happy", "0.001"), 1, "MK469"),
        (("--p-happy", "0.5", "--identity", "i09"), 2, "MK474"),
    ],
)
def test_what_pick_refuses(home: Path, words: tuple[str, ...], code: int, told: str) -> None:
    found = run("pick", home / "o.scale.json", *words)
    assert (found.exit_code, told in found.stderr) == (code, True), found.stderr


def test_a_scale_of_another_unit_has_no_p_happy(home: Path) -> None:
    other = change(home, "rating.scale.json", unit="rating", basis="ratings")
    assert "MK474" in run("pick", other, "--p-happy", 0.5).stderr
    assert run("space", other, "--count", 3).exit_code == 0


def test_wide_intervals_are_doubted(home: Path) -> None:
    found = run("pick", home / "o.scale.json", "--p-happy", "0.49,0.5")
    assert found.exit_code == 0 and found.stderr.count("Doubt:") == 2


def test_space_gives_equal_steps(home: Path) -> None:
    found = run("space", home / "o.scale.json", "--count", 5, "--json")
    rows = json.loads(found.stdout)["levels"]
    step = (scale(home)["intensities"][-1] - scale(home)["intensities"][0]) / 4
    assert np.diff([row["intensity"] for row in rows]) == pytest.approx([step] * 4)
    assert (rows[0]["level"], rows[-1]["level"]) == (-1, 1)
    assert "spacing: {scale: {perceived: " in found.stderr
    assert run("space", home / "o.scale.json", "--count", 1).exit_code == 2


def test_a_thin_scale_is_shown_and_not_written(home: Path) -> None:
    some = home / "some.csv"
    few = [line for line in of_one_infant(home) if line[:5] in ("obser", "sim01", "sim02", "sim03")]
    some.write_text("\n".join(few), encoding="utf-8")
    target = home / "thin.scale.json"
    found = run("fit", home / "set", some, "-o", target, *QUICK)
    assert found.exit_code == 1 and "MK471" in found.stderr and not target.exists()
    assert "all infants  PSE" in found.stdout, "the table is printed all the same"
    assert run("fit", home / "set", some, *QUICK).exit_code == 0, "nothing to be refused"
    found = run("fit", home / "set", some, "-o", target, *QUICK, "--override", "a rehearsal")
    assert found.exit_code == 0, found.stderr
    assert any("a rehearsal" in one for one in json.loads(target.read_text())["overrides"])
    # and it goes on record when it is used
    assert "a rehearsal" in run("pick", target, "--p-happy", 0.5).stderr
    bare = json.loads(target.read_text()) | {"overrides": []}
    target.write_text(json.dumps(bare))
    assert run("pick", target, "--p-happy", 0.5).exit_code == 1


def test_a_scale_is_not_written_as_a_table(home: Path) -> None:
    for name in ("o.csv", "o"):
        found = run("fit", home / "set", home / "r.csv", "-o", home / name, *QUICK)
        assert found.exit_code == 2 and "call it o.scale.json" in found.stderr
        assert not (home / name).exists()


def test_pooling_says_what_is_wrong_with_it(home: Path) -> None:
    target = home / "pooled.scale.json"
    found = run("fit", home / "set", home / "r.csv", "-o", target, *QUICK, "--pooled")
    assert found.exit_code == 0, found.stderr
    assert "51 to 72 of 100" in found.stderr and "observer SD" not in found.stdout
    assert "51 to 72 of 100" in json.loads(target.read_text(encoding="utf-8"))["overrides"][0]


def test_odd_responses_are_told_and_left_out_on_request(home: Path) -> None:
    odd = home / "odd.csv"
    lines = of_one_infant(home)
    again = lines[1]
    extra = [again, "zoe,nobody_f001,happy,0.5,1", "zoe,i01_dis_hap_f001,,,1", ",,,,"]
    extra += [f"max,i01_dis_hap_f{n:03d},happy,0.05,1" for n in range(1, 10)]
    odd.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    assert "MK480" in run("fit", home / "set", odd, *QUICK).stderr
    found = run("fit", home / "set", odd, *QUICK, "--exclude", "unknown", "--json")
    assert found.exit_code == 0, found.stderr
    told = json.loads(found.stdout)["responses"]
    assert (told["unknown"], told["no_response"], told["duplicates"]) == (1, 1, 1)
    assert (told["too_fast"], told["one_key"], told["missing"]) == (9, ["max"], COUNT - 9)
    assert found.stderr.count("Odd: ") == 7
    words = ["--exclude", "unknown", "--exclude", "one-key", "--exclude", "duplicates"]
    target = home / "odd.scale.json"
    found = run(
        "fit", home / "set", odd, *QUICK, *words, "--exclude-observer", "sim24", "-o", target
    )
    assert found.exit_code == 0, found.stderr
    left_out = json.loads(target.read_text(encoding="utf-8"))["excluded"]
    assert [one.split(":")[0] for one in left_out] == [
        "1 response(s) to stimuli that the set doesn't have",
        "1 observer(s)",
        "1 response(s) that stand there twice",
        "1 observer(s)",
    ]


def test_another_file_is_not_written_over(home: Path) -> None:
    before = (home / "r.csv").read_bytes()
    found = run("fit", home / "set", home / "r.csv", "-o", home / "r.csv")
    assert (found.exit_code, "MK486" in found.stderr) == (2, True)
    assert (home / "r.csv").read_bytes() == before


def test_a_rehearsal_is_not_written_over_another_file(home: Path, tmp_path: Path) -> None:
    for name, text in (("data.csv", "observer,stimulus_id,response\nAnna,a,happy\n"), ("x", "")):
        real = tmp_path / name
        real.write_text(text, encoding="utf-8")
        found = run("simulate", home / "set", "-o", real)
        assert (found.exit_code, "MK486" in found.stderr) == (2, True)
        assert real.read_text(encoding="utf-8") == text
    for _ in range(2):  # its own is
        assert run("simulate", home / "set", "-o", tmp_path / "own.csv").exit_code == 0


@pytest.mark.parametrize("name, code", [("datapackage.json", "MK692"), ("stimuli.csv", "MK683")])
def test_a_set_that_was_changed_is_refused(
    home: Path, tmp_path: Path, name: str, code: str
) -> None:
    changed = write_set(tmp_path / "set", SET)
    path = changed / name
    text = path.read_text(encoding="utf-8")
    old, new = ('"judged"', '"other"') if name.endswith("json") else (",0.0,50.0,", ",0.1,55.0,")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = run("fit", changed, home / "r.csv")
    assert (found.exit_code, code in found.stderr) == (1, True), found.stderr


def test_exchanged_answers_are_noticed(home: Path) -> None:
    words = ("--answers", "happy=distressed,distressed=happy")
    found = run("fit", home / "set", home / "r.csv", *QUICK, *words)
    assert (found.exit_code, "MK467" in found.stderr) == (1, True)


@pytest.mark.parametrize(
    "words, code",
    [
        (("--column", "observer"), 2),
        (("--column", "stimulus=rt"), 2),
        (("--column", "observer=who"), 1),
        (("--rows", "sender"), 2),
        (("--rows", "=face"), 2),
        (("--rows", "sender=face"), 1),
        (("--rows", "response=1", *QUICK), 1),
        (("--rows", "response=*", *QUICK), 0),
        (("--task", "ratings"), 1),
        (("--task", "ratings", "--column", "response=rt"), 2),
        (("--answers", "glad=1"), 2),
        (("--exclude-observer", "nobody"), 2),
        (("--task", "triads"), 1),
    ],
)
def test_exit_codes_of_fit(home: Path, words: tuple[str, ...], code: int) -> None:
    assert run("fit", home / "set", home / "r.csv", *words).exit_code == code


def test_choices_are_taken_in_any_case(home: Path) -> None:
    few = home / "case.csv"
    head, *rows = of_one_infant(home)
    few.write_text(
        "\n".join([f"{head},phase", *(f"{row},Test" for row in [*rows, rows[0]])]), encoding="utf-8"
    )
    words = ("--phase", "TEST", "--task", "Two-Choice", "--exclude", "Duplicates", "--rt-unit", "S")
    words = (*words, "--shape", "Normal", "--asymptotes", "Equal", "--json", *QUICK)
    found = run("fit", home / "set", few, *words)
    assert found.exit_code == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["task"] == "two-choice" and told["responses"]["used"] == len(rows)
    assert run("fit", home / "set", few, "--task", "tests").exit_code == 2
    found = run("fit", home / "set", few, "--phase", "tests")
    assert (found.exit_code, "no row is of phase tests; there are: test." in found.stderr) == (
        1,
        True,
    )


def test_the_lower_end_of_a_rating_scale_comes_first(home: Path) -> None:
    for ends in (("100", "0"), ("5", "5"), ("0", "nan")):
        found = run("fit", home / "set", home / "r.csv", "--task", "ratings", "--range", *ends)
        assert (found.exit_code, "--range" in found.stderr) == (2, True)


def test_missing_files(home: Path) -> None:
    assert run("fit", home / "set", home / "none.csv").exit_code == 2
    assert run("fit", home / "none", home / "r.csv").exit_code == 1


def test_ratings(home: Path) -> None:
    made = home / "ratings.csv"
    words = ("--task", "ratings", "--pse", PSE, "--rater-bias", 5, *ENOUGH)
    assert run("simulate", home / "set", *words, "-o", made).exit_code == 0
    target = home / "ratings.scale.json"
    words = ("--task", "ratings", "--range", 0, 100, *QUICK, "--json")
    found = run("fit", home / "set", made, "-o", target, *words)
    assert found.exit_code == 0, found.stderr
    crossing = json.loads(found.stdout)["estimates"][0]
    assert crossing["what"] == "crossing of the middle"
    # 5 % of the scale moves the crossing by a tenth of a level
    assert crossing["low"] < PSE - 0.1 < crossing["high"]
    data = json.loads(target.read_text(encoding="utf-8"))
    assert (data["unit"], data["basis"]) == ("rating", "ratings")
    assert (np.diff(data["intensities"]) > 0).all() and data["levels"][0] == -1


def odd_data(kind: str) -> str:
    """Responses of one kind of trouble, as CSV."""
    random = np.random.default_rng(2)
    who = 1 if kind == "one observer" else 20
    lines = ["observer,stimulus_id,response,rt"]
    for person in range(who):
        for row in SET.stimuli:
            if row.identity != "i01" or (kind == "one level" and row.frame != 8):
                continue
            up = row.morph_level + 0.2 * random.normal() > 0
            up = {"separable": row.morph_level > 0, "flat": random.random() < 0.5}.get(kind, up)
            rating = 20 + 5 * row.morph_level + random.normal()
            word = f"{rating:.0f}" if kind == "low ratings" else ("distressed", "happy")[up]
            lines.append(f"o{person},{row.stimulus_id},{word},{random.uniform(0.3, 1):.3f}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "kind, told",
    [
        ("separable", "JND and slope rest on the model's shape"),
        ("flat", "Responses hardly depend on the level"),
        ("one observer", "One observer"),
        ("one level", "MK468"),
        ("low ratings", "MK469"),
    ],
)
def test_awkward_data_get_a_doubt_or_a_refusal(tmp_path: Path, kind: str, told: str) -> None:
    from morphkit.scales import read_scale

    write_set(tmp_path / "set", SET)
    (tmp_path / "r.csv").write_text(odd_data(kind), encoding="utf-8")
    target = tmp_path / "o.scale.json"
    words = ("--task", "ratings", "--range", 0, 100) if "ratings" in kind else ()
    words = (*words, *QUICK, "--override", "to see it")
    found = run("fit", tmp_path / "set", tmp_path / "r.csv", "-o", target, *words)
    assert told in found.stderr
    assert found.exit_code == (1 if told.startswith("MK") else 0), found.stderr
    assert target.exists() is (found.exit_code == 0)
    if target.exists():
        made = read_scale(target)
        assert made.overrides
        assert made.pse.low <= made.pse.value <= made.pse.high


def test_triads(home: Path) -> None:
    from morphkit.calibrate.scaling import trial_list

    random = np.random.default_rng(1)
    ids = [f"i01_dis_hap_f{n:03d}" for n in range(1, COUNT + 1, 2)]
    lines = ["observer,stimulus_a,stimulus_b,stimulus_c,response"]
    for who in range(20):
        for a, b, c in trial_list("triads", len(ids), 30, who):
            second = (c - b) - (b - a) + random.normal() > 0
            lines.append(f"o{who},{ids[a]},{ids[b]},{ids[c]},{1 + second}")
    path = home / "triads.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    target = home / "triads.scale.json"
    found = run("fit", home / "set", path, "-o", target, "--task", "triads", "--replicates", 100)
    assert found.exit_code == 0, found.stderr
    data = json.loads(target.read_text(encoding="utf-8"))
    assert (data["unit"], data["basis"]) == ("perceived", "mlds")
    assert data["intensities"] == pytest.approx(np.linspace(0, 1, len(ids)).tolist(), abs=0.1)


def test_the_same_seed_gives_the_same_observers_on_any_set(home: Path, tmp_path: Path) -> None:
    from morphkit.calibrate.simulate import Population, drawn

    first, random = drawn(Population(), 5, 7)
    random.random(3)
    assert np.array_equal(first.pse, drawn(Population(), 5, 7)[0].pse)
    words = ("--observers", 2, "--repeats", 1, "--seed", 5)
    once, again = run("simulate", home / "set", *words), run("simulate", home / "set", *words)
    assert once.stdout == again.stdout and len(once.stdout.splitlines()) == 1 + 2 * 2 * COUNT
    assert once.stdout.startswith("observer,stimulus_id,response,rt,block\n")
    both = write_set(tmp_path / "both")
    assert "MK483" in run("simulate", both, *words).stderr
    assert run("simulate", both, "--continuum", "neu_hap", *words).stdout.count("\n") == 13


def test_plan_names_the_smallest_design_that_will_do(home: Path) -> None:
    words = ("--observers", "10,20,40", "--levels", "9", "--repeats", "3", "--half-width", 0.09)
    found = run("plan", *words, "--json")
    designs = json.loads(found.stdout)["designs"]
    halves = [one["pse_half"] for one in designs]
    assert halves == sorted(halves, reverse=True)
    chosen = [one["observers"] for one in designs if one["chosen"]]
    assert chosen == [next(one["observers"] for one in designs if one["pse_half"] <= 0.09)]
    text = run("plan", *words)
    assert text.stdout.count("←") == 1 and f"{chosen[0]} observers × 9 levels × 3" in text.stderr
    assert "None of these" in run("plan", *words[:-1], 0.001).stderr


def test_plan_takes_a_pilot(home: Path) -> None:
    found = run("plan", "--pilot", home / "o.scale.json", "--jnd", 0.2, "--json")
    people = json.loads(found.stdout)["population"]
    assert people["jnd"] == 0.2
    assert people["pse"] == scale(home)["pse"]["level"]


def test_plan_draws(tmp_path: Path) -> None:
    target = tmp_path / "plan.svg"
    words = ("--effect", 0.1, "--half-width", 0.05, "--at", "-0.4,-0.2,0,0.2,0.4")
    assert run("plan", *words, "--figure", target).exit_code == 0
    root = ET.fromstring(target.read_text(encoding="utf-8"))
    texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Interval of the PSE", "Power", "Observers", "5 levels × 3", "wanted"} <= {*texts}


@pytest.mark.parametrize("words", [("--levels", "1"), ("--repeats", "0"), ("--observers", "1")])
def test_no_design(words: tuple[str, ...]) -> None:
    found = run("plan", *words)
    assert (found.exit_code, "MK468" in found.stderr) == (1, True)
    assert run("plan", "--levels", "nine").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--effect", "nan"),
        ("--effect", "inf"),
        ("--half-width", "nan"),
        ("--jnd", "nan"),
        ("--at", "-2,0,2"),
        ("--at", "nan,0,1"),
        ("--observers", ""),
        ("--levels", "1000000000"),
    ],
)
def test_no_numbers_to_plan_with(words: tuple[str, ...]) -> None:
    found = run("plan", *words)
    assert (found.exit_code, words[0] in found.stderr, found.stdout) == (2, True, "")


def test_a_figure_is_written_over_figures_alone(tmp_path: Path) -> None:
    target, words = tmp_path / "plan.svg", ("plan", "--observers", 20, "--levels", 9)
    for _ in range(2):
        assert run(*words, "--figure", target).exit_code == 0
    assert "Interval of the PSE" in target.read_text(encoding="utf-8")
    for name, text in (("data.csv", "observer,response\n"), ("logo.svg", "<svg></svg>")):
        other = tmp_path / name
        other.write_text(text, encoding="utf-8")
        found = run(*words, "--figure", other)
        assert (found.exit_code, "MK486" in found.stderr) == (2, True)
        assert other.read_text(encoding="utf-8") == text
