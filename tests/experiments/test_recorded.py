"""What is recorded of the experiments, and how documents tell it."""

import json

import pytest

from tests.experiments.test_plans import report
from xray_core.experiments import recorded
from xray_core.experiments.plans import PLANS, plan_of
from xray_core.reporting.text.recorded import describe_recorded

TITLES = {plan.name: plan.title for plan in PLANS}


def record(name, skills, seeds=(0, 1)):
    plan = plan_of(name)
    runs = [
        {
            "label": label,
            "seed": seed,
            "seconds": 40.0,
            "results": {
                "validation": report(200, skill, seed) | {"counts": {}, "calibration": {}},
                "test": None,
                "adults": None,
            },
        }
        for seed in seeds
        for (label, _), skill in zip(plan.runs, skills, strict=True)
    ]
    return recorded.record_plan(plan, runs)


def test_a_plan_is_kept_without_its_films():
    kept = record("few", (0.3, 1, 2))
    assert len(kept["runs"]) == 6
    assert set(kept["runs"][0]["results"]["validation"]) == set(recorded.KEPT)
    assert [each["seed"] for each in kept["each"]] == [0, 1]
    assert kept["each"][0]["differences"]["validation"]["auc"]["value"] < 0
    assert json.loads(json.dumps(kept)) == kept


def test_seeds_are_counted_by_what_lies_beyond_chance():
    assert (
        "was higher than *all films* in 0 of 2 seeds and lower in 2"
        in (record("few", (0.3, 1, 2))["seen"])
    )
    assert (
        "was higher than *all films* in 0 of 2 seeds and lower in 0"
        in (record("few", (1, 1, 1))["seen"])
    )
    leak = record("leak", (0.3, 2))["seen"]
    assert "*patients apart* was higher than *patients on both sides* in 0 of 2 seeds" in leak
    assert "lower in 2" in leak
    raw = record("imbalance", (1, 1))["seen"]
    assert raw.startswith("- **Sensitivity at even odds**: *with weights* 0.")
    assert "Specificity at even odds" in raw
    assert "on the test" not in record("shortcut", (1, 1))["seen"]  # there is none


def test_documents_tell_every_run():
    told = list(describe_recorded({"origin": "Made.", "plans": {"few": record("few", (1, 1, 2))}},
                                  TITLES))  # fmt: skip
    assert told[0] == "Made."
    assert "### Too little data" in told
    rows = [line for line in told if line.startswith("| 100 films")]
    assert len(rows) == 2
    assert "| 200 |" in rows[0]
    assert sum(line.startswith("Seed ") for line in told) == 2


def test_nothing_recorded_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(recorded, "RECORDED", tmp_path / "none.json")
    recorded.load.cache_clear()
    try:
        assert recorded.load() is None
    finally:
        recorded.load.cache_clear()
    assert list(describe_recorded(None, TITLES)) == ["Nothing is recorded yet."]


def test_what_is_recorded_is_of_the_plans_there_are():
    found = recorded.load()
    if found is None:
        pytest.skip("nothing is recorded yet")
    for name, plan in found["plans"].items():
        labels = [label for label, _ in plan_of(name).runs]
        assert [run["label"] for run in plan["runs"]] == labels * len(plan["each"])
    steps = [step for step, _, _ in found["training"]["steps"]]
    assert steps == sorted(steps)
    assert steps[-1] == found["training"]["steps_in_all"]
