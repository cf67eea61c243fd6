"""Which part of a picture is film: bars, frames and a collimator's dark border are cut off.

Data sets and phones set films into squares, viewers put bars and captions around them, and a
collimator leaves a dark border. Each would squeeze what the networks see. The same film with and
without them must come to the same frame, so black is cut off beside a body, too: where a film is
black up to its edge, a black bar cannot be told from it.
"""

import cv2
import numpy as np

from xray_core.inference.views import cut, keep_film
from xray_core.types import WHOLE_FILM, Box, Lungs

COARSE = 256  # pictures of twice as many pixels a side, or more, are judged on a reduced copy
BLACK = 12  # grey levels up to which a pixel is no film: bars, saved as JPEG, have so much noise
EVEN = (
    2  # grey levels from its middle one within which a bar's outermost line lies: film never does
)
MOSTLY = 0.9  # of that line; the rest may be a caption or a line across
ALIKE = 8  # grey levels from a bar's own up to which a pixel belongs to it
FILLED = 0.2  # share of the fullest line's film above which a line is film, not a caption or dust
PART = 0.08  # of a side: lines of film apart from the rest, and fewer, are captions and frame lines
LEAST = 0.25  # of a side that stays; where less would, nothing is cut off
MARGIN = 8  # pixels of the reduced copy around a film that was found in single pixels
PASSES = 4  # a white frame around a grey bar around a black one needs three


def frame_film(pixels: np.ndarray) -> tuple[np.ndarray, Box]:
    """Cut a picture to its film, and reduce that where it is large.

    Parameters
    ----------
    pixels : uint8, (rows, columns)

    Returns
    -------
    film : uint8, (rows, columns), see `xray_core.inference.views.keep_film`
    frame
        The part of the picture that it shows, see `find_frame`.
    """
    frame = find_frame(pixels)
    return keep_film(crop(pixels, frame)), frame


def crop(pixels: np.ndarray, frame: Box) -> np.ndarray:
    """The pixels of a picture within a frame, (rows, columns)."""
    rows, columns = pixels.shape
    return pixels[
        round(frame.top * rows) : round(frame.bottom * rows),
        round(frame.left * columns) : round(frame.right * columns),
    ]


def lungs_on_picture(lungs: Lungs, frame: Box) -> Lungs:
    """Put the lungs that were found in a film on the whole picture, at the same resolution."""
    side = round(len(lungs.mask) / min(frame.width, frame.height))
    mask = cut(lungs.mask, frame.inverse(), side, beyond=0)
    return Lungs(mask, lungs.box.on(frame) if lungs.box else None)


def find_frame(pixels: np.ndarray) -> Box:
    """Find the part of a picture that is film.

    Parameters
    ----------
    pixels : uint8, (rows, columns)

    Returns
    -------
    Box
        Without even bars of any grey level, which may hold captions and lines, and without black
        borders. `WHOLE_FILM` where there are none, or where less than `LEAST` of a side would stay.
    """
    rows, columns = pixels.shape
    factor = _coarseness(rows, columns)
    rough = _find(np.ascontiguousarray(pixels[::factor, ::factor]))
    down, across = (
        (low * factor, min(high * factor, length))
        for (low, high), length in zip(rough, pixels.shape, strict=True)
    )
    if factor > 1:
        down, across = _find_again(pixels, down, across)
    if down[1] - down[0] < LEAST * rows or across[1] - across[0] < LEAST * columns:
        return WHOLE_FILM
    return Box(across[0] / columns, down[0] / rows, across[1] / columns, down[1] / rows)


Span = tuple[int, int]
"""The first line, and the one after the last."""


