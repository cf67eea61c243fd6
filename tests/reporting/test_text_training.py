"""Tests of `xray_core.reporting.text.training`."""

import pytest

from xray_core.inference.model_card import list_models, load_history
from xray_core.reporting.text.training import read_curves


def history(*losses):
    return [
        {"epoch": number, "loss": training, "val_loss": validation}
        for number, (training, validation) in enumerate(losses, 1)
    ]


def test_validation_below_training_is_explained():
    gap, end = read_curves(history((0.7, 0.4), (0.5, 0.3)))
    assert gap.startswith("**Validation lies below training** (0.30 against 0.50 in epoch 2)")
    assert "lowest in the last epoch, 2" in end


def test_overfitting_is_named_by_its_epoch():
    gap, end = read_curves(history((0.7, 0.6), (0.3, 0.5), (0.1, 0.8)))
    assert gap.startswith("**Training lies below validation** (0.10 against 0.80 in epoch 3)")
    assert end.startswith("**It begins to overfit after epoch 2**")


def test_curves_without_validation_say_nothing():
    assert read_curves([{"epoch": 1, "loss": 0.5}]) == ()


@pytest.mark.parametrize("name", list_models())
def test_shipped_histories_can_be_read(name):
    assert len(read_curves(load_history(name)["epochs"])) == 2
