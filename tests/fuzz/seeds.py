"""One small valid film of every format, for fuzzing."""

import zipfile
from io import BytesIO

import numpy as np
from pydicom.data.data_manager import DATA_ROOT

from tests.io.test_dicom import write_dicom
from tests.io.test_radiograph import FILM, encode, encode_deep
from tests.io.test_raster import encode_tiff

PUBLISHED = ("MR_small_jpeg_ls_lossless", "MR_small_jp2klossless", "JPGExtended", "MR_small_RLE")


def make_seeds():
    """Valid films as bytes, by name."""
    deep = FILM.astype(np.uint16) * 16
    seeds = {
        "jpeg": encode(FILM, "JPEG"),
        "progressive jpeg": encode(FILM, "JPEG", progressive=True),
        "cmyk jpeg": encode(FILM, "JPEG", "CMYK"),
        "png": encode(FILM, "PNG"),
        "palette png": encode(FILM, "PNG", "P"),
        "deep png": encode_deep(deep),
        "deep colour png": encode_deep(np.dstack([deep] * 3)),
        "tiff": encode_tiff(FILM),
        "lzw tiff": encode_tiff(FILM, compression="tiff_lzw"),
        "deep tiff": encode_tiff(deep),
        "bmp": encode(FILM, "BMP"),
        "webp": encode(FILM, "WEBP"),
        "dicom": write_dicom(),
        "bare dicom": write_dicom(bare=True),
    }
    for name in PUBLISHED:
        with open(f"{DATA_ROOT}/test_files/{name}.dcm", "rb") as file:
            seeds[name] = file.read()
    return seeds


def make_archive():
    """A ZIP archive of two films and a nested archive, as bytes."""
    inner, outer = BytesIO(), BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.png", encode(FILM, "PNG"))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/film.png", encode(FILM, "PNG"))
        archive.writestr("film.bmp", encode(FILM, "BMP"))
        archive.writestr("inner.zip", inner.getvalue())
    return outer.getvalue()
