"""The disk: whole or not at all, whatever fails and whenever the run is killed."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from morphkit import files
from morphkit.errors import EnvironmentFault, LockedError, MorphkitError, UsageError
from morphkit.files import disk, ours, texts

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and limits")
OTHER = {"stimuli/a_1.png": b"new 1", "stimuli/a_2.png": b"new 2", "report.html": b"<p>new"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def fill(folder: Path, content: dict[str, bytes]) -> Path:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def a_set(content: dict[str, bytes] | None = None) -> dict[str, bytes]:
    base = {
        "stimuli/a_1.png": b"old 1",
        "stimuli/b_9.png": b"old 9",
        "stimuli.csv": b"stimulus_id\n",
    }
    return (base if content is None else content) | {"datapackage.json": b'{"morphkit": {}}'}


def part_of(folder: Path, content: dict[str, bytes]) -> Path:
    return fill(files.work_folder(folder), content)


# ---- write_atomic


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    files.write_atomic(path, b"one")
    files.write_atomic(path, b"two")
    assert contents(tmp_path) == {"new/folder/a.txt": b"two"}
    if os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        assert path.stat().st_mode & 0o777 == 0o666 & ~umask, "as any new file"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    real = fill(tmp_path, {"real.txt": b"mine"}) / "real.txt"
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    with pytest.raises(UsageError) as caught:
        files.write_atomic(link, b"yours")
    assert caught.value.code == "MK615"
    assert real.read_bytes() == b"mine"
    assert link.is_symlink()


FAULTS = [
    (errno.ENOSPC, "MK612"),
    (errno.EACCES, "MK613"),
    (errno.EPERM, "MK613"),
    (errno.EROFS, "MK613"),
    (errno.EIO, "MK614"),
    (errno.EMFILE, "MK614"),
    (errno.ENAMETOOLONG, "MK614"),
]


def failing(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number, code", FAULTS)
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "mkdir", "close"])
def test_every_system_call_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: str
) -> None:
    path = fill(tmp_path, {"a.png": b"old"}) / "a.png"
    with monkeypatch.context() as patch:
        if call in ("replace", "mkdir"):
            patch.setattr(Path, call, failing(number))
        elif call == "close":
            patch.setattr(os, "fdopen", failing(number))
        else:
            patch.setattr(os, call, failing(number))
        with pytest.raises(EnvironmentFault) as caught:
            files.write_atomic(path, b"new" * 1_000_000)
    (finding,) = caught.value.findings
    assert (finding.code, caught.value.exit_code) == (code, 4)
    assert finding.file.endswith("a.png")
    assert contents(tmp_path) == {"a.png": b"old"}, "no trace of the attempt"
    if code == "MK612":
        assert "3.0 MB are needed" in finding.message
        assert finding.limit == pytest.approx(3.0)
        assert finding.measured == pytest.approx(shutil.disk_usage(tmp_path).free / 1e6, rel=0.2)


def test_an_interrupt_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(tmp_path / "a.png", b"new")
    assert contents(tmp_path) == {}


@POSIX
def test_file_and_folder_reach_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, synced = os.fsync, []

    def sync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    files.write_atomic(tmp_path / "a.png", b"new")
    assert synced == ["file", "folder"]
    files.publish(part_of(tmp_path / "demo", a_set()), tmp_path / "demo")
    assert synced == ["file", "folder", "folder"]


def test_a_folder_that_cannot_be_synced_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not here")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    files.write_atomic(tmp_path / "a.png", b"new")
    assert contents(tmp_path) == {"a.png": b"new"}


def test_windows_waits_for_who_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = Path.replace, []

    def held(self: Path, target: Path) -> Path:
        tries.append(target)
        if len(tries) < 4:
            raise PermissionError(errno.EACCES, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(EnvironmentFault):
        files.write_atomic(tmp_path / "a.png", b"new")
    assert len(tries) == 1, "elsewhere a refusal is final"
    tries.clear()
    monkeypatch.setattr(disk, "_WINDOWS", True)
    files.write_atomic(tmp_path / "a.png", b"new")
    assert len(tries) == 4
    monkeypatch.setattr(disk, "PATIENCE", 0.1)
    monkeypatch.setattr(Path, "replace", failing(errno.EACCES))
    with pytest.raises(EnvironmentFault) as caught:
        files.write_atomic(tmp_path / "a.png", b"newer")
    assert caught.value.code == "MK613"
    assert contents(tmp_path) == {"a.png": b"new"}


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"file": b"x"})
    with pytest.raises(EnvironmentFault) as caught:
        files.write_atomic(tmp_path / "file" / "a.png", b"new")
    assert caught.value.code == "MK614"
    with pytest.raises(EnvironmentFault) as caught, files.lock(tmp_path / "file" / "set"):
        raise AssertionError("not reached")
    assert caught.value.code == "MK614"


def run(
    program: str, *arguments: object, shell: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(shell or []), sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@POSIX
def test_a_real_limit_on_file_size(tmp_path: Path) -> None:
    fill(tmp_path, {"a.png": b"old"})
    done = run(
        """
