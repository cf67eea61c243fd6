"""Runs recorded beforehand, shown where nothing can be trained: said so wherever they are shown."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from xray_core.experiments.plans import Plan, measure_seen
from xray_core.reporting.text.experiments import describe_seen

RECORDED = Path(__file__).with_name("recorded.json")
"""Written by ``python -m scripts.record_experiments``."""


@dataclass(frozen=True)
class RecordedRun:
    """One run of an experiment, with one seed.

    Attributes
    ----------
    label, seed
    seconds
        That it took where it was recorded.
    results
        As of `xray_core.experiments.run.Run`, without what is told film by film.
    """

    label: str
    seed: int
    seconds: float
    results: dict[str, Any]


@dataclass(frozen=True)
class RecordedPlan:
    """An experiment with one seed: its runs, and what was seen then."""

    name: str
    seed: int
    runs: tuple[RecordedRun, ...]
    differences: dict[str, dict[str, dict[str, Any]]]
    sentence: str


@dataclass(frozen=True)
class Recorded:
    """Everything recorded.

    Attributes
    ----------
    note
        Of what films, where and when, in a sentence.
    plans
        By name, then seed.
    curves
        Of one run with the default settings: ``steps`` and ``epochs`` as of
        `xray_core.experiments.run.Progress`; ``results`` and ``seconds``.
    """

    note: str
    plans: tuple[RecordedPlan, ...]
    curves: dict[str, Any]

    def of(self, plan: Plan) -> tuple[RecordedPlan, ...]:
        """An experiment's recordings, one for each seed."""
        return tuple(each for each in self.plans if each.name == plan.name)


@lru_cache(maxsize=1)
def read_recorded() -> Recorded:
    """Read what was recorded."""
    raw = json.loads(RECORDED.read_text(encoding="utf-8"))
    plans = tuple(
        RecordedPlan(**{**each, "runs": tuple(RecordedRun(**run) for run in each["runs"])})
        for each in raw["plans"]
    )
    return Recorded(raw["note"], plans, raw["curves"])


def record_plan(plan: Plan, seed: int, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """What is kept of an experiment: ``runs`` have label, seed, seconds and whole results."""
    seen = measure_seen(plan, [run["results"] for run in runs])
    labels = [label for label, _ in plan.runs]
    return {
        "name": plan.name,
        "seed": seed,
        "runs": [{**run, "results": dict(_kept(run["results"]))} for run in runs],
        "differences": seen.differences,
        "sentence": describe_seen(plan.name, labels, seen),
    }


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


def _kept(results: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, result in results.items():
        if name in ("validation", "test") and result:
            yield name, {key: result[key] for key in KEPT}
        else:
            yield name, result
