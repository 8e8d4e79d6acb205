"""Consent that is withdrawn after a set was built: the study's own table counts, too."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from morphkit import package
from morphkit.cli import main
from morphkit.consents import _stricter
from morphkit.errors import MorphkitError, PackageError
from tiny_study import write_study

FREE = {
    "derivatives_allowed": "yes",
    "publish_allowed": "yes",
    "consent_scope": "open_archive",
    "consent_until": "2999-12-31",
}


def write_table(study: Path, rights: dict[str, str], expressions: tuple[str, ...] = ()) -> Path:
    """Declare rights of all photos, but one: of the happy face, what is given."""
    table = study / "raw_faces" / "tiny" / "faces.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["identity", "expression", "image", *FREE])
        writer.writeheader()
        for one in expressions or ("distressed", "neutral", "happy"):
            own = {**FREE, **(rights if one == "happy" else {})}
            image = f"infant01_{one}.png"
            writer.writerow({"identity": "infant01", "expression": one, "image": image, **own})
    return table


def study_of(home: Path, rights: dict[str, str]) -> Path:
    recipe = write_study(home, ("infant01",))
    write_table(home, rights)
    result = run("build", recipe)
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_of(tmp_path_factory.mktemp("allowed"), {})


@pytest.fixture(scope="module")
def undeclared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nothing = dict.fromkeys(FREE, "")
    return study_of(tmp_path_factory.mktemp("undeclared"), nothing)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rights = {"consent_scope": "lab", "publish_allowed": "no"}
    return study_of(tmp_path_factory.mktemp("narrow"), rights)


@pytest.fixture(autouse=True)
def tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put back, after a test, the tables as they were when the sets were built."""
    homes = [
        request.getfixturevalue(name)
        for name in ("allowed", "undeclared", "narrow")
        if name in request.fixturenames
    ]
    kept = {path: path.read_bytes() for home in homes for path in home.rglob("faces.csv")}
    yield
    for path, data in kept.items():
        path.write_bytes(data)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def packed(study: Path, out: Path, *more: str | Path) -> Result:
    return run("package", study / "generated" / "tiny", "--out", out, *more)


def files_of(study: Path, name: str, **options: object) -> dict[str, bytes]:
    return dict(package(study / "generated" / "tiny", name, **options))


@pytest.mark.parametrize(
    ("rights", "code", "column", "use"),
    [
        ({"derivatives_allowed": "no"}, "MK701", "derivatives_allowed", "lab"),
        ({"consent_scope": "lab"}, "MK702", "consent_scope", "open_archive"),
        ({"consent_scope": "thesis"}, "MK704", "consent_scope", "open_archive"),
        ({"consent_until": "2024-01-01"}, "MK703", "consent_until", "lab"),
        ({"publish_allowed": "no"}, "MK705", "publish_allowed", "publication"),
    ],
)
def test_what_is_forbidden_by_now_is_refused_at_both_doors(
    rights: dict[str, str], code: str, column: str, use: str, allowed: Path, tmp_path: Path
) -> None:
    before = packed(allowed, tmp_path / "before", "--for", "psychopy", "--use", use)
    assert (before.exit_code, before.stderr) == (0, "")
    table = write_table(allowed, rights)
    refused = packed(allowed, tmp_path / "out", "--for", "psychopy", "--use", use)
    assert refused.exit_code == 1
    assert not (tmp_path / "out").exists()
    assert "faces.csv was changed since the set was built" in refused.output
    with pytest.raises(PackageError) as fault:
        files_of(allowed, "psychopy", use=use)
    (found,) = fault.value.findings
    assert (found.code, found.pointer, found.severity) == (code, column, "error")
    assert Path(found.file).resolve() == table.resolve()
    assert "infant01 happy" in found.message


