"""Each measure against a hand-computed case and against scikit-learn or the definition."""

import time
from functools import partial

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from xray_core.evaluation import metrics

TRUTH = np.array([False, False, True, True])
PROBABILITY = np.array([0.1, 0.6, 0.4, 0.8])


def films(n=200, seed=3, levels=12):
    """Draw films whose probabilities often tie."""
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < 0.6
    probability = np.round((truth * 0.3 + generator.random(n)) / 1.3 * levels) / levels
    return truth, probability


def ece_by_bins(truth, probability, bins):
    """Equal-mass bins of films without ties: the i-th of n sorted films is in bin i * bins / n."""
    order = np.argsort(probability)
    total = 0
    for k in range(bins):
        mine = [f for rank, f in enumerate(order) if int(bins * (rank + 0.5) / len(order)) == k]
        if mine:
            total += abs(np.mean(probability[mine]) - np.mean(truth[mine])) * len(mine)
    return total / len(order)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (metrics.auc, 0.75),
        (metrics.log_loss, -np.log([0.9, 0.4, 0.4, 0.8]).mean()),
        (metrics.brier, (0.01 + 0.36 + 0.36 + 0.04) / 4),
        (partial(metrics.ece, bins=1), 0.025),
        (partial(metrics.ece, bins=2), (abs(0.25 - 0.5) + abs(0.7 - 0.5)) / 2),
    ],
)
def test_measure_equals_hand_computed_value(measure, expected):
    assert measure(TRUTH, PROBABILITY) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("measure", "published"),
    [(metrics.auc, roc_auc_score), (metrics.log_loss, log_loss), (metrics.brier, brier_score_loss)],
)
def test_measure_equals_scikit_learn_with_ties_and_weights(measure, published):
    truth, probability = films()
    weight = np.random.default_rng(2).random((3, len(truth)))
    expected = [published(truth, probability.clip(0.01, 0.99), sample_weight=row) for row in weight]
    assert measure(truth, probability.clip(0.01, 0.99), weight=weight) == pytest.approx(expected)


def test_auc_of_ties_alone_is_one_half():
    truth, _ = films()
    assert metrics.auc(truth, np.full(len(truth), 0.3)) == 0.5


def test_confusion_counts_the_four_outcomes():
    called = np.array([True, False, False, True])
    assert metrics.confusion(TRUTH, called) == {"tn": 1, "fp": 1, "fn": 1, "tp": 1}
    assert metrics.confusion(TRUTH, ~TRUTH) == {"tn": 0, "fp": 2, "fn": 2, "tp": 0}
    assert metrics.confusion(TRUTH, TRUTH) == {"tn": 2, "fp": 0, "fn": 0, "tp": 2}


def test_ece_equals_definition_without_ties():
    generator = np.random.default_rng(1)
    probability, truth = generator.random(101), generator.random(101) < 0.5
    expected = ece_by_bins(truth, probability, 15)
    assert metrics.ece(truth, probability) == pytest.approx(expected)


def test_ece_does_not_depend_on_order():
    truth, probability = films()
    order = np.random.default_rng(0).permutation(len(truth))
    assert metrics.ece(truth[order], probability[order]) == pytest.approx(
        metrics.ece(truth, probability), abs=1e-12
    )


def test_log_loss_clips_certain_errors():
    loss = metrics.log_loss(np.array([True, False]), np.array([0.0, 1.0]))
    assert loss == pytest.approx(-np.log(1e-7))


@pytest.mark.parametrize("measure", [metrics.auc, metrics.log_loss, metrics.brier, metrics.ece])
def test_weight_counts_a_film_as_often_as_it_says(measure):
    truth, probability = films(60)
    weight = np.random.default_rng(2).integers(0, 4, size=(5, 60))
    together = measure(truth, probability, weight=weight)
    for row, value in zip(weight, together, strict=True):
        repeated = measure(np.repeat(truth, row), np.repeat(probability, row))
        assert value == pytest.approx(repeated)


@pytest.mark.parametrize("truth", [np.array([], bool), np.array([True, True])])
def test_measure_without_both_classes_is_nan_where_it_needs_them(truth):
    probability = np.linspace(0.2, 0.9, len(truth))
    assert np.isnan(metrics.auc(truth, probability))
    assert np.isnan(metrics.share(truth)) == (len(truth) == 0)
    assert np.isnan(metrics.ece(truth, probability)) == (len(truth) == 0)


def test_reliability_curve_splits_films_evenly():
    generator = np.random.default_rng(1)
    probability = generator.random(150)
    truth = generator.random(150) < probability
    mean, observed, n = metrics.reliability_curve(truth, probability)
    assert n.tolist() == [10] * 15
    first = np.argsort(probability)[:10]
    assert mean[0] == pytest.approx(probability[first].mean())
    assert observed[0] == pytest.approx(truth[first].mean())
    gaps = np.abs(mean - observed) @ n / n.sum()
    assert gaps == pytest.approx(metrics.ece(truth, probability))


