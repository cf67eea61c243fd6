"""The ways to locate evidence, by name; the first is the default."""

from functools import partial

import numpy as np

from xray_core.saliency.beyond_normal import beyond_normal
from xray_core.saliency.grad_cam import evidence_map, signed_evidence
from xray_core.saliency.occlusion import occlusion
from xray_core.saliency.targets import NORMAL, PNEUMONIA

# These answer through LiteRT, the first two in one pass, the others in a few dozen.
LIGHT = ("beyond_normal", "hires_cam", "occlusion")
# These need gradients and load TensorFlow when first asked for.
WITH_GRADIENTS = ("grad_cam", "grad_cam_plus_plus", "layer_cam", "integrated_gradients")
METHODS = LIGHT + WITH_GRADIENTS
# Their maps say how many log-odds a place adds to the mean that is the score.
IN_LOG_ODDS = ("beyond_normal", "hires_cam")


def locate(method, look, classifier, target=PNEUMONIA):
    """Locate the evidence for a target.

    Parameters
    ----------
    method : str
        One of METHODS.
    look : Look
    classifier : Classifier
    target : str
        One of ``classifier.targets``.

    Returns
    -------
    saliency : float32, (rows, columns), >= 0, over the view
    method : str
        What was done: without averaged normal films, 'beyond_normal' becomes 'hires_cam'.
    """
    if method == "beyond_normal" and (classifier.normal is None or look.lungs.box is None):
        method = "hires_cam"
    mask, normal = classifier.targets[target], classifier.normal
    if method == "beyond_normal":
        evidence = signed_evidence(look.class_maps, look.logits, mask) - normal.evidence[target]
        # evidence for normal lies where the film is less dense
        denser = (look.view[..., 0] - normal.view) * (-1 if target == NORMAL else 1)
        return beyond_normal(evidence, denser, look.view[..., 1]), method
    if method == "hires_cam":
        return evidence_map(look.class_maps, look.logits, mask), method
    if method == "occlusion":
        scores = partial(classifier.scores, target=target)
        return occlusion(look.view, scores, replacement(classifier)), method
    from xray_core.saliency import gradients

    return getattr(gradients, method)(look, classifier, mask), method


def replacement(classifier):
    """What stands for normal lung where a view is changed: float32 (side, side).

    The mean normal film, or where there is none, the lungs' own mean, which is 0.
    """
    if classifier.normal is not None:
        return classifier.normal.view
    return np.zeros((classifier.card.image_size,) * 2, np.float32)
