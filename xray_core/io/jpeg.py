"""Which JPEG costs little, whatever it says."""

from xray_core.io.limits import MAX_PIXELS

START_OF_SCAN = b"\xff\xda"
FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive
# Tables, restarts, comments, JFIF and Adobe's mark. EXIF, profiles and the like are left out: they
# are small programs of their own.
PLAIN = (0xC4, 0xDB, 0xDD, 0xFE, 0xE0, 0xEE)
MOST_PARTS = 64
MOST_PASSES = 2 * MAX_PIXELS  # pixels times scans; films of a usual size come in up to ten


def is_simple(data: bytes) -> bool:
    """Whether a file is a JPEG of few parts and scans for its size.

    Its reading ends within a second of one core and takes at most 300 MB, whatever else is wrong.
    Nearly every film is one; what is not may be a film as good.
    """
    at, passes = 2, 0
    if not data.startswith(b"\xff\xd8\xff"):
        return False
    for _ in range(MOST_PARTS):
        head = data[at : at + 10]
        if len(head) < 10 or head[0] != 0xFF:
            return False
        kind = head[1]
        if head.startswith(START_OF_SCAN):
            return 0 < passes * data.count(START_OF_SCAN) <= MOST_PASSES
        if kind in FRAMES and not passes:
            passes = int.from_bytes(head[5:7]) * int.from_bytes(head[7:9])
            if head[4] != 8 or head[9] not in (1, 3):
                return False
        elif kind not in PLAIN:
            return False
        at += 2 + int.from_bytes(head[2:4])
    return False
