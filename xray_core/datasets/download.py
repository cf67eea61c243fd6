"""Fetching films to the data home.

Nothing here runs unasked: `make app` fetches the sample films at set-up, everything else is a
command or a button. A file appears under its final name only when it is whole and verified.
"""

import hashlib
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xray_core.datasets.catalogue import (
    kaggle_pointer,
    open_folder,
    pneumoniamnist_archive,
    samples_home,
)
from xray_core.datasets.kermany import load_sample_table
from xray_core.datasets.packages import fetch_package
from xray_core.errors import DataError

# A package that happens to carry the 16 published validation films at full size; each film is
# checked against its published content.
SAMPLES_PACKAGE = "pneumonia-model-package==0.3.0"

PNEUMONIAMNIST_FILES = "https://zenodo.org/records/10519652/files"
PNEUMONIAMNIST_MD5 = {
    28: "28209eda62fecd6e6a2d98b1501bb15f",
    64: "8f4eceb4ccffa70c672198ea285246c6",
    128: "05b46931834c231683c68f40c47b2971",
    224: "d6a3c71de1b945ea11211b03746c1fe1",
}
"""Of the archive with films of so many pixels a side."""

KAGGLE_HANDLE = "paultimothymooney/chest-xray-pneumonia"

RETRIES = 2
STALE_SECONDS = 600
"""Age from which on an unfinished download belongs to a process that died."""


def fetch_samples() -> Path:
    """Fetch the 16 sample films (83 MB, of which 3 MB are kept); instant where they are here.

    Returns their folder, in the layout of `open_folder`.

    Raises
    ------
    DataError
        Where the package index cannot be reached, a film is not the published one, or the disk
        cannot be written.
    """
    missing = [row for row in load_sample_table() if not is_sample_intact(row)]
    if missing:
        with tempfile.TemporaryDirectory() as folder:
            try:
                archive = fetch_package(SAMPLES_PACKAGE, folder)
            except OSError as error:
                raise DataError(
                    f"The sample films come in the package {SAMPLES_PACKAGE}, which pip could not "
                    f"download ({error}): connect to the internet and run `python -m xray_core "
                    "data samples`, or set XRAY_DATA to a folder of your own films."
                ) from error
            _extract_samples(archive, missing)
    return samples_home()


def sample_path(row: Mapping[str, str]) -> Path:
    """Where the sample film of one row of `load_sample_table` lives."""
    return samples_home() / "val" / row["label"] / row["name"]


def is_sample_intact(row: Mapping[str, str]) -> bool:
    """Whether that film is here and has the published content."""
    try:
        return hashlib.sha256(sample_path(row).read_bytes()).hexdigest() == row["sha256"]
    except OSError:
        return False


def _extract_samples(archive: Path, rows: Iterable[Mapping[str, str]]) -> None:
    import pooch

    def take(name: str, part: str, _: object) -> None:
        Path(part).write_bytes(members.read(paths[name]))

    try:
        with zipfile.ZipFile(archive) as members:
            paths = {Path(name).name: name for name in members.namelist()}
            for row in rows:
                folder = sample_path(row).parent
                pooch.retrieve(row["name"], row["sha256"], row["name"], folder, downloader=take)
                sample_path(row).chmod(0o644)  # pooch's file is for its owner alone, who fetched it
    except ValueError as error:  # pooch's word for a checksum that differs
        raise DataError(
            f"expected the published film {row['name']}, but the one in {SAMPLES_PACKAGE} differs "
            "and was not kept: try again, and report it if it stays so."
        ) from error
    except (KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"expected 16 films in {SAMPLES_PACKAGE}, but it does not hold them ({error}): try "
            "again."
        ) from error
    except OSError as error:
        raise _not_written(samples_home(), error) from error


def _not_written(folder: Path, error: OSError) -> DataError:
    return DataError(
        f"expected to write films to {folder}, but that failed ({error.strerror or error}): free "
        "some space, or set XRAY_HOME to a folder you may write to."
    )


