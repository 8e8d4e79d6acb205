"""The naming law: what every front end, spreadsheet and file system takes unchanged."""

from __future__ import annotations

import keyword
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.errors import RecipeError
from morphkit.study.names import (
    check_column,
    check_expression,
    check_id,
    check_identity,
    collisions,
    interleaving,
    stimulus_id,
    suggested_id,
    suggested_identity,
)
from morphkit.study.table import Stimulus, columns

UNLAWFUL = [
    *("", "I01", "1a", "_a", "a-b", "a b", "a.b", "ä1", "i１", "a\n", "=a", "na", "nan", "none"),
    *("null", "true", "false", "inf", "infinity", "con", "nul", "aux", "com1", "lpt9", "mar1"),
    *("sept2016", "a" * 60),
]


@pytest.mark.parametrize("text", UNLAWFUL)
def test_nobody_may_be_called(text: str) -> None:
    for check in (check_id, check_identity, check_column, check_expression):
        assert check(text)


@pytest.mark.parametrize("text", ["i01", "a", "anna", "infant04", "e5", "marie", "console", "mayo"])
def test_lawful_names(text: str) -> None:
    for check in (check_id, check_identity, check_column, check_expression):
        assert check(text) is None


def test_underscores_are_for_ids_only() -> None:
    assert check_id("dis_hap") is None
    assert check_identity("dis_hap")


def test_lengths() -> None:
    assert check_id("a" * 59) is None
    assert check_column("a" * 31) is None
    assert check_column("a" * 32)
    assert check_expression("a" * 24) is None
    assert check_expression("a" * 25)
    assert check_column("weight_" + "a" * 24) is None


@pytest.mark.parametrize("text", ["level", "x", "y", "data", "class", "keys", "t", "frameN"])
def test_columns_that_psychopy_takes(text: str) -> None:
    assert check_column(text)


def test_no_keyword_heads_a_column() -> None:
    assert all(check_column(word) for word in keyword.kwlist)


def test_our_own_columns_are_lawful() -> None:
    row = Stimulus(
        *("i01_c_001", "stimuli/i01_c_001.png", "i01", "c", "direct", 1, 0.0, 50.0),
        {"distressed": 0.5, "happy": 0.5},
        *(64, 64, "0" * 64, "0" * 64, 0.5, "share", 0.5, True),
    )
    assert len(columns([row])) == 18
    assert [name for name in columns([row]) if check_column(name)] == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("001", "i001"),
        ("Anna", "anna"),
        ("i-01", "i01"),
        ("Zoë", "zoe"),
        ("---", None),
        ("con", None),
    ],
)
def test_better_identities(text: str, better: str | None) -> None:
    assert suggested_identity(text) == better


@pytest.mark.parametrize(
    ("text", "better"), [("Dis-Hap", "dis_hap"), ("2afc", "i2afc"), ("__", None), ("a" * 99, None)]
)
def test_better_ids(text: str, better: str | None) -> None:
    assert suggested_id(text) == better


@given(st.text())
def test_suggestions_are_lawful(text: str) -> None:
    for suggest, check in ((suggested_identity, check_identity), (suggested_id, check_id)):
        better = suggest(text)
        assert better is None or check(better) is None


def test_stimulus_ids() -> None:
    assert stimulus_id("i01", "dis_hap", 7, 15) == "i01_dis_hap_007"
    assert stimulus_id("i01", "dis_hap", 7, 1001) == "i01_dis_hap_0007"
    assert check_id(stimulus_id("i01", "dis_hap", 15, 15)) is None


def test_too_long_a_stimulus_id() -> None:
    assert len(stimulus_id("i01", "a" * 51, 1, 15)) == 59
    with pytest.raises(RecipeError, match="MK917") as caught:
        stimulus_id("i01", "a" * 52, 1, 15)
    assert caught.value.findings[0].measured == 60


identities = st.from_regex(r"\A[a-z][a-z0-9]{0,2}\Z")
continua = st.from_regex(r"\A[ab][ab01_]{0,5}\Z")


@given(
    st.sets(identities, min_size=1, max_size=4),
    st.sets(continua, min_size=1, max_size=5),
    st.sampled_from([2, 15, 101]),
)
def test_ids_never_collide_and_sort_in_order(
    infants: set[str], names: set[str], count: int
) -> None:
    frames = (1, 2, count - 1, count)
    triples = list(product(infants, names, sorted(set(frames))))
    ids = [stimulus_id(*triple, count) for triple in triples]
    assert collisions(ids) == []
    if interleaving(sorted(names)):
        return
    # underscores sort behind digits and before letters: i10_ comes before i1_
    ordered = sorted(triples, key=lambda t: (f"{t[0]}_", f"{t[1]}_", t[2]))
    assert [stimulus_id(*triple, count) for triple in ordered] == sorted(ids)


def test_interleaving_is_real_and_found() -> None:
    mixed = [("dis", n) for n in (1, 2, 3)] + [("dis_002", n) for n in (1, 2)]
    ids = sorted(stimulus_id("i01", name, n, 15) for name, n in mixed)
    assert ids[2].startswith("i01_dis_002_")
    assert ids[-1] == "i01_dis_003"
    assert interleaving(["dis", "dis_002", "dis_b", "dis2"]) == [("dis", "dis_002")]


def test_collisions() -> None:
    assert collisions(["i01_a_001", "I01_A_001", "i01_b_001"]) == ["i01_a_001"]
    assert collisions([]) == []
