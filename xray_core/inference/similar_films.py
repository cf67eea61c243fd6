"""Films that look alike to a network: near one another in its last features."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from xray_core.errors import XrayError
from xray_core.inference.activations import read_activations
from xray_core.types import Look, Network

Film = TypeVar("Film", bound=Any)
"""A film not yet opened."""


def read_features(look: Look, classifier: Network) -> np.ndarray:
    """Return what a network has made of a film before it answers, of length 1.

    Returns
    -------
    float32, (channels,)
        The features' means over the lungs; their product with the last weights are the logits.
    """
    means = read_activations(classifier.name, look.view, classifier.card.home).means
    return means / max(float(np.linalg.norm(means)), 1e-6)


def read_all(films: Iterable[Film], classifier: Network) -> tuple[tuple[Film, ...], np.ndarray]:
    """Read the features of many films, leaving out those that cannot be read.

    Returns
    -------
    films
        Those that could be read.
    features : float32, (films, channels)
    """
    read, rows = [], []
    for film in films:
        try:
            rows.append(read_features(classifier.look(film.open()), classifier))
        except XrayError:
            continue
        read.append(film)
    return tuple(read), np.array(rows, np.float32)


def nearest(
    features: np.ndarray,
    known: np.ndarray,
    samples: Sequence[Film],
    count: int = 6,
    leave_out: object = None,
) -> list[tuple[Film, float]]:
    """Find the films most alike.

    Parameters
    ----------
    features : float32, (channels,)
        Of length 1.
    known : float32, (films, channels)
        Of the samples, each of length 1.
    leave_out
        The film itself.

    Returns
    -------
    list of (Sample, float)
        With their cosine similarity, the most alike first.
    """
    if not samples:
        return []
    alike = known @ features
    order = [place for place in np.argsort(-alike) if samples[place] != leave_out]
    return [(samples[place], float(alike[place])) for place in order[:count]]


def describe(found: Sequence[tuple[Any, float]], truth: str, patient: str) -> str:
    """Say what the most similar films show, and whether they are of the same child.

    Parameters
    ----------
    found
        At least one.
    truth, patient
        Of the film at hand; '' where unknown.
    """
    ill = sum(sample.label != "NORMAL" for sample, _ in found)
    shown = "shows" if ill == 1 else "show"
    text = f"Of the {len(found)} most similar films, {ill} {shown} pneumonia."
    same = sum(sample.patient == patient for sample, _ in found) if patient else 0
    if truth:
        text += f" This one is labelled {truth.lower()}."
    if same:
        text += (
            f" {same} of them {'is' if same == 1 else 'are'} of the same child: that is why "
            "children must not be on both sides of a split."
        )
    return text
