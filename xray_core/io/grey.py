"""From the channels of a picture to the grey levels of a film, and what its colours give away."""

import cv2
import numpy as np
from PIL import Image

from xray_core.io.windowing import count_codes, own_window

Levels = tuple[np.ndarray, list[str]]

COLOUR_SPREAD = 16
"""Grey levels between two channels of a pixel from which on it counts as coloured."""
COLOUR_SHARE = 0.001
"""Share of coloured pixels from which on the film counts as coloured."""
TINT_SPREAD, TINT_SHARE, TINT_LEVEL, TINT_SIDE = 0.06, 0.02, 48, 128
"""A photograph has one tint, a map drawn over a film many: it is one where so large a share of the
pixels is off the middle tint by so much (in shares of red and of blue in all light). Those darker
than a level do not count, and pixels are averaged down to a side so that noise does not. Measured:
0.06 to 0.74 under six maps at 30% and more, 0.01 at most in photographs of one tint."""

LUMA = (0.299, 0.587, 0.114)

COLOURED = "The file is in colour; only its brightness (luma) is used."
TRANSPARENT = "Transparent parts are shown black."
DRAWN_OVER = "Many colours lie over the film, as of a heat map: choose the film without them."


def grey_levels(channels: np.ndarray, alpha: np.ndarray | None = None) -> Levels:
    """Turn channels into grey levels.

    Colour becomes luma, transparency black, 16 bits are windowed to the film's own range.

    Parameters
    ----------
    channels : uint8 or uint16, (rows, columns) or (rows, columns, 3)
    alpha : same type, (rows, columns), optional
        Opacity. One that is zero everywhere was never set.

    Returns
    -------
    pixels : uint8, (rows, columns)
    notes
    """
    notes = []
    grey = channels
    if channels.ndim == 3:
        notes = colour_notes(channels)
        weighted = channels @ np.array(LUMA, np.float32)
        grey = (weighted + 0.5).astype(channels.dtype)
    if alpha is not None and alpha.any():
        full = int(np.iinfo(alpha.dtype).max)
        if alpha.min() < full:
            grey = (grey.astype(np.uint32) * alpha // full).astype(grey.dtype)
            notes = [*notes, TRANSPARENT]
    if grey.dtype == np.uint8:
        return grey, notes
    pixels, more = show_deep(grey)
    return pixels, notes + more


def show_deep(deep: np.ndarray) -> Levels:
    """Window 16 bits to the film's own range; a 12-bit film in 16 would come out black without."""
    levels = np.arange(65536, dtype=np.float32)
    low, high = own_window(count_codes(deep, levels.size), levels)
    to_grey = np.clip((levels - low) * (255 / (high - low)), 0, 255).round().astype(np.uint8)
    return cv2.LUT(deep, to_grey), [f"16-bit film, shown with the window {low:.0f} to {high:.0f}."]


def colour_notes(colours: np.ndarray) -> list[str]:
    """Say of colours, uint8 or uint16 (rows, columns, 3), whether they are any.

    Returns
    -------
    list of str
        Empty, COLOURED, or COLOURED and DRAWN_OVER; the last is why nobody should judge it.
    """
    # A sixteenth of the pixels tells it, too, and spares most of the time of a colour film.
    some = colours[2::4, 2::4]
    if some.dtype != np.uint8:
        some = (some.astype(np.float32) * (255 / max(int(some.max()), 1))).astype(np.uint8)
    spread = some.max(axis=2).astype(np.int16) - some.min(axis=2)
    if np.mean(spread > COLOUR_SPREAD) <= COLOUR_SHARE:
        return []
    return [COLOURED, DRAWN_OVER] if _has_many_tints(some) else [COLOURED]


def _has_many_tints(colours: np.ndarray) -> bool:
    rows, columns = colours.shape[:2]
    factor = max(1, max(rows, columns) // TINT_SIDE)
    size = max(1, columns // factor), max(1, rows // factor)
    small = cv2.resize(colours, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    light = small.sum(axis=2)
    bright = small.max(axis=2) >= TINT_LEVEL
    if not bright.any():
        return False
    tints = small[bright][:, [0, 2]] / light[bright][:, None]
    off = np.abs(tints - np.median(tints, axis=0)).max(axis=1) > TINT_SPREAD
    return bool(off.sum() >= TINT_SHARE * light.size)


def pillow_levels(image: Image.Image) -> Levels:
    """8-bit picture of any of Pillow's modes to grey levels."""
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.asarray(image if image.mode == "L" else image.convert("L")), []
    if image.mode in ("L", "LA"):
        grey, opacity = (np.asarray(band) for band in image.convert("LA").split())
        return grey_levels(grey, opacity)
    if image.mode == "RGBA" or "transparency" in image.info:
        image = image.convert("RGBA")
        pixels, notes = pillow_levels(image.convert("RGB"))
        pixels, more = grey_levels(pixels, np.asarray(image.getchannel("A")))
        return pixels, notes + more
    image = image.convert("RGB")
    return np.asarray(image.convert("L")), colour_notes(np.asarray(image))
