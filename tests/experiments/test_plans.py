"""The experiments: one thing differs, and what was seen is told by the numbers."""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from xray_core.errors import UsageError
from xray_core.evaluation.metrics import auc, log_loss, share, with_interval
from xray_core.experiments.plans import PLANS, plan_of, seen

MAY_DIFFER = {
    "imbalance": {"class_weights"},
    "shortcut": {"field_of_view"},
    "leak": {"apart"},
    "few": {"films", "epochs"},
    "augmentation": {"augmented"},
}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_runs_differ_in_one_thing(plan):
    chosen = [settings for _, settings in plan.runs]
    differ = {
        field.name
        for field in fields(chosen[0])
        if len({getattr(settings, field.name) for settings in chosen}) > 1
    }
    assert differ == MAY_DIFFER[plan.name]


def test_few_films_and_all_are_shown_as_many_batches():
    steps = [
        settings.epochs * settings.steps(settings.films or 4430)
        for _, settings in plan_of("few").runs
    ]
    assert max(steps) / min(steps) < 1.05


def test_a_plan_of_no_such_name():
    with pytest.raises(UsageError, match="Expected one of imbalance, shortcut"):
        plan_of("luck")


def report(n, skill, seed=0, shift=0.0):
    """Half of n films ill, scored with so much skill; higher by a shift."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 2 == 1
    score = skill * (2 * truth - 1) + rng.normal(size=n) + shift
    probability = 1 / (1 + np.exp(-score))
    called, patients = probability >= 0.5, [""] * n
    measured = {
        "accuracy": with_interval(share, called == truth, patients=patients),
        "sensitivity": with_interval(share, called[truth], patients=patients[: n // 2]),
        "specificity": with_interval(share, ~called[~truth], patients=patients[: n // 2]),
        "auc": with_interval(auc, truth, probability, patients=patients),
        "log_loss": with_interval(log_loss, truth, probability, patients=patients),
    }
    return {
        "n": n,
        **measured,
        "before_calibration": measured,
        "operating_point": {"threshold": 0.5},
        "films": [
            {
                "file": f"{at}.png",
                "label": "PNEUMONIA" if truth[at] else "NORMAL",
                "patient": "",
                "probability": float(probability[at]),
                "score": float(score[at]),
            }
            for at in range(n)
        ],
    }


def run(label, validation, test=None):
    return SimpleNamespace(label=label, results={"validation": validation, "test": test})


def tell(name, *results):
    plan = plan_of(name)
    return seen(
        plan, [run(label, *each) for (label, _), each in zip(plan.runs, results, strict=True)]
    )


def test_nothing_is_told_before_all_runs_are_done():
    plan = plan_of("few")
    missing = SimpleNamespace(label="500 films", results=None)
    assert seen(plan, [run("100 films", report(40, 1)), missing]) == ""


def test_a_difference_beyond_chance_is_told_so():
    told = tell("few", [report(400, 0.3)], [report(400, 1)], [report(400, 2)])
    assert "100 films against all films: AUC -0." in told
    assert told.endswith("beyond chance.")
    assert "not beyond chance" not in told


def test_no_difference_is_told_so():
    told = tell("few", [report(400, 2)], [report(400, 2)], [report(400, 2, shift=0.01)])
    assert "not beyond chance" in told


def test_the_imbalance_is_seen_before_calibration():
    told = tell("imbalance", [report(400, 1)], [report(400, 1, shift=1.0)])
    assert "specificity +0." in told
    assert "sensitivity -0." in told
    assert "At even odds, on 400 validation films: with weights: sensitivity" in told


def test_the_shortcut_holds_validation_against_test():
    told = tell(
        "shortcut", [report(400, 3), report(400, 0.5)], [report(400, 2), report(400, 2, seed=1)]
    )
    assert "Whole film: 99" in told or "Whole film: 100%" in told
    assert "not for others" in told
    assert "On the test, the whole film against the lungs: AUC -0." in told


@pytest.mark.parametrize(
    ("apart", "both", "words"),
    [
        (0.3, 2, "The leak promised more, beyond chance"),
        (1, 1, "No difference beyond chance was seen"),
        (2, 0.3, "promised less"),
    ],
)
def test_the_leak_is_told_by_intervals(apart, both, words):
    told = tell("leak", [report(400, apart), report(200, 1)], [report(300, both), report(200, 1)])
    assert words in told
    assert "(n 300)" in told


def test_augmentation_tells_both_splits():
    told = tell(
        "augmentation", [report(400, 2), report(200, 2)], [report(400, 2), report(200, 0.5)]
    )
    assert "On validation, with against without: AUC +0.000" in told
    assert "On the test, with against without: AUC +0." in told


def test_without_a_test_that_is_said():
    told = tell("augmentation", [report(400, 2)], [report(400, 2)])
    assert "there is no test" in told


def test_settings_of_plans_can_be_given_a_source():
    for plan in PLANS:
        for _, settings in plan.runs:
            assert replace(settings, source="kaggle").image_size == 64
