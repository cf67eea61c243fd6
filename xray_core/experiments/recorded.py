"""Runs recorded beforehand, shown where nothing can be trained: said so wherever they are shown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from xray_core.experiments.plans import Plan, measure_seen
from xray_core.reporting.text.experiments import describe_seeds, describe_seen

RECORDED = Path(__file__).with_name("recorded.json")
"""Written by ``python -m scripts.record_experiments``."""

KEPT = (
    "n",
    "counts",
    "accuracy",
    "sensitivity",
    "specificity",
    "auc",
    "log_loss",
    "calibration",
    "before_calibration",
    "operating_point",
)
"""What of a report is kept: not what is told film by film."""


@lru_cache(maxsize=1)
def load() -> dict[str, Any] | None:
    """What was recorded; None where nothing is.

    Returns
    -------
    dict or None
        ``origin``: of what films, when and how, in a sentence. ``training``: one run with the
        default settings, with ``title``, ``settings``, ``steps``, ``steps_in_all``, ``epochs``,
        ``seconds`` and ``results``. ``plans``: by name ``runs`` (``label``, ``seed``, ``seconds``,
        ``results``), ``each`` (``seed``, ``differences`` and the ``sentence`` of what was seen) and
        ``seen``, a sentence over the seeds.
    """
    if not RECORDED.exists():
        return None
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def record_plan(plan: Plan, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is kept of an experiment: see `load`.

    Parameters
    ----------
    runs
        Each with ``label``, ``seed``, ``seconds`` and whole ``results``, seed by seed in the
        plan's order.
    """
    labels = [label for label, _ in plan.runs]
    seeds = list(dict.fromkeys(run["seed"] for run in runs))
    found = {
        seed: measure_seen(plan, [run["results"] for run in runs if run["seed"] == seed])
        for seed in seeds
    }
    return {
        "runs": [{**run, "results": shorten(run["results"])} for run in runs],
        "each": [
            {
                "seed": seed,
                "differences": seen.differences,
                "sentence": describe_seen(plan.name, labels, seen),
            }
            for seed, seen in found.items()
        ],
        "seen": describe_seeds(plan.name, labels, list(found.values())),
    }


def shorten(results: Mapping[str, Any]) -> dict[str, Any]:
    """Results without what is told film by film."""
    return dict(_kept(results))


def _kept(results: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, result in results.items():
        if name in ("validation", "test") and result:
            yield name, {key: result[key] for key in KEPT}
        else:
            yield name, result
