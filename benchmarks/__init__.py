"""Benchmarks of morphkit's pictures against rendered truth, other recipes and real pairs.

`python -m benchmarks --help` lists them.  Not part of the installed package.
"""

import os

# libraries' own threads are off, so that a worker is a thread
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
