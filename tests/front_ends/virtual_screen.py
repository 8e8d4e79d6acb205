"""A screen that nobody sees: an X server of our own, whichever number is free."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from front_ends import fonts, program


@contextmanager
def virtual_screen(size: str = "1280x1024x24") -> Iterator[dict[str, str]]:
    """Yield the environment of programs that use the screen."""
    fonts()
    reader, writer = os.pipe()
    server = subprocess.Popen(
        # a server that resets when its last client leaves refuses the next one meanwhile
        [program("Xvfb"), "-noreset", "-displayfd", str(writer), "-screen", "0", size],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as number:
        display = number.readline().strip()
    try:
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        yield {**outside, "DISPLAY": f":{display}"}
    finally:
        server.terminate()
        server.wait()
