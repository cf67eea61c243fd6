import math
import subprocess
import sys

import pytest

from tests import ROOT
from xray_core.evaluation.operating_points import at_threshold, predictive_values

FILMS = [
    {"label": "NORMAL", "probability": 0.1},
    {"label": "NORMAL", "probability": 0.5},
    {"label": "PNEUMONIA", "probability": 0.4},
    {"label": "PNEUMONIA", "probability": 0.9},
]


def test_at_threshold_counts_and_rates_with_the_threshold_itself_called():
    result = at_threshold(FILMS, 0.5, prevalence=0.5)
    assert result["confusion"] == {"tn": 1, "fp": 1, "fn": 1, "tp": 1}
    assert result["accuracy"] == result["sensitivity"] == result["specificity"] == 0.5


def test_at_threshold_moves_with_the_threshold():
    result = at_threshold(FILMS, 0.3, prevalence=0.5)
    assert result["confusion"] == {"tn": 1, "fp": 1, "fn": 0, "tp": 2}
    assert result["sensitivity"] == 1


def test_at_threshold_predictive_values_follow_the_prevalence():
    # sensitivity 1, specificity 1/2: of 1,000 children with 10% ill, 100 found and 450 false alarms
    result = at_threshold(FILMS, 0.3, prevalence=0.1)
    assert result["ppv"] == pytest.approx(100 / 550)
    assert result["npv"] == 1


def test_predictive_values_follow_bayes():
    ppv, npv = predictive_values(0.9, 0.8, 0.1)
    assert ppv == pytest.approx(0.09 / (0.09 + 0.18))
    assert npv == pytest.approx(0.72 / (0.72 + 0.01))


def test_at_threshold_says_nan_where_nothing_is_called():
    result = at_threshold(FILMS, 1.0, prevalence=0.1)
    assert math.isnan(result["ppv"])
    assert result["npv"] == pytest.approx(0.9)
    assert math.isnan(at_threshold(FILMS[:2], 0.5, prevalence=0.1)["sensitivity"])


@pytest.mark.parametrize(
    "module",
    ["audit.data_set", "datasets.download", "evaluation.evaluate", "evaluation.operating_points"],
)
def test_what_the_app_imports_is_light(module):
    heavy = "{'keras', 'pooch', 'scipy', 'sklearn', 'tensorflow'} & set(sys.modules)"
    code = f"import sys, xray_core.{module}; print(*{heavy})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout.split(), done.returncode) == ([], 0), done.stderr