import resource, sys
from pathlib import Path
from morphkit import files
from morphkit.errors import EnvironmentFault
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    files.write_atomic(Path(sys.argv[1]) / "a.png", b"new" * 4000)
except EnvironmentFault as error:
    print(error.code)
""",
        tmp_path,
    )
    assert done.stdout.strip() == "MK614", done.stderr
    assert contents(tmp_path) == {"a.png": b"old"}


SMALL_DISK = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=200k tmpfs "$0" && exec "$@"']


@POSIX
def test_a_real_full_disk_and_a_real_read_only_one(tmp_path: Path) -> None:
    shell = [*SMALL_DISK, str(tmp_path)]
    if not shutil.which("unshare") or run("", shell=shell).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    done = run(
        """
import subprocess, sys
from pathlib import Path
from morphkit import files
from morphkit.errors import EnvironmentFault
folder = Path(sys.argv[1])
def attempt(action, *arguments):
    try:
        action(*arguments)
    except EnvironmentFault as error:
        print(error.code, sorted(p.name for p in folder.iterdir()))
files.write_atomic(folder / "a.png", b"old")
attempt(files.write_atomic, folder / "a.png", b"new" * 100_000)
attempt(files.check_space, folder / "not" / "yet", 0.3)
attempt(files.write_files, folder / "package", [("x", b"x"), ("y", b"y" * 300_000)])
files.check_space(folder, 0.1)
subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
attempt(files.write_atomic, folder / "b.png", b"new")
attempt(files.work_folder, folder / "set")
print((folder / "a.png").read_bytes())
""",
        tmp_path,
        shell=shell,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "MK612 ['a.png']",
        "MK612 ['a.png']",
        "MK612 ['a.png']",
        "MK613 ['a.png']",
        "MK613 ['a.png']",
        "b'old'",
    ]


def test_too_little_space_is_said_before_anything_is_written(tmp_path: Path) -> None:
    files.check_space(tmp_path / "not" / "yet", 0.001)
    with pytest.raises(EnvironmentFault) as caught:
        files.check_space(tmp_path / "not" / "yet", 1e12)
    assert caught.value.code == "MK612"
    assert caught.value.findings[0].limit == 1e12
    assert contents(tmp_path) == {}


# ---- names in messages


def test_paths_are_shown_as_short_as_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    assert files.shown("configs/../raw_faces/a.png") == "raw_faces/a.png"
    assert files.shown(tmp_path / "study" / "raw_faces" / "a.png") == "raw_faces/a.png"
    assert files.shown(tmp_path / "elsewhere" / "a.png") == str(tmp_path / "elsewhere" / "a.png")
    assert files.shown("../elsewhere/a.png") == str(Path("../elsewhere/a.png"))


# ---- lock

HOLD = """
import sys, time
from morphkit import files
with files.lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@POSIX
def test_a_second_run_is_refused_and_a_killed_one_frees_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "generated" / "demo"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as caught, files.lock(folder):
            raise AssertionError("both have it")
        assert (caught.value.code, caught.value.exit_code) == ("MK611", 5)
        assert "demo" in caught.value.findings[0].file
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    with files.lock(folder):
        pass
    assert list(folder.parent.iterdir()) == [], "the lock's file is gone"


def test_a_lock_is_freed_by_an_error_and_bars_its_own_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.lock(tmp_path / "set"):
        raise ZeroDivisionError
    with files.lock(tmp_path / "set"):
        with pytest.raises(LockedError), files.lock(tmp_path / "set"):
            raise AssertionError("both have it")
        with files.lock(tmp_path / "other"):
            pass
    assert contents(tmp_path) == {}


# ---- whose folder


