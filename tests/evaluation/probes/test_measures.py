"""Numbers computed by hand."""

import numpy as np
import pytest

from xray_core.evaluation.probes.measures import difference, effect, proportion, quantile, ratio

VALUE = np.array([1.0, 3.0, 5.0, 11.0])
FIRST = np.array([True, True, False, False])
CAUSE, OTHER = np.array([0, 0, 1, 1], bool), np.array([0, 1, 0, 1], bool)


def test_difference_is_of_two_means_for_each_row_of_weights():
    assert difference(VALUE, FIRST) == 2 - 8
    rows = np.array([[1.0, 1, 1, 1], [3, 1, 0, 1], [1, 1, 0, 0]])
    np.testing.assert_allclose(difference(VALUE, FIRST, rows), [-6, 1.5 - 11, np.nan])


def test_effect_holds_the_other_cause():
    assert effect(VALUE, CAUSE, OTHER) == ((5 - 1) + (11 - 3)) / 2
    assert effect(VALUE, OTHER, CAUSE) == ((3 - 1) + (11 - 5)) / 2
    assert ratio(VALUE, OTHER, CAUSE) == 4 / 6
    # a cell that is heavier than the others moves no mean but its own
    np.testing.assert_allclose(effect(VALUE, CAUSE, OTHER, np.array([[9.0, 1, 1, 1]])), [6])


@pytest.mark.parametrize(("q", "value"), [(0.25, 1), (0.26, 3), (0.5, 3), (0.95, 11), (1, 11)])
def test_quantile_is_a_value_that_was_measured(q, value):
    assert quantile(VALUE[::-1], q) == value


def test_quantile_takes_rows_of_weights():
    rows = np.array([[0.0, 0, 1, 1], [5, 1, 1, 1], [0, 0, 0, 0]])
    np.testing.assert_allclose(quantile(VALUE, 0.5, rows), [5, 1, np.nan])
    assert np.isnan(quantile(np.zeros(0), 0.5))


def test_proportion_has_wilson_s_interval():
    assert proportion(np.array([True] * 10)) == {
        "value": 1.0,
        "n": 10,
        "interval": [pytest.approx(0.7225, abs=1e-4), pytest.approx(1)],
    }
    assert proportion(np.zeros(0, bool))["value"] is None
