"""All probes of one classifier, in one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError, ModelError
from xray_core.evaluation.evaluate import plain
from xray_core.evaluation.films import spread
from xray_core.evaluation.metrics import auc, with_interval
from xray_core.evaluation.probes.blocks import probe_blocks
from xray_core.evaluation.probes.copies import probe_copies
from xray_core.evaluation.probes.device import probe_device, probe_left_out
from xray_core.evaluation.probes.films import (
    Answers,
    Film,
    LungFinder,
    answers,
    children,
    read_adults,
)
from xray_core.evaluation.probes.measures import proportion
from xray_core.evaluation.probes.outline import probe_outline
from xray_core.evaluation.probes.projection import probe_projection
from xray_core.evaluation.probes.restyled import probe_restyled
from xray_core.evaluation.probes.sensitivity import probe_sensitivity

if TYPE_CHECKING:
    from xray_core.classifier import Classifier
    from xray_core.inference.model_card import ModelCard

COPIED_CHILDREN, COPIED_ADULTS = 60, 40  # films


def probe(
    classifier: Classifier,
    data: str | Path,
    *,
    adults: str | Path | None = None,
    masks: str | Path | None = None,
    progress: Callable[..., Iterable] | None = None,
) -> dict[str, Any]:
    """Measure what a classifier leans on, on films that it was not fitted on.

    Parameters
    ----------
    data
        Children's films in the Kaggle layout, of which only ``train`` is read: the patients that
        the model's training set aside, and what the odd device's films look like.
    adults
        A folder for `xray_core.evaluation.probes.films.read_adults`, of which only the split
        'valid' is read; without it, what needs adults is left out.
    masks
        Lungs of the children's films, SPLIT/CLASS/NAME.png; without it the classifier's own
        segmentation finds them.
    progress
        ``progress(steps, total=n)`` returns the steps again, as tqdm does.

    Returns
    -------
    dict
        Ready for `xray_core.evaluation.evaluate.save_report`. A measure is ``{"value", "n",
        "interval"}`` with a 95% interval: Wilson's for shares of films, else a bootstrap over
        patients; where it is not defined, ``reason`` says why. Scores are log-odds, and a film is
        'called' pneumonia at the default operating point, whatever the gate thinks of it.

    Raises
    ------
    DataError
        A folder is not laid out so, or a film cannot be read.
    ModelError
        The card does not say which patients its training set aside.
    """
    fitted, films = _split(data, classifier.card)
    old = read_adults(adults) if adults else []
    find = LungFinder(classifier, Path(masks) if masks else None)
    given = answers(classifier, [film.open for film in films])
    few = [*spread(_alternating(films), COPIED_CHILDREN), *spread(old, COPIED_ADULTS)]
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "validation": lambda: _validation(films, given),
        "outline": lambda: probe_outline(classifier, films, find),
        "projection": lambda: probe_projection(classifier, old),
        "blocks": lambda: probe_blocks(films, given),
        "restyled": lambda: probe_restyled(classifier, [*fitted, *films], films, given, find),
        "device": lambda: probe_device(classifier, films, given),
        "sensitivity": lambda: probe_sensitivity(films, given, find),
        "copies": lambda: probe_copies(classifier, few),
    }
    if not old:
        del steps["projection"]
    if classifier.card.training["config"].get("leave_out_device"):
        steps["left_out"] = lambda: probe_left_out(classifier, [*fitted, *films])
    point = classifier.card.default_operating_point
    report: dict[str, Any] = {
        "model": classifier.name,
        "operating_point": {"name": point.name, "threshold": point.threshold},
        "data": {"children": len(films), "adults": len(old)},
    }
    names: Iterable[str] = progress(list(steps), total=len(steps)) if progress else steps
    for name in names:
        report[name] = steps[name]()
    return plain(report)


def _split(data: str | Path, card: ModelCard) -> tuple[list[Film], list[Film]]:
    """Children's films that the model was fitted on, and those of patients set aside."""
    try:
        share, seed = (card.training["config"][key] for key in ("validation_share", "seed"))
    except (KeyError, TypeError) as error:
        raise ModelError(
            "Expected training.config.validation_share and seed on the model's card, which say "
            f"what it was not fitted on ({error!r}): train the model again to have them."
        ) from error
    parts = split_by_patient(open_folder(data).select(split="train"), share, seed)
    fitted, aside = (children(part) for part in parts)
    if len({film.opaque for film in aside}) < 2:
        raise DataError(
            f"Expected normal films and films of pneumonia, named as published, among the patients "
            f"set aside in {data}/train, found {len(aside)} films of one kind or none: give the "
            "folder that the model was trained on."
        )
    return fitted, aside


def _alternating(films: Sequence[Film]) -> list[Film]:
    """Films of pneumonia and normal ones by turns, as many of each."""
    pair = [[film for film in films if film.opaque == opaque] for opaque in (True, False)]
    few = min(map(len, pair))
    pair = [list(spread(part, few)) for part in pair]
    return [film for both in zip(*pair, strict=True) for film in both]


def _validation(films: Sequence[Film], given: Answers) -> dict[str, Any]:
    opaque = np.array([film.opaque for film in films], dtype=bool)
    return {
        "auc": with_interval(auc, opaque, given.score, patients=[film.patient for film in films]),
        "specificity": proportion(~given.called[~opaque]),
        "sensitivity": proportion(given.called[opaque]),
    }
