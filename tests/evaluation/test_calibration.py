import numpy as np
import pytest

from xray_core.errors import DataError
from xray_core.evaluation.calibration import (
    band_coverage,
    choose_operating_points,
    fit_temperature,
    risk_coverage,
    uncertain_band,
)
from xray_core.evaluation.metrics import ece, log_loss, wilson
from xray_core.inference.decision import calibrate


def drawn(n=4000, temperature=3.0, bias=-0.7, positives=0.5, seed=0):
    """Draw scores of two overlapping classes whose true calibration is known.

    Two normal distributions of the same spread, a distance d apart: the log-odds are exact.
    """
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < positives
    logit = generator.normal(np.where(truth, 2.0, -2.0), 2.0)
    return (logit - bias) * temperature, truth


def test_calibrate_is_the_sigmoid_and_does_not_overflow():
    probability = calibrate([-2000, 0, 2, 2000], 2.0, 1.0)
    assert probability == pytest.approx([0, 1 / (1 + np.e**-1), 1 / (1 + np.e**-2), 1])


def test_fit_temperature_finds_the_parameters_that_made_the_scores():
    scores, truth = drawn(40_000)
    temperature, bias = fit_temperature(scores, truth, shift=True)
    assert temperature == pytest.approx(3.0, rel=0.05)
    assert bias == pytest.approx(-0.7, abs=0.06)


def test_fit_temperature_improves_calibration_of_new_films():
    temperature, bias = fit_temperature(*drawn(seed=1), shift=True)
    scores, truth = drawn(seed=2)
    raw, fitted = calibrate(scores, 1.0), calibrate(scores, temperature, bias)
    assert ece(truth, fitted) < 0.03 < ece(truth, raw)
    assert log_loss(truth, fitted) < log_loss(truth, raw)


def test_fit_temperature_does_not_depend_on_the_mix_of_classes():
    balanced = fit_temperature(*drawn(40_000, positives=0.5), shift=True)
    skewed = fit_temperature(*drawn(40_000, positives=0.9), shift=True)
    assert skewed == pytest.approx(balanced, abs=0.15)


def test_fit_temperature_prior_moves_the_bias_by_its_log_odds():
    scores, truth = drawn(40_000)
    _, even = fit_temperature(scores, truth, shift=True)
    _, rare = fit_temperature(scores, truth, prior=0.1, shift=True)
    assert rare - even == pytest.approx(np.log(0.1 / 0.9), abs=0.1)


def test_fit_temperature_weights_repeat_films():
    scores, truth = drawn(300)
    weights = np.random.default_rng(0).integers(1, 4, size=300)
    weighted = fit_temperature(scores, truth, weights, shift=True)
    repeated = fit_temperature(np.repeat(scores, weights), np.repeat(truth, weights), shift=True)
    assert weighted == pytest.approx(repeated)
    assert weighted != pytest.approx(fit_temperature(scores, truth, shift=True))


def test_fit_temperature_stays_finite_on_separated_scores():
    scores = np.array([-5.0, -4.0, 4.0, 5.0])
    truth = scores > 0
    temperature, bias = fit_temperature(scores, truth, shift=True)
    # Platt's targets for two films a class are 1/4 and 3/4.
    assert calibrate(scores, temperature, bias).round(2) == pytest.approx(
        [0.23, 0.27, 0.73, 0.77], abs=0.02
    )


@pytest.mark.parametrize("sign", [0, -1])
def test_fit_temperature_of_useless_scores_gives_the_prior(sign):
    scores, truth = drawn()
    temperature, bias = fit_temperature(sign * scores, truth, prior=0.3, shift=True)
    assert temperature == 100
    assert calibrate(sign * scores, temperature, bias).mean() == pytest.approx(0.3, abs=0.02)


def test_fit_temperature_without_shift_leaves_the_operating_point_where_the_score_is_zero():
    scores, truth = drawn(40_000, bias=0.0)
    temperature, bias = fit_temperature(scores, truth)
    assert bias == 0
    assert temperature == pytest.approx(3.0, rel=0.05)
    moved, none = fit_temperature(scores - 2, truth)
    assert none == 0
    assert moved != pytest.approx(3.0, rel=0.05)


def test_choose_operating_points_are_the_outermost_that_keep_their_promise():
    scores, truth = drawn(500)
    probability = calibrate(scores, 3.0, -0.7)
    balanced, screening, confirming = choose_operating_points(probability, truth)
    assert (balanced.name, screening.name, confirming.name) == (
        "balanced",
        "screening",
        "confirming",
    )
    assert balanced.threshold == 0.5
    thresholds = np.unique(probability)
    kept = [t for t in thresholds if (probability >= t)[truth].mean() >= 0.99]
    assert screening.threshold == max(kept)
    assert (probability < confirming.threshold)[~truth].mean() >= 0.99
    below = thresholds[thresholds < confirming.threshold].max()
    assert (probability < below)[~truth].mean() < 0.99


def test_choose_operating_points_stay_in_order_where_validation_is_easy():
    probability = np.array([0.01, 0.02, 0.9, 0.95])
    balanced, screening, confirming = choose_operating_points(
        probability, np.array([False, False, True, True])
    )
    assert screening.threshold <= balanced.threshold <= confirming.threshold


