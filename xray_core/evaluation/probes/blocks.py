"""V2: does specificity hold from one stretch of studies to the next?

Studies are numbered as they came in, so a device or a habit of one season fills a stretch of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xray_core.datasets.kermany import NORMAL_NAME
from xray_core.evaluation.probes.films import Answers, Film
from xray_core.evaluation.probes.measures import proportion

BLOCK = 100  # study numbers
FEWEST = 10  # films of a block that may be the worst, so that one film is a tenth at most


def probe_blocks(films: list[Film], given: Answers) -> dict[str, Any]:
    """Specificity in each block of study numbers.

    Returns
    -------
    dict
        ``all``, ``worst`` (a block's name; None where no block has FEWEST films) and ``blocks``.
    """
    hits: dict[str, list[bool]] = {}
    for film, called in zip(films, given.called, strict=True):
        match = NORMAL_NAME.match(film.name)
        if match and film.kind == "normal":
            hits.setdefault(_block(match[1], int(match[2])), []).append(not called)
    blocks = {name: proportion(np.array(hits[name])) for name in sorted(hits)}
    large = [name for name in blocks if blocks[name]["n"] >= FEWEST]
    worst = min(large, key=lambda name: blocks[name]["value"], default=None)
    every = np.array([hit for block in hits.values() for hit in block], dtype=bool)
    return {"all": proportion(every), "worst": worst, "blocks": blocks}


def _block(series: str | None, study: int) -> str:
    first = study // BLOCK * BLOCK
    return f"{series or ''}IM {first:04d}-{first + BLOCK - 1:04d}"