@pytest.mark.parametrize(
    "content",
    [
        {},
        a_set(),
        a_set(OTHER),
        a_set() | {"report.html": b"", ".DS_Store": b"", "stimuli/Thumbs.db": b"", "._x": b""},
        a_set() | {".morphkit-0123456789abcdef.tmp": b"half"},
        {".DS_Store": b""},
    ],
)
def test_our_folders_may_be_replaced(tmp_path: Path, content: dict[str, bytes]) -> None:
    folder = fill(tmp_path / "demo", content)
    folder.mkdir(exist_ok=True)
    assert files.foreign_files(folder) == []
    files.publish(part_of(folder, a_set(OTHER)), folder)
    assert contents(tmp_path) == {f"demo/{k}": v for k, v in a_set(OTHER).items()}


@pytest.mark.parametrize(
    "content, named",
    [
        ({"thesis.docx": b"years"}, "thesis.docx"),
        ({"datapackage.json": b'{"name": "somebody else\'s"}'}, "datapackage.json"),
        ({"stimuli/a_1.png": b"no manifest"}, "stimuli/a_1.png"),
        (a_set() | {"notes.txt": b"mine"}, "notes.txt"),
        (a_set() | {"stimuli/notes.txt": b"mine"}, "stimuli/notes.txt"),
        (a_set() | {"stimuli/old/a.png": b"mine"}, "stimuli/old/a.png"),
        (a_set() | {"responses/one.csv": b"mine"}, "responses/one.csv"),
        (a_set() | {".git/config": b"mine"}, ".git/config"),
        (a_set() | {"packages/mine.zip": b"PK"}, "packages/mine.zip"),
        (a_set() | {"packages/data.zip": files.zipped([("a", b"")])}, "packages/data.zip"),
        (a_set() | {"packages/psychopy/run.py": b"no checksums"}, "packages/psychopy/run.py"),
    ],
)
def test_other_people_s_files_are_never_touched(
    tmp_path: Path, content: dict[str, bytes], named: str
) -> None:
    folder = fill(tmp_path / "demo", content)
    part = part_of(folder, a_set(OTHER))
    for action in (lambda: files.refuse_foreign(folder), lambda: files.publish(part, folder)):
        with pytest.raises(UsageError) as caught:
            action()
        assert (caught.value.code, caught.value.exit_code) == ("MK610", 2)
        assert named in str(caught.value)
        assert contents(folder) == content
    assert named in files.foreign_files(folder)


def test_data_and_edits_in_a_package_are_kept(tmp_path: Path) -> None:
    folder = fill(tmp_path / "demo", a_set())
    package = {"run.py": b"print()", "stimuli/a.png": b"pixels"}
    sums = "".join(f"{files.sha256(data)}  {name}\n" for name, data in package.items())
    package[ours.CHECKSUMS] = sums.encode()
    files.write_files(folder / "packages" / "psychopy", package.items())
    files.write_atomic(folder / "packages" / "psychopy.zip", files.zipped(package.items()))
    assert files.foreign_files(folder) == []
    fill(folder, {"packages/psychopy/data/observer1.csv": b"an hour of work"})
    assert files.foreign_files(folder) == ["packages/psychopy/data/observer1.csv"]
    shutil.rmtree(folder / "packages" / "psychopy" / "data")
    fill(folder, {"packages/psychopy/run.py": b"print('mine')"})
    assert files.foreign_files(folder) == ["packages/psychopy/run.py"]


def test_many_foreign_files_are_counted(tmp_path: Path) -> None:
    folder = fill(tmp_path / "demo", {f"{n}.txt": b"" for n in range(9)})
    with pytest.raises(UsageError, match=r"0\.txt.* and 4 more"):
        files.refuse_foreign(folder)


def test_a_file_or_a_link_in_the_place_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"demo": b"a file"})
    with pytest.raises(UsageError) as caught:
        files.refuse_foreign(tmp_path / "demo")
    assert caught.value.code == "MK610"
    fill(tmp_path / "real", a_set())
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    for action in (files.refuse_foreign, lambda f: files.publish(tmp_path / "real", f)):
        with pytest.raises(UsageError) as caught:
            action(tmp_path / "link")
        assert caught.value.code == "MK615"
    (tmp_path / ".new.part").symlink_to(tmp_path / "real", target_is_directory=True)
    with pytest.raises(UsageError) as caught:
        files.work_folder(tmp_path / "new")
    assert caught.value.code == "MK615"
    assert contents(tmp_path / "real") == a_set()


def test_links_in_a_set_are_foreign_and_not_followed(tmp_path: Path) -> None:
    folder = fill(tmp_path / "demo", a_set())
    mine = fill(tmp_path / "mine", {"thesis.docx": b"years"})
    (folder / "stimuli" / "x.png").symlink_to(mine / "thesis.docx")
    (folder / "packages").symlink_to(mine, target_is_directory=True)
    assert files.foreign_files(folder) == ["packages", "stimuli/x.png"]