def _coarseness(rows: int, columns: int) -> int:
    return max(1, max(rows, columns) // COARSE)


def _find(picture: np.ndarray) -> tuple[Span, Span]:
    """Rows and columns of a small picture that are film."""
    top, bottom, left, right = 0, picture.shape[0], 0, picture.shape[1]
    for _ in range(PASSES):
        was = top, bottom, left, right
        part = picture[top:bottom, left:right]
        down, across = _within_bars(part)
        top, bottom, left, right = top + down[0], top + down[1], left + across[0], left + across[1]
        part = picture[top:bottom, left:right]
        down, across = _filled(cv2.threshold(part, BLACK, 1, cv2.THRESH_BINARY)[1])
        top, bottom, left, right = top + down[0], top + down[1], left + across[0], left + across[1]
        if (top, bottom, left, right) == was:
            break
    return (top, bottom), (left, right)


def _find_again(pixels: np.ndarray, down: Span, across: Span) -> tuple[Span, Span]:
    """Find the film to the pixel where it is roughly known, on averages instead of single pixels.

    How coarse they are depends on the film, not on what is around it: noise is as much averaged,
    and a film that fades into black ends where it does without bars.
    """
    factor = _coarseness(down[1] - down[0], across[1] - across[0])
    margin = MARGIN * factor
    top, left = max(0, down[0] - margin), max(0, across[0] - margin)
    part = pixels[top : down[1] + margin, left : across[1] + margin]
    size = max(1, part.shape[1] // factor), max(1, part.shape[0] // factor)
    whole = part[: size[1] * factor, : size[0] * factor]
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    found = [
        (low * factor, length if high == few else high * factor)
        for (low, high), few, length in zip(_find(small), small.shape, part.shape, strict=True)
    ]
    down = _refine(part[:, slice(*found[1])], found[0], factor)
    across = _refine(part[slice(*down)].T, found[1], factor)
    return (top + down[0], top + down[1]), (left + across[0], left + across[1])


def _within_bars(part: np.ndarray) -> tuple[Span, Span]:
    """Rows and columns of a picture that lie between even bars."""
    rows, columns = part.shape
    top, bottom, left, right = 0, rows, 0, columns
    if bar := _film_beside(part, part[0]):
        top = bar[0][0]
    if bar := _film_beside(part, part[-1]):
        bottom = bar[0][1]
    if bar := _film_beside(part, part[:, 0]):
        left = bar[1][0]
    if bar := _film_beside(part, part[:, -1]):
        right = bar[1][1]
    return (
        (top, bottom) if top < bottom else (0, rows),
        (left, right) if left < right else (0, columns),
    )


def _film_beside(part: np.ndarray, edge: np.ndarray) -> tuple[Span, Span] | None:
    """Rows and columns that hold something else than a bar; None where the edge is not one's."""
    line = np.sort(edge)
    level = line[len(line) // 2]
    first, stop = np.searchsorted(line, (int(level) - EVEN, int(level) + EVEN + 1))
    if stop - first < MOSTLY * len(line):
        return None
    away = cv2.absdiff(part, np.full_like(part, level))
    return _filled(cv2.threshold(away, ALIKE, 1, cv2.THRESH_BINARY)[1])


def _filled(film: np.ndarray) -> tuple[Span, Span]:
    """Rows and columns from the first to the last that hold film, uint8 (rows, columns), 0 or 1."""
    rows, columns = (cv2.reduce(film, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S) for axis in (1, 0))
    return _extent(rows.ravel()), _extent(columns.ravel())


def _extent(counts: np.ndarray) -> Span:
    """From the first to the last line that holds film; all lines where none does.

    Parameters
    ----------
    counts : int, (lines,)
        Of pixels of film in each line.
    """
    most = counts.max()
    if most == 0:
        return 0, len(counts)
    filled = np.concatenate([[False], counts >= FILLED * most, [False]])
    changes = np.flatnonzero(filled[1:] != filled[:-1])
    starts, stops = changes[::2], changes[1::2]
    lengths = stops - starts
    parts = np.flatnonzero(lengths >= min(PART * len(counts), lengths.max()))
    return int(starts[parts[0]]), int(stops[parts[-1]])


def _refine(pixels: np.ndarray, rows: Span, reach: int) -> Span:
    """Rows to the very row, where they are known to within a reach."""
    first, stop = rows
    if first > 0:
        start = max(0, first - reach)
        first = start + _bar(pixels[start : first + reach], reach)
    if stop < len(pixels):
        end = min(len(pixels), stop + reach)
        stop = end - _bar(pixels[stop - reach : end][::-1], reach)
    return first, stop


def _bar(rows: np.ndarray, reach: int) -> int:
    """How many of a few rows, which begin in a bar and end in the film, are the bar's."""
    # averaged along the row, or the film's noise would decide
    size = max(1, rows.shape[1] // (4 * reach)), len(rows)
    rows = cv2.resize(np.ascontiguousarray(rows), size, interpolation=cv2.INTER_AREA)
    level = np.sort(rows[0])[size[0] // 2]
    film = rows > BLACK if level <= BLACK else cv2.absdiff(rows, np.full_like(rows, level)) > ALIKE
    counts = np.count_nonzero(film, axis=1)
    bar = np.flatnonzero(counts < FILLED * counts.max())
    return int(bar[-1]) + 1 if len(bar) else 0
