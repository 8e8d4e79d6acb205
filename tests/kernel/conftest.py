from pathlib import Path

import pytest


@pytest.fixture
def kernel_build(monkeypatch):
    """The script that compiles the kernel."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "src" / "kernel")
    import build

    return build
