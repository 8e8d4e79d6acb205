"""Responses joined to a set: what is odd is counted, and left out when it is asked for."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pytest

from judged_set import LEVELS, judged_set
from morphkit.calibrate.scaling import Task
from morphkit.errors import CalibrationError, UsageError
from morphkit.observed.data import compared, judgements, ratings
from morphkit.observed.join import join
from morphkit.observed.places import refuse_falling
from morphkit.observed.told import sentences
from morphkit.observed.trials import trials
from morphkit.observed.values import MOST_OBSERVERS, Observed, Wanted
from morphkit.study.meanings import Ends
from morphkit.study.responses import Gathering

SET = judged_set()
ROW = "{},{}_dis_hap_f{:03d},{},{},{}"


def rows(observer: str = "o1", infant: str = "i01", rt: float = 0.5, block: int = 1) -> list[str]:
    """One answer to each level: happy from the middle on."""
    return [
        ROW.format(
            observer, infant, n, "happy" if level >= 0 else "distressed", rt + n / 100, block
        )
        for n, level in enumerate(LEVELS, 1)
    ]


def joined(
    lines: list[str], task: str = "two-choice", head: str = "", **options: object
) -> Observed:
    header = head or "observer,stimulus_id,response,rt,block"
    gathering = Gathering(task)  # type: ignore[arg-type]
    gathering.add(io.StringIO("\n".join([header, *lines]) + "\n", newline=""), "r.csv")
    return join(gathering.done(), SET, Wanted(**options))  # type: ignore[arg-type]


def excluding(*names: str) -> dict[str, object]:
    return {"exclude": frozenset(names)}


def test_clean_responses() -> None:
    found = joined([*rows("o1"), *rows("o2"), *rows("o2", "i02")])
    counts = found.counts
    assert (counts.rows, counts.used, counts.missing, counts.cells) == (27, 27, 9, 36)
    assert not (counts.unknown or counts.duplicates or counts.too_fast or counts.one_key)
    assert (found.entry.name, found.identities, found.excluded) == ("dis_hap", ("i01", "i02"), ())
    data = judgements(found)
    assert data.observers == ("o1", "o2") and data.levels.tolist() == list(LEVELS)
    assert data.shown.tolist() == [[1] * 9, [2] * 9]
    assert data.happy[1].tolist() == [0] * 4 + [2] * 5
    one = judgements(found, "i02")
    assert one.observers == ("o2",) and one.trials == 9


def test_unknown_stimuli_are_an_error_or_left_out() -> None:
    lines = [*rows(), "o1,i09_dis_hap_f001,happy,0.5,1"]
    with pytest.raises(CalibrationError, match=r"MK480.*r\.csv:11.*'i09_dis_hap_f001'"):
        joined(lines)
    found = joined(lines, **excluding("unknown"))
    assert found.counts.unknown_ids == ("i09_dis_hap_f001",) and found.counts.used == 9
    assert found.excluded == ("1 response(s) to stimuli that the set doesn't have",)


def judged_before(
    name: str, change: tuple[str, str] = ("", ""), count: int = 7, column: str = ""
) -> list[str]:
    """A header and answers as packages of a set of some levels write them, with a column of it."""
    before = judged_set(np.round(np.linspace(-1, 1, count), 6).tolist())
    own = [row for row in before.stimuli if row.continuum == "dis_hap"]
    lines = [
        f"o1,{row.stimulus_id},{'happy' if row.morph_level > 0 else 'distressed'},0.5,1,"
        + f'"{getattr(row, name)}"'.replace(*change)
        for row in own
    ]
    return [f"observer,stimulus_id,response,rt,block,{column or name}", *lines]


def judged_now(head: str, *lines: str) -> Observed:
    return joined([*lines], head=head)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("pixel_sha256", ""),
        ("pixel_sha256", "Spreadsheet: pixel_sha256"),
        ("pixel_sha256", "values.Pixel_SHA256"),
        ("morph_level", ""),
        ("morph_level", "Spreadsheet: morph_level"),
    ],
)
def test_responses_to_other_pictures_of_the_same_ids_are_refused(name: str, column: str) -> None:
    with pytest.raises(
        CalibrationError, match=rf"MK488.*r\.csv:3:.*{name} of i01_dis_hap_f002"
    ) as no:
        judged_now(*judged_before(name, column=column))
    there = {row.stimulus_id: getattr(row, name) for row in SET.stimuli}["i01_dis_hap_f002"]
    assert f"is {judged_before(name)[2].split(chr(34))[1]} here, and {there} in the set" in str(
        no.value
    )
    assert "12 of 14 stimuli" in str(no.value), "the first of each infant is the same in both"
    assert judged_now(*judged_before(name, count=9, column=column)).counts.used == 18


def test_pictures_that_say_nothing_or_the_same_in_other_words_pass() -> None:
    nothing = ['"",', '" NULL ",', '"None",']
    head, *lines = judged_before("pixel_sha256")
    bare = [
        line[: line.index('"')] + cell[:-1] for line, cell in zip(lines, nothing * 5, strict=False)
    ]
    assert judged_now(head, *bare).counts.used == 14
    head, *lines = judged_before("pixel_sha256", count=9)
    assert judged_now(
        head, *(line[: line.index('"')] + line[line.index('"') :].upper() for line in lines)
    )
    for change in ((".", ","), ("0.75", "0.7500001"), ("0.75", "n/a"), ("0.75", "much")):
        assert judged_now(*judged_before("morph_level", change, count=9)).counts.used == 18
    with pytest.raises(
        CalibrationError,
        match=r"MK488.*morph_level of i01_dis_hap_f002 is -0.76 here, and -0.75 in",
    ):
        judged_now(*judged_before("morph_level", ("0.75", "0.76"), count=9))


def test_the_pixels_count_where_both_columns_are_there() -> None:
    head, *lines = judged_before("pixel_sha256", count=9)
    assert judged_now(f"{head},morph_level", *(f"{line},0.123" for line in lines))


@pytest.mark.parametrize(
    "column", ["mask_pixel_sha256", "my_morph_level", "a.pixel_sha256,b.pixel_sha256"]
)
def test_other_columns_tell_nothing_of_the_picture(column: str) -> None:
    head, *lines = judged_before("pixel_sha256")
    more = column.count(",") * ",x"
    assert judged_now(head.replace("pixel_sha256", column), *(f"{line}{more}" for line in lines))


def test_practice_with_other_pictures_is_let_be() -> None:
    head, *lines = judged_before("pixel_sha256")
    _, *own = judged_before("pixel_sha256", count=9)
    rows = [*(f"{line},practice" for line in lines), *(f"{line},test" for line in own)]
    assert judged_now(f"{head},phase", *rows).counts.used == 18


@pytest.mark.parametrize("spoiled", ["1-Jan", "2026-01-03", "1,5E+10", "45000", "####"])
def test_ids_that_a_spreadsheet_spoiled(spoiled: str) -> None:
    with pytest.raises(CalibrationError, match="A spreadsheet seems"):
        joined([*rows(), f'o1,"{spoiled}",happy,0.5,1'])


def test_duplicates_are_the_same_row_again() -> None:
    lines = [*rows(), rows()[3]]
    assert joined(lines).counts.duplicates == 1
    assert joined(lines).counts.used == 10, "counted, not left out"
    found = joined(lines, **excluding("duplicates"))
    assert found.counts.used == 9 and found.excluded == ("1 response(s) that stand there twice",)
    # another block or another time is another trial
    assert joined([*rows(), *rows(block=2)]).counts.duplicates == 0
    assert joined([*rows(), *rows(rt=0.51)]).counts.duplicates == 0


def test_repeats_without_time_or_trial_cannot_be_told_from_duplicates() -> None:
    lines = ["o1,i01_dis_hap_f001,happy"] * 3
    assert joined(lines, head="observer,stimulus_id,response").counts.duplicates == 0
    lines = ["o1,i01_dis_hap_f001,happy,7"] * 3
    assert joined(lines, head="observer,stimulus_id,response,trial").counts.duplicates == 2


def together(files: dict[str, list[str]], task: Task = "two-choice", **options: object) -> Observed:
    """Files of one header, the first line of each."""
    gathering = Gathering(task)
    for name, lines in files.items():
        gathering.add(io.StringIO("\n".join(lines) + "\n", newline=""), name)
    return join(gathering.done(), SET, Wanted(**options))  # type: ignore[arg-type]


HEAD = "observer,stimulus_id,response,rt,block"
LONG = [line.replace(",0.5", ",0.5123456789012") for line in rows()]


@pytest.mark.parametrize(
    ("files", "copy", "of"),
    [
        (("a", [HEAD, *LONG], "b", [HEAD, *LONG]), "b", "a"),
        # by a spreadsheet: other separators, fewer digits
        (
            (
                *("a", [HEAD, *LONG]),
                *(
                    "b",
                    [line.replace("56789012", "5679").replace(",", ";") for line in (HEAD, *LONG)],
                ),
            ),
            "b",
            "a",
        ),
        (("a", [HEAD, *LONG], "b", [HEAD, *rows("o2"), *LONG]), "a", "b"),
        (("a", [HEAD, *rows("o2"), *LONG], "b", [HEAD, *LONG[:4]]), "b", "a"),
        # a row that stands twice in both
        (("a", [HEAD, *LONG, LONG[0]], "b", [HEAD, *LONG, LONG[0]]), "b", "a"),
    ],
)
def test_a_file_that_holds_nothing_but_anothers_rows_is_refused(
    files: tuple[str, list[str], str, list[str]], copy: str, of: str
) -> None:
    given = {files[0]: files[1], files[2]: files[3]}
    with pytest.raises(
        CalibrationError, match=rf"MK481 error: {copy}: all of its .* stand in {of} "
    ):
        together(given)
    assert together(given, exclude=frozenset(["duplicates"])).counts.duplicates > 0


def test_three_copies_are_refused_each() -> None:
    with pytest.raises(CalibrationError) as caught:
        together({name: [HEAD, *LONG] for name in "abc"})
    assert [one.file for one in caught.value.findings] == ["b", "c"]


def test_files_that_share_some_rows_or_none_are_told_only() -> None:
    half = {"a": [HEAD, *rows(), *rows("o2")], "b": [HEAD, *rows("o2"), *rows("o3")]}
    assert together(half).counts.duplicates == 9
    assert together({"a": [HEAD, *rows()], "b": [HEAD, *rows(rt=0.501)]}).counts.duplicates == 0
    # neither trial nor time: a second session may look the same
    bare = ["observer,stimulus_id,response", *(",".join(line.split(",")[:3]) for line in rows())]
    assert together({"a": bare, "b": [*bare[:1], *bare[:0:-1]]}).counts.used == 18


def test_ratings_that_are_missing_are_rows_like_others() -> None:
    head = "observer,stimulus_id,rating,trial"
    lines = [f"o1,i01_dis_hap_f{n:03d},{'' if n == 3 else n},{n}" for n in range(1, 8)]
    with pytest.raises(CalibrationError, match="MK481"):
        together({"a": [head, *lines], "b": [head, *lines]}, "ratings", span=(0, 9))


def test_fast_responses() -> None:
    lines = [*rows(), *rows("o2", rt=0.06)]
    assert joined(lines).counts.too_fast == 8
    assert joined(lines, fastest=0.1).counts.too_fast == 3
    found = joined(lines, **excluding("too-fast"))
    assert found.counts.used == 10 and "faster than 150 ms" in found.excluded[0]


def test_observers_who_always_give_the_same_answer() -> None:
    stuck = [line.replace("happy,", "distressed,") for line in rows("o2")]
    few = [line.replace("happy,", "distressed,") for line in rows("o3")[:3]]
    found = joined([*rows(), *stuck, *few])
    assert found.counts.one_key == ("o2",) and found.observers == ("o1", "o2", "o3")
    found = joined([*rows(), *stuck, *few], **excluding("one-key"))
    assert found.observers == ("o1", "o3")
    assert found.excluded == ("1 observer(s): always the same answer",)


def test_files_without_any_response_are_named() -> None:
    gathering = Gathering()
    head = "observer,stimulus_id,response,rt,block"
    for name, lines in (
        ("a.csv", rows()),
        ("b.csv", [line.replace("happy,", ",") for line in rows("o2")]),
        ("c.csv", [line.replace("happy,", ",").replace("distressed,", ",") for line in rows("o3")]),
    ):
        gathering.add(io.StringIO("\n".join([head, *lines]) + "\n"), name)
    found = join(gathering.done(), SET, Wanted())
    assert found.counts.unanswered == ("c.csv",) and found.counts.no_response == 5 + 9
    assert "Odd: 1 file(s) hold no response at all: c.csv." in sentences(found.counts, 150)


def test_no_response_anywhere_is_said_with_the_files() -> None:
    lines = ["o1,i01_dis_hap_f001,,0.5,1", "o1,i01_dis_hap_f002,None,0.5,1"]
    with pytest.raises(
        CalibrationError, match=r"MK484.*none of the 2 trials has a response: r\.csv"
    ):
        joined(lines)


SWAP = {"happy": "distressed", "distressed": "happy"}


def test_observers_with_exchanged_keys() -> None:
    other = [",".join(SWAP.get(cell, cell) for cell in line.split(",")) for line in rows("o2")]
    found = joined([*rows(), *other])
    assert found.counts.reversed == ("o2",)
    assert found.observers == ("o1", "o2")
    found = joined([*rows(), *other], **excluding("reversed"))
    assert found.observers == ("o1",)
    assert found.excluded == ("1 observer(s): answers the other way round",)


def test_observers_who_guess_are_not_taken_for_exchanged_keys() -> None:
    rng = np.random.default_rng(7)
    words = ("distressed", "happy")
    lines = [
        ROW.format(f"o{who}", "i01", n, words[rng.integers(2)], 0.5 + n / 100, block)
        for who in range(300)
        for block in range(5)
        for n in range(1, len(LEVELS) + 1)
    ]
    assert len(joined(lines).counts.reversed) <= 1


def test_observers_who_stand_in_several_files() -> None:
    gathering = Gathering("two-choice")
    for name, lines in (("a", [*rows(), *rows("o2")]), ("b", [*rows("o2", "i02"), *rows("o3")])):
        text = "\n".join(["observer,stimulus_id,response,rt,block", *lines]) + "\n"
        gathering.add(io.StringIO(text, newline=""), f"{name}.csv")
    counts = join(gathering.done(), SET, Wanted()).counts
    assert counts.several == ("o2",)
    assert any("more than one file: o2" in line for line in sentences(counts, 150))
    assert not joined([*rows(), *rows("o2")]).counts.several


def test_observers_are_left_out_on_request() -> None:
    found = joined([*rows(), *rows("o2")], without=("o2",))
    assert found.observers == ("o1",) and found.excluded == ("1 observer(s): on request",)
    with pytest.raises(UsageError, match=r"MK484.*'o9'.*o1, o2"):
        joined([*rows(), *rows("o2")], without=("o9",))
    with pytest.raises(CalibrationError, match="MK484"):
        joined(rows(), without=("o1",))


def test_no_response_is_no_answer() -> None:
    found = joined([*rows(), "o1,i01_dis_hap_f005,None,,1", "o1,i02_dis_hap_f005,,,1"])
    assert found.counts.no_response == 2 and found.counts.used == 9


def test_several_continua_must_be_told_apart() -> None:
    lines = [*rows(), "o1,i01_neu_hap_f002,happy,0.5,1"]
    with pytest.raises(CalibrationError, match=r"MK483.*dis_hap, neu_hap.*--continuum"):
        joined(lines)
    found = joined(lines, continuum="dis_hap")
    assert found.counts.elsewhere == 1 and found.counts.used == 9
    with pytest.raises(CalibrationError, match=r"MK483.*'thr_neu'"):
        joined(lines, continuum="thr_neu")
    with pytest.raises(CalibrationError, match=r"MK483.*no response"):
        joined(["o1,x,happy,0.5,1"], **excluding("unknown"))


def test_a_path_to_the_lower_answer_has_no_rising_curve() -> None:
    entry = SET.manifest.morphkit.continua[0]
    turned = entry.model_copy(update={"expressions": ["neutral", "distressed"]})
    with pytest.raises(CalibrationError, match=r"MK483.*happy answers fall"):
        refuse_falling(turned, Ends("distressed", "happy"))
    refuse_falling(entry, Ends("distressed", "happy"))


def test_answers_to_what_is_left_out_need_no_meaning() -> None:
    lines = [*rows(), "o1,elsewhere,maybe,0.5,1"]
    assert joined(lines, **excluding("unknown")).counts.used == 9
    with pytest.raises(CalibrationError, match="MK479"):
        joined([*rows(), "o1,i01_dis_hap_f001,maybe,0.5,1"])


def test_ratings_need_a_scale() -> None:
    head = "observer,stimulus_id,rating"
    lines = [
        f"o{o},{i}_dis_hap_f{n:03d},{n + o}"
        for o in (1, 2)
        for i in ("i01", "i02")
        for n in (1, 5, 9)
    ]
    with pytest.raises(UsageError, match=r"MK482.*from 2 to 11.*--range"):
        joined(lines, "ratings", head)
    with pytest.raises(CalibrationError, match=r"MK482.*the rating 11 .*, and 1 more"):
        joined(lines, "ratings", head, span=(0, 10))
    lines.append("o1,i01_dis_hap_f009,4")
    data = ratings(joined(lines, "ratings", head, span=(0, 20)))
    assert data.levels.tolist() == [-1.0, 0.0, 1.0] and data.middle == 10
    assert data.trials == 13
    # of two ratings of one infant the mean, then the mean of the infants
    assert data.means[0].tolist() == pytest.approx([2, 6, (7 + 10) / 2])


def test_triads_are_read_from_either_end() -> None:
    head = "observer,stimulus_a,stimulus_b,stimulus_c,response"
    ids = [f"i01_dis_hap_f{n:03d}" for n in range(10)]
    lines = [f"o1,{ids[1]},{ids[2]},{ids[9]},2", f"o1,{ids[9]},{ids[2]},{ids[1]},1"]
    data = compared(joined(lines, "triads", head))
    assert data.shown.tolist() == [[0, 1, 2]] * 2 and data.second.all()
    lines.append(f"o1,{ids[1]},{ids[9]},{ids[2]},2")
    with pytest.raises(CalibrationError, match=r"MK485.*1 trial"):
        compared(joined(lines, "triads", head))


def test_quadruples_rise_in_each_half() -> None:
    head = "observer,stimulus_a,stimulus_b,stimulus_c,stimulus_d,response"
    ids = [f"i01_dis_hap_f{n:03d}" for n in range(10)]
    lines = [f"o1,{ids[2]},{ids[1]},{ids[4]},{ids[9]},second"]
    data = compared(joined(lines, "quadruples", head))
    assert data.shown.tolist() == [[0, 1, 2, 3]] and data.second.tolist() == [True]
    same = [f"o1,{ids[2]},i02_dis_hap_f002,{ids[4]},{ids[9]},second"]
    with pytest.raises(CalibrationError, match="MK485"):
        compared(joined(same, "quadruples", head))


def test_a_trial_of_different_infants_is_no_step() -> None:
    head = "observer,stimulus_a,stimulus_b,stimulus_c,response"
    ids = [f"i01_dis_hap_f{n:03d}" for n in range(10)]
    lines = [f"o1,{ids[1]},{ids[2]},{ids[9]},2", f"o1,{ids[1]},i02_dis_hap_f002,{ids[9]},1"]
    with pytest.raises(CalibrationError, match=r"MK485.*1 trial.*different infants"):
        compared(joined(lines, "triads", head))


def test_pairs_by_number_and_by_name() -> None:
    head = "observer,stimulus_a,stimulus_b,response"
    ids = [f"i01_dis_hap_f{n:03d}" for n in range(10)]
    lines = [f"o1,{ids[2]},{ids[1]},1", f"o1,{ids[2]},{ids[4]},stimuli/{ids[4]}.png"]
    data = compared(joined(lines, "pairs", head))
    assert data.shown.tolist() == [[1, 0], [1, 2]] and data.second.tolist() == [False, True]
    with pytest.raises(CalibrationError, match=r"MK485.*neither of the two"):
        joined([*lines, f"o1,{ids[2]},{ids[4]},{ids[7]}"], "pairs", head)


def test_a_column_that_differs_in_every_row_is_no_observer() -> None:
    lines = [f"o{n},i01_dis_hap_f001,happy,0.5,1" for n in range(MOST_OBSERVERS + 1)]
    with pytest.raises(CalibrationError, match=r"MK478.*5001 observers.*right column"):
        joined(lines)


def test_levels_of_several_infants_are_one() -> None:
    found = joined([*rows(), *rows("o1", "i02")])
    assert np.array_equal(judgements(found).shown, [[2] * 9])


@pytest.mark.parametrize("task, size", [("triads", 3), ("quadruples", 4), ("pairs", 2)])
def test_lists_of_trials_are_balanced(task: Task, size: int) -> None:
    text = trials(SET, task, count=120, seed=3, continuum="dis_hap")
    assert text == trials(SET, task, count=120, seed=3, continuum="dis_hap")
    assert text != trials(SET, task, count=120, seed=4, continuum="dis_hap")
    table = list(csv.DictReader(text.splitlines()))
    infants = sorted({row["identity"] for row in table})
    assert len(table) == 120 * len(infants) and len(table[0]) == size + 2
    assert [row["trial"] for row in table] == [str(n + 1) for n in range(len(table))]
    for who in infants:
        own = [row for row in table if row["identity"] == who]
        shown = [row[f"stimulus_{letter}"] for row in own for letter in "abcd"[:size]]
        assert all(one.startswith(f"{who}_dis_hap_") for one in shown)
        often = Counter(shown).values()
        assert max(often) - min(often) <= 0.15 * max(often) + 2
    assert sorted({row["identity"] for row in table[:40]}) == infants, "infants are mixed"


def test_a_list_needs_levels_enough() -> None:
    with pytest.raises(CalibrationError, match="MK483"):
        trials(SET, "triads", count=9, seed=0, continuum="nowhere")
