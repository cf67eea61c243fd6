"""Which films a network learned from and which it did not: patients are kept together."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TypeVar

import numpy as np

Film = TypeVar("Film")


def split_by_patient(
    films: Sequence[Film],
    share: float,
    seed: int,
    patient: Callable[[Film], str] = attrgetter("patient"),
) -> tuple[list[Film], list[Film]]:
    """Set a share of the patients aside, with all their films: returns what is kept and these.

    Whoever asks with all films of a split and the share and seed of a model's card gets the films
    that the model learned from and those it did not.

    Parameters
    ----------
    share : float, in [0, 1]
    patient
        Gives the patient of a film; '' where unknown, then the film counts for itself.
    """
    groups = np.array([patient(film) or f"film {i}" for i, film in enumerate(films)])
    names = np.unique(groups)
    aside = np.random.default_rng([seed, 7]).permutation(names)[: round(share * len(names))]
    held = np.isin(groups, aside)
    kept = [film for film, out in zip(films, held, strict=True) if not out]
    return kept, [film for film, out in zip(films, held, strict=True) if out]
