"""Evidence beyond what a normal film shows at the same place: the default map."""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np

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
    view : float32, (side, side)
        Mean of the first channel of `xray_core.inference.views.lung_view`.
    films : int
    network : str
        SHA-256 of the network that was asked.
    """

    evidence: np.ndarray
    view: np.ndarray
    films: int
    network: str


def load_normal(path, network):
    """Read NormalFilms.

    Returns
    -------
    NormalFilms, or None where there is no such file or it was made with another network.
    """
    if not path.is_file():
        return None
    with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as parts:
        if str(parts["network"]) != network:
            return None
        maps = parts["evidence"].astype(np.float32)
        evidence = dict(zip(map(str, parts["targets"]), maps, strict=True))
        return NormalFilms(evidence, parts["view"].astype(np.float32), int(parts["films"]), network)


def beyond_normal(evidence, denser, inside):
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
        First channel of `xray_core.inference.views.lung_view`, less that of the mean normal film.
    inside : float32, (side, side), in [0, 1]
        Its second channel.

    Returns
    -------
    float32, (side, side), >= 0
        In units of the log-odds; zero outside the lungs.
    """
    beyond = _soften(evidence, SOFTNESS)
    side = len(inside)
    evidence = cv2.resize(beyond.astype(np.float32), (side, side)) * inside
    denser = _soften(cv2.GaussianBlur(denser, (0, 0), SMOOTHING * side), DENSITY_SOFTNESS)
    dense = (denser / DENSE) ** POWER
    located = evidence * (FLOOR + dense / (1 + dense))
    if located.sum() <= 0:
        return np.zeros((side, side), np.float32)
    return (located * (evidence.sum() / located.sum())).astype(np.float32)


def _soften(values, softness):
    """``softness * logaddexp(0, values / softness)``, which takes seven times as long."""
    scaled = values / softness
    return softness * (np.maximum(scaled, 0) + np.log1p(np.exp(-np.abs(scaled))))
