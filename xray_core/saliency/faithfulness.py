"""Whether a map points at what moved the score: deletion, insertion, ROAD; and at a known place."""

import cv2
import numpy as np

STEPS = 10


def on_view(saliency, side):
    """Enlarge a map to the view, float32 (side, side)."""
    return cv2.resize(np.asarray(saliency, np.float32), (side, side))


def curve(view, saliency, scores, normal, *, insert=False, steps=STEPS, rng=None):
    """Probability while the places of most evidence are replaced first, or put in first.

    Parameters
    ----------
    view : float32, (side, side, 2)
    saliency : float32, (side, side), >= 0
    scores : callable
        From views, (views, side, side, 2), to their log-odds, (views,).
    normal : float32, (side, side)
        What a place is replaced by, and what insertion starts from.
    insert : bool
    rng : numpy.random.Generator, optional
        Adds noise to the replacement, so that its smoothness gives nothing away (as ROAD does by
        noisy imputation).

    Returns
    -------
    share : float, (steps + 1,)
        Of the lungs' pixels that were changed, 0 to 1.
    probability : float, (steps + 1,)

    References
    ----------
    Petsiuk et al., BMVC 2018; Rong et al., ICML 2022 (ROAD).
    """
    inside = view[..., 1] > 0.5
    other = normal * view[..., 1]
    if rng is not None:
        other = other + 0.1 * rng.normal(size=other.shape) * view[..., 1]
    # places that the map does not tell apart follow in no order
    order = np.lexsort((np.random.default_rng(0).random(inside.sum()), -saliency[inside]))
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order)) / len(order)
    place = np.ones(view.shape[:2])
    place[inside] = rank
    shares = np.linspace(0, 1, steps + 1)
    changed = np.repeat(view[None], len(shares), axis=0)
    for share, one in zip(shares, changed, strict=True):
        replaced = inside & ((place < share) != insert)
        one[replaced, 0] = other[replaced]
    return shares, probability(scores(changed))


def probability(score):
    """Probability for log-odds, as the network says it, before calibration."""
    return 1 / (1 + np.exp(-np.clip(score, -500, 500)))


def area(curve):
    """Mean of a curve over the share changed, from 0 to 1."""
    shares, values = curve
    return float(np.trapezoid(values, shares))