# ---- work folder


def test_the_work_folder_keeps_finished_files_and_drops_half_ones(tmp_path: Path) -> None:
    folder = tmp_path / "generated" / "demo"
    part = files.work_folder(folder)
    assert part == tmp_path / "generated" / ".demo.part"
    fill(part, {"stimuli/a.png": b"done", "stimuli/.morphkit-00.tmp": b"ha", "journal": b"x\n"})
    assert files.work_folder(folder) == part
    assert contents(part) == {"stimuli/a.png": b"done", "journal": b"x\n"}
    files.clear(part)
    assert list(part.iterdir()) == []
    files.remove(part)
    files.remove(part)
    assert not part.exists()


def test_removing_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    real = fill(tmp_path / "real", {"a": b"a"})
    (tmp_path / "link").symlink_to(real, target_is_directory=True)
    files.remove(tmp_path / "link")
    assert contents(tmp_path) == {"real/a": b"a"}


# ---- publish, recover


def test_a_failed_publish_leaves_the_old_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fill(tmp_path / "demo", a_set())
    part = part_of(folder, a_set(OTHER))
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if self == part:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(EnvironmentFault) as caught:
        files.publish(part, folder)
    assert caught.value.code == "MK614"
    assert contents(folder) == a_set()
    assert contents(part) == a_set(OTHER)


def test_an_old_set_that_cannot_be_deleted_goes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fill(tmp_path / "demo", a_set())
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", failing(errno.EACCES))
        files.publish(part_of(folder, a_set(OTHER)), folder)
    assert contents(folder) == a_set(OTHER)
    files.recover(folder)
    assert contents(tmp_path) == {f"demo/{k}": v for k, v in a_set(OTHER).items()}


def test_a_set_is_published_into_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "demo"
    here.mkdir()
    monkeypatch.chdir(here)
    files.publish(part_of(Path(), a_set(OTHER)), Path())
    assert Path("stimuli.csv").exists() or Path("report.html").exists()
    assert contents(Path.cwd()) == a_set(OTHER)
    assert contents(tmp_path) == {f"demo/{k}": v for k, v in a_set(OTHER).items()}


KILLED = """
import os, signal, sys
from pathlib import Path
from morphkit import files

action, base, name = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
EVENTS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}

def is_step(event, arguments):
    writes = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
    return event in EVENTS or writes

def work(folder):
    if action == "publish":
        with files.lock(folder):
            files.recover(folder)
            files.publish(folder.with_name(f".{folder.name}.part"), folder)
    elif action == "write":
        files.write_atomic(folder / "a.png", b"new" * 1000)
    elif action == "package":
        files.write_files(folder, [("x/y.txt", b"1"), ("z.txt", b"2")])

for step in range(1, 41):
    child = os.fork()
    if not child:
        seen = []
        def hook(event, arguments):
            if is_step(event, arguments):
                seen.append(event)
                if len(seen) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        work(base / str(step) / name)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != -signal.SIGKILL:
        print(step, status)
        break
"""


def killed_at_every_step(
    action: str,
    base: Path,
    name: str,
    prepare: Callable[[Path], None],
    check: Callable[[Path], None],
) -> None:
    """Run an action that is killed before its first, second, … change to the disk; check all."""
    for step in range(1, 41):
        (base / str(step)).mkdir()
        prepare(base / str(step) / name)
    done = run(KILLED, action, base, name)
    assert done.returncode == 0, done.stderr
    last, status = map(int, done.stdout.split())
    assert status == 0, done.stderr
    assert last > 3, "it was killed at some steps"
    for step in range(1, last + 1):
        check(base / str(step) / name)


@POSIX
@pytest.mark.parametrize("before", ["a set", "nothing", "an empty folder", "a killed run"])
def test_publish_killed_at_every_step(tmp_path: Path, before: str) -> None:
    old, new = a_set(), a_set(OTHER)

    def prepare(folder: Path) -> None:
        if before == "a set":
            fill(folder, old)
        elif before == "an empty folder":
            folder.mkdir()
        elif before == "a killed run":  # killed between the two renames
            fill(folder.with_name(".demo.old"), old)
        part_of(folder, new)

    def check(folder: Path) -> None:
        part, aside = folder.with_name(".demo.part"), folder.with_name(".demo.old")
        whole = [contents(place) for place in (folder, aside) if place.exists()]
        assert new in whole or contents(part) == new, "the new set is never lost"
        if before in ("a set", "a killed run"):
            assert old in whole or new == contents(folder), "nor is the old before the new stands"
        with files.lock(folder):
            files.recover(folder)
        found = contents(folder) if folder.exists() else {}
        assert found in (new, old if before in ("a set", "a killed run") else {})
        assert not aside.exists()
        if not part.exists():
            assert found == new

    killed_at_every_step("publish", tmp_path, "demo", prepare, check)


