import os
import shutil
import sys
from types import SimpleNamespace

import pytest

import morphkit
from morphkit import native


def test_there_is_a_kernel_wherever_there_is_a_compiler():
    if not (shutil.which("cc") or shutil.which("cl")):
        pytest.skip("no C compiler here")
    assert native.kernel is not None, native.about


def test_the_kernel_was_built_from_these_sources(kernel_build):
    if native.kernel is None:
        pytest.skip(native.about)
    assert native.kernel.source == kernel_build.source_digest(), (
        "the kernel is older than its sources: run python src/kernel/build.py"
    )


def test_a_kernel_of_another_version_is_left_alone_loudly(monkeypatch):
    old = SimpleNamespace(version="0.0.7")
    monkeypatch.setitem(sys.modules, "morphkit._kernel", old)
    with pytest.warns(native.KernelWarning, match=r"built for morphkit 0\.0\.7"):
        kernel, about = native.loaded()
    assert kernel is None
    assert morphkit.__version__ in about


def test_no_kernel_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "morphkit._kernel", None)
    kernel, about = native.loaded()
    assert kernel is None
    assert "Install a C compiler" in about


def test_a_kernel_older_than_its_sources_is_left_alone_loudly(monkeypatch, tmp_path):
    """As after a pull into a checkout, when the version has not changed."""
    library, source = tmp_path / "morphkit" / "_kernel.so", tmp_path / "kernel" / "warp.c"
    for path, time in ((library, 1000), (source, 2000)):
        path.parent.mkdir()
        path.touch()
        os.utime(path, (time, time))
    found = SimpleNamespace(version=morphkit.__version__, __file__=str(library))
    monkeypatch.setitem(sys.modules, "morphkit._kernel", found)
    with pytest.warns(native.KernelWarning, match="older than its sources"):
        assert native.loaded()[0] is None
    os.utime(library, (2000, 2000))
    assert native.loaded()[0] is found
