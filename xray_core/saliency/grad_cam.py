"""Grad-CAM, in general and in closed form for the networks of this project."""

import numpy as np


def grad_cam(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Locate the evidence for a class with Grad-CAM.

    Parameters
    ----------
    activations, gradients : float32, (rows, columns, channels)
        Of a convolutional activation; gradients of the *logit*, not the probability.

    Returns
    -------
    float32, (rows, columns), >= 0
        All zero where no evidence is positive; never rescaled to hide that.

    References
    ----------
    Selvaraju et al., ICCV 2017.
    """
    weights = gradients.mean(axis=(0, 1))
    return np.maximum(activations @ weights, 0).astype(np.float32)


def evidence_map(class_maps: np.ndarray, logits: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """HiResCAM of the log-odds of pneumonia at the last layer, without a backward pass.

    Parameters
    ----------
    class_maps, logits, positive
        See `signed_evidence`.

    Returns
    -------
    float32, (rows, columns), >= 0
        In units of the log-odds: what speaks for pneumonia. All zero where nothing does.
    """
    return np.maximum(signed_evidence(class_maps, logits, positive), 0)


def signed_evidence(class_maps: np.ndarray, logits: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """What each place adds to the log-odds of pneumonia, for and against.

    The networks end in a linear layer and a mean over the places inside the lungs, so the gradient
    is known: each place adds to the log-odds what its positive classes say less what its other
    classes say, each class weighted by its share among its own kind. Where every place counts the
    same, this is Grad-CAM times the number of places; where the lungs leave places out, it is
    HiResCAM, which unlike Grad-CAM leaves them out, too. Tests hold all three together.

    Parameters
    ----------
    class_maps : float32, (rows, columns, classes)
        Their mean over the places are the logits.
    logits : float32, (classes,)
    positive : bool, (classes,)

    Returns
    -------
    float32, (rows, columns)
        In units of the log-odds.

    References
    ----------
    Zhou et al., CVPR 2016; Selvaraju et al., ICCV 2017; Draelos and Carin, 2020.
    """
    weights = np.exp(logits - logits.max())
    for group, sign in ((positive, 1), (~positive, -1)):
        weights[group] *= sign / weights[group].sum()
    return (class_maps @ weights).astype(np.float32)
