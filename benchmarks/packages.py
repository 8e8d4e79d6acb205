"""What packages cost: every exporter on one set, written to disk and zipped, beside plain copies.

A set of 500 stimuli of 512 × 512 pixels is built of the demo's infants.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.gate_costs import built_set
from benchmarks.page import markdown
from benchmarks.timing import said
from morphkit import files
from morphkit.package.registry import exporters
from morphkit.packing import pack


def table(quick: bool = False) -> str:
    """Measure, and return the table."""
    infants, many, side = (1, 5, 128) if quick else (4, 125, 512)
    with TemporaryDirectory() as folder:
        home = Path(folder)
        built = built_set(home / "study", infants, many, side, side)
        whole = files.read_set(built)
        shutil.copytree(built / "stimuli", home / "warm")  # whoever comes first pays for reading
        rows, total, copies = [], 0.0, 0.0
        for name in exporters():
            print(name, file=sys.stderr, flush=True)
            start = time.perf_counter()
            files.write_files(home / "out" / name, pack(whole, name).files)
            took = time.perf_counter() - start
            start = time.perf_counter()
            shutil.copytree(built / "stimuli", home / "copies" / name)
            copied = time.perf_counter() - start
            size = sum(p.stat().st_size for p in (home / "out" / name).rglob("*")) / 1e6
            rows.append([name, f"{said(took)} s", f"{size:.0f} MB", f"{said(took / copied)} ×"])
            total, copies = total + took, copies + copied
            shutil.rmtree(home / "out" / name)
            shutil.rmtree(home / "copies" / name)
    rows.append(["all", f"{said(total)} s", "", f"{said(total / copies)} ×"])
    head = ["front end", "wall", "written", "over a plain copy of the images"]
    return (
        f"**Packages** of {len(whole.stimuli)} stimuli: checked, made, looked through, written and "
        f"flushed to disk. Limit for all together: 20 s.\n\n{markdown(head, rows)}"
    )
