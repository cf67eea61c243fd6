"""Films out of the PneumoniaMNIST archive, a NumPy ``.npz`` without names.

The arrays are ``{train,val,test}_images``, uint8 (films, rows, columns), and
``{train,val,test}_labels``, (films, 1), with 1 for pneumonia.

References
----------
Yang et al., MedMNIST v2, Scientific Data 2023.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xray_core.errors import DataError
from xray_core.io.limits import MIN_SIDE


def read_labels(archive: str | Path, split: str) -> list[int]:
    """Return the split's labels, 0 for normal and 1 for pneumonia."""
    # Opened here, because NumPy leaves the file open where it turns out to be no archive.
    with _archive_errors(archive), Path(archive).open("rb") as file:
        labels = np.load(file, allow_pickle=False)[f"{split}_labels"].ravel().tolist()
        if not set(labels) <= {0, 1}:
            raise ValueError("a label is neither 0 nor 1")
    return labels


def read_film(archive: str | Path, split: str, index: int) -> bytes:
    """Return one film as the bytes of a PNG; one of 28 px is enlarged to 56, which can be read.

    The split's array is unpacked beside the archive on first use and mapped into memory from then
    on: a compressed archive has no way to one film, and a whole split is 236 MB.
    """
    import cv2  # a fifth of a second that other sources do not need

    archive = Path(archive)
    with _archive_errors(archive):
        films = _films(archive, split, archive.stat().st_mtime_ns)
        film = films[index]
        if len(film) < MIN_SIDE:
            film = cv2.resize(film, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
        return cv2.imencode(".png", film)[1].tobytes()


@dataclass(frozen=True, slots=True)
class ArchivedFilm:
    """Where a film lies in the archive; see `xray_core.io.film_source.Content`."""

    archive: Path
    split: str
    index: int

    def read(self) -> bytes:
        """Return the film as the bytes of a PNG."""
        return read_film(self.archive, self.split, self.index)


@contextmanager
def _archive_errors(archive: str | Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile) as error:
        raise DataError(
            f"expected the PneumoniaMNIST archive, but {archive} cannot be read as that ({error}): "
            "delete it and run `python -m xray_core data fetch pneumoniamnist`."
        ) from error


@lru_cache(maxsize=3)
def _films(archive: Path, split: str, stamp: int) -> np.ndarray:
    """Map a split's films; ``stamp`` is the archive's time, so that another archive is noticed."""
    unpacked = archive.with_suffix("") / f"{split}_images.npy"
    if not unpacked.exists() or unpacked.stat().st_mtime_ns < stamp:
        _unpack(archive, unpacked)
    films = np.load(unpacked, mmap_mode="r", allow_pickle=False)
    if films.dtype != np.uint8 or films.ndim != 3:
        raise ValueError(f"expected uint8 films (films, rows, columns), got {films.dtype}")
    return films


def _unpack(archive: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive) as members, members.open(target.name) as member:
        # Under a passing name until it is whole: no interruption leaves what looks complete.
        handle, part = tempfile.mkstemp(suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(member, file, 2**20)
            Path(part).replace(target)
        finally:
            Path(part).unlink(missing_ok=True)