def test_reliability_curve_keeps_ties_together():
    mean, observed, n = metrics.reliability_curve(TRUTH, np.full(4, 0.3))
    assert (mean.tolist(), observed.tolist(), n.tolist()) == ([pytest.approx(0.3)], [0.5], [4])


def test_with_interval_covers_the_true_accuracy():
    """A 95% interval of a share holds the truth about 95% of the time."""
    generator = np.random.default_rng(5)
    covered = 0
    for seed in range(200):
        hits = generator.random(150) < 0.8
        low, high = metrics.with_interval(
            metrics.share, hits, patients=[""] * 150, resamples=400, seed=seed
        )["interval"]
        covered += low <= 0.8 <= high
    assert 0.90 <= covered / 200 <= 0.985


def test_with_interval_resamples_whole_patients():
    """Twenty copies of each film of a patient say no more than one."""
    generator = np.random.default_rng(4)
    hits = generator.random(40) < 0.7
    patients = [f"patient-{i}" for i in range(40)]
    one = metrics.with_interval(metrics.share, hits, patients=patients)
    copies = metrics.with_interval(
        metrics.share, np.repeat(hits, 20), patients=np.repeat(patients, 20)
    )
    naive = metrics.with_interval(metrics.share, np.repeat(hits, 20), patients=[""] * 800)
    assert copies["interval"] == pytest.approx(one["interval"])
    assert copies["n"] == 800
    width, naive_width = np.diff(one["interval"]), np.diff(naive["interval"])
    assert naive_width < width / 3


def test_with_interval_repeats_with_its_seed():
    truth, probability = films()
    again = partial(metrics.with_interval, metrics.auc, truth, probability, patients=[""] * 200)
    assert again(seed=1) == again(seed=1)
    assert again(seed=1)["interval"] != again(seed=2)["interval"]
    assert again(seed=1)["value"] == again(seed=2)["value"]


def test_with_interval_of_wider_level_is_wider():
    truth, probability = films()
    narrow, wide = (
        metrics.with_interval(metrics.auc, truth, probability, patients=[""] * 200, level=level)[
            "interval"
        ]
        for level in (0.5, 0.99)
    )
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_with_interval_says_why_there_is_none():
    one_class = metrics.with_interval(
        metrics.auc, np.array([True, True]), np.array([0.1, 0.2]), patients=["", ""]
    )
    nothing = metrics.with_interval(metrics.share, np.array([]), patients=[])
    one_patient = metrics.with_interval(metrics.share, np.array([1, 0]), patients=["a", "a"])
    assert (one_class["value"], one_class["interval"]) == (None, None)
    assert one_class["reason"] == "not defined: both classes are needed"
    assert nothing["reason"] == "not defined: there is no such film"
    assert (one_patient["value"], one_patient["interval"]) == (0.5, None)
    assert "one patient" in one_patient["reason"]


def test_with_interval_leaves_out_resamples_of_one_class():
    measured = metrics.with_interval(
        metrics.auc,
        np.array([True, False, False]),
        np.array([0.6, 0.4, 0.7]),
        patients=["", "", ""],
    )
    assert measured["value"] == 0.5
    assert measured["interval"] == [0.0, 1.0]


def test_with_interval_of_all_measures_takes_seconds():
    generator = np.random.default_rng(0)
    probability = generator.random(624)
    truth = generator.random(624) < probability
    began = time.perf_counter()
    for measure in (metrics.auc, metrics.log_loss, metrics.brier, metrics.ece):
        metrics.with_interval(measure, truth, probability, patients=[""] * 624, resamples=2000)
    assert time.perf_counter() - began < 5


def test_patient_codes_count_unknown_patients_apart():
    assert metrics.patient_codes(["a", "", "b", "", "a"]).tolist() == [0, 1, 2, 3, 0]


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [
        (9, 10, (0.5958, 0.9821)),
        (0, 20, (0.0, 0.1611)),
        (20, 20, (0.8389, 1.0)),
        (2.5, 12.5, (0.0642, 0.4769)),
    ],
)
def test_wilson_equals_the_formula(hits, n, expected):
    z, share = 1.959964, hits / n
    root = z * np.sqrt(share * (1 - share) / n + z**2 / 4 / n**2)
    by_hand = [(share + z**2 / 2 / n + sign * root) / (1 + z**2 / n) for sign in (-1, 1)]
    assert metrics.wilson(hits, n) == pytest.approx(by_hand, abs=1e-6)
    assert metrics.wilson(hits, n) == pytest.approx(expected, abs=1e-3)
    wider = metrics.wilson(hits, n, level=0.99)
    assert wider[0] <= metrics.wilson(hits, n)[0] < metrics.wilson(hits, n)[1] <= wider[1]
    assert wider != metrics.wilson(hits, n)


def test_share_near_one_is_covered_as_often_as_promised():
    """The bootstrap of 200 films misses it whenever no film is wrong, 13 times in 100."""
    generator, covered = np.random.default_rng(8), 0
    for _ in range(500):
        hits = generator.random(200) < 0.99
        low, high = metrics.with_interval(metrics.share, hits, patients=[""] * 200)["interval"]
        covered += low <= 0.99 <= high
    assert covered / 500 >= 0.93


