"""What a classifier is asked of each film, and what a wrong answer costs."""

from collections.abc import Callable

import numpy as np
from keras import KerasTensor as Tensor
from keras import ops

from xray_core.training.config import TrainingConfig
from xray_core.training.examples import Example

UNKNOWN = -1.0  # a target that says nothing


def targets_of(example: Example, outputs: int, subtypes: int) -> np.ndarray:
    """What the logits of an example shall be, float32 (outputs,), or UNKNOWN.

    The opacity, each subtype, and, where there is one more output, whether something else is
    abnormal.
    """
    targets = np.full(outputs, UNKNOWN, np.float32)
    targets[0] = example.opacity
    if 0 <= example.subtype < subtypes:
        targets[1 : 1 + subtypes] = np.arange(subtypes) == example.subtype
    if outputs > 1 + subtypes and not np.isnan(example.other):
        targets[-1] = example.other
    return targets


def _binary_loss(target: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy of each place whose target is known, 0 elsewhere."""
    known = ops.cast(target >= 0, logits.dtype)
    loss = ops.maximum(logits, 0) - logits * target + ops.log1p(ops.exp(-ops.abs(logits)))
    return known * loss


def logits_loss(subtypes: int, config: TrainingConfig) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of `targets_of`: opacity, which subtype it has, and what else is abnormal."""

    def loss(target: Tensor, logits: Tensor) -> Tensor:
        smooth = ops.where(target >= 0, target + config.label_smoothing * (0.5 - target), target)
        total = _binary_loss(smooth[:, 0], logits[:, 0])
        if subtypes:
            kinds = slice(1, 1 + subtypes)
            known = ops.cast(target[:, 1] >= 0, logits.dtype)
            chosen = ops.sum(target[:, kinds] * ops.log_softmax(logits[:, kinds]), axis=1)
            total -= config.subtype_weight * known * chosen
        if logits.shape[1] > 1 + subtypes:
            total += config.other_weight * _binary_loss(smooth[:, -1], logits[:, -1])
        return total

    return loss


def places_loss(target: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy of the places; those with opacity count as much as those without, film by film.

    A film without an opacity, of which every place is known, counts half.
    """
    loss = _binary_loss(target, logits)
    full, empty = (ops.cast(each, loss.dtype) for each in (target > 0, ops.equal(target, 0)))
    parts = [
        ops.sum(loss * each, axis=(1, 2)) / ops.maximum(ops.sum(each, axis=(1, 2)), 1)
        for each in (full, empty)
    ]
    return 0.5 * (parts[0] + parts[1])


def right(target: Tensor, logits: Tensor) -> Tensor:
    """Whether each film gets the right answer at even odds, opacity or none."""
    return ops.cast(ops.equal(target[:, 0] > 0.5, logits[:, 0] > 0), "float32")
