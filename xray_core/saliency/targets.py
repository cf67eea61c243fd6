"""What evidence may be asked for: pneumonia, normal, or one kind of pneumonia."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

PNEUMONIA, NORMAL = "PNEUMONIA", "NORMAL"


def list_targets(classes: Sequence[str], positive: ArrayLike) -> dict[str, np.ndarray]:
    """Name what a network can be asked for.

    Evidence for a target is what moves the log-odds of its classes together against all others.

    Parameters
    ----------
    positive : bool, (classes,)

    Returns
    -------
    dict of str to bool (classes,)
        'PNEUMONIA' first, then 'NORMAL', then each class that is not alone on its side: of the
        three classes normal, bacteria and virus the last two.
    """
    positive = np.asarray(positive, bool)
    found = {PNEUMONIA: positive, NORMAL: ~positive}
    for index, name in enumerate(classes):
        if (positive == positive[index]).sum() > 1:
            found[name] = np.arange(len(classes)) == index
    return found
