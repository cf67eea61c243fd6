"""A quiz on a few films: which ones, and how good the answers were."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from xray_core.datasets.catalogue import LABELS, Sample

FILMS = 10
LARGEST_SEED = 9999
_LETTERS = {"n": "NORMAL", "p": "PNEUMONIA"}


def draw_films(samples: Sequence[Sample], seed: int, films: int = FILMS) -> tuple[Sample, ...]:
    """Draw films at random, none that a network has learned from.

    How many of them show pneumonia is left to chance, so that nobody can count it out. A seed draws
    the same of the same catalogue everywhere; fewer where there are not so many outside the
    training split.
    """
    fair = [sample for sample in samples if sample.split != "train" and sample.label in LABELS]
    order = np.random.default_rng(seed).permutation(len(fair))
    return tuple(fair[place] for place in order[:films])


def read_seed(text: str | None) -> int | None:
    """The seed that an address names, or None where it names none."""
    return int(text) if text and text.isdecimal() and int(text) <= LARGEST_SEED else None


def read_answers(text: str | None, films: int = FILMS) -> list[str]:
    """The labels that an address holds, one letter for each; what is no answer ends them."""
    answers = []
    for letter in (text or "")[:films]:
        if letter not in _LETTERS:
            break
        answers.append(_LETTERS[letter])
    return answers


def write_answers(answers: Iterable[str]) -> str:
    """Write labels as an address holds them: 'npp'."""
    return "".join(label[0].lower() for label in answers)


def score(answers: Sequence[str], truths: Sequence[str]) -> dict[str, Any]:
    """Count the right answers, out of at least one.

    Returns
    -------
    dict
        ``right`` and ``n``, int; ``value`` and ``interval`` (low, high), the share of right answers
        with its 95% Wilson interval.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """
    right = sum(answer == truth for answer, truth in zip(answers, truths, strict=True))
    return {
        "right": right,
        "n": len(truths),
        "value": right / len(truths),
        "interval": wilson_interval(right, len(truths)),
    }


def wilson_interval(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share, (low, high); 95% by default. Holds its promise for few films, too."""
    share = hits / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # rounded, so that all hits reach 1 and none reach 0 exactly
    return round(centre - reach, 12), round(centre + reach, 12)
