"""Pictures for a screen or a file: made small enough, encoded, put into an address."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np


def fit_within(array: np.ndarray, longest_side: int) -> np.ndarray:
    """Shrink an image so that neither side is longer than asked; never enlarge it.

    Areas are averaged: the usual interpolation would alias.
    """
    rows, columns = array.shape[:2]
    factor = longest_side / max(rows, columns)
    if factor >= 1:
        return array
    size = max(1, round(columns * factor)), max(1, round(rows * factor))
    return cv2.resize(array, size, interpolation=cv2.INTER_AREA)


def thumbnail(pixels: np.ndarray, side: int) -> np.ndarray:
    """The film in a black square of at most ``side`` pixels, at its own shape: uint8."""
    small = fit_within(pixels, side)
    side = max(small.shape)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def _encode(extension: str, array: np.ndarray, parameters: Sequence[int] = ()) -> bytes:
    ordered = array if array.ndim == 2 else cv2.cvtColor(array, cv2.COLOR_RGB2BGR)
    return cv2.imencode(extension, ordered, parameters)[1].tobytes()


def encode_jpeg(array: np.ndarray, quality: int = 90) -> bytes:
    """Encode uint8 grey (rows, columns) or RGB (rows, columns, 3) as JPEG, for the screen."""
    return _encode(".jpg", array, (cv2.IMWRITE_JPEG_QUALITY, quality))


def encode_png(array: np.ndarray) -> bytes:
    """Encode uint8 grey (rows, columns) or RGB (rows, columns, 3) as PNG, to keep."""
    return _encode(".png", array)


def picture_address(content: bytes, kind: str = "jpeg") -> str | None:
    """A picture as an address that a browser shows without asking a server; None without one."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}" if content else None
