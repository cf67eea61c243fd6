"""How long a run will take here, said before it begins."""

import json
import time
from functools import lru_cache
from pathlib import Path

import numpy as np

from xray_core.experiments.films import Offer
from xray_core.experiments.settings import BATCH, RunSettings, validation_share

MEASURED = Path(__file__).with_name("costs.json")
"""Seconds on the machine it was measured on, see `scripts.measure_costs`."""

_learned: list[float] = []


def estimate(settings: RunSettings, offer: Offer) -> float:
    """Seconds that a run will take on this machine, alone on its core.

    The measured costs of its parts, scaled by how fast this machine is in a short measurement, and
    by how long the last runs here took against what was expected of them.
    """
    seconds = sum(parts(settings, offer).values())
    return seconds * speed() * (float(np.median(_learned[-3:])) if _learned else 1.0)


def parts(settings: RunSettings, offer: Offer) -> dict[str, float]:
    """Seconds of each part of a run on the machine that the costs were measured on."""
    costs = json.loads(MEASURED.read_text())
    share = validation_share(offer.patients)
    aside = share * offer.to_learn
    learned = min(settings.films or offer.to_learn, offer.to_learn - aside)
    tested = sum(offer.films.get("test", {}).values())
    key = f"{settings.network} {settings.image_size}"
    network = costs[key]
    if settings.network == "small_cnn":  # nearly all of a step is its convolutions
        usual = _work((16, 32, 64, 128))
        network = {name: cost * _work(settings.channels) / usual for name, cost in network.items()}
    jitter = costs[f"jitter {settings.field_of_view}"] if settings.augmented else 0.0
    film = costs[f"view {settings.field_of_view}"] + jitter
    shown = settings.steps(round(learned)) * settings.epochs
    return {
        "fixed": costs["fixed"] + costs["fixed " + settings.network],
        "read": costs[f"read {settings.field_of_view}"] * (learned + aside + tested),
        "learn": shown * (network["step"] + BATCH * film),
        "validate": settings.epochs * aside * network["film"],
        "calibrate": 4 * aside * (costs[f"jitter {settings.field_of_view}"] + network["film"]),
        "measure": costs["measure"] + (aside + tested) * network["film"],
    }


def learn(expected: float, took: float) -> None:
    """Remember how long a run took here that was expected to take so long."""
    if expected > 0:
        scale = float(np.median(_learned[-3:])) if _learned else 1.0
        _learned.append(min(max(scale * took / expected, 0.2), 10.0))


@lru_cache(maxsize=1)
def speed() -> float:
    """How many times as long as on the measured machine work takes here; a fifth of a second."""
    return time_work() / float(json.loads(MEASURED.read_text())["work"])


def time_work(seconds: float = 0.2) -> float:
    """Seconds of a small piece of work on one core, the fastest of several tries."""
    film = np.random.default_rng(0).random((256, 256))
    best, end = np.inf, time.monotonic() + seconds
    while time.monotonic() < end or best == np.inf:
        begun = time.thread_time()  # what others do meanwhile does not count
        np.fft.irfft2(np.fft.rfft2(film))
        best = min(best, time.thread_time() - begun)
    return float(best)


def _work(channels: tuple[int, ...]) -> float:
    """Multiplications of the small network for one pixel of its view."""
    inputs = (1, *channels)
    return sum(
        9 * before * after / 4**level
        for level, (before, after) in enumerate(zip(inputs, channels, strict=False))
    )
