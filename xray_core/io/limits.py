"""What one file may cost, checked against what it claims before memory or time is spent."""

import os
import time
from io import BytesIO

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
MAX_SEGMENTS = 4096
"""Most segments of a JPEG before its picture; a long colour profile takes some hundred."""
MAX_FRAGMENTS = 10_000
"""Most fragments of a compressed picture in DICOM; most have one."""
MAX_TILES = 1024
"""Most tiles of a JPEG 2000 film; real ones have one, or some hundred."""
MAX_FRAMES = 1
"""Most frames or pages: which of several is meant, only the person knows."""
MAX_PARTS = 60_000
"""Most times a library may ask for a piece of one file: every marker, chunk, directory, element
and item costs it one at least. A film of 64 MB has some 30,000."""
MAX_VALUE_BYTES = 16 * 2**10
"""Longest value of a DICOM header; a window has some 20 bytes."""
MAX_TABLE_BYTES = 512 * 2**10
"""Longest table of grey levels in a DICOM file; 65,536 of 16 bits make a quarter of it."""
MAX_TAG_VALUES = 65_536
"""Most numbers in one directory of a TIFF or of EXIF; one for each row of a film is usual."""
MAX_TILE = 4
"""Largest tile of a TIFF, in pictures; it is held whole, and padding is usual."""
MAX_SECONDS = 20
"""Longest reading of one file; a backstop, since every known file takes less than 3 s."""
MAX_WAIT = 60
"""Longest wait, in seconds, while other films are read."""
MAX_DECODERS = max(2, os.cpu_count() or 1)
"""Most files read at the same time, whoever sent them."""
MAX_DECODER_BYTES = 768 * 2**20
"""Most memory that the reading of one file may take."""
MAX_UPLOADS = 24
"""Most films that are opened at once, and that a visit keeps; the oldest makes room."""
MAX_VISIT_BYTES = 256 * 2**20
"""Most bytes of files that a visit keeps."""
MAX_ARRIVING_BYTES = 256 * 2**20
"""Most bytes of files that are on their way to the server, or that no page has taken yet."""
MAX_SERVER_BYTES = 768 * 2**20
"""Most bytes of files and of decoded films that all visits keep together."""
MAX_SILENCE = 15 * 60
"""Seconds after which a visit without a sign of life ends."""
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


class Metered(BytesIO):
    """A file's bytes, of which a library may ask for MAX_PARTS pieces within MAX_SECONDS of
    a core: where others keep the machine busy, a film takes no more of it.

    Attributes
    ----------
    refusal
        The RadiographError that `read` has raised, since libraries call every error damage.
    """

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.refusal: RadiographError | None = None
        self._name = name
        self._parts = MAX_PARTS
        self._end = time.thread_time() + MAX_SECONDS

    def read(self, size: int | None = -1) -> bytes:
        self._parts -= 1
        if self._parts < 0:
            self.refusal = too_many(self._name, f"{MAX_PARTS:,} parts")
        elif time.thread_time() > self._end:
            self.refusal = too_slow(self._name)
        if self.refusal:
            raise self.refusal
        return super().read(size)


def too_many(name: str, most: str) -> RadiographError:
    """What to raise where a file has more of something than any film."""
    return RadiographError(
        f"{EXPECTED} of at most {most}, but '{name}' has more: export the film again as PNG."
    )


def too_slow(name: str) -> RadiographError:
    """What to raise where a file takes too long."""
    return RadiographError(
        f"{EXPECTED} that can be read within {MAX_SECONDS} s, but '{name}' takes longer: save "
        "it as PNG, or try again when this machine has less to do."
    )