def fetch_pneumoniamnist(
    progress: Callable[[int, int], object] | None = None,
    size: int = 224,
    *,
    url: str = "",
    md5: str = "",
) -> Path:
    """Fetch PneumoniaMNIST (at 224 px 214 MB, at 28 px 4); instant where it is here and intact.

    A broken connection is tried again from the start, RETRIES times.

    Parameters
    ----------
    progress
        Called with the bytes received so far and the bytes expected.
    size
        Pixels of a side, one of PNEUMONIAMNIST_MD5.
    url, md5
        Where it lies and what it must contain; by default what is published.

    Raises
    ------
    DataError
        Where it cannot be reached, arrives damaged or cannot be written.

    References
    ----------
    Yang et al., MedMNIST v2, Scientific Data 2023; Zenodo record 10519652.
    """
    import pooch  # brings requests along, which only a download needs

    def download(url: str, part: str, store: Any) -> None:
        bar = _ByteCounter(progress) if progress else False  # every attempt begins at 0
        pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=30)(url, part, store)

    pooch.get_logger().setLevel("WARNING")
    archive = pneumoniamnist_archive(size)
    url = url or f"{PNEUMONIAMNIST_FILES}/{archive.name}?download=1"
    md5 = md5 or PNEUMONIAMNIST_MD5[size]
    _sweep(archive.parent)
    store = pooch.create(
        archive.parent,
        base_url="",
        registry={archive.name: f"md5:{md5}"},
        urls={archive.name: url},
        retry_if_failed=RETRIES,
    )
    again = f"try again, or download it with a browser from Zenodo record 10519652 to {archive}"
    try:
        return Path(store.fetch(archive.name, downloader=download))
    except ValueError as error:  # pooch's word for a checksum that differs
        raise DataError(
            f"PneumoniaMNIST arrived damaged (its checksum is not the published one) and nothing "
            f"was kept: {again}."
        ) from error
    except OSError as error:  # requests' errors are OSErrors too
        raise DataError(
            f"PneumoniaMNIST could not be downloaded ({_reason(error)}): {again}."
        ) from error


def _reason(error: Exception) -> str:
    """Why a download failed, short enough for a sentence."""
    import requests  # what pooch and kagglehub ask with

    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke"
    if isinstance(error, requests.exceptions.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the server cannot be reached"
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0] if len(lines[0]) <= 160 else f"{lines[0][:160]}…"


def _sweep(folder: Path) -> None:
    """Remove what downloads left behind that were killed; a living one writes all the time."""
    for part in folder.glob("tmp*"):
        with suppress(OSError):  # it may become a whole file under another name meanwhile
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()


class _ByteCounter:
    """What pooch takes for a progress bar, reporting to a function."""

    def __init__(self, report: Callable[[int, int], object]) -> None:
        self._report = report
        self.total = self._done = 0

    def update(self, count: int) -> None:
        self._done = min(self._done + count, self.total)  # pooch counts in whole chunks
        self._report(self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def fetch_kaggle() -> Path:
    """Fetch the full-size data set from Kaggle (1.2 GB) with the user's access.

    It stays where `kagglehub` keeps its downloads; the data home only remembers the folder.

    Raises
    ------
    DataError
        Where `kagglehub` is not installed, Kaggle gives no access, or what came is laid out
        otherwise.
    """
    try:
        import kagglehub  # optional: only this source needs it
    except ImportError as error:
        raise DataError(
            "The full-size data set comes through the package kagglehub, which is not installed: "
            "run `python -m pip install kagglehub` and try again."
        ) from error
    try:
        folder = Path(kagglehub.dataset_download(KAGGLE_HANDLE))
    except Exception as error:  # kagglehub documents no common base of its errors
        raise DataError(
            f"Kaggle did not give out {KAGGLE_HANDLE} ({_reason(error)}): sign in with "
            "`python -c 'import kagglehub; kagglehub.login()'` and try again, or download it with "
            "a browser, unpack it and set XRAY_DATA to its folder."
        ) from error
    open_folder(folder)
    try:
        kaggle_pointer().parent.mkdir(parents=True, exist_ok=True)
        kaggle_pointer().write_text(str(folder), encoding="utf-8")
    except OSError as error:
        raise _not_written(kaggle_pointer().parent, error) from error
    return folder