def test_every_door_of_an_archive_is_closed(allowed: Path, tmp_path: Path) -> None:
    rights = {"derivatives_allowed": "no", "publish_allowed": "no", "consent_scope": "lab"}
    write_table(allowed, {**rights, "consent_until": "2024-01-01"})
    refused = packed(allowed, tmp_path / "out", "--for", "rocrate", "bids")
    assert refused.exit_code == 1
    assert all(code in refused.output for code in ("MK701", "MK702", "MK703", "MK705"))


def test_a_withdrawal_is_overridden_like_other_rights(allowed: Path, tmp_path: Path) -> None:
    write_table(allowed, {"consent_until": "2024-01-01"}, ("neutral", "happy"))
    reason = ("--override", "The ethics board agreed on 2026-11-02.")
    made = packed(allowed, tmp_path, "--for", "psychopy", *reason)
    assert made.exit_code == 0, made.output
    told = (tmp_path / "psychopy" / "override.txt").read_text("utf-8")
    assert "MK703 faces.csv was changed" in told
    assert "MK706 the photo infant01 distressed" in told
    assert "override.txt" in files_of(allowed, "psychopy", override=reason[1])


def test_a_photo_whose_row_is_gone_was_withdrawn(allowed: Path, tmp_path: Path) -> None:
    write_table(allowed, {}, ("neutral",))
    refused = packed(allowed, tmp_path / "out", "--for", "psychopy")
    assert refused.exit_code == 1
    assert "MK706" in refused.output
    assert "the photo infant01 distressed is not in faces.csv any more" in refused.output
    assert "And so for 1 more." in refused.output
    with pytest.raises(PackageError, match="MK706"):
        files_of(allowed, "psychopy")


def test_without_the_table_the_manifest_alone_counts(
    allowed: Path, narrow: Path, tmp_path: Path
) -> None:
    write_table(allowed, {"derivatives_allowed": "no"}).unlink()
    made = packed(allowed, tmp_path / "one", "--for", "rocrate")
    assert (made.exit_code, made.stderr) == (0, "")
    shutil.copytree(narrow / "generated" / "tiny", tmp_path / "copied")
    words = ("package", tmp_path / "copied", "--for", "rocrate", "--out", tmp_path / "two")
    refused = run(*words)
    assert refused.exit_code == 1
    assert "MK702" in refused.output
    assert "changed since" not in refused.output


@pytest.mark.parametrize("broken", ["identity;expression;image\n", "", 'identity\n"', "\udcff"])
def test_a_broken_table_is_an_error_and_nothing_overrides_it(
    broken: str, allowed: Path, tmp_path: Path
) -> None:
    table = allowed / "raw_faces" / "tiny" / "faces.csv"
    table.write_bytes(broken.encode("utf-8", "surrogateescape"))
    reason = "The ethics board agreed on 2026-11-02."
    refused = packed(allowed, tmp_path / "out", "--for", "psychopy", "--override", reason)
    assert refused.exit_code in (1, 2)
    assert "faces.csv" in refused.output
    assert not (tmp_path / "out").exists()
    with pytest.raises(MorphkitError, match=r"faces\.csv"):
        files_of(allowed, "psychopy", override=reason)


def test_what_was_forbidden_stays_so_until_the_set_is_built_again(
    narrow: Path, tmp_path: Path
) -> None:
    study = tmp_path / "study"
    shutil.copytree(narrow, study)
    write_table(study, {})
    refused = packed(study, tmp_path / "out", "--for", "rocrate")
    assert refused.exit_code == 1
    assert "the consent is for lab, open_archive is asked" in refused.output
    assert "changed since" not in refused.output  # the manifest says it
    assert run("build", study / "configs" / "tiny.yaml").exit_code == 0
    assert packed(study, tmp_path / "out", "--for", "rocrate").exit_code == 0


