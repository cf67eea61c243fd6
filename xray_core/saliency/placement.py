"""From a map over what the network saw to a map over the film."""

import cv2
import numpy as np

from xray_core.types import Explanation


def saliency_on_film(explanation: Explanation, height: int, width: int) -> np.ndarray:
    """Put a saliency map where it belongs on the film.

    Parameters
    ----------
    height, width
        Of the film, or of a smaller copy of it.

    Returns
    -------
    float32, (height, width), >= 0
        Linear between the centres of the map's places; zero where the network saw nothing.
    """
    box, saliency = explanation.box, explanation.saliency
    rows, columns = saliency.shape
    # array index i has its centre at (i + 0.5) / n
    x = ((np.arange(width) + 0.5) / width - box.left) / box.width
    y = ((np.arange(height) + 0.5) / height - box.top) / box.height
    to_map = np.array(
        [
            [columns / (width * box.width), 0, x[0] * columns - 0.5],
            [0, rows / (height * box.height), y[0] * rows - 0.5],
        ]
    )
    placed = cv2.warpAffine(
        saliency,
        to_map,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    placed[:, (x < 0) | (x >= 1)] = 0
    placed[(y < 0) | (y >= 1)] = 0
    return placed
