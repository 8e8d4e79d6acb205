"""Packages leave through gates: an invalid set, rights, leaks, and what an override writes."""

from __future__ import annotations

import base64
import datetime
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from morphkit import accounts, files
from morphkit.cli import main
from morphkit.consents import Present
from morphkit.errors import PackageError, RecipeError, UsageError
from morphkit.outgoing import looked_at
from morphkit.package import registry
from morphkit.package.documents import OVERRIDE
from morphkit.packing import examined, gate, pack, raw_photos
from morphkit.study.manifest import Source, StimulusSet
from morphkit.validate import SetReport, validate
from tiny_study import write_study

DAY = datetime.date(2026, 11, 28)
EXTRA: list[tuple[str, bytes]] = []


def export(stimulus_set: StimulusSet, greeting: str = "hello") -> Iterator[tuple[str, bytes]]:
    """A front end of the tests."""
    yield "hello.txt", greeting.encode()
    yield from EXTRA


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "plain", f"{__name__}:export")
    EXTRA.clear()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("study")
    recipe = write_study(home, ("infant01",))
    result = CliRunner().invoke(main, ["build", str(recipe)])
    assert result.exit_code == 0, result.output
    return home / "generated" / "tiny"


def declared(whole: StimulusSet, **rights: Any) -> StimulusSet:
    block = whole.manifest.morphkit
    told = [one.model_copy(update=rights) for one in block.sources]
    manifest = whole.manifest.model_copy(
        update={"morphkit": block.model_copy(update={"sources": told})}
    )
    return StimulusSet(manifest, whole.stimuli, whole.read)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(
    ("rights", "use", "code"),
    [
        ({"derivatives_allowed": "no"}, "lab", "MK701"),
        ({"consent_scope": "lab"}, "online_experiment", "MK702"),
        ({"consent_scope": "publication"}, "open_archive", "MK702"),
        ({"consent_scope": "Lab"}, "online_experiment", "MK704"),
        ({"consent_scope": "thesis"}, "publication", "MK704"),
        ({"consent_until": "2026-11-27"}, "lab", "MK703"),
        ({"consent_scope": "open_archive", "publish_allowed": "no"}, "publication", "MK705"),
    ],
)
def test_rights_exclude(rights: dict[str, str], use: Any, code: str, built: Path) -> None:
    whole = declared(files.read_set(built), **rights)
    with pytest.raises(PackageError) as caught:
        pack(whole, "plain", use=use, today=DAY)
    (found,) = caught.value.findings
    assert found.code == code
    assert found.message.endswith("And so for 2 more.")


@pytest.mark.parametrize(
    ("rights", "use"),
    [
        ({"consent_scope": "online_experiment"}, "lab"),
        ({"consent_scope": "open_archive", "publish_allowed": "yes"}, "open_archive"),
        ({"consent_until": "2026-11-28"}, "lab"),
        ({"consent_scope": None}, "open_archive"),
        ({"consent_scope": "thesis"}, "lab"),
    ],
)
def test_rights_allow(rights: dict[str, str], use: Any, built: Path) -> None:
    packing = pack(declared(files.read_set(built), **rights), "plain", use=use, today=DAY)
    assert OVERRIDE not in dict(packing.files)


PLAIN = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 128, height: 160, eye_distance: 42}
mask: {shape: none}
continua: [{name: dis_hap, path: direct, from: distressed, to: happy, levels: 3}]
"""


@pytest.fixture(scope="module")
def unmasked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set whose photos lie on its canvas already: the ends of another set, saved again."""
    first = write_study(tmp_path_factory.mktemp("first"), ("infant01",), PLAIN)
    again = write_study(tmp_path_factory.mktemp("again"), ("infant01",), PLAIN)
    assert run("build", first).exit_code == 0
    ends = files.read_set(first.parent.parent / "generated" / "tiny")
    faces = again.parent.parent / "raw_faces" / "tiny"
    for anchor in ends.manifest.morphkit.anchors:
        (row,) = [one for one in ends.stimuli if one.pixel_sha256 == anchor.pixel_sha256]
        stem = f"{anchor.identity}_{anchor.expression}"
        with Image.open(io.BytesIO(ends.read(row.image_file))) as image:
            image.save(faces / f"{stem}.png", compress_level=1)
        template = json.loads((faces / f"{stem}.json").read_text("utf-8"))
        template |= {"width": 128, "height": 160}
        for point, (x, y) in zip(template["points"], anchor.landmarks, strict=True):
            point |= {"x": x, "y": y}
        (faces / f"{stem}.json").write_text(json.dumps(template), "utf-8")
    assert run("build", again).exit_code == 0
    return again.parent.parent / "generated" / "tiny"


