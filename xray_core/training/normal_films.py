"""The mean normal film that the default map compares a film with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError
from xray_core.parallel import map_in_order
from xray_core.saliency.beyond_normal import NormalFilms
from xray_core.saliency.grad_cam import signed_evidence

if TYPE_CHECKING:
    from xray_core.classifier import Classifier


def make_normal_films(data: str | Path, classifier: Classifier) -> NormalFilms:
    """Average the normal films that a classifier has learned from.

    Parameters
    ----------
    data
        The films of its training in the Kaggle layout.
    classifier

    Raises
    ------
    DataError
        There is no normal film.
    """
    config = classifier.card.training["config"]
    samples = open_folder(data).select(split="train")
    kept, _ = split_by_patient(samples, config["validation_share"], config["seed"])
    normal = [sample for sample in kept if sample.label == "NORMAL"]
    if not normal:
        raise DataError(f"Expected normal films under {data}/train, found none.")
    found = map_in_order(lambda sample: classifier.look(sample.open()), normal)
    looks = [look for look in found if look.lungs.box is not None]
    evidence = {
        target: [signed_evidence(look.class_maps, look.logits, mask) for look in looks]
        for target, mask in classifier.targets.items()
    }
    return average_normal(evidence, [look.view.grey for look in looks], classifier.network_hash)


def average_normal(
    evidence: Mapping[str, Sequence[np.ndarray]], views: Sequence[np.ndarray], network: str
) -> NormalFilms:
    """Average normal films that the network has learned from, none of which it is measured on.

    Parameters
    ----------
    evidence : float32, (rows, columns)
        By target, then by film.
    views : float32, (side, side)
    network
        SHA-256 of the network that was asked.
    """

    def mean(maps: Sequence[np.ndarray]) -> np.ndarray:
        # half precision: the file is a part of the repository
        return np.stack(maps).mean(axis=0, dtype=np.float64).astype(np.float16).astype(np.float32)

    by_target = {target: mean(maps) for target, maps in evidence.items()}
    return NormalFilms(by_target, mean(views), len(views), network)


def save_normal(normal: NormalFilms, path: str | Path) -> None:
    """Write NormalFilms to a file of about 25 kB."""
    np.savez_compressed(
        path,
        targets=list(normal.evidence),
        evidence=np.stack(list(normal.evidence.values())).astype(np.float16),
        view=normal.grey.astype(np.float16),
        films=normal.films,
        network=normal.network,
    )
