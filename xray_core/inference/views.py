"""What a network is shown of a film; decided here once, for training and for answering.

On this data everything outside the chest gives the label away without being disease: borders,
markers, tone, the film's shape. None of it carries over to another hospital. So the classifier
sees a square onto which the lungs' bounding box is stretched (the film's own aspect ratio is gone,
which also makes a squeezed copy of a film the same to the network), what lies outside the hull of
the lungs is filled with the mean of the inside, and the inside is normalised band by band.
"""

import cv2
import numpy as np
from PIL import Image

from xray_core.inference.bands import REFERENCE, energies, normalise_bands, split_bands
from xray_core.types import WHOLE_FILM, Box, Look, Lungs, View

FIELDS = ("lungs", "film")
"""Fields of view: the lungs and nothing else, or the whole film."""
FILM_SIZE = 224  # every film is first reduced to this square, the size the training films have
REDUCING_GAP = 3.0  # a film more than this many times the square is first reduced by a whole factor
DETAIL = 176
"""Every film shows the lungs' view no finer detail than a square of so many pixels has.

Squeezed and small copies of a film have less detail than the film, and what a network makes of its
absence is no finding. The film is brought to this square in one step: by way of the square of
FILM_SIZE, as it was before, copies squeezed by a fifth moved 95 in 100 scores of 100 films by up to
0.7 (across) and 1.6 (down), now, with the same network, 0.2 and 0.3.
"""
KEPT = 2 * FILM_SIZE
"""Longest side of a film that is kept as it is; a larger one is reduced to FILM_SIZE first.

So were most films that the network learned from before they were published: kept at full size, 13
films without bars moved by up to 0.8 from their copies of 224 pixels, so by nothing.
"""
RIM = 0.03  # how far a view's mask is widened, as a share of its side, so that its edge is not lost


def reduce_film(pixels: np.ndarray) -> np.ndarray:
    """Reduce a film to the square every network starts from.

    Parameters
    ----------
    pixels : uint8, (rows, columns)

    Returns
    -------
    uint8, (224, 224)
        Antialiased; the aspect ratio is not kept.
    """
    if pixels.shape == (FILM_SIZE, FILM_SIZE):
        return pixels
    return _resize(pixels, FILM_SIZE)


def keep_film(pixels: np.ndarray) -> np.ndarray:
    """A film of any size as what it shows is told by: itself, or reduced where it is large.

    Parameters
    ----------
    pixels : uint8, (rows, columns)

    Returns
    -------
    uint8, (rows, columns)
        Of no more than KEPT pixels a side.
    """
    return pixels if max(pixels.shape) <= KEPT else reduce_film(pixels)


def _detail(film: np.ndarray) -> np.ndarray:
    """What of a film the lungs are cut from, float32 (DETAIL, DETAIL).

    Where one axis has less than that to show, the other shows no more: a network takes detail along
    one axis only for something it is not.
    """
    shortest = min(film.shape)
    if shortest < min(DETAIL, max(film.shape)):
        film = _resize(film, shortest)
    return _resize(film, DETAIL).astype(np.float32)


def _resize(pixels: np.ndarray, side: int) -> np.ndarray:
    rows, columns = pixels.shape
    box = (0.0, 0.0, float(columns), float(rows))
    if int(rows / side / REDUCING_GAP) == 2 == int(columns / side / REDUCING_GAP):
        # the very numbers of Pillow's own reduction by two, which takes a millisecond longer
        even = cv2.copyMakeBorder(pixels, 0, rows % 2, 0, columns % 2, cv2.BORDER_REPLICATE)
        pixels = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        box = (0.0, 0.0, columns / 2, rows / 2)
    square = Image.fromarray(pixels).resize(
        (side, side), Image.Resampling.BILINEAR, box, reducing_gap=REDUCING_GAP
    )
    return np.asarray(square)


def view_film(
    film: np.ndarray,
    lungs: Lungs | None,
    field: str,
    size: int,
    warp: np.ndarray | None = None,
    rim: float = RIM,
    gains: np.ndarray | None = None,
) -> View:
    """Show a film to a network.

    Parameters
    ----------
    film : uint8, (rows, columns), see `keep_film`
    lungs
        Where none were found, or looked for, the whole film is shown.
    field
        One of FIELDS.
    size
        Rows and columns of the view.
    warp : float, (2, 3), optional
        Jitter for training, from view to view, both 0 to 1.
    rim
        See RIM.
    gains
        Jitter for training, see `xray_core.inference.bands.normalise_bands`.
    """
    if field == "lungs" and lungs is not None and lungs.box is not None:
        return View(_chest_pixels(film, lungs, lungs.box, size, warp, rim, gains), lungs.box)
    return View(_film_pixels(film, size, warp), WHOLE_FILM)


