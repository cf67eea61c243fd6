"""Measures that only probes need; they take ``weight`` as `xray_core.evaluation.metrics` do."""

from typing import Any

import numpy as np

from xray_core.evaluation.metrics import Weight, share, wilson


def mean(value: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Mean over the films of anything that is no share of them."""
    return share(value, weight)


def difference(value: np.ndarray, first: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Mean over the films of which ``first``, bool (films,), holds, less the mean over the rest."""
    weight = np.ones(len(value)) if weight is None else weight
    return share(value, weight * first) - share(value, weight * ~first)


def effect(
    value: np.ndarray, cause: np.ndarray, other: np.ndarray, weight: Weight = None
) -> np.ndarray:
    """What one of two causes does where the other is held: mean over both states of the other.

    ``cause`` and ``other`` are bool (films,), the four cells of a 2 x 2.
    """
    weight = np.ones(len(value)) if weight is None else weight
    held = [difference(value, cause, weight * state) for state in (other, ~other)]
    return (held[0] + held[1]) / 2


def ratio(
    value: np.ndarray, cause: np.ndarray, other: np.ndarray, weight: Weight = None
) -> np.ndarray:
    """How large the effect of ``cause`` is against that of ``other``; nan where that has none."""
    whole = effect(value, other, cause, weight)
    return effect(value, cause, other, weight) / np.where(whole == 0, np.nan, whole)


def quantile(value: np.ndarray, q: float, weight: Weight = None) -> np.ndarray:
    """Smallest value up to which a share q of the weight lies; nan where there is none."""
    weight = np.ones(len(value)) if weight is None else weight
    if not len(value):
        return np.full(weight.shape[:-1], np.nan)
    order = np.argsort(value)
    reached = np.cumsum(weight[..., order], axis=-1)
    at = (reached < q * reached[..., -1:] - 1e-9).sum(axis=-1)
    return np.where(reached[..., -1] > 0, value[order][np.minimum(at, len(value) - 1)], np.nan)


def proportion(hits: np.ndarray) -> dict[str, Any]:
    """A share of films as a dict of ``value``, ``n`` and its Wilson ``interval``."""
    n = len(hits)
    if not n:
        reason = "not defined: there is no such film"
        return {"value": None, "n": 0, "interval": None, "reason": reason}
    return {"value": float(np.mean(hits)), "n": n, "interval": list(wilson(int(np.sum(hits)), n))}
