import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def kernel_build(monkeypatch):
    """The script that compiles the kernel."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "src" / "kernel")
    import build

    return build