def _chest_pixels(
    film: np.ndarray,
    lungs: Lungs,
    box: Box,
    size: int,
    warp: np.ndarray | None,
    rim: float,
    gains: np.ndarray | None,
) -> np.ndarray:
    """Half of the grey level inside the chest (0, its mean, outside), its bands normalised."""
    inside = cut(hull(lungs.mask), box, size, warp, beyond=0)
    reach = max(1, round(rim * size))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inside = cv2.GaussianBlur(cv2.dilate(inside, kernel), (0, 0), reach / 2)
    grey = cut(_detail(film), box, size, warp)
    standard = np.clip(normalise_bands(grey, inside, gains), -4, 4)
    return cv2.merge((inside * standard / 2, inside))


def relative_bands(film: np.ndarray, look: Look) -> list[float] | None:
    """How strongly a film draws each width of detail inside the chest, against normal films.

    Parameters
    ----------
    film : uint8, (rows, columns)
        The one that the look was taken of, see `xray_core.inference.trim.frame_film`.

    Returns
    -------
    list of float, or None
        Energy of each band of `xray_core.inference.bands`, finest first, over its REFERENCE, where
        the whole is brought to the reference's; 1 is like the films the network learned from. None
        where no lungs were found.
    """
    if look.lungs.box is None:
        return None
    box = look.view.box if look.frame == WHOLE_FILM else look.view.box.on(look.frame.inverse())
    grey = cut(_detail(film), box, look.view.side)
    found = energies(split_bands(grey, look.view.inside), look.view.inside)
    reference = np.array(REFERENCE)
    whole = np.sqrt(np.square(reference).sum() / max(np.square(found).sum(), 1e-9))
    return [round(float(x), 4) for x in found * whole / reference]


def hull(mask: np.ndarray) -> np.ndarray:
    """The convex hull of a lung mask and its mirror image: what the mask cuts out is back in it.

    A segmentation leaves consolidated lung out, and would so hide the finding and tell it by the
    outline. Of the area that radiologists framed in 418 adults' films, 84% lies inside the mask and
    96% inside this hull (99% with its rim).

    Parameters
    ----------
    mask : float32, (rows, columns), in [0, 1]

    Returns
    -------
    float32, (rows, columns), 0 or 1
    """
    inside = (mask > 0.5).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(inside)
    part = inside[y : y + height, x : x + width]
    inside[y : y + height, x : x + width] = part | part[:, ::-1]
    points = cv2.convexHull(cv2.findNonZero(inside))
    return cv2.fillConvexPoly(np.zeros_like(inside), points, 1).astype(np.float32)


def _film_pixels(film: np.ndarray, size: int, warp: np.ndarray | None) -> np.ndarray:
    """(grey level - 127) / 128, and 1: everything is inside."""
    grey = (cut(reduce_film(film).astype(np.float32), WHOLE_FILM, size, warp) - 127) / 128
    return np.stack([grey, np.ones_like(grey)], -1)


def cut(
    image: np.ndarray,
    box: Box,
    size: int,
    warp: np.ndarray | None = None,
    beyond: float | None = None,
) -> np.ndarray:
    """Resample a part of an image to a square.

    Parameters
    ----------
    image : float32, (rows, columns)
    warp : float, (2, 3), optional
        Jitter from target to target, both 0 to 1.
    beyond
        Value beyond the image's edge; by default the edge is repeated.

    Returns
    -------
    float32, (size, size)
    """
    rows, columns = image.shape
    target_to_image = np.array([[box.width, 0, box.left], [0, box.height, box.top], [0, 0, 1]])
    if warp is not None:
        target_to_image = target_to_image @ np.vstack([warp, [0, 0, 1]])
    # array index i has its centre at (i + 0.5) / n
    to_unit = np.array([[1 / size, 0, 0.5 / size], [0, 1 / size, 0.5 / size], [0, 0, 1]])
    to_index = np.array([[columns, 0, -0.5], [0, rows, -0.5], [0, 0, 1]])
    matrix = (to_index @ target_to_image @ to_unit)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    mode = cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT
    return cv2.warpAffine(
        image, matrix, (size, size), flags=flags, borderMode=mode, borderValue=beyond or 0
    )
