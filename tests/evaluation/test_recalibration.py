"""Intercept and slope against films whose calibration is known, and against a general fit."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from xray_core.evaluation import metrics
from xray_core.evaluation.recalibration import calibration_intercept, calibration_slope


def drawn(n=4000, shift=0.0, steepness=1.0, positives=0.5, seed=0):
    """Truth and stated probability; the true log-odds at equal classes are shift + slope · said."""
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < positives
    true_odds = generator.normal(np.where(truth, 1.0, -1.0), np.sqrt(2))
    return truth, expit((true_odds - shift) / steepness)


def by_likelihood(truth, probability, weight):
    """Intercept and slope by a general minimizer, each class weighing one half."""
    odds = np.log(probability / (1 - probability))
    share = np.where(truth, weight / weight[truth].sum(), weight / weight[~truth].sum())

    def loss(parameters):
        said = parameters[0] + parameters[1] * odds
        return share @ (np.logaddexp(0, said) - truth * said)

    return minimize(loss, [0, 1], tol=1e-10).x


def test_probabilities_that_are_right_have_intercept_0_and_slope_1():
    truth, probability = drawn(40_000)
    assert calibration_intercept(truth, probability) == pytest.approx(0, abs=0.04)
    assert calibration_slope(truth, probability) == pytest.approx(1, abs=0.03)


def test_intercept_is_what_was_taken_from_the_log_odds():
    truth, probability = drawn(40_000, shift=-0.8)
    assert calibration_intercept(truth, probability) == pytest.approx(-0.8, abs=0.05)
    assert calibration_slope(truth, probability) == pytest.approx(1, abs=0.03)


def test_slope_is_below_1_where_probabilities_are_too_extreme():
    truth, probability = drawn(40_000, steepness=0.5)
    assert calibration_slope(truth, probability) == pytest.approx(0.5, abs=0.02)


def test_classes_count_alike_whatever_their_mix():
    even = calibration_intercept(*drawn(40_000, shift=0.5))
    rare = calibration_intercept(*drawn(40_000, shift=0.5, positives=0.1))
    assert rare == pytest.approx(even, abs=0.08)


def test_rows_of_weights_give_what_a_general_minimizer_gives():
    truth, probability = drawn(150, shift=0.4, steepness=0.7)
    weight = np.random.default_rng(1).integers(0, 4, size=(3, 150)).astype(float)
    found = calibration_slope(truth, probability, weight)
    assert found == pytest.approx(
        [by_likelihood(truth, probability, row)[1] for row in weight], abs=1e-4
    )
    intercepts = calibration_intercept(truth, probability, weight)
    repeated = [
        calibration_intercept(np.repeat(truth, row), np.repeat(probability, row))
        for row in weight.astype(int)
    ]
    assert intercepts == pytest.approx(repeated)


def test_certain_answers_stay_finite():
    truth = np.array([True, False, True, False])
    said = np.array([1.0, 0.0, 0.0, 1.0])
    assert np.isfinite(calibration_intercept(truth, said))
    assert calibration_slope(truth, said) == pytest.approx(0, abs=1e-6)


def test_no_slope_is_steep_enough_for_classes_that_do_not_overlap():
    truth = np.array([False, False, True, True])
    probability = np.array([0.1, 0.2, 0.7, 0.9])
    assert np.isnan(calibration_slope(truth, probability))
    assert np.isfinite(calibration_intercept(truth, probability))
    measured = metrics.with_interval(calibration_slope, truth, probability, patients=[""] * 4)
    assert measured["reason"] == "not defined: the classes do not overlap"


@pytest.mark.parametrize("measure", [calibration_intercept, calibration_slope])
def test_one_class_has_neither(measure):
    assert np.isnan(measure(np.array([True, True]), np.array([0.4, 0.6])))


@pytest.mark.parametrize(
    ("measure", "true"), [(calibration_intercept, -0.5), (calibration_slope, 0.8)]
)
def test_interval_holds_the_true_value(measure, true):
    truth, probability = drawn(400, shift=-0.5, steepness=0.8, seed=3)
    low, high = metrics.with_interval(
        measure, truth, probability, patients=[""] * 400, resamples=300
    )["interval"]
    assert low < true + 0.15
    assert high > true - 0.15
    assert high - low < 1.2