def test_a_photo_does_not_leave_as_a_stimulus(unmasked: Path, built: Path) -> None:
    whole = files.read_set(unmasked)
    with pytest.raises(PackageError) as caught:
        pack(whole, "plain", today=DAY)
    assert [(one.code, one.file) for one in caught.value.findings] == [
        ("MK753", "stimuli/infant01_dis_hap_001.png"),
        ("MK753", "stimuli/infant01_dis_hap_003.png"),
    ]
    assert "happy, pixel for pixel" in caught.value.findings[1].message
    pack(declared(whole, publish_allowed="yes"), "plain", today=DAY)
    since = declared(whole, publish_allowed="yes").manifest.morphkit.sources
    pack(whole, "plain", today=DAY, present=Present("faces.csv", tuple(since)))
    asked = pack(whole, "plain", today=DAY, override="the parents know that it is the photo")
    assert b"pixel for pixel" in dict(asked.files)[OVERRIDE]
    assert raw_photos(files.read_set(built)) == []


def test_what_nobody_declared_is_said_and_excludes_nothing() -> None:
    source = Source(identity="a", expression="b", sha256="0" * 64, template_sha256="0" * 64)
    against, doubts = gate([source, source], "open_archive", DAY)
    assert against == []
    assert [(one.code, one.severity) for one in doubts] == [
        ("MK704", "warning"), ("MK705", "warning")
    ]  # fmt: skip


def test_the_use_is_said_or_the_recipes_or_the_front_ends(built: Path) -> None:
    whole = declared(files.read_set(built), consent_scope="lab")
    assert registry.target_use("jspsych") == "online_experiment"
    assert registry.target_use("psychopy") == registry.target_use("plain") == "lab"
    assert registry.target_use("rocrate") == "open_archive"
    pack(whole, "plain", today=DAY)
    block = whole.manifest.morphkit
    wide = block.model_copy(update={"recipe": {**block.recipe, "use": "publication"}})
    asked = StimulusSet(
        whole.manifest.model_copy(update={"morphkit": wide}), whole.stimuli, whole.read
    )
    with pytest.raises(PackageError, match="MK702"):
        pack(asked, "plain", today=DAY)
    pack(asked, "plain", use="lab", today=DAY)


def test_a_recipe_for_less_than_the_front_end_is_said(built: Path) -> None:
    whole = declared(files.read_set(built), consent_scope="lab")
    block = whole.manifest.morphkit
    block = block.model_copy(update={"recipe": {**block.recipe, "use": "lab"}})
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    asked = StimulusSet(manifest, whole.stimuli, whole.read)
    (doubt,) = pack(asked, "jspsych", today=DAY).doubts
    assert (doubt.code, doubt.severity) == ("MK702", "warning")
    assert "online_experiment is asked" in doubt.message
    assert "use: lab" in doubt.message
    assert pack(asked, "jspsych", use="lab", today=DAY).doubts == ()
    assert pack(asked, "plain", today=DAY).doubts == ()


@pytest.mark.parametrize("name", ["gorilla", "qualtrics", "testable", "rocrate", "croissant"])
def test_a_service_or_an_archive_is_never_for_the_lab_alone(name: str, built: Path) -> None:
    whole = declared(files.read_set(built), consent_scope="lab")
    with pytest.raises(PackageError, match="MK702"):
        pack(whole, name, use="lab", today=DAY)
    packing = pack(whole, name, use="lab", override="Everybody was asked again.", today=DAY)
    assert packing.doubts[-1].code == "MK702"


def test_names_may_be_parted_by_commas(built: Path, tmp_path: Path) -> None:
    made = run("package", built, "--for", "plain,bids", "--zip", "--out", tmp_path)
    assert made.exit_code == 0, made.output
    assert {one.name for one in tmp_path.iterdir()} == {"plain.zip", "bids.zip"}


