"""P: is an adult's normal film taken for ill because it was made lying down?

Whoever is too ill to stand is filmed from the front (AP), so the projection tells the label, and a
score pooled over both ranks the projections as well. Within one of them it cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.evaluation.metrics import auc, with_interval
from xray_core.evaluation.probes.films import Film, answers
from xray_core.evaluation.probes.measures import difference, proportion

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

VIEWS = ("AP", "PA")


def probe_projection(classifier: Classifier, films: Sequence[Film]) -> dict[str, Any]:
    """Measure on adults' films.

    Returns
    -------
    dict
        ``ap_minus_pa`` (log-odds of normal films) and ``called`` (of them, all and by view);
        ``auc`` of opacity against normal (all, and within each view) and against all other films.
    """
    given = answers(classifier, [film.open for film in films])
    view = np.array([film.view for film in films])
    patient = np.array([film.patient for film in films], dtype=object)
    opaque = np.array([film.opaque for film in films], dtype=bool)
    normal = np.array([film.kind == "normal" for film in films], dtype=bool)
    ranked = opaque | normal
    where = {"all": np.full(len(films), True)} | {name: view == name for name in VIEWS}
    known = normal & np.isin(view, VIEWS)

    def ranks(chosen: np.ndarray) -> dict[str, Any]:
        return with_interval(auc, opaque[chosen], given.score[chosen], patients=patient[chosen])

    return {
        "n": len(films),
        "ap_minus_pa": with_interval(
            difference, given.score[known], view[known] == "AP", patients=patient[known]
        ),
        "called": {
            name: proportion(given.called[normal & chosen]) for name, chosen in where.items()
        },
        "auc": {
            **{name: ranks(ranked & chosen) for name, chosen in where.items()},
            "all others": ranks(where["all"]),
        },
    }
