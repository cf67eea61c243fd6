"""What the film viewer in the browser needs to draw a film with its evidence by itself."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from xray_core import theme
from xray_core.io.images import encode_jpeg, encode_png, picture_address
from xray_core.saliency.overlay import COLOURS, contours, outline
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import Region
from xray_core.saliency.registry import METHODS, full_colour
from xray_core.types import WHOLE_FILM, Box, Explanation, Lungs, Radiograph

SCREEN = 2000  # no side of a picture is sent longer than this; a screen shows no more of it
LEVELS = 256  # no side of the evidence is sent longer than this; it is smooth, and so is a browser
MOST_BYTES = 0.5  # for each pixel, of a file that is sent as it is; a film of good quality has less
CONTOURS = (0.25, 0.5, 0.75)  # of the scale


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One way to see the film.

    Attributes
    ----------
    explanation
        The evidence to draw over the film, if any.
    alt
        What a person who cannot see the picture should know of it.
    """

    title: str
    radiograph: Radiograph
    explanation: Explanation | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Legend:
    """The last colour of the scale in words, and what the scale counts."""

    most: str
    means: str


def build_scene(
    pictures: Sequence[Picture],
    *,
    name: str = "",
    lungs: Lungs | None = None,
    regions: Sequence[Region] = (),
    box: Box | None = None,
    legend: Legend | None = None,
) -> dict[str, Any]:
    """Gather what the browser draws.

    Parameters
    ----------
    pictures
        One, or two films of the same size.
    name
        Another name is another film: the zoom begins anew.
    box
        What the network saw.

    Returns
    -------
    dict
        JSON; places are in the film's own pixels. All pictures share one colour scale, see
        `xray_core.saliency.registry.full_colour`.
    """
    rows, columns = pictures[0].radiograph.pixels.shape
    explanations = [one.explanation for one in pictures if one.explanation is not None]
    scale = max(map(full_colour, explanations), default=0.0)
    # the same film in two pictures is encoded once
    radiographs = {id(picture.radiograph): picture.radiograph for picture in pictures}
    films = {name: picture_address(_jpeg_for_screen(one)) for name, one in radiographs.items()}
    return {
        "name": name,
        "width": columns,
        "height": rows,
        "pictures": [
            _describe(picture, scale) | {"film": films[id(picture.radiograph)]}
            for picture in pictures
        ],
        "positive": any(one.positive and one.saliency.max() > 0 for one in explanations),
        "colours": COLOURS.tolist(),
        "lungs": _round(outline(lungs.mask, rows, columns)) if lungs else [],
        "lung_colour": theme.LUNGS,
        "regions": [
            {"number": str(region.number), "outline": curve}
            for region in regions
            for curve in _round(outline(region.mask.astype(np.float32), rows, columns))
        ],
        "region_colour": theme.VIRUS,
        "box": _rectangle(box, columns, rows) if box else None,
        "legend": asdict(legend) if legend else None,
    }


def explain_scale(explanation: Explanation, lungs: Lungs, frame: Box = WHOLE_FILM) -> Legend | None:
    """Say what the last colour stands for.

    Parameters
    ----------
    frame
        See `Look.frame`.

    Returns
    -------
    Legend or None
        Of a map with a scale for all films its end, and what this film has of it; of any other the
        share of all evidence that lies on each hundredth of the lungs' area there (of the film's,
        to a network that sees all of it). None where there is no positive evidence.
    """
    placed = saliency_on_film(explanation, LEVELS, LEVELS)
    if not explanation.positive or placed.max() <= 0:
        return None
    # the score is the mean over what the network saw: the lungs, or all of the film
    inside = cv2.resize(lungs.mask, (LEVELS, LEVELS)) > 0.5
    whole = explanation.box == frame or not inside.any()
    extent = placed.size * frame.width * frame.height if whole else inside.sum()
    area, full = "film" if whole else "lungs", METHODS[explanation.method].full
    if full is not None:
        most, mean = explanation.saliency.max(), placed.sum() / extent
        return Legend(
            f"{full:.0f}",
            f"log-odds at a place, on every film; here at most {most:.1f}, in the mean over the "
            f"{area} {mean:.2f}",
        )
    share = float(placed.max()) * extent / 100 / float(placed.sum())
    return Legend(f"{share:.1%}", f"of the evidence on each 1% of the {area}")


def _describe(picture: Picture, scale: float) -> dict[str, Any]:
    found: dict[str, Any] = {"title": picture.title, "alt": picture.alt}
    if picture.explanation is None or picture.explanation.saliency.max() <= 0:
        return found | {"level": None, "contours": [[] for _ in CONTOURS]}
    rows, columns = picture.radiograph.pixels.shape
    factor = min(1, LEVELS / max(rows, columns))
    size = max(1, round(rows * factor)), max(1, round(columns * factor))
    share = saliency_on_film(picture.explanation, *size) / scale
    level = np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)
    curves = [_round(one) for one in contours(share, rows, columns, CONTOURS)]
    return found | {"level": picture_address(encode_png(level), "png"), "contours": curves}


def _jpeg_for_screen(radiograph: Radiograph) -> bytes:
    """The film itself where a screen can take it, otherwise shrunk by a whole factor: fast."""
    pixels, jpeg = radiograph.pixels, radiograph.jpeg
    factor = math.ceil(max(pixels.shape) / SCREEN)
    if factor > 1:
        return encode_jpeg(np.asarray(Image.fromarray(pixels).reduce(factor)))
    return jpeg if jpeg and len(jpeg) <= MOST_BYTES * pixels.size else encode_jpeg(pixels)


def _round(curves: Sequence[np.ndarray]) -> list[Any]:
    return [np.round(curve, 1).tolist() for curve in curves]


def _rectangle(box: Box, columns: int, rows: int) -> list[list[float]]:
    left, right = box.left * columns, box.right * columns
    top, bottom = box.top * rows, box.bottom * rows
    return [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
