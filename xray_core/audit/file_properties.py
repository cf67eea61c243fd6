"""What can be said about a film's file without looking at a lung."""

import hashlib
import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from xray_core.datasets.catalogue import Sample
from xray_core.errors import XrayError
from xray_core.io.radiograph import load_radiograph
from xray_core.parallel import map_in_order

THUMBNAIL = 32
"""Side of the thumbnails that near-duplicates are sought in, in pixels."""

FEATURES = (
    "bytes",
    "bytes_per_pixel",
    "jpeg_quality",
    "width",
    "height",
    "aspect",
)
"""Properties of the file, none of which says anything about a lung."""


def measure_films(
    samples: Iterable[Sample], progress: Callable[[Iterable[Sample]], Iterable[Sample]] = iter
) -> tuple[pd.DataFrame, np.ndarray]:
    """Measure the file of each film.

    Parameters
    ----------
    samples
    progress
        Wraps an iterable, as `tqdm` does.

    Returns
    -------
    table
        The catalogue's columns, FEATURES, `file_digest`, `pixel_digest` and `error` ('' where the
        film could be read, otherwise the rest of the row is missing).
    thumbnails : float32, (films, THUMBNAIL²)
        Each of zero mean and unit length, so that a product is a correlation; all zero where a
        film is uniform or could not be read.
    """
    samples = list(samples)
    measured = list(map_in_order(_measure, progress(samples)))
    thumbnails = np.zeros((len(samples), THUMBNAIL**2), np.float32)
    for row, (_, thumbnail) in zip(thumbnails, measured, strict=True):
        row[:] = thumbnail
    return pd.DataFrame([facts for facts, _ in measured]), thumbnails


def _measure(sample: Sample) -> tuple[dict[str, Any], np.ndarray | float]:
    facts: dict[str, Any] = {
        "source": sample.source,
        "split": sample.split,
        "label": sample.label,
        "subtype": sample.subtype,
        "patient": sample.patient,
        "name": sample.name,
        "error": "",
    }
    try:
        data = sample.read()
        film = load_radiograph(data, sample.name)
    except XrayError as error:
        return facts | {"error": str(error)}, 0
    size = film.width * film.height
    facts |= {
        "bytes": len(data),
        "bytes_per_pixel": len(data) / size,
        "jpeg_quality": estimate_jpeg_quality(data),
        "width": film.width,
        "height": film.height,
        "aspect": film.width / film.height,
        "file_digest": film.digest,
        "pixel_digest": hashlib.sha256(film.pixels.tobytes()).hexdigest(),
    }
    return facts, _thumbnail(film.pixels)


def _thumbnail(pixels: np.ndarray) -> np.ndarray:
    small = Image.fromarray(pixels).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    values = np.asarray(small, np.float32).ravel()
    values = values - values.mean()
    length = np.linalg.norm(values)
    return values / length if length > 0 else values


def estimate_jpeg_quality(data: bytes) -> float:
    """Quality setting (1 to 100) whose luminance table is closest to the file's; nan for no JPEG.

    A file saved by software with tables of its own gets the nearest setting of the common ones.
    """
    if not data.startswith(b"\xff\xd8"):
        return math.nan
    return 1 + int(np.abs(_luminance_tables() - _luminance_table(data)).sum(axis=1).argmin())


def _luminance_table(data: bytes) -> np.ndarray:
    with JpegImageFile(BytesIO(data)) as image:
        return np.asarray(image.quantization[0], np.int32)


@lru_cache(maxsize=1)
def _luminance_tables() -> np.ndarray:
    """Luminance tables of the qualities 1 to 100, int32 (100, 64), as the common encoder does."""
    tables = []
    for quality in range(1, 101):
        file = BytesIO()
        Image.new("L", (8, 8)).save(file, "JPEG", quality=quality)
        tables.append(_luminance_table(file.getvalue()))
    return np.stack(tables)
