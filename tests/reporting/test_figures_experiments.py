"""The charts of networks that visitors train."""

import pytest

from xray_core.reporting.figures.experiments import compare, live_curves

EPOCHS = [
    {"epoch": 1, "loss": 0.8, "accuracy": 0.6, "val_loss": 0.7, "val_accuracy": 0.65},
    {"epoch": 2, "loss": 0.5, "accuracy": 0.8, "val_loss": 1.6, "val_accuracy": 0.30},
]
STEPS = [(5, 0.9, 0.5), (10, 0.7, 0.6), (20, 0.6, 0.7)]
BOTH = {part: (part, "accuracy") for part in ("validation", "test")}


def network(title, validation, test, half=0.1):
    found = {"validation": validation, "test": test}
    return {"title": title} | {
        part: {"accuracy": {"value": at, "n": 9, "interval": [at - half, at + half]}}
        for part, at in found.items()
        if at is not None
    }


def test_curves_lie_over_the_epochs_of_the_whole_training():
    curves = live_curves(STEPS, EPOCHS, 4, 40)
    assert list(curves) == ["Loss", "Accuracy"]
    by_step, training, validation = curves["Accuracy"].data
    assert by_step.x == pytest.approx((0.5, 1, 2))
    assert by_step.y == (0.5, 0.6, 0.7)
    assert training.y == (0.6, 0.8)
    assert validation.y == (0.65, 0.30)
    assert curves["Loss"].layout.xaxis.range[1] >= 4
    assert curves["Loss"].layout.yaxis.range[1] > 1.6
    assert curves["Accuracy"].layout.yaxis.range[0] < 0.30


def test_training_that_has_only_begun_has_its_axes():
    for figure in live_curves([], [], 5, 0).values():
        assert figure.layout.xaxis.range[1] >= 5
        low, high = figure.layout.yaxis.range
        assert low < high
        assert not any(trace.x for trace in figure.data)


def test_networks_have_a_row_each_with_intervals():
    figure = compare([network("a", 0.9, 0.7), network("b", None, 0.8)], BOTH, "Accuracy")
    validation, test = figure.data
    assert validation.y == ("a",)
    assert (test.y, test.x) == (("a", "b"), (0.7, 0.8))
    assert test.error_x.array == pytest.approx((0.1, 0.1))
    assert test.error_x.visible
    assert figure.layout.xaxis.tickformat == ".0%"
    low, high = figure.layout.xaxis.range
    assert 0.5 < low < 0.6
    assert 1 < high < 1.1


def test_seeds_of_one_training_share_a_row_without_intervals():
    figure = compare([network("a", 0.9, 0.7), network("a", 0.8, 0.6)], BOTH, "Accuracy")
    assert figure.data[1].y == ("a", "a")
    assert not figure.data[1].error_x.visible
    assert figure.layout.yaxis.categoryarray == ("a",)


def test_looks_differ_by_shape_too():
    figure = compare([network("a", 0.9, 0.7)], BOTH, "Accuracy")
    assert len({trace.marker.symbol for trace in figure.data}) == 2
