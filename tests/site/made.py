"""Films of a site that were never taken: their log-odds are drawn."""

import numpy as np

from tests.fakes import make_card
from xray_core.io.film_source import InMemory
from xray_core.site.answers import Answers
from xray_core.site.films import LabelledFilm
from xray_core.types import LABELS

NETWORK = "ab" * 32
CARD = make_card(
    calibration={"temperature": 2.0, "bias": 0.5, "prior": 0.5},
    raw={"files": {"model.tflite": NETWORK}},
)


def make_film(k, positive, patient="", group=""):
    return LabelledFilm(
        f"{LABELS[positive]}/{k}.png",
        InMemory(b""),
        source="site",
        split="",
        label=LABELS[positive],
        subtype="",
        patient=patient,
        group=group,
    )


def make_row(k, score, refused=False, distance=0.3):
    return {
        "file": f"{k}.png",
        "stamp": "",
        "error": None,
        "digest": str(k),
        "score": float(score),
        "refused": refused,
        "reasons": ["unfit"] * refused,
        "kind": "child",
        "distance": float(distance),
        "bands": [1.0] * 6,
    }


def make_answers(normals, pneumonias, *, shift=0.0, apart=3.0, per_patient=1, seed=0, groups=("",)):
    """Log-odds of CARD that are right but for a shift: so far apart are the classes' means."""
    generator = np.random.default_rng(seed)
    truth = np.arange(normals + pneumonias) >= normals
    # normal with unit variance, a distance d apart: the log-odds are d times the place
    place = generator.normal(np.where(truth, apart / 2, -apart / 2))
    odds = apart * place + shift
    score = (odds - CARD.calibration["bias"]) * CARD.calibration["temperature"]
    films = [
        make_film(k, bool(ill), f"p{ill:d}-{k // per_patient}", groups[k % len(groups)])
        for k, ill in enumerate(truth)
    ]
    distance = generator.uniform(0.2, 0.6, len(truth))
    rows = [
        make_row(k, s, distance=d) for k, (s, d) in enumerate(zip(score, distance, strict=True))
    ]
    return Answers(tuple(films), tuple(rows))
