"""Grad-CAM++: Grad-CAM whose places count by how much they alone explain."""

import numpy as np


def grad_cam_plus_plus(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Locate the evidence for a class with Grad-CAM++.

    Parameters
    ----------
    activations, gradients : float32, (rows, columns, channels)
        Gradients of the logit; the exponential of it stands for the class score, as in the paper,
        which is what makes the higher derivatives powers of the first.

    Returns
    -------
    float32, (rows, columns), >= 0

    References
    ----------
    Chattopadhay et al., WACV 2018, equation 19.
    """
    total = activations.sum(axis=(0, 1), keepdims=True)
    square = gradients**2
    denominator = 2 * square + total * gradients**3
    alpha = np.where(denominator != 0, square / np.where(denominator == 0, 1, denominator), 0)
    weights = (alpha * np.maximum(gradients, 0)).sum(axis=(0, 1))
    return np.maximum(activations @ weights, 0).astype(np.float32)
