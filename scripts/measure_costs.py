"""Measure what the parts of a training cost: ``python -m scripts.measure_costs``.

Writes the table behind `xray_core.experiments.cost`, in seconds of one core, so that what else the
machine does hardly counts; of the pretrained network with nothing frozen, the most that it takes.
``fixed`` (Keras, the export, the probes) is taken from a whole run of the defaults, whose seconds
on one core are given: ``--whole SECONDS --films N``.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from xray_core.datasets.catalogue import require_catalogue
from xray_core.experiments import cost
from xray_core.experiments.films import Offer
from xray_core.experiments.settings import BATCH, FIELDS, NETWORKS, SIZES, RunSettings

STEPS = 3, 15  # those before the first are left out: the graph is made then
FILM = 0.0014  # to decode a film of 224 px and frame it


def main(whole: float, films: int) -> int:
    """Measure and write."""
    samples = require_catalogue("samples").samples
    costs: dict[str, Any] = {"work": cost.time_work(2.0)}
    examples: list[Any] = []
    for field in FIELDS:
        examples, costs = measure_field(field, samples, costs)
    for network, size in product(NETWORKS, SIZES):
        settings = RunSettings(source="", network=network, image_size=size, augmented=False)
        costs[f"{network} {size}"] = measure_network(settings, examples, costs["view film"])
        print(network, size, costs[f"{network} {size}"], flush=True)
    costs |= {
        "fixed": 0.0,
        "fixed small_cnn": 0.0,
        "fixed efficientnet_lite0": 10.0,
        "measure": 0.0,
    }
    cost.MEASURED.write_text(json.dumps(short(costs), indent=1) + "\n")
    classes = {"NORMAL": films // 4, "PNEUMONIA": films - films // 4}
    offer = Offer("", "", True, {"train": classes, "test": {"NORMAL": 624}}, films)
    rest = whole - sum(cost.parts(RunSettings(source=""), offer).values())
    costs["fixed"] = max(rest, 0.0)
    cost.MEASURED.write_text(json.dumps(short(costs), indent=1) + "\n")
    return 0


def measure_field(
    field: str, samples: Any, costs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Read, show and alter a film."""
    from xray_core.training.examples import read_samples, segmenter_for
    from xray_core.training.fitting import render

    find = segmenter_for(field)
    found = read_samples(samples, ("normal", "bacteria"), find, lambda x, **_: x)
    config = RunSettings(source="", field_of_view=field).training_config(16, 16)
    rng = np.random.default_rng(0)
    plain = timed(lambda: render(found[0], config))
    return found, costs | {
        f"read {field}": FILM + (timed(lambda: find(found[0].film)) if find else 0.0),
        f"view {field}": plain,
        f"jitter {field}": timed(lambda: render(found[0], config, rng)) - plain,
    }


def measure_network(settings: RunSettings, examples: Any, view: float) -> dict[str, float]:
    """A step of training, and an answer."""
    import keras

    from xray_core.training.fitting import fit_network, views_of

    at: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: at.append(time.process_time())
    )
    config = settings.training_config(16, 16)
    config = replace(config, epochs=1, steps=STEPS[1], field_of_view="film")
    with TemporaryDirectory() as private:
        model = fit_network(
            examples,
            config,
            Path(private, "backup"),
            subtypes=0,
            other=False,
            imagenet=None,
            measure=lambda _: {},
            verbose=0,
            history=Path(private, "history.json"),
            watch=[clock],
        )
    step = (at[-1] - at[STEPS[0] - 1]) / (STEPS[1] - STEPS[0]) - BATCH * view
    views = np.repeat(views_of(examples, config), 4, axis=0)
    return {"step": step, "film": timed(lambda: model.predict_on_batch(views), 3) / len(views)}


def timed(work: Callable[[], object], times: int = 20) -> float:
    """Seconds of one core that it takes, after a first time that does not count."""
    work()
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times


def short(value: Any) -> Any:
    """Three digits: the machine itself is not steadier."""
    if isinstance(value, dict):
        return {name: short(each) for name, each in value.items()}
    return float(f"{value:.3g}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", type=float, required=True)
    parser.add_argument("--films", type=int, required=True)
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    sys.exit(main(arguments.whole, arguments.films))
