"""Evidence beyond what a normal film shows at the same place."""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np

from xray_core.types import Network

NORMAL_FILE = "normal.npz"
SOFTNESS = 2.0  # log-odds over which evidence for normal fades to none
SMOOTHING = 0.03  # of the view's side; finer density is ribs and noise
# In the view's units, of two standard deviations of the grey level inside the lungs:
DENSITY_SOFTNESS = 0.1
DENSE = 0.5  # gets half of the weight, which levels off: metal counts for no more than dense lung
POWER = 5  # how sharply the weight of density sets in there
FLOOR = 0.16  # weight of what is no denser, against 1 for density
# docs/saliency.md says how these were chosen. A lower floor finds opacities better and moves the
# score less.


@dataclass(frozen=True, slots=True, eq=False)
class NormalFilms:
    """What normal films look like to a model on average.

    Attributes
    ----------
    evidence : dict of str to float32 (rows, columns)
        Mean of `signed_evidence` for each target.
    grey : float32, (side, side)
        Mean of `View.grey`.
    """

    evidence: dict[str, np.ndarray]
    grey: np.ndarray
    films: int


def load_normal(content: bytes) -> NormalFilms:
    """Read NormalFilms from the bytes of their file."""
    with np.load(BytesIO(content), allow_pickle=False) as parts:
        maps = parts["evidence"].astype(np.float32)
        evidence = dict(zip(map(str, parts["targets"]), maps, strict=True))
        return NormalFilms(evidence, parts["view"].astype(np.float32), int(parts["films"]))


def replacement(classifier: Network) -> np.ndarray:
    """What stands for normal lung where a view is changed: float32 (side, side).

    The mean normal film, or where there is none, the lungs' own mean, which is 0.
    """
    if classifier.normal is not None:
        return classifier.normal.grey
    return np.zeros((classifier.card.image_size,) * 2, np.float32)


def beyond_normal(evidence: np.ndarray, denser: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Locate what speaks for a target beyond what a normal film says at the same place.

    Two things are asked of a place, each compared with the mean normal film: how much more it
    speaks for the target to the network (on the network's own coarse places), and how much denser
    it is (at the view's resolution). The density only says where within a coarse place the
    evidence lies: their product is scaled so that the total stays the network's own. The first
    comparison takes away that the network expects some places to speak for normal more than
    others. Both are softened at zero, so that a film that looks normal still ranks its places.

    Parameters
    ----------
    evidence : float32, (rows, columns)
        `signed_evidence` less that of the mean normal film.
    denser : float32, (side, side)
        `View.grey`, less that of the mean normal film.
    inside : float32, (side, side), in [0, 1]
        `View.inside`.

    Returns
    -------
    float32, (side, side), >= 0
        In units of the log-odds; zero outside the lungs.
    """
    beyond = soften(evidence, SOFTNESS)
    side = len(inside)
    evidence = cv2.resize(beyond.astype(np.float32), (side, side)) * inside
    denser = soften(cv2.GaussianBlur(denser, (0, 0), SMOOTHING * side), DENSITY_SOFTNESS)
    dense = (denser / DENSE) ** POWER
    located = evidence * (FLOOR + dense / (1 + dense))
    if located.sum() <= 0:
        return np.zeros((side, side), np.float32)
    return (located * (evidence.sum() / located.sum())).astype(np.float32)


def soften(values: np.ndarray, softness: float) -> np.ndarray:
    """Cut off what is below 0, fading out instead of at once: never 0, and never out of order.

    ``softness * logaddexp(0, values / softness)``, which needs 0.3 ms (5% of a film) more.
    """
    scaled = values / softness
    return softness * (np.maximum(scaled, 0) + np.log1p(np.exp(-np.abs(scaled))))
