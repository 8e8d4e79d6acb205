"""What holds for every front end: rows and images, equal bytes, no leak, bad sets refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image, PngImagePlugin

from morphkit import files
from morphkit.cli import main
from morphkit.errors import MorphkitError, PackageError
from morphkit.files.nested import unpacked
from morphkit.package.mask import MASK
from morphkit.package.registry import BUILT_IN, package, runs_a_task, target_use
from morphkit.study.manifest import StimulusSet
from morphkit.study.task import parse_task
from morphkit.validate import validate
from tiny_study import small_photo, write_study

NAMES = sorted(BUILT_IN)
TASKS = [name for name in NAMES if runs_a_task(name)]
MARK = "Mathilda7Q"
PAPERS = {
    *("README.txt", "methods.txt", "CITATION", "licence_and_consent.txt", "checksums.sha256"),
    "response_map.json",
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def _with_traces(stem: str) -> bytes:
    """A photo with a mark in every place where a PNG keeps words."""
    text = PngImagePlugin.PngInfo()
    for key in ("Author", "Comment", "Software", "XML:com.adobe.xmp"):
        text.add_itxt(key, MARK) if ":" in key else text.add_text(key, MARK)
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = MARK
    exif.get_ifd(0x8825)[29] = MARK
    out = io.BytesIO()
    small_photo(stem).save(out, "PNG", pnginfo=text, exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set whose photos, folders and files are all marked."""
    home = tmp_path_factory.mktemp(MARK)
    recipe = write_study(home, ("infant01",))
    faces = home / "raw_faces" / MARK
    (home / "raw_faces" / "tiny").rename(faces)
    rows = []
    for one in ("distressed", "neutral", "happy"):
        (faces / f"infant01_{one}.png").unlink()
        (faces / f"{MARK}_{one}.png").write_bytes(_with_traces(f"infant01_{one}"))
        (faces / f"infant01_{one}.json").rename(faces / f"{MARK}_{one}.json")
        rows.append(f"infant01,{one},{MARK}_{one}.png,a lab,CC0-1.0,yes,yes,open_archive")
    header = "identity,expression,image,source,licence,derivatives_allowed,publish_allowed"
    (faces / "faces.csv").write_text("\n".join([f"{header},consent_scope", *rows]) + "\n")
    recipe.write_text(recipe.read_text().replace("raw_faces/tiny", f"raw_faces/{MARK}"))
    recipe.rename(recipe.with_stem(MARK))
    result = run("build", recipe.with_stem(MARK))
    assert result.exit_code == 0, result.output
    return home / "generated" / "tiny"


