"""What a reader of one format makes of a file."""

from typing import NamedTuple

import numpy as np


class Reading(NamedTuple):
    """The picture in a file, and what there is to say of it.

    Attributes
    ----------
    pixels : uint8, (rows, columns)
    notes, warnings, unfit
        See `xray_core.types.Radiograph`.
    plain
        Whether every browser shows the file as these very pixels.
    """

    pixels: np.ndarray
    notes: list[str]
    warnings: list[str]
    unfit: list[str]
    plain: bool = False
