"""Where the lungs are."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from xray_core.inference.litert import THREADS, LiteRtModel
from xray_core.inference.model_card import LITERT_FILE, model_folder, read_card, read_model_file
from xray_core.types import Box, Lungs

SEGMENTATION = "lung_fields"
MARGIN = 1.06  # side of the box over the extent of the lungs
SMALLEST_LUNGS = 0.04  # share of the film below which a mask is noise, not lungs
SMALLEST_PART = 0.15  # of the largest part of the mask, below which a part is dropped


class Segmenter:
    """Finds the lungs of films; several threads may share one.

    Parameters
    ----------
    network
        From float32 (1, size, size, 1), (grey level - 127) / 128, to ``lung``, logits (1, rows,
        columns, 1), and ``features`` (1, 256), the mean over the film of the encoder's stages.
    size
        Rows and columns that the network takes.
    """

    def __init__(self, network: Callable[[np.ndarray], dict[str, np.ndarray]], size: int) -> None:
        self._network = network
        self._size = (size, size)

    def __call__(self, film: np.ndarray) -> Lungs:
        """Find the lungs of one film, uint8 (224, 224), see `inference.views.reduce_film`."""
        return self.examine(film)[0]

    def examine(self, film: np.ndarray) -> tuple[Lungs, np.ndarray]:
        """Find the lungs of one film; returns them and what the encoder saw, float32 (256,)."""
        reduced = cv2.resize(film, self._size, interpolation=cv2.INTER_AREA)
        outputs = self._network(((reduced.astype(np.float32) - 127) / 128)[None, ..., None])
        logits = np.clip(outputs["lung"][0, ..., 0], -30, 30)
        return lungs_from_mask(1 / (1 + np.exp(-logits))), outputs["features"][0]


def load_segmenter(threads: int = THREADS, home: Path | None = None) -> Segmenter:
    """Load the network that finds the lungs; ModelError where its folder is not whole."""
    folder = model_folder(SEGMENTATION, home)
    card = read_card(folder)
    network = LiteRtModel(read_model_file(folder, LITERT_FILE, card), threads)
    return Segmenter(network, card["config"]["image_size"])


def lungs_from_mask(probability: np.ndarray) -> Lungs:
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
    mask = (probability * near).astype(np.float32, copy=False)
    left, right = _extent(mask.max(axis=0))
    top, bottom = _extent(mask.max(axis=1))
    grow_x, grow_y = (MARGIN - 1) / 2 * (right - left), (MARGIN - 1) / 2 * (bottom - top)
    box = Box(
        float(left - grow_x), float(top - grow_y), float(right + grow_x), float(bottom + grow_y)
    )
    return Lungs(mask, box)


def _extent(profile: np.ndarray) -> tuple[float, float]:
    """Where a profile rises over one half and falls below it, as shares of its length.

    Between two places, not at their rims: where noise of one grey level moved a box by a whole
    place, an eightieth of the film, the score moved by up to 1.8 log-odds, now by up to 0.8.
    """
    first, last = _rise(profile), _rise(profile[::-1])
    return first / len(profile), 1 - last / len(profile)


def _rise(profile: np.ndarray) -> float:
    place = int(np.argmax(profile > 0.5))
    if place == 0:
        return 0.0
    before, at = float(profile[place - 1]), float(profile[place])
    return place - 0.5 + (0.5 - before) / (at - before)