def test_operating_points_say_what_they_reached_and_promise_nothing():
    truth = np.repeat([True, False], [200, 100])
    probability = np.r_[np.linspace(0.3, 0.99, 200), np.linspace(0.01, 0.6, 100)]
    points = choose_operating_points(probability, truth)
    for point in points:
        found, cleared = (
            probability[truth] >= point.threshold,
            probability[~truth] < point.threshold,
        )
        low, high = (100 * end for end in wilson(found.sum(), 200))
        reached = f"sensitivity {found.mean():.1%} ({low:.1f} to {high:.1f})"
        assert (
            f"On 300 validation films: {reached}, specificity {cleared.mean():.1%}" in point.meaning
        )
        assert "at least" not in point.meaning
    assert points[1].meaning.startswith("To miss few. On")
    assert "sensitivity 99.0% (" in points[1].meaning


def test_operating_points_count_altered_copies_of_a_film_once():
    truth = np.repeat([True, False], [50, 50])
    probability = np.r_[np.linspace(0.4, 0.9, 50), np.linspace(0.1, 0.45, 50)]
    once = choose_operating_points(probability, truth)[0].meaning
    copies = choose_operating_points(np.tile(probability, 4), np.tile(truth, 4), copies=4)[
        0
    ].meaning
    assert "On 100 validation films, each altered in 4 ways: " in copies
    assert copies.replace(", each altered in 4 ways", "") == once


def test_risk_coverage_answers_the_surest_first():
    truth = np.array([True, True, False, False])
    answered, wrong = risk_coverage(np.array([0.9, 0.4, 0.45, 0.2]), truth)
    assert answered.tolist() == [0.25, 0.5, 0.75, 1]
    assert wrong == pytest.approx([0, 0, 1 / 3, 1 / 4])


def test_risk_coverage_keeps_films_that_are_equally_sure_together():
    truth = np.array([True, False, True, False])
    answered, wrong = risk_coverage(np.array([0.75, 0.75, 0.25, 0.9]), truth)
    assert answered.tolist() == [0.25, 1]
    assert wrong.tolist() == [1, 0.75]


def test_risk_coverage_measures_sureness_on_the_way_from_the_threshold():
    truth = np.array([True, False])
    # 0.05 is half of the way from 0.1 to 0, 0.5 less than half of that to 1
    answered, wrong = risk_coverage(np.array([0.5, 0.05]), truth, threshold=0.1)
    assert (answered.tolist(), wrong.tolist()) == ([0.5, 1], [0, 0])
    _, wrong = risk_coverage(np.array([0.5, 0.05]), ~truth, threshold=0.1)
    assert wrong.tolist() == [1, 1]
    _, wrong = risk_coverage(np.array([0.5, 0.05]), np.array([True, True]), threshold=0.1)
    assert wrong.tolist() == [1, 0.5]


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_uncertain_band_keeps_its_promise_on_new_films(level):
    """Over many calibration sets the mean coverage is at least the level, and not much more."""
    shares = []
    for seed in range(100):
        scores, truth = drawn(200, seed=seed)
        band = uncertain_band(calibrate(scores, 3.0, -0.7), truth, level=level)
        new_scores, new_truth = drawn(2000, seed=1000 + seed)
        shares.append(band_coverage(calibrate(new_scores, 3.0, -0.7), new_truth, band))
    for side in ("positive", "negative"):
        assert level - 0.005 <= np.mean([share[side] for share in shares]) <= level + 0.02


def test_uncertain_band_of_higher_level_is_wider():
    scores, truth = drawn(500)
    probability = calibrate(scores, 3.0, -0.7)
    low, high = uncertain_band(probability, truth, level=0.9)
    lower, higher = uncertain_band(probability, truth, level=0.98)
    assert lower < low < 0.5 < high < higher


def test_uncertain_band_takes_in_the_threshold():
    truth = np.repeat([False, True], 100)
    probability = np.r_[np.linspace(0.01, 0.2, 100), np.linspace(0.7, 0.99, 100)]
    low, high = uncertain_band(probability, truth, level=0.9)
    assert low == pytest.approx(0.18, abs=0.01)
    assert high == pytest.approx(0.73, abs=0.01)
    assert uncertain_band(probability, truth, level=0.9, threshold=0.9)[1] == 0.9


def test_uncertain_band_of_too_few_films_is_everything():
    truth = np.array([False, True])
    assert uncertain_band(np.array([0.2, 0.9]), truth, level=0.9) == (0, 1)


def test_band_coverage_counts_each_class_on_its_side():
    truth = np.array([True, True, False, False])
    measured = band_coverage(np.array([0.1, 0.5, 0.5, 0.2]), truth, (0.4, 0.6))
    assert measured == {"uncertain": 0.5, "positive": 0.5, "negative": 1.0}


@pytest.mark.parametrize("function", [fit_temperature, choose_operating_points, uncertain_band])
def test_one_class_is_an_error_that_says_what_to_add(function):
    with pytest.raises(DataError, match=r"both classes, but 3 of 3 are positive; add films"):
        function(np.array([0.1, 0.2, 0.3]), np.ones(3, bool))
