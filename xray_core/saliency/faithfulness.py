"""Whether a map points at what moved the score: deletion, insertion, ROAD; and at a known place."""

from collections.abc import Callable

import cv2
import numpy as np

STEPS = 10


def on_view(saliency: np.ndarray, side: int) -> np.ndarray:
    """Enlarge a map to the view, float32 (side, side)."""
    return cv2.resize(np.asarray(saliency, np.float32), (side, side))


def replace_lungs(view: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """A view, float32 (side, side, 2), with all of its lungs replaced by ``normal``."""
    replaced = view.copy()
    inside = view[..., 1] > 0.5
    replaced[inside, 0] = (normal * view[..., 1])[inside]
    return replaced


def probability(score: np.ndarray) -> np.ndarray:
    """Probability for log-odds, as the network says it, before calibration."""
    return 1 / (1 + np.exp(-np.clip(score, -500, 500)))


def curve(
    view: np.ndarray,
    saliency: np.ndarray,
    scores: Callable[[np.ndarray], np.ndarray],
    normal: np.ndarray,
    ends: tuple[float, float],
    *,
    insert: bool = False,
    steps: int = STEPS,
    rng: np.random.Generator | None = None,
    said: Callable[[np.ndarray], np.ndarray] = probability,
) -> tuple[np.ndarray, np.ndarray]:
    """What is said while the places of most evidence are replaced first, or put in first.

    Parameters
    ----------
    view : float32, (side, side, 2)
    saliency : float32, (side, side), >= 0
    scores
        From views, (views, side, side, 2), to their log-odds, (views,).
    normal : float32, (side, side)
        What a place is replaced by, and what insertion starts from.
    ends
        Log-odds of the view, and of `replace_lungs`: the same for every map, so that the network
        is asked once.
    rng
        Adds noise to the replacement, so that its smoothness gives nothing away (as ROAD does by
        noisy imputation).
    said
        From log-odds, (views,), to what the curve shows of them.

    Returns
    -------
    share : float, (steps + 1,)
        Of the lungs' pixels that were changed, 0 to 1.
    said : float, (steps + 1,)

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
    changed = np.repeat(view[None], steps - 1, axis=0)
    for share, one in zip(shares[1:-1], changed, strict=True):
        replaced = inside & ((place < share) != insert)
        one[replaced, 0] = other[replaced]
    first, last = reversed(ends) if insert else ends
    return shares, said(np.array([first, *scores(changed), last]))


def area(curve: tuple[np.ndarray, np.ndarray]) -> float:
    """Mean of a curve over the share changed, from 0 to 1."""
    shares, values = curve
    return float(np.trapezoid(values, shares))
