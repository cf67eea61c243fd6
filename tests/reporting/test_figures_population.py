import numpy as np
import pytest

from xray_core.evaluation.operating_points import count_outcomes
from xray_core.reporting.figures.population import OUTCOMES, draw_outcomes
from xray_core.reporting.text.evaluation import describe_outcomes


@pytest.mark.parametrize("prevalence", [0, 0.013, 0.2, 0.5, 1])
def test_outcomes_are_whole_children_and_add_up(prevalence):
    outcomes = count_outcomes(0.9, 0.8, prevalence)
    assert sum(outcomes.values()) == 1000
    assert min(outcomes.values()) >= 0


def test_outcomes_agree_with_bayes():
    assert count_outcomes(0.9, 0.8, 0.1) == {"tp": 90, "fn": 10, "fp": 180, "tn": 720}


def test_describe_outcomes_says_how_many_alarms_are_true():
    text = describe_outcomes(count_outcomes(0.9, 0.8, 0.1))
    assert "**10 missed**" in text
    assert "**180 alarmed for nothing**" in text
    assert "of the 270 called ill, 33% are" in text
    assert "Nobody is called ill" in describe_outcomes(count_outcomes(0, 1, 0.5))


def test_every_child_has_its_own_dot_and_every_outcome_its_own_mark():
    figure = draw_outcomes(count_outcomes(0.9, 0.8, 0.1))
    dots = np.concatenate([np.stack([trace.x, trace.y], 1) for trace in figure.data])
    assert len(np.unique(dots, axis=0)) == 1000
    assert len({symbol for _, _, symbol in OUTCOMES.values()}) == 4
    assert [trace.name.split()[0] for trace in figure.data] == ["90", "10", "180", "720"]
