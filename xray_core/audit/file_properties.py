"""What can be said about a film's file without looking at a lung."""

import hashlib
import math
from functools import lru_cache
from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image

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


def measure_films(samples, progress=iter):
    """Measure the file of each film.

    Parameters
    ----------
    samples : iterable of Sample
    progress : callable
        Wraps an iterable, as `tqdm` does.

    Returns
    -------
    table : pandas.DataFrame
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


def _measure(sample):
    facts = {
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


def _thumbnail(pixels):
    small = Image.fromarray(pixels).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    values = np.asarray(small, np.float32).ravel()
    values = values - values.mean()
    length = np.linalg.norm(values)
    return values / length if length > 0 else values


def estimate_jpeg_quality(data):
    """Quality setting (1 to 100) whose luminance table is closest to the file's; nan for no JPEG.

    A file saved by software with tables of its own gets the nearest setting of the common ones.
    """
    if not data.startswith(b"\xff\xd8"):
        return math.nan
    with Image.open(BytesIO(data)) as image:
        table = np.asarray(image.quantization[0], np.int32)
    return 1 + int(np.abs(_luminance_tables() - table).sum(axis=1).argmin())


@lru_cache(maxsize=1)
def _luminance_tables():
    """Luminance tables of the qualities 1 to 100, int32 (100, 64), as the common encoder does."""
    tables = []
    for quality in range(1, 101):
        file = BytesIO()
        Image.new("L", (8, 8)).save(file, "JPEG", quality=quality)
        with Image.open(file) as image:
            tables.append(image.quantization[0])
    return np.asarray(tables, np.int32)
