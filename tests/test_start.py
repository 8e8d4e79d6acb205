"""What a small job waits for before it begins: imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tiny_study import photo_path, write_study

JOB = """
import sys
from pathlib import Path
from morphkit import Canvas, Continuum, read_face
from morphkit.files import encode_png

canvas = Canvas(128, 160, 42.0)
frames = Continuum([read_face(name) for name in sys.argv[1:]], canvas=canvas).frames([-1, 0, 1])
for number, frame in enumerate(frames):
    Path(f"{number}.png").write_bytes(encode_png(frame.face.image))
print(*{name.partition(".")[0] for name in sys.modules})
"""

UNUSED = {"scipy", "skimage", "jinja2", "imageio", "ruamel", "pydantic", "dlib", "matplotlib"}


def test_a_continuum_is_rendered_without_what_only_sets_need(tmp_path: Path) -> None:
    study = write_study(tmp_path, ("infant01",))
    photos = [str(photo_path(study, f"infant01_{end}")) for end in ("distressed", "happy")]
    run = subprocess.run(
        [sys.executable, "-c", JOB, *photos], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert "numpy" in run.stdout.split()
    assert not UNUSED & {*run.stdout.split()}


def test_a_build_starts_without_scipy() -> None:
    job = "import sys, morphkit.build; print('scipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", job], capture_output=True, text=True)
    assert run.stdout.split() == ["False"], run.stderr
