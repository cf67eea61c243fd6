"""What the curves of a training say, in words."""

from collections.abc import Mapping, Sequence
from typing import Any


def read_curves(epochs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Say what is seen in the losses of a training, and what would be seen if it went wrong.

    Parameters
    ----------
    epochs
        Of `xray_core.inference.model_card.load_history`; those without both losses say nothing.
    """
    losses = [(one["epoch"], one["loss"], one["val_loss"]) for one in epochs if "val_loss" in one]
    if not losses:
        return ()
    last, training, validation = losses[-1]
    best = min(losses, key=lambda one: one[2])[0]
    if validation < training:
        gap = (
            f"**Validation lies below training** ({validation:.2f} against {training:.2f} in epoch "
            f"{last}), which looks like magic and is none. The two do not count the same: the "
            "training loss also counts which kind of pneumonia it is, what else is abnormal and "
            "where it lies, where that is taught; the validation loss only pneumonia or not. And "
            "training is harder: its films are changed at random, a part of the network is "
            "switched off, and the loss is a mean over an epoch in which it still learned."
        )
    else:
        gap = (
            f"**Training lies below validation** ({training:.2f} against {validation:.2f} in epoch "
            f"{last}): the network knows the films that it learned from better than others."
        )
    if best == last:
        end = (
            "**It does not overfit yet**: the validation loss is lowest in the last epoch, "
            f"{last}. It would overfit from the epoch on in which the validation loss rises while "
            "the training loss goes on falling: then films are learned by heart."
        )
    else:
        end = (
            f"**It begins to overfit after epoch {best}**, where the validation loss is lowest: "
            "what falls after that is the training loss alone, and films are learned by heart."
        )
    return gap, end
