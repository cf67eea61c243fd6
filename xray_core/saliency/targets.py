"""What evidence may be asked for: pneumonia, normal, one kind of pneumonia, something else."""

from collections.abc import Sequence

import numpy as np

PNEUMONIA, NORMAL, OTHER = "PNEUMONIA", "NORMAL", "OTHER"


def list_targets(classes: Sequence[str], other: bool) -> dict[str, np.ndarray]:
    """Name what a network can be asked for.

    Parameters
    ----------
    classes
        The normal one, then the kinds of pneumonia.
    other
        Whether the network also tells other abnormalities.

    Returns
    -------
    dict of str to int (outputs,)
        'PNEUMONIA' first, then 'NORMAL', its opposite; then each kind of pneumonia, against the
        other kinds, where there are several; then 'OTHER'. 1 for a logit that speaks for the
        target, -1 against it, 0 where it says nothing of it. The logits are those of an opacity,
        of each kind, and of another abnormality.
    """
    kinds = classes[1:] if len(classes) > 2 else ()
    outputs = 1 + len(kinds) + other
    opacity = (np.arange(outputs) == 0).astype(int)
    found = {PNEUMONIA: opacity, NORMAL: -opacity}
    for index, name in enumerate(kinds, start=1):
        signs = np.zeros(outputs, int)
        signs[1 : 1 + len(kinds)] = -1
        signs[index] = 1
        found[name] = signs
    if other:
        found[OTHER] = (np.arange(outputs) == outputs - 1).astype(int)
    return found
