"""The mean normal film that maps compare a film with, and that stands for normal lung."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from xray_core.saliency.beyond_normal import NormalFilms


def average_normal(
    evidence: Mapping[str, Sequence[np.ndarray]], views: Sequence[np.ndarray]
) -> NormalFilms:
    """Average normal films that the network has learned from, none of which it is measured on.

    Parameters
    ----------
    evidence : float32, (rows, columns)
        By target, then by film.
    views : float32, (side, side)
    """

    def mean(maps: Sequence[np.ndarray]) -> np.ndarray:
        # half precision: the file is a part of the repository
        return np.stack(maps).mean(axis=0, dtype=np.float64).astype(np.float16).astype(np.float32)

    by_target = {target: mean(maps) for target, maps in evidence.items()}
    return NormalFilms(by_target, mean(views), len(views))


def save_normal(normal: NormalFilms, path: str | Path) -> None:
    """Write NormalFilms to a file of about 25 kB."""
    np.savez_compressed(
        path,
        targets=list(normal.evidence),
        evidence=np.stack(list(normal.evidence.values())).astype(np.float16),
        view=normal.grey.astype(np.float16),
        films=normal.films,
    )
