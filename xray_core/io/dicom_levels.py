"""From a DICOM file's codes to the grey levels it wants shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xray_core.io.windowing import apply_window, own_window

if TYPE_CHECKING:
    from pydicom import Dataset


def count_bits(dataset: Dataset) -> int:
    """Bits of a pixel that hold its value."""
    return int(dataset.get("BitsStored") or dataset.BitsAllocated)


def show_codes(dataset: Dataset, codes: np.ndarray) -> tuple[np.ndarray, str]:
    """Turn codes into grey levels by one table over all possible codes.

    Parameters
    ----------
    dataset
        The header.
    codes : uint16, (rows, columns)

    Returns
    -------
    pixels : uint8, (rows, columns)
        After the Modality LUT or rescale, then the VOI LUT or window, then the photometric
        interpretation, as PS3.4 N.2 orders them; padding is black.
    note
        What the levels were chosen by.
    """
    from pydicom.pixels import apply_modality_lut, apply_voi

    bits = count_bits(dataset)
    levels = np.arange(1 << bits, dtype=np.int32)
    if dataset.get("PixelRepresentation") == 1:
        levels[levels >= 1 << (bits - 1)] -= 1 << bits
    padding = _padding(dataset, levels)
    values = apply_modality_lut(levels, dataset).astype(np.float64)
    if dataset.get("VOILUTSequence"):
        shown = apply_voi(np.rint(values).astype(np.int32), dataset, index=0).astype(np.float64)
        depth = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
        table = shown / ((1 << depth) - 1)
        note = "Shown with the file's own VOI LUT."
    elif window := _window(dataset):
        table = apply_window(values, *window, dataset.get("VOILUTFunction") or "LINEAR")
        note = "Shown with the file's own window: centre {:g}, width {:g}.".format(*window)
    else:
        low, high = own_window(codes, values, ~padding)
        table = (values - low) / (high - low)
        note = f"The file names no window; shown from {low:g} to {high:g}."
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        table = 1 - table
    grey = np.clip(np.rint(table * 255), 0, 255).astype(np.uint8)
    grey[padding] = 0
    return grey[codes], note


def _padding(dataset: Dataset, levels: np.ndarray) -> np.ndarray:
    """Which codes stand for no picture."""
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(levels.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((int(value), int(value if limit is None else limit)))
    return (levels >= low) & (levels <= high)


def _window(dataset: Dataset) -> tuple[float, float] | None:
    """Centre and width of the first window, or None where there is none that can be used."""
    values = dataset.get("WindowCenter"), dataset.get("WindowWidth")
    if None in values:
        return None
    # a decimal comma makes it a text to pydicom
    center, width = (float(str(np.ravel(value)[0]).replace(",", ".")) for value in values)
    return (center, width) if np.isfinite([center, width]).all() and width > 0 else None
