"""How long a run is said to take."""

from dataclasses import replace

import pytest

from xray_core.experiments import cost
from xray_core.experiments.films import Offer
from xray_core.experiments.settings import RunSettings

OFFER = Offer(
    "Films", "kaggle", True, {"train": {"NORMAL": 1000, "PNEUMONIA": 3000}, "test": {}}, 3000, True
)
USUAL = RunSettings(source="kaggle")


@pytest.fixture(autouse=True)
def same_machine(monkeypatch):
    monkeypatch.setattr(cost, "speed", lambda: 1.0)
    monkeypatch.setattr(cost, "_learned", [])


@pytest.mark.parametrize(
    "more",
    [
        {"epochs": 10},
        {"image_size": 128},
        {"field_of_view": "lungs"},
        {"network": "efficientnet_lite0"},
        {"channels": (32, 64, 128, 256)},
    ],
)
def test_what_is_more_work_takes_longer(more):
    assert cost.estimate(replace(USUAL, **more), OFFER) > 1.1 * cost.estimate(USUAL, OFFER)


@pytest.mark.parametrize("less", [{"augmented": False}, {"films": 500}, {"channels": (4, 8)}])
def test_what_is_less_work_takes_less(less):
    assert cost.estimate(replace(USUAL, **less), OFFER) < cost.estimate(USUAL, OFFER)


def test_a_slower_machine_is_measured(monkeypatch):
    usual = cost.estimate(USUAL, OFFER)
    monkeypatch.setattr(cost, "speed", lambda: 2.0)
    assert cost.estimate(USUAL, OFFER) == pytest.approx(2 * usual)


def test_the_last_runs_are_learned_from():
    usual = cost.estimate(USUAL, OFFER)
    cost.learn(usual, 3 * usual)
    assert cost.estimate(USUAL, OFFER) == pytest.approx(3 * usual)
    cost.learn(3 * usual, 3 * usual)  # as was expected by then
    assert cost.estimate(USUAL, OFFER) == pytest.approx(3 * usual)


def test_the_measurement_is_short():
    assert 0 < cost.time_work(0.01) < 0.1
