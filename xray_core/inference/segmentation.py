"""Where the lungs are."""

import cv2
import numpy as np

from xray_core.inference.litert import THREADS, LiteRtModel
from xray_core.inference.model_card import (
    LITERT_FILE,
    model_folder,
    read_card,
    read_model_file,
)
from xray_core.types import Box, Lungs

MARGIN = 1.06  # side of the view over the extent of the lungs


SMALLEST_LUNGS = 0.04  # share of the film below which a mask is noise, not lungs


SMALLEST_PART = 0.15  # of the largest part of the mask, below which a part is dropped


def find_lungs(films, segment, input_size):
    """Find the lungs of films.

    Parameters
    ----------
    films : sequence of uint8 (224, 224), see `reduce_film`
    segment : callable
        From float32 (1, input_size, input_size, 1), (grey level - 127) / 128, to lung logits
        (1, rows, columns, 1).

    Returns
    -------
    list of Lungs
    """
    size = (input_size, input_size)
    reduced = [cv2.resize(film, size, interpolation=cv2.INTER_AREA) for film in films]
    views = [(film.astype(np.float32) - 127) / 128 for film in reduced]
    logits = [segment(view[None, ..., None])[0, ..., 0] for view in views]
    return [lungs_from_mask(1 / (1 + np.exp(-np.clip(found, -30, 30)))) for found in logits]


def lungs_from_mask(probability):
    """Clean a mask and put a box around it.

    Parameters
    ----------
    probability : float, (rows, columns), in [0, 1], over the whole film

    Returns
    -------
    Lungs
        The mask keeps its largest part and every other at least 15% of its size (the two lungs);
        no box where what is left covers less than 4% of the film.
    """
    rows, columns = probability.shape
    inside = (probability > 0.5).view(np.uint8)
    parts, labels, stats, _ = cv2.connectedComponentsWithStats(inside)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if parts == 1 or areas.sum() < SMALLEST_LUNGS * rows * columns:
        return Lungs(np.zeros_like(probability, np.float32), None)
    kept = areas >= SMALLEST_PART * areas.max()
    if not kept.all():
        inside = np.append(False, kept).view(np.uint8)[labels]
    # the half-transparent rim of a kept part belongs to it
    near = cv2.dilate(inside, np.ones((3, 3), np.uint8))
    x, y, width, height = cv2.boundingRect(inside)
    left, right = x / columns, (x + width) / columns
    top, bottom = y / rows, (y + height) / rows
    grow_x, grow_y = (MARGIN - 1) / 2 * (right - left), (MARGIN - 1) / 2 * (bottom - top)
    box = Box(
        float(left - grow_x), float(top - grow_y), float(right + grow_x), float(bottom + grow_y)
    )
    return Lungs((probability * near).astype(np.float32, copy=False), box)


SEGMENTATION = "lung_fields"


def load_segmenter():
    """Load the network that finds the lungs.

    Returns
    -------
    callable
        From a film, uint8 (224, 224), see `xray_core.inference.views.reduce_film`, to Lungs.
    """
    examine = load_examiner()
    return lambda film: examine([film])[0][0]


def load_examiner(threads=THREADS):
    """Load the network that finds the lungs, with what it saw on the way.

    Returns
    -------
    callable
        From films, each uint8 (224, 224), to a list: of each film its Lungs and float32 (256,), the
        mean over the film of the encoder's stages, both from one pass.
    """
    folder = model_folder(SEGMENTATION)
    card = read_card(folder)
    network = LiteRtModel(read_model_file(folder, LITERT_FILE, card), threads)

    def examine(films):
        seen = []

        def segment(view):
            outputs = network(view)
            seen.append(outputs["features"][0])
            return outputs["lung"]

        lungs = find_lungs(films, segment, card["config"]["image_size"])
        return list(zip(lungs, seen, strict=True))

    return examine
