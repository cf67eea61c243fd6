"""The five experiments: runs that differ in one thing, and what was seen of that."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xray_core.errors import UsageError
from xray_core.evaluation.comparison import compare
from xray_core.experiments.films import Offer
from xray_core.experiments.settings import RunSettings
from xray_core.reporting.text.experiments import Seen, describe_seen

if TYPE_CHECKING:
    from xray_core.experiments.run import Run

FEWEST_REPEATED = 40
"""Patients with several films that the leak needs, of each class about."""


@dataclass(frozen=True)
class Plan:
    """An experiment.

    Attributes
    ----------
    name, title
    question
        What it asks, in one sentence.
    runs
        What each is called, and its settings; the source is still to be chosen.
    split, measures
        What to compare: of `split` ('validation' or 'test'), the measures by their names in a
        report, the first is the one that the chart shows.
    shows
        What to look at, in words that promise nothing.
    needs_patients
        Whether films must tell their patients.
    """

    name: str
    title: str
    question: str
    runs: tuple[tuple[str, RunSettings], ...]
    split: str
    measures: tuple[str, ...]
    shows: str
    needs_patients: bool = False

    def require(self, offer: Offer) -> None:
        """Raise UsageError where a source lacks what the experiment needs."""
        if self.needs_patients and not offer.patients_known:
            raise UsageError(
                f"This experiment needs films that tell their patients, and those of {offer.title} "
                "do not: choose the films in the Kaggle layout, with their published names."
            )


def _usual(**changes: Any) -> RunSettings:
    return RunSettings(**{"source": "", "epochs": 3, **changes})


def _repeated(**changes: Any) -> RunSettings:
    """A hard question about children with many films: so hard that to know the child helps."""
    return _usual(asks="kind", repeated=3, augmented=False, epochs=10, **changes)


PLANS = (
    Plan(
        "imbalance",
        "The imbalance",
        "Three films in four show pneumonia: what do class weights change?",
        (("with weights", _usual()), ("without weights", _usual(class_weights=False))),
        "validation",
        ("specificity", "sensitivity", "auc"),
        "Specificity and sensitivity at even odds move against each other; whether the AUC moves, "
        "which asks no threshold, says whether anything was learned better.",
    ),
    Plan(
        "shortcut",
        "The shortcut",
        "Does it read lungs, or whatever else is on the film?",
        (
            ("whole film", _usual()),
            ("lungs only", _usual(field_of_view="lungs")),
        ),
        "test",
        ("accuracy", "specificity", "auc"),
        "What each promises on validation, and what of that holds on the test, where films were "
        "made on other days and devices.",
    ),
    Plan(
        "leak",
        "The leak",
        "What if films of one child lie on both sides of the split?",
        (
            ("patients apart", _repeated()),
            ("patients on both sides", _repeated(apart=False)),
        ),
        "validation",
        ("auc", "accuracy", "log_loss"),
        "A hard question, bacterial or viral, on children of whom there are three films or more: "
        "what validation promises with and without the leak, against the same test. (Normal or "
        "pneumonia is so easy in these films that to know the child adds nothing.)",
        needs_patients=True,
    ),
    Plan(
        "few",
        "Too little data",
        "What do 100 films teach, what 500, what all?",
        (
            ("100 films", _usual(films=100, epochs=17)),
            ("500 films", _usual(films=500, epochs=17)),
            ("all films", _usual()),
        ),
        "validation",
        ("auc", "accuracy", "log_loss"),
        "All see about as many batches; only how many different films these hold differs.",
    ),
    Plan(
        "augmentation",
        "Augmentation",
        "Does showing films altered at random help on films from other days?",
        (
            ("with augmentation", _usual()),
            ("without augmentation", _usual(augmented=False)),
        ),
        "test",
        ("auc", "accuracy", "log_loss"),
        "Without it the training loss falls faster; the validation loss and the test say whether "
        "that is worth anything.",
    ),
)


def plan_of(name: str) -> Plan:
    """The plan of a name."""
    for plan in PLANS:
        if plan.name == name:
            return plan
    raise UsageError(f"Expected one of {', '.join(plan.name for plan in PLANS)}, got '{name}'.")


def seen(plan: Plan, runs: Sequence[Run]) -> str:
    """What was seen on this machine, from the results of a plan's runs; '' while one is missing."""
    results = {run.label: run.results for run in runs if run.results}
    labels = [label for label, _ in plan.runs]
    if any(label not in results for label in labels):
        return ""
    reports = [results[label] for label in labels]
    return describe_seen(plan.name, labels, measure_seen(plan, [r for r in reports if r]))


def measure_seen(plan: Plan, results: Sequence[dict[str, Any]]) -> Seen:
    """Compare the first run of a plan with its last, film by film where the films are the same."""
    first, last = results[0], results[-1]
    differences: dict[str, dict[str, Any]] = {}
    for split in ("validation", "test"):
        here, there = first.get(split), last.get(split)
        if here and there and (plan.name != "leak" or split == "test"):
            differences[split] = compare(here, there)
    if plan.name == "imbalance":
        differences["before calibration"] = compare(_raw(first), _raw(last))
    return Seen(tuple(results), differences)


def _raw(results: Mapping[str, Any]) -> dict[str, Any]:
    """The validation report as it would be without calibration."""
    report = results["validation"]
    films = [
        {**film, "probability": 1 / (1 + math.exp(-min(max(film["score"], -50), 50)))}
        for film in report["films"]
    ]
    return {"films": films, "operating_point": {"threshold": 0.5}}
