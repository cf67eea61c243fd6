"""What one file may cost, checked against what it claims before memory or time is spent."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from xray_core.errors import RadiographError

MAX_BYTES = 64 * 2**20
"""Largest file read, in bytes; a full-size film as 16-bit PNG is about 20 MB."""
MAX_PIXELS = 24_000_000
"""Most pixels decoded; the largest digital chest films have about 18 million. At this size every
format stays below 2 s of one core and 1 GB."""
MIN_SIDE = 32
"""Shortest side in pixels that can still show lungs."""
MAX_SCANS = 100
"""Most scans of a JPEG: each costs a pass over the picture, and real files have about ten."""
MAX_TILES = 1024
"""Most tiles of a JPEG 2000 film; real ones have one, or some hundred."""
MAX_FRAMES = 1
"""Most frames or pages: which of several is meant, only the person knows."""
MAX_SECONDS = 20
"""Longest reading of one file; a backstop, since every known file takes less than 3 s."""
MAX_READERS = max(4, os.cpu_count() or 1)
"""Most files read at the same time, whoever sent them; each may take some 600 MB."""
MAX_UPLOADS = 24
"""Most films that are opened at once, and that a visit keeps; the oldest makes room."""
MAX_VISIT_BYTES = 256 * 2**20
"""Most bytes of files that a visit keeps."""
MAX_OPEN_PIXELS = 64 * 2**20
"""Most pixels of decoded films that a visit keeps; the one at hand is kept whatever it has."""

MAX_FILES = 10_000
"""Most files in one archive."""
MAX_ARCHIVE_BYTES = 64 * 2**30
"""Largest archive on disk, of which no more is read than a film at a time."""
MAX_DIRECTORY_BYTES = 4 * 2**20
"""Largest table of contents of an archive: each entry costs twenty times its size in memory."""
MAX_EXPANSION = 1100
"""Most bytes that one compressed byte may become; Deflate can reach 1,032."""

Result = TypeVar("Result")

EXPECTED = "expected a radiograph as DICOM, JPEG, PNG, TIFF, BMP or WebP"


def check_size(name: str, width: int, height: int) -> None:
    """Raise RadiographError where a film claims too few or too many pixels."""
    if min(width, height) < MIN_SIDE:
        raise RadiographError(
            f"{EXPECTED} with at least {MIN_SIDE} pixels on each side, but '{name}' has "
            f"{width} × {height}: choose the film at its full size."
        )
    if width * height > MAX_PIXELS:
        raise RadiographError(
            f"{EXPECTED} of at most {MAX_PIXELS / 1e6:.0f} million pixels, but '{name}' has "
            f"{width} × {height}: save the film smaller."
        )


def check_frames(name: str, frames: int) -> None:
    """Raise RadiographError where a file has several frames or pages."""
    if frames > MAX_FRAMES:
        raise RadiographError(
            f"{EXPECTED} of one frame, but '{name}' has {frames}: save the one that is meant."
        )


_places = threading.BoundedSemaphore(MAX_READERS)


def run_within(seconds: float, function: Callable[..., Result], *arguments: Any) -> Result:
    """Run a function, and stop waiting for it when its time is over.

    A thread cannot be ended from outside: one that was given up keeps its place among the
    MAX_READERS until it is done, so that no number of such files fills the memory.

    Parameters
    ----------
    seconds
        For the function; as long again may pass until it has a place.
    function, arguments
        Its exceptions come through.

    Raises
    ------
    TimeoutError
    """
    places = _places
    outcome: Future[Result] = Future()
    if not places.acquire(timeout=seconds):
        raise TimeoutError

    def work() -> None:
        try:
            outcome.set_result(function(*arguments))
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            places.release()

    threading.Thread(target=work, daemon=True).start()
    return outcome.result(timeout=seconds)
