"""From a DICOM file's codes to the grey levels it wants shown."""

from __future__ import annotations

import cv2
import numpy as np

from xray_core.io.dicom_elements import WORDS, ImageElements
from xray_core.io.windowing import apply_window, count_codes, own_window

LOGARITHM = {"LIN", "SQRT"}
"""Relationships to the X-rays of which the logarithm is a film; that of a root is half of it."""
LEAST_SHOWN = 0.01
"""Share of the pixels that a window shows neither black nor white; one that shows less is none."""


def levels_of_codes(bits: int, stored: int, high_bit: int, signed: bool) -> np.ndarray:
    """What each code means.

    Parameters
    ----------
    bits
        Of a code, 8 or 16.
    stored, high_bit
        Those that hold the value, and the highest of them.
    signed
        Whether they are a two's complement.

    Returns
    -------
    int32, (2 ** bits,)
    """
    codes = np.arange(1 << bits, dtype=np.int32)
    levels = codes >> max(high_bit - stored + 1, 0) & (1 << stored) - 1
    if signed:
        levels[levels >= 1 << (stored - 1)] -= 1 << stored
    return levels


def show_codes(
    elements: ImageElements, codes: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, str]:
    """Turn codes into grey levels by one table over all possible codes.

    Parameters
    ----------
    elements
        Of the header.
    codes : uint8 or uint16, (rows, columns)
    levels : int32, (256,) or (65536,)
        What each code means.

    Returns
    -------
    pixels : uint8, (rows, columns)
        After the Modality LUT or rescale, then the VOI LUT or window, then the photometric
        interpretation, as PS3.4 N.2 orders them; padding is black. Of a film for processing that
        is linear in the X-rays, the logarithm goes before.
    note
        What the levels were chosen by.
    """
    padding = _find_padding(elements.padding, levels)
    counts = count_codes(codes, levels.size) * ~padding
    table, note = _shown(elements, levels, counts)
    if elements.darker:
        table = 1 - table
    grey = np.clip(np.rint(table * 255), 0, 255).astype(np.uint8)
    grey[padding] = 0
    return cv2.LUT(codes, grey), note


def _shown(
    elements: ImageElements, levels: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, str]:
    """How bright each code is shown, float (codes,), before the photometric interpretation."""
    lut, window = elements.voi_lut, elements.window
    if elements.for_processing and elements.relationship in LOGARITHM:
        values = np.log(np.maximum(_exposure(elements, levels), 1))
        if not elements.darker:
            values = -values
        lut, window = None, None
    elif elements.modality_lut:
        values = elements.modality_lut.of(levels)
    else:
        values = levels * elements.slope + elements.intercept
    if lut:
        # devices declare more bits than their tables use
        table = lut.of(values) / lut.entries.max()
        if _shows(table, counts):
            return table, "Shown with the file's own VOI LUT."
    if window:
        table = apply_window(values, *window, elements.function)
        if _shows(table, counts):
            note = "Shown with the file's own window: centre {:g}, width {:g}."
            return table, note.format(*window)
    low, high = own_window(counts, values)
    why = "The file's window shows nothing of it" if lut or window else "The file names no window"
    return (values - low) / (high - low), f"{why}; shown from {low:g} to {high:g}."


def _exposure(elements: ImageElements, levels: np.ndarray) -> np.ndarray:
    """The levels as X-rays that came through: the more, the larger."""
    return levels if elements.darker else levels.max() - levels


def _shows(table: np.ndarray, counts: np.ndarray) -> bool:
    between = (table > 0) & (table < 1)
    return bool(counts[between].sum() >= LEAST_SHOWN * counts.sum())


def _find_padding(padding: tuple[int, int] | None, levels: np.ndarray) -> np.ndarray:
    """Which codes stand for no picture, bool (codes,).

    The value is compared with the whole code, too, since it often lies beyond the stored bits; and
    devices write a negative one as unsigned, and the other way round.
    """
    found = np.zeros(levels.shape, bool)
    if padding is not None:
        for low, high in (np.array(padding) + turn for turn in (0, -WORDS, WORDS)):
            for meaning in (levels, np.arange(levels.size)):
                found |= (meaning >= low) & (meaning <= high)
    return found
