"""How much two pictures of a page differ to someone who looks from a distance."""

import numpy as np
from PIL import Image, ImageFilter

CELL = 12  # pixels of the gallery's pictures that become one; letters become grey
BLUR = 1.0  # cells, so that a line that moved by a few pixels still lies on itself
VISIBLE = 20  # grey levels from which on a cell looks different
TOLERANCE = 0.06  # share of the cells that may


def difference(first, second):
    """Return the share of two pictures that looks different.

    Parameters
    ----------
    first, second : PIL.Image, RGB, equally wide
        Where one is longer, what the other lacks counts as different.

    Returns
    -------
    float, in [0, 1]
        0 for the same picture; fonts, compression and a pixel more or less hardly count.
    """
    if first.width != second.width:
        raise ValueError(f"expected pictures of one width, got {first.width} and {second.width}")
    one, other = _cells(first), _cells(second)
    shared = min(len(one), len(other))
    changed = np.abs(one[:shared] - other[:shared]).max(axis=2) > VISIBLE
    longest = max(len(one), len(other))
    return float((changed.sum() + (longest - shared) * one.shape[1]) / (longest * one.shape[1]))


def _cells(picture):
    size = max(1, picture.width // CELL), max(1, picture.height // CELL)
    small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    return np.asarray(small.filter(ImageFilter.GaussianBlur(BLUR)), int)
