"""The list of metrics: whole, and there without NumPy."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from morphkit.measure.metrics import METRICS, Metric

NAMES = ["landmark_path", "rmse", "mae", "ssim", "gmsd", "ciede2000", "gabor_jet"]


def test_the_names_and_their_order() -> None:
    assert list(METRICS) == NAMES
    assert all(name == metric.name for name, metric in METRICS.items())


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_says_what_it_is(metric: Metric) -> None:
    assert re.search(r"doi 10\.\d{4}/\S+$", metric.source)
    assert metric.unit and metric.power in (1.0, 2.0)
    for text in (metric.law, metric.description):
        assert text[0].isupper() and text.endswith(".")
    assert metric.description.count(".") == 1


def test_they_are_known_without_numpy() -> None:
    code = "import sys, morphkit.measure.metrics; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
