"""Whether maps of one film agree: by rank, and in what they call the most."""

from collections.abc import Sequence

import cv2
import numpy as np

from xray_core.saliency.checks import COMPARED, rank_correlation
from xray_core.saliency.placement import saliency_on_film
from xray_core.types import Explanation, Lungs

TOP = 0.1  # of the lungs: the area that is compared


def compare(explanations: Sequence[Explanation], lungs: Lungs) -> list[tuple[float, float]]:
    """Compare maps of one film with the first of them, inside the lungs.

    Returns
    -------
    list of (float, float)
        For each but the first: Spearman's rank correlation, and the overlap (intersection over
        union) of the tenth of the lungs with most evidence. nan where a map is flat; of two random
        maps the overlap is about 0.05.
    """
    inside = cv2.resize(lungs.mask, (COMPARED, COMPARED)) > 0.5
    if not inside.any():
        inside[:] = True
    maps = [saliency_on_film(one, COMPARED, COMPARED)[inside] for one in explanations]
    return [(rank_correlation(maps[0], other), _overlap(maps[0], other)) for other in maps[1:]]


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    count = max(1, round(TOP * len(one)))
    most = [set(np.argsort(-values, kind="stable")[:count]) for values in (one, other)]
    return len(most[0] & most[1]) / len(most[0] | most[1])
