"""LayerCAM: activations weighted by their own positive gradients, sharp at earlier layers."""

import numpy as np


def layer_cam(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Locate the evidence for a class with LayerCAM.

    Parameters
    ----------
    activations, gradients : float32, (rows, columns, channels)

    Returns
    -------
    float32, (rows, columns), >= 0

    References
    ----------
    Jiang et al., IEEE Transactions on Image Processing 2021.
    """
    return np.maximum((activations * np.maximum(gradients, 0)).sum(-1), 0).astype(np.float32)
