"""The mean normal film that the default map compares a film with."""

import numpy as np

from xray_core.saliency.beyond_normal import NormalFilms


def average_normal(evidence, views, network):
    """Average normal films that the network has learned from, none of which it is measured on.

    Parameters
    ----------
    evidence : dict of str to sequence of float32 (rows, columns)
        By target, then by film.
    views : sequence of float32 (side, side)
    network : str

    Returns
    -------
    NormalFilms
    """

    def mean(maps):
        # half precision: the file is a part of the repository
        return np.mean(maps, axis=0, dtype=np.float64).astype(np.float16).astype(np.float32)

    by_target = {target: mean(maps) for target, maps in evidence.items()}
    return NormalFilms(by_target, mean(views), len(views), network)


def save_normal(normal, path):
    """Write NormalFilms to a file of about 25 kB."""
    np.savez_compressed(
        path,
        targets=list(normal.evidence),
        evidence=np.stack(list(normal.evidence.values())).astype(np.float16),
        view=normal.grey.astype(np.float16),
        films=normal.films,
        network=normal.network,
    )
