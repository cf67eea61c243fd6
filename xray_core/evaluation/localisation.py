"""Whether a map points at a place that is known."""

from collections.abc import Sequence

import cv2
import numpy as np

Sides = tuple[int, int, int, int]  # top, left, bottom, right, the last two just outside


def localisation(saliency: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """How well a map finds a known area of the same film.

    Parameters
    ----------
    saliency
        float32, (rows, columns), >= 0.
    truth
        bool, (rows, columns).

    Returns
    -------
    dict
        ``pointing``: 1 where the maximum falls inside. ``share``: of the evidence that lies
        inside. ``average_precision``: area under precision and recall of the pixels. ``iou`` and
        ``iobb``: of the truth and as many pixels of most evidence as it has; ``iobb`` divides by
        the box around the largest area of them (Wang et al., CVPR 2017). A map without contrast
        finds nothing.
    """
    from sklearn.metrics import average_precision_score

    if saliency.max() <= saliency.min():
        chance = float(truth.mean())
        return {
            "pointing": 0.0,
            "share": chance,
            "average_precision": chance,
            "iou": 0.0,
            "iobb": 0.0,
        }
    count = int(truth.sum())
    level = np.partition(saliency.ravel(), -count)[-count]
    found = (saliency >= level) & (saliency > 0)
    both = int((found & truth).sum())
    top, left, bottom, right = _box(_largest_part(found))
    box = (bottom - top) * (right - left)
    return {
        "pointing": float(truth.flat[int(saliency.argmax())]),
        "share": float(saliency[truth].sum() / saliency.sum()),
        "average_precision": float(average_precision_score(truth.ravel(), saliency.ravel())),
        "iou": both / int((found | truth).sum()),
        "iobb": float(truth[top:bottom, left:right].sum()) / box,
    }


def every_box(saliency: np.ndarray, truth: np.ndarray, levels: Sequence[float]) -> list[float]:
    """Compare the box around every area above each of several levels with the box around the truth.

    Parameters
    ----------
    saliency
        float32, (rows, columns), >= 0.
    truth
        bool, (rows, columns).
    levels
        Of the map's maximum.

    Returns
    -------
    list
        For each box its overlap with the true one over its own area; none for a map without
        contrast. A film's finding counts as found where any of them reaches a threshold, and
        those that do not are the false ones.

    References
    ----------
    Wang et al., CVPR 2017.
    """
    if saliency.max() <= saliency.min():
        return []
    true, found = _box(truth), []
    for level in levels:
        above = (saliency >= level * saliency.max()).astype(np.uint8)
        _, _, parts, _ = cv2.connectedComponentsWithStats(above)
        for x, y, width, height, _ in parts[1:]:
            down = min(y + height, true[2]) - max(y, true[0])
            across = min(x + width, true[3]) - max(x, true[1])
            found.append(float(max(0, down) * max(0, across)) / (width * height))
    return found


def _box(mask: np.ndarray) -> Sides:
    """Find the sides of the box around a mask."""
    rows, columns = np.nonzero(mask)
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


def _largest_part(mask: np.ndarray) -> np.ndarray:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
