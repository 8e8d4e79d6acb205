"""The page: whole, safe, honest about what it shows and what it leaves out."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from gradient_set import DIRECT, THROUGH, Maker

from morphkit.errors import EnvironmentFault, Finding
from morphkit.report import contact, page
from morphkit.report.found import MOST_FINDINGS
from morphkit.study.manifest import (
    ContinuumEntry,
    Source,
    StimulusSet,
    manifest_text,
    parse_manifest,
)
from morphkit.study.table import parse_stimuli, stimuli_csv

VOID = {"meta", "img", "source", "br", "link", "input", "hr"}
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>&{{ 7*7 }}"""


class Parsed(HTMLParser):
    """A page as a list of tags and its text; refuses tags that don't balance."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {tag} {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, *names: str) -> list[str]:
        return [v for _, attrs in self.tags for n, v in attrs.items() if n in names and v]


def report(
    stimulus_set: StimulusSet,
    findings: Sequence[Finding] = (),
    verdict: str = "valid",
    label: str | None = "nominal",
) -> Parsed:
    return Parsed(page(stimulus_set, findings, verdict=verdict, label=label))


def test_parser_sees_a_broken_page() -> None:
    for text in ("<p><b></p></b>", "<div>", "</p>", '<p id="a" id="b"></p>'):
        with pytest.raises(AssertionError):
            Parsed(text)


def test_page_is_whole(maker: Maker) -> None:
    parsed = report(maker.set(), [Finding("MK451", "uneven.")])
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert {"contact", "spacing", "findings", "made", "methods"} <= set(ids)
    assert {v for v in parsed.values("href") if v.startswith("#")} <= {f"#{i}" for i in ids}
    assert {"2 identities", "2 continua", "14 stimuli"} <= set(parsed.texts)


def test_page_is_the_same_text_every_time(maker: Maker) -> None:
    first = page(maker.set(), [], verdict="valid", label="nominal")
    assert first == page(maker.set(), [], verdict="valid", label="nominal")


def test_a_set_read_from_disk_gives_the_same_page(maker: Maker) -> None:
    built = maker.set()
    read = StimulusSet(
        parse_manifest(manifest_text(built.manifest)),
        parse_stimuli(stimuli_csv(built.stimuli)),
        maker.read,
    )
    built_page, read_page = (
        page(one, [], verdict="valid", label="nominal").split('<section id="methods">')[0]
        for one in (built, read)
    )
    assert built_page == read_page


def test_every_id_and_level_is_shown(maker: Maker) -> None:
    stimulus_set = maker.set()
    parsed = report(stimulus_set)
    assert {row.stimulus_id for row in stimulus_set.stimuli} <= set(parsed.texts)
    assert [t for t in parsed.texts if t in ("−1.00", "−0.50", "+0.50", "+1.00", "0.00")]
    captions = [t for t in parsed.texts if t.endswith("\N{NARROW NO-BREAK SPACE}%")]
    # direct: 0, 25, 75, 100 %; through neutral: 0, 50, 100 %; two infants
    wanted = 2 * ["0", "25", "75", "100", "0", "50", "100"]
    assert [c[:-2] for c in captions[: len(wanted)]] == wanted
    images = [attrs for tag, attrs in parsed.tags if tag == "img" and "alt" in attrs]
    assert "amy_dis_hap_02, level −0.50" in [attrs["alt"] for attrs in images]


def test_frames_of_one_photograph_are_named(maker: Maker) -> None:
    texts = report(maker.set(("amy",), (THROUGH,))).texts
    sheet = texts[: texts.index("Ids, weights and pixel hashes")]
    assert [t for t in sheet if t in ("distressed", "neutral", "happy")] == [
        "distressed",
        "neutral",
        "happy",
    ]


def test_no_findings_is_said(maker: Maker) -> None:
    assert "No findings: every check that was run has passed." in report(maker.set()).texts
    some = report(maker.set(), [Finding("MK451", "uneven.")]).text
    assert "No findings" not in some


def test_findings_are_shown_whole(maker: Maker) -> None:
    finding = Finding(
        "MK451",
        "the steps vary.",
        file="stimuli.csv",
        pointer="morph_level",
        line=7,
        measured=-0.31849,
        limit=0.05,
        suggestion="Build again.",
    )
    doubt = Finding("MK212", "lips cross.", severity="warning")
    ignored = Finding("MK705", "no date.", ignored=True, reason="Consent has no end.")
    parsed = report(maker.set(), [ignored, doubt, finding], "invalid", None)
    for text in (
        "stimuli.csv, line 7: morph_level",
        "the steps vary.",
        "−0.3185",
        "0.05",
        " Build again.",
    ):
        assert text in parsed.texts, text
    assert "1 error, 1 warning, 1 ignored finding" in parsed.text
    assert [t for t in parsed.texts if re.fullmatch(r"MK\d+", t)] == ["MK451", "MK212", "MK705"]
    assert "error (ignored on record)" in parsed.text
    assert "Consent has no end." in parsed.texts


def test_every_code_appears_among_very_many_findings(maker: Maker) -> None:
    findings = [Finding("MK651", "missing.", file=f"stimuli/{i}.png") for i in range(600)]
    findings += [Finding("MK212", "crossing.", severity="warning")]
    parsed = report(maker.set(), findings, "invalid", None)
    assert parsed.texts.count("missing.") == MOST_FINDINGS - 1
    assert parsed.texts.count("crossing.") == 1
    assert [t for t in parsed.texts if re.fullmatch(r"MK\d+", t)] == ["MK651", "MK212"]
    assert f"{600 - MOST_FINDINGS + 1} more of MK651 are not listed" in parsed.text
    assert "600 errors, 1 warning" in parsed.text


def test_the_same_finding_is_listed_once(maker: Maker) -> None:
    twice = [Finding("MK651", "missing."), Finding("MK651", "missing.")]
    assert report(maker.set(), twice).texts.count("missing.") == 1


def test_findings_are_grouped_by_rule(maker: Maker) -> None:
    findings = [
        Finding("MK455", "twins.", file="a.png", suggestion="Build again."),
        Finding("MK526", "dark.", severity="warning"),
        Finding("MK455", "more twins.", file="b.png", suggestion="Build again."),
        Finding("MK455", "known twins.", file="c.png", ignored=True),
    ]
    parsed = report(maker.set(), findings, "invalid", None)
    shown = [t for t in parsed.texts if re.fullmatch(r"MK\d+", t)]
    assert shown == ["MK455", "MK526", "MK455"]
    assert parsed.texts.count(" Build again.") == 1
    assert "2 times" in parsed.texts
    assert "no reason is on record" in parsed.texts


def test_rules_have_their_names_and_numbers_their_signs(maker: Maker) -> None:
    findings = [
        Finding("MK526", "amy d: frame 2 (-0.5): 1.1 % off (limit 1 %); 3-px.", severity="warning"),
        Finding("MK199", "of a newer version.", severity="warning"),
    ]
    names = {"MK526": "light drifts"}
    text = page(maker.set(), findings, verdict="valid", label="nominal", names=names)
    texts = Parsed(text).texts
    assert texts[texts.index("MK526") + 1].strip() == "light drifts"
    assert "amy d: frame 2 (−0.5): 1.1\u202f% off (limit 1\u202f%); 3-px." in texts
    assert texts[texts.index("MK199") + 1].strip() in ("", "warning")


@pytest.mark.parametrize(
    "verdict, label, words",
    [
        ("valid", "nominal", "Built as declared; not measured."),
        ("valid", "physically checked", "How people see them has not been measured."),
        ("valid", "perceptually calibrated", "observers’ responses"),
        ("valid", None, "has not earned a label"),
        ("invalid", None, "Don’t show it to anyone"),
        ("invalid", "nominal", "Don’t show it to anyone"),
    ],
)
def test_verdict_is_in_words(maker: Maker, verdict: str, label: str | None, words: str) -> None:
    text = report(maker.set(), [], verdict, label).text
    assert words in text
    assert ("Not valid" in text) == (verdict == "invalid")
    assert "Not valid · nominal" not in text


def hostile_set(maker: Maker) -> StimulusSet:
    entry = ContinuumEntry(
        name=HOSTILE,
        path="direct",
        midpoint=None,
        expressions=[HOSTILE, "happy"],
        levels=[-1.0, 1.0],
    )
    rows = maker.rows(HOSTILE, entry, stimulus_id=HOSTILE, image_file=HOSTILE)
    source = Source(
        identity=HOSTILE,
        expression=HOSTILE,
        sha256="0" * 64,
        template_sha256="0" * 64,
        source=HOSTILE,
        licence=HOSTILE,
        consent_scope=HOSTILE,
    )
    changes: dict[str, Any] = {
        "landmark_scheme": HOSTILE,
        "sources": [source],
        "recipe": {HOSTILE: [HOSTILE], "canvas": {HOSTILE: HOSTILE}, "limits": HOSTILE},
        "engine": {"version": HOSTILE, "options": {HOSTILE: HOSTILE}},
        "response_map": [{"label": HOSTILE, "key": HOSTILE, "button": HOSTILE}],
        "key": HOSTILE,
    }
    return maker.set((HOSTILE,), (entry,), rows=rows, name=HOSTILE, changes=changes)


def test_hostile_texts_stay_texts(maker: Maker) -> None:
    finding = Finding(
        HOSTILE, HOSTILE, file=HOSTILE, pointer=HOSTILE, suggestion=HOSTILE, measured=float("nan")
    )
    text = page(hostile_set(maker), [finding], verdict=HOSTILE, label=HOSTILE)
    parsed = Parsed(text)
    assert parsed.text.count("<script>alert(1)</script>") > 20
    assert "{{ 7*7 }}" in parsed.text
    assert {tag for tag, _ in parsed.tags} & {"script", "iframe", "object", "base", "form"} == set()
    names = {name for _, attrs in parsed.tags for name in attrs}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert_self_contained(parsed)


def test_page_asks_nothing_of_anyone(maker: Maker) -> None:
    parsed = report(maker.set(), [Finding("MK451", "see https://example.org")])
    assert_self_contained(parsed)
    assert [v for v in parsed.values("href") if v.startswith("stimuli/")]


def assert_self_contained(parsed: Parsed) -> None:
    for value in parsed.values("src", "srcset", "href", "action", "poster", "data"):
        assert re.fullmatch(
            r"#[a-z]+|stimuli/[a-z0-9_]+\.png|data:image/webp;base64,[A-Za-z0-9+/]+=*", value
        ), value[:80]
    style = parsed.texts[[*(t.lstrip()[:5] for t in parsed.texts)].index(":root")]
    assert not re.search(r"url\((?!#)", style)
    assert "@import" not in style
    (policy,) = [
        attrs["content"]
        for tag, attrs in parsed.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "//evil/x.png", "stimuli/../x.png", "/x.png", "stimuli/X.png"]
)
def test_only_plain_paths_are_links(maker: Maker, path: str) -> None:
    rows = maker.rows("amy", DIRECT, image_file=path)
    links = report(maker.set(("amy",), (DIRECT,), rows=rows)).values("href")
    assert [link for link in links if not link.startswith("#")] == []


def test_pictures_that_cannot_be_read_leave_a_place(maker: Maker) -> None:
    stimulus_set = maker.set(("amy",), (DIRECT,))
    files = [row.image_file for row in stimulus_set.stimuli]
    del maker.files[files[0]]
    maker.files[files[1]] = maker.files[files[1]][:60]
    maker.files[files[2]] = b"not a picture"
    parsed = report(stimulus_set, [], "invalid", None)
    assert parsed.texts.count("can’t be read") == 3
    assert "Play back and forth" not in parsed.texts


def test_a_failing_disk_is_not_hidden(maker: Maker) -> None:
    def read(path: str) -> bytes:
        raise EnvironmentFault(Finding("MK613", "the disk can't be read."))

    with pytest.raises(EnvironmentFault):
        report(replace(maker.set(), read=read))


def test_an_animation_can_be_played_and_stands_still_on_request(maker: Maker) -> None:
    parsed = report(maker.set(("amy",), (DIRECT,)))
    assert "Play back and forth" in parsed.texts
    stills = [attrs for tag, attrs in parsed.tags if tag == "source"]
    assert [attrs["media"] for attrs in stills] == ["(prefers-reduced-motion: reduce)"]
    images = [attrs["src"] for tag, attrs in parsed.tags if tag == "img"]
    assert stills[0]["srcset"] == images[0]


def test_absolute_paths_are_cut_to_names(maker: Maker) -> None:
    findings = [
        Finding("MK101", "dark.", file="/home/anna/study/amy_happy.jpg"),
        Finding("MK102", "light.", file=r"C:\Users\anna\amy_sad.jpg", line=2),
        Finding("MK103", "grey.", file="~/anna/ben.jpg"),
        Finding("MK104", "grey.", file="raw_faces/demo/ben.jpg"),
    ]
    parsed = report(maker.set(), findings)
    assert {"amy_happy.jpg", "amy_sad.jpg, line 2", "ben.jpg"} <= set(parsed.texts)
    assert "raw_faces/demo/ben.jpg" in parsed.texts
    assert "anna" not in parsed.text


def test_large_sets_are_abridged_and_say_so(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "FULL_FRAMES", 8)
    monkeypatch.setattr(contact, "STRIPS", 2)
    names = ["amy", "ben", "cleo", "dan", "eva"]
    parsed = report(maker.set(names, (DIRECT,)))
    for sentence in (
        "The first 2 of 5 identities are shown in full.",
        "The next 2 are shown as strips of up to five levels.",
        "The last 1 are only named.",
    ):
        assert sentence in parsed.text
    assert len([c for c in parsed.values("class") if c == "strip"]) == 2
    assert {path.split("/")[1][:3] for path in maker.reads} == {"amy", "ben", "cle", "dan"}
    assert "eva_dis_hap_01 … eva_dis_hap_04" in parsed.texts


def test_a_whole_set_is_not_called_abridged(maker: Maker) -> None:
    assert "shown in full" not in report(maker.set()).text


def test_very_long_continua_are_thinned(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "SHEET_FRAMES", 3)
    parsed = report(maker.set(("amy",), (DIRECT,)))
    assert "evenly chosen ones are shown" in parsed.text
    assert len([c for c in parsed.values("class") if c == "tile"]) == 3


def test_rights_are_shown_and_silence_is_told(maker: Maker) -> None:
    parsed = report(maker.set())
    assert "CC0-1.0" in parsed.texts
    assert "Licence" in parsed.texts
    assert "Consent until" not in parsed.texts
    assert "undeclared" in parsed.texts
    assert "Nothing was declared on: source, derivatives, publishing, consent" in parsed.text


def test_rights_that_all_share_are_told_once(maker: Maker) -> None:
    block = maker.set().manifest.morphkit
    same = [s.model_copy(update={"licence": "CC-BY-4.0"}) for s in block.sources]
    parsed = report(maker.set(changes={"sources": same}))
    assert parsed.texts.count("CC-BY-4.0") == 1
    assert "Licence (of all)" in parsed.texts
    assert "undeclared" not in parsed.texts


def test_how_it_was_made_is_told(maker: Maker) -> None:
    stimulus_set = maker.set()
    parsed = report(stimulus_set)
    for text in (
        "light linear, refine off",
        "background 0.5, height 50, width 40",
        "feather 8, shape oval",
        "68 points, scheme ibug68",
        "one for the whole set: 3 points, 1 triangles",
        f"{stimulus_set.manifest.morphkit.sources[0].sha256[:12]}…",
    ):
        assert text in parsed.texts, text
    assert '"levels": [-1, -0.5, 0.5, 1]' in parsed.text
    assert "The stimuli were 14 PNG images" in parsed.text


def test_a_calibrated_frame_tells_its_probability(maker: Maker) -> None:
    rows = maker.rows("amy", DIRECT, p_happy=0.375)
    texts = report(maker.set(("amy",), (DIRECT,), rows=rows), [], "valid", None).texts
    assert texts.count("p 0.38") == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"anchors": []},
        {"continua": []},
        {"sources": []},
        {"recipe": {}},
        {"recipe": {"limits": ["x"], "canvas": 3, "mask": None}},
        {"landmark_scheme": "unknown"},
        {"landmark_names": []},
        {"response_map": [{}]},
        {"key": ""},
    ],
)
def test_a_damaged_manifest_still_gives_a_page(maker: Maker, changes: dict[str, Any]) -> None:
    report(maker.set(changes=changes), [], "invalid", None)


def test_an_empty_set_still_gives_a_page(maker: Maker) -> None:
    text = report(maker.set(rows=()), [Finding("MK676", "no rows.")], "invalid", None).text
    assert "0 stimuli" in text


def test_unmeasurable_spacing_is_told(maker: Maker) -> None:
    texts = report(maker.set(changes={"anchors": []})).texts
    wanted = "amy dis_hap: the manifest has no landmarks of distressed, happy."
    assert wanted in texts
    assert "Position on the landmark path" not in texts


def test_limits_come_from_the_recipe(maker: Maker) -> None:
    rows = maker.rows("amy", DIRECT, [-1, -0.48, 0.5, 1])
    made = {"limits": {"landmark_step_cv": 0.01, "landmark_cumulative": 0.02}}
    strict = report(maker.set(("amy",), (DIRECT,), rows=rows, changes={"recipe": made}))
    assert strict.text.count("> limit") == 1
    assert "limit 0.01" in strict.text
    assert "declared position ± 2\N{NARROW NO-BREAK SPACE}% of the path" in " ".join(strict.texts)
    default = report(maker.set(("amy",), (DIRECT,), rows=rows, changes={"recipe": {}}))
    assert "> limit" not in default.text
    assert "limit 0.05" in default.text
