"""Twin tests: one function, once with the kernel and once by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from morphkit import native

needs_kernel = pytest.mark.skipif(native.kernel is None, reason=native.about)


def by_reference(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function that has a twin as if there were no kernel."""
    with patch.object(native, "kernel", None):
        return function(*args, **options)