def test_what_was_undeclared_counts_as_it_is_declared_now(undeclared: Path, tmp_path: Path) -> None:
    doubted = packed(undeclared, tmp_path / "one", "--for", "rocrate")
    assert doubted.exit_code == 0
    assert {"MK704", "MK705"} <= {word.rstrip(":") for word in doubted.stderr.split()}
    rights = tmp_path / "one" / "rocrate" / "licence_and_consent.txt"
    assert "undeclared" in rights.read_text("utf-8")
    write_table(undeclared, {"consent_scope": "open_archive"})
    sure = packed(undeclared, tmp_path / "two", "--for", "rocrate")
    assert (sure.exit_code, sure.stderr) == (0, "")
    told = (tmp_path / "two" / "rocrate" / "licence_and_consent.txt").read_text("utf-8")
    assert "consent_scope: undeclared" not in told
    write_table(undeclared, {"consent_scope": "lab"})
    assert "MK702" in packed(undeclared, tmp_path / "three", "--for", "rocrate").output


def test_what_is_no_longer_declared_is_said(allowed: Path, tmp_path: Path) -> None:
    write_table(allowed, {"consent_scope": ""})
    made = packed(allowed, tmp_path, "--for", "rocrate")
    assert made.exit_code == 0
    assert "MK704" in made.stderr and "faces.csv" in made.stderr


def test_a_bids_package_says_what_it_is_for(narrow: Path, tmp_path: Path) -> None:
    """Of photos for the lab it is made, as before, and whoever deposits it is warned."""
    made = packed(narrow, tmp_path / "lab", "--for", "bids", "--use", "lab")
    assert made.exit_code == 0
    assert "bids: Made for lab use; to deposit it somewhere" in made.stderr
    readme = (tmp_path / "lab" / "bids" / "README.txt").read_text("utf-8")
    assert "Made for lab use; to deposit it" in readme
    refused = packed(narrow, tmp_path / "two", "--for", "bids", "--use", "open_archive")
    assert refused.exit_code == 1


def test_a_bids_package_for_an_archive_needs_no_warning(allowed: Path, tmp_path: Path) -> None:
    made = packed(allowed, tmp_path, "--for", "bids", "--use", "open_archive")
    assert (made.exit_code, made.stderr) == (0, "")
    readme = (tmp_path / "bids" / "README.txt").read_text("utf-8")
    assert "Made for an open archive" in readme
    other = packed(allowed, tmp_path / "two", "--for", "rocrate", "psychopy")
    assert (other.exit_code, other.stderr) == (0, "")


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ("yes", "no", "no"),
        ("no", "yes", "no"),
        ("yes", "", "undeclared"),
        ("", "yes", "yes"),
        ("no", "", "no"),
    ],
)
def test_papers_say_the_stricter_of_then_and_now(
    then: str, now: str, told: str, tmp_path: Path
) -> None:
    study = study_of(tmp_path, {"publish_allowed": then})
    write_table(study, {"publish_allowed": now, "consent_until": "2998-01-01"})
    home = study / "generated" / "tiny"
    made = run("package", home, "--for", "psychopy", "--out", tmp_path / "out")
    assert made.exit_code == 0, made.output
    text = (tmp_path / "out" / "psychopy" / "licence_and_consent.txt").read_text("utf-8")
    assert f"publish_allowed: {told}" in text
    assert "2998-01-01" in text


@pytest.mark.parametrize(
    ("name", "then", "now", "told"),
    [
        ("consent_scope", "publication", "lab", "lab"),
        ("consent_scope", "lab", "publication", "lab"),
        ("consent_scope", "lab", "thesis", "thesis"),
        ("consent_scope", "thesis", "lab", "thesis"),
        ("consent_scope", "lab", None, None),
        ("consent_scope", None, "lab", "lab"),
        ("consent_until", "2030-01-01", "2029-01-01", "2029-01-01"),
        ("consent_until", "2030-01-01", "2031-01-01", "2030-01-01"),
        ("consent_until", "2030-01-01", None, "2030-01-01"),
        ("licence", "CC0-1.0", "CC-BY-4.0", "CC-BY-4.0"),
        ("licence", "CC0-1.0", None, None),
        ("derivatives_allowed", "unknown", "yes", "yes"),
    ],
)
def test_the_stricter_counts(name: str, then: str | None, now: str | None, told: str) -> None:
    assert _stricter(name, then, now) == told
