"""Films that look alike to a network: near one another in its last features."""

import numpy as np

from xray_core.errors import XrayError
from xray_core.inference.activations import read_activations


def read_features(radiograph, classifier):
    """Return what a network has made of a film before it answers, of length 1.

    Returns
    -------
    float32, (channels,)
        The features' means over the lungs; their product with the last weights are the logits.
    """
    view = classifier.look(radiograph).view
    means = read_activations(classifier.name, view).means
    return means / max(float(np.linalg.norm(means)), 1e-6)


def read_all(samples, classifier, progress=iter):
    """Read the features of many films, leaving out those that cannot be read.

    Returns
    -------
    samples : tuple of Sample
    features : float32, (films, channels)
    """
    read, rows = [], []
    for sample in progress(samples):
        try:
            rows.append(read_features(sample.open(), classifier))
        except XrayError:
            continue
        read.append(sample)
    return tuple(read), np.array(rows, np.float32)


def nearest(features, known, samples, count=6, leave_out=None):
    """Find the films most alike.

    Parameters
    ----------
    features : float32, (channels,)
        Of length 1.
    known : float32, (films, channels)
        Of the samples, each of length 1.
    samples : sequence of Sample
    count : int
    leave_out : Sample, optional
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


def describe(found, truth, patient):
    """Say what the most similar films show, and whether they are of the same child.

    Parameters
    ----------
    found : sequence of (Sample, float)
        At least one.
    truth, patient : str
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
