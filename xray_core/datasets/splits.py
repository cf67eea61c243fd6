"""Which films a network learned from and which it did not: patients are kept together."""

from operator import attrgetter

import numpy as np


def split_by_patient(films, share, seed, patient=attrgetter("patient")):
    """Set a share of the patients aside, with all their films.

    Whoever asks with all films of a split and the share and seed of a model's card gets the films
    that the model learned from and those it did not.

    Parameters
    ----------
    films : sequence
    share : float, in [0, 1]
    seed : int
    patient : callable, optional
        Gives the patient of a film, a str; '' where unknown, then the film counts for itself.

    Returns
    -------
    two lists: the films kept, those set aside.
    """
    groups = np.array([patient(film) or f"film {i}" for i, film in enumerate(films)])
    names = np.unique(groups)
    aside = np.random.default_rng([seed, 7]).permutation(names)[: round(share * len(names))]
    held = np.isin(groups, aside)
    kept = [film for film, out in zip(films, held, strict=True) if not out]
    return kept, [film for film, out in zip(films, held, strict=True) if out]
