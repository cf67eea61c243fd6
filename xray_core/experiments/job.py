"""What the program that trains is told of a run."""

import os
from dataclasses import asdict
from typing import Any

from xray_core.experiments.draw import draw, key_of
from xray_core.experiments.settings import RunSettings


def describe_job(settings: RunSettings, title: str = "") -> dict[str, Any]:
    """What the program that trains is told of a run, ready for JSON."""
    drawn = draw(settings)
    config = settings.training_config(len(drawn.learned), drawn.patients, title)
    return {
        "source": settings.source,
        "apart": settings.apart,
        "probes": True,
        "config": asdict(config),
        "learned": [key_of(sample) for sample in drawn.learned],
        "validation": [key_of(sample) for sample in drawn.validation],
        "test": [key_of(sample) for sample in drawn.test],
        "adults": os.environ.get("XRAY_ADULTS", ""),
    }