@POSIX
def test_a_file_killed_at_every_step(tmp_path: Path) -> None:
    def prepare(folder: Path) -> None:
        fill(folder, {"a.png": b"old"})

    def check(folder: Path) -> None:
        assert (folder / "a.png").read_bytes() in (b"old", b"new" * 1000)
        stray = [path for path in folder.iterdir() if path.name != "a.png"]
        assert all(path.match(disk.TEMPORARY.format("*")) for path in stray)

    killed_at_every_step("write", tmp_path, "photos", prepare, check)


@POSIX
def test_a_package_killed_at_every_step(tmp_path: Path) -> None:
    def check(folder: Path) -> None:
        if folder.exists():
            assert contents(folder) == {"x/y.txt": b"1", "z.txt": b"2"}
        else:  # what is left is swept away by the next attempt
            files.write_files(folder, [("x/y.txt", b"1"), ("z.txt", b"2")])
            assert contents(folder.parent) == {"psychopy/x/y.txt": b"1", "psychopy/z.txt": b"2"}

    killed_at_every_step("package", tmp_path, "psychopy", lambda _: None, check)


# ---- texts, journals, listings


def test_texts(tmp_path: Path) -> None:
    fill(tmp_path, {"a.yaml": b"\xef\xbb\xbfname: \xc3\xa4\r\n"})
    assert files.read_text(tmp_path / "a.yaml", "recipe") == "name: ä\r\n"


@pytest.mark.parametrize(
    "name, code, word",
    [
        ("demo.yml", "MK616", "Did you mean demo.yaml?"),
        ("folder", "MK616", "recipe"),
        ("latin.csv", "MK617", "UTF-8"),
        ("wide.csv", "MK617", "UTF-16"),
    ],
)
def test_texts_that_cannot_be_read(tmp_path: Path, name: str, code: str, word: str) -> None:
    fill(tmp_path, {"demo.yaml": b"", "folder/x": b"", "latin.csv": b"a\nb\xe4\n"})
    (tmp_path / "wide.csv").write_text("a", encoding="utf-16")
    with pytest.raises(UsageError) as caught:
        files.read_text(tmp_path / name, "recipe")
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert word in str(caught.value)
    if name == "latin.csv":
        assert caught.value.findings[0].line == 2


def test_a_journal_survives_a_half_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert files.read_lines(path) == []
    files.append_line(path, "one")
    files.append_line(path, "ä two")
    assert files.read_lines(path) == ["one", "ä two"]
    with path.open("ab") as stream:
        stream.write(b'["half')
    assert files.read_lines(path) == ["one", "ä two"], "a half line is none"
    files.append_line(path, "three")
    assert files.read_lines(path) == ["one", "ä two", '["half', "three"]
    assert files.sha256_of(path) == files.sha256(path.read_bytes())
    assert files.sha256_of(tmp_path / "none") == ""


def test_listings(tmp_path: Path) -> None:
    names = [
        "b.png",
        "a/z.png",
        "a/deep/x.png",
        "faces.csv",
        "a/Thumbs.db",
        ".hidden/a.png",
        "a/.b",
    ]
    fill(tmp_path, dict.fromkeys(names, b""))
    assert files.list_files(tmp_path) == ["a/z.png", "b.png", "faces.csv"]
    assert files.list_files(tmp_path, depth=None) == [
        "a/deep/x.png",
        "a/z.png",
        "b.png",
        "faces.csv",
    ]
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "linked").symlink_to(tmp_path / "a" / "deep", target_is_directory=True)
    assert files.list_files(tmp_path) == ["a/z.png", "b.png", "faces.csv", "linked/x.png"]
    assert "a/up/b.png" not in files.list_files(tmp_path, depth=None), "links in a circle end"


def test_a_missing_folder_names_the_nearest(tmp_path: Path) -> None:
    fill(tmp_path, {"raw_faces/a": b"", "file": b""})
    with pytest.raises(MorphkitError) as caught:
        files.list_files(tmp_path / "raw_face")
    assert caught.value.code == "MK605"
    assert "Did you mean raw_faces?" in str(caught.value)
    assert texts.nearest(tmp_path / "none" / "at" / "all") == ""
    with pytest.raises(MorphkitError):
        files.list_files(tmp_path / "file")