def test_an_override_is_written_into_the_package(built: Path) -> None:
    whole = declared(files.read_set(built), consent_until="2020-01-01", consent_scope="lab")
    packing = pack(whole, "plain", override="The ethics board renewed it.", today=DAY)
    assert [(one.code, one.severity) for one in packing.doubts] == [("MK703", "warning")]
    made = dict(packing.files)
    assert "The ethics board renewed it." in made[OVERRIDE].decode()
    assert "MK703" in made[OVERRIDE].decode()
    assert OVERRIDE in made["checksums.sha256"].decode()
    with pytest.raises(UsageError, match="MK818"):
        pack(whole, "plain", override="because", today=DAY)
    odd = pack(whole, "plain", override="Not UTF-8: \udcff, all the same.", today=DAY)
    assert b"Not UTF-8: ?" in dict(odd.files)[OVERRIDE]


def test_an_invalid_set_is_refused_unless_somebody_says_why(built: Path, tmp_path: Path) -> None:
    assert run("package", built, "--for", "plain", "--out", tmp_path).exit_code == 0
    copy = tmp_path / "copy"
    files.write_files(
        copy, ((p, (built / p).read_bytes()) for p in files.list_files(built, depth=None))
    )
    table = (copy / "stimuli.csv").read_text()
    (copy / "stimuli.csv").write_text(
        table.replace("dis_hap,direct,1,-1.0,0.0", "dis_hap,direct,1,-0.9,5.0")
    )
    refused = run("package", copy, "--for", "plain", "--out", tmp_path / "no")
    assert refused.exit_code == 1
    assert "MK817" in refused.output
    assert not (tmp_path / "no").exists()
    made = run(
        "package",
        copy,
        "--for",
        "plain",
        "--out",
        tmp_path / "yes",
        "--override",
        "For a talk on faults.",
    )
    assert made.exit_code == 0, made.output
    assert "MK817" in (tmp_path / "yes" / "plain" / OVERRIDE).read_text()
    found = {one.code: one.severity for one in validate(tmp_path / "yes" / "plain").findings}
    assert found == {"MK845": "warning"}


