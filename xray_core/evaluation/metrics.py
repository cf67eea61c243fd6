"""How good the probabilities are, and how sure we can be of that.

Every measure takes ``weight``, float (..., films), and answers for each row of it at once: a
bootstrap resample is a row that says how often each film was drawn. scikit-learn's measures take
one row at a time, and 2,000 resamples of 624 films then take 5.3 s for the AUC and 3.3 s for the
log loss, against 0.04 s and 0.01 s here; nor can the app wait for its import. The tests hold the
measures against scikit-learn's.

Throughout, ``truth`` is bool (films,), True for pneumonia; ``probability`` is float (films,) in
[0, 1]. A measure that is not defined (no film, or films of one class where two are needed) is nan.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

LOG_LOSS_CLIP = 1e-7
BINS = 15

Weight = np.ndarray | None


def share(hits: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Weighted mean of ``hits`` (films,): nan where nothing weighs anything."""
    weight = _weight(weight, hits)
    return _ratio(weight @ np.asarray(hits, dtype=float), weight.sum(axis=-1))


def auc(truth: np.ndarray, probability: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Area under the ROC curve: how often a positive film outranks a negative one.

    A tie counts one half (Hanley & McNeil 1982). nan unless both classes are there.
    """
    positive, negative, _ = _by_distinct_probability(truth, probability, _weight(weight, truth))
    below = np.cumsum(negative, axis=-1) - negative
    wins = (positive * (below + negative / 2)).sum(axis=-1)
    return _ratio(wins, positive.sum(axis=-1) * negative.sum(axis=-1))


def log_loss(truth: np.ndarray, probability: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Mean negative log-likelihood in nats.

    Probabilities are clipped to [1e-7, 1 - 1e-7], so one certain error costs 16.1 and not infinity.
    """
    probability = np.clip(probability, LOG_LOSS_CLIP, 1 - LOG_LOSS_CLIP)
    return share(-np.log(np.where(truth, probability, 1 - probability)), weight)


def brier(truth: np.ndarray, probability: np.ndarray, weight: Weight = None) -> np.ndarray:
    """Mean squared difference between probability and truth (Brier 1950)."""
    return share((probability - truth) ** 2, weight)


def ece(
    truth: np.ndarray, probability: np.ndarray, bins: int = BINS, weight: Weight = None
) -> np.ndarray:
    """Expected calibration error over equal-mass bins.

    The mean over bins, by weight, of the distance between mean probability and observed share.
    Films with the same probability share a bin, so the order of the films never matters.

    References
    ----------
    Nixon et al., "Measuring calibration in deep learning", CVPR workshops 2019.
    """
    positive, mass, value, bin_of = _equal_mass_bins(truth, probability, bins, weight)
    excess = positive - mass * value
    gaps = [np.abs((excess * (bin_of == k)).sum(axis=-1)) for k in range(bins)]
    return _ratio(np.sum(gaps, axis=0), mass.sum(axis=-1))


def reliability_curve(
    truth: np.ndarray, probability: np.ndarray, bins: int = BINS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean probability, observed share and number of films in each equal-mass bin.

    Ties stay together, so there can be fewer than ``bins`` bins.
    """
    positive, mass, value, bin_of = _equal_mass_bins(truth, probability, bins, None)
    n = np.bincount(bin_of, mass, minlength=bins)
    filled = n > 0
    mean = np.bincount(bin_of, mass * value, minlength=bins)[filled] / n[filled]
    observed = np.bincount(bin_of, positive, minlength=bins)[filled] / n[filled]
    return mean, observed, n[filled].astype(int)


def confusion(truth: np.ndarray, called: np.ndarray) -> dict[str, int]:
    """Count the four outcomes: ``{"tn", "fp", "fn", "tp"}``; ``called`` is bool (films,)."""
    counts = np.bincount(2 * truth + called, minlength=4)
    return dict(zip(("tn", "fp", "fn", "tp"), counts.tolist(), strict=True))


def with_interval(
    measure: Callable[..., np.ndarray],
    *columns: np.ndarray,
    patients: Iterable[str],
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Any]:
    """Measure the films, with a percentile bootstrap interval over patients.

    Films of one patient resemble each other, so whole patients are drawn with replacement.
    Resamples on which the measure is not defined are left out.

    Parameters
    ----------
    measure
        ``measure(*columns, weight=None)``, one of this module's, or with its options bound.
    *columns : (films,)
        What it is measured on, for instance truth and probability.
    patients : (films,)
        Whose film it is; where it is '', the film is a patient of its own.

    Returns
    -------
    dict
        ``value`` float, ``n`` films, ``interval`` [low, high]. ``value`` or ``interval`` is None
        where there is none, and then ``reason`` says why.

    References
    ----------
    Field & Welsh, "Bootstrapping clustered data", JRSS B 2007.
    """
    value = float(measure(*columns))
    measured: dict[str, Any] = {"value": value, "n": len(columns[0]), "interval": None}
    cluster = patient_codes(patients)
    if np.isnan(value):
        missing = "there is no such film" if not measured["n"] else "both classes are needed"
        return measured | {"value": None, "reason": f"not defined: {missing}"}
    if cluster.max() == 0:
        return measured | {"reason": "no interval: all films are of one patient"}
    draws = np.concatenate(
        [measure(*columns, weight=weight) for weight in _resamples(cluster, resamples, seed)]
    )
    tails = [(1 - level) / 2, (1 + level) / 2]
    return measured | {"interval": [float(end) for end in np.nanquantile(draws, tails)]}


def patient_codes(patients: Iterable[str]) -> np.ndarray:
    """Number the patients: int (films,), from 0; a film whose patient is '' has its own number."""
    numbers: dict[str | int, int] = {}
    known = (patient or film for film, patient in enumerate(patients))
    return np.array([numbers.setdefault(patient, len(numbers)) for patient in known], dtype=int)


def _resamples(cluster: np.ndarray, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each film is drawn, in blocks that keep memory small."""
    generator = np.random.default_rng(seed)
    clusters = cluster.max() + 1
    block = max(1, 4_000_000 // len(cluster))
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=rows)
        yield drawn[:, cluster].astype(float)


def _weight(weight: Weight, like: np.ndarray) -> np.ndarray:
    return np.ones(len(like)) if weight is None else weight


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.divide(part, np.where(whole == 0, np.nan, whole))


def _by_distinct_probability(
    truth: np.ndarray, probability: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum the weights of positive and of negative films at each distinct probability, rising."""
    order = np.argsort(probability, kind="stable")
    value, first = np.unique(probability[order], return_index=True)
    weight = weight[..., order]
    if not len(value):
        return weight, weight, value
    positive = np.add.reduceat(weight * truth[order], first, axis=-1)
    return positive, np.add.reduceat(weight, first, axis=-1) - positive, value


def _equal_mass_bins(
    truth: np.ndarray, probability: np.ndarray, bins: int, weight: Weight
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    positive, negative, value = _by_distinct_probability(truth, probability, _weight(weight, truth))
    mass = positive + negative
    middle = np.cumsum(mass, axis=-1) - mass / 2
    total = np.maximum(mass.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    return positive, mass, value, np.minimum((bins * middle / total).astype(int), bins - 1)
