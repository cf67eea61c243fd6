"""Which films a run learns from, and which it is measured on: drawn before anything is trained."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xray_core.datasets.catalogue import Sample, require_catalogue
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError
from xray_core.experiments.settings import RunSettings, validation_share


@dataclass(frozen=True)
class Drawn:
    """The films of one run.

    Attributes
    ----------
    learned, validation
        Both of the train split.
    test
        Of the test split, where there is one with classes that are learned.
    patients
        Of the whole train split.
    """

    learned: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    test: tuple[Sample, ...]
    patients: int


def draw(settings: RunSettings) -> Drawn:
    """Draw the films of a run; the same settings draw the same.

    What is set aside does not depend on how many films are learned from, so that runs with few and
    with many are measured on the same.

    Raises
    ------
    DataError
        The source has no films, or a side of the split lacks a class.
    """
    catalogue = require_catalogue(settings.source)
    train = _of_repeated(_asked(catalogue.select(split="train"), settings), settings.repeated)
    patients = len({sample.patient or sample.name for sample in train})
    share = validation_share(patients)
    if settings.apart:
        learned, aside = split_by_patient(train, share, settings.seed)
    else:
        learned, aside = split_by_patient(train, share, settings.seed, lambda sample: "")
    if settings.films:
        learned = _few(learned, settings.films, settings.seed)
    classes = {_class(sample, settings) for sample in train}
    for part, words in ((learned, "learned from"), (aside, "set aside for validation")):
        missing = classes - {_class(sample, settings) for sample in part}
        if missing or len(classes) < 2:
            raise DataError(
                f"Expected films of two classes or more among those {words}, found none of "
                f"{', '.join(sorted(missing)) or 'a second class'}: choose more films, or another "
                "seed."
            )
    test = [
        sample
        for sample in _asked(catalogue.select(split="test"), settings)
        if _class(sample, settings) in classes
    ]
    return Drawn(tuple(learned), tuple(aside), tuple(test), patients)


def _asked(samples: Sequence[Sample], settings: RunSettings) -> Sequence[Sample]:
    """The films that a question is about."""
    if settings.asks == "classes":
        return samples
    return [sample for sample in samples if sample.subtype not in ("", "normal")]


def _class(sample: Sample, settings: RunSettings) -> str:
    return sample.label if settings.asks == "classes" else sample.subtype


def _of_repeated(samples: Sequence[Sample], least: int) -> Sequence[Sample]:
    """Films of patients of whom there are so many; all where patients are unknown."""
    if least < 2:
        return samples
    counts = Counter(sample.patient for sample in samples if sample.patient)
    return [sample for sample in samples if counts[sample.patient] >= least]


def _few(samples: Sequence[Sample], count: int, seed: int) -> list[Sample]:
    """About so many films, whole patients of each class in its proportion, at least one of each.

    The last patient drawn of a class gives only as many films as are still wanted.
    """
    rng = np.random.default_rng([seed, 13])
    labels = Counter(sample.label for sample in samples)
    chosen: set[int] = set()
    for label, n in sorted(labels.items()):
        groups: dict[str | int, list[int]] = {}
        for at, sample in enumerate(samples):
            if sample.label == label:
                groups.setdefault(sample.patient or at, []).append(at)
        order = rng.permutation(len(groups))
        parts = list(groups.values())
        wanted = max(1, round(count * n / len(samples)))
        chosen.update([at for group in order for at in parts[group]][:wanted])
    return [sample for at, sample in enumerate(samples) if at in chosen]


def key_of(sample: Sample) -> str:
    """What tells a film from every other of its source."""
    return f"{sample.split}/{sample.label}/{sample.name}"
