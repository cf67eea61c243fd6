"""What one file may cost, checked against what it claims before memory or time is spent."""

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

EXPECTED = "expected a radiograph as DICOM, JPEG, PNG, TIFF, BMP or WebP"


def check_size(name, width, height):
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


def check_frames(name, frames):
    """Raise RadiographError where a file has several frames or pages."""
    if frames > MAX_FRAMES:
        raise RadiographError(
            f"{EXPECTED} of one frame, but '{name}' has {frames}: save the one that is meant."
        )
