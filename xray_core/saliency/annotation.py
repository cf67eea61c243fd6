"""The overlay as a still picture: evidence, with its regions outlined and numbered, or small."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL.ImageColor import getrgb

from xray_core import theme
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.saliency.overlay import draw_overlay, outline
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import Region
from xray_core.saliency.registry import full_colour
from xray_core.types import Analysis, Explanation

SMALL_SIDE = 480  # no side of a small picture is longer


def annotate(
    analysis: Analysis,
    regions: Sequence[Region] = (),
    alpha: float = 0.5,
    longest_side: int | None = None,
) -> np.ndarray:
    """Draw an analysis over its film.

    Parameters
    ----------
    regions
        Outlined and numbered; none by default.
    alpha : in [0, 1]
        See `xray_core.saliency.overlay.draw_overlay`.
    longest_side
        Shrinks the picture to this, in pixels; the film's own size by default.

    Returns
    -------
    uint8, (rows, columns, 3)
        RGB; the bare film where no place speaks for the target, or it was refused.
    """
    film = analysis.radiograph.pixels
    film = fit_within(film, longest_side) if longest_side else film
    alpha *= analysis.explanation.positive and not analysis.prediction.refused
    explanation = analysis.explanation
    placed = saliency_on_film(explanation, *film.shape)
    picture = draw_overlay(film, placed, alpha, full_colour(explanation))
    for region in regions:
        _outline(picture, region)
    return picture


def small_overlay(film: np.ndarray, explanation: Explanation, scale: float | None = None) -> bytes:
    """Draw evidence over a small copy of a film, as JPEG.

    Parameters
    ----------
    film : uint8, (rows, columns)
    scale
        Evidence that gets the last colour; by default `full_colour`.
    """
    film = fit_within(film, SMALL_SIDE)
    placed = saliency_on_film(explanation, *film.shape)
    scale = full_colour(explanation) if scale is None else scale
    return encode_jpeg(draw_overlay(film, placed, 0.5 * explanation.positive, scale))


def _outline(picture: np.ndarray, region: Region) -> None:
    height, width = picture.shape[:2]
    thickness = max(1, round(max(height, width) / 500))
    colour = getrgb(theme.VIRUS)
    for curve in outline(region.mask.astype(np.float32), height, width):
        points = np.rint(curve).astype(np.int32)
        cv2.polylines(picture, [points], True, colour, thickness, cv2.LINE_AA)
        place = tuple(map(int, (points[:, 0].min(), max(points[:, 1].min() - 4, 24 * thickness))))
        font = cv2.FONT_HERSHEY_SIMPLEX
        # black below white reads on every film
        for ink, width_of_line in (((0, 0, 0), 4 * thickness), ((255, 255, 255), 2 * thickness)):
            cv2.putText(
                *(picture, str(region.number), place, font, 0.7 * thickness, ink, width_of_line),
                cv2.LINE_AA,
            )
