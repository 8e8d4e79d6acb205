"""Benchmarks of morphkit's pictures against rendered truth, other recipes and real pairs.

`python -m benchmarks --help` lists them.  Not part of the installed package.
"""