def everything(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and what is in it when it is an archive."""
    for item in unpacked(data):
        assert not item.fault, (path, item.inside, item.fault)
        yield f"{path}/{item.inside}".rstrip("/"), item.data


@pytest.mark.parametrize("name", NAMES)
def test_no_mark_of_the_photos_leaves(name: str, built: Path, tmp_path: Path) -> None:
    made = run("package", built, "--for", name, "--out", tmp_path)
    assert made.exit_code == 0, made.output
    home = tmp_path / name
    for file in (one for one in home.rglob("*") if one.is_file()):
        path = file.relative_to(home).as_posix()
        for inside, data in everything(path, file.read_bytes()):
            assert MARK.encode() not in data, inside
            assert MARK.encode("utf-16-le") not in data, inside
            assert MARK not in inside


@pytest.mark.parametrize("name", NAMES)
def test_a_package_holds_its_papers_and_a_row_for_every_image(name: str, built: Path) -> None:
    whole = files.read_set(built)
    made = dict(package(whole, name))
    assert made.keys() >= PAPERS
    images: dict[str, bytes] = {}
    tables: list[int] = []
    for path, data in made.items():
        for inside, content in everything(path, data):
            if inside.endswith(".png"):
                images.setdefault(files.sha256(content), content)
            if inside.endswith((".csv", ".tsv", ".txt")) and not inside.startswith("README"):
                text = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "utf-8-sig")
                sign = "," if inside.endswith(".csv") else "\t"
                tables.append(sum(1 for _ in csv.reader(io.StringIO(text), delimiter=sign)) - 1)
    assert images.keys() == {row.sha256 for row in whole.stimuli}
    assert len(whole.stimuli) in tables
    if runs_a_task(name):
        assert made.keys() >= {"task.json", "trials.csv"}
        assert parse_task(made["task.json"].decode()).kind == "two-choice"


@pytest.mark.parametrize("name", NAMES)
def test_zips_are_the_same_twice(name: str, built: Path) -> None:
    whole = files.read_set(built)
    assert files.zipped(package(whole, name)) == files.zipped(package(whole, name))


@pytest.mark.parametrize("name", NAMES)
def test_validate_finds_a_package_clean(name: str, built: Path, tmp_path: Path) -> None:
    files.write_files(tmp_path / name, package(files.read_set(built), name))
    report = validate(tmp_path / name)
    assert [str(one) for one in report.findings] == []
    (tmp_path / "a.zip").write_bytes(files.zipped(package(files.read_set(built), name)))
    assert [str(one) for one in validate(tmp_path / "a.zip").findings] == []


def test_a_set_with_every_package_in_it_is_still_clean(built: Path, tmp_path: Path) -> None:
    home = tmp_path / "tiny"
    content = ((path, (built / path).read_bytes()) for path in files.list_files(built, depth=None))
    files.write_files(home, content)
    before = [str(one) for one in validate(home, quick=True).findings]
    masked = tmp_path / "task.yaml"
    masked.write_text("{exposure_ms: 150, mask_ms: 150}")
    words = [word for name in NAMES for word in ("--for", name)]
    made = run("package", home, *words)
    assert made.exit_code == 0, made.output
    words = [word for name in ("psychopy", "opensesame", "jspsych") for word in ("--for", name)]
    assert run("package", home, *words, "--task", masked, "--force").exit_code == 0
    assert [str(one) for one in validate(home, quick=True).findings] == before


def test_a_recipe_may_ask_for_all_packages_and_a_task(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    faces = tmp_path / "raw_faces" / "tiny"
    rows = [
        f"infant01,{one},infant01_{one}.png,yes,yes,open_archive"
        for one in ("distressed", "neutral", "happy")
    ]
    header = "identity,expression,image,derivatives_allowed,publish_allowed,consent_scope"
    (faces / "faces.csv").write_text("\n".join([header, *rows]) + "\n")
    more = f"packages: [{', '.join(NAMES)}]\ntask: {{practice: 4, repeats: 2, pause_every: 10}}\n"
    recipe.write_text(recipe.read_text() + more)
    home = tmp_path / "generated" / "tiny"
    for _ in range(2):
        made = run("build", recipe)
        assert made.exit_code == 0, made.output
    assert "up to date" in made.output
    assert sorted(one.name for one in (home / "packages").iterdir()) == NAMES
    found = [one for one in validate(home, quick=True).findings if one.severity == "error"]
    assert found == []
    again = run("package", home, "--for", "bids", "psychopy", "--out", tmp_path / "out")
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("kind", ["rating", "training", "masked", "swapped"])
def test_every_task_is_made_or_refused_in_words(name: str, kind: str, built: Path) -> None:
    text = {
        "rating": "{kind: rating, practice: 2}",
        "training": "{kind: training, continua: [dis_hap], training: {boundary: 3, blocks: 2}}",
        "masked": "{exposure_ms: 100, mask_ms: 100, iti_ms: 50, pause_every: 5}",
        "swapped": "{swap_keys: true, lists: 2}",
    }[kind]
    whole = files.read_set(built)
    try:
        made = dict(package(whole, name, task=parse_task(text)))
    except PackageError as fault:
        assert all(one.suggestion for one in fault.findings)
        assert name not in ("psychopy", "jspsych", "labjs", "opensesame", "psychtoolbox")
        return
    task = json.loads(made["task.json"])
    assert parse_task(json.dumps(task)) == parse_task(text)
    masks = [p for p, data in made.items() for inside, _ in everything(p, data)
             if inside.endswith(MASK)]  # fmt: skip
    assert bool(masks) == (kind == "masked")


@pytest.mark.parametrize("name", TASKS)
def test_a_measured_training_runs_or_is_refused(name: str, built: Path) -> None:
    task = parse_task("{kind: training, continua: [dis_hap], training: {blocks: 1}}")
    whole = files.read_set(built)
    if name in ("psychopy", "jspsych", "labjs", "opensesame", "psychtoolbox"):
        assert dict(package(whole, name, task=task))
        return
    try:
        assert dict(package(whole, name, task=task))
    except PackageError as fault:
        assert fault.code in ("MK822", "MK832")


BAD = {
    "identity con": {"identity": "con"},
    "identity 007": {"identity": "007"},
    "identity na": {"identity": "na"},
    "identity 1e5": {"identity": "1e5"},
    "a formula": {"continuum": "=1+1"},
    "a formula id": {"stimulus_id": "=cmd"},
    "a path that leads out": {"image_file": "stimuli/../../x.png"},
    "a missing image": {"image_file": "stimuli/none.png"},
    "a changed image": {"sha256": "0" * 64},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", BAD)
def test_bad_sets_are_refused_by_every_front_end(name: str, harm: str, built: Path) -> None:
    whole = files.read_set(built)
    rows = [replace(whole.stimuli[0], **BAD[harm]), *whole.stimuli[1:]]
    with pytest.raises(MorphkitError):
        package(StimulusSet(whole.manifest, rows, whole.read), name)


def test_ids_that_differ_in_case_only(built: Path) -> None:
    whole = files.read_set(built)
    twin = replace(whole.stimuli[1], stimulus_id=whole.stimuli[0].stimulus_id.upper())
    rows = [whole.stimuli[0], twin, *whole.stimuli[2:]]
    with pytest.raises(PackageError) as caught:
        package(StimulusSet(whole.manifest, rows, whole.read), "psychopy")
    assert {"MK802", "MK806"} <= {one.code for one in caught.value.findings}


def test_a_folder_too_deep(built: Path, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 60] * 4)
    refused = run("package", built, "--for", "psychopy", "--out", deep)
    assert refused.exit_code == 1
    assert "MK838" in refused.output
    assert not (deep / "psychopy").exists()
    zipped = run("package", built, "--for", "psychopy", "--out", deep, "--zip")
    assert zipped.exit_code == 0, zipped.output


def test_every_front_end_says_what_it_is_for() -> None:
    uses = {name: target_use(name) for name in NAMES}
    assert set(uses.values()) == {"lab", "online_experiment", "open_archive"}
