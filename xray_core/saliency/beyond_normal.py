"""Evidence beyond what a normal film shows at the same place: the default map."""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np

from xray_core.saliency.grad_cam import signed_evidence

NORMAL_FILE = "normal.npz"
SOFTNESS = 3.0  # log-odds over which evidence for normal fades to none
DENSITY_SOFTNESS = 0.3  # half standard deviations of the grey level inside the lungs
SMOOTHING = 3 / 64  # of the view's side; finer density is ribs and noise
# All three were chosen on validation films: less softness finds inserted opacities better, more
# makes a map whose deletion moves the score more.


@dataclass(frozen=True, slots=True, eq=False)
class NormalFilms:
    """What normal films look like to a model on average.

    Attributes
    ----------
    evidence : float32, (rows, columns)
        Mean of `signed_evidence`.
    view : float32, (side, side)
        Mean of the first channel of `xray_core.lungs.lung_view`.
    films : int
    network : str
        SHA-256 of the network that was asked.
    """

    evidence: np.ndarray
    view: np.ndarray
    films: int
    network: str


def average_normal(evidence, views, network):
    """Average normal films that the network has learned from, none of which it is measured on.

    Parameters
    ----------
    evidence : sequence of float32 (rows, columns)
    views : sequence of float32 (side, side)
    network : str

    Returns
    -------
    NormalFilms
    """
    mean = [np.mean(maps, axis=0, dtype=np.float64) for maps in (evidence, views)]
    # half precision: the file is a part of the repository
    return NormalFilms(
        *(part.astype(np.float16).astype(np.float32) for part in mean), len(views), network
    )


def save_normal(normal, path):
    """Write NormalFilms to a file of about 25 kB."""
    np.savez_compressed(
        path,
        evidence=normal.evidence.astype(np.float16),
        view=normal.view.astype(np.float16),
        films=normal.films,
        network=normal.network,
    )


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
        maps = (parts[name].astype(np.float32) for name in ("evidence", "view"))
        return NormalFilms(*maps, int(parts["films"]), network)


def beyond_normal(class_maps, logits, positive, view, normal):
    """Locate what speaks for pneumonia beyond what a normal film says at the same place.

    Two things are asked of a place, each compared with the mean normal film: how much more it
    speaks for pneumonia to the network (on the network's own coarse places), and how much denser
    it is (at the view's resolution). The density only says where within a coarse place the
    evidence lies: their product is scaled so that the total stays the network's own. The first
    comparison takes away that the network expects some places to speak for normal more than
    others. Both are softened at zero, so that a film that looks normal still ranks its places.

    Parameters
    ----------
    class_maps, logits, positive
        See `signed_evidence`.
    view : float32, (side, side, 2), see `xray_core.lungs.lung_view`
    normal : NormalFilms

    Returns
    -------
    float32, (side, side), >= 0
        In units of the log-odds; zero outside the lungs.
    """
    beyond = signed_evidence(class_maps, logits, positive) - normal.evidence
    beyond = SOFTNESS * np.logaddexp(0, beyond / SOFTNESS)
    side = len(view)
    inside = view[..., 1]
    evidence = cv2.resize(beyond.astype(np.float32), (side, side)) * inside
    denser = cv2.GaussianBlur(view[..., 0] - normal.view, (0, 0), SMOOTHING * side)
    located = evidence * DENSITY_SOFTNESS * np.logaddexp(0, denser / DENSITY_SOFTNESS)
    if located.sum() <= 0:
        return np.zeros((side, side), np.float32)
    return (located * (evidence.sum() / located.sum())).astype(np.float32)