@pytest.mark.parametrize("hit", [True, False])
def test_share_without_an_exception_has_an_interval_by_patients(hit):
    hits = np.full(100, hit)
    alone = metrics.with_interval(metrics.share, hits, patients=[""] * 100)["interval"]
    grouped = metrics.with_interval(
        metrics.share, hits, patients=[f"patient-{film // 5}" for film in range(100)]
    )["interval"]
    assert alone == pytest.approx(metrics.wilson(100 * hit, 100))
    assert grouped == pytest.approx(metrics.wilson(20 * hit, 20))


def test_effective_films_are_fewer_where_films_of_a_patient_are_alike():
    generator = np.random.default_rng(0)
    cluster = np.repeat(np.arange(50), 4)
    alike = np.repeat(generator.random(50) < 0.7, 4)
    assert metrics.effective_films(alike, cluster) == pytest.approx(50)
    assert metrics.effective_films(generator.random(200) < 0.7, cluster) > 120
    # Films of a patient that differ more than by chance are not counted twice.
    assert metrics.effective_films(np.tile([True, False], 100), cluster) == 200


def test_auc_of_separated_films_has_an_interval_by_the_rarer_class():
    truth = np.arange(40) >= 30
    apart = metrics.with_interval(metrics.auc, truth, np.arange(40) / 40, patients=[""] * 40)
    assert apart["value"] == 1
    assert apart["interval"] == pytest.approx(metrics.wilson(10, 10))
    reversed_ = metrics.with_interval(metrics.auc, ~truth, np.arange(40) / 40, patients=[""] * 40)
    assert reversed_["interval"] == pytest.approx(metrics.wilson(0, 10))


def test_an_interval_that_would_be_a_point_is_none():
    even = np.full(4, 0.5)
    measured = metrics.with_interval(metrics.brier, TRUTH, even, patients=[""] * 4)
    assert (measured["value"], measured["interval"]) == (0.25, None)
    assert "every resample of the patients gives the same" in measured["reason"]


class TestPairedDifference:
    def test_value_is_the_first_less_the_second(self):
        truth, probability = films()
        worse = 1 - probability
        result = metrics.paired_difference(
            metrics.auc, (truth, probability), (truth, worse), patients=[""] * 200
        )
        expected = roc_auc_score(truth, probability) - roc_auc_score(truth, worse)
        assert result["value"] == pytest.approx(expected)
        low, high = result["interval"]
        assert 0 < low < expected < high

    def test_what_is_hard_for_both_cancels(self):
        """Two models that err on the same films but three are told apart better than by halves."""
        generator = np.random.default_rng(1)
        first = generator.random(300) < 0.8
        second = first.copy()
        second[np.flatnonzero(first)[:8]] = False
        paired = metrics.paired_difference(metrics.share, (first,), (second,), patients=[""] * 300)[
            "interval"
        ]
        alone = [
            metrics.with_interval(metrics.share, hits, patients=[""] * 300)["interval"]
            for hits in (first, second)
        ]
        assert paired[0] > 0
        assert alone[0][0] < alone[1][1]

    def test_whole_patients_are_drawn(self):
        generator = np.random.default_rng(2)
        first, second = generator.random((2, 60)) < np.array([[0.8], [0.6]])
        patients = [f"patient-{film}" for film in range(60)]
        one = metrics.paired_difference(metrics.share, (first,), (second,), patients=patients)
        copies = metrics.paired_difference(
            metrics.share,
            (np.repeat(first, 9),),
            (np.repeat(second, 9),),
            patients=np.repeat(patients, 9),
        )
        assert copies["interval"] == pytest.approx(one["interval"])

    def test_models_that_answer_alike_have_no_interval(self):
        hits = np.array([True, False, True])
        result = metrics.paired_difference(metrics.share, (hits,), (hits,), patients=[""] * 3)
        assert (result["value"], result["interval"]) == (0, None)
        assert "same" in result["reason"]

    def test_one_class_says_what_is_missing(self):
        ill = np.array([True, True]), np.array([0.2, 0.3])
        result = metrics.paired_difference(metrics.auc, ill, ill, patients=["", ""])
        assert (result["value"], result["reason"]) == (None, "not defined: both classes are needed")


def test_balanced_log_loss_does_not_depend_on_the_mix():
    truth = np.array([True, False, False, False])
    probability = np.array([0.8, 0.4, 0.4, 0.4])
    expected = -(np.log(0.8) + np.log(0.6)) / 2
    assert metrics.balanced_log_loss(truth, probability) == pytest.approx(expected)
    twice = np.array([[1.0, 1, 1, 1], [5, 1, 0, 0]])
    assert metrics.balanced_log_loss(truth, probability, twice) == pytest.approx([expected] * 2)
    assert np.isnan(metrics.balanced_log_loss(truth[1:], probability[1:]))