@pytest.mark.parametrize("label", ["nominal", None])
def test_a_set_without_a_label_is_validated_whole(
    label: str | None, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pixels may be what is wrong; of one with a label the hashes vouch for them."""
    asked: list[bool] = []

    def noted(folder: Path, *, quick: bool, use: object) -> SetReport:
        asked.append(quick)
        return validate(folder, quick=True)

    monkeypatch.setattr("morphkit.packing.validate", noted)
    whole = files.read_set(built)
    block = whole.manifest.morphkit.model_copy(update={"label": label})
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    examined(built, StimulusSet(manifest, whole.stimuli, whole.read), None)
    assert asked == [label is not None]


def test_a_photo_a_template_and_a_place_never_leave(built: Path) -> None:
    whole = files.read_set(built)
    photos = built.parents[1] / "raw_faces" / "tiny"
    own = [(photos / f"infant01_happy.{kind}").read_bytes() for kind in ("png", "json")]
    places = [str(Path.home() / "x"), "see ../raw_faces/tiny/", "/home/anna/x", r"C:\Users\anna\x"]
    told = [("MK753", data) for data in own] + [("MK754", place.encode()) for place in places]
    for code, data in told:
        EXTRA[:] = [("more.txt", data)]
        with pytest.raises(PackageError, match=code):
            list(pack(whole, "plain", today=DAY).files)


@pytest.mark.parametrize("form", ['{{"face": "{}"}}', "url(data:a/b;base64,{})", "{}\n"])
@pytest.mark.parametrize("width", [0, 76])
def test_a_photo_in_letters_never_leaves(form: str, width: int, built: Path) -> None:
    photo = (built.parents[1] / "raw_faces" / "tiny" / "infant01_happy.png").read_bytes()
    text = base64.b64encode(photo).decode()
    if width:
        text = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    for one in (text, text.replace("/", "\\/")):
        EXTRA[:] = [("more.json", form.format(one).encode())]
        with pytest.raises(PackageError, match="MK753"):
            list(pack(files.read_set(built), "plain", today=DAY).files)


@pytest.mark.parametrize(
    ("place", "text", "is_told"),
    [
        ("/anna", "open('/anna/x.png')", True),
        ("/data", "<data></data> <img src='./data/x.png'>", False),
        ("/srv/anna", "in /srv/anna.", True),
        ("/srv/ann", "in /srv/anna/x", False),
        ("images/", "<img src='images/x.png'>", False),
        ("../raw_faces/tiny/", "from ../raw_faces/tiny", True),
        ("~", "a ~/b", False),
        ("C:\\", "C:\\ ", False),
    ],
)
def test_a_place_is_told_from_a_folder_of_the_package(
    place: str, text: str, is_told: bool, built: Path
) -> None:
    found = looked_at(files.read_set(built), iter([("a.txt", text.encode())]), [place])
    packed = files.zipped([("a.txt", gzip.compress(text.encode()))])
    inside = looked_at(files.read_set(built), iter([("a.zip", packed)]), [place])
    if is_told:
        with pytest.raises(PackageError, match="MK754"):
            list(inside)
        with pytest.raises(PackageError, match="MK754"):
            list(found)
    else:
        assert list(found)
        assert list(inside)


WHO = "annasmithq"


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "root")
    monkeypatch.setenv("USER", WHO)


@pytest.mark.parametrize(
    "text", [f"made by {WHO}.", f"({WHO.title()})", f"ssh {WHO.upper()}@x", f'"{WHO}"']
)
@pytest.mark.usefixtures("at_work")
def test_who_works_here_never_leaves(text: str, built: Path) -> None:
    whole = files.read_set(built)
    for data in (text.encode(), text.encode("utf-16"), files.zipped([("a.txt", text.encode())])):
        EXTRA[:] = [("more.txt", data)]
        with pytest.raises(PackageError, match="names an account of this computer"):
            list(pack(whole, "plain", override="It was to be tried.", today=DAY).files)


@pytest.mark.parametrize("text", [f"{WHO}s", f"x{WHO}", f"{WHO}_faces", "anna smith", "root user"])
@pytest.mark.usefixtures("at_work")
def test_other_words_may_leave(text: str, built: Path) -> None:
    EXTRA[:] = [("more.txt", text.encode())]
    packing = pack(files.read_set(built), "plain", today=DAY)
    assert dict(packing.files)["more.txt"] == text.encode()
    assert "MK754" not in [one.code for one in packing.doubts]


@pytest.mark.parametrize("variable", ["LOGNAME", "USER", "LNAME", "USERNAME", "HOME"])
def test_who_works_here_is_asked_for_in_every_way(
    variable: str, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "root")
    monkeypatch.setenv(variable, f"/lab/people/{WHO}" if variable == "HOME" else WHO)
    monkeypatch.setenv("USERPROFILE", f"C:/lab/{WHO}" if variable == "HOME" else "C:/root")
    EXTRA[:] = [("more.txt", f"by {WHO}".encode())]
    with pytest.raises(PackageError, match="MK754"):
        list(pack(files.read_set(built), "plain", today=DAY).files)


# three letters; an account of containers; words of our own papers; no letter
@pytest.mark.parametrize("name", ["kim", "ubuntu", "Runner", "participant", "peirce", "120394"])
def test_an_account_that_tells_nobody_is_no_name(
    name: str, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, name)
    EXTRA[:] = [("more.txt", f"by {name}".encode())]
    packing = pack(declared(files.read_set(built), source=f"by {name}"), "plain", today=DAY)
    assert dict(packing.files)
    assert "MK754" not in [one.code for one in packing.doubts]


@pytest.mark.parametrize("field", ["source", "licence", "consent_scope"])
@pytest.mark.usefixtures("at_work")
def test_a_name_that_was_declared_is_a_doubt(field: str, built: Path) -> None:
    whole = declared(files.read_set(built), **{field: f"by {WHO.title()}"})
    packing = pack(whole, "plain", today=DAY)
    (doubt,) = [one for one in packing.doubts if one.code == "MK754"]
    assert (doubt.severity, doubt.pointer) == ("warning", f"morphkit.sources.0.{field}")
    assert "and in 2 more" in doubt.message
    assert WHO not in str(doubt).lower()  # findings go into reports
    EXTRA[:] = [("more.txt", WHO.encode())]  # which it then may, as an address that was declared
    assert WHO in dict(packing.files)["licence_and_consent.txt"].decode().lower()


@pytest.mark.usefixtures("at_work")
def test_a_scale_may_be_called_like_who_measured_it(built: Path) -> None:
    whole = files.read_set(built)
    block = whole.manifest.morphkit.model_copy(update={"scales": {WHO: {}}})
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    EXTRA[:] = [("more.txt", f"Scale {WHO} was measured on these images.".encode())]
    packing = pack(StimulusSet(manifest, whole.stimuli, whole.read), "plain", today=DAY)
    assert [one.pointer for one in packing.doubts if one.code == "MK754"] == ["morphkit.scales"]
    assert dict(packing.files)


@pytest.mark.usefixtures("at_work")
def test_a_reason_may_say_who_gives_it(built: Path) -> None:
    packing = pack(files.read_set(built), "plain", override=f"{WHO} asked them.", today=DAY)
    assert WHO in dict(packing.files)[OVERRIDE].decode()


@pytest.mark.usefixtures("at_work")
def test_authors_of_a_library_sign_it(built: Path) -> None:
    library = {"lib/lab.js": f"var lab = {{}}; // by {WHO}".encode()}
    made = dict(pack(files.read_set(built), "labjs", today=DAY, library=library).files)
    assert [path for path, data in made.items() if WHO.encode() in data] == ["labjs/lab.js"]


@pytest.mark.usefixtures("at_work")
def test_the_command_line_says_that_a_name_was_declared(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    faces = tmp_path / "raw_faces" / "tiny"
    rows = [f"infant01,{one},infant01_{one}.png,shot by {WHO}"
            for one in ("distressed", "neutral", "happy")]  # fmt: skip
    (faces / "faces.csv").write_text("\n".join(["identity,expression,image,source", *rows]) + "\n")
    assert run("build", recipe).exit_code == 0
    made = run("package", tmp_path / "generated" / "tiny", "--for", "psychopy", "jspsych")
    assert made.exit_code == 0, made.output
    assert made.output.count("MK754 warning") == 1


@pytest.mark.parametrize("field", ["source", "licence", "consent_scope"])
def test_a_place_from_the_root_on_is_not_declared(field: str, built: Path) -> None:
    whole = declared(files.read_set(built), **{field: "at /srv/data/lab"})
    for reason in ("", "The place is gone by now."):
        with pytest.raises(PackageError, match="MK754") as caught:
            pack(whole, "plain", override=reason, use="lab", today=DAY)  # before anything is made
    (found,) = caught.value.findings
    assert found.pointer == f"morphkit.sources.0.{field}"
    pack(declared(whole, **{field: "at example.org/srv/data, and/or here"}), "plain", use="lab")


def test_a_picture_with_more_than_pixels_never_leaves(built: Path) -> None:
    whole = files.read_set(built)
    png = whole.read(whole.stimuli[0].image_file)
    text = b"\0\0\0\x09tEXtAuthor\0me" + b"\x9b\x14\xc2\xd1"
    EXTRA[:] = [("logo.png", png[:33] + text + png[33:])]
    with pytest.raises(PackageError, match="MK751"):
        list(pack(whole, "plain", today=DAY).files)


def test_a_build_leaves_out_packages_that_rights_exclude_and_says_so(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    faces = tmp_path / "raw_faces" / "tiny"
    rows = [f"infant01,{one},infant01_{one}.png,lab" for one in ("distressed", "neutral", "happy")]
    (faces / "faces.csv").write_text(
        "\n".join(["identity,expression,image,consent_scope", *rows]) + "\n"
    )
    recipe.write_text(recipe.read_text() + "packages: [jspsych, psychopy]\n")
    home = tmp_path / "generated" / "tiny"
    for _ in range(2):  # again nothing is to be done
        partly = run("build", recipe)
        assert partly.exit_code == 3
        assert "MK702" in partly.output
        assert "Left out: jspsych." in partly.output
        assert [one.name for one in (home / "packages").iterdir()] == ["psychopy"]
    assert "up to date" in partly.output
    recipe.write_text(recipe.read_text() + "use: lab\n")
    assert run("build", recipe).exit_code == 0
    assert {one.name for one in (home / "packages").iterdir()} == {"jspsych", "psychopy"}


def test_a_build_gives_no_useless_advice_for_a_consent_that_ended(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    names = ("distressed", "neutral", "happy")
    rows = [f"infant01,{one},infant01_{one}.png,lab,2020-01-31" for one in names]
    head = "identity,expression,image,consent_scope,consent_until"
    (tmp_path / "raw_faces" / "tiny" / "faces.csv").write_text("\n".join([head, *rows]) + "\n")
    recipe.write_text(recipe.read_text() + "packages: [jspsych]\n")
    told = run("build", recipe).output.splitlines()
    (ended,) = (line for line in told if "MK703" in line and "no package for jspsych" in line)
    assert "Renew the consent" in ended and "leave the infant out" in ended
    assert "use: lab" not in ended
    (narrow,) = (line for line in told if "MK702" in line and "no package for jspsych" in line)
    assert "use: lab" in narrow


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("task: {kind: training, training: {repeats: [1, 2]}}", "MK821"),
        ("task: {kind: training, continua: [dis_hap]}\npackages: [psychopy, gorilla]", "MK822"),
        ("task: {exposure_ms: 100}\npackages: [qualtrics]", "MK832"),
    ],
)
def test_a_task_that_does_not_fit_is_refused_before_anything_is_rendered(
    more: str, code: str, tmp_path: Path
) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    recipe.write_text(recipe.read_text() + f"{more}\n")
    for words in (("build", recipe, "--dry-run"), ("build", recipe)):
        refused = run(*words)
        assert refused.exit_code == 1
        assert code in refused.output
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--for", "psycopy"], 2, "Did you mean psychopy?"),
        ([], 2, "--for"),
        (["--for", "plain", "--task", "rating"], 2, "runs no task"),
        (["--for", "psychopy", "--task", "bristol"], 2, "Presets: two-choice"),
        (["--for", "psychopy", "--task", "bristol-trainin"], 2, "mean bristol-training?"),
        (["--for", "psychopy", "--task", "none.yaml"], 2, "MK616"),
        (["--for", "plain", "--key", "k"], 2, "--recipe-only"),
        (["--for", "plain", "--recipe-only"], 2, "--for"),
        (["--for", "plain", "--option", "greeting"], 2, "NAME=VALUE"),
        (["--for", "plain", "--option", "greting=x"], 2, "greeting"),
        (["--for", "plain", "--use", "fun"], 2, "lab"),
        (["--for", "plain", "--labjs", "."], 2, "--for labjs"),
    ],
)
def test_wrong_usage(words: list[str], code: int, told: str, built: Path, tmp_path: Path) -> None:
    result = run("package", built, "--out", tmp_path / "out", *words)
    assert result.exit_code == code, result.output
    assert told in result.output
    assert not (tmp_path / "out").exists()


def test_a_task_in_the_manifest_that_cannot_be_read(built: Path) -> None:
    whole = files.read_set(built)
    block = whole.manifest.morphkit
    block = block.model_copy(update={"recipe": {**block.recipe, "task": {"kind": "guess"}}})
    manifest = whole.manifest.model_copy(update={"morphkit": block})
    odd = StimulusSet(manifest, whole.stimuli, whole.read)
    with pytest.raises(RecipeError, match="MK907"):
        pack(odd, "psychopy", today=DAY)
    assert dict(pack(odd, "plain", today=DAY).files)  # which runs none


def test_several_names_after_one_for(built: Path, tmp_path: Path) -> None:
    made = run("package", built, "--for", "plain", "gorilla", "--zip", "--out", tmp_path)
    assert made.exit_code == 0, made.output
    assert {one.name for one in tmp_path.iterdir()} == {"plain.zip", "gorilla.zip"}
    assert run("package", built, "plain", "--out", tmp_path).exit_code == 2


def test_names_and_choices_in_any_case(built: Path, tmp_path: Path) -> None:
    words = ("--for", "JsPsych,jspsych", "--task", "Bristol-Test", "--use", "Lab", "--zip")
    made = run("package", built, *words, "--out", tmp_path)
    assert made.exit_code == 0, made.output
    assert [one.name for one in tmp_path.iterdir()] == ["jspsych.zip"]


def test_what_stands_beside_a_package_is_said(built: Path, tmp_path: Path) -> None:
    words = ("package", built, "--for", "plain", "gorilla", "--out", tmp_path)
    assert "is from before" not in run(*words).output
    assert "is from before" not in run(*words).output
    zipped = run(*words[:4], "--out", tmp_path, "--zip")
    assert f"{tmp_path / 'plain'} is from before" in zipped.stderr
    folder = run(*words)
    assert folder.stderr.count("is from before") == 1
    assert f"{tmp_path / 'plain.zip'} is from before" in folder.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"plain", "plain.zip", "gorilla"}


def test_nothing_is_written_when_one_of_several_is_refused(built: Path, tmp_path: Path) -> None:
    task = tmp_path / "task.yaml"
    task.write_text("{kind: training, continua: [dis_hap], training: {blocks: 1}}")
    words = ("package", built, "--for", "psychopy", "gorilla", "--task", task)
    refused = run(*words, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert "MK822" in refused.output
    assert not (tmp_path / "out").exists()


def test_all_that_stands_against_any_of_several_is_told_at_once(
    built: Path, tmp_path: Path
) -> None:
    task = tmp_path / "task.yaml"
    task.write_text(
        "{kind: training, continua: [dis_hap], exposure_ms: 90, mask_ms: 90, training: {blocks: 1}}"
    )
    names = ("gorilla", "psychopy", "eprime", "qualtrics", "testable")
    refused = run("package", built, "--for", *names, "--task", task, "--out", tmp_path / "out")
    told = [line for line in refused.output.splitlines() if line.startswith("MK8")]
    for name, codes in {
        "gorilla": ["MK822"],
        "psychopy": [],
        "eprime": ["MK822"],
        "qualtrics": ["MK832", "MK832"],
        "testable": ["MK832", "MK832"],
    }.items():
        assert [one[:5] for one in told if f"package for {name} can't" in one] == codes
    (mask,) = [one for one in told if "show a mask" in one]
    assert "qualtrics" not in mask  # a mask follows a face that was taken away

    # what is the same for all is told once
    task.write_text("{continua: [elsewhere]}")
    refused = run("package", built, "--for", *names, "--task", task, "--out", tmp_path / "out")
    assert refused.output.count("MK821") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("plain", "qualtrics", "--option", "image_url=here"),
        ("plain", "rocrate", "--option", "date=soon"),
        ("plain", "jspsych", "--jspsych", "no_such_folder"),
        ("plain", "labjs", "--labjs", "no_such_folder"),
        ("plain", "labjs", "--labjs", __file__),
        ("",),
        (",",),
        ("", "--for", " "),
        (" , ,",),
    ],
)
def test_wrong_words_are_wrong_usage_and_nothing_is_written(
    built: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    refused = run("package", built, "--out", tmp_path / "out", "--for", *words)
    assert refused.exit_code == 2, refused.output
    assert refused.output
    assert not (tmp_path / "out").exists()


def test_an_option_reaches_the_exporter(built: Path, tmp_path: Path) -> None:
    words = ("--for", "plain", "--option", "greeting=hej", "--out", tmp_path)
    assert run("package", built, *words).exit_code == 0
    assert (tmp_path / "plain" / "hello.txt").read_text() == "hej"
    assert "Options: greeting." in run("list", "exporters").output


def test_a_folder_that_holds_other_files_is_left_alone(built: Path, tmp_path: Path) -> None:
    assert run("package", built, "--for", "plain", "--out", tmp_path).exit_code == 0
    assert run("package", built, "--for", "plain", "--out", tmp_path).exit_code == 0  # untouched
    (tmp_path / "plain" / "data.csv").write_text("answers")
    refused = run("package", built, "--for", "plain", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "MK610" in refused.output
    assert (tmp_path / "plain" / "data.csv").read_text() == "answers"


def test_a_changed_package_is_said_to_be_changed(built: Path, tmp_path: Path) -> None:
    words = ("package", built, "--for", "plain", "--out", tmp_path)
    assert run(*words).exit_code == 0
    (tmp_path / "plain" / "hello.txt").write_text("my own words")
    refused = run(*words)
    assert refused.exit_code == 2
    assert "MK610" in refused.output
    assert "changed since it was made: hello.txt" in refused.output
    assert "did not make" not in refused.output
    (tmp_path / "plain" / "data.csv").write_text("answers")
    both = run(*words)
    assert "changed since it was made: hello.txt" in both.output
    assert "did not make: data.csv" in both.output
    assert (tmp_path / "plain" / "hello.txt").read_text() == "my own words"


@pytest.mark.parametrize("why", ["data", "zip", "link", "lock"])
def test_nothing_is_written_when_one_place_is_taken(why: str, built: Path, tmp_path: Path) -> None:
    words = ["package", built, "--for", "gorilla", "plain", "--out", tmp_path]
    taken = tmp_path / "plain"
    if why == "data":
        taken.mkdir()
        (taken / "data.csv").write_text("answers")
    elif why == "zip":
        (tmp_path / "plain.zip").write_text("answers")
        words.append("--zip")
    elif why == "link":
        taken.symlink_to(built, target_is_directory=True)
    with files.lock(taken) if why == "lock" else nullcontext():
        refused = run(*words)
    assert refused.exit_code == (5 if why == "lock" else 2), refused.output
    assert not [one for one in tmp_path.iterdir() if "gorilla" in one.name]


def test_a_zip_that_is_not_as_it_was_made_is_left_alone(built: Path, tmp_path: Path) -> None:
    words = ("package", built, "--for", "plain", "--zip", "--out", tmp_path)
    path = tmp_path / "plain.zip"
    for _ in range(2):
        assert run(*words).exit_code == 0
    made = path.read_bytes()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("data.csv", "answers")
    for content in (path.read_bytes(), b"no zip", made[:-30]):
        path.write_bytes(content)
        refused = run(*words)
        assert refused.exit_code == 2
        assert "MK610" in refused.output
        assert path.read_bytes() == content


def test_a_package_is_clean_by_itself(built: Path, tmp_path: Path) -> None:
    run("package", built, "--for", "plain", "--out", tmp_path)
    report = validate(tmp_path / "plain")
    assert [one.code for one in report.findings if one.severity == "error"] == []


def test_the_manifest_keeps_the_task(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    recipe.write_text(recipe.read_text() + "task: {preset: rating, repeats: 2}\n")
    assert run("build", recipe).exit_code == 0
    manifest = json.loads((tmp_path / "generated" / "tiny" / "datapackage.json").read_text())
    assert manifest["morphkit"]["recipe"]["task"]["repeats"] == 2


@pytest.mark.parametrize("zipped", [(), ("--zip",)])
def test_a_package_of_another_task_is_not_replaced_unseen(
    zipped: tuple[str, ...], built: Path, tmp_path: Path
) -> None:
    words = ("package", built, "--for", "psychopy", "bids", "--out", tmp_path / "out", *zipped)
    place = tmp_path / "out" / ("psychopy.zip" if zipped else "psychopy/task.json")
    assert run(*words).exit_code == 0
    task = ("--task", tmp_path / "task.yaml")
    task[1].write_text("{kind: rating, exposure_ms: 500}", "utf-8")
    assert run(*words, *task).exit_code == 0, "what a build makes is nobody's loss"
    before = place.read_bytes()
    assert run(*words, *task).exit_code == 0, "the same may be made again"
    for other in ((), ("--task", "two-choice"), ("--task", "bristol-test")):
        refused = run(*words, *other)
        assert (refused.exit_code, refused.output.count("MK610")) == (2, 1), refused.output
        assert "a package with another task (" in refused.output
        assert "--force" in refused.output
        assert place.read_bytes() == before
    assert run(*words, "--force").exit_code == 0
    assert place.read_bytes() != before


def test_a_name_in_an_option_is_said_by_whoever_gives_it(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "annasmithq")
    words = ("package", built, "--for", "qualtrics", "--out", tmp_path / "out")
    made = run(*words, "--option", "image_url=https://people.example.org/~annasmithq/faces/")
    assert made.exit_code == 0, made.output


def test_litter_among_the_sources_stops_no_package(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"\xff")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc.1").write_bytes(b"\xff")
    (tmp_path / "picture.png").write_bytes(b"Word \xff")
    (tmp_path / "a.txt").write_bytes(b"Word")
    assert list(accounts._texts(tmp_path)) == ["word"]
